/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copytree: a folder copied for another user.
 */
#ifndef COPYTREE_H
#define COPYTREE_H

#include <apr_pools.h>

#include "account.h"

#define COPYTREE_MAX_FILES 10000
#define COPYTREE_MAX_BYTES (64L << 20)
#define COPYTREE_MAX_DEPTH 64

/*
 * Copies what is in the folder `from` into the new folder `to`, all of it
 * owned by the account.  Left out: what account_skips, the folder that holds
 * `to` if it is inside, devices and the like, and symbolic links that leave
 * the folder; links inside it lead into the copy.  No link is followed on the
 * way, so whoever may write to `from` can't make us read something else; and
 * an owner gets no file that its modes keep from him (another user's, or a
 * hard link to one): that is an error.  NULL, or what is wrong, in pool.
 */
const char *copytree_make(apr_pool_t *pool, const char *from, const char *to,
                          const struct account *account);

#endif
