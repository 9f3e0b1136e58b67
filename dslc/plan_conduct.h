/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_conduct: how requests are met, as rows of a plan.
 */
#ifndef PLAN_CONDUCT_H
#define PLAN_CONDUCT_H

#include "plan.h"

/* The row of a conduct, equal ones once; 0 for one that asks nothing. */
uint32_t
plan_conduct_of(struct plan *plan, const struct model_conduct *conduct);

#endif
