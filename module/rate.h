/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often requests may come: `limit rate`.
 */
#ifndef RATE_H
#define RATE_H

#include <httpd.h>

#include "request.h"

/* When rates are asked. */
enum rate_phase {
    RATE_FIRST, /* before anything costs: those per address */
    RATE_LAST   /* of requests that may come: all others */
};

/* Hook post_config: memory, if a table that is served has rates. */
int rate_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server);

/* Counts the request, once a phase, whoever asks again.  Returns OK, or 429
 * with Retry-After set. */
int rate_check(request_rec *r, struct request *request, enum rate_phase phase);

#endif
