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

/* The name of a method, never NULL. */
const char *routes_method_name(enum routes_method method);

#endif
