/* SPDX-License-Identifier: Apache-2.0 */
/* route: one route, or one function of a publish, as the model has it. */
#ifndef DSLC_ROUTE_H
#define DSLC_ROUTE_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/frame.h"

/* Adds the route of a statement inside a frame to the model, unless its
 * methods or paths were not understood. */
void route_add(struct checker *checker, const struct frame *frame,
               const struct ast_stmt *stmt);

/* Adds a route for each function of a publish. */
void route_publish(struct checker *checker, const struct frame *frame,
                   const struct ast_stmt *stmt);

#endif
