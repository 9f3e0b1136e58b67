/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what answers a route, in words.
 */
#include "target.h"

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
    }
    return "";
}
