/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts of other sites may call and read (the Fetch standard's CORS).
 * It lets a browser show an answer to a script; who may call is not asked
 * here, and never widened.
 */
#ifndef CORS_H
#define CORS_H

#include <httpd.h>

#include "request.h"

/* Whether an Origin is in the list of a cors row, by name: "*" names none. */
int cors_lists(const struct routes_table *table,
               const struct routes_cors *cors, const char *origin);

/* Tells the browser that the script may read, if the request's Origin is
 * listed; and caches that the answer differs by it. */
void cors_begin(request_rec *r, const struct routes_table *table,
                const struct routes_cors *cors);

/* Under a `cors` it alone says who may read: takes away what the function, or
 * what is mounted, has said of that. */
void cors_finish(request_rec *r);

/* The row of cors[] that answers a preflight for what the path has under the
 * requested method; 0 if this is none, or none for a listed origin.  path is
 * what the request matched by. */
uint32_t cors_preflight(const request_rec *r, const struct routes_table *table,
                        const char *path);

/* Sets the headers of the answer to a preflight. */
void cors_answer(request_rec *r, const struct routes_table *table,
                 const struct routes_cors *cors);

#endif
