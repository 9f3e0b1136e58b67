/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy engine: a search for callers.
 *
 * Requirements are three-valued (LANGUAGE.md P15).  While some atoms have no
 * value yet, a formula's value is only known to lie between two bounds; `and`,
 * `or` and `not` act on the bounds, and the search goes on only where the
 * bounds leave the question open.
 */
#include "policy.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "verb.h"
#include "../runtime/network.h"
#include "atoms.h"
#include "fills.h"
#include "regions.h"
#include "rule_text.h"
#include "rules.h"

#define NONE (-1)
/* What keeps a formula open, beside an atom. */
#define THE_ADDRESS (-2)
#define THE_METHOD  (-3)

enum verdict {
    DENIED,
    NO_USER,
    GRANTED
};

struct bounds {
    enum verdict low, high;
};

enum truth {
    FALSE_ATOM,
    TRUE_ATOM,
    MUTE_ATOM,   /* the request has no value that it could be asked about */
    NOBODY_ATOM, /* it would have to know who it is */
    OPEN_ATOM
};

/* What a formula asks, and a caller has or has not.  A provider of httpd may
 * say one thing of a caller whom a requirement knows, and another of the same
 * one where that is anonymous. */
struct atom {
    const struct model_rule *rule;
    int anonymous; /* of a provider: as which it is asked */
    enum truth truth;
};

/* What is looked for: a caller that `grants` grants and `denies` does not. */
struct search {
    const struct model_rule *grants;
    const struct model_rule *denies; /* NULL: not asked */
    int grants_user;                 /* the caller is a user there */
    int denies_user;
    const char *realm;           /* whose user; NULL: of one not named */
    uint64_t methods;            /* of the request; 0: any */
    uint64_t all_methods;        /* the same, before one was chosen */
    apr_array_header_t *atoms;   /* struct atom */
    const char *filled;          /* what parameters are, of the caller found */
    apr_array_header_t *regions; /* struct routes_network: addresses */
    const struct routes_network *address; /* one of them, or NULL: open */
    unsigned steps;
};

enum found {
    FOUND_NOBODY,
    FOUND_SOMEBODY,
    FOUND_TOO_LATE
};

/* ---- atoms -------------------------------------------------------------- */

static struct atom *
atom_at(const struct search *s, int i)
{
    return &((struct atom *)(void *)s->atoms->elts)[i];
}

/* Whether a rule is an atom whose truth is not known from who calls. */
static int
is_open(const struct model_rule *rule)
{
    return rule->op == MODEL_RULE_ROLE || rule->op == MODEL_RULE_SCOPE ||
           rule->op == MODEL_RULE_CLAIM || rule->op == MODEL_RULE_TLS ||
           rule->op == MODEL_RULE_PYTHON || rule->op == MODEL_RULE_APACHE;
}

/* Whether a request may have a value that is none: no UTF-8, the 30th of
 * February. */
static int
is_loose(const struct model_rule_arg *arg)
{
    return arg != NULL && arg->param != NULL && arg->param->segment != NULL &&
           arg->param->type->matching == NULL &&
           arg->param->type->kind != ROUTES_TYPE_INT &&
           arg->param->type->kind != ROUTES_TYPE_BOOL &&
           arg->param->type->kind != ROUTES_TYPE_UUID &&
           arg->param->type->kind != ROUTES_TYPE_ENUM;
}

/* Of a text, any value of a date is one. */
static int
has_loose(const apr_array_header_t *parts)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        const struct model_rule_arg *arg =
            APR_ARRAY_IDX(parts, i, struct model_rule_part).arg;

        if (is_loose(arg) && (arg->param->type->kind == ROUTES_TYPE_STR ||
                              arg->param->segment->rest)) {
            return 1;
        }
    }
    return 0;
}

/* Then it neither grants nor denies, and `not` of it doesn't, either. */
static int
can_be_mute(const struct model_rule *rule)
{
    for (int i = 0; rule->args != NULL && i < rule->args->nelts; i++) {
        if (is_loose(MODEL_AT(rule->args, const struct model_rule_arg, i))) {
            return 1;
        }
    }
    return rule->op == MODEL_RULE_APACHE || has_loose(rule->parts) ||
           has_loose(rule->name_parts);
}

static int
find_atom(const struct search *s, const struct model_rule *rule, int user)
{
    int anonymous = rule->op == MODEL_RULE_APACHE && !user;

    for (int i = 0; s->atoms != NULL && i < s->atoms->nelts; i++) {
        if (atom_at(s, i)->anonymous == anonymous &&
            atoms_same(atom_at(s, i)->rule, rule)) {
            return i;
        }
    }
    return NONE;
}

static void
add_atoms(struct search *s, const struct model_rule *rule, int user)
{
    if (rule == NULL) {
        return;
    }
    if (is_open(rule) && find_atom(s, rule, user) == NONE) {
        *(struct atom *)apr_array_push(s->atoms) = (struct atom){
            rule, rule->op == MODEL_RULE_APACHE && !user, OPEN_ATOM};
    }
    add_atoms(s, rule->left, user);
    add_atoms(s, rule->right, user);
}

/* ---- values ------------------------------------------------------------- */

static enum verdict
turn_verdict(enum verdict verdict)
{
    return (enum verdict)(GRANTED - verdict);
}

static struct bounds
both_bounds(struct bounds a, struct bounds b)
{
    return (struct bounds){a.low < b.low ? a.low : b.low,
                           a.high < b.high ? a.high : b.high};
}

static struct bounds
either_bounds(struct bounds a, struct bounds b)
{
    return (struct bounds){a.low > b.low ? a.low : b.low,
                           a.high > b.high ? a.high : b.high};
}

static struct bounds
exact(enum verdict verdict)
{
    return (struct bounds){verdict, verdict};
}

/* Of an atom that has a truth value, or none yet. */
static struct bounds
atom_bounds(const struct search *s, const struct model_rule *rule, int user)
{
    int i = find_atom(s, rule, user);
    enum truth truth = i == NONE ? OPEN_ATOM : atom_at(s, i)->truth;

    if (truth == NOBODY_ATOM) {
        return exact(NO_USER);
    }
    return (struct bounds){truth == TRUE_ATOM ? GRANTED : DENIED,
                           truth == FALSE_ATOM ? DENIED : GRANTED};
}

static struct bounds
realm_bounds(const struct search *s, const struct model_rule *rule)
{
    return exact(s->realm != NULL && strcmp(s->realm, rule->text) == 0
                     ? GRANTED
                     : DENIED);
}

static struct bounds
ip_bounds(const struct search *s, const struct model_rule *rule)
{
    if (s->address == NULL) {
        return (struct bounds){DENIED, GRANTED};
    }
    return exact(regions_holds(rule, s->address) ? GRANTED : DENIED);
}

static struct bounds
method_bounds(const struct search *s, const struct model_rule *rule)
{
    uint64_t methods = s->methods == 0 ? verb_all() : s->methods;

    return (struct bounds){(methods & ~rule->methods) == 0 ? GRANTED : DENIED,
                           (methods & rule->methods) != 0 ? GRANTED : DENIED};
}

/* Between which verdicts the rule lies. */
static struct bounds
judge_rule(const struct search *s, const struct model_rule *rule, int user)
{
    struct bounds inner;

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return exact(GRANTED);
    case MODEL_RULE_USER:
        return exact(user ? GRANTED : NO_USER);
    case MODEL_RULE_ANONYMOUS:
        return exact(user ? DENIED : GRANTED);
    case MODEL_RULE_ROLE:
    case MODEL_RULE_SCOPE:
    case MODEL_RULE_CLAIM:
    case MODEL_RULE_PYTHON:
        return user ? atom_bounds(s, rule, user) : exact(NO_USER);
    case MODEL_RULE_REALM:
        return user ? realm_bounds(s, rule) : exact(NO_USER);
    case MODEL_RULE_APACHE:
        return user || !rules_of_user(rule) ? atom_bounds(s, rule, user)
                                            : exact(NO_USER);
    case MODEL_RULE_TLS:
        return atom_bounds(s, rule, user);
    case MODEL_RULE_IP:
        return ip_bounds(s, rule);
    case MODEL_RULE_METHOD:
        return method_bounds(s, rule);
    case MODEL_RULE_AND:
        return both_bounds(judge_rule(s, rule->left, user),
                           judge_rule(s, rule->right, user));
    case MODEL_RULE_OR:
        return either_bounds(judge_rule(s, rule->left, user),
                             judge_rule(s, rule->right, user));
    case MODEL_RULE_NOT:
        inner = judge_rule(s, rule->left, user);
        return (struct bounds){turn_verdict(inner.high),
                               turn_verdict(inner.low)};
    }
    return (struct bounds){DENIED, GRANTED};
}

/* What keeps the rule open: an atom without a value, THE_ADDRESS, THE_METHOD;
 * or NONE. */
static int
open_atom(const struct search *s, const struct model_rule *rule, int user)
{
    struct bounds bounds = judge_rule(s, rule, user);
    int atom;

    if (bounds.low == bounds.high) {
        return NONE;
    }
    if (is_open(rule)) {
        atom = find_atom(s, rule, user);
        return atom_at(s, atom)->truth == MUTE_ATOM ? NONE : atom;
    }
    if (rule->op == MODEL_RULE_IP) {
        return THE_ADDRESS;
    }
    if (rule->op == MODEL_RULE_METHOD) {
        return THE_METHOD;
    }
    atom = open_atom(s, rule->left, user);
    return atom != NONE || rule->op == MODEL_RULE_NOT
               ? atom
               : open_atom(s, rule->right, user);
}

/* ---- the search --------------------------------------------------------- */

static enum found try_caller(struct search *s);

/* Gives an atom its values in turn; the one of the caller found stays. */
static enum found
try_atom(struct search *s, int atom)
{
    static const enum truth truths[] = {FALSE_ATOM, TRUE_ATOM, MUTE_ATOM,
                                        NOBODY_ATOM};
    const struct atom *tried = atom_at(s, atom);
    int n = tried->anonymous ? 4 : can_be_mute(tried->rule) ? 3 : 2;

    for (int i = 0; i < n; i++) {
        enum found found;

        atom_at(s, atom)->truth = truths[i];
        found = try_caller(s);
        if (found != FOUND_NOBODY) {
            return found;
        }
    }
    atom_at(s, atom)->truth = OPEN_ATOM;
    return FOUND_NOBODY;
}

/* Gives the caller an address of each region in turn. */
static enum found
try_address(struct search *s)
{
    for (int i = 0; i < s->regions->nelts; i++) {
        enum found found;

        s->address = &APR_ARRAY_IDX(s->regions, i, struct routes_network);
        found = try_caller(s);
        if (found != FOUND_NOBODY) {
            return found;
        }
    }
    s->address = NULL;
    return FOUND_NOBODY;
}

/* Gives the request each of the methods in turn. */
static enum found
try_method(struct search *s)
{
    uint64_t all = s->methods;

    for (uint64_t left = all == 0 ? verb_all() : all; left != 0;
         left &= left - 1) {
        enum found found;

        s->methods = left & -left;
        found = try_caller(s);
        if (found != FOUND_NOBODY) {
            return found;
        }
    }
    s->methods = all;
    return FOUND_NOBODY;
}

static enum found
try_open(struct search *s, int open)
{
    return open == THE_ADDRESS  ? try_address(s)
           : open == THE_METHOD ? try_method(s)
                                : try_atom(s, open);
}

static enum found
try_caller(struct search *s)
{
    struct bounds yes = judge_rule(s, s->grants, s->grants_user);
    struct bounds no = {DENIED, DENIED};
    int atom;

    if (++s->steps > POLICY_MAX_STEPS) {
        return FOUND_TOO_LATE;
    }
    if (s->denies != NULL) {
        no = judge_rule(s, s->denies, s->denies_user);
    }
    if (yes.high < GRANTED || no.low == GRANTED) {
        return FOUND_NOBODY;
    }
    if (yes.low == GRANTED && no.high < GRANTED) {
        return FOUND_SOMEBODY;
    }
    atom = open_atom(s, s->grants, s->grants_user);
    if (atom == NONE && s->denies != NULL) {
        atom = open_atom(s, s->denies, s->denies_user);
    }
    if (atom == NONE) {
        /* what is still open stays so, and open is not granted */
        return yes.low == GRANTED ? FOUND_SOMEBODY : FOUND_NOBODY;
    }
    return try_open(s, atom);
}

static enum found
find_filled(apr_pool_t *pool, struct search *s)
{
    s->atoms = apr_array_make(pool, 4, sizeof(struct atom));
    add_atoms(s, s->grants, s->grants_user);
    add_atoms(s, s->denies, s->denies_user);
    s->regions = regions_of(pool, s->grants, s->denies);
    return try_caller(s);
}

static enum found
find_caller(apr_pool_t *pool, struct search *s)
{
    struct fills *fills = fills_make(pool, s->grants, s->denies);
    enum found found = FOUND_NOBODY;

    s->steps = 0;
    s->all_methods = s->methods;
    while (found == FOUND_NOBODY &&
           fills_next(fills, &s->grants, &s->denies)) {
        found = find_filled(pool, s);
    }
    s->filled = fills_text(fills);
    return found;
}

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

/* ", role: support" for an atom that the caller has. */
static const char *
spell_atom(apr_pool_t *pool, const struct model_rule *rule)
{
    switch (rule->op) {
    case MODEL_RULE_ROLE:
        return apr_pstrcat(pool, ", role: ", rule->text, NULL);
    case MODEL_RULE_SCOPE:
        return apr_pstrcat(pool, ", scope: ", rule->text, NULL);
    case MODEL_RULE_CLAIM:
        return apr_pstrcat(pool, ", claim: ", rule->name, " = ", rule->text,
                           NULL);
    case MODEL_RULE_TLS:
        return ", tls";
    case MODEL_RULE_PYTHON:
    case MODEL_RULE_APACHE:
        return apr_pstrcat(pool, ", ", rule_text_of(pool, rule), NULL);
    default:
        return "";
    }
}

/* The method of a request, if the search has chosen one. */
static const char *
spell_method(apr_pool_t *pool, const struct search *s)
{
    unsigned i = 0;

    if (s->methods == s->all_methods) {
        return "";
    }
    while (i < ROUTES_N_METHODS && s->methods != ROUTES_METHOD_BIT(i)) {
        i++;
    }
    return i == ROUTES_N_METHODS
               ? ", by another method"
               : apr_pstrcat(pool, ", by ", verb_name((enum routes_method)i),
                             NULL);
}

/* The caller that was found: "{user of staff, role: support}". */
static const char *
spell_caller(apr_pool_t *pool, const struct search *s, const char *realm)
{
    int user = s->grants_user || s->denies_user;
    const char *text = !user ? "{anonymous"
                       : realm == NULL
                           ? "{user"
                           : apr_psprintf(pool, "{user of %s", realm);

    for (int i = 0; i < s->atoms->nelts; i++) {
        const struct atom *atom = atom_at(s, i);

        if (atom->truth == MUTE_ATOM && user) {
            text = apr_pstrcat(pool, text, ", without a value for ",
                               rule_text_of(pool, atom->rule), NULL);
        }
        if (atom->truth == TRUE_ATOM &&
            (user || atom->rule->op == MODEL_RULE_TLS ||
             atom->rule->op == MODEL_RULE_APACHE)) {
            text = apr_pstrcat(pool, text, spell_atom(pool, atom->rule), NULL);
        }
    }
    if (s->address != NULL) {
        text = apr_pstrcat(pool, text, ", from ",
                           routes_network_text(s->address, pool), NULL);
    }
    return apr_pstrcat(pool, text, spell_method(pool, s), s->filled, "}",
                       NULL);
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
    enum found found = find_caller(pair->pool, &s);

    if (found == FOUND_SOMEBODY && caller != NULL) {
        *caller = spell_caller(pair->pool, &s, pair->named ? s.realm : NULL);
    }
    return found != FOUND_NOBODY;
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
    enum found found;

    apr_pool_create(&work, pool);
    found = find_caller(work, &s);
    apr_pool_destroy(work);
    return found != FOUND_NOBODY;
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
policy_public(const struct model_auth *auth)
{
    const struct search anonymous = {.methods = auth->methods};

    /* only the connection's atoms are open for a caller who is no user, and
     * it may be any */
    return judge_rule(&anonymous, auth->rule, 0).high == GRANTED;
}

/* ---- spelling ----------------------------------------------------------- */

const char *
policy_spell(apr_pool_t *pool, const struct model_rule *rule)
{
    return rule_text_of(pool, rule);
}

/* ---- the check ---------------------------------------------------------- */

struct check {
    apr_pool_t *pool;
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

/* Whether some callers without credentials are granted, and others not: then
 * it is said what they must have, and the rest is for who has not. */
static int
parts_anonymous(struct check *c, const struct model_rule *rule,
                uint64_t methods)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return someone(c->pool, rule, NULL, 0, NULL, methods) &&
           someone(c->pool, &everyone, rule, 0, NULL, methods);
}

static void
warn_always(struct check *c, const struct model_rule *rule, uint64_t methods)
{
    struct diag *diag;

    if (rule->op == MODEL_RULE_PUBLIC || rule->op == MODEL_RULE_USER ||
        !is_new(c->parts, rule) || !policy_always(c->pool, rule, methods) ||
        parts_anonymous(c, rule, methods)) {
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

    while (policy_satisfiable(c->pool, all, methods) && i + 1 < parts->nelts) {
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
    if (!policy_satisfiable(c->pool, auth->rule, auth->methods)) {
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
    if (route->auth == NULL || !policy_public(route->auth)) {
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
policy_check(struct model *model, struct diag_list *diags)
{
    struct check c = {model->pool, diags, apr_hash_make(model->pool),
                      apr_hash_make(model->pool), apr_hash_make(model->pool)};

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
