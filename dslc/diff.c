/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff: what changed from one model to another: routes, and who may.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "verb.h"
#include "atoms.h"
#include "cors.h"
#include "diff_index.h"
#include "diff_words.h"
#include "policy.h"
#include "rates.h"
#include "rule_bind.h"
#include "rule_text.h"

struct diff {
    apr_pool_t *pool;
    struct search_run *run;
    struct diff_index *before;
    struct diff_index *after;
    apr_hash_t *realms; /* name -> struct model_realm * that stands for it */
    apr_hash_t *auths;  /* struct model_auth * -> the same with those realms */
    apr_array_header_t *changes; /* struct diff_change */
    const struct diff_spot *old; /* where the routes compared stand */
    const struct diff_spot *new;
};

/* ---- requirements of two models ----------------------------------------- */

static struct model_realm *
common_realm(struct diff *d, struct model_realm *realm)
{
    struct model_realm *common =
        apr_hash_get(d->realms, realm->name, APR_HASH_KEY_STRING);

    if (common == NULL) {
        common = realm;
        apr_hash_set(d->realms, realm->name, APR_HASH_KEY_STRING, realm);
    }
    return common;
}

/* policy knows realms by their address: a name has one here. */
static const struct model_auth *
common_auth(struct diff *d, const struct model_auth *auth)
{
    const struct model_auth **key;
    struct model_auth *common =
        apr_hash_get(d->auths, &auth, sizeof(const struct model_auth *));

    if (common != NULL) {
        return common;
    }
    common = apr_pmemdup(d->pool, auth, sizeof(*auth));
    common->realms =
        apr_array_make(d->pool, auth->realms->nelts, sizeof(void *));
    for (int i = 0; i < auth->realms->nelts; i++) {
        APR_ARRAY_PUSH(common->realms, struct model_realm *) =
            common_realm(d, MODEL_AT(auth->realms, struct model_realm, i));
    }
    key = apr_pmemdup(d->pool, &auth, sizeof(*key));
    apr_hash_set(d->auths, key, sizeof(*key), common);
    return common;
}

/* Of a route with several paths, that of a spot; else NULL. */
static const struct model_path *
path_at(struct diff *d, const struct diff_spot *spot,
        const struct model_route *route)
{
    for (int i = 0; route->paths->nelts > 1 && i < route->paths->nelts; i++) {
        const struct model_path *path =
            MODEL_AT(route->paths, struct model_path, i);

        if (strcmp(diff_index_key(d->pool, spot->host, path), spot->key) ==
            0) {
            return path;
        }
    }
    return NULL;
}

/* A route's decision on the path of a spot. */
static const struct model_auth *
auth_at(struct diff *d, const struct diff_spot *spot,
        const struct model_route *route)
{
    const struct model_path *path = path_at(d, spot, route);
    struct model_auth *auth;

    if (path == NULL) {
        return route->auth;
    }
    auth = apr_pmemdup(d->pool, route->auth, sizeof(*auth));
    auth->rule = rule_bind_meet(d->pool, auth->rule, path, NULL);
    return auth;
}

static int
same_rule(const struct model_rule *a, const struct model_rule *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return atoms_same(a, b) && same_rule(a->left, b->left) &&
           same_rule(a->right, b->right);
}

/* As written: what policy can't say of a requirement past its limit. */
static int
same_auth(const struct model_auth *a, const struct model_auth *b)
{
    if (a->realms->nelts != b->realms->nelts) {
        return 0;
    }
    for (int i = 0; i < a->realms->nelts; i++) {
        if (MODEL_AT(a->realms, struct model_realm, i) !=
            MODEL_AT(b->realms, struct model_realm, i)) {
            return 0;
        }
    }
    return same_rule(a->rule, b->rule);
}

/* ---- recording ---------------------------------------------------------- */

static struct diff_change *
add_change(struct diff *d, enum diff_kind kind, enum diff_what what,
           const char *method, const char *path)
{
    struct diff_change *change = apr_array_push(d->changes);

    change->kind = kind;
    change->what = what;
    change->method = method;
    change->path = path;
    return change;
}

/* Without a place, it is what holds where nothing is written. */
static struct diff_side
auth_side(struct diff *d, const struct model_auth *auth, struct span span)
{
    const char *text =
        span.file != 0 ? rule_text_with_realms(d->pool, auth) : NULL;

    return (struct diff_side){text, span};
}

/* The requirements of one thing in both versions. */
struct versions {
    const struct model_auth *before;
    const struct model_auth *after;
    struct span span_before;
    struct span span_after;
};

/* A decision that asks for the method, asked by this one alone. */
static const struct model_auth *
auth_by(struct diff *d, const struct model_auth *auth, const char *method)
{
    enum routes_method one =
        method == NULL ? ROUTES_METHOD_NONE : verb_of(method, strlen(method));
    struct model_auth *own;

    if (auth->methods == 0 || one == ROUTES_METHOD_NONE) {
        return auth;
    }
    own = apr_pmemdup(d->pool, auth, sizeof(*auth));
    own->methods = ROUTES_METHOD_BIT(one);
    return own;
}

static void
compare_auths(struct diff *d, enum diff_what what, const char *method,
              const char *path, const struct versions *v)
{
    const struct model_auth *before =
        auth_by(d, common_auth(d, v->before), method);
    const struct model_auth *after =
        auth_by(d, common_auth(d, v->after), method);
    struct diff_change *change;
    const char *gains, *loses;
    int stays, kept; /* nobody is granted who wasn't; nobody lost it */
    int turned = !policy_same_turns(before, after);

    if (same_auth(before, after)) {
        return;
    }
    stays = policy_implies(d->run, after, before, &gains);
    kept = policy_implies(d->run, before, after, &loses);
    if (stays && kept && !turned) {
        return;
    }
    change = add_change(d,
                        stays && kept ? DIFF_CHANGED
                        : stays       ? DIFF_STRONGER
                        : kept        ? DIFF_WEAKER
                                      : DIFF_INCOMPARABLE,
                        what, method, path);
    change->before = auth_side(d, v->before, v->span_before);
    change->after = auth_side(d, v->after, v->span_after);
    change->gains = stays || gains != NULL ? gains : POLICY_NOT_DECIDED;
    change->loses = kept || loses != NULL ? loses : POLICY_NOT_DECIDED;
    change->weakens = !stays;
}

static void
compare_words(struct diff *d, enum diff_what what, const char *method,
              const char *path, const struct diff_side *before,
              const struct diff_side *after)
{
    struct diff_change *change;

    if (strcmp(before->text, after->text) != 0) {
        change = add_change(d, DIFF_CHANGED, what, method, path);
        change->before = *before;
        change->after = *after;
    }
}

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

    compare_words(d, DIFF_LIMITS, method, path, &a, &b);
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

    compare_words(d, DIFF_FUNCTION, method, path, &a, &b);
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

    compare_words(d, DIFF_RESULT, method, path, &a, &b);
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
        diff_words_args(d->pool, before, path_at(d, d->old, before)),
        before->span};
    struct diff_side b = {
        diff_words_args(d->pool, after, path_at(d, d->new, after)),
        after->span};

    compare_words(d, DIFF_ARGUMENTS, method, path, &a, &b);
}

static void
compare_routes(struct diff *d, const char *method, const char *path,
               const struct model_route *before,
               const struct model_route *after)
{
    struct versions v = {auth_at(d, d->old, before), auth_at(d, d->new, after),
                         before->span, after->span};

    compare_auths(d, DIFF_REQUIREMENT, method, path, &v);
    compare_args(d, method, path, before, after);
    for (size_t i = 0; i < N_ASPECTS; i++) {
        struct diff_side a = {aspects[i].words(d->pool, before), before->span};
        struct diff_side b = {aspects[i].words(d->pool, after), after->span};

        compare_words(d, aspects[i].what, method, path, &a, &b);
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

    compare_words(d, DIFF_CSRF, method, path, &a, &b);
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

    compare_words(d, DIFF_DENY, method, path, &a, &b);
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

    compare_words(d, DIFF_CORS, method, path, &a, &b);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens =
            after->conduct.cors != NULL;
    }
}

/* Whether a new route grants more than what was decided where it stands. */
static void
judge_added(struct diff *d, struct diff_change *change,
            const struct diff_spot *spot, const struct model_auth *auth)
{
    const struct model_auth *decided =
        diff_index_decision(d->before, spot->host, spot->path);

    if (decided == NULL) {
        change->weakens = policy_public(d->run, auth);
        change->gains = change->weakens ? "{anonymous}" : NULL;
        return;
    }
    decided = common_auth(d, decided);
    auth = common_auth(d, auth);
    change->weakens = !same_auth(auth, decided) &&
                      !policy_implies(d->run, auth, decided, &change->gains);
    if (change->weakens && change->gains == NULL) {
        change->gains = POLICY_NOT_DECIDED;
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
    const struct versions v = {auth_at(d, d->old, before),
                               auth_at(d, d->new, after), before->span,
                               after->span};
    const struct diff_side a = {diff_words_body(d->pool, before),
                                before->span};
    const struct diff_side b = {diff_words_body(d->pool, after), after->span};
    const char *shown =
        apr_pstrcat(d->pool, path, " ", variant->route->variant, NULL);

    compare_auths(d, DIFF_REQUIREMENT, method, shown, &v);
    compare_limits(d, method, shown, before, after);
    compare_words(d, DIFF_BODY, method, shown, &a, &b);
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

static void
compare_method(struct diff *d, const struct diff_spot *before,
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
        change = add_change(d, DIFF_ADDED, DIFF_ROUTE, name, after->shown);
        change->after = auth_side(d, new->auth, new->span);
        judge_added(d, change, after, new->auth);
        judge_clauses(d, m, name, after, new);
    }
    else {
        change = add_change(d, DIFF_REMOVED, DIFF_ROUTE, name, before->shown);
        change->before = auth_side(d, old->auth, old->span);
    }
}

static int
has_method(const struct diff_spot *spot, unsigned m)
{
    return spot != NULL && spot->routes[m] != NULL;
}

/* The path's types, if methods are there to tell it by. */
static void
compare_paths(struct diff *d, const struct diff_spot *before,
              const struct diff_spot *after)
{
    unsigned m = 0;

    while (m <= DIFF_ANY && !(has_method(before, m) && has_method(after, m))) {
        m++;
    }
    if (m <= DIFF_ANY && strcmp(before->key, after->key) != 0) {
        struct diff_side a = {before->shown, before->routes[m]->span};
        struct diff_side b = {after->shown, after->routes[m]->span};

        compare_words(d, DIFF_PATH, NULL, after->shown, &a, &b);
    }
}

/* ---- guards ------------------------------------------------------------- */

/* What a location's guard is compared with where the other version has none:
 * outside of all of them nobody is denied. */
static const struct model_rule open_rule = {.op = MODEL_RULE_PUBLIC};

static const struct model_auth *
open_auth(struct diff *d)
{
    struct model_auth *auth = apr_pcalloc(d->pool, sizeof(*auth));

    auth->rule = &open_rule;
    auth->realms = apr_array_make(d->pool, 1, sizeof(void *));
    return auth;
}

static const struct model_auth *
guard_of(struct diff *d, const struct diff_index *index,
         const struct diff_spot *spot, struct span *span)
{
    const struct diff_spot *guard =
        diff_index_guard(index, spot->host, spot->path);

    if (guard == NULL) {
        return open_auth(d);
    }
    *span = guard->guard_span;
    return guard->guard;
}

static void
compare_guards(struct diff *d, const struct diff_spot *before,
               const struct diff_spot *after)
{
    const struct diff_spot *own = after != NULL ? after : before;
    struct versions v = {0};

    if ((before == NULL || before->guard == NULL) &&
        (after == NULL || after->guard == NULL)) {
        return;
    }
    v.before =
        guard_of(d, d->before, before != NULL ? before : own, &v.span_before);
    v.after = guard_of(d, d->after, own, &v.span_after);
    compare_auths(d, DIFF_GUARD, NULL, own->shown, &v);
}

/* ---- both models -------------------------------------------------------- */

static void
compare_spots(struct diff *d, const struct diff_spot *before,
              const struct diff_spot *after)
{
    for (unsigned m = 0; m <= DIFF_ANY; m++) {
        if (has_method(before, m) || has_method(after, m)) {
            compare_method(d, before, after, m);
        }
    }
    if (before != NULL && after != NULL) {
        compare_paths(d, before, after);
    }
    compare_guards(d, before, after);
}

/* A name that now stands for other users makes all that it guards another. */
static void
compare_realms(struct diff *d, const struct model_realm *realm)
{
    const struct model_realm *old =
        apr_hash_get(d->realms, realm->name, APR_HASH_KEY_STRING);
    int n = d->changes->nelts;
    struct diff_side before, after;

    if (old == NULL) {
        return;
    }
    before = (struct diff_side){diff_words_realm(d->pool, old), old->span};
    after = (struct diff_side){diff_words_realm(d->pool, realm), realm->span};
    compare_words(d, DIFF_REALM, NULL, realm->name, &before, &after);
    if (d->changes->nelts > n) {
        APR_ARRAY_IDX(d->changes, n, struct diff_change).weakens = 1;
    }
}

static void
compare_all_realms(struct diff *d)
{
    const apr_array_header_t *before = d->before->model->realms;
    const apr_array_header_t *after = d->after->model->realms;

    for (int i = 0; i < before->nelts; i++) {
        common_realm(d, MODEL_AT(before, struct model_realm, i));
    }
    for (int i = 0; i < after->nelts; i++) {
        compare_realms(d, MODEL_AT(after, struct model_realm, i));
    }
}

static void
compare_all_spots(struct diff *d)
{
    const apr_array_header_t *before = d->before->spots;
    const apr_array_header_t *after = d->after->spots;

    for (int i = 0; i < after->nelts; i++) {
        const struct diff_spot *spot = MODEL_AT(after, struct diff_spot, i);

        compare_spots(d, diff_index_match(d->after, d->before, spot), spot);
    }
    for (int i = 0; i < before->nelts; i++) {
        const struct diff_spot *spot = MODEL_AT(before, struct diff_spot, i);

        if (diff_index_match(d->before, d->after, spot) == NULL) {
            compare_spots(d, spot, NULL);
        }
    }
}

/* ---- order -------------------------------------------------------------- */

static int
compare_texts(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
order_changes(const void *left, const void *right)
{
    const struct diff_change *a = left;
    const struct diff_change *b = right;
    int order = (b->what == DIFF_REALM) - (a->what == DIFF_REALM);

    if (order == 0) {
        order = compare_texts(a->path, b->path);
    }
    if (order == 0) {
        order = compare_texts(a->method, b->method);
    }
    if (order == 0) {
        order = (int)a->what - (int)b->what;
    }
    return order != 0 ? order : compare_texts(a->before.text, b->before.text);
}

apr_array_header_t *
diff_models(apr_pool_t *pool, const struct model *before,
            const struct model *after)
{
    struct diff d = {
        .pool = pool,
        .run = search_run_make(pool),
        .before = diff_index_make(pool, before),
        .after = diff_index_make(pool, after),
        .realms = apr_hash_make(pool),
        .auths = apr_hash_make(pool),
        .changes = apr_array_make(pool, 16, sizeof(struct diff_change)),
    };

    compare_all_realms(&d);
    compare_all_spots(&d);
    qsort(d.changes->elts, (size_t)d.changes->nelts,
          sizeof(struct diff_change), order_changes);
    return d.changes;
}
