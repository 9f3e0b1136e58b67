/* SPDX-License-Identifier: Apache-2.0 */
/* diff_routes: what is there, in two versions, of one host and path. */
#include "diff_routes.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "cors.h"
#include "diff_auth.h"
#include "diff_words.h"
#include "rates.h"
#include "verb.h"

/* ---- routes ------------------------------------------------------------- */

typedef const char *
words_fn(apr_pool_t *pool, const struct model_route *route);

static const struct {
    enum diff_what what;
    words_fn *words;
} aspects[] = {
    {DIFF_BODY, diff_words_body},
    {DIFF_HEADERS, diff_words_headers},
    {DIFF_PAGES, diff_words_pages},
    {DIFF_DEPRECATED, diff_words_deprecated},
};

#define N_ASPECTS (sizeof(aspects) / sizeof(aspects[0]))

/* Buckets that hold more, or aren't there, let more guesses pass. */
static void
compare_limits(struct diff *d, const char *method, const char *path,
               const struct model_route *before,
               const struct model_route *after)
{
    struct diff_side a = {diff_words_limits(d->pool, before), before->span};
    struct diff_side b = {diff_words_limits(d->pool, after), after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_LIMITS, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            rates_loosened(before->limits.rates, after->limits.rates);
    }
}

static int
shows_dotfiles(const struct model_route *route)
{
    return route->mount != NULL &&
           (route->mount->flags & ROUTES_MOUNT_DOTFILES) != 0;
}

/* Another function or folder is for whoever reads the change to judge.  What
 * another table has required of callers is not known. */
static void
compare_functions(struct diff *d, const char *method, const char *path,
                  const struct model_route *before,
                  const struct model_route *after)
{
    struct diff_side a = {diff_words_function(d->pool, before), before->span};
    struct diff_side b = {diff_words_function(d->pool, after), after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_FUNCTION, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            model_is_table(before) ||
            (before->mount != NULL && shows_dotfiles(after) &&
             !shows_dotfiles(before));
    }
}

/* How many results are held to a record, which says what may leave. */
static int
count_shapes(const struct model_route *route)
{
    int n = 0;

    for (int i = 0; route->results != NULL && i < route->results->nelts; i++) {
        const struct model_type *type =
            MODEL_AT(route->results, struct model_result, i)->type;

        while (type != NULL && type->item != NULL) {
            type = type->item;
        }
        n += type != NULL && type->record != NULL;
    }
    return n;
}

/* What no record holds any more leaves whole. */
static void
compare_results(struct diff *d, const char *method, const char *path,
                const struct model_route *before,
                const struct model_route *after)
{
    struct diff_side a = {diff_words_result(d->pool, before), before->span};
    struct diff_side b = {diff_words_result(d->pool, after), after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_RESULT, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            count_shapes(after) < count_shapes(before);
    }
}

static void
compare_args(struct diff *d, const char *method, const char *path,
             const struct model_route *before, const struct model_route *after)
{
    struct diff_side a = {
        diff_words_args(d->pool, before, diff_auth_path(d, d->old, before)),
        before->span};
    struct diff_side b = {
        diff_words_args(d->pool, after, diff_auth_path(d, d->new, after)),
        after->span};

    diff_run_words(d, DIFF_ARGUMENTS, method, path, &a, &b);
}

static void
compare_routes(struct diff *d, const char *method, const char *path,
               const struct model_route *before,
               const struct model_route *after)
{
    struct diff_versions v = {diff_auth_at(d, d->old, before),
                              diff_auth_at(d, d->new, after), before->span,
                              after->span};

    diff_auth_compare(d, DIFF_REQUIREMENT, method, path, &v);
    compare_args(d, method, path, before, after);
    for (size_t i = 0; i < N_ASPECTS; i++) {
        struct diff_side a = {aspects[i].words(d->pool, before), before->span};
        struct diff_side b = {aspects[i].words(d->pool, after), after->span};

        diff_run_words(d, aspects[i].what, method, path, &a, &b);
    }
}

/* Whether other sites may have a browser send it; of a method that changes
 * nothing nobody asks. */
static void
compare_csrf(struct diff *d, const char *method, const char *path,
             const struct model_route *before, const struct model_route *after)
{
    struct diff_side a = {diff_words_csrf(before), before->span};
    struct diff_side b = {diff_words_csrf(after), after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_CSRF, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            after->conduct.csrf < before->conduct.csrf;
    }
}

/* Whether it hides from who may not call it. */
static void
compare_deny(struct diff *d, const char *method, const char *path,
             const struct model_route *before, const struct model_route *after)
{
    static const char *const words[] = {"as 403", "as 404"};
    struct diff_side a = {words[before->conduct.masked], before->span};
    struct diff_side b = {words[after->conduct.masked], after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_DENY, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            before->conduct.masked;
    }
}

/* Which other sites' scripts may read; any other list may have more. */
static void
compare_cors(struct diff *d, const char *method, const char *path,
             const struct model_route *before, const struct model_route *after)
{
    struct diff_side a = {cors_text(d->pool, before->conduct.cors),
                          before->span};
    struct diff_side b = {cors_text(d->pool, after->conduct.cors),
                          after->span};
    int n = d->changes->nelts;

    diff_run_words(d, DIFF_CORS, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            after->conduct.cors != NULL;
    }
}

/* What `csrf` a place of the old version would give the route. */
static enum routes_csrf
usual_csrf(const struct model_place *place, const struct model_route *route)
{
    const apr_array_header_t *realms = route->auth->realms;

    if (place->says_csrf) {
        return place->csrf;
    }
    for (int i = 0; i < realms->nelts; i++) {
        if (MODEL_AT(realms, struct model_realm, i)->browser) {
            return ROUTES_CSRF_ORIGIN;
        }
    }
    return ROUTES_CSRF_NONE;
}

static int
changes_something(unsigned m)
{
    return m == DIFF_ANY || !(ROUTES_METHODS_SAFE & ROUTES_METHOD_BIT(m));
}

/* What a new route loosens of the clauses that hold where it stands. */
static void
judge_clauses(struct diff *d, unsigned m, const char *name,
              const struct diff_spot *spot, const struct model_route *route)
{
    const struct model_place *place =
        diff_index_place(d->before, spot->host, spot->path);
    struct model_route usual = {.conduct = place->conduct,
                                .limits = {.rates = place->rates},
                                .span = place->span};

    /* a redirect does nothing that another site could want */
    usual.conduct.csrf =
        route->redirect != NULL ? ROUTES_CSRF_NONE : usual_csrf(place, route);
    if (rates_loosened(place->rates, route->limits.rates)) {
        compare_limits(d, name, spot->shown, &usual, route);
    }
    if (changes_something(m) && route->conduct.csrf < usual.conduct.csrf) {
        compare_csrf(d, name, spot->shown, &usual, route);
    }
    if (place->conduct.masked && !route->conduct.masked) {
        compare_deny(d, name, spot->shown, &usual, route);
    }
}

/* ---- variants ----------------------------------------------------------- */

/* What a request of a variant of the other version meets in this one: the
 * variant of that key, that for the rest, or the route itself. */
static const struct model_route *
counterpart(const struct model_route *route, const struct model_choice *like,
            const char *key)
{
    const struct model_choice *choice = route->choice;

    if (choice == NULL || choice->by != like->by ||
        strcasecmp(choice->name, like->name) != 0) {
        return route;
    }
    for (int i = 0; i < choice->variants->nelts; i++) {
        const struct model_variant *variant =
            MODEL_AT(choice->variants, const struct model_variant, i);

        if (strcmp(variant->key, key) == 0) {
            return variant->route;
        }
    }
    return choice->rest != NULL ? choice->rest->route : route;
}

/* What it calls is in the words of its route. */
static void
compare_variant(struct diff *d, const char *method, const char *path,
                const struct model_variant *variant,
                const struct model_route *before,
                const struct model_route *after)
{
    const struct diff_versions v = {diff_auth_at(d, d->old, before),
                                    diff_auth_at(d, d->new, after),
                                    before->span, after->span};
    const struct diff_side a = {diff_words_body(d->pool, before),
                                before->span};
    const struct diff_side b = {diff_words_body(d->pool, after), after->span};
    const char *shown =
        apr_pstrcat(d->pool, path, " ", variant->route->variant, NULL);

    diff_auth_compare(d, DIFF_REQUIREMENT, method, shown, &v);
    compare_limits(d, method, shown, before, after);
    diff_run_words(d, DIFF_BODY, method, shown, &a, &b);
    if (before->choice == NULL && after->choice == NULL) {
        compare_args(d, method, shown, before, after);
        compare_results(d, method, shown, before, after);
    }
}

/* Each variant of one version against what answers for it in the other. */
static void
compare_variants(struct diff *d, const char *method, const char *path,
                 const struct model_route *before,
                 const struct model_route *after)
{
    const struct model_choice *old = before->choice;
    const struct model_choice *new = after->choice;

    for (int i = 0; new != NULL &&i < new->variants->nelts; i++) {
        const struct model_variant *variant =
            MODEL_AT(new->variants, const struct model_variant, i);

        compare_variant(d, method, path, variant,
                        counterpart(before, new, variant->key),
                        variant->route);
    }
    for (int i = 0; old != NULL && i < old->variants->nelts; i++) {
        const struct model_variant *variant =
            MODEL_AT(old->variants, const struct model_variant, i);
        const struct model_route *now = counterpart(after, old, variant->key);

        if (now->variant == NULL ||
            strcmp(now->variant, variant->route->variant) != 0) {
            compare_variant(d, method, path, variant, variant->route, now);
        }
    }
    if (new != NULL &&new->rest != NULL) {
        compare_variant(d, method, path, new->rest,
                        old != NULL && old->rest != NULL ? old->rest->route
                                                         : before,
                        new->rest->route);
    }
}

void
diff_routes_method(struct diff *d, const struct diff_spot *before,
                   const struct diff_spot *after, unsigned m)
{
    const struct model_route *old = diff_index_route(before, m);
    const struct model_route *new = diff_index_route(after, m);
    const char *name =
        m == DIFF_ANY ? "ANY" : verb_name((enum routes_method)m);
    struct diff_change *change;

    d->old = before;
    d->new = after;
    if (old != NULL && new != NULL) {
        compare_routes(d, name, after->shown, old, new);
        compare_functions(d, name, after->shown, old, new);
        compare_results(d, name, after->shown, old, new);
        compare_limits(d, name, after->shown, old, new);
        compare_variants(d, name, after->shown, old, new);
        compare_cors(d, name, after->shown, old, new);
        if (changes_something(m)) {
            compare_csrf(d, name, after->shown, old, new);
        }
        compare_deny(d, name, after->shown, old, new);
    }
    else if (new != NULL) {
        change = diff_run_add(d, DIFF_ADDED, DIFF_ROUTE, name, after->shown);
        change->after = diff_auth_side(d, new->auth, new->span);
        diff_auth_judge_added(d, change, after, new->auth);
        judge_clauses(d, m, name, after, new);
    }
    else {
        change =
            diff_run_add(d, DIFF_REMOVED, DIFF_ROUTE, name, before->shown);
        change->before = diff_auth_side(d, old->auth, old->span);
    }
}
