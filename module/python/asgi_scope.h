/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scope of a request to an ASGI application.
 */
#ifndef ASGI_SCOPE_H
#define ASGI_SCOPE_H

#include "py.h"

#include <httpd.h>

struct apache_state;
struct embed_visit;

/* The scope, a dict.  Beside ASGI's own keys it has who calls, as the gate
 * found it: "routes.user", a str or None, is what REMOTE_USER is for WSGI, and
 * "routes.principal" an apache.Principal or None.  life: the state of the
 * application's lifespan, which is copied; None: it has none.  Returns new, or
 * NULL with an exception, a UnicodeDecodeError for a path that is no UTF-8.
 * GIL: held. */
PyObject *asgi_scope_make(struct apache_state *state, PyObject *life,
                          request_rec *r, const struct embed_visit *visit);

#endif
