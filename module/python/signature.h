/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parameters a callable has, read without calling it.
 */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "py.h"

#include <apr_pools.h>
#include <apr_tables.h>

struct apache_state;

/* In the order, and with the numbers, of inspect.Parameter.kind. */
enum signature_kind {
    SIGNATURE_POSITIONAL_ONLY,
    SIGNATURE_PLAIN, /* by position or by name */
    SIGNATURE_VAR_POSITIONAL,
    SIGNATURE_KEYWORD_ONLY,
    SIGNATURE_VAR_KEYWORD
};

struct signature_parameter {
    const char *name; /* pool, UTF-8 */
    enum signature_kind kind;
    int required; /* it has no default */
};

enum signature_source {
    SIGNATURE_OF_CODE,    /* a Python function or method: to pass a plain
                             parameter by position means the same as by name,
                             and is cheaper */
    SIGNATURE_OF_INSPECT, /* what inspect.signature says */
    SIGNATURE_NO_NAMES,   /* unknown, of C code that takes no keywords */
    SIGNATURE_UNKNOWN     /* unknown */
};

struct signature {
    enum signature_source source;
    apr_array_header_t *parameters; /* struct signature_parameter; pool */
    int lazy; /* CO_* flags of a coroutine or generator function that it is */
};

/* Reads the signature of a callable.  A wrapper's is its own, not that of what
 * it wraps: that is what will be called.  Returns -1 with an exception.
 * GIL: held. */
int signature_read(struct apache_state *state, apr_pool_t *pool,
                   PyObject *callable, struct signature *signature);

/* Whether it takes an argument of this name by name.  GIL: either. */
int signature_takes_name(const struct signature *signature, const char *name);

/* Whether it takes n arguments by position, and needs no others.
 * GIL: either. */
int signature_takes_positional(const struct signature *signature, int n);

#endif
