/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `jwt` of a module that was built without cjose: it can't be used,
 * and says so at start.
 */
#include "realm_jwt.h"

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    (void)table;
    (void)row;
    return realm_say(realm, pconf, "tokens",
                     "this mod_routes.so was built without cjose");
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    (void)realm;
    (void)pool;
    return NULL;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    (void)r;
    (void)realm;
    (void)attempt;
    return REALM_FAILED;
}

const struct realm_kind realm_jwt = {
    .make = make, .fault = find_fault, .attempt = try_request};
