/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the records of a table are in Python: the names of their members, and
 * their classes; made once at child start.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "py.h"

#include <apr_pools.h>

#include "signature.h"

#include "../../runtime/routes_abi.h"

struct apache_state;

/* A member's name in JSON: `,"sku":`. */
struct shape_key {
    const char *at; /* pool */
    size_t len;
};

struct shape {
    PyObject *names; /* owned: a tuple of interned str; NULL: the record's
                        class failed, or that of one inside */
    PyObject *made;  /* owned: the class, or NULL: dict */
    struct shape_key *keys; /* pool; by member */
};

/* The shape of a record, its class (borrowed, with its signature) at hand, or
 * NULL for dict; what it keeps is of pool.  -1 with an exception: the class
 * doesn't take the members; names stays NULL.  GIL: held. */
int shape_make(struct apache_state *state, apr_pool_t *pool,
               apr_pool_t *scratch, const struct routes_table *table,
               const struct routes_record *record, PyObject *made,
               const struct signature *signature, struct shape *shape);

/* Takes the names of records that hold one without, so that none is entered
 * that can't be made.  GIL: held. */
void shape_spread(const struct routes_table *table, struct shape *shapes);

/* Refuses, with an exception, a type that holds a record without names.
 * GIL: held. */
int shape_check(struct apache_state *state, const struct routes_table *table,
                const struct shape *shapes, uint32_t type);

#endif
