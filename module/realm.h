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

struct realm_kind;

/* All text is of pconf or borrowed from the table. */
struct realm {
    const struct realm_kind *kind;
    const char *name;
    const char *place;     /* "shop.routes:2" */
    const char *challenge; /* of WWW-Authenticate, or NULL: it has none */
    const char *auth_type; /* what r->ap_auth_type becomes */
    const char *field;     /* of the header, which has the credentials and
                              nothing else; or NULL */
    const void *own;       /* what its kind has made of its options */
};

enum realm_result {
    REALM_NONE,  /* the request carries no credentials of this kind */
    REALM_BAD,   /* it does, and they are malformed or wrong */
    REALM_GOOD,  /* the caller is known */
    REALM_LATER, /* httpd's own modules will tell, in their phase */
    REALM_WAIT,  /* too many were wrong: not looked at */
    REALM_FAILED /* the realm can't tell, or may not: logged */
};

/* One try of one realm for one request. */
struct realm_attempt {
    int with_roles;               /* roles, scopes and claims are asked for */
    struct routes_caller *caller; /* filled by GOOD only; its realm is set by
                                     the gate; all memory is of r->pool */
    unsigned wait;                /* seconds; set by WAIT */
    int refusal;           /* set by FAILED: the status, or DONE; 0: 500 */
    const char *why;       /* set by BAD, for the log; or NULL */
    const char *challenge; /* set by BAD: what to send instead of the realm's
                              own, or NULL */
};

/* What a kind of realm can do. */
struct realm_kind {
    /* Completes *realm, which has its name and place.  NULL, or the fault, in
     * pconf: a file that can't be used. */
    const char *(*make)(apr_pool_t *pconf, const struct routes_table *table,
                        const struct routes_realm *row, struct realm *realm);

    /* Whether this process can use the realm's files; if not, the reason, in
     * pool. */
    const char *(*fault)(const struct realm *realm, apr_pool_t *pool);

    /* Looks for a caller in the request; r itself is not changed. */
    enum realm_result (*attempt)(request_rec *r, const struct realm *realm,
                                 struct realm_attempt *attempt);
};

/* Prepares realms[index] of a table in *realm.  The return value is NULL, or
 * the fault: a file that can't be used. */
const char *realm_make(apr_pool_t *pconf, const struct routes_table *table,
                       uint32_t index, struct realm *realm);

/* The functions of the realm's kind. */
const char *realm_fault(const struct realm *realm, apr_pool_t *pool);
enum realm_result realm_try(request_rec *r, const struct realm *realm,
                            struct realm_attempt *attempt);

/* For kinds: the file that an option names, absolute; NULL without one.  A
 * path that ServerRoot can't complete stays as it is, and is not found. */
const char *
realm_file(apr_pool_t *pconf, const struct routes_table *table,
           const struct routes_realm *row, enum routes_option_key key);

/* For kinds: whether a text can be a user's name: UTF-8, not empty, without
 * control characters.  NULL is none. */
int realm_is_user(const char *text);

/* For kinds: the fault of a realm as its user reads it. */
const char *realm_say(const struct realm *realm, apr_pool_t *pool,
                      const char *what, const char *fault);

#endif
