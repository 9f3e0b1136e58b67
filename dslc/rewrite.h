/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite: a file of the user's with a new content, or as it was. */
#ifndef DSLC_REWRITE_H
#define DSLC_REWRITE_H

#include <stddef.h>

#include <apr_pools.h>

/*
 * Gives the file at path a new content in one step: at each moment it is the
 * old file or the new one.  A symbolic link stays one, and the file that it
 * leads to is rewritten; mode and, if we may, owner are kept.  A second hard
 * link keeps the old content.  Nothing is written if the file may not be
 * written to, or no longer has the old content.  Returns NULL, or what went
 * wrong, as words in pool.
 */
const char *rewrite_file(apr_pool_t *pool, const char *path, const char *old,
                         size_t old_length, const char *text, size_t length);

#endif
