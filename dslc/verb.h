/* SPDX-License-Identifier: Apache-2.0 */
/* verb: the request methods by name, with those that programs declare. */
#ifndef DSLC_VERB_H
#define DSLC_VERB_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/routes_abi.h"

/* The number of a method, or ROUTES_METHOD_NONE. */
enum routes_method verb_of(const char *name, size_t len);

/* Its name; "" where it has none. */
const char *verb_name(enum routes_method method);

/* The number of a method that a program declares: the same for every program
 * of this run, so that two can be compared.  ROUTES_METHOD_NONE when there is
 * no room. */
enum routes_method verb_declare(const char *name);

/* The bits of all methods that have a name, and of ROUTES_METHOD_NONE. */
uint64_t verb_all(void);

#endif
