/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of the table ABI by name.
 */
#ifndef ROUTES_METHOD_H
#define ROUTES_METHOD_H

#include <stddef.h>

#include "routes_abi.h"

/* The bit number of a method's name (case matters, RFC 9110 9.1), or
 * ROUTES_METHOD_NONE. */
enum routes_method routes_method_of(const char *name, size_t len);

/* The name of a method, never NULL: "" where it has none. */
const char *routes_method_name(enum routes_method method);

/* The same with the methods that the table declares. */
enum routes_method routes_method_in(const struct routes_table *table,
                                    const char *name, size_t len);
const char *routes_method_name_in(const struct routes_table *table,
                                  enum routes_method method);

/* The method of a request, by its name: none has WEBSOCKET. */
enum routes_method routes_method_asked(const struct routes_table *table,
                                       const char *name, size_t len);

/* Whether a route is one of websockets: it has that method alone. */
static inline int
routes_method_is_websocket(uint64_t methods)
{
    return methods == ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);
}

/* The methods of a path as requests have them: a websocket is asked for by a
 * GET. */
uint64_t routes_method_sent(uint64_t methods);

/* The status of a request to a path that has other methods only: 426 for a GET
 * or HEAD where it has websockets, else 405. */
int routes_method_refusal(enum routes_method method, uint64_t allow);

/* By what method rules know a request (its own method, or WEBSOCKET for a
 * handshake) whose route was declared for these methods; 0: it has none. */
enum routes_method
routes_method_met(enum routes_method method, uint64_t methods);

/* The bits of all methods that have a name in the table. */
uint64_t routes_method_known(const struct routes_table *table);

#endif
