/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a request: read whole, within the limit.
 */
#include "body.h"

#include <string.h>

#include <http_protocol.h>
#include <util_filter.h>
#include <apr_buckets.h>
#include <apr_strings.h>

#include "answer.h"

#define READ_SIZE  8192 /* asked of the filters at once */
#define FIRST_SIZE 4096 /* of the buffer, when no length is announced */

#define FORM_TYPE "application/x-www-form-urlencoded"
#define JSON_TYPE "application/json"

/* ---- what it is -------------------------------------------------------- */

static int
is_token(const char *at, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(at, word, len) == 0;
}

/* Whether the parameters of a media type name another charset than UTF-8. */
static int
is_foreign_charset(const char *params)
{
    static const char name[] = "charset=";

    while (*params == ';') {
        params++;
        params += strspn(params, " \t");
        if (strncasecmp(params, name, sizeof(name) - 1) == 0) {
            const char *value = params + sizeof(name) - 1;

            value += *value == '"';
            return !is_token(value, strcspn(value, "\"; \t"), "utf-8");
        }
        params += strcspn(params, ";");
    }
    return 0;
}

/* The kind of a Content-Type, ROUTES_BODY_NONE for one we don't take. */
static enum routes_body
kind_of(const char *type)
{
    size_t len = strcspn(type, "; \t");
    const char *params = type + len + strspn(type + len, " \t");

    if (is_foreign_charset(params)) {
        return ROUTES_BODY_NONE;
    }
    if (is_token(type, len, FORM_TYPE)) {
        return ROUTES_BODY_FORM;
    }
    return is_token(type, len, JSON_TYPE) ? ROUTES_BODY_JSON
                                          : ROUTES_BODY_NONE;
}

static int
refuse_type(request_rec *r)
{
    apr_table_setn(r->err_headers_out, "Accept", FORM_TYPE ", " JSON_TYPE);
    return answer_error(r, HTTP_UNSUPPORTED_MEDIA_TYPE);
}

/* Whether a header is there and says anything but one word. */
static int
differs(const request_rec *r, const char *header, const char *word)
{
    const char *value = apr_table_get(r->headers_in, header);

    return value != NULL && strcasecmp(value, word) != 0;
}

/* An input filter that decodes takes the header away.  httpd takes a body as
 * chunked if that is the last of its codings, and does not undo the others. */
static int
is_encoded(const request_rec *r)
{
    return differs(r, "Content-Encoding", "identity") ||
           differs(r, "Transfer-Encoding", "chunked");
}

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

/* The announced length, -1 if none is, BODY_LIMIT + 1 for any above. */
static apr_off_t
announced(const request_rec *r)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;

    if (text == NULL) {
        return -1;
    }
    if (!ap_parse_strict_length(&length, text) || length > BODY_LIMIT) {
        return BODY_LIMIT + 1;
    }
    return length;
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

/* Copies a brigade's data; *ended when it held the end of the body.  OK or
 * the status that refuses it. */
static int
take(request_rec *r, apr_bucket_brigade *brigade, struct buffer *buffer,
     int *ended)
{
    for (apr_bucket *bucket = APR_BRIGADE_FIRST(brigade);
         bucket != APR_BRIGADE_SENTINEL(brigade) && !*ended;
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *data;
        apr_size_t len;

        *ended = APR_BUCKET_IS_EOS(bucket);
        if (APR_BUCKET_IS_METADATA(bucket)) {
            continue;
        }
        apr_status_t rv = apr_bucket_read(bucket, &data, &len, APR_BLOCK_READ);
        if (rv != APR_SUCCESS) {
            return answer_error(
                r, ap_map_http_request_error(rv, HTTP_BAD_REQUEST));
        }
        if (len > BODY_LIMIT - buffer->len) {
            return refuse_size(r);
        }
        append(r->pool, buffer, data, len);
    }
    return OK;
}

static int
read_all(request_rec *r, struct buffer *buffer)
{
    apr_bucket_brigade *brigade =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    int ended = 0;
    int status = OK;

    while (!ended && status == OK) {
        apr_status_t rv =
            ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES,
                           APR_BLOCK_READ, READ_SIZE);

        status = rv == APR_SUCCESS
                     ? take(r, brigade, buffer, &ended)
                     : answer_error(
                           r, ap_map_http_request_error(rv, HTTP_BAD_REQUEST));
        apr_brigade_cleanup(brigade);
    }
    return status;
}

int
body_read(request_rec *r, const struct routes_route *route, struct body *body)
{
    apr_off_t length = announced(r);

    *body = (struct body){.kind = ROUTES_BODY_NONE};
    if (length > BODY_LIMIT) {
        return refuse_size(r);
    }
    if (!route->from_body || !ap_request_has_body(r)) {
        return OK;
    }
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    if (type != NULL && kind_of(type) == ROUTES_BODY_NONE) {
        return refuse_type(r);
    }
    struct buffer buffer = {.size =
                                length > 0 ? (apr_size_t)length : FIRST_SIZE};
    buffer.at = apr_palloc(r->pool, buffer.size);
    int status = read_all(r, &buffer);
    if (status != OK || buffer.len == 0) {
        return status;
    }
    if (type == NULL || is_encoded(r)) {
        return refuse_type(r);
    }
    *body = (struct body){
        .kind = kind_of(type), .at = buffer.at, .len = buffer.len};
    return OK;
}
