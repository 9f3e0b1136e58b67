/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_limits: what calls may take, as rows of a plan.
 */
#include "plan_limits.h"

uint32_t
plan_limits_of(struct plan *plan, const struct model_limits *limits)
{
    struct routes_limits row = {.time = limits->time};

    if (limits->time == 0) {
        return 0;
    }
    return rows_intern(PLAN_ROWS(plan, limits), &row, 1, NULL);
}
