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

/* Limits the body of a request by what a route takes, for whoever reads it.
 * DECLINED, or the status of a request that announces more. */
int mounted_limit_body(request_rec *r, const struct routes_route *route);

/* Takes that limit away: the body was read, and will be read again. */
void mounted_free_body(request_rec *r);

/* Takes back what mounted_begin did: the request is one for nothing. */
void mounted_undo(request_rec *r, struct request *request);

/* Refuses a body that the mount does not take and limits it for those who read
 * it; completes the headers of what is sent; leads from a folder to its form
 * with a slash.  Hook fixups, behind the gate. */
int mounted_fixup(request_rec *r);

/* The URL of the request's path with a slash behind it, which never begins
 * with two; in r->pool. */
const char *mounted_with_slash(const request_rec *r);

/* Registers the filters of bodies and headers. */
void mounted_register(void);

#endif
