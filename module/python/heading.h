/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status and headers that an application gives its answer, checked as they
 * come, before any leaves.
 */
#ifndef HEADING_H
#define HEADING_H

#include "py.h"

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "embed.h"

#define HEADING_NO_LENGTH (-1)

/* All memory is of pool. */
struct heading {
    apr_pool_t *pool;
    int status;
    const char *line;     /* "404 Not here", or NULL: httpd's words */
    const char *media;    /* Content-Type, or NULL */
    apr_table_t *headers; /* the others, but Content-Length */
    int64_t length;       /* what Content-Length says */
    size_t bytes;         /* of all names and values so far */
};

/* Begins one without headers. */
void heading_begin(struct heading *heading, apr_pool_t *pool);

/* Sets the status, 200 to 599.  -1 with a ValueError.  GIL: held. */
int heading_set_status(struct heading *heading, long status);

/* Adds a header (both end in a NUL that is not counted).  -1 with a ValueError
 * for what is no header (RFC 9110, 5), for what speaks of the connection or
 * of the body's framing, which is httpd's, for a Content-Length that is no
 * number, and for a second one or a second Content-Type.  GIL: held. */
int heading_add(struct heading *heading, const char *name, size_t name_len,
                const char *value, size_t value_len);

/* Whether the answer has no body, whatever the application gives.
 * GIL: either. */
int heading_is_bodiless(const struct heading *heading, const request_rec *r);

/* The heading as a reply without a body.  GIL: either. */
void heading_reply(const struct heading *heading, struct reply *reply);

#endif
