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

/* Warns (W316) of each server whose callers send credentials that can be read
 * on their way.  A server behind a proxy that speaks TLS says so by
 * `ServerName https://...`.  Behind mount_check. */
void exposure_warn(const server_rec *main_server);

#endif
