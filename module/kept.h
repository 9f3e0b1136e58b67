/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies that are read before the gate lets anybody in: whoever signs them is
 * known by them.  A body is read once, as it came on the wire, and a filter
 * gives it again to whatever reads the request: arguments, applications,
 * handlers, backends, and what inflates it for these.
 */
#ifndef KEPT_H
#define KEPT_H

#include <httpd.h>

struct kept {
    const char *at; /* r->pool, or NULL: there is none */
    apr_size_t len;
    int status; /* OK, or why it could not be read */
};

/* OK, or 413: more is announced than the route takes, 1 MB where no route has
 * a limit.  Nothing is read. */
int kept_check_length(request_rec *r);

/* The body, read now if it has not been, up to the same limit; the same at
 * each call, also for what the request becomes by an internal redirect.  Its
 * status is OK, or what reader_next says of it.  Blocks.  The request is one
 * of ours. */
const struct kept *kept_read(request_rec *r);

/* The hook of post_perdir_config: what a request has become reads what was
 * kept of it. */
int kept_follow(request_rec *r);

void kept_register(void);

#endif
