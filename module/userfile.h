/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that htpasswd(1) writes, and group files, read line by line.
 */
#ifndef USERFILE_H
#define USERFILE_H

#include <apr_pools.h>
#include <apr_tables.h>

/* Whether the password is the user's in the htpasswd file: *good.  An unknown
 * user costs a validation too, so that time does not tell who exists.  Returns
 * an error if the file can't be read to its end; then *good is 0. */
apr_status_t
userfile_password(apr_pool_t *pool, const char *path, const char *user,
                  const char *password, int *good);

/* The groups of the user: lines "group: user user".  *groups is of pool: their
 * names (const char *) as they stand in the file. */
apr_status_t userfile_groups(apr_pool_t *pool, const char *path,
                             const char *user, apr_array_header_t **groups);

/* APR_SUCCESS if the path is a file that this process can read. */
apr_status_t userfile_readable(apr_pool_t *pool, const char *path);

#endif
