/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_miss: the routes that nearly answered, and why they did not.
 *
 * Each path of each route is held against the URL by itself; which of them
 * answers is the matcher's word, and never decided here.
 */
#include "explain_miss.h"

#include <string.h>

#include <apr_strings.h>

#include "verb.h"
#include "dfa.h"
#include "explain_rule.h"
#include "method_text.h"
#include "trie.h"

/* Why a route did not answer, the nearest miss first. */
enum reason {
    REASON_METHOD,
    REASON_KEPT,
    REASON_LESS,
    REASON_HOST,
    REASON_SLASH,
    REASON_CASE,
    REASON_TYPE,
    N_REASONS,
    REASON_NONE = N_REASONS
};

/* The route and path that are looked at, and what was found of all. */
struct search {
    apr_pool_t *pool;
    struct explain *explain;
    const struct plan *plan;
    const struct model_path *answer;
    const struct model_place *keeper;
    enum routes_method method;
    apr_array_header_t *found[N_REASONS]; /* struct explain_miss */
    int n_found;
};

/* How a path fits. */
struct fit {
    enum reason reason;              /* NONE: it fits */
    const struct model_param *param; /* TYPE: that took nothing */
    const char *text;                /* what stands in its place */
    size_t len;
    int failed; /* it is no near miss at all */
};

/* ---- paths -------------------------------------------------------------- */

static void
fit_literal(struct fit *fit, const char *want, const char *at, size_t len)
{
    if (strlen(want) == len && memcmp(want, at, len) == 0) {
        return;
    }
    if (strlen(want) == len && strncasecmp(want, at, len) == 0 &&
        fit->reason != REASON_TYPE) {
        fit->reason = REASON_CASE;
        fit->text = want;
        fit->len = len;
        return;
    }
    fit->failed = 1;
}

/* A parameter, and the text around it. */
static void
fit_param(apr_pool_t *pool, struct fit *fit,
          const struct model_segment *segment, const char *at, size_t len)
{
    size_t prefix = strlen(segment->prefix);
    size_t suffix = strlen(segment->suffix);
    const struct dfa *dfa = dfa_of_type(pool, segment->param->type);

    if (dfa == NULL || (!segment->rest && len <= prefix + suffix) ||
        len < prefix + suffix || memcmp(at, segment->prefix, prefix) != 0 ||
        memcmp(at + len - suffix, segment->suffix, suffix) != 0) {
        fit->failed = 1;
        return;
    }
    at += prefix;
    len -= prefix + suffix;
    if (!dfa_accepts(dfa, at, len) && fit->reason != REASON_TYPE) {
        fit->reason = REASON_TYPE;
        fit->param = segment->param;
        fit->text = at;
        fit->len = len;
    }
}

/* How a path fits the bytes from at to end, which begin behind a '/'. */
static struct fit
fit_path(apr_pool_t *pool, const struct model_path *path, const char *at,
         const char *end)
{
    struct fit fit = {.reason = REASON_NONE};
    int n = path->segments->nelts;

    for (int i = 0; i < n && !fit.failed; i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, i);
        const char *slash = segment->rest || at == NULL
                                ? NULL
                                : memchr(at, '/', (size_t)(end - at));
        const char *stop = slash != NULL ? slash : end;

        if (at == NULL) {
            fit.failed = 1;
        }
        else if (segment->param != NULL) {
            fit_param(pool, &fit, segment, at, (size_t)(stop - at));
        }
        else {
            fit_literal(&fit, segment->prefix, at, (size_t)(stop - at));
        }
        at = slash != NULL ? slash + 1 : NULL;
    }
    fit.failed |= at != NULL;
    return fit;
}

/* Whether the path fits with a slash more or less at its end. */
static int
fits_but_slash(const struct search *s, const struct model_path *path)
{
    const char *at = s->explain->url.path;
    size_t len = s->explain->url.len;
    struct fit fit;

    if (len > 1 && at[len - 1] == '/') {
        fit = fit_path(s->pool, path, at + 1, at + len - 1);
    }
    else {
        const char *more = apr_pstrcat(s->pool, at, "/", NULL);

        fit = fit_path(s->pool, path, more + 1, more + len + 1);
    }
    return !fit.failed && fit.reason == REASON_NONE;
}

/* ---- hosts -------------------------------------------------------------- */

static int
takes_host(apr_pool_t *pool, const struct model_host *host, const char *name)
{
    size_t len = name == NULL ? 0 : strlen(name);
    size_t suffix = strlen(host->name);
    const struct dfa *dfa;

    if (host->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (host->kind == ROUTES_HOST_EXACT) {
        return name != NULL && strcmp(name, host->name) == 0;
    }
    if (len <= suffix || strcmp(name + len - suffix, host->name) != 0) {
        return 0;
    }
    if (host->kind == ROUTES_HOST_SUFFIX) {
        return 1;
    }
    dfa = dfa_of_type(pool, host->param->type);
    return memchr(name, '.', len - suffix) == NULL && dfa != NULL &&
           dfa_accepts(dfa, name, len - suffix);
}

/* The first of a route's hosts that takes the request's, else the first. */
static const struct model_host *
host_of(const struct search *s, const struct model_route *route, int *taken)
{
    const apr_array_header_t *hosts = route->place->hosts;

    *taken = 1;
    for (int i = 0; i < hosts->nelts; i++) {
        const struct model_host *host = MODEL_AT(hosts, struct model_host, i);

        if (takes_host(s->pool, host, s->explain->host)) {
            return host;
        }
    }
    *taken = 0;
    return MODEL_AT(hosts, struct model_host, 0);
}

/* ---- methods ------------------------------------------------------------ */

static int
takes_method(const struct search *s, const struct model_route *route)
{
    uint64_t methods = route->any ? TRIE_ANY : route->methods;

    if (methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) {
        methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |
                   ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);
    }
    /* ANY takes methods without a bit too, as the matcher does */
    return (methods & ROUTES_METHOD_BIT(s->method)) != 0 ||
           (route->any && s->method == ROUTES_METHOD_NONE);
}

/* ---- reasons ------------------------------------------------------------ */

static const char *
spell_type(const struct search *s, const struct fit *fit)
{
    return apr_psprintf(s->pool, "%s: `%s` is no %s", fit->param->name,
                        explain_url_shown(s->pool, fit->text, fit->len),
                        fit->param->type->spelling);
}

static const char *
spell_kept(const struct search *s)
{
    struct origin_place place = origin_of(s->plan->sources, s->keeper->span);

    return apr_psprintf(s->pool, "%s (%s:%u) keeps the path",
                        origin_where(s->pool, s->keeper), place.file,
                        place.line);
}

static const char *
spell(const struct search *s, const struct model_route *route,
      const struct model_host *host, const struct fit *fit, enum reason reason)
{
    switch (reason) {
    case REASON_METHOD:
        return apr_pstrcat(s->pool, "other method: it answers ",
                           method_text_of(s->pool, route), NULL);
    case REASON_KEPT:
        return spell_kept(s);
    case REASON_LESS:
        return apr_pstrcat(s->pool, "less specific than ", s->explain->pattern,
                           NULL);
    case REASON_HOST:
        return apr_pstrcat(s->pool, "other host: ", host->text, NULL);
    case REASON_SLASH:
        return "a slash at the end makes another path";
    case REASON_CASE:
        return apr_pstrcat(s->pool, "upper and lower case differ: `",
                           apr_pstrmemdup(s->pool, fit->text, fit->len), "`",
                           NULL);
    default:
        return spell_type(s, fit);
    }
}

/* Why a path that fits the URL did not answer. */
static enum reason
judge_fitting(const struct search *s, const struct model_route *route,
              int taken)
{
    if (!taken) {
        return REASON_HOST;
    }
    if (!takes_method(s, route)) {
        return REASON_METHOD;
    }
    if (s->answer != NULL) {
        return REASON_LESS;
    }
    return s->keeper != NULL ? REASON_KEPT : REASON_NONE;
}

static enum reason
judge(const struct search *s, const struct model_route *route,
      const struct model_path *path, int taken, struct fit *fit)
{
    const struct explain_url *url = &s->explain->url;

    *fit = fit_path(s->pool, path, url->path + 1, url->path + url->len);
    if (!fit->failed && fit->reason == REASON_NONE) {
        return judge_fitting(s, route, taken);
    }
    if (!taken || !takes_method(s, route)) {
        return REASON_NONE;
    }
    if (fits_but_slash(s, path)) {
        return REASON_SLASH;
    }
    return fit->failed ? REASON_NONE : fit->reason;
}

/* ---- the search --------------------------------------------------------- */

static void
look_at(struct search *s, const struct model_route *route,
        const struct model_path *path)
{
    int taken;
    const struct model_host *host = host_of(s, route, &taken);
    struct fit fit;
    enum reason reason = judge(s, route, path, taken, &fit);
    struct explain_miss *miss;

    if (reason == REASON_NONE) {
        return;
    }
    s->n_found++;
    if (s->found[reason]->nelts == EXPLAIN_MAX_MISSES) {
        return;
    }
    miss = apr_array_push(s->found[reason]);
    miss->route = route;
    miss->pattern = host->kind == ROUTES_HOST_ANY
                        ? path->text
                        : apr_pstrcat(s->pool, host->text, path->text, NULL);
    miss->place = origin_of(s->plan->sources, route->span);
    miss->why = spell(s, route, host, &fit, reason);
}

static void
collect(struct search *s)
{
    apr_array_header_t *misses = s->explain->misses;

    for (int reason = 0; reason < N_REASONS; reason++) {
        const apr_array_header_t *found = s->found[reason];

        for (int i = 0; i < found->nelts && misses->nelts < EXPLAIN_MAX_MISSES;
             i++) {
            APR_ARRAY_PUSH(misses, struct explain_miss) =
                APR_ARRAY_IDX(found, i, struct explain_miss);
        }
    }
    s->explain->misses_left = s->n_found - misses->nelts;
}

void
explain_miss_find(apr_pool_t *pool, struct explain *explain,
                  const struct plan *plan, const struct model_path *pattern,
                  const struct model_place *keeper)
{
    const apr_array_header_t *routes = plan->model->routes;
    struct search s = {.pool = pool,
                       .explain = explain,
                       .plan = plan,
                       .answer = pattern,
                       .keeper = keeper};

    s.method = verb_of(explain->method, strlen(explain->method));
    for (int reason = 0; reason < N_REASONS; reason++) {
        s.found[reason] = apr_array_make(pool, 2, sizeof(struct explain_miss));
    }
    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, struct model_route, i);

        for (int p = 0; p < route->paths->nelts; p++) {
            const struct model_path *path =
                MODEL_AT(route->paths, struct model_path, p);

            if (path != pattern && route->choice_of == NULL) {
                look_at(&s, route, path);
            }
        }
    }
    collect(&s);
}
