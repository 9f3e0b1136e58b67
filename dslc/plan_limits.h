/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_limits: what calls may take, as rows of a plan.
 */
#ifndef PLAN_LIMITS_H
#define PLAN_LIMITS_H

#include "plan.h"

/* Where limits hold: a path and the parameters that its captures are. */
struct plan_limits_at {
    const struct model_path *path;        /* or NULL */
    const struct model_param *host_param; /* or NULL */
    const char *route;                    /* what `per route` is, or "" */
};

/* The row of limits[]; 0 if there is none. */
uint32_t plan_limits_of(struct plan *plan, const struct model_limits *limits,
                        const struct plan_limits_at *at);

#endif
