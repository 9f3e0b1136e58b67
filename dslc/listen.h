/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the address of a server to be: understood, free, answering.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <apr_network_io.h>
#include <apr_pools.h>

struct listen {
    apr_sockaddr_t *address;
    const char *text; /* pool: "127.0.0.1:8080", "[::1]:8080" */
};

/* Understands "ADDRESS:PORT" or "PORT" (on 127.0.0.1) and tries whether we may
 * listen there.  NULL, or what is wrong, in pool. */
const char *
listen_find(apr_pool_t *pool, const char *wanted, struct listen *listen);

/* Whether somebody takes connections there now. */
int listen_answers(apr_pool_t *pool, const struct listen *listen);

#endif
