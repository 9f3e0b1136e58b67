/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.table: one of a request's tables as a MutableMapping, live.
 */
#ifndef VIEW_H
#define VIEW_H

#include "py.h"

struct apache_state;

/* Which table of the request. */
enum view_kind {
    VIEW_HEADERS_IN,
    VIEW_HEADERS_OUT,
    VIEW_ERR_HEADERS_OUT,
    VIEW_SUBPROCESS_ENV,
    VIEW_NOTES
};

/* The class, which is one of collections.abc.MutableMapping.  Returns new, or
 * NULL with an exception.  GIL: held. */
PyTypeObject *view_make_type(PyObject *module);

/* Makes class NAME(base, MutableMapping) of the module's own type.  Returns
 * new, or NULL with an exception.  GIL: held. */
PyTypeObject *view_derive(PyObject *module, PyType_Spec *spec,
                          const char *name, const char *doc);

/* A view of a table of an apache.Request (borrowed; the view keeps it).
 * Returns new, or NULL with an exception.  GIL: held. */
PyObject *
view_make(struct apache_state *state, PyObject *request, enum view_kind kind);

#endif
