/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result as the type that its route declares: what leaves is checked, and of
 * an object nothing leaves that its record does not declare.
 *
 * A misfit is an exception of state->refusal that names the place and the
 * types, and never the value: "items[3].price: expected decimal, got str".
 */
#ifndef SHAPED_H
#define SHAPED_H

#include "py.h"

#include <apr_buckets.h>
#include <apr_pools.h>

#include "../../runtime/routes_abi.h"

struct apache_state;
struct shape;

/* What results of a table are written with. */
struct shaped {
    struct apache_state *state;
    const struct routes_table *table;
    const struct shape *shapes; /* of its records */
};

/* Whether an answer of the type is text or bytes rather than JSON. */
int shaped_is_plain(const struct routes_table *table, uint32_t type);

/* What leaves of an object where the type is plain: an exact or derived str,
 * or bytes.  Returns new, or NULL with an exception.  GIL: held. */
PyObject *
shaped_plain(const struct shaped *shaped, uint32_t type, PyObject *object);

/* Writes the object as JSON into a new bucket of list: all of it, or NULL with
 * an exception.  *length is that of the text.  GIL: held. */
apr_bucket *
shaped_write(const struct shaped *shaped, uint32_t type, PyObject *object,
             apr_pool_t *pool, apr_bucket_alloc_t *list, apr_off_t *length);

#endif
