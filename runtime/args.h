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
#include "routes_abi.h"
#include "value.h"

/* Named caps of what a request may carry; past one the fault is too-many. */
#define ROUTES_MAX_FIELDS     10000 /* fields of a query string or form */
#define ROUTES_MAX_FIELD_NAME 1024  /* bytes of a field's name, decoded */
#define ROUTES_MAX_JSON_DEPTH 64    /* arrays and objects inside each other */
#define ROUTES_MAX_FAULTS     64    /* that one problem document lists */

enum routes_body {
    ROUTES_BODY_NONE, /* no body, or the route takes nothing from it */
    ROUTES_BODY_FORM, /* application/x-www-form-urlencoded */
    ROUTES_BODY_JSON  /* application/json, an object */
};

struct routes_input {
    const struct routes_capture *captures; /* of the match; borrowed */
    const char *query;                     /* raw query string, or NULL */
    size_t query_len;
    const apr_table_t *headers; /* of the request, or NULL: none are known */
    enum routes_body body_kind;
    const char *body; /* the whole body; borrowed */
    size_t body_len;
    const char *method;                 /* of the request; borrowed */
    const struct routes_caller *caller; /* borrowed */
};

struct routes_problem {
    const char *in;   /* "path", "query", "body", "header", "cookie": static */
    const char *name; /* the wire name; the JSON pointer of it for a member of
                         a JSON body; "" for a source as a whole.  From the
                         table or pool, never from the request */
    enum routes_fault fault;
    const char *expected; /* the type's spelling, borrowed from the table, or
                             NULL */
};

struct routes_problems {
    unsigned n;     /* kept in list */
    int path_fault; /* a path value did not convert: the answer is 404,
                       whatever is in list */
    struct routes_problem list[ROUTES_MAX_FAULTS];
};

/* Decodes all arguments of routes[route] into values[0 .. n_args), in the
 * order of args[].  Returns 0 if every one is good; else 1 with the faults in
 * problems, all sources collected.  What must be decoded or copied is
 * allocated in pool; other text is borrowed from the input. */
int routes_args_decode(const struct routes_table *table, uint32_t route,
                       const struct routes_input *input, apr_pool_t *pool,
                       struct routes_value *values,
                       struct routes_problems *problems);

/* The value of an argument's constant or default, borrowed from the table.  A
 * fault is one of the table: table.c refuses it. */
enum routes_fault
routes_args_constant(const struct routes_table *table,
                     const struct routes_arg *arg, struct routes_value *value);

#endif
