/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_miss: the routes that nearly answered, and why they did not.
 */
#ifndef EXPLAIN_MISS_H
#define EXPLAIN_MISS_H

#include "explain.h"

/* Fills explain's misses.  pattern: of the route that answers, or NULL;
 * keeper: the location that keeps the path, or NULL. */
void
explain_miss_find(apr_pool_t *pool, struct explain *explain,
                  const struct plan *plan, const struct model_path *pattern,
                  const struct model_place *keeper);

#endif
