/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.url_for: the URL of a named route, from its table.
 */
#ifndef URL_FOR_H
#define URL_FOR_H

#include "py.h"

#include "../../runtime/routes_abi.h"

struct interpreter;

/* Makes the names of a table known to an interpreter; both live as long as the
 * process.  Returns -1 if memory is short.  GIL: held. */
int
url_for_add(struct interpreter *interpreter, const struct routes_table *table);

/* url_for(name, /, *, _base=None, **values).  GIL: held. */
PyObject *url_for_make(PyObject *module, PyObject *const *args, Py_ssize_t n,
                       PyObject *keywords);

#endif
