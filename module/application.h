/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that are mounted: what they are told of a request, and where
 * their answers go.
 */
#ifndef APPLICATION_H
#define APPLICATION_H

#include "reader.h"
#include "request.h"

/* Lets the application of the matched route answer; the body is unread.
 * Returns what a handler returns. */
int application_serve(request_rec *r, struct request *request,
                      struct reader *body);

#endif
