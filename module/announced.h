/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that loaded modules have announced, by their names.
 */
#ifndef ANNOUNCED_H
#define ANNOUNCED_H

#include <httpd.h>
#include <http_core.h>
#include <apr_pools.h>

#include "runtime/routes_abi.h"

/* The table of a name, which this build can read; or NULL, with the reason in
 * *fault, in pool.  When all modules are loaded. */
const struct routes_table *
announced_table(const char *name, apr_pool_t *pool, const char **fault);

/* Hook error_log: notes that httpd has skipped a second module of one name,
 * which it says nowhere else. */
void announced_watch_log(const ap_errorlog_info *info, const char *line);

/* Forgets what announced_watch_log noted: a configuration begins. */
void announced_begin(void);

#endif
