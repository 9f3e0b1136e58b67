/* SPDX-License-Identifier: Apache-2.0 */
/* mounted: what the mounts of a program are, all of them known. */
#include "dslc/mounted.h"

#include <string.h>

#include <apr_hash.h>

static bool
is_inside(const struct model_place *place, const struct model_place *outer)
{
    while (place != NULL && place != outer) {
        place = place->parent;
    }
    return place != NULL;
}

/* Whether all that one segment takes is taken by another, as written. */
static bool
is_same_segment(const struct model_segment *a, const struct model_segment *b)
{
    return strcmp(a->prefix, b->prefix) == 0 &&
           strcmp(a->suffix, b->suffix) == 0 &&
           (a->param == NULL) == (b->param == NULL) &&
           (a->param == NULL ||
            strcmp(a->param->type->key, b->param->type->key) == 0);
}

static bool
is_below(const struct model_path *path, const struct model_path *prefix)
{
    int n = strcmp(prefix->text, "/") == 0 ? 0 : prefix->segments->nelts;

    if (n >= path->segments->nelts) {
        return false; /* the last is what is below the mount */
    }
    for (int i = 0; i < n; i++) {
        if (!is_same_segment(
                MODEL_AT(path->segments, struct model_segment, i),
                MODEL_AT(prefix->segments, struct model_segment, i))) {
            return false;
        }
    }
    return true;
}

static void
check_mount(const struct model *model, const struct model_route *route,
            struct diag_list *diags)
{
    const struct model_path *path =
        MODEL_AT(route->paths, const struct model_path, 0);

    for (int i = 0; i < model->places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(model->places, const struct model_place, i);
        struct diag *diag;

        if (!place->guards || place->kind != MODEL_PLACE_LOCATION ||
            place->hosts != route->place->hosts ||
            is_inside(route->place, place) || !is_below(path, place->path)) {
            continue;
        }
        diag = diag_error(diags, route->span, E215,
                          "the mount lies in a location that answers for all "
                          "below it");
        diag_place(diag, place->span, "this location");
        diag_help(diag, "write the mount inside the location, under its "
                        "requirement, or `unmatched pass` in the location");
        return;
    }
}

void
mounted_check(const struct model *model, struct diag_list *diags)
{
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, const struct model_route, i);

        if (route->kind == ROUTES_ROUTE_MOUNT) {
            check_mount(model, route, diags);
        }
    }
}

int
mounted_has_proxy(const struct model *model)
{
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        if (route->kind == ROUTES_ROUTE_MOUNT &&
            route->mount->kind == ROUTES_MOUNT_PROXY) {
            return 1;
        }
    }
    return 0;
}

apr_array_header_t *
mounted_tables(apr_pool_t *pool, const struct model *model)
{
    apr_array_header_t *tables = apr_array_make(pool, 2, sizeof(const char *));
    apr_hash_t *seen = apr_hash_make(pool);

    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);
        const char *name = model_is_table(route) ? route->mount->target : NULL;

        if (name != NULL &&
            apr_hash_get(seen, name, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
            APR_ARRAY_PUSH(tables, const char *) = name;
        }
    }
    return tables;
}
