/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regions: addresses that the networks of requirements tell apart.
 */
#ifndef REGIONS_H
#define REGIONS_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "model.h"

/*
 * Networks hold one another or have nothing in common, so what an address is
 * in depends on the innermost one alone:
 *
 *     all ──────────────────────────────────────────
 *         10.0.0.0/8 ───────────────   192.168.0.0/16
 *               10.1.0.0/16
 *
 * An address (struct routes_network) of each such region that is not empty,
 * those outside all of them included; no two are in the same networks of every
 * requirement.  b may be NULL.  Empty if neither asks for an address. */
apr_array_header_t *regions_of(apr_pool_t *pool, const struct model_rule *a,
                               const struct model_rule *b);

/* Whether a requirement's MODEL_RULE_IP holds the address. */
int regions_holds(const struct model_rule *rule,
                  const struct routes_network *address);

#endif
