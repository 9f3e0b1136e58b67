/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When whoever runs the server is told what its configuration leads to.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include <httpd.h>

/* Hook check_config, behind mount_check: tells it to who tests a
 * configuration (`httpd -t`).  At a start it would reach the terminal alone,
 * since the error log is not open yet. */
int advice_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                 server_rec *main_server);

/* Hook post_config: tells it to the error log, at each start and restart. */
int advice_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                 server_rec *main_server);

#endif
