/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's body, piece by piece, within a limit.
 */
#ifndef READER_H
#define READER_H

#include <stdint.h>

#include <httpd.h>
#include <apr_buckets.h>

struct reader {
    request_rec *r;              /* borrowed */
    apr_bucket_brigade *brigade; /* r->pool; what was read and not taken */
    apr_bucket *current;         /* the piece that was given last, or NULL */
    int64_t limit;               /* bytes, or ROUTES_BODY_UNLIMITED */
    int64_t taken;               /* bytes so far */
    int ended;                   /* the end of the body was seen */
    int inflated;                /* it came compressed */
    int status;                  /* OK, or why there is no more */
    int impatient;               /* what is not there yet is not waited for */
    const char *at;              /* what reader_take has left of a piece */
    apr_size_t left;
    /* reader_next and reader_take, for the Python side, which is linked
     * without httpd in its tests */
    int (*next)(struct reader *reader, const char **data, apr_size_t *len);
    int (*take)(struct reader *reader, char *to, apr_size_t room,
                apr_size_t *len, int wait);
    void *user; /* who may call reader_next on other threads, or NULL */
    apr_status_t (*leave)(void *user); /* a cleanup of r->pool: makes it stop,
                                          and waits until it has */
};

/* Whether a length is over a limit, which may be ROUTES_BODY_UNLIMITED. */
int reader_exceeds(int64_t length, int64_t limit);

/* The announced length: 0 if none is, the largest of all for one that is no
 * number. */
int64_t reader_announced(const request_rec *r);

void reader_start(struct reader *reader, request_rec *r, int64_t limit);

/* Gives the next piece of the body, at least a byte, which is valid until the
 * next call; *len is 0 at the end.  Blocks.  OK; or 413 past the limit, 400 or
 * 408 for a body that is broken or does not come, AP_FILTER_ERROR: the same at
 * each further call, and the connection is closed after the answer. */
int reader_next(struct reader *reader, const char **data, apr_size_t *len);

/* Copies what is there of the body, at most room; if nothing is, waits for it,
 * or gives nothing.  After the last byte reader->ended is true.  Returns what
 * reader_next does, which is not to be called for the same body. */
int reader_take(struct reader *reader, char *to, apr_size_t room,
                apr_size_t *len, int wait);

/* Reads a body to its end into memory of r->pool; *at is NULL without one.
 * Returns what reader_next does; of what has failed there is nothing. */
int
reader_whole(request_rec *r, int64_t limit, const char **at, apr_size_t *len);

/* Nothing is read any more: runs the user's cleanup, if there is one. */
void reader_end(struct reader *reader);

#endif
