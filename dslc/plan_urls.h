/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_urls: how the URLs of named routes are made, in a plan.
 */
#ifndef PLAN_URLS_H
#define PLAN_URLS_H

#include "plan.h"

/* Fills urls[] and url_parts[]; the routes are laid out. */
void plan_urls_lay_out(struct plan *plan);

#endif
