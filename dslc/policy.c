/* SPDX-License-Identifier: Apache-2.0 */
/* policy: what requirements say about all callers at once. */
#include "policy.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "rule_text.h"
#include "search.h"

/* ---- callers and realms ------------------------------------------------- */

#define NOT_ASKED INT_MAX

/* When a realm is asked: httpd's own comes after all others. */
static int
realm_turn(const struct model_auth *auth, const struct model_realm *realm)
{
    int late = realm->kind == ROUTES_REALM_APACHE ? auth->realms->nelts : 0;

    for (int i = 0; i < auth->realms->nelts; i++) {
        if (MODEL_AT(auth->realms, struct model_realm, i) == realm) {
            return i + late;
        }
    }
    return NOT_ASKED;
}

static int
has_realm(const struct model_auth *auth, const struct model_realm *realm)
{
    return realm_turn(auth, realm) != NOT_ASKED;
}

/* Whether both are asked, and the one first. */
static int
asks_before(const struct model_auth *auth, const struct model_realm *one,
            const struct model_realm *other)
{
    return realm_turn(auth, one) < realm_turn(auth, other) &&
           has_realm(auth, other);
}

/* Whether a asks the first of two of its realms before the other, and b after
 * it. */
static int
turns_realms(const struct model_auth *a, const struct model_auth *b, int first,
             int second)
{
    const struct model_realm *one =
        MODEL_AT(a->realms, struct model_realm, first);
    const struct model_realm *other =
        MODEL_AT(a->realms, struct model_realm, second);

    return asks_before(a, one, other) && asks_before(b, other, one);
}

int
policy_same_turns(const struct model_auth *a, const struct model_auth *b)
{
    for (int i = 0; i < a->realms->nelts; i++) {
        for (int k = 0; k < a->realms->nelts; k++) {
            if (turns_realms(a, b, i, k)) {
                return 0;
            }
        }
    }
    return 1;
}

/* Two requirements, and whether a caller is to be named by the realm. */
struct pair {
    struct search_run *run;
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

/* What two searches found, together. */
static enum search_found
either_found(enum search_found one, enum search_found other)
{
    return one == SEARCH_SOMEBODY || other == SEARCH_NOBODY ? one : other;
}

/* As whom a requirement sees the user of a realm; NULL: who is anonymous. */
static struct formula_user
user_to(const struct model_auth *auth, const struct model_realm *realm)
{
    if (realm == NULL) {
        return (struct formula_user){0};
    }
    return (struct formula_user){.known = has_realm(auth, realm),
                                 .realm = realm->name};
}

/* Whether an anonymous caller (no realm), or a user of the realm, is granted
 * by a and not by b. */
static enum search_found
escapes(const struct pair *pair, const struct model_realm *realm,
        const char **caller)
{
    const struct search s = {.grants = pair->a->rule,
                             .denies = pair->b->rule,
                             .grants_user = user_to(pair->a, realm),
                             .denies_user = user_to(pair->b, realm),
                             .methods = common_methods(pair->a, pair->b),
                             .named = pair->named};

    return search_find(pair->run, &s, caller);
}

/* Whether somebody is who is a user of the one realm to a, and granted, and of
 * the other to b, and not. */
static enum search_found
escapes_as(const struct pair *pair, const struct model_realm *one,
           const struct model_realm *other, const char **caller)
{
    struct search s = {.grants = pair->a->rule,
                       .denies = pair->b->rule,
                       .grants_user = user_to(pair->a, one),
                       .denies_user = user_to(pair->b, other),
                       .methods = common_methods(pair->a, pair->b),
                       .named = 1};

    s.denies_user.second = true;
    return search_find(pair->run, &s, caller);
}

/* For each two realms that they ask in different order. */
static enum search_found
two_escape(const struct pair *pair, enum search_found found,
           const char **caller)
{
    const apr_array_header_t *realms = pair->a->realms;

    for (int i = 0; i < realms->nelts; i++) {
        for (int k = 0; k < realms->nelts && found != SEARCH_SOMEBODY; k++) {
            if (turns_realms(pair->a, pair->b, i, k)) {
                found = either_found(
                    escapes_as(pair, MODEL_AT(realms, struct model_realm, i),
                               MODEL_AT(realms, struct model_realm, k),
                               caller),
                    found);
            }
        }
    }
    return found;
}

static enum search_found
one_escapes(const struct pair *pair, const apr_array_header_t *realms,
            enum search_found found, const char **caller)
{
    for (int i = 0; i < realms->nelts && found != SEARCH_SOMEBODY; i++) {
        found = either_found(
            escapes(pair, MODEL_AT(realms, struct model_realm, i), caller),
            found);
    }
    return found;
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
static enum search_found
any_escapes(struct search_run *run, const struct model_auth *a,
            const struct model_auth *b, const char **caller)
{
    const struct pair pair = {run, a, b,
                              !same_realms(a, b) || asks_realm(a->rule) ||
                                  asks_realm(b->rule)};
    enum search_found found = escapes(&pair, NULL, caller);

    found = one_escapes(&pair, a->realms, found, caller);
    found = one_escapes(&pair, b->realms, found, caller);
    return found == SEARCH_SOMEBODY ? found : two_escape(&pair, found, caller);
}

struct search_run *
policy_run(struct model *model)
{
    if (model->searches == NULL) {
        model->searches = search_run_make(model->pool);
    }
    return model->searches;
}

int
policy_implies(struct search_run *run, const struct model_auth *a,
               const struct model_auth *b, const char **caller)
{
    if (caller != NULL) {
        *caller = NULL;
    }
    return a == b || any_escapes(run, a, b, caller) == SEARCH_NOBODY;
}

enum policy_order
policy_compare(struct search_run *run, const struct model_auth *a,
               const struct model_auth *b)
{
    enum search_found ab = any_escapes(run, a, b, NULL);
    enum search_found ba = any_escapes(run, b, a, NULL);

    if (ab > SEARCH_SOMEBODY || ba > SEARCH_SOMEBODY) {
        return POLICY_UNKNOWN;
    }
    if (ab == SEARCH_NOBODY) {
        return ba == SEARCH_NOBODY ? POLICY_EQUIVALENT : POLICY_STRONGER;
    }
    return ba == SEARCH_NOBODY ? POLICY_WEAKER : POLICY_OTHER;
}

/* Whether a caller, a user or not, may be granted by `grants` and not by
 * `denies`. */
static int
someone(struct search_run *run, const struct model_rule *grants,
        const struct model_rule *denies, int user, const char *realm,
        uint64_t methods)
{
    const struct search s = {.grants = grants,
                             .denies = denies,
                             .grants_user = {user != 0, realm, false},
                             .denies_user = {user != 0, realm, false},
                             .methods = methods};

    return search_find(run, &s, NULL) != SEARCH_NOBODY;
}

/* Whether a user of a realm that `named` names is. */
static int
someone_named(struct search_run *run, const struct model_rule *grants,
              const struct model_rule *denies, const struct model_rule *named,
              uint64_t methods)
{
    if (named == NULL) {
        return 0;
    }
    if (named->op == MODEL_RULE_REALM) {
        return someone(run, grants, denies, 1, named->text, methods);
    }
    return someone_named(run, grants, denies, named->left, methods) ||
           someone_named(run, grants, denies, named->right, methods);
}

int
policy_satisfiable(struct search_run *run, const struct model_rule *rule,
                   uint64_t methods)
{
    return someone(run, rule, NULL, 0, NULL, methods) ||
           someone(run, rule, NULL, 1, NULL, methods) ||
           someone_named(run, rule, NULL, rule, methods);
}

int
policy_always(struct search_run *run, const struct model_rule *rule,
              uint64_t methods)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return !someone(run, &everyone, rule, 1, NULL, methods) &&
           !someone_named(run, &everyone, rule, rule, methods);
}

int
policy_divides(struct search_run *run, const struct model_rule *rule,
               uint64_t methods)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return someone(run, rule, NULL, 0, NULL, methods) &&
           someone(run, &everyone, rule, 0, NULL, methods);
}

int
policy_public(struct search_run *run, const struct model_auth *auth)
{
    return someone(run, auth->rule, NULL, 0, NULL, auth->methods);
}

/* ---- spelling ----------------------------------------------------------- */

const char *
policy_spell(apr_pool_t *pool, const struct model_rule *rule)
{
    return rule_text_of(pool, rule);
}
