/* SPDX-License-Identifier: Apache-2.0 */
/* types: what a written type means. */
#ifndef DSLC_TYPES_H
#define DSLC_TYPES_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

#define TYPES_MAX_LABELS 1000 /* of one enum */
#define TYPES_MAX_LARGE  32   /* patterns of a run with large automata */
#define TYPES_MAX_DEPTH  32   /* types defined through types */

/*
 * The type of a written one, names and bounds resolved, in the model's pool;
 * never NULL.  After a mistake, which was said, it is broken: of the kind
 * ROUTES_TYPE_NULL, and nobody complains about it again.
 */
struct model_type *types_resolve(struct checker *checker, struct scope *scope,
                                 const struct ast_type *ast);

/* The type of what only an answer can be, `file`; NULL for any other. */
struct model_type *
types_of_answer(struct checker *checker, const struct ast_type *ast);

/* Resolves the types that a file declares, used or not. */
void types_declare(struct checker *checker, struct scope *scope);

/* A built-in type by its name, without bounds; NULL for another word. */
struct model_type *types_named(struct checker *checker, const char *name);

/* Whether text can carry a value of it: a scalar, or a list of scalars that a
 * query or form repeats. */
bool types_is_flat(const struct model_type *type);

static inline bool
types_broken(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_NULL;
}

/* Whether it takes all the rest of a path: path, rawpath. */
static inline bool
types_is_rest(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_PATH || type->kind == ROUTES_TYPE_RAWPATH;
}

/* Whether it is the request itself, who calls, the method or a websocket: what
 * only an
 * argument of a call has. */
static inline bool
types_is_special(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_REQUEST ||
           type->kind == ROUTES_TYPE_PRINCIPAL ||
           type->kind == ROUTES_TYPE_METHOD ||
           type->kind == ROUTES_TYPE_WEBSOCKET;
}

#endif
