/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding: the arguments of a call out of a request, before any interpreter
 * is entered.
 */
#ifndef BIND_H
#define BIND_H

#include <httpd.h>

#include "body.h"
#include "request.h"
#include "runtime/value.h"

/* Decodes the arguments of the matched route into values, which has room for
 * ROUTES_MAX_ARGS.  Returns 0; or 1 with *status, what the handler returns
 * then: 404 for a path whose value does not convert, or OK when a 400 with
 * the list of faults was sent. */
int bind_arguments(request_rec *r, const struct request *request,
                   const struct body *body, struct routes_value *values,
                   int *status);

/* Sends the 400 with the list of faults; returns what a handler returns. */
int bind_send_faults(request_rec *r, const struct request *request,
                     const struct routes_problems *problems);

#endif
