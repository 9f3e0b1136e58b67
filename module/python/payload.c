/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a Python object as a bucket.
 *
 * Copies and splits of a bucket share one struct payload, counted by APR;
 * the last one that is destroyed drops the reference.  A filter may set a
 * bucket aside as it is: its memory lives as long as it.
 */
#include "payload.h"

#include <apr_strings.h>

#include "interpreter.h"

struct payload {
    apr_bucket_refcount refcount;    /* first, as APR wants it */
    struct interpreter *interpreter; /* borrowed */
    PyObject *owner;                 /* owned */
    const char *bytes;               /* inside owner */
};

/* GIL: not held. */
static void
destroy(void *data)
{
    struct payload *body = data;
    if (!apr_bucket_shared_destroy(body)) {
        return;
    }
    /* inside a signal handler of a process that ends, the GIL may be held by
     * the very code that the signal interrupted */
    if (!interpreter_stopping(body->interpreter) &&
        interpreter_enter(body->interpreter) != NULL) {
        Py_DECREF(body->owner);
        interpreter_leave();
    }
    apr_bucket_free(body);
}

static apr_status_t
read_bytes(apr_bucket *bucket, const char **bytes, apr_size_t *len,
           apr_read_type_e block)
{
    (void)block;
    const struct payload *body = bucket->data;
    *bytes = body->bytes + bucket->start;
    *len = bucket->length;
    return APR_SUCCESS;
}

static const apr_bucket_type_t type = {
    .name = "PYOBJECT",
    .num_func = 5,
    .is_metadata = APR_BUCKET_DATA,
    .destroy = destroy,
    .read = read_bytes,
    .setaside = apr_bucket_setaside_noop,
    .split = apr_bucket_shared_split,
    .copy = apr_bucket_shared_copy,
};

static apr_bucket *
keep(struct interpreter *interpreter, PyObject *owner, const char *bytes,
     size_t len, apr_bucket_alloc_t *list)
{
    struct payload *body = apr_bucket_alloc(sizeof *body, list);
    body->interpreter = interpreter;
    body->owner = Py_NewRef(owner);
    body->bytes = bytes;
    apr_bucket *bucket = apr_bucket_alloc(sizeof *bucket, list);
    APR_BUCKET_INIT(bucket);
    bucket->free = apr_bucket_free;
    bucket->list = list;
    bucket = apr_bucket_shared_make(bucket, body, 0, len);
    bucket->type = &type;
    return bucket;
}

apr_bucket *
payload_create(struct interpreter *interpreter, PyObject *owner,
               const char *bytes, size_t len, apr_pool_t *pool,
               apr_bucket_alloc_t *list)
{
    if (len == 0) {
        return NULL;
    }
    if (len > PAYLOAD_MAX_COPY) {
        return keep(interpreter, owner, bytes, len, list);
    }
    /* transient: a filter that keeps it longer than the pool copies it */
    return apr_bucket_transient_create(apr_pmemdup(pool, bytes, len), len,
                                       list);
}

apr_bucket *
payload_chunk(struct interpreter *interpreter, PyObject *owner,
              const char *bytes, size_t len, apr_bucket_alloc_t *list)
{
    if (len == 0) {
        return NULL;
    }
    if (len > PAYLOAD_MAX_CHUNK) {
        return keep(interpreter, owner, bytes, len, list);
    }
    return apr_bucket_heap_create(bytes, len, NULL, list);
}
