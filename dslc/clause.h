/* SPDX-License-Identifier: Apache-2.0 */
/* clause: where each statement may stand, and the clauses of one block. */
#ifndef DSLC_CLAUSE_H
#define DSLC_CLAUSE_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/checker.h"

/* What a statement stands in: a column of the table of LANGUAGE.md 3. */
enum clause_where {
    CLAUSE_FILE = 1 << 0,
    CLAUSE_HOST = 1 << 1,
    CLAUSE_LOCATION = 1 << 2,
    CLAUSE_INCLUDE = 1 << 3,
    CLAUSE_ROUTE = 1 << 4,
    CLAUSE_PUBLISH = 1 << 5,
    CLAUSE_LINE = 1 << 6, /* of a publish */
    CLAUSE_MOUNT = 1 << 7,
    CLAUSE_REDIRECT = 1 << 8,
    CLAUSE_CHOICE = 1 << 9, /* a variant of `by query` or `by header` */
    CLAUSE_FORMAT = 1 << 10 /* a variant of `by accept` */
};

/* A row of that table. */
struct clause_row {
    unsigned where;    /* enum clause_where: where it may stand */
    unsigned override; /* where it may stand with `override` */
    bool repeats;      /* twice in one block is no mistake */
    bool governed;     /* clauses stand before it */
    bool waits;        /* this version does not compile it */
};

const struct clause_row *clause_row(enum ast_kind kind);

/* The clauses of one block. */
struct clause_set {
    const struct ast_stmt *first;          /* of the block */
    const struct ast_stmt *one[AST_KINDS]; /* the first of each kind that
                                              stands where it may, or NULL */
    bool misplaced; /* one that decides who may call was refused */
};

/*
 * Looks through a block: says E014, E015, E018, E319, E321, and, unless all
 * of it is refused already, E019 of what waits.
 */
struct clause_set
clause_collect(struct checker *checker, const struct ast_stmt_list *body,
               enum clause_where where, bool refused);

/* The next clause of a kind after one, both of one block, or NULL. */
const struct ast_stmt *clause_next(const struct ast_stmt *stmt);

#endif
