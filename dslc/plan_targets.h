/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_targets: what answers without a function, as rows of a plan.
 */
#ifndef PLAN_TARGETS_H
#define PLAN_TARGETS_H

#include "plan.h"

/* The row of the section that the route's kind says, for one of its paths; 0
 * for a function. */
uint32_t plan_targets_of(struct plan *plan, const struct model_route *route,
                         const struct model_path *path);

#endif
