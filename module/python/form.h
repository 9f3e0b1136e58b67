/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Form, and what code that asks for it gets of a request itself: its
 * cookies, its form, its JSON.
 */
#ifndef FORM_H
#define FORM_H

#include "py.h"

#include <httpd.h>

struct apache_state;

/* The class, a heap type of the module: a mapping of names to the first value
 * of each, with getfirst and getlist; its files are a form of their own.
 * Returns new, or NULL with an exception.  GIL: held. */
PyTypeObject *form_make_type(PyObject *module);

/* The fields of a body, or its value; object is the request's apache.Request,
 * whose thread this is.  The body is the one that the arguments were decoded
 * from, or it is read now, up to the route's limit.  Returns new, or NULL with
 * an exception: apache.BodyError with the status of the answer.
 * GIL: held, released while the body is read and decoded. */
PyObject *form_of_body(struct apache_state *state, PyObject *object);
PyObject *form_json_of_body(struct apache_state *state, PyObject *object);

/* The same as bytes, not decoded; 415 for a multipart body that was read as
 * parts.  GIL: held, released meanwhile. */
PyObject *form_raw_body(struct apache_state *state, PyObject *object);

/* A dict of the request's cookies, the first of each name.  Returns new, or
 * NULL with an exception: apache.BodyError, 400, for one that is no UTF-8 or
 * that RFC 6265 does not allow.  GIL: held. */
PyObject *form_of_cookies(struct apache_state *state, PyObject *object);

#endif
