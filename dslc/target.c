/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what answers a route, in words.
 */
#include "target.h"

#include <apr_strings.h>

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
    }
    return "";
}
