/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tempdir: a private folder that is there while something is made.
 */
#ifndef TEMPDIR_H
#define TEMPDIR_H

#include <apr_pools.h>

/* Folders inside each other that tempdir_remove goes down. */
#define TEMPDIR_MAX_DEPTH 64

/* Makes a new folder "PREFIX" and six random characters inside `in`, for its
 * owner only; *path, from pool, is absolute if `in` is. */
apr_status_t tempdir_make(apr_pool_t *pool, const char *in, const char *prefix,
                          const char **path);

/* Removes a folder with all that is in it.  No symbolic link is followed, so
 * others may have written below it. */
void tempdir_remove(const char *path);

#endif
