/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_text: a requirement in the words of the language, for people.
 */
#ifndef RULE_TEXT_H
#define RULE_TEXT_H

#include <apr_pools.h>

#include "model.h"

/* "role(staff) and (user or not role(guest))", in pool; only the parentheses
 * that it needs.  Cut with "..." where it nests deeper than ROUTES_MAX_OPS. */
const char *rule_text_of(apr_pool_t *pool, const struct model_rule *rule);

/* "role(staff) by web or api": that and the realms, as they are asked. */
const char *
rule_text_with_realms(apr_pool_t *pool, const struct model_auth *auth);

#endif
