/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function gave back, as an answer: status, headers, media type, body.
 *
 *     str, bytes               text or bytes, media type as the route says
 *     dict, list, int, ...     JSON, as json.h says
 *     None                     204, or the route's own status; no body
 *     (status, body)           body as above
 *     (status, headers, body)
 */
#ifndef RESULT_H
#define RESULT_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct interpreter;

/* Turns the result (borrowed) into *reply, whose memory is as embed.h says.
 * Returns -1 with an exception, and no bucket made, if it can't be sent.
 * GIL: held. */
int result_reply(struct interpreter *interpreter, request_rec *r,
                 const struct routes_table *table,
                 const struct routes_route *route, PyObject *result,
                 struct reply *reply);

#endif
