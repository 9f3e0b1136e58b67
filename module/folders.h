/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders of RoutesPythonPath: which of them a module comes from.
 */
#ifndef FOLDERS_H
#define FOLDERS_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "runtime/routes_abi.h"

/*
 * What is wrong if a server that names the folders `own` mounts the table: a
 * module of its functions is there, but a folder of another server, which
 * comes before among `all`, has one of that name.  One interpreter imports a
 * name once, so the server would answer with the other's functions.  Both are
 * lists of const char *.  In pool; NULL: nothing.
 */
const char *folders_conflict(apr_pool_t *pool, const apr_array_header_t *all,
                             const apr_array_header_t *own,
                             const struct routes_table *table);

#endif
