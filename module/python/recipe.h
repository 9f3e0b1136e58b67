/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one route's function is called: everything that is the same for each
 * call, made once at child start.
 *
 *     slots[]     0 .. n_positional          .. n_slots
 *                 by position, in the        by name, in the order
 *                 order of the parameters    of keywords (a tuple)
 */
#ifndef RECIPE_H
#define RECIPE_H

#include "py.h"

#include <apr_pools.h>

#include "signature.h"

#include "../../runtime/routes_abi.h"

struct apache_state;
struct shape;

/* One argument of the call. */
struct recipe_slot {
    uint32_t arg;     /* index into the route's arguments */
    PyObject *fixed;  /* owned: its constant or default, or NULL */
    const char *text; /* borrowed from the table: `fixed` is meant where the
                         value's text is this very one; NULL: always */
};

struct recipe_raise {
    PyObject *exception; /* owned: a class */
    int status;
};

struct recipe {
    PyObject *callable; /* owned, or NULL: the route answers 503 */
    PyObject *keywords; /* owned: a tuple of interned names, or NULL */
    unsigned n_positional;
    unsigned n_slots;
    unsigned n_raises;
    struct recipe_slot *slots;   /* pool */
    struct recipe_raise *raises; /* pool; innermost first */
    const struct shape *shapes;  /* borrowed: of the table's records */
    const char *subject;         /* pool: "shop.routes:7: shop.orders:show" */
    int async;                   /* its function runs on the event loop */
    uint32_t time; /* milliseconds that it may run, 0: as long as it likes */
};

/* "shop.routes:7: shop.orders:show" in pool.  GIL: either. */
const char *recipe_subject(apr_pool_t *pool, const struct routes_table *table,
                           const struct routes_function *function,
                           uint32_t file, uint32_t line);

/* Fills a route's recipe, whose function and signature are at hand; subject
 * is set by the caller.  On a call that the signature does not admit -1 with
 * an exception, and callable stays NULL.  Memory is of pool, and lives as long
 * as the recipe.  GIL: held. */
int recipe_make(struct apache_state *state, apr_pool_t *pool,
                const struct routes_table *table,
                const struct routes_route *route, PyObject *callable,
                const struct signature *signature, struct recipe *recipe);

/* The same for a function that is called with n arguments by position, beside
 * the routes: there are no slots.  GIL: held. */
int recipe_make_positional(struct apache_state *state, PyObject *callable,
                           const struct signature *signature, int n,
                           struct recipe *recipe);

/* Resolves the exception classes of the route's `raises`.  Returns -1 with an
 * exception.  GIL: held. */
int recipe_raises(struct apache_state *state, apr_pool_t *pool,
                  PyObject *failed, const struct routes_table *table,
                  const struct routes_route *route, struct recipe *recipe);

#endif
