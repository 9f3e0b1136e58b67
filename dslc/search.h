/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: whether there is a caller whom one requirement grants and another
 * does not.
 *
 * Undecided parts of the formulas are tried first, so that most values of
 * their atoms never are.  Past SEARCH_MAX_STEPS it is given up.
 */
#ifndef DSLC_SEARCH_H
#define DSLC_SEARCH_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/model.h"

#define SEARCH_MAX_STEPS 300000

/* What is looked for: a caller that `grants` grants and `denies` does not. */
struct search {
    const struct model_rule *grants;
    const struct model_rule *denies; /* NULL: not asked */
    int grants_user;                 /* the caller is a user there */
    int denies_user;
    const char *realm;           /* whose user; NULL: of one not named */
    uint64_t methods;            /* of the request; 0: any */
    uint64_t all_methods;        /* the same, before one was chosen */
    apr_array_header_t *atoms;   /* struct atom */
    const char *filled;          /* what parameters are, of the caller found */
    apr_array_header_t *regions; /* struct routes_network: addresses */
    const struct routes_network *address; /* one of them, or NULL: open */
    unsigned steps;
};

enum search_found {
    SEARCH_NOBODY,
    SEARCH_SOMEBODY,
    SEARCH_TOO_LATE
};

/* Looks for one; then s says who it is. */
enum search_found search_find(apr_pool_t *pool, struct search *s);

/* The caller that was found: "{user of staff, role: support}". */
const char *
search_caller(apr_pool_t *pool, const struct search *s, const char *realm);

/* Whether one of whom nothing else is known may be granted. */
int search_may_grant(const struct search *s);

#endif
