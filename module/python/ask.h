/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that realms ask who calls: what they are called with, and what
 * they may answer.
 */
#ifndef ASK_H
#define ASK_H

#include "py.h"

#include <apr_pools.h>

#include "embed.h"
#include "signature.h"

struct apache_state;

/* One function that realms of a table ask. */
struct ask {
    PyObject *callable;  /* owned, or NULL: its realms answer 503 */
    const char *subject; /* pool: "shop.routes:3: shop.authz:check" */
};

/* Fills *ask for a function and what it is asked; subject is set by the
 * caller.  Returns -1 with an exception if it can't be called so.
 * GIL: held. */
int
ask_make(struct apache_state *state, enum embed_ask kind, PyObject *callable,
         const struct signature *signature, struct ask *ask);

/* Calls it for the request that this thread serves.  Returns what it gave
 * (new), or NULL with an exception.  GIL: held. */
PyObject *ask_call(struct apache_state *state, const struct ask *ask,
                   const struct embed_question *question);

/* Understands what it gave: *word, and for EMBED_YES the caller, all of pool.
 * Returns -1 with an exception for what is no answer.  GIL: held. */
int ask_read(struct apache_state *state, apr_pool_t *pool,
             const struct embed_question *question, PyObject *given,
             enum embed_word *word, struct routes_caller *caller);

#endif
