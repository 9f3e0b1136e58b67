/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants of a route: which of them a request is for, by what it accepts, by
 * its query string or by a header; and of several formats, which it gets.
 */
#ifndef ROUTES_CHOICE_H
#define ROUTES_CHOICE_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "problem.h"
#include "routes_abi.h"

/* What of a request chooses. */
struct routes_chooser {
    const char *query; /* raw query string, or NULL */
    size_t query_len;
    const apr_table_t *headers; /* of the request, or NULL: none are known */
};

/* The row of routes[] that choices[choice] has for the request; 0 when it has
 * none, and then *problems says why: a fault of the query or a header.  What
 * must be decoded is allocated in pool. */
uint32_t
routes_choice_pick(const struct routes_table *table, uint32_t choice,
                   const struct routes_chooser *from, apr_pool_t *pool,
                   struct routes_problems *problems);

/* The row of formats[] that a request with this Accept field (or NULL) has of
 * a route that has formats; 0 when it takes none of them, and then *problems
 * says what there is. */
uint32_t routes_choice_format(const struct routes_table *table, uint32_t route,
                              const char *accept, apr_pool_t *pool,
                              struct routes_problems *problems);

/* The header by which answers differ, or NULL. */
const char *
routes_choice_vary(const struct routes_table *table, uint32_t choice);

#endif
