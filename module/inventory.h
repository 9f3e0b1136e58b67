/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is served, for who reads the error log.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include <httpd.h>

/* Says of each RoutesMount which table is served and what it was built from.
 * Behind mount_check. */
void inventory_say(const server_rec *main_server);

/* Warns of a table that is loaded and mounted nowhere.  Behind mount_check. */
void inventory_warn(apr_pool_t *ptemp, const server_rec *main_server);

#endif
