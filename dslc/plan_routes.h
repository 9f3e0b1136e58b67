/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_routes: places, functions, routes and their arguments in a plan.
 */
#ifndef PLAN_ROUTES_H
#define PLAN_ROUTES_H

#include "plan.h"

/* Lays out all functions. */
void plan_routes_functions(struct plan *plan);

/* Lays out all places and routes, in order of the source.  A route
 * has a row for each of its paths: the order of captures may differ. */
void plan_routes_lay_out(struct plan *plan);

/* The row of a route by one of its paths. */
uint32_t
plan_routes_row(const struct plan *plan, const struct model_route *route,
                const struct model_path *path);

#endif
