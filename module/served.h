/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table as this server serves it: the table, and what the server adds to
 * it at start.  One for each table, the values of its settings and the tables
 * that are mounted in it, however often it is mounted.
 */
#ifndef SERVED_H
#define SERVED_H

#include <httpd.h>
#include <apr_pools.h>

#include "authz.h"
#include "realm.h"
#include "runtime/routes_abi.h"

struct mount; /* mount.h */

/* What a served table was made from. */
struct served_from {
    const struct routes_table *source; /* borrowed from its module */
    const char *const *values;         /* of its settings; pconf */
    const struct mount *inners;        /* see struct served; pconf */
};

/* What a route or a place asks for: one word, so that a request which asks for
 * nothing costs one test in each phase. */
enum served_wish {
    SERVED_OPEN = 1,      /* whoever calls may, and nobody asks who it is */
    SERVED_RATES = 2,     /* its requests are counted */
    SERVED_MASKED = 4,    /* who may not see it is told that it isn't there */
    SERVED_CSRF = 8,      /* another site may not be behind the request */
    SERVED_HEADERS = 16,  /* its answers have headers of their own */
    SERVED_CHOICE = 32,   /* it has variants */
    SERVED_MOUNT = 64,    /* something is mounted there */
    SERVED_AUDITED = 128, /* who is let in is written down */
    SERVED_ROLES = 256,   /* somebody may look at the roles of a caller,
                             whatever the requirement does */
    SERVED_TABLE = 512    /* a table is mounted there, which decides further */
};
/* What is done before the gate. */
#define SERVED_EARLY (SERVED_HEADERS | SERVED_CHOICE | SERVED_MOUNT)
/* What the gate looks at. */
#define SERVED_GATE                                                           \
    (SERVED_OPEN | SERVED_RATES | SERVED_MASKED | SERVED_CSRF |               \
     SERVED_AUDITED | SERVED_TABLE)

struct served {
    const struct routes_table *table; /* with its settings in their places */
    const struct routes_table *source;
    const char *const *values;
    const struct mount *inners; /* by index into table->mounts: a table that
                                   is mounted there, without a prefix; its
                                   `served` is NULL where none is */
    const apr_array_header_t *whole; /* const struct served *: itself, and all
                                        that is mounted in it, at any depth */
    const struct realm *realms;      /* by index into table->realms */
    const struct authz *authzs;      /* by index into table->authzs */
    const unsigned char *asks;       /* by index into table->auths: enum
                                    routes_asks */
    uint16_t *wishes;                /* by index into table->routes: of enum
                                    served_wish */
    uint16_t *place_wishes;          /* the same for table->places */
    const char *identity; /* the same for the same table with the same
                             settings, its own and those of all that is
                             mounted in it, before and after a restart */
    int masks;            /* a conduct of it says `deny as 404` */
    int websockets;       /* a route of it is for WEBSOCKET */
    int *slots;           /* by index into table->limits: the first of the
                             calls that may run, see slot.h; or -1 */
    unsigned index;       /* its place in conf->served */
};

/* Prepares a table, in pconf.  *served is the result; the return value is
 * NULL, or the fault: a realm whose files can't be read, a provider that httpd
 * does not have. */
const char *served_make(apr_pool_t *pconf, const struct routes_table *table,
                        const struct served_from *from, unsigned index,
                        const struct served **served);

/* Has all that it lets in written down (SERVED_AUDITED); at start. */
void served_audit(const struct served *served);

/* "shop.routes:7", for messages; allocated in pool. */
const char *served_line(const struct routes_table *table, uint32_t file,
                        uint32_t line, apr_pool_t *pool);

#endif
