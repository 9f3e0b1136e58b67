/* SPDX-License-Identifier: Apache-2.0 */
/* rule_bind: a rule with what is given to it in the places of its
 * parameters. */
#ifndef DSLC_RULE_BIND_H
#define DSLC_RULE_BIND_H

#include <stdbool.h>

#include <apr_pools.h>

#include "dslc/model.h"

/* A declared rule as it stands where it is named: args (struct model_rule_arg
 * *) for params (struct model_param *), all of it at span.  *unfit is what
 * can't be part of a name (a setting, an empty text, a control character), or
 * NULL. */
const struct model_rule *
rule_bind_declared(apr_pool_t *pool, const struct model_rule *rule,
                   const apr_array_header_t *params,
                   const apr_array_header_t *args, struct span span,
                   const struct model_rule_arg **unfit);

/* The rule of an assertion as it is asked of a route or location: parameters
 * that are not there, or of another type, stay what nothing else is. */
const struct model_rule *
rule_bind_at(apr_pool_t *pool, const struct model_rule *rule,
             const struct model_path *path,
             const struct model_param *host_param);

/* Whether a type may have few words: most have no end of them. */
bool rule_bind_may_be_few(const struct model_type *type);

/* The rule (or NULL) where requests have that word for the parameter of that
 * place. */
const struct model_rule *
rule_bind_word(apr_pool_t *pool, const struct model_rule *rule,
               const struct model_param *param, const char *word);

/* A route's rule as it is asked of requests that have two paths: the route's
 * own, where its parameters are, and another (or NULL), which may have texts
 * there. */
const struct model_rule *
rule_bind_meet(apr_pool_t *pool, const struct model_rule *rule,
               const struct model_path *own, const struct model_path *other);

#endif
