/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_rule: which lines make a requirement, and what it says to a
 * caller.
 */
#include "explain_rule.h"

#include "../runtime/challenge.h"
#include "../runtime/table.h"
#include "atoms.h"

static void
add_realms(struct explain *explain, const struct plan *plan)
{
    for (int i = 0; i < explain->auth->realms->nelts; i++) {
        APR_ARRAY_PUSH(explain->realms, struct origin_place) = origin_of(
            plan->sources,
            MODEL_AT(explain->auth->realms, struct model_realm, i)->span);
    }
}

void
explain_rule_trace(apr_pool_t *pool, struct explain *explain,
                   const struct plan *plan, const struct model_place *place,
                   const struct model_route *route)
{
    explain->auth = route != NULL ? route->auth : place->auth;
    origin_trace(pool, plan->sources, place, route, explain->lines);
    if (explain->auth != NULL) {
        add_realms(explain, plan);
    }
}

/* ---- the caller --------------------------------------------------------- */

static void
add_challenges(apr_pool_t *pool, struct explain *explain,
               const struct routes_table *table, uint32_t auth)
{
    const struct routes_auth *row = &table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        const char *challenge =
            routes_challenge(table, table->realm_sets[row->realms + i], pool);

        if (challenge != NULL) {
            APR_ARRAY_PUSH(explain->challenges, const char *) = challenge;
        }
    }
}

void
explain_rule_judge(apr_pool_t *pool, struct explain *explain,
                   const struct routes_table *table,
                   const struct routes_match *match, enum routes_method method)
{
    uint32_t auth = facts_auth(table, match);
    struct routes_caller caller;
    struct facts_case of = {explain->caller->facts, table, match, NULL};
    struct routes_scene scene = facts_scene(&of, auth, &caller);

    scene.method = facts_method(table, match, method);
    explain->verdict =
        auth == 0 ? ROUTES_GRANTED : routes_rule_judge(table, auth, &scene);
    if (explain->verdict == ROUTES_NO_USER) {
        add_challenges(pool, explain, table, auth);
    }
}

static void
list_questions(const struct model_rule *rule, apr_array_header_t *questions)
{
    int known = rule == NULL || rule->op != MODEL_RULE_PYTHON;

    if (rule == NULL) {
        return;
    }
    for (int i = 0; i < questions->nelts && !known; i++) {
        known =
            atoms_same(MODEL_AT(questions, const struct model_rule, i), rule);
    }
    if (!known) {
        APR_ARRAY_PUSH(questions, const struct model_rule *) = rule;
    }
    list_questions(rule->left, questions);
    list_questions(rule->right, questions);
}

const apr_array_header_t *
explain_rule_questions(apr_pool_t *pool, const struct model_rule *rule)
{
    apr_array_header_t *questions =
        apr_array_make(pool, 4, sizeof(struct model_rule *));

    list_questions(rule, questions);
    return questions;
}
