/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credentials of RFC 7617: user-id and password out of a header.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <apr_pools.h>

struct credentials {
    const char *user; /* valid UTF-8, not empty, without control characters */
    const char *password; /* the same, but it may be empty */
};

enum credentials_result {
    CREDENTIALS_NONE,      /* no header, or of another scheme */
    CREDENTIALS_MALFORMED, /* scheme Basic, and then not what RFC 7617 says */
    CREDENTIALS_FOUND
};

/* Reads the value of an Authorization field, NULL if there was none.  The
 * text is allocated in pool. */
enum credentials_result credentials_parse(const char *field, apr_pool_t *pool,
                                          struct credentials *credentials);

#endif
