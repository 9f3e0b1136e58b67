/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_settings: settings of a plan, and where their values go.
 */
#ifndef PLAN_SETTINGS_H
#define PLAN_SETTINGS_H

#include "plan.h"

/* Gives each setting a text of its own, before anything else is planned, so
 * that the slice tells where it is used. */
void plan_settings_begin(struct plan *plan);

/* The slice of a text that is a setting's, by its address; 0 when it is
 * none. */
int plan_settings_text(const struct plan *plan, const char *text,
                       struct routes_text *slice);

/* The row of consts[] that is one setting's, of one type. */
uint32_t
plan_settings_const(struct plan *plan, const struct model_literal *literal,
                    const struct routes_const *row);

/* Lays out settings and uses, after everything else. */
void plan_settings_end(struct plan *plan);

#endif
