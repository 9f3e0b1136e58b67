/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Origins (RFC 6454): which of them is the one that the request is for.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <httpd.h>

/*
 * Whether the value of Origin names the site that the request was sent to:
 * its host, its port, its scheme.  A default port may be left away.  A
 * server that is asked over http takes https for its own, too: a proxy may
 * stand before it that undoes TLS.  "null" is nobody's.
 */
int origin_is_own(const request_rec *r, const char *origin);

#endif
