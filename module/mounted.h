/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts of the language: files, handlers of httpd and backends behind our
 * gate, each through the part of httpd that is made for it.
 */
#ifndef MOUNTED_H
#define MOUNTED_H

#include <httpd.h>
#include <apr_pools.h>

#include "request.h"

/* NULL, or why this server can't serve the mounts of a table: a folder that is
 * none, a module of httpd that is not loaded.  In pool. */
const char *mounted_fault(const struct routes_table *table, apr_pool_t *pool);

/* Hands a request that matched a mount to httpd's part, in translate_name:
 * sets the file name, the handler, what is proxied.  What it names nothing for
 * (a dot file, a folder without an index) stays ours, and is 404. */
void mounted_begin(request_rec *r, struct request *request);

/* Takes back what mounted_begin did: the request is one for nothing. */
void mounted_undo(request_rec *r, struct request *request);

/* Refuses a body that the mount does not take and limits it for those who read
 * it; completes the headers of what is sent; leads from a folder to its form
 * with a slash.  Hook fixups, behind the gate. */
int mounted_fixup(request_rec *r);

/* Registers the filters of bodies and headers. */
void mounted_register(void);

#endif
