/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants: which function of a route a request is for, and which format.
 */
#include "variant.h"

#include <string.h>

#include <apr_strings.h>

#include "answer.h"
#include "bind.h"
#include "page.h"
#include "runtime/choice.h"

void
variant_choose(request_rec *r, struct request *request)
{
    const struct routes_table *table = request_table(request);
    uint32_t choice = table->routes[request->match.route].target;
    const struct routes_chooser from = {
        .query = r->args,
        .query_len = r->args == NULL ? 0 : strlen(r->args),
        .headers = r->headers_in,
    };
    struct routes_problems problems;
    uint32_t route =
        routes_choice_pick(table, choice, &from, r->pool, &problems);

    request->choice = choice;
    if (route != 0) {
        request->match.route = route;
        return;
    }
    request->problems = apr_pmemdup(r->pool, &problems, sizeof(problems));
}

int
variant_form(request_rec *r, struct request *request)
{
    struct routes_problems problems;

    request->format = routes_choice_format(
        request_table(request), request->match.route,
        apr_table_get(r->headers_in, "Accept"), r->pool, &problems);
    if (request->format != 0) {
        return OK;
    }
    request->problems = apr_pmemdup(r->pool, &problems, sizeof(problems));
    return variant_refuse(r, request);
}

int
variant_refuse(request_rec *r, const struct request *request)
{
    int status = request->problems->not_acceptable ? HTTP_NOT_ACCEPTABLE
                                                   : HTTP_BAD_REQUEST;

    return page_has(r, status)
               ? answer_error(r, status)
               : bind_send_faults(r, request, request->problems);
}
