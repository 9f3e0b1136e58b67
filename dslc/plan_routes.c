/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_routes: places, functions, routes and their arguments in a plan.
 */
#include "plan_routes.h"

#include <string.h>

#include <apr_strings.h>

#include "method_text.h"
#include "paths.h"
#include "plan_auth.h"
#include "plan_conduct.h"
#include "plan_limits.h"
#include "plan_settings.h"
#include "plan_targets.h"
#include "plan_types.h"
#include "formats.h"

/* ---- places and functions ----------------------------------------------- */

/* The parameter of the host that a place is on, or NULL. */
static const struct model_param *
host_param(const struct model_place *place)
{
    return place->hosts->nelts > 0
               ? MODEL_AT(place->hosts, struct model_host, 0)->param
               : NULL;
}

static uint32_t
plan_place_limits(struct plan *plan, const struct model_place *place)
{
    const struct model_limits limits = {.rates = place->rates};
    const struct plan_limits_at at = {
        .path = place->path,
        .host_param = host_param(place),
        .route = "",
    };

    return plan_limits_of(plan, &limits, &at);
}

static void
plan_places(struct plan *plan)
{
    const apr_array_header_t *places = plan->model->places;

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);
        const char *path = place->path != NULL ? place->path->text : "";
        struct routes_place row;

        memset(&row, 0, sizeof(row));
        row.path = plan_text(plan, path);
        row.auth = plan_auth_of(plan, place->auth);
        row.conduct = plan_conduct_of(plan, &place->conduct);
        row.limits = plan_place_limits(plan, place);
        row.file = plan_file(plan, place->span);
        row.line = plan_line(plan, place->span);
        plan_set_row(plan, place,
                     rows_add(PLAN_ROWS(plan, places), &row,
                              plan_note(plan, path, place->span)));
    }
}

void
plan_routes_functions(struct plan *plan)
{
    const apr_array_header_t *functions = plan->model->functions;

    for (int i = 0; i < functions->nelts; i++) {
        const struct model_function *function =
            MODEL_AT(functions, struct model_function, i);
        const char *name = apr_pstrcat(plan->pool, function->module, ":",
                                       function->qualname, NULL);
        struct routes_function row;

        memset(&row, 0, sizeof(row));
        row.module = plan_text(plan, function->module);
        row.qualname = plan_text(plan, function->qualname);
        row.file = plan_file(plan, function->span);
        row.line = plan_line(plan, function->span);
        plan_set_row(plan, function,
                     rows_add(PLAN_ROWS(plan, functions), &row,
                              plan_note(plan, name, function->span)));
    }
}

/* ---- captures ----------------------------------------------------------- */

/* How many captures a path has; *found, if name is among them, its index. */
static int
count_captures(const struct model_route *route, const struct model_path *path,
               const char *name, int *found)
{
    const struct model_param *param = host_param(route->place);
    int n = 0;

    if (param != NULL) {
        *found = strcmp(param->name, name) == 0 ? n : *found;
        n++;
    }
    for (int i = 0; i < path->segments->nelts; i++) {
        param = MODEL_AT(path->segments, struct model_segment, i)->param;
        if (param != NULL) {
            *found = strcmp(param->name, name) == 0 ? n : *found;
            n++;
        }
    }
    return n;
}

/* ---- arguments ---------------------------------------------------------- */

/* The type of an argument; a setting's value has one as a constant, too. */
static const struct model_type *
type_of(const struct model_arg *arg)
{
    return arg->type == NULL && arg->constant != NULL ? arg->constant->type
                                                      : arg->type;
}

static void
fill_arg(struct plan *plan, struct routes_arg *row,
         const struct model_route *route, const struct model_path *path,
         const struct model_arg *arg)
{
    int capture = 0;

    memset(row, 0, sizeof(*row));
    row->name = plan_text(plan, arg->name);
    row->wire = plan_text(plan, arg->wire);
    row->source = (uint8_t)arg->source;
    if (arg->source == ROUTES_FROM_PATH) {
        count_captures(route, path, arg->param->name, &capture);
        row->capture = plan_count(plan, capture, "captures");
        row->type = plan_types_in_path(plan, arg->param->type);
    }
    else {
        row->type = plan_types_of(plan, type_of(arg));
    }
    row->constant = plan_types_const(plan, arg->constant);
    if (arg->constant != NULL && arg->source != ROUTES_FROM_CONSTANT) {
        row->flags = ROUTES_ARG_HAS_DEFAULT;
    }
    if (arg->by_member) {
        row->flags |= ROUTES_ARG_MEMBERS;
    }
}

/* The arguments of a call as a sequence of args[]; equal ones are one. */
static uint32_t
plan_args(struct plan *plan, const struct model_route *route,
          const struct model_path *path)
{
    struct routes_arg rows[ROUTES_MAX_ARGS];
    const char *notes[ROUTES_MAX_ARGS];
    int n = route->args->nelts;

    if (n > ROUTES_MAX_ARGS) {
        plan->excess =
            apr_psprintf(plan->pool, "a call of %d arguments, at most %d", n,
                         ROUTES_MAX_ARGS);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, struct model_arg, i);

        fill_arg(plan, &rows[i], route, path, arg);
        notes[i] = plan_note(plan, arg->name, arg->span);
    }
    return rows_intern(PLAN_ROWS(plan, args), rows, (uint32_t)n, notes);
}

/* The bodies that arguments may come from: bits of enum routes_takes. */
static uint8_t
takes_of(const struct model_route *route)
{
    int has_body =
        route->any || (route->methods & ~ROUTES_METHODS_BODILESS) != 0;
    unsigned takes = model_is_application(route) ? ROUTES_TAKES_STREAM : 0;
    int needs_files = 0;

    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, struct model_arg, i);

        if (arg->source == ROUTES_FROM_BODY) {
            takes |= ROUTES_TAKES_JSON;
        }
        else if (arg->source == ROUTES_FROM_FORM) {
            takes |= ROUTES_TAKES_FORM;
        }
        else if (arg->source == ROUTES_FROM_FILE) {
            takes |= ROUTES_TAKES_FILES;
            needs_files |= arg->constant == NULL && !arg->type->optional;
        }
        else if (arg->source == ROUTES_FROM_RAW) {
            takes |= arg->type->kind == ROUTES_TYPE_STREAM
                         ? ROUTES_TAKES_STREAM
                         : ROUTES_TAKES_RAW;
        }
        else if (arg->source == ROUTES_FROM_ARGUMENT && has_body) {
            takes |= ROUTES_TAKES_FORM | ROUTES_TAKES_JSON;
        }
    }
    /* no other body could bring what must be there */
    return (uint8_t)(needs_files ? ROUTES_TAKES_FILES : takes);
}

/* ---- answers ------------------------------------------------------------ */

static uint32_t
plan_raises(struct plan *plan, const apr_array_header_t *raises)
{
    size_t n = (size_t)raises->nelts;
    struct routes_raise *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_raise *raise =
            MODEL_AT(raises, struct model_raise, i);

        rows[i].module = plan_text(plan, raise->module);
        rows[i].qualname = plan_text(plan, raise->qualname);
        rows[i].status = (uint32_t)raise->status;
        notes[i] = plan_note(plan, raise->qualname, raise->span);
    }
    return rows_intern(PLAN_ROWS(plan, raises), rows, (uint32_t)n, notes);
}

static uint32_t
plan_results(struct plan *plan, const apr_array_header_t *results)
{
    size_t n = (size_t)results->nelts;
    struct routes_result *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_result *result =
            MODEL_AT(results, struct model_result, i);

        rows[i].status = (uint32_t)result->status;
        rows[i].type = plan_types_of(plan, result->type);
        notes[i] = plan_note(
            plan, result->type != NULL ? result->type->spelling : "anything",
            result->span);
    }
    return rows_intern(PLAN_ROWS(plan, results), rows, (uint32_t)n, notes);
}

static uint32_t
plan_formats(struct plan *plan, const struct model_route *route)
{
    size_t n = (size_t)route->formats->nelts;
    struct routes_format *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_format *format =
            &APR_ARRAY_IDX(route->formats, (int)i, const struct model_format);
        const char *media = formats_media(format->produce, format->media);

        rows[i].produce = format->produce;
        rows[i].media = plan_text(plan, media);
        notes[i] = plan_note(plan, media, route->span);
    }
    return rows_intern(PLAN_ROWS(plan, formats), rows, (uint32_t)n, notes);
}

static void
fill_answer(struct plan *plan, struct routes_route *row,
            const struct model_route *route)
{
    if (route->results != NULL) {
        row->results = plan_results(plan, route->results);
        row->n_results = plan_count(plan, route->results->nelts, "results");
    }
    row->raises = plan_raises(plan, route->raises);
    row->n_raises = plan_count(plan, route->raises->nelts, "raises clauses");
    row->status = plan_count(plan, route->status, "as a status");
    row->produce = (uint8_t)route->produce;
    row->flags = (uint8_t)((route->no_content ? ROUTES_ROUTE_NO_CONTENT : 0) |
                           (route->strict ? ROUTES_ROUTE_STRICT : 0));
    row->media = plan_text(plan, route->media);
    if (route->formats != NULL) {
        row->formats = plan_formats(plan, route);
        row->n_formats = plan_count(plan, route->formats->nelts, "formats");
    }
}

/* ---- bodies ------------------------------------------------------------- */

static void
fill_body(struct plan *plan, struct routes_route *row,
          const struct model_route *route)
{
    row->body_limit = route->body_limit;
    if (route->consumes != NULL) {
        row->consumes = plan_types_labels(plan, route->consumes);
        row->n_consumes =
            plan_count(plan, route->consumes->nelts, "media types");
    }
}

/* The names of the captures of a path, its host's first. */
static uint32_t
plan_params(struct plan *plan, const struct model_route *route,
            const struct model_path *path)
{
    struct routes_text texts[ROUTES_MAX_SEGMENTS + 1];
    const char *names[ROUTES_MAX_SEGMENTS + 1];
    const struct model_param *param = host_param(route->place);
    uint32_t n = 0;

    if (param != NULL) {
        names[n++] = param->name;
    }
    for (int i = 0; i < path->segments->nelts && n <= ROUTES_MAX_SEGMENTS;
         i++) {
        param = MODEL_AT(path->segments, struct model_segment, i)->param;
        if (param != NULL) {
            names[n++] = param->name;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        texts[i] = plan_text(plan, names[i]);
    }
    return rows_intern(PLAN_ROWS(plan, labels), texts, n, names);
}

/* ---- routes ------------------------------------------------------------- */

/* What a row of routes[] stands for. */
struct route_key {
    const struct model_route *route;
    const struct model_path *path;
};

static void
set_route_row(struct plan *plan, const struct model_route *route,
              const struct model_path *path, uint32_t row)
{
    struct route_key *key = apr_palloc(plan->pool, sizeof(*key));
    uint32_t *kept = apr_palloc(plan->pool, sizeof(*kept));

    *key = (struct route_key){route, path};
    *kept = row;
    apr_hash_set(plan->route_of, key, sizeof(*key), kept);
}

/* Whether the captures of a path are those of its route's first, by number. */
static int
is_in_order(const struct model_route *route, const struct model_path *path)
{
    const struct model_path *first =
        MODEL_AT(route->paths, const struct model_path, 0);

    for (int i = 0; path != first && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, const struct model_segment, i)->param;

        if (param != NULL &&
            paths_find(first, NULL, param->name)->capture != param->capture) {
            return 0;
        }
    }
    return 1;
}

static uint32_t
plan_auth(struct plan *plan, const struct model_route *route,
          const struct model_path *path)
{
    return route->auth == NULL || is_in_order(route, path)
               ? plan_auth_of(plan, route->auth)
               : plan_auth_on(plan, route->auth, path);
}

static void
plan_route(struct plan *plan, const struct model_route *route,
           const struct model_path *path)
{
    struct routes_route row;
    int ignored = 0;
    const char *what = apr_pstrcat(
        plan->pool, method_text_of(plan->pool, route), " ", path->text, NULL);

    const struct plan_limits_at at = {
        .path = path,
        .host_param = host_param(route->place),
        .route = plan_note(
            plan,
            apr_pstrcat(plan->pool, method_text_of(plan->pool, route), " ",
                        MODEL_AT(route->paths, struct model_path, 0)->text,
                        NULL),
            route->span),
    };

    if (path->segments->nelts > ROUTES_MAX_SEGMENTS) {
        plan_exceed(plan, path->span, "a path of %d segments, at most %d",
                    path->segments->nelts, ROUTES_MAX_SEGMENTS);
    }
    memset(&row, 0, sizeof(row));
    row.name = plan_text(plan, route->name);
    row.pattern = plan_text(plan, path->text);
    row.methods = route->any ? UINT64_MAX : route->methods;
    row.kind = (uint8_t)route->kind;
    row.function = plan_row(plan, route->function);
    row.target = plan_targets_of(plan, route, path);
    row.args = plan_args(plan, route, path);
    row.n_args = plan_count(plan, route->args->nelts, "arguments");
    row.n_captures = plan_count(
        plan, count_captures(route, path, "", &ignored), "captures");
    row.params = plan_params(plan, route, path);
    row.auth = plan_auth(plan, route, path);
    row.place = plan_row(plan, route->place);
    row.conduct = plan_conduct_of(plan, &route->conduct);
    fill_answer(plan, &row, route);
    fill_body(plan, &row, route);
    row.takes = takes_of(route);
    row.limits = plan_limits_of(plan, &route->limits, &at);
    row.file = plan_file(plan, route->span);
    row.line = plan_line(plan, route->span);
    set_route_row(plan, route, path,
                  rows_add(PLAN_ROWS(plan, routes), &row,
                           plan_note(plan, what, route->span)));
}

void
plan_routes_lay_out(struct plan *plan)
{
    const apr_array_header_t *routes = plan->model->routes;

    plan_places(plan);
    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, struct model_route, i);

        for (int p = 0; p < route->paths->nelts; p++) {
            plan_route(plan, route,
                       MODEL_AT(route->paths, struct model_path, p));
        }
    }
}

uint32_t
plan_routes_row(const struct plan *plan, const struct model_route *route,
                const struct model_path *path)
{
    const struct route_key key = {route, path};
    const uint32_t *row = apr_hash_get(plan->route_of, &key, sizeof(key));

    return row != NULL ? *row : 0;
}
