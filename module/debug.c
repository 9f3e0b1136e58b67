/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RoutesDebug: what went wrong in Python, shown to the client.
 */
#include "debug.h"

#include <string.h>

#include <http_protocol.h>
#include <apr_strings.h>

#include "accept.h"
#include "answer.h"
#include "conf.h"
#include "exposure.h"
#include "log.h"

#define HTML_TYPE "text/html; charset=utf-8"
#define TEXT_TYPE "text/plain; charset=utf-8"

/* Nothing in the page runs or is fetched, whatever got into a traceback. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'"

int
debug_wanted(const request_rec *r)
{
    return conf_of(r->server)->debug == 1;
}

/* "GET /x, request abc": what the log's lines are found by. */
static const char *
describe_request(request_rec *r)
{
    const char *id = log_request_id(r);

    return apr_pstrcat(r->pool, r->method, " ", r->uri,
                       id != NULL ? ", request " : "", id, NULL);
}

static const char *
format_html(request_rec *r, const struct reply *reply)
{
    const char *trace = reply->trace != NULL ? reply->trace : "";

    return apr_pstrcat(
        r->pool,
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
        "<title>500</title>\n<style>body { font-family: sans-serif; "
        "margin: 2em } pre { background: #eee; padding: 1em; "
        "overflow: auto }</style>\n<h1>",
        ap_escape_html(r->pool, reply->head), "</h1>\n<p>",
        ap_escape_html(r->pool, describe_request(r)), "</p>\n<pre>",
        ap_escape_html(r->pool, trace),
        "</pre>\n<p>Shown because <code>RoutesDebug</code> is On.</p>\n",
        NULL);
}

static const char *
format_text(request_rec *r, const struct reply *reply)
{
    return apr_pstrcat(r->pool, reply->head, "\n", describe_request(r), "\n\n",
                       reply->trace, NULL);
}

int
debug_send(request_rec *r, const struct reply *reply)
{
    int html = accept_prefers_html(apr_table_get(r->headers_in, "Accept"));
    const char *text = html ? format_html(r, reply) : format_text(r, reply);

    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "Content-Security-Policy", POLICY);
    return answer_text(r, HTTP_INTERNAL_SERVER_ERROR,
                       html ? HTML_TYPE : TEXT_TYPE, text, strlen(text));
}

/* ---- who could see it --------------------------------------------------- */

static int
is_on(const server_rec *server)
{
    while (server != NULL && conf_of(server)->debug != 1) {
        server = server->next;
    }
    return server != NULL;
}

void
debug_warn(const server_rec *main_server)
{
    if (is_on(main_server) && exposure_is_open()) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server,
                     LOGNO(0003) "RoutesDebug On shows source code to "
                                 "clients, and this server does not listen "
                                 "on the loopback interface alone");
    }
}
