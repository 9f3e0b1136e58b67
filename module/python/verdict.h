/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions behind rules: what they are called with, and what is an answer.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "py.h"

#include "embed.h"
#include "signature.h"

struct apache_state;
struct shape;

/* A predicate with what it is given. */
struct verdict {
    PyObject *callable;  /* owned, or NULL: whoever depends on it gets 503 */
    const char *subject; /* pool: "shop.routes:3: shop.authz:owns" */
    unsigned n_args;     /* behind the principal */
};

/* Fills *verdict for a function; subject and n_args are set by the caller.
 * Returns -1 with an exception if it can't be called so, or never answers.
 * GIL: held. */
int verdict_make(struct apache_state *state, PyObject *callable,
                 const struct signature *signature, struct verdict *verdict);

/* Calls it.  shapes: of the table's records.  Returns what it gave (new), or
 * NULL with an exception.  GIL: held. */
PyObject *
verdict_call(struct apache_state *state, const struct shape *shapes,
             const struct verdict *verdict, const struct embed_case *about);

/* Whether what it gave is true.  Returns -1 with an exception for what has no
 * truth of its own, so that a `return user.is_owner` without its parentheses
 * grants nothing.  GIL: held. */
int verdict_read(PyObject *given);

#endif
