/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what answers a route, in words.
 */
#include "target.h"

#include <string.h>

#include <apr_strings.h>

#include "variants.h"

/* "by accept { text/html -> m:f; default -> m:g }" */
static const char *
choice_text(apr_pool_t *pool, const struct model_choice *choice)
{
    const char *text =
        apr_pstrcat(pool, variants_text(pool, choice), " {", NULL);

    for (int i = 0; i <= choice->variants->nelts; i++) {
        const struct model_variant *variant =
            i < choice->variants->nelts
                ? MODEL_AT(choice->variants, const struct model_variant, i)
                : choice->rest;

        if (variant != NULL) {
            text =
                apr_pstrcat(pool, text, i > 0 ? "; " : " ", variant->key,
                            " -> ", target_text(pool, variant->route), NULL);
        }
    }
    return apr_pstrcat(pool, text, " }", NULL);
}

static const char *
mount_word(enum routes_mount_kind kind)
{
    switch (kind) {
    case ROUTES_MOUNT_NULL:
        break;
    case ROUTES_MOUNT_FILES:
        return "files";
    case ROUTES_MOUNT_HANDLER:
        return "handler";
    case ROUTES_MOUNT_PROXY:
        return "proxy";
    case ROUTES_MOUNT_WSGI:
        return "wsgi";
    case ROUTES_MOUNT_ASGI:
        return "asgi";
    case ROUTES_MOUNT_TABLE:
        return "routes";
    }
    return "";
}

/* "files /srv/static, index index.html". */
static const char *
mount_text(apr_pool_t *pool, const struct model_mount *mount)
{
    const char *target = mount->function == NULL
                             ? mount->target
                             : apr_pstrcat(pool, mount->function->module, ":",
                                           mount->function->qualname, NULL);

    return apr_pstrcat(
        pool, mount_word(mount->kind), " ", target,
        mount->index != NULL ? ", index " : "",
        mount->index != NULL ? mount->index : "",
        mount->flags & ROUTES_MOUNT_DOTFILES ? ", dotfiles" : "",
        mount->flags & ROUTES_MOUNT_IMMUTABLE ? ", immutable" : "",
        mount->flags & ROUTES_MOUNT_STRIP ? ", strip" : "", NULL);
}

const char *
target_path(apr_pool_t *pool, const struct model_route *route,
            const struct model_path *path)
{
    int n = path->segments->nelts;
    const struct model_segment *last =
        MODEL_AT(path->segments, struct model_segment, n - 1);
    /* of "/m" and "/m/{path:path}" */
    const char *end = last->rest || *last->prefix == '\0'
                          ? strrchr(path->text, '/')
                          : path->text + strlen(path->text);

    return route->kind != ROUTES_ROUTE_MOUNT
               ? path->text
               : apr_psprintf(pool, "%.*s/**", (int)(end - path->text),
                              path->text);
}

const char *
target_text(apr_pool_t *pool, const struct model_route *route)
{
    switch (route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        return apr_pstrcat(pool, route->function->module, ":",
                           route->function->qualname, NULL);
    case ROUTES_ROUTE_REDIRECT:
        return apr_psprintf(pool, "%d %s", route->status,
                            route->redirect->text);
    case ROUTES_ROUTE_CHOICE:
        return choice_text(pool, route->choice);
    case ROUTES_ROUTE_MOUNT:
        return mount_text(pool, route->mount);
    }
    return "";
}

const char *
target_kind(const struct model_route *route)
{
    switch (route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        return "function";
    case ROUTES_ROUTE_REDIRECT:
        return "redirect";
    case ROUTES_ROUTE_CHOICE:
        return "choice";
    case ROUTES_ROUTE_MOUNT:
        return "mount";
    }
    return "";
}
