/* SPDX-License-Identifier: Apache-2.0 */
/* variants: by what of a request one of several functions is called. */
#ifndef DSLC_VARIANTS_H
#define DSLC_VARIANTS_H

#include "../runtime/url.h"
#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"
#include "dslc/results.h"
#include "dslc/scope.h"

/* What a route is `by`; NULL, and E016, E513 or E516 said, if it is nothing
 * that variants can be told by. */
struct model_choice *
variants_read(struct checker *checker, const struct ast_stmt *stmt);

/* What its variants are in the table of clauses. */
enum clause_where variants_where(const struct ast_stmt *stmt);

/* Adds the route of a variant; false, and E016 or E201 said, for a key that is
 * none or was there before. */
bool variants_add(struct checker *checker, struct model_choice *choice,
                  const struct ast_stmt *variant, struct model_route *route);

/* What a variant's plain results are, by its key; results is what is in force
 * around it. */
struct results_state variants_results(const struct model_choice *choice,
                                      const struct ast_stmt *variant,
                                      const struct results_state *results);

/* Says E016 if what `returns` says of the variant, its own one or its route's,
 * is not what its key says. */
void variants_check_results(struct checker *checker,
                            const struct model_choice *choice,
                            const struct ast_stmt *variant,
                            const struct ast_stmt *returns,
                            const struct model_route *route);

/* When all are there: what a request that has none is told.  Says E016 of a
 * choice without variants, E118 of arguments that no request of theirs has. */
void variants_end(struct checker *checker, struct model_choice *choice,
                  const struct ast_stmt *stmt);

/* Whether a route is called for what stands in the query string. */
bool variants_by_query(const struct model_route *route);

/* What an argument of the query that is called so has to do with how the route
 * is chosen. */
enum routes_url_role
variants_role(const struct model_route *route, const char *wire);

/* The key of such a route among those of its choice; NULL: it is for the
 * rest, or isn't chosen by the query. */
const char *variants_key(const struct model_route *route);

/* "by accept", "by query \"action\""; in pool. */
const char *variants_text(apr_pool_t *pool, const struct model_choice *choice);

#endif
