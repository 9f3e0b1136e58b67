/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Realms: who is calling.  A realm of any kind is made once at start, tried
 * per request, and has a challenge to offer.
 */
#ifndef REALM_H
#define REALM_H

#include <httpd.h>
#include <apr_pools.h>

#include "runtime/routes_abi.h"
#include "runtime/rule.h"

/* All text is of pconf or borrowed from the table. */
struct realm {
    enum routes_realm_kind kind;
    const char *name;
    const char *place;     /* "shop.routes:2" */
    const char *challenge; /* of WWW-Authenticate, or NULL: it has none */
    const char *auth_type; /* what r->ap_auth_type becomes */
    const char *file;      /* BASIC: htpasswd file, absolute */
    const char *groups;    /* BASIC: group file, absolute, or NULL */
};

enum realm_result {
    REALM_NONE,  /* the request carries no credentials of this kind */
    REALM_BAD,   /* it does, and they are malformed or wrong */
    REALM_GOOD,  /* the caller is known */
    REALM_FAILED /* the realm can't tell; logged */
};

/* Prepares realms[index] of a table in *realm.  The return value is NULL, or
 * the fault: a file that can't be read. */
const char *realm_make(apr_pool_t *pconf, const struct routes_table *table,
                       uint32_t index, struct realm *realm);

/* Whether this process can read the realm's files; if not, the reason, in
 * pool. */
const char *realm_fault(const struct realm *realm, apr_pool_t *pool);

/* Looks for a caller in the request.  Only REALM_GOOD fills caller, roles,
 * scopes and claims only if with_roles; its realm is set by the gate.  All
 * memory is of r->pool.  r itself is not changed. */
enum realm_result realm_try(request_rec *r, const struct realm *realm,
                            int with_roles, struct routes_caller *caller);

#endif
