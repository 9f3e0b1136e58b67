/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of API keys: lines "user:digest" or "user:digest:role role", the
 * digest being that of the key, SHA-256 in lower case hexadecimal.
 */
#ifndef KEYFILE_H
#define KEYFILE_H

#include <apr_pools.h>
#include <apr_tables.h>

struct keyfile; /* digest -> owner */

struct keyfile_owner {
    const char *user;
    apr_array_header_t *roles; /* const char *, sorted, no two alike */
};

/* A reader for watched.h; the content is a struct keyfile. */
const char *keyfile_read(apr_pool_t *pool, char *text, apr_size_t len,
                         const void **content);

/* Whose key it is, as long as the content; NULL: nobody's.  What takes more
 * or less time depends on the digest alone, which nobody can steer. */
const struct keyfile_owner *
keyfile_owner_of(const struct keyfile *keys, const char *key);

#endif
