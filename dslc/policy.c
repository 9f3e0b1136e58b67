/* SPDX-License-Identifier: Apache-2.0 */
/* policy: what requirements say about all callers at once. */
#include "policy.h"

#include <string.h>

#include <apr_strings.h>

#include "rule_text.h"
#include "search.h"

/* ---- callers and realms ------------------------------------------------- */

static int
has_realm(const struct model_auth *auth, const struct model_realm *realm)
{
    for (int i = 0; i < auth->realms->nelts; i++) {
        if (MODEL_AT(auth->realms, struct model_realm, i) == realm) {
            return 1;
        }
    }
    return 0;
}

/* Two requirements, and whether a caller is to be named by the realm. */
struct pair {
    apr_pool_t *pool;
    const struct model_auth *a;
    const struct model_auth *b;
    int named;
};

/* Those of which both speak; where there is none, those of either. */
static uint64_t
common_methods(const struct model_auth *a, const struct model_auth *b)
{
    uint64_t both = a->methods & b->methods;

    return a->methods == 0 || b->methods == 0 || both == 0
               ? a->methods | b->methods
               : both;
}

/* Whether an anonymous caller (no realm), or a user of the realm, is granted
 * by a and not by b. */
static int
escapes(const struct pair *pair, const struct model_realm *realm,
        const char **caller)
{
    struct search s = {
        .grants = pair->a->rule,
        .denies = pair->b->rule,
        .grants_user = realm != NULL && has_realm(pair->a, realm),
        .denies_user = realm != NULL && has_realm(pair->b, realm),
        .realm = realm != NULL ? realm->name : NULL,
        .methods = common_methods(pair->a, pair->b)};
    enum search_found found = search_find(pair->pool, &s);

    if (found == SEARCH_SOMEBODY && caller != NULL) {
        *caller = search_caller(pair->pool, &s, pair->named ? s.realm : NULL);
    }
    return found != SEARCH_NOBODY;
}

static int
one_escapes(const struct pair *pair, const apr_array_header_t *realms,
            const char **caller)
{
    for (int i = 0; i < realms->nelts; i++) {
        if (escapes(pair, MODEL_AT(realms, struct model_realm, i), caller)) {
            return 1;
        }
    }
    return 0;
}

/* Whether a rule tells realms apart. */
static int
asks_realm(const struct model_rule *rule)
{
    return rule != NULL && (rule->op == MODEL_RULE_REALM ||
                            asks_realm(rule->left) || asks_realm(rule->right));
}

static int
same_realms(const struct model_auth *a, const struct model_auth *b)
{
    int same = a->realms->nelts == b->realms->nelts;

    for (int i = 0; same && i < a->realms->nelts; i++) {
        same = has_realm(b, MODEL_AT(a->realms, struct model_realm, i));
    }
    return same;
}

/* Whether any caller is granted by a and not by b.  Callers of a realm that
 * only b has are anonymous to a, so they are asked for as well. */
static int
any_escapes(apr_pool_t *pool, const struct model_auth *a,
            const struct model_auth *b, const char **caller)
{
    const struct pair pair = {pool, a, b,
                              !same_realms(a, b) || asks_realm(a->rule) ||
                                  asks_realm(b->rule)};

    return escapes(&pair, NULL, caller) ||
           one_escapes(&pair, a->realms, caller) ||
           one_escapes(&pair, b->realms, caller);
}

int
policy_implies(apr_pool_t *pool, const struct model_auth *a,
               const struct model_auth *b, const char **caller)
{
    apr_pool_t *work;
    const char *found = NULL;
    int escaped;

    if (caller != NULL) {
        *caller = NULL;
    }
    if (a == b) {
        return 1;
    }
    apr_pool_create(&work, pool);
    escaped = any_escapes(work, a, b, &found);
    if (caller != NULL && found != NULL) {
        *caller = apr_pstrdup(pool, found);
    }
    apr_pool_destroy(work);
    return !escaped;
}

enum policy_order
policy_compare(apr_pool_t *pool, const struct model_auth *a,
               const struct model_auth *b)
{
    int ab = policy_implies(pool, a, b, NULL);
    int ba = policy_implies(pool, b, a, NULL);

    if (ab) {
        return ba ? POLICY_EQUIVALENT : POLICY_STRONGER;
    }
    return ba ? POLICY_WEAKER : POLICY_OTHER;
}

int
policy_equivalent(apr_pool_t *pool, const struct model_auth *a,
                  const struct model_auth *b)
{
    return policy_compare(pool, a, b) == POLICY_EQUIVALENT;
}

/* Whether a caller, a user or not, is granted by `grants` and not by
 * `denies`. */
static int
someone(apr_pool_t *pool, const struct model_rule *grants,
        const struct model_rule *denies, int user, const char *realm,
        uint64_t methods)
{
    struct search s = {.grants = grants,
                       .denies = denies,
                       .grants_user = user,
                       .denies_user = user,
                       .realm = realm,
                       .methods = methods};
    apr_pool_t *work;
    enum search_found found;

    apr_pool_create(&work, pool);
    found = search_find(work, &s);
    apr_pool_destroy(work);
    return found != SEARCH_NOBODY;
}

/* Whether a user of a realm that `named` names is. */
static int
someone_named(apr_pool_t *pool, const struct model_rule *grants,
              const struct model_rule *denies, const struct model_rule *named,
              uint64_t methods)
{
    if (named == NULL) {
        return 0;
    }
    if (named->op == MODEL_RULE_REALM) {
        return someone(pool, grants, denies, 1, named->text, methods);
    }
    return someone_named(pool, grants, denies, named->left, methods) ||
           someone_named(pool, grants, denies, named->right, methods);
}

int
policy_satisfiable(apr_pool_t *pool, const struct model_rule *rule,
                   uint64_t methods)
{
    return someone(pool, rule, NULL, 0, NULL, methods) ||
           someone(pool, rule, NULL, 1, NULL, methods) ||
           someone_named(pool, rule, NULL, rule, methods);
}

int
policy_always(apr_pool_t *pool, const struct model_rule *rule,
              uint64_t methods)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return !someone(pool, &everyone, rule, 1, NULL, methods) &&
           !someone_named(pool, &everyone, rule, rule, methods);
}

int
policy_divides(apr_pool_t *pool, const struct model_rule *rule,
               uint64_t methods)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return someone(pool, rule, NULL, 0, NULL, methods) &&
           someone(pool, &everyone, rule, 0, NULL, methods);
}

int
policy_public(const struct model_auth *auth)
{
    const struct search anonymous = {.grants = auth->rule,
                                     .methods = auth->methods};

    /* only the connection's atoms are open for a caller who is no user, and
     * it may be any */
    return search_may_grant(&anonymous);
}

/* ---- spelling ----------------------------------------------------------- */

const char *
policy_spell(apr_pool_t *pool, const struct model_rule *rule)
{
    return rule_text_of(pool, rule);
}
