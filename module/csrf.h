/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that another site had a browser send, with the credentials that a
 * browser adds by itself.
 */
#ifndef CSRF_H
#define CSRF_H

#include <httpd.h>

#include "request.h"

/* Whether a request that the gate would let through may be another site's
 * doing: OK, or the 403 that refuses it, logged.  Methods that change nothing
 * and routes that do not ask are OK. */
int csrf_check(request_rec *r, const struct request *request);

#endif
