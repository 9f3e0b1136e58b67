/* SPDX-License-Identifier: Apache-2.0 */
/* scope: the names that a file declares, and those it sees. */
#ifndef DSLC_SCOPE_H
#define DSLC_SCOPE_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/diag.h"

/*
 *     shop.routes            types  { Slug }    realms { staff }
 *        ^ outer
 *     admin/users.routes     types  { Login }   sees Slug, staff too
 *     admin/items.routes     types  { Sku }     sees Slug, staff; not Login
 *
 * A space holds one kind of name (LANGUAGE.md 1.10); records are types.
 */
enum scope_space {
    SCOPE_MODULE,
    SCOPE_SETTING,
    SCOPE_TYPE,
    SCOPE_REALM,
    SCOPE_RULE,
    SCOPE_INTERPRETER,
    SCOPE_METHOD,
    SCOPE_SPACES
};

/* How far the meaning of a name is known: BUSY finds circles. */
enum scope_state {
    SCOPE_UNKNOWN,
    SCOPE_BUSY,
    SCOPE_KNOWN
};

struct scope_name {
    enum scope_space space;
    const char *name;
    struct span span;
    const struct ast_stmt *stmt; /* its declaration */
    struct scope *scope;         /* that declares it */
    enum scope_state state;
    bool used;
    void *meaning; /* what it was resolved to: a model_type, a model_realm */
};

struct scope;

/* The scope of a file; outer is that of the file including it, or NULL.
 * broken is the file's text when it has syntax errors, which may have taken
 * declarations away, else NULL. */
struct scope *
scope_make(apr_pool_t *pool, struct scope *outer, const char *broken);

/* Any word of a line with a syntax error may have been declared there. */
void scope_lose(struct scope *scope, const char *line, size_t length);

/* Declares what the statements of a file declare and applies its `unused`;
 * says E010 and E011. */
void scope_declare(struct scope *scope, const struct ast_file *ast,
                   struct diag_list *diags);

/* The declaration of a name that the scope sees, marked as used, or NULL. */
struct scope_name *
scope_use(struct scope *scope, enum scope_space space, const char *name);

/* The names of a space that the scope declares itself: struct scope_name *. */
const apr_array_header_t *
scope_names(const struct scope *scope, enum scope_space space);

/* Adds to a message the name of a space that was most likely meant, of those
 * the scope sees or of `more` (const char *, or NULL); true when it could. */
bool scope_suggest(const struct scope *scope, enum scope_space space,
                   const apr_array_header_t *more, const char *name,
                   struct diag *diag, struct diag_list *diags);

/* Whether a syntax error took the declaration of a name that the scope would
 * see: the mistake was said there, and is not said again. */
bool scope_lost(const struct scope *scope, enum scope_space space,
                const char *name);

/* Says W012 of what nothing used. */
void scope_warn_unused(const struct scope *scope, struct diag_list *diags);

#endif
