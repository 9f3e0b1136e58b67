/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_tree: hosts, nodes, edges, patterns and ends of a plan.
 */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include "plan.h"

/* Lays out the tree of the model's paths: each host's nodes breadth-first, so
 * that what one match reads at one depth stands together.  Places and routes
 * must have their rows. */
void plan_tree_lay_out(struct plan *plan);

/* The number of slots for so many literals: a power of two at least twice as
 * many, and one for one. */
uint32_t plan_tree_slots(uint32_t n);

#endif
