/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinguished names as RFC 2253 writes them: "CN=ada,OU=ops,O=Example".
 */
#ifndef NAMES_H
#define NAMES_H

#include <apr_pools.h>

/* The name without blanks behind its commas, as mod_ssl writes names. */
const char *names_canonical(apr_pool_t *pool, const char *name);

/* Whether the name ends in these whole RDNs: "OU=ops,O=Example" of the one
 * above, but not "ps,O=Example", nor behind a comma that is escaped.  Never
 * of "/O=Example/CN=ada", as `SSLOptions +LegacyDNStringFormat` writes names:
 * there a comma is escaped nowhere. */
int names_end(const char *name, const char *end);

#endif
