/* SPDX-License-Identifier: Apache-2.0 */
/*
 * If-Match and its like (RFC 9110, 13): whether the client needs an answer.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include <httpd.h>

/* What the request's conditions say of the answer whose status and headers are
 * set: OK, it is to be sent; HTTP_NOT_MODIFIED, the client has it;
 * HTTP_PRECONDITION_FAILED, it is not the one that the client wants.  An
 * answer is asked about that a GET or HEAD brings and that has an ETag or
 * Last-Modified: what another method has done is done, and what it gives is
 * not what the client has. */
int condition_judge(request_rec *r);

#endif
