/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages http.response.start and websocket.accept of an ASGI
 * application.
 */
#ifndef ASGI_MESSAGE_H
#define ASGI_MESSAGE_H

#include "py.h"

struct heading;
struct interpreter;

/* Python's check_start(message): what the message says as (status, ((name,
 * value), …)), checked as a heading is, or an exception.  For the loop's
 * thread alone.  Returns new, or NULL with an exception.  GIL: held. */
PyObject *asgi_message_checker(struct interpreter *interpreter);

/* Python's check_accept(message): the same for websocket.accept, which has no
 * status; 200 stands for it.  Headers that speak of the handshake, which is
 * httpd's, or of a body are refused. */
PyObject *asgi_message_accept_checker(struct interpreter *interpreter);

/* Fills a heading, which was begun, with what check_start gave.  -1 with an
 * exception.  GIL: held. */
int asgi_message_read(PyObject *checked, struct heading *heading);

#endif
