/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_rule: which lines make a requirement, and what it says to a
 * caller.
 */
#ifndef EXPLAIN_RULE_H
#define EXPLAIN_RULE_H

#include "explain.h"

/* Fills explain's auth, lines and realms: of auth, which is in force at the
 * place or, if route is not NULL, at a route inside it.  auth may be NULL. */
void
explain_rule_trace(apr_pool_t *pool, struct explain *explain,
                   const struct plan *plan, const struct model_place *place,
                   const struct model_route *route);

/* Fills explain's verdict and challenges for its caller by what guards a match
 * and the method; what nothing guards is granted. */
void explain_rule_judge(apr_pool_t *pool, struct explain *explain,
                        const struct routes_table *table,
                        const struct routes_match *match,
                        enum routes_method method);

/* The questions of a requirement that Python answers, each once: const struct
 * model_rule *. */
const apr_array_header_t *
explain_rule_questions(apr_pool_t *pool, const struct model_rule *rule);

#endif
