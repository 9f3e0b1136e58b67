/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `deny as 404`: to a caller who may not, what is there looks like what is
 * not.
 */
#ifndef MASK_H
#define MASK_H

#include <httpd.h>

#include "request.h"

/* Whether who may not see the request's route or place is told that it is
 * not there. */
static inline int
mask_wanted(const struct request *request)
{
    return (request_wishes(request) & SERVED_MASKED) != 0;
}

/* Notes which methods of a path that is answered with 405, or with Allow, are
 * of masked routes.  path is what the request matched by. */
void
mask_collect(const request_rec *r, struct request *request, const char *path);

/* In the handler: answers what httpd answers to a URL that nothing has, or
 * returns the status of that. */
int mask_answer(request_rec *r);

#endif
