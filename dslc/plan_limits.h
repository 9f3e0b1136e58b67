/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_limits: what calls may take, as rows of a plan.
 */
#ifndef PLAN_LIMITS_H
#define PLAN_LIMITS_H

#include "plan.h"

/* The row of limits[]; 0 if there is none. */
uint32_t plan_limits_of(struct plan *plan, const struct model_limits *limits);

#endif
