/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function or class of a table, found in the interpreter by its module and
 * qualified name.
 */
#ifndef FUNCTION_H
#define FUNCTION_H

#include "py.h"

struct apache_state;

/* Imports the module and walks the qualified name ("Class.method").  A module
 * that failed once is not executed again: failed, a set, remembers it.
 * Returns new, or NULL with an exception.  GIL: held. */
PyObject *function_find(struct apache_state *state, PyObject *failed,
                        const char *module, const char *qualname);

/* The same, and it must be callable.  GIL: held. */
PyObject *function_resolve(struct apache_state *state, PyObject *failed,
                           const char *module, const char *qualname);

/* The same, and it must be an exception class.  GIL: held. */
PyObject *
function_resolve_exception(struct apache_state *state, PyObject *failed,
                           const char *module, const char *qualname);

#endif
