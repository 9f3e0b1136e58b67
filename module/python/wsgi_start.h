/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start_response of PEP 3333, an object that is called, and the write() that
 * it gives.
 */
#ifndef WSGI_START_H
#define WSGI_START_H

#include "py.h"

struct apache_state;
struct outlet;

/* The type, a heap type of the module that Python code can't make objects of.
 * Returns new, or NULL with an exception.  GIL: held. */
PyTypeObject *wsgi_start_make_type(PyObject *module);

/* One for the outlet (borrowed).  Returns new.  GIL: held. */
PyObject *wsgi_start_create(struct apache_state *state, struct outlet *outlet);

/* The request is over: from here on each call raises.  GIL: held. */
void wsgi_start_end(PyObject *start);

#endif
