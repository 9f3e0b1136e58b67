/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_events: what runs when a process starts and stops, as rows of a plan.
 */
#ifndef PLAN_EVENTS_H
#define PLAN_EVENTS_H

#include "plan.h"

/* After the functions. */
void plan_events_lay_out(struct plan *plan);

#endif
