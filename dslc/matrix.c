/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix: all that a program answers, with who may and where that was
 * decided.
 */
#include "matrix.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "diff_index.h"
#include "methods.h"
#include "policy.h"
#include "trie.h"

struct making {
    apr_pool_t *pool;
    struct search_run *run;
    const struct model *model;
    const struct source_set *sources;
    apr_array_header_t *rows;
    apr_hash_t *kept; /* host and path -> the struct matrix_row index + 1 */
};

const char *
matrix_anyone_text(enum matrix_anyone anyone)
{
    switch (anyone) {
    case MATRIX_NOBODY:
        return "no";
    case MATRIX_SOME:
        return "some";
    case MATRIX_ANYONE:
        return "yes";
    }
    return "";
}

const char *
matrix_csrf_text(enum matrix_csrf csrf)
{
    switch (csrf) {
    case MATRIX_CSRF_NONE:
        return "-";
    case MATRIX_CSRF_OFF:
        return "off";
    case MATRIX_CSRF_ON:
        return "on";
    case MATRIX_CSRF_TOKEN:
        return "token";
    }
    return "";
}

/* ---- what a requirement says -------------------------------------------- */

static enum matrix_anyone
ask_anyone(struct search_run *run, const struct model_auth *auth)
{
    static const struct model_rule stranger = {.op = MODEL_RULE_ANONYMOUS};

    if (auth == NULL) {
        return MATRIX_ANYONE;
    }
    struct model_auth strangers = *auth;

    strangers.rule = &stranger;
    return !policy_public(run, auth)                     ? MATRIX_NOBODY
           : policy_implies(run, &strangers, auth, NULL) ? MATRIX_ANYONE
                                                         : MATRIX_SOME;
}

static int
has_browser(const apr_array_header_t *realms)
{
    for (int i = 0; i < realms->nelts; i++) {
        if (MODEL_AT(realms, struct model_realm, i)->browser) {
            return 1;
        }
    }
    return 0;
}

static enum matrix_csrf
csrf_of(const struct model_route *route)
{
    switch (route->conduct.csrf) {
    case ROUTES_CSRF_NONE:
        break;
    case ROUTES_CSRF_ORIGIN:
        return MATRIX_CSRF_ON;
    case ROUTES_CSRF_TOKEN:
        return MATRIX_CSRF_TOKEN;
    }
    return route->kind != ROUTES_ROUTE_REDIRECT && methods_change(route) &&
                   has_browser(route->auth->realms)
               ? MATRIX_CSRF_OFF
               : MATRIX_CSRF_NONE;
}

/* ---- rows --------------------------------------------------------------- */

/* Adds the lines of a place or route that hold in the end. */
static void
add_lines(const struct making *making, struct matrix_row *row,
          const struct model_place *place, const struct model_route *route)
{
    apr_array_header_t *all =
        apr_array_make(making->pool, 4, sizeof(struct origin_line));

    origin_trace(making->pool, making->sources, place, route, all);
    for (int i = 0; i < all->nelts; i++) {
        const struct origin_line *line =
            &APR_ARRAY_IDX(all, i, struct origin_line);

        if (line->state == ORIGIN_HOLDS) {
            APR_ARRAY_PUSH(row->lines, struct origin_line) = *line;
        }
    }
}

static struct matrix_row *
add_row(const struct making *making, const struct model_place *place,
        const struct model_auth *auth, struct span span)
{
    struct matrix_row *row = apr_array_push(making->rows);

    *row = (struct matrix_row){.place = place, .auth = auth};
    row->lines = apr_array_make(making->pool, 2, sizeof(struct origin_line));
    row->at = origin_of(making->sources, span);
    if (auth != NULL) {
        row->asked = origin_of(making->sources, auth->asked);
    }
    return row;
}

/* The other form of a path that is written has the requirement of its route;
 * of a choice its variants are called. */
static void
add_route(const struct making *making, const struct model_route *route)
{
    struct matrix_row *row;

    if (route->twin != NULL || route->kind == ROUTES_ROUTE_CHOICE) {
        return;
    }
    row = add_row(making, route->place, route->auth, route->span);
    row->route = route;
    row->conduct = &route->conduct;
    row->rates = route->limits.rates;
    row->anyone = ask_anyone(making->run, route->auth);
    row->csrf = csrf_of(route);
    add_lines(making, row, route->place, route);
}

/* What a place keeps; places with one prefix keep it together. */
static void
add_place(const struct making *making, const struct model_place *place)
{
    const char *key = diff_index_key(
        making->pool, MODEL_AT(place->hosts, struct model_host, 0),
        place->path);
    const int *known = apr_hash_get(making->kept, key, APR_HASH_KEY_STRING);
    struct matrix_row *row;

    if (known == NULL) {
        known = apr_pmemdup(making->pool, &making->rows->nelts, sizeof(int));
        apr_hash_set(making->kept, key, APR_HASH_KEY_STRING, known);
        row = add_row(making, place, place->auth, place->span);
    }
    else {
        row = &APR_ARRAY_IDX(making->rows, *known, struct matrix_row);
        row->auth = trie_join_auths(making->pool, row->auth, place->auth);
    }
    row->conduct = &row->place->conduct;
    row->rates = row->place->rates;
    row->anyone = ask_anyone(making->run, row->auth);
    add_lines(making, row, place, NULL);
}

/* Whether the whole program keeps what it does not match. */
static int
keeps_all(const struct model *model)
{
    const struct model_place *file =
        MODEL_AT(model->places, struct model_place, 0);

    return file->guards;
}

/* The places of the source; those that trie made of several have the path of
 * one of these. */
static void
add_places(const struct making *making)
{
    const apr_array_header_t *places = making->model->places;
    apr_hash_t *seen = apr_hash_make(making->pool);

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);

        if (place->guards &&
            apr_hash_get(seen, &place->path, sizeof(place->path)) == NULL) {
            apr_hash_set(seen, &place->path, sizeof(place->path), place);
            add_place(making, place);
        }
    }
}

apr_array_header_t *
matrix_make(apr_pool_t *pool, const struct model *model,
            const struct source_set *sources)
{
    struct making making = {.pool = pool,
                            .run = search_run_make(pool),
                            .model = model,
                            .sources = sources};

    making.rows = apr_array_make(pool, 64, sizeof(struct matrix_row));
    making.kept = apr_hash_make(pool);
    for (int i = 0; i < model->routes->nelts; i++) {
        add_route(&making, MODEL_AT(model->routes, struct model_route, i));
    }
    add_places(&making);
    if (!keeps_all(model)) {
        struct span nowhere = {0};

        add_row(&making, NULL, NULL, nowhere);
    }
    return making.rows;
}
