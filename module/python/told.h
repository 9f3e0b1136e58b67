/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which headers of a request an application is told of.
 */
#ifndef TOLD_H
#define TOLD_H

#include <httpd.h>

struct embed_visit;

/* Whether mod_deflate takes the coding away while the body is read: the
 * length is then another one.  GIL: either. */
int told_is_inflated(const request_rec *r);

/* Whether a header is kept back: credentials that are none of the
 * application's; Proxy, which would be HTTP_PROXY, where libraries look for a
 * proxy that they shall use; and the coding of a body that is inflated.
 * GIL: either. */
int told_keeps_back(const request_rec *r, const struct embed_visit *visit,
                    int inflated, const char *header);

/* Whether a name has letters, digits and hyphens alone: with another character
 * it could stand for another header, X_User for X-User.  GIL: either. */
int told_is_plain(const char *header);

#endif
