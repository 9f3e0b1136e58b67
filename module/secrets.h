/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of secrets that requests are signed with: one a line, several while
 * one takes the place of another.
 */
#ifndef SECRETS_H
#define SECRETS_H

#include <apr_pools.h>
#include <apr_tables.h>

struct secrets_one {
    const char *at;
    apr_size_t len;
};

/* A reader for watched.h; the content is an array of struct secrets_one, one
 * at least.  "base64:" stands before one that is no text.  Empty lines are
 * skipped. */
const char *secrets_read(apr_pool_t *pool, char *text, apr_size_t len,
                         const void **content);

#endif
