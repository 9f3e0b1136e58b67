/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RoutesDebug: what went wrong in Python, shown to the client.
 */
#ifndef DEBUG_H
#define DEBUG_H

#include <httpd.h>

#include "python/embed.h"

/* Whether the server of the request shows it. */
int debug_wanted(const request_rec *r);

/* Sends a 500 with the fault of the reply: a page for who prefers HTML, else
 * text.  Returns what a handler returns. */
int debug_send(request_rec *r, const struct reply *reply);

/* Hook check_config: warns when the page could be seen from elsewhere. */
int debug_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                server_rec *main_server);

#endif
