/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of Python's own types: dict, list, tuple, str, int, float, bool
 * and None, and what is derived from them.
 */
#ifndef JSON_H
#define JSON_H

#include "py.h"

#include <apr_buckets.h>
#include <apr_pools.h>

struct apache_state;

/* Lists and dicts inside each other. */
#define JSON_MAX_DEPTH 200

/* Whether json_write takes the object (what is inside it may still fail).
 * GIL: held. */
int json_takes(PyObject *object);

/* Writes the object into *body, a new bucket of list, or NULL on an exception:
 * something that is no JSON, a number that is not finite, a lone surrogate, a
 * key that is no str, too deep.  *length is that of the text.  GIL: held. */
apr_bucket *
json_write(struct apache_state *state, PyObject *object, apr_pool_t *pool,
           apr_bucket_alloc_t *list, apr_off_t *length);

#endif
