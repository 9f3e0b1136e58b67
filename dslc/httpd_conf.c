/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpd_conf: lines of httpd's configuration, written so that httpd reads back
 * what was meant.
 */
#include "httpd_conf.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

const char *
httpd_conf_word(apr_pool_t *pool, const char *path)
{
    char *word = apr_palloc(pool, 2 * strlen(path) + 3);
    char *to = word;

    if (strpbrk(path, "\r\n") != NULL || strstr(path, "${") != NULL) {
        return NULL;
    }
    *to++ = '"';
    for (; *path != '\0'; path++) {
        if (*path == '"' || *path == '\\') {
            *to++ = '\\';
        }
        *to++ = *path;
    }
    *to++ = '"';
    *to = '\0';
    return word;
}

const char *
httpd_conf_absolute(apr_pool_t *pool, const char *path)
{
    char *real = realpath(path, NULL);
    const char *kept = real != NULL ? apr_pstrdup(pool, real) : NULL;

    free(real);
    return kept;
}
