/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ASGI application's answer to one request (ASGI 3.0, HTTP).
 */
#ifndef ASGI_H
#define ASGI_H

#include "py.h"

struct embed_visit;
struct outlet;

/* Calls app(scope, receive, send) on the event loop for the request of the
 * outlet, and does for it meanwhile what httpd's thread alone may do: read the
 * body, send the answer.  life: the state of its lifespan, or None.  Returns 0
 * with *status: OK when the answer is whole but for its end (the application
 * may go on without the request), DONE when the client has gone, or the status
 * of a body that could not be read; -1 with an exception.
 * GIL: held, released in between. */
int asgi_run(struct outlet *outlet, PyObject *life, PyObject *app,
             const struct embed_visit *visit, int *status);

/* The same for a websocket whose function runs as pysocket_loop_start() has it
 * (borrowed): OK when it is over, 403 if it was refused.  The link is given
 * up.  GIL: held, released in between. */
int asgi_talk(struct outlet *outlet, const struct embed_visit *visit,
              PyObject *link, int *status);

#endif
