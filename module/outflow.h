/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that leaves in parts, while more of it is made.
 */
#ifndef OUTFLOW_H
#define OUTFLOW_H

#include <httpd.h>
#include <apr_buckets.h>

/* Bytes that are gathered, where nobody asks to flush, before they go on. */
#define OUTFLOW_GATHER 16384

struct outflow {
    request_rec *r;              /* borrowed */
    apr_bucket_brigade *brigade; /* r->pool */
    apr_size_t gathered;         /* bytes in the brigade */
    int left;                    /* something has been handed on */
};

void outflow_start(struct outflow *out, request_rec *r);

/* Takes a bucket, or none.  Flushed, all that is there leaves, and a client
 * that takes nothing is waited for: that is the back-pressure.  An error: the
 * client is not there any more. */
apr_status_t outflow_send(struct outflow *out, apr_bucket *bucket, int flush);

/* The body is whole. */
apr_status_t outflow_end(struct outflow *out);

/* The body is not whole: keeps httpd from ending it as if it were, and closes
 * the connection, or resets the stream of HTTP/2. */
void outflow_cut(struct outflow *out);

#endif
