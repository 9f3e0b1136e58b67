/* SPDX-License-Identifier: Apache-2.0 */
/* mounts: what answers for all below a path. */
#ifndef DSLC_MOUNTS_H
#define DSLC_MOUNTS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/frame.h"

/* Adds the route of a `mount` inside a frame to the model, unless it was not
 * understood.  Says E011, E015, E016, E018 and what paths and clauses say. */
void mounts_add(struct checker *checker, const struct frame *frame,
                const struct ast_stmt *stmt);

#endif
