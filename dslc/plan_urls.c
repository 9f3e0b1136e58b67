/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_urls: how the URLs of named routes are made, in a plan.
 */
#include "plan_urls.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "plan_routes.h"
#include "plan_types.h"
#include "urls.h"
#include "variants.h"

/* A label of a host, and of a segment what stands around the parameter. */
#define MAX_PARTS (2 + 2 * ROUTES_MAX_SEGMENTS)

/* The parts of one URL while they are collected. */
struct parts {
    struct plan *plan;
    struct routes_url_part rows[MAX_PARTS];
    const char *notes[MAX_PARTS];
    uint16_t n;
    const char *text; /* not yet a row: literals up to the next parameter */
};

/* ---- parts -------------------------------------------------------------- */

static void
add_part(struct parts *parts, enum routes_url_part_kind kind, const char *text,
         uint32_t type)
{
    if (parts->n == MAX_PARTS) {
        return; /* a path that was refused for its length */
    }
    parts->notes[parts->n] = text;
    parts->rows[parts->n++] = (struct routes_url_part){
        .kind = kind, .text = plan_text(parts->plan, text), .type = type};
}

static void
add_literal(struct parts *parts, const char *text)
{
    parts->text = apr_pstrcat(parts->plan->pool, parts->text,
                              urls_quote(parts->plan->pool, text), NULL);
}

static void
end_literal(struct parts *parts)
{
    if (*parts->text != '\0') {
        add_part(parts, ROUTES_URL_TEXT, parts->text, 0);
        parts->text = "";
    }
}

static void
add_param(struct parts *parts, enum routes_url_part_kind kind,
          const struct model_param *param)
{
    end_literal(parts);
    add_part(parts, kind, param->name,
             plan_types_in_path(parts->plan, param->type));
}

static void
add_host(struct parts *parts, const struct model_host *host)
{
    if (host->param != NULL) {
        add_param(parts, ROUTES_URL_LABEL, host->param);
    }
    add_literal(parts, host->name);
    end_literal(parts);
}

static void
add_path(struct parts *parts, const struct model_path *path)
{
    for (int i = 0; i < path->segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, const struct model_segment, i);

        add_literal(parts, "/");
        add_literal(parts, segment->prefix);
        if (segment->param != NULL) {
            add_param(parts,
                      segment->rest ? ROUTES_URL_REST : ROUTES_URL_SEGMENT,
                      segment->param);
            add_literal(parts, segment->suffix);
        }
    }
    end_literal(parts);
}

/* ---- URLs --------------------------------------------------------------- */

/* The row of the choice by the query that calls a route, or 0. */
static uint32_t
choice_of(const struct plan *plan, const struct model_route *route,
          const struct model_path *path)
{
    const struct routes_route *chooser;

    if (!variants_by_query(route)) {
        return 0;
    }
    chooser = rows_at(PLAN_ROWS(plan, routes),
                      plan_routes_row(plan, route->choice_of, path));
    return chooser->target;
}

static void
plan_url(struct parts *parts, const struct model_route *route)
{
    const struct model_route *answered = urls_answered(route);
    struct plan *plan = parts->plan;
    const struct model_path *path =
        MODEL_AT(route->paths, const struct model_path, 0);
    const struct model_host *host = urls_host(route);
    struct routes_url row;

    memset(&row, 0, sizeof(row));
    parts->n = 0;
    parts->text = "";
    if (host != NULL) {
        add_host(parts, host);
    }
    row.n_host = parts->n;
    add_path(parts, path);
    row.n_parts = parts->n;
    row.name = plan_text(plan, route->name);
    row.route = plan_routes_row(plan, answered, path);
    row.choice = choice_of(plan, answered, path);
    row.parts = rows_intern(PLAN_ROWS(plan, url_parts), parts->rows, parts->n,
                            parts->notes);
    rows_add(PLAN_ROWS(plan, urls), &row,
             plan_note(plan, route->name, route->span));
}

static int
compare_names(const void *left, const void *right)
{
    const struct model_route *const *a = left;
    const struct model_route *const *b = right;

    return strcmp((*a)->name, (*b)->name);
}

void
plan_urls_lay_out(struct plan *plan)
{
    const apr_array_header_t *routes = plan->model->routes;
    struct parts parts = {.plan = plan};
    apr_array_header_t *named = apr_array_make(
        plan->pool, routes->nelts + 1, sizeof(const struct model_route *));

    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, const struct model_route, i);

        if (route->named && urls_answered(route) != NULL) {
            APR_ARRAY_PUSH(named, const struct model_route *) = route;
        }
    }
    qsort(named->elts, (size_t)named->nelts,
          sizeof(const struct model_route *), compare_names);
    for (int i = 0; i < named->nelts; i++) {
        plan_url(&parts, APR_ARRAY_IDX(named, i, const struct model_route *));
    }
}
