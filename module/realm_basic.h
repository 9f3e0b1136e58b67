/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `basic`: RFC 7617 against an htpasswd file and a group file.
 */
#ifndef REALM_BASIC_H
#define REALM_BASIC_H

#include "realm.h"

/* What realm.h says, for this kind. */
void realm_basic_make(apr_pool_t *pconf, const struct routes_table *table,
                      const struct routes_realm *row, struct realm *realm);
const char *realm_basic_fault(const struct realm *realm, apr_pool_t *pool);
enum realm_result
realm_basic_try(request_rec *r, const struct realm *realm, int with_roles,
                struct routes_caller *caller);

#endif
