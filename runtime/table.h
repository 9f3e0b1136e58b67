/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of a table before it is trusted: version, sizes, and that every
 * offset and index stays inside its section.
 */
#ifndef ROUTES_TABLE_H
#define ROUTES_TABLE_H

#include <apr_pools.h>

#include "routes_abi.h"

/* NULL if this build can read the table, else a message from pool that names
 * both sides ("built by routesc 0.3.0 for ABI 2, this mod_routes reads ABI
 * 1").  Reads nothing past the stable members before these agree. */
const char *
routes_table_refusal(const struct routes_table *table, apr_pool_t *pool);

/* The text of a slice as a C string: borrowed from the table, never NULL. */
static inline const char *
routes_table_text(const struct routes_table *table, struct routes_text text)
{
    return table->text + text.at;
}

/* The row of the application, WSGI or ASGI, that answers a route; NULL: none
 * does. */
static inline const struct routes_mount *
routes_table_application(const struct routes_table *table,
                         const struct routes_route *route)
{
    const struct routes_mount *mount = &table->mounts[route->target];

    return route->kind == ROUTES_ROUTE_MOUNT &&
                   (mount->kind == ROUTES_MOUNT_WSGI ||
                    mount->kind == ROUTES_MOUNT_ASGI)
               ? mount
               : NULL;
}

#endif
