/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text (RFC 8259) of a request, as the sequence of its values.
 *
 *     {"a": [1, "x"], "b": {}}
 *
 *     OBJECT len 2 size 7
 *       STRING "a"   ARRAY len 2 size 3
 *                      INTEGER "1"   STRING "x"
 *       STRING "b"   OBJECT len 0 size 1
 *
 * A container stands before what is inside it, a member's name before its
 * value: the next sibling of a value is the value + its size.
 */
#ifndef ROUTES_JSON_H
#define ROUTES_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "value.h"

/* Named caps of a text; past one the fault is too-many. */
#define ROUTES_MAX_JSON_DEPTH  64 /* arrays and objects inside each other */
#define ROUTES_MAX_JSON_VALUES 1000000 /* values and names */

enum routes_json_kind {
    ROUTES_JSON_NULL,
    ROUTES_JSON_FALSE,
    ROUTES_JSON_TRUE,
    ROUTES_JSON_INTEGER, /* no point, no exponent */
    ROUTES_JSON_REAL,
    ROUTES_JSON_STRING,
    ROUTES_JSON_ARRAY,
    ROUTES_JSON_OBJECT
};

struct routes_json {
    const char *at; /* a number as it is written; a string's text, which is
                       UTF-8 and may hold NUL: borrowed from the input, or
                       pool if it had escapes */
    uint32_t len;   /* bytes of the text; items of an array, members of an
                       object */
    uint32_t size;  /* values that it takes, itself and all inside */
    uint8_t kind;   /* enum routes_json_kind */
};

/* Reads one JSON value that fills the text; the result is in pool.  NULL:
 * *fault says why (too-many; duplicate: an object has a member twice;
 * encoding: no UTF-8, or half a surrogate pair; type: no JSON). */
const struct routes_json *
routes_json_read(const char *text, size_t len, apr_pool_t *pool,
                 enum routes_fault *fault);

/* The value of an object's member, or NULL. */
const struct routes_json *routes_json_member(const struct routes_json *object,
                                             const char *name, size_t len);

/* The value behind this one in the same container. */
static inline const struct routes_json *
routes_json_next(const struct routes_json *json)
{
    return json + json->size;
}

#endif
