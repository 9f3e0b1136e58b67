/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of Python's own types (dict, list, tuple, str, int, float, bool,
 * None and what is derived from them) and of those that json_types.h knows.
 */
#ifndef JSON_H
#define JSON_H

#include "py.h"

#include <apr_buckets.h>
#include <apr_pools.h>

struct apache_state;
struct json_text;

/* Lists, dicts, dataclasses and enumerations inside each other. */
#define JSON_MAX_DEPTH 200

/* apache.json_default(function), None to forget it: returns the function, so
 * that it serves as a decorator.  GIL: held. */
PyObject *json_set_default(PyObject *module, PyObject *function);

/* Whether json_write takes the object (what is inside it may still fail), or
 * -1 with an exception.  GIL: held. */
int json_takes(struct apache_state *state, PyObject *object);

/* Whether an object of any type may have a form: there is a default.
 * GIL: held. */
int json_takes_any(const struct apache_state *state);

/* Writes the object at the end of a text; -1 with an exception, as below.
 * GIL: held. */
int json_put(struct json_text *text, PyObject *object);

/* Writes the object into a new bucket of list, or returns NULL with an
 * exception: something that is no JSON, a number that is not finite, a lone
 * surrogate, a key that is no str, too deep, or whatever the object's code
 * raises.  *length is that of the text.  GIL: held. */
apr_bucket *
json_write(struct apache_state *state, PyObject *object, apr_pool_t *pool,
           apr_bucket_alloc_t *list, apr_off_t *length);

#endif
