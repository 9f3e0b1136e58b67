/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets that all processes share.
 *
 * A bucket of a rate holds so many requests, each takes one out, and it is
 * filled evenly.  A full bucket takes no memory.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <httpd.h>

#include "runtime/routes_abi.h"

/* Buckets of rates that are filled in about the same time. */
#define BUCKET_MOST 65536

/* Which bucket: a keyed hash of the rate and of what it is per. */
struct bucket_key {
    apr_uint64_t hash;
};

/* Makes the memory; only in post_config.  Without it every request is
 * admitted; that is logged. */
void bucket_start(server_rec *main_server);

/* The key of some bytes, which nobody outside can aim. */
struct bucket_key bucket_key(const void *bytes, apr_size_t len);

/* Takes a request out: 0, or the microseconds until there is one.  now:
 * microseconds of a clock that never goes back.  Exact among all processes:
 * of requests at the same moment as many are admitted as the bucket holds. */
apr_int64_t bucket_take(struct bucket_key key, const struct routes_rate *rate,
                        apr_int64_t now);

/* How many buckets had to be forgotten before they were full again, since
 * this was asked for last: more callers came than there is memory for. */
apr_uint32_t bucket_lost(void);

#endif
