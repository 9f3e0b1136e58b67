/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function gave back, as an answer: status, headers, media type, body.
 *
 *     str, bytes               text or bytes, media type as the route says
 *     dict, list, int, ...     JSON, as json.h says
 *     None                     204, or the route's own status; no body
 *     an iterator, generator   its chunks, str or bytes, one by one
 *     a path-like, a file      what is in the file
 *     (status, body)           body as above
 *     (status, headers, body)
 */
#ifndef RESULT_H
#define RESULT_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct interpreter;
struct recipe;

enum result_outcome {
    RESULT_SENT,    /* *reply is what is to be sent */
    RESULT_REFUSED, /* an exception is set: it can't be sent */
    RESULT_RAISED   /* an exception is set: that of the function, a generator,
                       before its first chunk */
};

/* Turns the result (borrowed) of the recipe's function into *reply, with the
 * status and the media type that the route says of plain ones; or in
 * formats[format], which the request chose: then a result that the format
 * can't carry is refused.  The memory is
 * as embed.h says; no bucket and no stream is left unless it is RESULT_SENT.
 * GIL: held. */
enum result_outcome
result_reply(struct interpreter *interpreter, request_rec *r,
             const struct routes_table *table,
             const struct routes_route *route, uint32_t format,
             const struct recipe *recipe, PyObject *result,
             struct reply *reply);

#endif
