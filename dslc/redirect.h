/* SPDX-License-Identifier: Apache-2.0 */
/* redirect: a route that sends a caller elsewhere. */
#ifndef DSLC_REDIRECT_H
#define DSLC_REDIRECT_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/frame.h"

/* Adds the route of a `redirect` inside a frame to the model, unless it was
 * not understood.  Says E011, E016 and what paths and clauses say. */
void redirect_add(struct checker *checker, const struct frame *frame,
                  const struct ast_stmt *stmt);

/* A redirect that nobody has written, from one path to another with the same
 * parameters: for those who may call the route, with its methods and headers.
 * It is not in the model. */
struct model_route *
redirect_make(struct checker *checker, const struct model_route *route,
              struct model_path *from, const struct model_path *to,
              int status);

#endif
