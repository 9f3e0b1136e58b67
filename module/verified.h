/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials that were verified a moment ago, in any process: what is costly
 * to verify is verified once, not at each request.
 */
#ifndef VERIFIED_H
#define VERIFIED_H

#include <httpd.h>
#include <apr_time.h>

/* For how long one verification counts. */
#define VERIFIED_SECONDS 300

/* What stands for credentials: a keyed hash of them.  The key is random and
 * never leaves the server's memory; the credentials are never kept. */
struct verified_tag {
    apr_uint64_t hash;
};

/* Hook post_config: the memory, and its key.  Without it nothing is known. */
int verified_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                   server_rec *main_server);

/* The tag of user and secret at a realm, as of a version of what they are
 * held against: with another version, other tags.  pool: scratch. */
struct verified_tag
verified_tag(apr_pool_t *pool, apr_uint64_t version, const char *realm,
             const char *user, const char *secret);

/* Whether that was verified less than VERIFIED_SECONDS ago. */
int verified_known(const struct verified_tag *tag, apr_time_t now);

/* Notes that it was. */
void verified_add(const struct verified_tag *tag, apr_time_t now);

#endif
