/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that a request completes: "tenant:{tenant}:admin".
 */
#ifndef ROUTES_TEMPLATE_H
#define ROUTES_TEMPLATE_H

#include "match.h"
#include "routes_abi.h"

/* Writes the text of templates[index], with a NUL behind it, to `to`, which
 * has room for ROUTES_MAX_TEMPLATE + 1 bytes.  Captures stand in it as they
 * matched.  0: there is none, for a capture is missing or no text (UTF-8
 * without control characters), or all of it would be too long. */
int routes_template_fill(const struct routes_table *table, uint32_t index,
                         const struct routes_capture *captures,
                         uint32_t n_captures, char *to);

#endif
