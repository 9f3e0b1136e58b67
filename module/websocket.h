/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A websocket on the connection of a request (RFC 6455): its handshake's
 * answer, its life on httpd's thread, its end.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <httpd.h>

#include "python/embed.h"

/* Makes one, in r->pool, for a request whose handshake was checked; limit: of
 * a message, or ROUTES_BODY_UNLIMITED.  NULL: it can't be had, since nothing
 * tells when something comes on that connection. */
struct embed_socket *
websocket_make(request_rec *r, const char *key,
               const apr_array_header_t *offers, int64_t limit);

/* Closes one that is open, if nobody has, by what came of it (OK, or the
 * status of a fault), and waits a while for the client to do so, too.  Nothing
 * else of the request is to be sent, and the connection ends. */
void websocket_end(struct embed_socket *socket, int status);

#endif
