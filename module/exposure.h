/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others on the network could see of this server.
 */
#ifndef EXPOSURE_H
#define EXPOSURE_H

#include <httpd.h>

/* Whether the server listens on an address that is not of the loopback
 * interface.  At start, once the configuration is read. */
int exposure_is_open(void);

/* Hook check_config, behind mount_check: warns (W316) of each server whose
 * callers send credentials that can be read on their way.  A server behind a
 * proxy that speaks TLS says so by `ServerName https://...`. */
int exposure_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                   server_rec *main_server);

#endif
