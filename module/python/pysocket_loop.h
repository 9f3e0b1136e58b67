/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.AsyncWebSocket: the websocket of an `async def` function, which runs
 * on the event loop; and apache.Disconnected, of both kinds.
 */
#ifndef PYSOCKET_LOOP_H
#define PYSOCKET_LOOP_H

#include "py.h"

struct apache_state;
struct embed_socket;
struct interpreter;

/* Adds both classes, each kept in the state.  Returns -1 with an exception.
 * GIL: held. */
int pysocket_loop_add_types(PyObject *module, struct apache_state *state);

/* Makes the loop know of it, once an interpreter.  Returns -1 with an
 * exception.  GIL: held, released in between. */
int pysocket_loop_need(struct interpreter *interpreter);

/* The object for a function that is about to be called.  Returns new, or NULL
 * with an exception.  GIL: held. */
PyObject *pysocket_loop_make(struct interpreter *interpreter,
                             const struct embed_socket *socket);

/* Runs what the function gave, to be awaited, on the loop.  Returns new what
 * asgi.c speaks to, or NULL with an exception.  subject: the function's.
 * GIL: held, released in between. */
PyObject *
pysocket_loop_start(struct interpreter *interpreter, PyObject *object,
                    PyObject *awaitable, const char *subject);

#endif
