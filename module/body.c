/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a request: read whole, within the limit.
 */
#include "body.h"

#include <string.h>

#include <http_protocol.h>
#include <apr_strings.h>

#include "answer.h"
#include "media.h"
#include "multipart.h"
#include "reader.h"

#define FIRST_SIZE    4096 /* of the buffer, when no length is announced */
#define MOST_AT_FIRST (1024 * 1024) /* of it, whatever length is announced */

/* ---- reading ----------------------------------------------------------- */

struct buffer {
    char *at;
    apr_size_t len;
    apr_size_t size;
};

static int
refuse_size(request_rec *r)
{
    /* what is still to come is not read */
    r->connection->keepalive = AP_CONN_CLOSE;
    return answer_error(r, HTTP_REQUEST_ENTITY_TOO_LARGE);
}

/* The announced length: 0 if none is, the largest of all for one that is no
 * number. */
static apr_off_t
announced(const request_rec *r)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;

    if (text == NULL) {
        return 0;
    }
    return ap_parse_strict_length(&length, text) ? length : INT64_MAX;
}

static void
append(apr_pool_t *pool, struct buffer *buffer, const char *data,
       apr_size_t len)
{
    if (buffer->len + len > buffer->size) {
        apr_size_t size = 2 * (buffer->len + len);
        char *grown = apr_palloc(pool, size);

        if (buffer->len > 0) {
            memcpy(grown, buffer->at, buffer->len);
        }
        buffer->at = grown;
        buffer->size = size;
    }
    memcpy(buffer->at + buffer->len, data, len);
    buffer->len += len;
}

/* A length is only a promise: memory is for what came. */
static apr_size_t
first_size(apr_off_t length)
{
    return length > 0 && length < MOST_AT_FIRST ? (apr_size_t)length
                                                : FIRST_SIZE;
}

/* OK, or what reader_next says. */
static int
read_pieces(request_rec *r, int64_t limit, struct buffer *buffer)
{
    struct reader reader;
    const char *data = NULL;
    apr_size_t len = 0;
    int status;

    reader_start(&reader, r, limit);
    while ((status = reader_next(&reader, &data, &len)) == OK && len > 0) {
        append(r->pool, buffer, data, len);
    }
    return status;
}

static int
read_all(request_rec *r, int64_t limit, struct buffer *buffer)
{
    int status = read_pieces(r, limit, buffer);

    return status == OK ? OK : answer_error(r, status);
}

/* Whether the route takes the body as it comes, whatever is said of it. */
static int
takes_any(const struct routes_route *route)
{
    return route->takes & (ROUTES_TAKES_RAW | ROUTES_TAKES_STREAM);
}

/* Whether arguments are fields of a form. */
static int
takes_parts(const struct routes_route *route)
{
    return route->takes & (ROUTES_TAKES_FORM | ROUTES_TAKES_FILES);
}

/* Whether a body may be asked for, by what the request says of it. */
static int
is_welcome(const struct routes_table *table, const struct routes_route *route,
           const char *type, apr_off_t length)
{
    if (type == NULL) {
        return length == 0 || (takes_any(route) && route->n_consumes == 0);
    }
    return route->takes == 0 ? media_is_consumed(table, route, type)
                             : media_is_taken(table, route, type);
}

static struct reader *
make_stream(request_rec *r, const struct routes_route *route)
{
    struct reader *stream = apr_palloc(r->pool, sizeof(*stream));

    reader_start(stream, r, route->body_limit);
    return stream;
}

/* What the arguments are decoded from. */
static enum routes_body
kind_of(const request_rec *r, const char *type)
{
    return type == NULL || media_is_encoded(r) ? ROUTES_BODY_RAW
                                               : media_kind(type);
}

/* What was read whole, as what it says it is. */
static int
keep_body(request_rec *r, const struct routes_table *table,
          const struct routes_route *route, const char *type,
          const struct buffer *buffer, struct body *body)
{
    body->kind = kind_of(r, type);
    body->at = buffer->at;
    body->len = buffer->len;
    if (body->kind == ROUTES_BODY_PARTS && takes_parts(route)) {
        int status = multipart_take(r, table, route, type, buffer->at,
                                    buffer->len, &body->parts);

        return status == OK ? OK : answer_error(r, status);
    }
    return body->kind == ROUTES_BODY_RAW && !takes_any(route)
               ? media_refuse(r, table, route)
               : OK;
}

/* Reads the body of a route that does not read it itself. */
static int
read_body(request_rec *r, const struct routes_table *table,
          const struct routes_route *route, struct body *body)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    struct buffer buffer = {.size = first_size(announced(r))};
    int status;

    if (type != NULL && !takes_any(route) &&
        media_kind(type) == ROUTES_BODY_PARTS) {
        body->kind = ROUTES_BODY_PARTS;
        return multipart_read(r, table, route, type, &body->parts);
    }
    buffer.at = apr_palloc(r->pool, buffer.size);
    status = read_all(r, route->body_limit, &buffer);
    return status != OK || buffer.len == 0
               ? status
               : keep_body(r, table, route, type, &buffer, body);
}

/* OK: it may be read, by what the request says of it. */
static int
check_welcome(request_rec *r, const struct routes_table *table,
              const struct routes_route *route)
{
    apr_off_t length = announced(r);
    const char *type = apr_table_get(r->headers_in, "Content-Type");

    if (reader_exceeds(length, route->body_limit)) {
        return refuse_size(r);
    }
    return ap_request_has_body(r) &&
                   (route->takes != 0 || route->n_consumes != 0) &&
                   !is_welcome(table, route, type, length)
               ? media_refuse(r, table, route)
               : OK;
}

/* Whether the request says nothing of a body; then there is none. */
static int
brings_none(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Content-Length") == NULL &&
           apr_table_get(r->headers_in, "Transfer-Encoding") == NULL &&
           r->kept_body == NULL;
}

int
body_read(request_rec *r, const struct routes_table *table,
          const struct routes_route *route, struct body *body)
{
    *body = (struct body){.kind = ROUTES_BODY_NONE};
    if (!(route->takes & ROUTES_TAKES_STREAM) && brings_none(r)) {
        return OK;
    }
    int status = check_welcome(r, table, route);
    if (status != OK) {
        return status;
    }
    if (route->takes & ROUTES_TAKES_STREAM) {
        body->stream = make_stream(r, route);
        return OK;
    }
    return route->takes == 0 || !ap_request_has_body(r)
               ? OK
               : read_body(r, table, route, body);
}

/* Reads a body that no argument needs. */
static int
take_unread(request_rec *r, const struct routes_route *route,
            struct body *body)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    struct buffer buffer = {.size = first_size(announced(r))};

    if (type != NULL && media_kind(type) == ROUTES_BODY_PARTS) {
        body->kind = ROUTES_BODY_PARTS;
        return multipart_gather(r, route->body_limit, type, &body->parts);
    }
    buffer.at = apr_palloc(r->pool, buffer.size);
    int status = read_pieces(r, route->body_limit, &buffer);
    if (status == OK && buffer.len > 0) {
        body->kind = kind_of(r, type);
        body->at = buffer.at;
        body->len = buffer.len;
    }
    return status;
}

int
body_take(request_rec *r, const struct routes_route *route, struct body *body)
{
    if (body->taken || !ap_request_has_body(r)) {
        return body->status;
    }
    body->taken = 1;
    if (route->takes == 0) {
        body->status = take_unread(r, route, body);
    }
    else if (body->kind == ROUTES_BODY_PARTS && body->parts == NULL) {
        body->status = multipart_take(
            r, NULL, NULL, apr_table_get(r->headers_in, "Content-Type"),
            body->at, body->len, &body->parts);
    }
    return body->status;
}

int
body_read_form(request_rec *r, const struct routes_table *table,
               const struct routes_route *route, struct body *body)
{
    struct routes_route form = *route;

    form.takes = ROUTES_TAKES_FORM;
    int status = check_welcome(r, table, &form);
    *body = (struct body){.kind = ROUTES_BODY_NONE};
    if (status != OK) {
        return status;
    }
    status = body_take(r, route, body);
    if (status == HTTP_UNSUPPORTED_MEDIA_TYPE ||
        (status == OK && body->kind == ROUTES_BODY_RAW)) {
        return media_refuse(r, table, &form);
    }
    return status == OK ? OK : answer_error(r, status);
}
