/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Location of a redirect.
 */
#ifndef ROUTES_REDIRECT_H
#define ROUTES_REDIRECT_H

#include <apr_pools.h>

#include "match.h"
#include "routes_abi.h"

/* The Location for a request that matched, in pool.  prefix: of the mount,
 * without a '/' at its end; query: the request's query string as it came, or
 * NULL.  The prefix and captures are encoded; what of the query could end a
 * line, or the query, is encoded, too.  The result has printable ASCII only,
 * and never begins with "//", which a browser takes for another server. */
char *
routes_redirect_location(const struct routes_table *table, uint32_t redirect,
                         const struct routes_capture *captures,
                         const char *prefix, const char *query,
                         apr_pool_t *pool);

#endif
