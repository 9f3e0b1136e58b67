/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff: what changed from one model to another: routes, and who may.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "diff_auth.h"
#include "diff_routes.h"
#include "diff_words.h"

/* ---- spots ------------------------------------------------------------- */

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

        diff_run_words(d, DIFF_PATH, NULL, after->shown, &a, &b);
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
    struct diff_versions v = {0};

    if ((before == NULL || before->guard == NULL) &&
        (after == NULL || after->guard == NULL)) {
        return;
    }
    v.before =
        guard_of(d, d->before, before != NULL ? before : own, &v.span_before);
    v.after = guard_of(d, d->after, own, &v.span_after);
    diff_auth_compare(d, DIFF_GUARD, NULL, own->shown, &v);
}

/* ---- both models -------------------------------------------------------- */

static void
compare_spots(struct diff *d, const struct diff_spot *before,
              const struct diff_spot *after)
{
    for (unsigned m = 0; m <= DIFF_ANY; m++) {
        if (has_method(before, m) || has_method(after, m)) {
            diff_routes_method(d, before, after, m);
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
    diff_run_words(d, DIFF_REALM, NULL, realm->name, &before, &after);
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
        diff_auth_realm(d, MODEL_AT(before, struct model_realm, i));
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
