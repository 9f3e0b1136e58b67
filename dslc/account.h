/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account: who serves when root starts a server, and what that user can read.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

#include <apr_pools.h>
#include <apr_tables.h>

/* Python files that are looked at, in folders so deep; what comes behind is
 * assumed to be as they are. */
#define ACCOUNT_MAX_FILES 10000
#define ACCOUNT_MAX_DEPTH 64

struct account {
    uid_t uid;
    gid_t gid;
    int is_owner;     /* of the file: it may not be given more than it has */
    const char *name; /* pool: "www-data" */
};

/* The owner of the file if that is not root, else the first of www-data,
 * apache and nobody that there is.  0 when there is none. */
int
account_choose(apr_pool_t *pool, const char *file, struct account *account);

/* The first of some paths (const char *) that is there and that the account
 * can't open, or NULL.  Asked by becoming the account in a child process; only
 * root can. */
const char *account_refused(apr_pool_t *pool, const struct account *account,
                            const apr_array_header_t *paths);

/* Adds what makes up a Python module or package of the folder: NAME.py, all
 * Python source below NAME/. */
void account_add_module(apr_array_header_t *paths, const char *folder,
                        const char *name);

/* Whether a folder tree entry is none of an application: version control,
 * byte code, "." and "..". */
int account_skips(const char *name);

#endif
