/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a request: read whole, within the limit, if a route takes
 * arguments from it.
 */
#ifndef BODY_H
#define BODY_H

#include <httpd.h>

#include "reader.h"
#include "runtime/args.h"
#include "runtime/routes_abi.h"

struct body {
    enum routes_body kind;
    const char *at; /* r->pool, or NULL */
    apr_size_t len;
    struct reader *stream;      /* r->pool: for a route that reads it itself */
    struct routes_parts *parts; /* r->pool: of ROUTES_BODY_PARTS, or NULL:
                                   nobody has asked for them */
    int status;                 /* of body_take: why there is none, or OK */
    int taken;                  /* body_take has read it */
};

/* Reads the body that the route takes, inflated if httpd inflates it, up to
 * the route's limit.  OK; or what the handler returns: 413, 415 (with Accept),
 * 400 or 408 of a broken one, AP_FILTER_ERROR.  Nothing is read, and no 100
 * sent, before size and type are known to be taken; a body that the route does
 * not take stays unread, but its announced length is held against the
 * limit. */
int body_read(request_rec *r, const struct routes_table *table,
              const struct routes_route *route, struct body *body);

/* The same of a route that takes none, but whose body must be a form: all of
 * its fields are kept. */
int body_read_form(request_rec *r, const struct routes_table *table,
                   const struct routes_route *route, struct body *body);

/* The whole body for code that asks for it: what body_read has read, or else
 * it is read now, with the same limit, and kept in *body.  Of a multipart body
 * all parts are kept, unless arguments have declared some.  OK, or the status
 * of the answer, the same at each call; nothing is sent. */
int
body_take(request_rec *r, const struct routes_route *route, struct body *body);

/* A body that was read before the gate, as it came: for body_take. */
void body_begin(const request_rec *r, const char *at, apr_size_t len,
                struct body *body);

#endif
