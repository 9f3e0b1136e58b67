/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Principal: who calls, as a Python object of its own.
 */
#ifndef PRINCIPAL_H
#define PRINCIPAL_H

#include "py.h"

#include "../../runtime/caller.h"

struct apache_state;

/* The class, a heap type of the module.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyTypeObject *principal_make_type(PyObject *module);

/* The caller as an object that outlives the request; realm is the name of the
 * one that knows them.  None for an anonymous one.  Returns new, or NULL with
 * an exception.  GIL: held. */
PyObject *
principal_make(struct apache_state *state, const struct routes_caller *caller,
               const char *realm);

#endif
