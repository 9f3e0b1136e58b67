/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem documents (RFC 9457) for faults in a request.
 */
#ifndef ROUTES_PROBLEM_H
#define ROUTES_PROBLEM_H

#include <apr_pools.h>

#include "routes_abi.h"
#include "value.h"

#define ROUTES_MAX_FAULTS 64 /* that one problem document lists */

struct routes_problem {
    const char *in;   /* "path", "query", "body", "header", "cookie": static */
    const char *name; /* the wire name, "tags[2]" for an item of a list; in a
                         JSON body the pointer to it; "" for a source as a
                         whole.  From the table or pool, never from the
                         request */
    enum routes_fault fault;
    const char *expected; /* the type's spelling, borrowed from the table, or
                             NULL */
};

struct routes_problems {
    unsigned n;         /* kept in list */
    int not_acceptable; /* the answer is 406 */
    int path_fault;     /* a path value did not convert: the answer is 404,
                       whatever is in list */
    struct routes_problem list[ROUTES_MAX_FAULTS];
};

/* Notes a fault; those past ROUTES_MAX_FAULTS are dropped.  The texts are
 * kept, not copied. */
void routes_problem_add(struct routes_problems *problems, const char *in,
                        const char *name, enum routes_fault fault,
                        const char *expected);

/* The application/problem+json text of a 400 with all faults, allocated in
 * pool; *len is its length.  Values of the request are never in it. */
const char *
routes_problem_json(const struct routes_table *table, uint32_t route,
                    const struct routes_problems *problems, apr_pool_t *pool,
                    size_t *len);

/* The same faults as a small HTML page, for a caller that asks for one. */
const char *
routes_problem_html(const struct routes_table *table, uint32_t route,
                    const struct routes_problems *problems, apr_pool_t *pool,
                    size_t *len);

#endif
