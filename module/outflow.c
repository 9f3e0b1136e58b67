/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that leaves in parts, while more of it is made.
 */
#include "outflow.h"

#include <http_protocol.h>

#include "request.h"

void
outflow_start(struct outflow *out, request_rec *r)
{
    *out = (struct outflow){
        .r = r,
        .brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc)};
}

/* Hands what was gathered on, unless httpd has ended the answer: it does where
 * a body that is read meanwhile is malformed, and what followed would be taken
 * for another answer. */
static apr_status_t
pass(struct outflow *out)
{
    conn_rec *c = out->r->connection;

    apr_status_t rv =
        request_is_over(out->r)
            ? APR_ECONNABORTED
            : ap_pass_brigade(out->r->output_filters, out->brigade);
    apr_brigade_cleanup(out->brigade);
    out->gathered = 0;
    out->left = 1;
    return rv == APR_SUCCESS && c->aborted ? APR_ECONNABORTED : rv;
}

static void
append(struct outflow *out, apr_bucket *bucket)
{
    APR_BRIGADE_INSERT_TAIL(out->brigade, bucket);
}

apr_status_t
outflow_send(struct outflow *out, apr_bucket *bucket, int flush)
{
    if (bucket != NULL) {
        out->gathered += bucket->length;
        append(out, bucket);
    }
    if (!flush && out->gathered < OUTFLOW_GATHER) {
        return APR_SUCCESS;
    }
    if (flush) {
        append(out, apr_bucket_flush_create(out->brigade->bucket_alloc));
    }
    return pass(out);
}

apr_status_t
outflow_end(struct outflow *out)
{
    append(out, apr_bucket_eos_create(out->brigade->bucket_alloc));
    return pass(out);
}

void
outflow_cut(struct outflow *out)
{
    request_rec *r = out->r;

    append(out, ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool,
                                       out->brigade->bucket_alloc));
    r->connection->keepalive = AP_CONN_CLOSE;
    outflow_end(out);
}
