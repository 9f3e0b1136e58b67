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

/* Warns when the page could be seen from elsewhere.  At start, once the
 * configuration is read. */
void debug_warn(const server_rec *main_server);

#endif
