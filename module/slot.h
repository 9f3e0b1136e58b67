/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many calls of a route run at a time, in all processes:
 * `limit concurrency`.
 */
#ifndef SLOT_H
#define SLOT_H

#include <httpd.h>
#include <mpm_common.h>

#include "served.h"

/* Calls at a time of all routes that have such a limit together, and these
 * routes: more is refused when the server starts. */
#define SLOT_MOST_CALLS  32768
#define SLOT_MOST_ROUTES 4096

#define SLOT_NONE (-1) /* no limit, nothing to be given back */
#define SLOT_FULL (-2) /* so many run as may */

/* Hook check_config: whether the limits fit the memory. */
int slot_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server);

/* Hook post_config: memory, and a place in it for each route that has a
 * limit; a route that had one before a graceful restart has the same. */
int slot_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server);

/* Hook child_status, in the parent: what a child held when it ended is free
 * again, however it ended. */
void
slot_child_status(server_rec *server, pid_t pid, ap_generation_t generation,
                  int slot, mpm_child_status status);

/* In a new child: an earlier process of its number holds nothing. */
void slot_child_start(void);

/* A slot for a call under limits[row], SLOT_NONE or SLOT_FULL. */
int slot_take(const struct served *served, uint32_t row);

/* Gives it back; nothing for SLOT_NONE. */
void slot_free(int slot);

#endif
