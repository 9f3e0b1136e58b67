/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failed attempts of one user name from one address: after a few, the next
 * ones have to wait.
 */
#ifndef FAILURES_H
#define FAILURES_H

#include <httpd.h>
#include <apr_time.h>

#define FAILURES_FREE    10  /* attempts that nobody waits for */
#define FAILURES_LONGEST 60  /* seconds, the longest wait */
#define FAILURES_FORGOT  900 /* seconds without an attempt: all is forgotten */

/* Stands for a user name at a realm from an address: the whole of an IPv4
 * one, the first 64 bits of an IPv6 one.  Others of the address and others
 * who use the name are not hindered: nobody can be locked out from
 * elsewhere. */
struct failures_who {
    apr_uint64_t hash;
};

/* Hook post_config: the memory.  Without it nobody waits. */
int failures_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                   server_rec *main_server);

struct failures_who
failures_who(const request_rec *r, const char *realm, const char *user);

/* 0 if an attempt may be made, which then counts as failed until
 * failures_forget; else the seconds to wait.  Attempts that are refused don't
 * count, so that the wait ends. */
unsigned failures_attempt(struct failures_who who, apr_time_t now);

/* The attempt succeeded. */
void failures_forget(struct failures_who who);

#endif
