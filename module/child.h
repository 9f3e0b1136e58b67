/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a child process: its interpreter starts, serves and stops.
 */
#ifndef CHILD_H
#define CHILD_H

#include <httpd.h>
#include <apr_pools.h>

#include "python/embed.h"
#include "served.h"

/* Hook child_init: starts Python if anything is mounted and binds every
 * table's functions.  What fails is logged, and its routes answer 503; with
 * RoutesStrict the server ends. */
void child_start(apr_pool_t *pchild, server_rec *main_server);

/* Hook child_stopping: on prefork, runs what is to run when a child stops.
 * The MPMs with threads call it while requests run; there the cleanup of
 * pchild does it. */
void child_stopping(apr_pool_t *pchild, int graceful);

/* The folder of temporary files; NULL in a process that serves no table. */
const char *child_temp_folder(void);

/* The functions of a table in this process, or NULL: Python did not start. */
struct embed_table *child_bound(const struct served *served);

#endif
