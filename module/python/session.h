/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Session: what functions keep for a browser; login and logout.
 */
#ifndef PYSESSION_H
#define PYSESSION_H

#include "py.h"

struct apache_state;
struct embed_question;

/* Makes the types and puts them into the module.  Returns -1 with an
 * exception.  GIL: held. */
int session_add_types(PyObject *module, struct apache_state *state);

/* The session of an apache.Request (borrowed; the session keeps it).  Returns
 * new, or NULL with an exception: RuntimeError where there can be none.
 * GIL: held, released in between. */
PyObject *session_make(struct apache_state *state, PyObject *request);

/* What a `load` is asked, as apache.Login: (user, id, since).  Returns new, or
 * NULL with an exception.  GIL: held. */
PyObject *session_make_login(struct apache_state *state,
                             const struct embed_question *question);

/* Functions of the module; see their docs in apache_module.c.
 * GIL: held, released in between. */
PyObject *session_login(PyObject *module, PyObject *args, PyObject *keywords);
PyObject *session_logout(PyObject *module, PyObject *request);
PyObject *session_csrf_token(PyObject *module, PyObject *args);
PyObject *
session_own_path(PyObject *module, PyObject *args, PyObject *keywords);

#endif
