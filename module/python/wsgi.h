/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A WSGI application's answer to one request (PEP 3333).
 */
#ifndef WSGI_H
#define WSGI_H

#include "py.h"

struct embed_visit;
struct outlet;

/* Calls app(environ, start_response) for the request of the outlet, and sends
 * what it gives; base is from wsgi_environ_base.  Whatever happens, close() of
 * the iterable is called.  -1 with an exception; outlet->begun says whether
 * the client has seen anything, outlet->gone whether it is still there.
 * GIL: held, released in between. */
int wsgi_run(struct outlet *outlet, PyObject *base, PyObject *app,
             const struct embed_visit *visit);

#endif
