/* SPDX-License-Identifier: Apache-2.0 */
/* websockets: routes of the method WEBSOCKET. */
#include "dslc/websockets.h"

#include <string.h>

#include "runtime/method.h"

#define SWITCHING_PROTOCOLS 101

bool
websockets_is(const struct model_route *route)
{
    return !route->any && routes_method_is_websocket(route->methods);
}

void
websockets_check_methods(struct checker *checker,
                         const struct ast_value_list *names,
                         struct methods *methods)
{
    const uint64_t bit = ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);
    const struct ast_value *name = names->first;
    struct diag *diag;

    if ((methods->bits & bit) == 0 || methods->bits == bit) {
        return;
    }
    while (strcmp(name->text, "WEBSOCKET") != 0) {
        name = name->next;
    }
    diag = diag_error(checker->diags, name->span, E520,
                      "WEBSOCKET stands alone: no function answers it and "
                      "another method");
    diag_help(diag, "write a route for each, of the same path");
    methods->bits = bit;
}

/* ---- clauses ---- */

static void
refuse_clause(struct checker *checker, const struct ast_stmt *stmt,
              const char *word, const char *help)
{
    struct diag *diag;

    if (stmt == NULL) {
        return;
    }
    diag = diag_error(checker->diags, stmt->span, E521,
                      "`%s` has no meaning for a websocket", word);
    diag_help(diag, "%s", help);
}

void
websockets_check_clauses(struct checker *checker,
                         const struct model_route *route,
                         const struct ast_stmt *stmt,
                         const struct clause_set *set)
{
    static const char sends[] =
        "leave it away: what leaves are the messages that the function sends";

    if (!websockets_is(route)) {
        return;
    }
    refuse_clause(checker, set->one[AST_RETURNS], "returns", sends);
    refuse_clause(checker, set->one[AST_PRODUCES], "produces", sends);
    refuse_clause(checker, set->one[AST_CACHE], "cache", sends);
    refuse_clause(checker, set->one[AST_CONSUMES], "consumes",
                  "leave it away: a handshake has no body");
    if (stmt->kind == AST_ROUTE && stmt->u.route.call == NULL) {
        diag_help(diag_error(checker->diags, route->span, E521,
                             "a websocket has no variants"),
                  "write `-> module:function(ws: websocket, …)`, and let the "
                  "function look at what was asked for");
    }
}

void
websockets_apply(struct model_route *route)
{
    if (!websockets_is(route)) {
        return;
    }
    route->status = SWITCHING_PROTOCOLS;
    route->produce = ROUTES_PRODUCE_AUTO;
    route->media = NULL;
    route->formats = NULL;
    route->results = NULL;
    route->consumes = NULL;
    route->conduct.cache = ROUTES_CACHE_NONE;
}

/* ---- the call ---- */

static void
say_elsewhere(struct checker *checker, const struct model_arg *arg)
{
    diag_help(diag_error(checker->diags, arg->span, E520,
                         "only a route for WEBSOCKET has a websocket"),
              "write WEBSOCKET in place of the route's method");
}

static void
say_second(struct checker *checker, const struct model_arg *first,
           const struct model_arg *arg)
{
    struct diag *diag = diag_error(checker->diags, arg->span, E520,
                                   "a handshake opens one websocket");

    diag_place(diag, first->span, "this one");
}

void
websockets_check_call(struct checker *checker, const struct model_route *route,
                      struct span call)
{
    const struct model_arg *first = NULL;

    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, const struct model_arg, i);

        if (arg->type == NULL || arg->type->kind != ROUTES_TYPE_WEBSOCKET) {
            continue;
        }
        if (!websockets_is(route)) {
            say_elsewhere(checker, arg);
        }
        else if (first != NULL) {
            say_second(checker, first, arg);
        }
        first = first != NULL ? first : arg;
    }
    if (websockets_is(route) && first == NULL) {
        diag_help(diag_error(checker->diags, call, E520,
                             "the call has no argument of the type "
                             "`websocket`"),
                  "write ws: websocket in its parentheses, beside what else "
                  "it takes");
    }
}
