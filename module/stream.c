/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: a body that is sent while Python makes it.
 *
 * What is in memory is one chunk, or OUTFLOW_GATHER bytes where the function
 * asked not to flush.
 */
#include "stream.h"

#include "log.h"
#include "outflow.h"

/* Each chunk after the first; APR_EGENERAL: the function raised. */
static apr_status_t
send_rest(struct outflow *out, const struct reply *reply)
{
    apr_bucket *chunk = NULL;
    apr_status_t rv = embed_stream_next(reply->stream, &chunk);

    while (rv == APR_SUCCESS) {
        if (outflow_send(out, chunk, reply->flush) != APR_SUCCESS) {
            return APR_ECONNABORTED;
        }
        rv = embed_stream_next(reply->stream, &chunk);
    }
    return rv;
}

static void
send_all(struct outflow *out, const struct reply *reply)
{
    apr_status_t rv =
        outflow_send(out, reply->body, reply->flush) == APR_SUCCESS
            ? send_rest(out, reply)
            : APR_ECONNABORTED;

    if (rv == APR_EOF) {
        outflow_end(out);
    }
    else if (rv == APR_ECONNABORTED) {
        stream_say_gone(out->r);
    }
    else {
        outflow_cut(out);
    }
}

void
stream_say_gone(request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r,
                  LOGNO(0042) "the client went away while an answer was "
                              "streamed to it");
}

int
stream_send(request_rec *r, const struct reply *reply)
{
    struct outflow out;

    outflow_start(&out, r);
    if (!r->header_only) {
        send_all(&out, reply);
    }
    else {
        if (reply->body != NULL) {
            apr_bucket_delete(reply->body);
        }
        /* the length filter must not see the end with the headers: it would
         * take what is there by then for the whole length */
        if (outflow_send(&out, NULL, 1) == APR_SUCCESS) {
            outflow_end(&out);
        }
    }
    embed_stream_end(reply->stream);
    apr_brigade_destroy(out.brigade);
    return OK;
}
