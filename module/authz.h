/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authorisation providers of httpd, asked outside `Require`.
 */
#ifndef AUTHZ_H
#define AUTHZ_H

#include <stdbool.h>

#include <httpd.h>
#include <apr_pools.h>
#include <mod_auth.h>

#include "runtime/routes_abi.h"
#include "runtime/rule.h"

/* One line of a `Require`, read at start. */
struct authz {
    const authz_provider *provider;
    const char *name; /* borrowed from the table, as args is */
    const char *args;
    const void *parsed; /* what the provider has made of them, or NULL */
    bool is_sure;       /* its no is a no, never a failure */
};

/* Prepares authzs[index] of a table in *authz.  The return value is NULL, or
 * the fault in pconf, with the line: no loaded module has such a provider, it
 * can't work here, or it says what is wrong with the arguments. */
const char *authz_make(apr_pool_t *pconf, const struct routes_table *table,
                       uint32_t index, struct authz *authz);

/* What the provider says of the user (NULL: nobody), who is r->user for that
 * long only.  Neither yes nor no is ROUTES_SILENT, and so is a no that may be
 * a failure: under `not` it grants nothing.  An error is ROUTES_FAILED. */
enum routes_word
authz_ask(request_rec *r, const struct authz *authz, const char *user);

#endif
