/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a Python object as a bucket.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "py.h"

#include <apr_buckets.h>
#include <apr_pools.h>

struct interpreter;

/* Bytes that are copied; of more the object itself is kept. */
#define PAYLOAD_MAX_COPY 65536
/* The same of a stream's chunk: what APR's bucket memory keeps for reuse. */
#define PAYLOAD_MAX_CHUNK APR_BUCKET_BUFF_SIZE

/* A new bucket of list with these bytes, which are inside owner (a str or
 * bytes, borrowed).  Small ones are copied into pool; for large ones the
 * bucket holds a reference, and drops it on whatever thread destroys it.
 * NULL for no bytes.  GIL: held. */
apr_bucket *payload_create(struct interpreter *interpreter, PyObject *owner,
                           const char *bytes, size_t len, apr_pool_t *pool,
                           apr_bucket_alloc_t *list);

/* The same for a chunk of a stream, which may be longer than any pool should
 * grow: a small one is copied into the list's own memory.  GIL: held. */
apr_bucket *
payload_chunk(struct interpreter *interpreter, PyObject *owner,
              const char *bytes, size_t len, apr_bucket_alloc_t *list);

#endif
