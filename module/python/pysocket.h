/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.WebSocket: the websocket of a request as its function has it.
 *
 * That of a `def` function waits, without the GIL, on the thread that serves
 * the request, and on no other.  That of an `async def` function is of
 * pysocket_loop.h.
 */
#ifndef PYSOCKET_H
#define PYSOCKET_H

#include "py.h"

struct apache_state;
struct embed_socket;

/* Adds apache.WebSocket, apache.AsyncWebSocket and apache.Disconnected, each
 * kept in the state.  Returns -1 with an exception.  GIL: held. */
int pysocket_add_types(PyObject *module, struct apache_state *state);

/* The offers of a client as a tuple of str.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyObject *pysocket_offers(const struct embed_socket *socket);

/* The subprotocol that an object names, one of the offers; NULL: none.
 * GIL: held. */
const char *
pysocket_protocol(const struct embed_socket *socket, PyObject *protocol);

/* The object for a `def` function that this thread calls.  Returns new, or
 * NULL with an exception.  GIL: held. */
PyObject *
pysocket_make(struct apache_state *state, struct embed_socket *socket);

/* The function has ended: who keeps the object has nothing of it.
 * GIL: held. */
void pysocket_end(PyObject *object);

#endif
