/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Challenges: what a realm sends in WWW-Authenticate to a caller it does not
 * know.
 */
#ifndef ROUTES_CHALLENGE_H
#define ROUTES_CHALLENGE_H

#include <apr_pools.h>

#include "routes_abi.h"

/* The challenge of realms[index], allocated in pool, or NULL: callers of its
 * kind are not asked. */
const char *routes_challenge(const struct routes_table *table, uint32_t index,
                             apr_pool_t *pool);

/* Whether a text can be a whole challenge: a scheme, then printable ASCII. */
int routes_challenge_is(const char *text);

#endif
