/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pedantic: what a program could say and does not.
 */
#include "pedantic.h"

#include "dslc/websockets.h"

static void
check_route(const struct model_route *route, struct diag_list *diags)
{
    struct diag *diag;

    if (route->says_returns || route->kind != ROUTES_ROUTE_FUNCTION ||
        websockets_is(route)) {
        return;
    }
    diag = diag_warn(diags, route->span, W514,
                     "the route does not say what it returns");
    diag_help(diag, "add `returns` with a status, a form or a media type: "
                    "returns 200 html");
}

static void
check_policy(const struct model *model, struct diag_list *diags)
{
    struct span start = {
        .file = model->places->nelts > 0
                    ? MODEL_AT(model->places, const struct model_place, 0)
                          ->span.file
                    : 0};
    struct diag *diag;

    if (model->assertions->nelts > 0) {
        return;
    }
    diag =
        diag_warn(diags, start, W604, "nothing is asserted of this program");
    diag_help(diag, "state what must hold of it, such as: assert public only "
                    "/, /login");
}

void
pedantic_check(const struct model *model, struct diag_list *diags)
{
    if (diag_error_count(diags) > 0) {
        return;
    }
    for (int i = 0; i < model->routes->nelts; i++) {
        check_route(MODEL_AT(model->routes, const struct model_route, i),
                    diags);
    }
    check_policy(model, diags);
}
