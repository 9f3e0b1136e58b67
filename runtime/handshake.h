/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The opening handshake of a websocket (RFC 6455, 4.2): fields of a request in
 * HTTP/1.1, and what answers them.
 */
#ifndef ROUTES_HANDSHAKE_H
#define ROUTES_HANDSHAKE_H

#include <apr_pools.h>
#include <apr_tables.h>

#define ROUTES_HANDSHAKE_VERSION    "13"
#define ROUTES_HANDSHAKE_ACCEPT     29 /* bytes of an answer, with its NUL */
#define ROUTES_HANDSHAKE_MAX_OFFERS 64 /* subprotocols */

/* Fields of a request, each NULL if it was not sent. */
struct routes_handshake {
    const char *upgrade;    /* Upgrade */
    const char *connection; /* Connection */
    const char *key;        /* Sec-WebSocket-Key */
    const char *version;    /* Sec-WebSocket-Version */
    const char *protocols;  /* Sec-WebSocket-Protocol */
};

enum routes_handshake_fault {
    ROUTES_HANDSHAKE_GOOD,
    ROUTES_HANDSHAKE_OTHER_VERSION, /* 426 */
    ROUTES_HANDSHAKE_NO_KEY,        /* 400: none of 16 bytes in base64 */
    ROUTES_HANDSHAKE_NO_PROTOCOL    /* 400: what is offered is no list */
};

/* Whether a GET asks for a websocket at all; another is a plain request,
 * whatever else it says. */
int routes_handshake_asked(const struct routes_handshake *handshake);

/* What is wrong with one that asks.  offers, of const char * in pool: the
 * subprotocols, in the client's order. */
enum routes_handshake_fault
routes_handshake_check(const struct routes_handshake *handshake,
                       apr_pool_t *pool, apr_array_header_t *offers);

/* Sec-WebSocket-Accept for a key that was checked. */
void
routes_handshake_accept(const char *key, char accept[ROUTES_HANDSHAKE_ACCEPT]);

#endif
