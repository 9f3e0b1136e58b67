/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_auth: realms and requirements of a plan.
 */
#ifndef PLAN_AUTH_H
#define PLAN_AUTH_H

#include "plan.h"

/* Lays out the model's realms, in order of the source. */
void plan_auth_realms(struct plan *plan);

/* The row of a decision, equal ones once; 0 for NULL. */
uint32_t plan_auth_of(struct plan *plan, const struct model_auth *auth);

/* The same of a route on one of its paths, which has its parameters in another
 * order than the first; auth is not NULL. */
uint32_t plan_auth_on(struct plan *plan, const struct model_auth *auth,
                      const struct model_path *path);

#endif
