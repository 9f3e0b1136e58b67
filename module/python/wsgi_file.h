/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wsgi.file_wrapper of PEP 3333: an iterable over the blocks of a file, which
 * is sent from its descriptor if it has one.
 */
#ifndef WSGI_FILE_H
#define WSGI_FILE_H

#include "py.h"

struct apache_state;

/* The type.  Returns new, or NULL with an exception.  GIL: held. */
PyTypeObject *wsgi_file_make_type(PyObject *module);

/* The file that an object wraps (borrowed), or NULL: it is no wrapper of this
 * very type.  GIL: held. */
PyObject *wsgi_file_of(struct apache_state *state, PyObject *object);

#endif
