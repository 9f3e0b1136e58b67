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

/* The same of a body that has been read. */
int
multipart_take(request_rec *r, const struct routes_table *table,
               const struct routes_route *route, const char *type,
               const char *data, apr_size_t len, struct routes_parts **parts);

#endif
