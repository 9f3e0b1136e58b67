/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed values from JSON: scalars, lists, maps, records.
 */
#ifndef ROUTES_VALUE_JSON_H
#define ROUTES_VALUE_JSON_H

#include <apr_pools.h>

#include "json.h"
#include "problem.h"
#include "routes_abi.h"
#include "value.h"

struct routes_value_json {
    const struct routes_table *table;
    apr_pool_t *pool; /* of values and of the names of faults */
    struct routes_problems *problems;
};

/* Where a value stands in the body: a chain up to the body itself, which is
 * NULL. */
struct routes_json_place {
    const struct routes_json_place *up;
    const char *member; /* its name from the table, or NULL: an item */
    size_t index;       /* of the item */
};

/* The JSON pointer (RFC 6901) of a place, in pool. */
const char *routes_value_json_pointer(const struct routes_json_place *place,
                                      apr_pool_t *pool);

/* Reads a JSON value as types[type], null for an optional included.  Returns
 * 0 if it is good; else 1 with a fault for each part of it that is not.  Text
 * is borrowed from the JSON. */
int routes_value_json_read(const struct routes_value_json *reader,
                           uint32_t type, const struct routes_json *json,
                           const struct routes_json_place *place,
                           struct routes_value *value);

/* Whether each number inside is one that Python will hold: an int of as many
 * digits as a number may have, a finite float. */
int routes_value_json_numbers(const struct routes_json *json);

#endif
