/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that ask for a websocket, and which of them get one.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include <httpd.h>

#include "request.h"

struct embed_socket; /* python/embed.h */

/* Whether the request asks for a websocket, whoever answers it: a table or a
 * backend that is mounted may open one. */
int upgrade_asked(const request_rec *r);

/* Whether it does, and its route has some.  Another is a plain request,
 * whatever its Upgrade says. */
int upgrade_is(const request_rec *r, const struct request *request);

/* The websocket of such a request: OK with *socket, in r->pool; or the status
 * of a handshake that is none (400, 426), or of a connection that has no
 * websockets (501). */
int upgrade_make(request_rec *r, const struct request *request,
                 struct embed_socket **socket);

#endif
