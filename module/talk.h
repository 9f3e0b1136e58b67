/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function that is called for a websocket.
 */
#ifndef TALK_H
#define TALK_H

#include "request.h"
#include "runtime/value.h"

/* Calls the function of a matched route for WEBSOCKET with its arguments, of
 * which the websocket itself is filled in, and ends what it leaves open.
 * Returns what a handler returns. */
int talk_serve(request_rec *r, struct request *request,
               struct routes_value *values);

#endif
