/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_types: types, labels and automata of a plan.
 */
#ifndef PLAN_TYPES_H
#define PLAN_TYPES_H

#include "plan.h"

/* The row of a type where it is a parameter of a path or host: its automaton
 * decides, unless the runtime reads the kind faster by itself. */
uint32_t plan_types_in_path(struct plan *plan, struct model_type *type);

/* Texts (const char *), sorted, as a sequence of labels[]. */
uint32_t
plan_types_labels(struct plan *plan, const apr_array_header_t *labels);

/* The row of a type anywhere else; 0 for NULL. */
uint32_t plan_types_of(struct plan *plan, const struct model_type *type);

/* The row of a default's or constant's value; 0 for NULL. */
uint32_t
plan_types_const(struct plan *plan, const struct model_literal *literal);

#endif
