/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media type of a request's body: what it is, and whether a route takes
 * it.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include <httpd.h>

#include "runtime/args.h"
#include "runtime/routes_abi.h"

/* What a Content-Type says, or ROUTES_BODY_RAW for one that we don't read
 * arguments from: another type, or a charset that is not UTF-8. */
enum routes_body media_kind(const char *type);

/* Whether a Content-Type is one of the route's `consumes`, or there are
 * none. */
int media_is_consumed(const struct routes_table *table,
                      const struct routes_route *route, const char *type);

/* Whether the route takes bodies of a Content-Type: one of its `consumes`, or
 * without these one that its arguments can be read from. */
int media_is_taken(const struct routes_table *table,
                   const struct routes_route *route, const char *type);

/* Whether the body comes in a coding that nobody undoes.  An input filter that
 * does takes the header away, at the first read at the latest; httpd takes a
 * body as chunked if that is the last of its codings, and does not undo the
 * others. */
int media_is_encoded(const request_rec *r);

/* 415, with Accept: what the route takes.  Returns what the handler does. */
int media_refuse(request_rec *r, const struct routes_table *table,
                 const struct routes_route *route);

#endif
