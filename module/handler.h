/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler: a granted request becomes a call and an answer.
 */
#ifndef HANDLER_H
#define HANDLER_H

#include <httpd.h>

/* Hook handler: answers what matched, unless a SetHandler has named another
 * handler for it. */
int handler_run(request_rec *r);

#endif
