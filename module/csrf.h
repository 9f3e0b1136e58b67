/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that another site had a browser send, with the credentials that a
 * browser adds by itself.
 */
#ifndef CSRF_H
#define CSRF_H

#include <httpd.h>

#include "body.h"
#include "request.h"

/* Whether a request that the gate would let through may be another site's
 * doing: OK, or the 403 that refuses it, logged.  Methods that change nothing
 * and routes that do not ask are OK.  A token that is in no header may be in
 * the body, which is not read yet: that is noted, and OK. */
int csrf_check(request_rec *r, struct request *request);

/* Reads the body as body_read does, and if csrf_check left the token to it,
 * holds that against ours: OK, or what the handler returns. */
int csrf_read_body(request_rec *r, struct request *request, struct body *body);

/* The token of the caller's browser, for a form that it is sent; begins a
 * cookie if there is neither a login nor such a cookie.  Another text each
 * time, of r->pool; NULL: there is no randomness. */
const char *csrf_token(request_rec *r);

#endif
