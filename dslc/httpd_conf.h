/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpd_conf: lines of httpd's configuration, written so that httpd reads back
 * what was meant.
 */
#ifndef HTTPD_CONF_H
#define HTTPD_CONF_H

#include <apr_pools.h>

/* The text, most often a path, as one quoted word, in pool; NULL for what
 * httpd can't be told: a newline, or "${", which it would replace. */
const char *httpd_conf_word(apr_pool_t *pool, const char *path);

/* The path of a file or folder that exists, absolute, in pool; NULL when it
 * does not. */
const char *httpd_conf_absolute(apr_pool_t *pool, const char *path);

#endif
