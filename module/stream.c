/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: a body that is sent while Python makes it.
 *
 * A flush bucket behind each chunk makes httpd write it out, and wait while
 * the client takes nothing: that is the back-pressure.  What is in memory is
 * one chunk, or STREAM_GATHER bytes where the function asked not to flush.
 */
#include "stream.h"

#include <http_protocol.h>
#include <http_request.h>

#include "log.h"

/* A stream on its way out. */
struct outflow {
    request_rec *r;
    apr_bucket_brigade *brigade;
    int flush;
    apr_size_t gathered; /* bytes in the brigade */
};

/* Hands what was gathered on; an error: the client is not there any more. */
static apr_status_t
pass(struct outflow *out)
{
    conn_rec *c = out->r->connection;

    apr_status_t rv = ap_pass_brigade(out->r->output_filters, out->brigade);
    apr_brigade_cleanup(out->brigade);
    out->gathered = 0;
    return rv == APR_SUCCESS && c->aborted ? APR_ECONNABORTED : rv;
}

static void
append(struct outflow *out, apr_bucket *bucket)
{
    APR_BRIGADE_INSERT_TAIL(out->brigade, bucket);
}

static apr_status_t
send_chunk(struct outflow *out, apr_bucket *chunk)
{
    if (chunk != NULL) {
        out->gathered += chunk->length;
        append(out, chunk);
    }
    if (!out->flush && out->gathered < STREAM_GATHER) {
        return APR_SUCCESS;
    }
    if (out->flush) {
        append(out, apr_bucket_flush_create(out->brigade->bucket_alloc));
    }
    return pass(out);
}

/* The length filter must not see the end with the headers: it would take what
 * is there by then for the whole length. */
static apr_status_t
send_head(struct outflow *out)
{
    append(out, apr_bucket_flush_create(out->brigade->bucket_alloc));
    return pass(out);
}

static apr_status_t
send_end(struct outflow *out)
{
    append(out, apr_bucket_eos_create(out->brigade->bucket_alloc));
    return pass(out);
}

/* This bucket keeps httpd from ending the body as if it were whole, and closes
 * the connection, or resets the stream of HTTP/2. */
static void
cut(struct outflow *out)
{
    request_rec *r = out->r;

    append(out, ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool,
                                       out->brigade->bucket_alloc));
    r->connection->keepalive = AP_CONN_CLOSE;
    send_end(out);
}

/* Each chunk after the first; APR_EGENERAL: the function raised. */
static apr_status_t
send_rest(struct outflow *out, struct embed_stream *stream)
{
    apr_bucket *chunk = NULL;
    apr_status_t rv = embed_stream_next(stream, &chunk);

    while (rv == APR_SUCCESS) {
        if (send_chunk(out, chunk) != APR_SUCCESS) {
            return APR_ECONNABORTED;
        }
        rv = embed_stream_next(stream, &chunk);
    }
    return rv;
}

static void
send_all(struct outflow *out, const struct reply *reply)
{
    apr_status_t rv = send_chunk(out, reply->body) == APR_SUCCESS
                          ? send_rest(out, reply->stream)
                          : APR_ECONNABORTED;

    if (rv == APR_EOF) {
        send_end(out);
    }
    else if (rv == APR_ECONNABORTED) {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, out->r,
                      LOGNO(0042) "the client went away while an answer was "
                                  "streamed to it");
    }
    else {
        cut(out);
    }
}

int
stream_send(request_rec *r, const struct reply *reply)
{
    struct outflow out = {
        .r = r,
        .brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc),
        .flush = reply->flush};

    if (!r->header_only) {
        send_all(&out, reply);
    }
    else {
        if (reply->body != NULL) {
            apr_bucket_delete(reply->body);
        }
        if (send_head(&out) == APR_SUCCESS) {
            send_end(&out);
        }
    }
    embed_stream_end(reply->stream);
    apr_brigade_destroy(out.brigade);
    return OK;
}
