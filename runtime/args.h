/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of a call: every argument of a route decoded from captures,
 * query string, header, form and JSON object into typed values, all faults
 * collected.
 */
#ifndef ROUTES_ARGS_H
#define ROUTES_ARGS_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "caller.h"
#include "match.h"
#include "parts.h"
#include "problem.h"
#include "routes_abi.h"
#include "value.h"

/* Named caps of what a request may carry; past one the fault is too-many. */
#define ROUTES_MAX_FIELDS     10000 /* fields of a query string or form */
#define ROUTES_MAX_FIELD_NAME 1024  /* bytes of a field's name, decoded */

enum routes_body {
    ROUTES_BODY_NONE, /* no body, or the route takes nothing from it */
    ROUTES_BODY_RAW,  /* read, and of a type that nothing is decoded from */
    ROUTES_BODY_FORM, /* application/x-www-form-urlencoded */
    ROUTES_BODY_JSON, /* application/json */
    ROUTES_BODY_PARTS /* multipart/form-data */
};

struct routes_input {
    const struct routes_capture *captures; /* of the match; borrowed */
    const char *query;                     /* raw query string, or NULL */
    size_t query_len;
    const apr_table_t *headers; /* of the request, or NULL: none are known */
    enum routes_body body_kind;
    const char *body; /* the whole body; borrowed; of PARTS: NULL, or as it
                         came */
    size_t body_len;
    const struct routes_parts *parts;   /* of PARTS: what it had, or NULL: no
                                           argument is of it; borrowed */
    const char *method;                 /* of the request; borrowed */
    const struct routes_caller *caller; /* borrowed */
    void *stream;    /* of an argument that is one: the value */
    uint32_t choice; /* choices[] that chose the route, whose keys the query
                        may have; or 0 */
};

/* Decodes all arguments of routes[route] into values[0 .. n_args), in the
 * order of args[].  Returns 0 if every one is good; else 1 with the faults in
 * problems, all sources collected.  What must be decoded or copied is
 * allocated in pool; other text is borrowed from the input. */
int routes_args_decode(const struct routes_table *table, uint32_t route,
                       const struct routes_input *input, apr_pool_t *pool,
                       struct routes_value *values,
                       struct routes_problems *problems);

/* Reads the arguments of predicates[predicate] into values[0 .. n_args), those
 * of a path as arguments of a call are read from it.  0 if every one is good;
 * else 1.  Text is borrowed from the table and the captures. */
int
routes_args_of_predicate(const struct routes_table *table, uint32_t predicate,
                         const struct routes_capture *captures,
                         uint32_t n_captures, struct routes_value *values);

#endif
