/* SPDX-License-Identifier: Apache-2.0 */
/* methods: the request methods that a route is written for. */
#include "dslc/methods.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/foreign.h"
#include "dslc/suggest.h"
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
    uint64_t bit;

    if (row == NULL && strcmp(name->text, "WEBSOCKET") == 0) {
        checker_waits(checker, name->span, "a route for WEBSOCKET");
        return;
    }
    if (row == NULL) {
        if (scope_use(scope, SCOPE_METHOD, name->text) == NULL &&
            !scope_lost(scope, SCOPE_METHOD, name->text)) {
            say_unknown(checker, scope, name);
        }
        return;
    }
    bit = ROUTES_METHOD_BIT(row->method);
    if (refuse_foreign(checker, name, row)) {
        return;
    }
    if ((methods->bits & bit) != 0) {
        say_twice(checker, name);
    }
    methods->bits |= bit;
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
