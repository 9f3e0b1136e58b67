/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hello route's work in C, shared by both yardsticks: decode the query
 * string, build the text, send it with the headers that the route sends.
 */
#ifndef BENCH_C_HELLO_H
#define BENCH_C_HELLO_H

#include <string.h>

#include <apr_strings.h>
#include <httpd.h>
#include <http_protocol.h>
#include <util_script.h>

#define HELLO_PREFIX "/hello/"

/* Answer GET /hello/NAME?greeting=…; the result is a handler's status. */
static inline int
hello_answer(request_rec *r)
{
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    const char *name = r->uri + strlen(HELLO_PREFIX);
    apr_table_t *query = NULL;
    ap_args_to_table(r, &query);
    const char *greeting = apr_table_get(query, "greeting");
    if (greeting == NULL) {
        greeting = "hi";
    }
    const char *text = apr_pstrcat(r->pool, greeting, ", ", name, "!", NULL);
    apr_size_t length = strlen(text);
    ap_set_content_type(r, "text/plain; charset=utf-8");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    ap_set_content_length(r, (apr_off_t)length);
    ap_rwrite(text, (int)length, r);
    return OK;
}

#endif
