/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `apache`: whoever httpd's own modules say it is, by the AuthType
 * of the server's configuration.
 */
#ifndef REALM_APACHE_H
#define REALM_APACHE_H

#include "realm.h"

extern const struct realm_kind realm_apache;

/* Before httpd's modules ask: the realm's title is what they ask by, if the
 * configuration has no AuthName. */
void realm_apache_begin(request_rec *r, const struct realm *realm);

/* Fills the caller from r->user, when httpd's modules have set it: its roles
 * only if with_roles.  0 if the realm can't tell; logged. */
int realm_apache_fill(request_rec *r, const struct realm *realm,
                      int with_roles, struct routes_caller *caller);

#endif
