/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A multipart body: read piece by piece, so that it need not fit in memory.
 */
#ifndef MULTIPART_H
#define MULTIPART_H

#include <httpd.h>

#include "runtime/parts.h"

/* Reads the body, whose Content-Type is type, up to the route's limit.  OK
 * with *parts, of r->pool, its fault included; or what the handler returns
 * then: 413 for a body, an upload or text over its limit, 415 for a body that
 * is still compressed, 507 or 500 if an upload could not be kept, what
 * reader_next says. */
int multipart_read(request_rec *r, const struct routes_table *table,
                   const struct routes_route *route, const char *type,
                   struct routes_parts **parts);

/* The same of a body of which nothing is declared: all parts are kept, and
 * nothing is sent, whatever is wrong. */
int multipart_gather(request_rec *r, int64_t limit, const char *type,
                     struct routes_parts **parts);

/* The same of a body that has been read, of which all parts are kept if route
 * is NULL.  Nothing is sent. */
int
multipart_take(request_rec *r, const struct routes_table *table,
               const struct routes_route *route, const char *type,
               const char *data, apr_size_t len, struct routes_parts **parts);

#endif
