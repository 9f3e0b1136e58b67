/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of addresses: read, compared, written.
 *
 * An address is a network of its own.  One of IPv4 that came mapped
 * (::ffff:10.0.0.1) is an address of IPv4, and no network of IPv6 holds it.
 */
#ifndef ROUTES_NETWORK_H
#define ROUTES_NETWORK_H

#include <stddef.h>

#include <apr_pools.h>

#include "routes_abi.h"

enum routes_network_fault {
    ROUTES_NETWORK_GOOD,
    ROUTES_NETWORK_NONE, /* neither an address nor a network */
    ROUTES_NETWORK_BITS, /* no such prefix length */
    ROUTES_NETWORK_HOST  /* bits beyond the prefix are set; *network is the
                            one without them */
};

/* "10.0.0.0/8", "2001:db8::1".  Names are not looked up. */
enum routes_network_fault
routes_network_read(const char *text, struct routes_network *network);

/* The address of 4 or 16 bytes, in the order of the network. */
void routes_network_of(const void *bytes, size_t len,
                       struct routes_network *network);

/* Whether each address of the inner one is in the outer one. */
int routes_network_holds(const struct routes_network *outer,
                         const struct routes_network *inner);

/* Whether a row of a table can be one: a family, bits inside the prefix
 * alone, no mapped address. */
int routes_network_valid(const struct routes_network *network);

/* Its half, 0 or 1: one bit longer.  It must be longer than an address's. */
struct routes_network
routes_network_half(const struct routes_network *network, int half);

/* "10.0.0.0/8"; of one address, that alone.  In pool. */
const char *
routes_network_text(const struct routes_network *network, apr_pool_t *pool);

#endif
