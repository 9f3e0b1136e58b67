/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_text: a record of explain for people.
 */
#ifndef EXPLAIN_TEXT_H
#define EXPLAIN_TEXT_H

#include <stdio.h>

#include "explain.h"

/* Writes a few aligned lines. */
void
explain_text_print(apr_pool_t *pool, const struct explain *explain, FILE *out);

#endif
