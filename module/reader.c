/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's body, piece by piece, within a limit.
 */
#include "reader.h"

#include <string.h>

#include <http_protocol.h>
#include <util_filter.h>
#include <apr_thread_proc.h>

#include "request.h"
#include "runtime/routes_abi.h"

#define READ_SIZE     65536 /* asked of the filters at once */
#define YIELDS        5    /* 2,300 of 2,300 resets were seen; 2,040 without */
#define FIRST_SIZE    4096 /* of a buffer, when no length is announced */
#define MOST_AT_FIRST (1024 * 1024) /* of it, whatever length is announced */

int
reader_exceeds(int64_t length, int64_t limit)
{
    return limit != ROUTES_BODY_UNLIMITED && length > limit;
}

int64_t
reader_announced(const request_rec *r)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;

    if (text == NULL) {
        return 0;
    }
    return ap_parse_strict_length(&length, text) ? length : INT64_MAX;
}

void
reader_start(struct reader *reader, request_rec *r, int64_t limit)
{
    *reader = (struct reader){
        .r = r,
        .next = reader_next,
        .take = reader_take,
        .limit = limit,
        .brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc),
        .inflated = apr_table_get(r->headers_in, "Content-Encoding") != NULL,
    };
}

/* No more is read: what is still to come would be taken for a request. */
static int
fail(struct reader *reader, int status)
{
    reader->status = status;
    reader->r->connection->keepalive = AP_CONN_CLOSE;
    apr_brigade_cleanup(reader->brigade);
    return status;
}

/* mod_deflate says EINVAL of a body that inflates suspiciously well, and of
 * nothing else. */
static int
fail_reading(struct reader *reader, apr_status_t rv)
{
    if (rv == APR_EINVAL && reader->inflated) {
        return fail(reader, HTTP_REQUEST_ENTITY_TOO_LARGE);
    }
    return fail(reader, ap_map_http_request_error(rv, HTTP_BAD_REQUEST));
}

static void
drop_current(struct reader *reader)
{
    if (reader->current != NULL) {
        apr_bucket_delete(reader->current);
        reader->current = NULL;
    }
}

/* Reads more if nothing is left.  Of a body whose framing is broken httpd ends
 * the answer itself, reports success and, next, the end of the body: what has
 * come in between is no part of it. */
static apr_status_t
fill(struct reader *reader)
{
    const request_rec *r = reader->r;
    int over = r->eos_sent;

    if (!APR_BRIGADE_EMPTY(reader->brigade)) {
        return APR_SUCCESS;
    }
    apr_status_t rv = ap_get_brigade(
        r->input_filters, reader->brigade, AP_MODE_READBYTES,
        reader->impatient ? APR_NONBLOCK_READ : APR_BLOCK_READ, READ_SIZE);
    if (!over && r->eos_sent) {
        request_end(r);
        return AP_FILTER_ERROR;
    }
    return rv;
}

/* Whether nothing has come, and nobody wants to wait for it. */
static int
has_nothing_yet(const struct reader *reader, apr_status_t rv)
{
    return reader->impatient &&
           (APR_STATUS_IS_EAGAIN(rv) ||
            (rv == APR_SUCCESS && APR_BRIGADE_EMPTY(reader->brigade)));
}

/* Takes the first bucket; *len is 0 if it has no data. */
static apr_status_t
take(struct reader *reader, const char **data, apr_size_t *len)
{
    apr_bucket *bucket = APR_BRIGADE_FIRST(reader->brigade);

    *len = 0;
    if (bucket == APR_BRIGADE_SENTINEL(reader->brigade)) {
        return APR_SUCCESS;
    }
    reader->ended = APR_BUCKET_IS_EOS(bucket);
    reader->current = bucket;
    if (APR_BUCKET_IS_METADATA(bucket)) {
        return APR_SUCCESS;
    }
    return apr_bucket_read(bucket, data, len, APR_BLOCK_READ);
}

/* Whether it is known from its Content-Length that a body is whole.  The
 * filter that inflates takes that away. */
static int
is_whole(const struct reader *reader)
{
    const char *text = apr_table_get(reader->r->headers_in, "Content-Length");
    apr_off_t length;

    return text != NULL && ap_parse_strict_length(&length, text) &&
           reader->taken >= length;
}

/* mod_http2 ends the body of a stream that its client has reset as if it were
 * whole, and says only then, in its own thread, that the stream is gone.  A
 * body that announced its length needs not wait for that. */
static apr_status_t
check_end(const struct reader *reader)
{
    const conn_rec *c = reader->r->connection;

    if (!reader->ended || c->master == NULL || is_whole(reader)) {
        return APR_SUCCESS;
    }
    if (apr_table_get(reader->r->headers_in, "Content-Length") != NULL) {
        return APR_ECONNABORTED;
    }
    for (int i = 0; i < YIELDS && !c->aborted; i++) {
        apr_thread_yield();
    }
    return c->aborted ? APR_ECONNABORTED : APR_SUCCESS;
}

int
reader_next(struct reader *reader, const char **data, apr_size_t *len)
{
    *len = 0;
    if (reader->status != OK) {
        return reader->status;
    }
    drop_current(reader);
    while (*len == 0 && !reader->ended) {
        apr_status_t rv = fill(reader);

        if (has_nothing_yet(reader, rv)) {
            return OK;
        }
        if (rv == APR_SUCCESS) {
            drop_current(reader);
            rv = take(reader, data, len);
        }
        if (rv == APR_SUCCESS) {
            rv = check_end(reader);
        }
        if (rv != APR_SUCCESS) {
            reader->current = NULL;
            return fail_reading(reader, rv);
        }
    }
    reader->taken += (int64_t)*len;
    if (reader_exceeds(reader->taken, reader->limit)) {
        reader->current = NULL;
        return fail(reader, HTTP_REQUEST_ENTITY_TOO_LARGE);
    }
    return OK;
}

int
reader_take(struct reader *reader, char *to, apr_size_t room, apr_size_t *len,
            int wait)
{
    *len = 0;
    reader->impatient = !wait;
    while (*len < room && !(reader->ended && reader->left == 0)) {
        if (reader->left == 0) {
            int status = reader_next(reader, &reader->at, &reader->left);

            if (status != OK) {
                return *len > 0 ? OK : status; /* which comes again */
            }
            if (reader->left == 0) {
                break;
            }
        }
        apr_size_t n = reader->left < room - *len ? reader->left : room - *len;

        memcpy(to + *len, reader->at, n);
        *len += n;
        reader->at += n;
        reader->left -= n;
        reader->impatient = 1; /* the rest may wait */
    }
    return OK;
}

/* ---- a whole body ------------------------------------------------------- */

struct buffer {
    char *at;
    apr_size_t len;
    apr_size_t size;
};

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
first_size(int64_t length)
{
    return length > 0 && length < MOST_AT_FIRST ? (apr_size_t)length
                                                : FIRST_SIZE;
}

int
reader_whole(request_rec *r, int64_t limit, const char **at, apr_size_t *len)
{
    struct buffer buffer = {.size = first_size(reader_announced(r))};
    struct reader reader;
    const char *data = NULL;
    apr_size_t n = 0;
    int status;

    *at = NULL;
    *len = 0;
    buffer.at = apr_palloc(r->pool, buffer.size);
    reader_start(&reader, r, limit);
    while ((status = reader_next(&reader, &data, &n)) == OK && n > 0) {
        append(r->pool, &buffer, data, n);
    }
    if (status == OK && buffer.len > 0) {
        *at = buffer.at;
        *len = buffer.len;
    }
    return status;
}

void
reader_end(struct reader *reader)
{
    if (reader->leave != NULL) {
        apr_pool_cleanup_run(reader->r->pool, reader->user, reader->leave);
        reader->leave = NULL;
    }
}
