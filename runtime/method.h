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

/* The bits of all methods that have a name in the table. */
uint64_t routes_method_known(const struct routes_table *table);

#endif
