/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_args: the arguments that a request gives a call.
 */
#ifndef EXPLAIN_ARGS_H
#define EXPLAIN_ARGS_H

#include "explain.h"

/* Fills explain's args by the route and URL that it has, which choices[choice]
 * chose, if that isn't 0; 400 or 404 goes to
 * its status where the request lacks or garbles what a body can't bring. */
void explain_args_fill(apr_pool_t *pool, struct explain *explain,
                       const struct routes_table *table,
                       const struct routes_match *match, uint32_t choice);

#endif
