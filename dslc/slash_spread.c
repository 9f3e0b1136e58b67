/* SPDX-License-Identifier: Apache-2.0 */
/* slash_spread: gives routes the other forms of their paths. */
#include "dslc/slash.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/paths.h"
#include "dslc/redirect.h"

#define PERMANENT_REDIRECT 308

/* ---- what is written ---------------------------------------------------- */

/* What is known of one path on the hosts of one block. */
struct written {
    uint64_t methods;
    int any;
};

static const char *
key_of(apr_pool_t *pool, const struct model_route *route, const char *path)
{
    return apr_psprintf(pool, "%pp %s", (void *)route->place->hosts, path);
}

static struct written *
find_written(struct checker *checker, apr_hash_t *known,
             const struct model_route *route, const char *path)
{
    const char *key = key_of(checker->pool, route, path);
    struct written *written = apr_hash_get(known, key, APR_HASH_KEY_STRING);

    if (written == NULL) {
        written = apr_pcalloc(checker->pool, sizeof(*written));
        apr_hash_set(known, key, APR_HASH_KEY_STRING, written);
    }
    return written;
}

static apr_hash_t *
collect_written(struct checker *checker)
{
    const apr_array_header_t *routes = checker->model->routes;
    apr_hash_t *known = apr_hash_make(checker->pool);

    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, const struct model_route, i);

        for (int p = 0; p < route->paths->nelts; p++) {
            struct written *written = find_written(
                checker, known, route,
                MODEL_AT(route->paths, const struct model_path, p)->text);

            written->any |= route->any;
            written->methods |= route->methods;
            if (written->methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) {
                written->methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
            }
        }
    }
    return known;
}

/* ---- other forms -------------------------------------------------------- */

static int
has_path(const struct model_route *route, const char *text)
{
    for (int i = 0; i < route->paths->nelts; i++) {
        if (strcmp(MODEL_AT(route->paths, const struct model_path, i)->text,
                   text) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Behind the route's paths, which is how a caller may write it, too. */
static void
add_path(struct checker *checker, struct model_route *route,
         const struct model_path *path)
{
    struct model_path *other = paths_slashed(checker, path);

    if (other != NULL && !has_path(route, other->text)) {
        APR_ARRAY_PUSH(route->paths, struct model_path *) = other;
    }
}

/* It tells nobody what the route does not: its requirement is asked first. */
static void
add_redirect(struct checker *checker, apr_hash_t *known,
             const struct model_route *route, const struct model_path *path)
{
    struct model_path *other = paths_slashed(checker, path);
    struct model_route *twin;
    struct written *written;

    if (other == NULL) {
        return;
    }
    written = find_written(checker, known, route, other->text);
    if (written->any ||
        (!route->any && (route->methods & ~written->methods) == 0)) {
        return;
    }
    twin = redirect_make(checker, route, other, path, PERMANENT_REDIRECT);
    twin->methods &= ~written->methods;
    APR_ARRAY_PUSH(checker->model->routes, struct model_route *) = twin;
}

void
slash_spread_routes(struct checker *checker)
{
    apr_hash_t *known = collect_written(checker);
    int n = checker->model->routes->nelts; /* redirects come behind */

    for (int i = 0; i < n; i++) {
        struct model_route *route =
            MODEL_AT(checker->model->routes, struct model_route, i);
        int paths = route->paths->nelts; /* and so do paths */

        for (int p = 0; p < paths && route->slash != MODEL_SLASH_STRICT; p++) {
            const struct model_path *path =
                MODEL_AT(route->paths, const struct model_path, p);

            if (route->slash == MODEL_SLASH_BOTH) {
                add_path(checker, route, path);
            }
            else {
                add_redirect(checker, known, route, path);
            }
        }
    }
}
