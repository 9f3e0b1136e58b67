/* SPDX-License-Identifier: Apache-2.0 */
/* decisions: what is wrong with one requirement by itself. */
#include "dslc/decisions.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "dslc/policy.h"

struct check {
    apr_pool_t *pool;
    struct search_run *run;
    struct diag_list *diags;
    apr_hash_t *judged;  /* whole rules that were looked at */
    apr_hash_t *parts;   /* parts of them that were */
    apr_hash_t *clashes; /* parts that nobody can satisfy */
};

/* Whether the rule is not in the set yet; then it is added. */
static int
is_new(apr_hash_t *set, const struct model_rule *rule)
{
    const struct model_rule **key;

    if (apr_hash_get(set, &rule, sizeof(rule)) != NULL) {
        return 0;
    }
    key = apr_pmemdup(apr_hash_pool_get(set), &rule, sizeof(rule));
    apr_hash_set(set, key, sizeof(rule), rule);
    return 1;
}

/* The parts of a rule that `and` joins, outer ones first. */
static void
list_parts(const struct model_rule *rule, apr_array_header_t *parts)
{
    if (rule->op == MODEL_RULE_AND) {
        list_parts(rule->left, parts);
        list_parts(rule->right, parts);
        return;
    }
    *(const struct model_rule **)apr_array_push(parts) = rule;
}

/* From the first word of a rule to its last. */
static struct span
whole_span(const struct model_rule *rule)
{
    if (rule->op == MODEL_RULE_OR || rule->op == MODEL_RULE_AND) {
        return span_join(whole_span(rule->left), whole_span(rule->right));
    }
    return rule->span;
}

static void
warn_always(struct check *c, const struct model_rule *rule, uint64_t methods)
{
    struct diag *diag;

    if (rule->op == MODEL_RULE_PUBLIC || rule->op == MODEL_RULE_USER ||
        !is_new(c->parts, rule) || !policy_always(c->run, rule, methods) ||
        policy_divides(c->run, rule, methods)) {
        return;
    }
    diag = diag_warn(c->diags, whole_span(rule), W307,
                     "`%s` holds for every caller with credentials",
                     policy_spell(c->pool, rule));
    diag_help(diag, "write `require user` if that is meant, or `public` if "
                    "anyone may call it");
}

/* The part with which the parts up to it contradict each other. */
static int
find_clash(struct check *c, const apr_array_header_t *parts, uint64_t methods)
{
    const struct model_rule *all = MODEL_AT(parts, struct model_rule, 0);
    int i = 0;

    while (policy_satisfiable(c->run, all, methods) && i + 1 < parts->nelts) {
        struct model_rule *both = apr_pcalloc(c->pool, sizeof(*both));

        both->op = MODEL_RULE_AND;
        both->left = all;
        both->right = MODEL_AT(parts, struct model_rule, ++i);
        all = both;
    }
    return i;
}

static void
refuse_clash(struct check *c, const struct model_auth *auth,
             const struct model_route *route, const apr_array_header_t *parts)
{
    int clash = find_clash(c, parts, auth->methods);
    const struct model_rule *last = MODEL_AT(parts, struct model_rule, clash);
    struct diag *diag;

    if (!is_new(c->clashes, last)) {
        return;
    }
    diag =
        diag_error(c->diags, whole_span(last), E306, "nobody can satisfy `%s`",
                   policy_spell(c->pool, auth->rule));
    for (int i = 0; i < clash; i++) {
        const struct model_rule *other = MODEL_AT(parts, struct model_rule, i);

        /* parts of a declared rule stand where that is named */
        if (other->op != MODEL_RULE_PUBLIC && other->span.file != 0 &&
            other->span.start != last->span.start) {
            diag_place(diag, whole_span(other), "together with this");
        }
    }
    if (auth->methods != 0) {
        diag_place(diag, route->span, "by a method of this");
    }
}

static void
check_auth(struct check *c, const struct model_auth *auth,
           const struct model_route *route)
{
    apr_array_header_t *parts;

    if (auth == NULL ||
        (auth->methods == 0 && !is_new(c->judged, auth->rule))) {
        return;
    }
    parts = apr_array_make(c->pool, 2, sizeof(struct model_rule *));
    list_parts(auth->rule, parts);
    if (!policy_satisfiable(c->run, auth->rule, auth->methods)) {
        refuse_clash(c, auth, route, parts);
        return;
    }
    for (int i = 0; i < parts->nelts; i++) {
        warn_always(c, MODEL_AT(parts, struct model_rule, i), auth->methods);
    }
}

/* A principal is somebody, and nobody in particular may be let in. */
static void
check_principals(struct check *c, const struct model_route *route)
{
    if (route->auth == NULL || !policy_public(c->run, route->auth)) {
        return;
    }
    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, const struct model_arg, i);
        struct diag *diag;

        if (arg->source != ROUTES_FROM_REQUEST ||
            arg->type->kind != ROUTES_TYPE_PRINCIPAL || arg->type->optional) {
            continue;
        }
        diag = diag_error(c->diags, arg->span, E324,
                          "the callers of this route may be anonymous, and "
                          "then there is no principal");
        diag_place(diag, route->auth->rule->span, "it is open by this");
        diag_help(diag,
                  "write `%s: principal?`, which is None for an "
                  "anonymous caller",
                  arg->name);
    }
}

void
decisions_check(struct model *model, struct diag_list *diags)
{
    struct check c = {model->pool,
                      policy_run(model),
                      diags,
                      apr_hash_make(model->pool),
                      apr_hash_make(model->pool),
                      apr_hash_make(model->pool)};

    for (int i = 0; i < model->places->nelts; i++) {
        check_auth(&c, MODEL_AT(model->places, struct model_place, i)->auth,
                   NULL);
    }
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        check_auth(&c, route->auth, route);
        check_principals(&c, route);
    }
}
