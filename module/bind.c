/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding: the arguments of a call out of a request.
 */
#include "bind.h"

#include <string.h>

#include "accept.h"
#include "answer.h"
#include "page.h"
#include "runtime/args.h"
#include "runtime/problem.h"

#define PROBLEM_TYPE "application/problem+json"
#define HTML_TYPE    "text/html; charset=utf-8"

int
bind_send_faults(request_rec *r, const struct request *request,
                 const struct routes_problems *problems)
{
    const struct routes_table *table = request_table(request);
    uint32_t route = request->match.route;
    int html = accept_prefers_html(apr_table_get(r->headers_in, "Accept"));
    size_t len;
    const char *text =
        html ? routes_problem_html(table, route, problems, r->pool, &len)
             : routes_problem_json(table, route, problems, r->pool, &len);

    apr_table_mergen(r->headers_out, "Vary", "Accept");
    return answer_text(
        r, problems->not_acceptable ? HTTP_NOT_ACCEPTABLE : HTTP_BAD_REQUEST,
        html ? HTML_TYPE : PROBLEM_TYPE, text, len);
}

/* What the handler returns. */
static int
refuse(request_rec *r, const struct request *request,
       const struct routes_problems *problems)
{
    if (problems->path_fault) {
        return answer_error(r, HTTP_NOT_FOUND);
    }
    if (page_has(r, HTTP_BAD_REQUEST)) {
        page_keep_faults(r, problems);
        return answer_error(r, HTTP_BAD_REQUEST);
    }
    return bind_send_faults(r, request, problems);
}

int
bind_arguments(request_rec *r, const struct request *request,
               const struct body *body, struct routes_value *values,
               int *status)
{
    struct routes_problems problems;
    struct routes_input input = {
        .captures = request->match.captures,
        .query = r->args,
        .query_len = r->args == NULL ? 0 : strlen(r->args),
        .headers = r->headers_in,
        .body_kind = body->kind,
        .body = body->at,
        .body_len = body->len,
        .method = r->method,
        .caller = &request->caller,
        .stream = body->stream,
        .parts = body->parts,
        .choice = request->choice,
    };

    if (routes_args_decode(request_table(request), request->match.route,
                           &input, r->pool, values, &problems) == 0) {
        return 0;
    }
    *status = refuse(r, request, &problems);
    return 1;
}
