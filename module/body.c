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

static int
refuse_size(request_rec *r)
{
    /* what is still to come is not read */
    r->connection->keepalive = AP_CONN_CLOSE;
    return answer_error(r, HTTP_REQUEST_ENTITY_TOO_LARGE);
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
           const char *type, int64_t length)
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
          struct body *body)
{
    body->kind = kind_of(r, type);
    if (body->kind == ROUTES_BODY_PARTS && takes_parts(route)) {
        int status = multipart_take(r, table, route, type, body->at, body->len,
                                    &body->parts);

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
    if (type != NULL && !takes_any(route) &&
        media_kind(type) == ROUTES_BODY_PARTS) {
        body->kind = ROUTES_BODY_PARTS;
        return multipart_read(r, table, route, type, &body->parts);
    }
    int status = reader_whole(r, route->body_limit, &body->at, &body->len);
    if (status != OK) {
        return answer_error(r, status);
    }
    return body->len == 0 ? OK : keep_body(r, table, route, type, body);
}

/* OK: it may be read, by what the request says of it. */
static int
check_welcome(request_rec *r, const struct routes_table *table,
              const struct routes_route *route)
{
    int64_t length = reader_announced(r);
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
    if (type != NULL && media_kind(type) == ROUTES_BODY_PARTS) {
        body->kind = ROUTES_BODY_PARTS;
        return multipart_gather(r, route->body_limit, type, &body->parts);
    }
    int status = reader_whole(r, route->body_limit, &body->at, &body->len);
    if (status == OK && body->len > 0) {
        body->kind = kind_of(r, type);
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
    if (route->takes == 0 && body->at == NULL) {
        body->status = take_unread(r, route, body);
    }
    else if (body->kind == ROUTES_BODY_PARTS && body->parts == NULL) {
        body->status = multipart_take(
            r, NULL, NULL, apr_table_get(r->headers_in, "Content-Type"),
            body->at, body->len, &body->parts);
    }
    return body->status;
}

void
body_begin(const request_rec *r, const char *at, apr_size_t len,
           struct body *body)
{
    *body = (struct body){.kind = ROUTES_BODY_NONE, .at = at, .len = len};
    if (at != NULL) {
        body->kind = kind_of(r, apr_table_get(r->headers_in, "Content-Type"));
    }
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
