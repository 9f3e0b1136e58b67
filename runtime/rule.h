/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule evaluation: a compiled requirement against a caller, three-valued.
 */
#ifndef ROUTES_RULE_H
#define ROUTES_RULE_H

#include "caller.h"
#include "routes_abi.h"

/* Ordered: `and` is the smaller, `or` the greater, `not` swaps the ends and
 * keeps the middle (LANGUAGE.md P15). */
enum routes_verdict {
    ROUTES_DENIED,
    ROUTES_NO_USER,
    ROUTES_GRANTED
};

/* Judges auths[auth] for the caller.  Index 0, an empty or malformed program:
 * denied. */
enum routes_verdict
routes_rule_judge(const struct routes_table *table, uint32_t auth,
                  const struct routes_caller *caller);

/* Whether the requirement grants an anonymous caller, so that no realm needs
 * to be tried. */
int routes_rule_public(const struct routes_table *table, uint32_t auth);

#endif
