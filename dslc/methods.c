/* SPDX-License-Identifier: Apache-2.0 */
/* methods: the request methods that a route is written for. */
#include "dslc/methods.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/foreign.h"
#include "dslc/suggest.h"
#include "dslc/verb.h"
#include "runtime/routes_abi.h"

static const struct row {
    const char *name;
    enum routes_method method;
} rows[] = {
#define METHOD(name) {#name, ROUTES_METHOD_##name},
#include "grammar/methods.def"
#undef METHOD
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *
find_row(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static void
say_unknown(struct checker *checker, const struct scope *scope,
            const struct ast_value *name)
{
    struct diag *diag =
        diag_error(checker->diags, name->span, E020, "unknown method %s",
                   checker_quote(checker, name->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_ROWS + 1, sizeof(const char *));
    const char *help = foreign_find(FOREIGN_METHOD, name->text);

    if (help != NULL) {
        diag_help(diag, "%s", help);
        return;
    }
    APR_ARRAY_PUSH(words, const char *) = "ANY";
    for (size_t i = 0; i < N_ROWS; i++) {
        APR_ARRAY_PUSH(words, const char *) = rows[i].name;
    }
    if (!scope_suggest(scope, SCOPE_METHOD, words, name->text, diag,
                       checker->diags)) {
        diag_help(diag, "declare it: method %s", name->text);
    }
}

/* httpd answers these before any route is asked. */
static bool
refuse_foreign(struct checker *checker, const struct ast_value *name,
               const struct row *row)
{
    if (row->method != ROUTES_METHOD_TRACE &&
        row->method != ROUTES_METHOD_CONNECT) {
        return false;
    }
    diag_error(checker->diags, name->span, E020,
               "%s is answered by httpd and reaches no route", row->name);
    return true;
}

static void
say_twice(struct checker *checker, const struct ast_value *name)
{
    diag_error(checker->diags, name->span, E201,
               "this route has the method %s already",
               checker_quote(checker, name->text));
}

static void
add_method(struct checker *checker, struct scope *scope,
           const struct ast_value *name, struct methods *methods)
{
    const struct row *row = find_row(name->text);
    enum routes_method method;
    uint64_t bit;

    if (row == NULL && scope_use(scope, SCOPE_METHOD, name->text) == NULL) {
        if (!scope_lost(scope, SCOPE_METHOD, name->text)) {
            say_unknown(checker, scope, name);
        }
        return;
    }
    if (row != NULL && refuse_foreign(checker, name, row)) {
        return;
    }
    method = verb_of(name->text, strlen(name->text));
    if (method == ROUTES_METHOD_NONE) {
        return; /* said where it is declared */
    }
    bit = ROUTES_METHOD_BIT(method);
    if ((methods->bits & bit) != 0) {
        say_twice(checker, name);
    }
    methods->bits |= bit;
}

/* Names that a program can't give to a method of its own, beside those that
 * the language has. */
static const char *const taken[] = {"ANY", "PRI"};

#define N_TAKEN (sizeof(taken) / sizeof(taken[0]))

static bool
is_taken(const char *name)
{
    for (size_t i = 0; i < N_TAKEN; i++) {
        if (strcmp(taken[i], name) == 0) {
            return true;
        }
    }
    return find_row(name) != NULL;
}

static void
declare(struct checker *checker, const struct ast_value *name)
{
    enum routes_method method;

    if (is_taken(name->text)) {
        diag_help(diag_error(checker->diags, name->span, E010,
                             "%s has a meaning already",
                             checker_quote(checker, name->text)),
                  "methods that are known need no declaration");
        return;
    }
    method = verb_declare(name->text);
    if (method == ROUTES_METHOD_NONE) {
        checker_exceeds(checker, name->span,
                        apr_psprintf(checker->pool,
                                     "a program of more than %d methods of "
                                     "its own",
                                     ROUTES_MAX_OWN_METHODS));
        return;
    }
    checker->model->methods |= ROUTES_METHOD_BIT(method);
}

void
methods_declare(struct checker *checker, const struct link_unit *unit)
{
    for (const struct ast_stmt *stmt = unit->ast->stmts.first; stmt != NULL;
         stmt = stmt->next) {
        if (stmt->kind != AST_METHOD) {
            continue;
        }
        for (const struct ast_value *name = stmt->u.names.first; name != NULL;
             name = name->next) {
            declare(checker, name);
        }
    }
}

struct methods
methods_read(struct checker *checker, struct scope *scope,
             const struct ast_value_list *names)
{
    struct methods methods = {0, false};

    for (const struct ast_value *name = names->first; name != NULL;
         name = name->next) {
        if (strcmp(name->text, "ANY") != 0) {
            add_method(checker, scope, name, &methods);
            continue;
        }
        if (names->first->next != NULL) {
            diag_error(checker->diags, name->span, E201,
                       "ANY stands alone: it is every method");
        }
        methods.any = true;
    }
    if (methods.any) {
        methods.bits = 0;
    }
    return methods;
}

const char *
methods_text(struct checker *checker, const struct ast_value_list *names)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, 2, sizeof(const char *));

    for (const struct ast_value *name = names->first; name != NULL;
         name = name->next) {
        APR_ARRAY_PUSH(words, const char *) = name->text;
    }
    return apr_array_pstrcat(checker->pool, words, ',');
}

bool
methods_change(const struct model_route *route)
{
    return route->any || (route->methods & ~ROUTES_METHODS_SAFE) != 0;
}
