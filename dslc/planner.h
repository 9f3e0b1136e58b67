/* SPDX-License-Identifier: Apache-2.0 */
/*
 * planner: lays a model out as the sections of a table.
 */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan.h"

/*
 * The layout of a model without errors, in pool; model and sources must live
 * as long.  The same model gives the same plan.  If the model does not fit
 * the limits of the ABI, plan->excess says in which way ("a path of 200
 * segments, at most 128"), and there is no table.
 */
struct plan *planner_lay_out(apr_pool_t *pool, struct model *model,
                             const struct source_set *sources);

/* The plan as a table in memory, as a generated file would announce it; it
 * points into the plan.  compiler: "routesc 0.1.0". */
void planner_table(const struct plan *plan, const char *compiler,
                   struct routes_table *table);

#endif
