/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: what a function, a fault or a pseudo-route becomes on the wire.
 * Each function returns what a handler returns.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <httpd.h>

#include "python/embed.h"
#include "runtime/routes_abi.h"

/* Sends the reply of a function.  A route that is an ErrorDocument keeps the
 * error's status unless the function gave another than a success. */
int answer_reply(request_rec *r, const struct reply *reply);

/* Sends what the function of an error page gave, when httpd has begun its own:
 * its headers take the place of those of the error.  An HTTP error when there
 * is nothing to send. */
int answer_page(request_rec *r, const struct reply *reply);

/* Sets status and headers of a reply, and its length unless that is negative:
 * what follows is its body. */
void answer_begin(request_rec *r, const struct reply *reply);

/* Sends a whole text, which lives as long as r->pool, with a status. */
int answer_text(request_rec *r, int status, const char *media,
                const char *text, apr_size_t len);

/* Sends the caller to a location: a URL of printable ASCII, which lives as
 * long as r->pool. */
int answer_redirect(request_rec *r, int status, const char *location);

/* Lets httpd send its own page, or the ErrorDocument, for the status, which
 * is returned.  What is no HTTP error (AP_FILTER_ERROR) passes through.  DONE:
 * httpd has answered already, of a body that is malformed. */
int answer_error(request_rec *r, int status);

/* Sends a browser to the page where it may log in: 303, for nobody's cache. */
int answer_login(request_rec *r, const char *location);

/* 405, and 204 to OPTIONS, with Allow: the methods of the bits. */
int answer_not_allowed(request_rec *r, const struct routes_table *table,
                       uint64_t methods);
/* 426: a path of websockets was asked for something else. */
int answer_upgrade(request_rec *r);
/* What each 426 says it wants (RFC 9110, 15.5.22), for one made elsewhere. */
void answer_name_upgrade(request_rec *r);
int answer_options(request_rec *r, const struct routes_table *table,
                   uint64_t methods);

#endif
