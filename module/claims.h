/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims of a token (RFC 7519): whether they hold here and now, and what
 * they say of the caller.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <apr_pools.h>
#include <apr_time.h>
#include <jansson.h>

#include "runtime/caller.h"

/* What a realm wants of a token. */
struct claims_wanted {
    const char *issuer;
    const char *audience;
    apr_int64_t leeway; /* seconds that clocks may differ */
    const char *roles;  /* the claim with the roles: a name, or a path with
                           dots through objects */
    const char *scopes; /* the same with scopes */
};

/* NULL, or why the claims don't hold, as error_description of RFC 6750 says
 * it.  A token without an end never holds. */
const char *claims_fault(const json_t *claims,
                         const struct claims_wanted *wanted, apr_time_t now);

/* Fills the caller; its user is `sub`.  All is copied into pool. */
void
claims_fill(apr_pool_t *pool, const json_t *claims,
            const struct claims_wanted *wanted, struct routes_caller *caller);

/* Fills the caller's claims from its claims_json, if that is an object. */
void claims_read(apr_pool_t *pool, struct routes_caller *caller);

#endif
