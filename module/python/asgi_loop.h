/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of ASGI runs on the event loop: an application's tasks, the two
 * functions that it gets, and its lifespan.
 */
#ifndef ASGI_LOOP_H
#define ASGI_LOOP_H

#include "py.h"

struct interpreter;

/* Milliseconds that all lifespans have to shut down; what the end of a process
 * has altogether is the deadline of shutdown.h. */
#define ASGI_LOOP_STOP_LIMIT 1200

/* Makes the loop know of ASGI, once an interpreter.  Returns -1 with an
 * exception.  GIL: held, released in between. */
int asgi_loop_need(struct interpreter *interpreter);

/* Starts the lifespan of an application (borrowed), once an interpreter, and
 * waits for it.  Returns new its state, a dict; None for an application that
 * has no lifespan; NULL with an exception: it refused to start.
 * GIL: held, released in between. */
PyObject *asgi_loop_start(struct interpreter *interpreter, PyObject *app);

/* Ends the lifespans, the last one first; one that hangs has a share of the
 * time, so that the others have theirs.  What goes wrong is logged.
 * GIL: held, released in between. */
void asgi_loop_stop(struct interpreter *interpreter);

/* Calls app(scope, receive, send) on the loop.  unread: there is a body.
 * Returns new what asgi.c speaks to, or NULL with an exception.
 * GIL: held, released in between. */
PyObject *asgi_loop_visit(struct interpreter *interpreter, PyObject *app,
                          PyObject *scope, int unread);

#endif
