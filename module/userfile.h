/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that htpasswd(1) writes, and group files: what they say.
 */
#ifndef USERFILE_H
#define USERFILE_H

#include <apr_pools.h>
#include <apr_tables.h>

struct userfile_users;  /* user -> hash */
struct userfile_groups; /* user -> groups */

/* Handles a line's name and what stands behind its first ':'; 0: the line is
 * not as it should be. */
typedef int (*userfile_line_fn)(void *baton, const char *name, char *rest);

/* Calls handle for each line of text, which is changed.  Lines are trimmed;
 * empty ones and those that begin with '#' are skipped.  NULL, or the fault,
 * in pool: "line 7 is no SHAPE". */
const char *userfile_each_line(apr_pool_t *pool, char *text, const char *shape,
                               userfile_line_fn handle, void *baton);

/* Readers for watched.h.  A line must be "user:hash", where what follows a
 * second ':' is not looked at, or "group: user user …".  The content is a
 * struct userfile_users, or userfile_groups. */
const char *userfile_read_users(apr_pool_t *pool, char *text, apr_size_t len,
                                const void **content);
const char *userfile_read_groups(apr_pool_t *pool, char *text, apr_size_t len,
                                 const void **content);

/* Whether the password is the user's.  An unknown user costs a validation
 * too, so that time does not tell who exists. */
int userfile_is_password(const struct userfile_users *users, const char *user,
                         const char *password);

/* The groups of the user: an array of const char *, sorted by strcmp, no two
 * alike, as long as the content; NULL: none. */
const apr_array_header_t *
userfile_groups_of(const struct userfile_groups *groups, const char *user);

#endif
