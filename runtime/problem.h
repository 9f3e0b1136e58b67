/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem documents (RFC 9457) for faults in a request.
 */
#ifndef ROUTES_PROBLEM_H
#define ROUTES_PROBLEM_H

#include <apr_pools.h>

#include "args.h"
#include "routes_abi.h"

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
