/* SPDX-License-Identifier: Apache-2.0 */
/* conduct: how requests of a route are met, beside who may and what is
 * called. */
#ifndef DSLC_CONDUCT_H
#define DSLC_CONDUCT_H

#include "dslc/auths.h"
#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"

/* What is in force at a place.  Shared between places, so never changed. */
struct conduct_state {
    const struct ast_stmt *csrf;   /* the innermost, or NULL: as the realms in
                                    force need it */
    const struct ast_stmt *cache;  /* the innermost, or NULL */
    apr_array_header_t *headers;   /* struct model_header *, or NULL */
    const struct model_cors *cors; /* or NULL */
    apr_array_header_t *pages;     /* as pages_combine gives them */
    int strict;                    /* `query strict` */
    const char *deprecated;        /* as model_conduct has it */
    struct model_header *deprecation; /* its date, or NULL */
    int masked;                       /* `deny as 404` */
    const struct model_place *mask;   /* as model_conduct has it */
};

/* With the clauses of one block, around which is that place (NULL: the file
 * itself); says E016, E018, E019, E020, E516. */
struct conduct_state
conduct_combine(struct checker *checker, const struct conduct_state *outer,
                const struct clause_set *set,
                const struct model_place *around);

/* Sets the conduct of what no route of a place answers, and what `csrf` says
 * there. */
void
conduct_place(const struct conduct_state *state, struct model_place *place);

/* Sets what the answers of a route have, when its arguments are known. */
void conduct_answer(struct checker *checker, const struct conduct_state *state,
                    struct model_route *route);

/* Sets a route's conduct, when its arguments are known; auths is what is in
 * force at it.  Says W311, once for each `csrf off`.  what: "POST /x". */
void conduct_apply(struct checker *checker, const struct conduct_state *state,
                   const struct auths_state *auths, struct model_route *route,
                   const char *what);

#endif
