/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_index: a model by host and path, so that another can be laid beside it.
 */
#include "diff_index.h"

#include <string.h>

#include <apr_strings.h>

#include "trie.h"

/* ---- keys --------------------------------------------------------------- */

/* A text with its length, so that what follows can't be taken for it. */
static const char *
counted(apr_pool_t *pool, const char *text)
{
    return apr_psprintf(pool, "%" APR_SIZE_T_FMT ":%s", strlen(text), text);
}

static const char *
host_key(apr_pool_t *pool, const struct model_host *host)
{
    return apr_psprintf(
        pool, "%d %s %s", (int)host->kind, counted(pool, host->name),
        host->param != NULL ? host->param->type->spelling : "");
}

static const char *
segment_key(apr_pool_t *pool, const struct model_segment *segment, int loose)
{
    const struct model_param *param = segment->param;

    if (param == NULL) {
        return apr_pstrcat(pool, "/", counted(pool, segment->prefix), NULL);
    }
    return apr_pstrcat(pool, "/", counted(pool, segment->prefix), "{",
                       loose ? "" : counted(pool, param->type->spelling),
                       segment->rest ? "..." : "", "}",
                       counted(pool, segment->suffix), NULL);
}

/* Of the first n segments. */
static const char *
spot_key(apr_pool_t *pool, const struct model_host *host,
         const struct model_path *path, int n, int loose)
{
    apr_array_header_t *parts =
        apr_array_make(pool, n + 1, sizeof(const char *));

    APR_ARRAY_PUSH(parts, const char *) = host_key(pool, host);
    for (int i = 0; i < n; i++) {
        APR_ARRAY_PUSH(parts, const char *) = segment_key(
            pool, MODEL_AT(path->segments, struct model_segment, i), loose);
    }
    return apr_array_pstrcat(pool, parts, 0);
}

const char *
diff_index_key(apr_pool_t *pool, const struct model_host *host,
               const struct model_path *path)
{
    return spot_key(pool, host, path, path->segments->nelts, 0);
}

/* ---- making ------------------------------------------------------------- */

static void
add_loose(struct diff_index *index, struct diff_spot *spot)
{
    apr_array_header_t *all =
        apr_hash_get(index->by_loose, spot->loose, APR_HASH_KEY_STRING);

    if (all == NULL) {
        all = apr_array_make(index->pool, 1, sizeof(struct diff_spot *));
        apr_hash_set(index->by_loose, spot->loose, APR_HASH_KEY_STRING, all);
    }
    APR_ARRAY_PUSH(all, struct diff_spot *) = spot;
}

static struct diff_spot *
spot_at(struct diff_index *index, const struct model_host *host,
        const struct model_path *path)
{
    apr_pool_t *pool = index->pool;
    int n = path->segments->nelts;
    const char *key = spot_key(pool, host, path, n, 0);
    struct diff_spot *spot =
        apr_hash_get(index->by_key, key, APR_HASH_KEY_STRING);

    if (spot == NULL) {
        spot = apr_pcalloc(pool, sizeof(*spot));
        spot->key = key;
        spot->loose = spot_key(pool, host, path, n, 1);
        spot->host = host;
        spot->path = path;
        spot->shown = host->kind == ROUTES_HOST_ANY
                          ? path->text
                          : apr_pstrcat(pool, host->text, path->text, NULL);
        apr_hash_set(index->by_key, key, APR_HASH_KEY_STRING, spot);
        APR_ARRAY_PUSH(index->spots, struct diff_spot *) = spot;
        add_loose(index, spot);
    }
    return spot;
}

static void
set_route(struct diff_spot *spot, const struct model_route *route)
{
    if (route->any) {
        spot->routes[DIFF_ANY] = route;
    }
    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        if (route->methods & ROUTES_METHOD_BIT(m)) {
            spot->routes[m] = route;
        }
    }
}

static void
add_route(struct diff_index *index, const struct model_route *route)
{
    const apr_array_header_t *hosts = route->place->hosts;

    for (int h = 0; h < hosts->nelts; h++) {
        for (int p = 0; p < route->paths->nelts; p++) {
            set_route(spot_at(index, MODEL_AT(hosts, struct model_host, h),
                              MODEL_AT(route->paths, struct model_path, p)),
                      route);
        }
    }
}

static void
add_guard(struct diff_index *index, const struct model_place *place)
{
    for (int h = 0; h < place->hosts->nelts; h++) {
        struct diff_spot *spot = spot_at(
            index, MODEL_AT(place->hosts, struct model_host, h), place->path);

        spot->guard = trie_join_auths(index->pool, spot->guard, place->auth);
        spot->guard_span = place->span;
    }
}

/* The places that trie made of several have the path of one of these. */
static void
add_guards(struct diff_index *index)
{
    const apr_array_header_t *places = index->model->places;
    apr_hash_t *seen = apr_hash_make(index->pool);

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);

        if (place->guards && place->auth != NULL &&
            apr_hash_get(seen, &place->path, sizeof(place->path)) == NULL) {
            apr_hash_set(seen, &place->path, sizeof(place->path), place);
            add_guard(index, place);
        }
    }
}

static void
add_decision(struct diff_index *index, const struct model_place *place)
{
    for (int h = 0; h < place->hosts->nelts; h++) {
        apr_hash_set(index->by_host,
                     host_key(index->pool,
                              MODEL_AT(place->hosts, struct model_host, h)),
                     APR_HASH_KEY_STRING, place->auth);
    }
}

static void
add_hosts(struct diff_index *index)
{
    const apr_array_header_t *places = index->model->places;

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);

        if (place->kind == MODEL_PLACE_HOST && place->auth != NULL) {
            add_decision(index, place);
        }
    }
}

/* Of several with one prefix, one that hides what is there counts. */
static void
add_place(struct diff_index *index, const struct model_place *place)
{
    for (int h = 0; h < place->hosts->nelts; h++) {
        const struct model_host *host =
            MODEL_AT(place->hosts, struct model_host, h);
        const char *key = place->path == NULL
                              ? host_key(index->pool, host)
                              : diff_index_key(index->pool, host, place->path);

        if (place->conduct.masked ||
            apr_hash_get(index->by_place, key, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(index->by_place, key, APR_HASH_KEY_STRING, place);
        }
    }
}

static void
add_places(struct diff_index *index)
{
    const apr_array_header_t *places = index->model->places;

    for (int i = 0; i < places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(places, struct model_place, i);

        if (place->kind == MODEL_PLACE_HOST ||
            place->kind == MODEL_PLACE_LOCATION) {
            add_place(index, place);
        }
    }
}

struct diff_index *
diff_index_make(apr_pool_t *pool, const struct model *model)
{
    struct diff_index *index = apr_pcalloc(pool, sizeof(*index));

    index->pool = pool;
    index->model = model;
    index->spots = apr_array_make(pool, 64, sizeof(struct diff_spot *));
    index->by_key = apr_hash_make(pool);
    index->by_loose = apr_hash_make(pool);
    index->by_host = apr_hash_make(pool);
    index->by_place = apr_hash_make(pool);
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        if (route->twin == NULL &&
            route->choice_of == NULL) { /* else it is said of the route */
            add_route(index, route);
        }
    }
    add_guards(index);
    add_hosts(index);
    add_places(index);
    return index;
}

/* ---- asking ------------------------------------------------------------- */

static const struct diff_spot *
find_spot(const struct diff_index *index, const char *key)
{
    return apr_hash_get(index->by_key, key, APR_HASH_KEY_STRING);
}

/* The one spot with that loose key that the other index has not, or NULL. */
static const struct diff_spot *
find_lonely(const struct diff_index *index, const struct diff_index *other,
            const char *loose)
{
    const apr_array_header_t *all =
        apr_hash_get(index->by_loose, loose, APR_HASH_KEY_STRING);
    const struct diff_spot *found = NULL;

    for (int i = 0; all != NULL && i < all->nelts; i++) {
        const struct diff_spot *spot = MODEL_AT(all, struct diff_spot, i);

        if (find_spot(other, spot->key) != NULL) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = spot;
    }
    return found;
}

const struct diff_spot *
diff_index_match(const struct diff_index *here, const struct diff_index *other,
                 const struct diff_spot *spot)
{
    const struct diff_spot *same = find_spot(other, spot->key);

    if (same != NULL) {
        return same;
    }
    return find_lonely(here, other, spot->loose) == spot
               ? find_lonely(other, here, spot->loose)
               : NULL;
}

const struct model_route *
diff_index_route(const struct diff_spot *spot, unsigned method)
{
    if (spot == NULL) {
        return NULL;
    }
    /* a route for websockets came or went, whatever a GET does besides */
    if (spot->routes[method] != NULL || method == DIFF_ANY ||
        method == ROUTES_METHOD_WEBSOCKET) {
        return spot->routes[method];
    }
    if (method == ROUTES_METHOD_HEAD &&
        spot->routes[ROUTES_METHOD_GET] != NULL) {
        return spot->routes[ROUTES_METHOD_GET];
    }
    return (TRIE_ANY & ROUTES_METHOD_BIT(method)) != 0 ? spot->routes[DIFF_ANY]
                                                       : NULL;
}

const struct diff_spot *
diff_index_guard(const struct diff_index *index, const struct model_host *host,
                 const struct model_path *path)
{
    const struct diff_spot *found = NULL;
    apr_pool_t *work;

    apr_pool_create(&work, index->pool);
    for (int n = path->segments->nelts; n > 0 && found == NULL; n--) {
        found = find_spot(index, spot_key(work, host, path, n, 0));
        if (found != NULL && found->guard == NULL) {
            found = NULL;
        }
    }
    apr_pool_destroy(work);
    return found;
}

/* What a host block decides, and the file's own word where none does. */
static const struct model_auth *
host_decision(const struct diff_index *index, const struct model_host *host)
{
    const struct model_auth *auth = apr_hash_get(
        index->by_host, host_key(index->pool, host), APR_HASH_KEY_STRING);

    return auth != NULL
               ? auth
               : MODEL_AT(index->model->places, struct model_place, 0)->auth;
}

const struct model_auth *
diff_index_decision(const struct diff_index *index,
                    const struct model_host *host,
                    const struct model_path *path)
{
    const struct diff_spot *guard = diff_index_guard(index, host, path);

    return guard != NULL ? guard->guard : host_decision(index, host);
}

const struct model_place *
diff_index_place(const struct diff_index *index, const struct model_host *host,
                 const struct model_path *path)
{
    const struct model_place *found = NULL;
    apr_pool_t *work;

    apr_pool_create(&work, index->pool);
    for (int n = path->segments->nelts; n >= 0 && found == NULL; n--) {
        found = apr_hash_get(index->by_place, spot_key(work, host, path, n, 0),
                             APR_HASH_KEY_STRING);
    }
    apr_pool_destroy(work);
    return found != NULL
               ? found
               : MODEL_AT(index->model->places, struct model_place, 0);
}
