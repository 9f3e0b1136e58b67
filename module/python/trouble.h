/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Error: what an error page is called with.
 */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct apache_state;
struct interpreter;

/* The type, a named tuple.  Returns new, or NULL with an exception.
 * GIL: held. */
PyTypeObject *trouble_make_type(void);

/* The error of the request that this thread serves.  Returns new, or NULL with
 * an exception.  GIL: held. */
PyObject *
trouble_make(struct apache_state *state, const struct routes_table *table,
             const struct embed_trouble *trouble);

/* Keeps an exception (borrowed) until trouble_drop, or the request's end.
 * GIL: held. */
struct embed_exception *trouble_keep(struct interpreter *interpreter,
                                     request_rec *r, PyObject *exception);

/* Gives it up; NULL is none.  GIL: held. */
void trouble_drop(struct embed_exception *kept);

#endif
