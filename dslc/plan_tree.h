/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_tree: hosts, nodes, patterns and ends of a plan.
 */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include "plan.h"

/* Lays out the tree of the model's paths: each host's nodes depth-first, so
 * that what one match reads stands together.  Places and routes must have
 * their rows. */
void plan_tree_lay_out(struct plan *plan);

#endif
