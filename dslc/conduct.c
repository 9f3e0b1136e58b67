/* SPDX-License-Identifier: Apache-2.0 */
/* conduct: how requests of a route are met, beside who may and what is
 * called. */
#include "dslc/conduct.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/cors.h"
#include "dslc/deprecated.h"
#include "dslc/methods.h"
#include "dslc/reply.h"
#include "dslc/suggest.h"

/* ---- csrf ---- */

static bool
is_word(const struct ast_stmt *stmt, const char *word)
{
    return stmt->u.name.text != NULL && strcmp(stmt->u.name.text, word) == 0;
}

static void
say_unknown_csrf(struct checker *checker, const struct ast_stmt *stmt)
{
    struct diag *diag = diag_error(checker->diags, stmt->u.name.span, E016,
                                   "`csrf` takes `off` or `token`, and not %s",
                                   checker_quote(checker, stmt->u.name.text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(words, const char *) = "off";
    APR_ARRAY_PUSH(words, const char *) = "token";
    suggest_help(checker->diags, diag, words, stmt->u.name.text);
}

static void
check_csrf(struct checker *checker, const struct ast_stmt *stmt)
{
    if (stmt->u.name.text != NULL && !is_word(stmt, "token") &&
        !is_word(stmt, "off")) {
        say_unknown_csrf(checker, stmt);
    }
}

/* The first realm in force whose credentials a browser sends unasked. */
static const struct model_realm *
find_browser_realm(const struct auths_state *auths)
{
    for (int i = 0; i < auths->realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(auths->realms, const struct model_realm, i);

        if (realm->browser) {
            return realm;
        }
    }
    return NULL;
}

static void
warn_off(struct checker *checker, const struct ast_stmt *stmt,
         const struct model_realm *realm, const struct model_route *route,
         const char *what)
{
    struct diag *diag;

    if (apr_hash_get(checker->lax, &stmt, sizeof(stmt)) != NULL) {
        return;
    }
    apr_hash_set(checker->lax, apr_pmemdup(checker->pool, &stmt, sizeof(stmt)),
                 sizeof(stmt), stmt);
    diag =
        diag_warn(checker->diags, stmt->span, W311,
                  "`csrf off`: any web page may have a browser send %s", what);
    diag_place(diag, route->span, "this changes something");
    diag_place(diag, realm->span,
               "browsers add the credentials of this realm by themselves");
    diag_help(diag, "let other sites in by `cors`, or leave `csrf off` away");
}

static enum routes_csrf
read_csrf(const struct ast_stmt *stmt)
{
    if (is_word(stmt, "off")) {
        return ROUTES_CSRF_NONE;
    }
    return is_word(stmt, "token") ? ROUTES_CSRF_TOKEN : ROUTES_CSRF_ORIGIN;
}

static enum routes_csrf
decide_csrf(struct checker *checker, const struct conduct_state *state,
            const struct auths_state *auths, const struct model_route *route,
            const char *what)
{
    const struct model_realm *realm = find_browser_realm(auths);

    if (!methods_change(route)) {
        return ROUTES_CSRF_NONE;
    }
    if (state->csrf == NULL) {
        return realm != NULL ? ROUTES_CSRF_ORIGIN : ROUTES_CSRF_NONE;
    }
    if (read_csrf(state->csrf) != ROUTES_CSRF_NONE) {
        return read_csrf(state->csrf);
    }
    if (realm != NULL) {
        warn_off(checker, state->csrf, realm, route, what);
    }
    return ROUTES_CSRF_NONE;
}

/* ---- cache ---- */

static void
check_cache(struct checker *checker, const struct ast_stmt *stmt)
{
    struct model_conduct conduct = {0};

    if (!reply_cache(stmt, &conduct)) {
        diag_error(checker->diags, stmt->u.value->span, E016,
                   "`cache` takes a duration of whole seconds, up to 68 "
                   "years, or `off`");
    }
}

/* ---- deny ---- */

#define HTTP_FORBIDDEN 403
#define HTTP_NOT_FOUND 404

/* The innermost place that answers what nothing in it matches, or NULL. */
static const struct model_place *
find_guard(const struct model_place *place)
{
    while (place != NULL && !place->guards) {
        place = place->parent;
    }
    return place;
}

/* Inside what is masked, the outermost of it says what is seen instead. */
static void
combine_deny(struct checker *checker, const struct ast_stmt *stmt,
             const struct model_place *around, struct conduct_state *state)
{
    const struct ast_value *value = stmt->u.value;

    if (value->number != HTTP_NOT_FOUND && value->number != HTTP_FORBIDDEN) {
        diag_error(checker->diags, value->span, E016,
                   "`deny as` takes 404, or 403 where that is not to hold, "
                   "and not %s",
                   checker_quote(checker, value->text));
        return;
    }
    if (value->number == HTTP_NOT_FOUND && !state->masked) {
        state->mask = find_guard(around);
    }
    state->masked = value->number == HTTP_NOT_FOUND;
    if (!state->masked) {
        state->mask = NULL;
    }
}

/* ---- all of it ---- */

struct conduct_state
conduct_combine(struct checker *checker, const struct conduct_state *outer,
                const struct clause_set *set, const struct model_place *around)
{
    struct conduct_state state = *outer;

    if (set->one[AST_CSRF] != NULL) {
        state.csrf = set->one[AST_CSRF];
        check_csrf(checker, state.csrf);
    }
    if (set->one[AST_CACHE] != NULL) {
        state.cache = set->one[AST_CACHE];
        check_cache(checker, state.cache);
    }
    if (set->one[AST_HEADER] != NULL) {
        state.headers =
            reply_headers(checker, outer->headers, set->one[AST_HEADER]);
    }
    if (set->one[AST_CORS] != NULL) {
        state.cors = cors_make(checker, set->one[AST_CORS]);
    }
    deprecated_combine(checker, set, &state);
    state.strict |= set->one[AST_QUERY] != NULL;
    if (set->one[AST_DENY] != NULL) {
        combine_deny(checker, set->one[AST_DENY], around, &state);
    }
    return state;
}

void
conduct_place(const struct conduct_state *state, struct model_place *place)
{
    struct model_conduct *conduct = &place->conduct;
    struct model_conduct kept = {0};

    reply_cache(state->cache, &kept);
    conduct->cache =
        kept.cache == ROUTES_CACHE_OFF ? kept.cache : ROUTES_CACHE_NONE;
    conduct->headers = state->headers;
    conduct->cors = state->cors;
    conduct->pages = state->pages;
    conduct->masked = state->masked;
    conduct->mask = state->mask;
    place->says_csrf = state->csrf != NULL;
    if (state->csrf != NULL) {
        place->csrf = read_csrf(state->csrf);
    }
}

void
conduct_answer(struct checker *checker, const struct conduct_state *state,
               struct model_route *route)
{
    route->conduct.headers = state->headers;
    route->conduct.cors = state->cors;
    route->conduct.pages = state->pages;
    route->conduct.masked = state->masked;
    route->conduct.mask = state->mask;
    deprecated_apply(checker, state, &route->conduct);
    reply_vary(checker, route);
    reply_cache(state->cache, &route->conduct);
    reply_share(checker, route);
}

void
conduct_apply(struct checker *checker, const struct conduct_state *state,
              const struct auths_state *auths, struct model_route *route,
              const char *what)
{
    conduct_answer(checker, state, route);
    route->strict = state->strict;
    route->conduct.csrf = decide_csrf(checker, state, auths, route, what);
}
