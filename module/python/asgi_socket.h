/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ASGI application's websocket: httpd's side of it.
 */
#ifndef ASGI_SOCKET_H
#define ASGI_SOCKET_H

#include "py.h"

struct embed_socket;
struct heading;

/* Accepts the websocket as the link's application said (heading: its headers,
 * checked), and speaks for it until either side closes, or the application has
 * ended.  link: a Socket of asgi_socket_loop.c, whose event is as given.
 * Returns 0, or -1 with the exception that it raised.
 * GIL: held, released in between. */
int asgi_socket_talk(struct embed_socket *socket,
                     const struct heading *heading, PyObject *link, int event);

#endif
