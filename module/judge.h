/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging a requirement: what of a request it looks at, and what Python and
 * httpd's providers are asked about its caller.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <httpd.h>

#include "request.h"

/* What a requirement says of request->caller and what the request matched.
 * They are asked only while the verdict depends on it, Python never about an
 * anonymous caller, and about one question once for a request: the answers are
 * kept with it.  *status is OK; or what the request is to be answered with,
 * for one could not be asked or did not answer (which was logged): 503, 500,
 * 504, DONE.  Then the verdict is ROUTES_DENIED. */
enum routes_verdict judge_caller(request_rec *r, struct request *request,
                                 uint32_t auth, int *status);

#endif
