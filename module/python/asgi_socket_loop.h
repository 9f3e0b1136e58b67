/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an ASGI application's websocket runs on the event loop: the two
 * functions that it gets.
 */
#ifndef ASGI_SOCKET_LOOP_H
#define ASGI_SOCKET_LOOP_H

#include "py.h"

struct interpreter;

/* Makes the loop know of it, once an interpreter, behind asgi_loop.c's own.
 * Returns -1 with an exception.  GIL: held. */
int asgi_socket_loop_define(struct interpreter *interpreter);

/* Calls app(scope, receive, send) on the loop, for a scope of the type
 * websocket.  Returns new what asgi.c and asgi_socket.c speak to, or NULL with
 * an exception.  GIL: held, released in between. */
PyObject *asgi_socket_loop_visit(struct interpreter *interpreter,
                                 PyObject *app, PyObject *scope);

#endif
