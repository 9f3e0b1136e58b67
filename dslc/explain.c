/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: which route answers a request, and why: a record that the command
 * prints.
 */
#include "explain.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/choice.h"
#include "verb.h"
#include "../runtime/method.h"
#include "../runtime/redirect.h"
#include "../runtime/table.h"
#include "../runtime/url.h"
#include "driver.h"
#include "explain_args.h"
#include "explain_miss.h"
#include "explain_rule.h"
#include "plan_routes.h"
#include "planner.h"

/* A request that is being explained. */
struct work {
    apr_pool_t *pool;
    struct plan *plan;
    struct routes_table table;
    struct routes_match match;
    uint32_t choice; /* choices[] that the route was chosen by, or 0 */
    struct explain *explain;
    const struct model_path *path;    /* of the route that answers */
    const struct model_place *keeper; /* of a 404 or 405 */
};

/* ---- the route ---------------------------------------------------------- */

/* The route and path of the matcher's row. */
static void
find_route(struct work *work)
{
    const apr_array_header_t *routes = work->plan->model->routes;

    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, struct model_route, i);

        for (int p = 0; p < route->paths->nelts; p++) {
            const struct model_path *path =
                MODEL_AT(route->paths, struct model_path, p);

            if (plan_routes_row(work->plan, route, path) ==
                work->match.route) {
                work->explain->route = route;
                work->path = path;
            }
        }
    }
}

static void
add_capture(struct work *work, const struct model_param *param)
{
    struct explain *explain = work->explain;
    const struct routes_capture *from =
        &work->match.captures[explain->captures->nelts];
    struct explain_capture *capture = apr_array_push(explain->captures);

    capture->name = param->name;
    capture->type = param->type->spelling;
    capture->value = explain_url_shown(work->pool, from->at, from->len);
}

/* The host's parameter first, then those of the path. */
static void
add_captures(struct work *work)
{
    const struct model_place *place = work->explain->route->place;
    const struct model_host *host =
        MODEL_AT(place->hosts, struct model_host, 0);
    const apr_array_header_t *segments = work->path->segments;

    if (host->param != NULL) {
        add_capture(work, host->param);
    }
    for (int i = 0; i < segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(segments, struct model_segment, i);

        if (segment->param != NULL) {
            add_capture(work, segment->param);
        }
    }
}

/* Another table answers what is below its mount, and that is not known here.
 * The mount's own path leads to the one with a slash. */
static void
explain_table(struct work *work)
{
    struct explain *explain = work->explain;
    const struct routes_mount *mount =
        &work->table.mounts[work->table.routes[work->match.route].target];

    if (mount->below == 0) {
        explain->status = 308;
        explain->why = "another table begins with the slash behind its path";
        return;
    }
    const struct routes_capture *below =
        &work->match.captures[mount->below - 1];
    char *path = apr_palloc(work->pool, 3 * below->len + 2);

    path[0] = '/';
    path[1 + routes_url_encode(below->at, below->len, 1, path + 1)] = '\0';
    explain->below = path;
    explain->status = 0;
    explain->why =
        apr_psprintf(work->pool, "the table %s decides, behind this one",
                     explain->route->mount->target);
}

/* What there is besides a call: its captures are no arguments. */
static void
explain_target(struct work *work)
{
    struct explain *explain = work->explain;
    const struct model_route *route = explain->route;

    if (route->kind == ROUTES_ROUTE_FUNCTION) {
        return;
    }
    apr_array_clear(explain->args);
    if (route->kind == ROUTES_ROUTE_REDIRECT &&
        explain->status == route->status) {
        explain->location = routes_redirect_location(
            &work->table, work->table.routes[work->match.route].target,
            work->match.captures, "", explain->url.query, work->pool);
    }
    if (model_is_table(route) && !explain->lost) {
        explain_table(work);
    }
}

/* Of variants, the one that the request is for. */
static void
find_variant(struct work *work)
{
    struct explain *explain = work->explain;
    const struct routes_chooser from = {
        .query = explain->url.query,
        .query_len =
            explain->url.query == NULL ? 0 : strlen(explain->url.query),
        .headers = explain->headers};
    struct routes_problems problems;
    uint32_t chosen;

    find_route(work);
    if (explain->route->kind != ROUTES_ROUTE_CHOICE) {
        return;
    }
    explain->choice = explain->route->choice;
    work->choice = work->table.routes[work->match.route].target;
    chosen = routes_choice_pick(&work->table, work->choice, &from, work->pool,
                                &problems);
    if (chosen != 0) {
        work->match.route = chosen;
        find_route(work);
    }
}

/* What is said to a request that no variant is for. */
static void
explain_no_variant(struct work *work)
{
    struct explain *explain = work->explain;

    if (explain->route->kind == ROUTES_ROUTE_CHOICE) {
        explain->lost = 1;
        explain->status = explain->choice->by == ROUTES_BY_ACCEPT ? 406 : 400;
        explain->why = "no variant is for this request";
    }
}

/* Of several formats, the one that the request gets. */
static void
explain_format(struct work *work)
{
    struct explain *explain = work->explain;
    const struct routes_route *row = &work->table.routes[work->match.route];
    struct routes_problems problems;
    uint32_t chosen;

    if (explain->route->formats == NULL || explain->lost) {
        return;
    }
    chosen = routes_choice_format(
        &work->table, work->match.route,
        explain->headers != NULL ? apr_table_get(explain->headers, "Accept")
                                 : NULL,
        work->pool, &problems);
    explain->format = (int)chosen - (int)row->formats;
    if (chosen == 0) {
        explain->format = -1;
        explain->lost = 1;
        explain->status = 406;
        explain->why = "no format is for this request";
    }
}

static void
explain_route(struct work *work)
{
    struct explain *explain = work->explain;

    find_variant(work);
    explain->answer = EXPLAIN_BY_ROUTE;
    explain->conduct = &explain->route->conduct;
    explain->status = explain->route->status;
    explain->pattern = work->path->text;
    explain->place = origin_of(work->plan->sources, explain->route->span);
    add_captures(work);
    explain_args_fill(work->pool, explain, &work->table, &work->match,
                      work->choice);
    explain_target(work);
    explain_no_variant(work);
    explain_format(work);
    explain_rule_trace(work->pool, explain, work->plan, explain->route->place,
                       explain->route);
}

/* ---- no route ----------------------------------------------------------- */

static void
find_keeper(struct work *work)
{
    const apr_array_header_t *places = work->plan->model->places;

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);

        if (plan_row(work->plan, place) == work->match.place) {
            work->keeper = place;
        }
    }
}

static const char *
allow_text(apr_pool_t *pool, uint64_t methods)
{
    const char *text = NULL;

    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        if (methods & ROUTES_METHOD_BIT(m)) {
            const char *name = verb_name((enum routes_method)m);

            text = text == NULL ? name
                                : apr_pstrcat(pool, text, ", ", name, NULL);
        }
    }
    return text;
}

static void
explain_keeper(struct work *work)
{
    struct explain *explain = work->explain;

    find_keeper(work);
    explain->answer = EXPLAIN_BY_LOCATION;
    explain->conduct = &work->keeper->conduct;
    explain->place = origin_of(work->plan->sources, work->keeper->span);
    explain->pattern = origin_where(work->pool, work->keeper);
    if (work->match.outcome != ROUTES_NOT_FOUND) {
        explain->allow =
            allow_text(work->pool, routes_method_sent(work->match.allow));
    }
    switch (work->match.outcome) {
    case ROUTES_NOT_FOUND:
        explain->status = 404;
        explain->why = "a location keeps what none of its routes takes";
        break;
    case ROUTES_OPTIONS:
        explain->status = 204;
        explain->why = "OPTIONS is answered without a call";
        break;
    default:
        explain->status = routes_method_refusal(
            verb_of(explain->method, strlen(explain->method)),
            work->match.allow);
        explain->why = explain->status == 405
                           ? "the path has routes of other methods only"
                           : "the path has a websocket, which is asked for "
                             "by `Upgrade: websocket`";
        break;
    }
    explain_rule_trace(work->pool, explain, work->plan, work->keeper, NULL);
}

/* ---- the request -------------------------------------------------------- */

/* Whether the route asks where such a request comes from. */
static int
asks_origin(const struct explain *explain)
{
    enum routes_method method =
        verb_of(explain->method, strlen(explain->method));

    return explain->route->conduct.csrf != ROUTES_CSRF_NONE &&
           (method == ROUTES_METHOD_NONE ||
            !(ROUTES_METHODS_SAFE & ROUTES_METHOD_BIT(method)));
}

/* What the requirement says to the caller comes before all else. */
static void
judge(struct work *work)
{
    struct explain *explain = work->explain;
    enum routes_method method =
        verb_of(explain->method, strlen(explain->method));

    if (explain->caller == NULL || explain->answer == EXPLAIN_BY_HTTPD) {
        return;
    }
    explain_rule_judge(work->pool, explain, &work->table, &work->match,
                       method);
    if (explain->verdict == ROUTES_GRANTED) {
        return;
    }
    explain->allow = NULL;
    explain->location = NULL;
    explain->below = NULL;
    explain->status = facts_refusal(explain->caller->facts, &work->table,
                                    &work->match, method);
    explain->why = explain->status == 404
                       ? "the requirement denies this caller, who is shown "
                         "what a URL gives that nothing has"
                   : explain->verdict == ROUTES_DENIED
                       ? "the requirement denies this caller"
                       : "the requirement asks who the caller is";
}

/* TRACE, and what the URL says is wrong, never reach a route. */
static int
is_httpds(struct explain *explain)
{
    if (explain->url.status != 0) {
        explain->status = explain->url.status;
        explain->why = explain->url.why;
        return 1;
    }
    if (strcmp(explain->method, "TRACE") == 0) {
        explain->why = "TRACE is httpd's";
        return 1;
    }
    return 0;
}

static void
match(struct work *work)
{
    struct explain *explain = work->explain;
    const char *host = explain->host;

    planner_table(work->plan, driver_compiler, &work->table);
    switch (routes_match(&work->table, host, host == NULL ? 0 : strlen(host),
                         explain->url.path, explain->url.len,
                         verb_of(explain->method, strlen(explain->method)),
                         &work->match)) {
    case ROUTES_UNKNOWN:
        explain->why = "no route and no location has the path; httpd goes on "
                       "(DocumentRoot, Alias)";
        break;
    case ROUTES_FOUND:
        explain_route(work);
        explain->csrf = asks_origin(explain);
        break;
    default:
        explain_keeper(work);
        break;
    }
    judge(work);
    explain_miss_find(work->pool, explain, work->plan, work->path,
                      work->keeper);
}

static struct explain *
make(apr_pool_t *pool)
{
    struct explain *made = apr_pcalloc(pool, sizeof(*made));

    made->captures = apr_array_make(pool, 4, sizeof(struct explain_capture));
    made->args = apr_array_make(pool, 8, sizeof(struct explain_arg));
    made->lines = apr_array_make(pool, 8, sizeof(struct origin_line));
    made->realms = apr_array_make(pool, 2, sizeof(struct origin_place));
    made->challenges = apr_array_make(pool, 2, sizeof(const char *));
    made->misses = apr_array_make(pool, 4, sizeof(struct explain_miss));
    return made;
}

struct explain *
explain_request(apr_pool_t *pool, struct plan *plan, const char *method,
                const char *host, const char *url,
                const struct explain_caller *caller,
                const apr_table_t *headers)
{
    struct work *work = apr_pcalloc(pool, sizeof(*work));
    struct explain *explain = make(pool);

    work->pool = pool;
    work->plan = plan;
    work->explain = explain;
    explain->method = method;
    explain->host = host == NULL ? NULL : explain_url_hostname(pool, host);
    explain->url = explain_url_read(pool, method, url);
    explain->caller = caller;
    explain->headers = headers;
    if (!is_httpds(explain)) {
        match(work);
    }
    return explain;
}

int
explain_granted(const struct explain *explain)
{
    return explain->answer == EXPLAIN_BY_ROUTE && !explain->lost &&
           (explain->caller == NULL ||
            (explain->verdict == ROUTES_GRANTED && explain->below == NULL));
}
