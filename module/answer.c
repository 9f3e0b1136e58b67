/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: what a function, a fault or a pseudo-route becomes on the wire.
 */
#include "answer.h"

#include <string.h>

#include <http_protocol.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "condition.h"
#include "conduct.h"
#include "file.h"
#include "log.h"
#include "request.h"
#include "runtime/method.h"
#include "stream.h"

#define NOSNIFF       "X-Content-Type-Options"
#define NOSNIFF_VALUE "nosniff"

/* ---- headers ----------------------------------------------------------- */

static int
has_nosniff(const apr_table_t *headers)
{
    return !apr_is_empty_table(headers) &&
           apr_table_get(headers, NOSNIFF) != NULL;
}

/* An error document inherits the error's headers, this one among them. */
static void
add_nosniff(request_rec *r, apr_table_t *headers)
{
    if (!has_nosniff(r->err_headers_out) && !has_nosniff(headers)) {
        apr_table_setn(headers, NOSNIFF, NOSNIFF_VALUE);
    }
}

static int
add_header(void *baton, const char *name, const char *value)
{
    apr_table_addn(baton, name, value);
    return 1;
}

/* A status that httpd has no words for is sent as 500 without a line. */
static void
set_line(request_rec *r, int status)
{
    if (status != HTTP_INTERNAL_SERVER_ERROR &&
        ap_index_of_response(status) ==
            ap_index_of_response(HTTP_INTERNAL_SERVER_ERROR)) {
        r->status_line = ap_get_status_line_ex(r->pool, status);
    }
}

static void
set_status(request_rec *r, int status)
{
    r->status = status;
    if (status != HTTP_OK) {
        set_line(r, status);
    }
}

/* ---- bodies ------------------------------------------------------------ */

static int
is_bodiless(int status)
{
    return status == HTTP_NO_CONTENT || status == HTTP_NOT_MODIFIED;
}

/* Hands a whole answer to the filters, of which httpd's own counts how long it
 * is; body may be NULL. */
static int
send_body(request_rec *r, apr_bucket *body)
{
    apr_bucket_alloc_t *list = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, list);

    if (is_bodiless(r->status)) {
        ap_set_content_type(r, NULL);
    }
    if (body != NULL) {
        APR_BRIGADE_INSERT_TAIL(brigade, body);
    }
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(list));
    apr_status_t rv = ap_pass_brigade(r->output_filters, brigade);
    if (rv == APR_SUCCESS || r->connection->aborted) {
        return OK;
    }
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, rv, r,
                  LOGNO(0041) "the answer could not be sent");
    return AP_FILTER_ERROR;
}

static void
drop_body(const struct reply *reply)
{
    if (reply->body != NULL) {
        apr_bucket_delete(reply->body);
    }
    if (reply->stream != NULL) {
        embed_stream_end(reply->stream);
    }
}

/* ---- answers ----------------------------------------------------------- */

/* A route that is an ErrorDocument does not turn the error into a success. */
static int
is_kept(const request_rec *r, int status)
{
    return r->status != HTTP_OK && ap_is_HTTP_SUCCESS(status);
}

static int
is_file(const struct reply *reply)
{
    return reply->path != NULL || reply->file >= 0;
}

/* The body, when status and headers are set. */
static int
send_reply(request_rec *r, const struct reply *reply, const struct file *file)
{
    apr_bucket *body = reply->body;

    if (is_bodiless(r->status)) {
        drop_body(reply);
        body = NULL;
    }
    else if (reply->stream != NULL) {
        return stream_send(r, reply);
    }
    else if (is_file(reply)) {
        return file_send(r, file);
    }
    return send_body(r, body);
}

/* Status and headers but for the length. */
static void
set_head(request_rec *r, const struct reply *reply)
{
    int kept = is_kept(r, reply->status);

    set_status(r, kept ? r->status : reply->status);
    if (reply->line != NULL && !kept) {
        r->status_line = reply->line;
    }
    ap_set_content_type(r, reply->media);
    if (reply->headers != NULL) {
        apr_table_do(add_header, r->headers_out, reply->headers, NULL);
    }
    conduct_finish(r);
    add_nosniff(r, r->headers_out);
}

void
answer_begin(request_rec *r, const struct reply *reply)
{
    set_head(r, reply);
    if (is_bodiless(r->status)) {
        ap_set_content_type(r, NULL);
    }
    else if (reply->length >= 0) {
        ap_set_content_length(r, reply->length);
    }
}

int
answer_reply(request_rec *r, const struct reply *reply)
{
    struct file file;

    if (is_file(reply)) {
        int status = file_open(r, reply, &file);

        if (status != OK) {
            return answer_error(r, status);
        }
    }
    if (request_is_over(r)) {
        drop_body(reply);
        return DONE;
    }
    set_head(r, reply);
    if (is_file(reply)) {
        file_describe(r, &file);
    }
    int status = condition_judge(r);
    if (status != OK) {
        drop_body(reply);
        return answer_error(r, status);
    }
    return send_reply(r, reply, &file);
}

/* What an answer may have several of, and what a page can't take back. */
static int
is_joined(const char *name)
{
    return strcasecmp(name, "Set-Cookie") == 0 ||
           strcasecmp(name, "Vary") == 0 ||
           strcasecmp(name, "WWW-Authenticate") == 0;
}

static int
drop_replaced(void *baton, const char *name, const char *value)
{
    (void)value;
    if (!is_joined(name)) {
        apr_table_unset(baton, name);
    }
    return 1;
}

int
answer_page(request_rec *r, const struct reply *reply)
{
    struct file file;

    if (is_file(reply)) {
        int status = file_open(r, reply, &file);

        if (status != OK) {
            return status;
        }
    }
    r->status_line = NULL;
    set_status(r, reply->status);
    ap_set_content_type(r, reply->media);
    if (reply->headers != NULL) {
        apr_table_do(drop_replaced, r->headers_out, reply->headers, NULL);
        apr_table_do(add_header, r->headers_out, reply->headers, NULL);
    }
    add_nosniff(r, r->headers_out);
    if (is_file(reply)) {
        file_describe(r, &file);
    }
    return send_reply(r, reply, &file);
}

int
answer_text(request_rec *r, int status, const char *media, const char *text,
            apr_size_t len)
{
    apr_bucket *body = apr_bucket_pool_create(text, len, r->pool,
                                              r->connection->bucket_alloc);

    if (request_is_over(r)) {
        apr_bucket_delete(body);
        return DONE;
    }
    set_status(r, status);
    ap_set_content_type(r, media);
    add_nosniff(r, r->headers_out);
    return send_body(r, body);
}

int
answer_redirect(request_rec *r, int status, const char *location)
{
    const char *shown = ap_escape_html(r->pool, location);
    const char *note = apr_psprintf(r->pool,
                                    "<!DOCTYPE html>\n<title>%s</title>\n"
                                    "<p>It is at <a href=\"%s\">%s</a>.</p>\n",
                                    ap_get_status_line(status), shown, shown);

    apr_table_setn(r->headers_out, "Location", location);
    conduct_finish(r);
    return answer_text(r, status, "text/html; charset=utf-8", note,
                       strlen(note));
}

int
answer_error(request_rec *r, int status)
{
    if (request_is_over(r)) {
        return DONE;
    }
    if (ap_is_HTTP_ERROR(status)) {
        add_nosniff(r, r->err_headers_out);
        set_line(r, status);
    }
    return status;
}

/* ---- Allow ------------------------------------------------------------- */

static const char *
list_methods(apr_pool_t *pool, const struct routes_table *table,
             uint64_t methods)
{
    apr_array_header_t *names =
        apr_array_make(pool, ROUTES_N_METHODS, sizeof(const char *));

    for (unsigned i = 0; i < ROUTES_N_METHODS; i++) {
        if (methods & ROUTES_METHOD_BIT(i)) {
            APR_ARRAY_PUSH(names, const char *) =
                routes_method_name_in(table, (enum routes_method)i);
        }
    }
    return apr_array_pstrcat(pool, names, ',');
}

/* httpd writes Allow anew on its own error page, from this list.  To it HEAD
 * is GET, so a path that has HEAD alone must name it as an unknown method. */
static void
list_allowed(request_rec *r, const struct routes_table *table,
             uint64_t methods)
{
    int head_alone = !(methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET));

    for (unsigned i = 0; i < ROUTES_N_METHODS; i++) {
        const char *name = routes_method_name_in(table, (enum routes_method)i);

        if (!(methods & ROUTES_METHOD_BIT(i))) {
            continue;
        }
        if (i == ROUTES_METHOD_HEAD) {
            if (head_alone) {
                r->allowed_methods->method_mask |= AP_METHOD_BIT << M_INVALID;
                APR_ARRAY_PUSH(r->allowed_methods->method_list, const char *) =
                    name;
            }
            continue;
        }
        ap_method_list_add(r->allowed_methods, name);
    }
}

int
answer_not_allowed(request_rec *r, const struct routes_table *table,
                   uint64_t methods)
{
    methods = routes_method_sent(methods);
    list_allowed(r, table, methods);
    /* for an ErrorDocument, which httpd sends without writing Allow */
    apr_table_setn(r->err_headers_out, "Allow",
                   list_methods(r->pool, table, methods));
    return answer_error(r, HTTP_METHOD_NOT_ALLOWED);
}

void
answer_name_upgrade(request_rec *r)
{
    apr_table_setn(r->err_headers_out, "Upgrade", "websocket");
    apr_table_mergen(r->err_headers_out, "Connection", "Upgrade");
}

int
answer_upgrade(request_rec *r)
{
    answer_name_upgrade(r);
    return answer_error(r, HTTP_UPGRADE_REQUIRED);
}

int
answer_options(request_rec *r, const struct routes_table *table,
               uint64_t methods)
{
    set_status(r, HTTP_NO_CONTENT);
    apr_table_setn(r->headers_out, "Allow",
                   list_methods(r->pool, table, routes_method_sent(methods)));
    add_nosniff(r, r->headers_out);
    return send_body(r, NULL);
}

int
answer_login(request_rec *r, const char *location)
{
    apr_table_setn(r->err_headers_out, "Location", location);
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    apr_table_mergen(r->err_headers_out, "Vary", "Accept");
    return answer_error(r, HTTP_SEE_OTHER);
}
