/* SPDX-License-Identifier: Apache-2.0 */
/* results: what becomes of a function's value, or of its exception. */
#ifndef DSLC_RESULTS_H
#define DSLC_RESULTS_H

#include <apr_tables.h>

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"
#include "dslc/scope.h"

#define RESULTS_MAX_RAISES 256 /* in force at one route */

/* What is in force at a place: `produces` and `raises`. */
struct results_state {
    enum routes_produce produce;
    const char *media;                 /* for ROUTES_PRODUCE_MEDIA */
    const apr_array_header_t *formats; /* as model_route has it; shared, never
                                          changed */
    const struct ast_stmt *own; /* the `produces` of the block itself, or NULL
                                 */
    apr_array_header_t *raises; /* struct model_raise *, innermost first;
                                   shared, never changed */
};

/* Before any clause: automatic, and no exceptions. */
struct results_state results_none(struct checker *checker);

/* With the clauses of one block; says E016, E018, E411, E706. */
struct results_state
results_combine(struct checker *checker, struct scope *scope,
                const struct results_state *outer,
                const struct clause_set *set);

/* "201 html, 422 Problem": a route's answers in words. */
typedef const char *
results_spell_fn(apr_pool_t *pool, const struct model_type *type);
const char *results_text(apr_pool_t *pool, const struct model_route *route,
                         results_spell_fn *spell);

/* A results_spell_fn: as faults spell a type. */
const char *results_spelling(apr_pool_t *pool, const struct model_type *type);

/* What an answer of the status must be, 0: any success that is not listed.
 * NULL: anything may leave. */
const struct model_type *
results_type(const struct model_route *route, int status);

#endif
