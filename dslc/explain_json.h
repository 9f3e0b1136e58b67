/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_json: a record of explain as JSON.
 */
#ifndef EXPLAIN_JSON_H
#define EXPLAIN_JSON_H

#include <stdio.h>

#include "explain.h"

/* Writes one object and a newline. */
void
explain_json_print(apr_pool_t *pool, const struct explain *explain, FILE *out);

#endif
