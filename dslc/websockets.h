/* SPDX-License-Identifier: Apache-2.0 */
/* websockets: routes of the method WEBSOCKET. */
#ifndef DSLC_WEBSOCKETS_H
#define DSLC_WEBSOCKETS_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/methods.h"
#include "dslc/model.h"

/* Whether a route is one. */
bool websockets_is(const struct model_route *route);

/* Leaves WEBSOCKET alone of the methods of a route; says E520 of what stands
 * beside it. */
void websockets_check_methods(struct checker *checker,
                              const struct ast_value_list *names,
                              struct methods *methods);

/* Says E521 of the clauses of such a route, and of variants, that speak of an
 * answer. */
void websockets_check_clauses(struct checker *checker,
                              const struct model_route *route,
                              const struct ast_stmt *stmt,
                              const struct clause_set *set);

/* Says E520 unless the call of any route has as many websockets as it is to
 * have; at the call. */
void websockets_check_call(struct checker *checker,
                           const struct model_route *route, struct span call);

/* Leaves such a route nothing of what places around it say of answers. */
void websockets_apply(struct model_route *route);

#endif
