/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_url: a URL as httpd hands its path to a module.
 */
#ifndef EXPLAIN_URL_H
#define EXPLAIN_URL_H

#include <stddef.h>

#include <apr_pools.h>

struct explain_url {
    const char *written;
    const char *path;  /* decoded, without dots and double slashes; of no
                          use with a status */
    size_t len;        /* of path */
    const char *query; /* as sent, or NULL */
    int status;        /* 0, or what httpd answers by itself */
    const char *why;   /* then */
};

/*
 * Does to a request line's URL what httpd does with its default
 * configuration: unreserved characters decoded, slashes merged, dot segments
 * removed, the rest decoded once.  url begins with '/'; a fragment, which no
 * client sends, is dropped.
 */
struct explain_url
explain_url_read(apr_pool_t *pool, const char *method, const char *url);

/* The host of "http://HOST/path", or NULL, and the path in *rest; *rest is
 * NULL if it is neither that nor a path. */
const char *
explain_url_host(apr_pool_t *pool, const char *url, const char **rest);

/* A host as the matcher wants it: lower case, without port and the dot at the
 * end; NULL if it can't be one. */
const char *explain_url_hostname(apr_pool_t *pool, const char *host);

/* Any bytes as UTF-8 without control characters: "\x07" for what is none. */
const char *explain_url_shown(apr_pool_t *pool, const char *text, size_t len);

#endif
