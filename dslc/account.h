/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account: who serves when root starts a server, and what that user can read.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

#include <apr_pools.h>

/* Files that account_unreadable looks at; what comes behind is assumed. */
#define ACCOUNT_MAX_FILES 10000
#define ACCOUNT_MAX_DEPTH 64

struct account {
    uid_t uid;
    gid_t gid;
    const char *name; /* pool: "www-data", or "#1000" */
};

/* The owner of the file if that is not root, else the first of www-data,
 * apache and nobody that there is.  0 when there is none. */
int
account_choose(apr_pool_t *pool, const char *file, struct account *account);

/* The first thing below a folder that the account needs and can't read, in
 * pool, or NULL: the folder itself, the .routes file, Python source.  Asked by
 * becoming the account in a child process; only root can. */
const char *account_unreadable(apr_pool_t *pool, const struct account *account,
                               const char *folder, const char *file);

/* Whether a folder tree entry is none of an application: version control,
 * byte code, "." and "..". */
int account_skips(const char *name);

#endif
