/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Response: a result with its status, headers and cookies.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "py.h"

struct apache_state;

struct response {
    PyObject ob_base;
    PyObject *body;    /* owned: any result but a Response, or NULL: deleted */
    PyObject *status;  /* owned: an int, or None: that of a plain result; or
                          NULL: deleted */
    PyObject *headers; /* owned: an apache.Headers */
    char flush;        /* a streamed body: each chunk leaves at once */
};

/* The type, a heap type of the module that may be subclassed.  Returns new, or
 * NULL with an exception.  GIL: held. */
PyTypeObject *response_make_type(PyObject *module);

/* The object as a Response (borrowed), or NULL: it is none.  GIL: held. */
struct response *response_of(struct apache_state *state, PyObject *object);

#endif
