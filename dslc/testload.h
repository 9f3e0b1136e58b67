/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testload: whether a built module can be loaded, tried in a child process.
 */
#ifndef TESTLOAD_H
#define TESTLOAD_H

#include <apr_pools.h>

/* Loads the file with all its symbols and looks for the module record named
 * so.  NULL if it is there, else what is wrong, in pool.  A crash is the
 * child's. */
const char *
testload_check(apr_pool_t *pool, const char *path, const char *record);

#endif
