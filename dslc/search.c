/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: whether there is a caller whom one requirement grants and another
 * does not.
 *
 * Requirements are three-valued (LANGUAGE.md P15).  While some atoms have no
 * value yet, a formula's value is only known to lie between two bounds; `and`,
 * `or` and `not` act on the bounds, and the search goes on only where the
 * bounds leave the question open.
 */
#include "dslc/search.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/atoms.h"
#include "dslc/fills.h"
#include "dslc/regions.h"
#include "dslc/rule_text.h"
#include "dslc/rules.h"
#include "dslc/verb.h"
#include "runtime/network.h"

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

static enum search_found try_caller(struct search *s);

/* Gives an atom its values in turn; the one of the caller found stays. */
static enum search_found
try_atom(struct search *s, int atom)
{
    static const enum truth truths[] = {FALSE_ATOM, TRUE_ATOM, MUTE_ATOM,
                                        NOBODY_ATOM};
    const struct atom *tried = atom_at(s, atom);
    int n = tried->anonymous ? 4 : can_be_mute(tried->rule) ? 3 : 2;

    for (int i = 0; i < n; i++) {
        enum search_found found;

        atom_at(s, atom)->truth = truths[i];
        found = try_caller(s);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    atom_at(s, atom)->truth = OPEN_ATOM;
    return SEARCH_NOBODY;
}

/* Gives the caller an address of each region in turn. */
static enum search_found
try_address(struct search *s)
{
    for (int i = 0; i < s->regions->nelts; i++) {
        enum search_found found;

        s->address = &APR_ARRAY_IDX(s->regions, i, struct routes_network);
        found = try_caller(s);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    s->address = NULL;
    return SEARCH_NOBODY;
}

/* Gives the request each of the methods in turn. */
static enum search_found
try_method(struct search *s)
{
    uint64_t all = s->methods;

    for (uint64_t left = all == 0 ? verb_all() : all; left != 0;
         left &= left - 1) {
        enum search_found found;

        s->methods = left & -left;
        found = try_caller(s);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    s->methods = all;
    return SEARCH_NOBODY;
}

static enum search_found
try_open(struct search *s, int open)
{
    return open == THE_ADDRESS  ? try_address(s)
           : open == THE_METHOD ? try_method(s)
                                : try_atom(s, open);
}

static enum search_found
try_caller(struct search *s)
{
    struct bounds yes = judge_rule(s, s->grants, s->grants_user);
    struct bounds no = {DENIED, DENIED};
    int atom;

    if (++s->steps > SEARCH_MAX_STEPS) {
        return SEARCH_TOO_LATE;
    }
    if (s->denies != NULL) {
        no = judge_rule(s, s->denies, s->denies_user);
    }
    if (yes.high < GRANTED || no.low == GRANTED) {
        return SEARCH_NOBODY;
    }
    if (yes.low == GRANTED && no.high < GRANTED) {
        return SEARCH_SOMEBODY;
    }
    atom = open_atom(s, s->grants, s->grants_user);
    if (atom == NONE && s->denies != NULL) {
        atom = open_atom(s, s->denies, s->denies_user);
    }
    if (atom == NONE) {
        /* what is still open stays so, and open is not granted */
        return yes.low == GRANTED ? SEARCH_SOMEBODY : SEARCH_NOBODY;
    }
    return try_open(s, atom);
}

static enum search_found
find_filled(apr_pool_t *pool, struct search *s)
{
    s->atoms = apr_array_make(pool, 4, sizeof(struct atom));
    add_atoms(s, s->grants, s->grants_user);
    add_atoms(s, s->denies, s->denies_user);
    s->regions = regions_of(pool, s->grants, s->denies);
    return try_caller(s);
}

enum search_found
search_find(apr_pool_t *pool, struct search *s)
{
    struct fills *fills = fills_make(pool, s->grants, s->denies);
    enum search_found found = SEARCH_NOBODY;

    s->steps = 0;
    s->all_methods = s->methods;
    while (found == SEARCH_NOBODY &&
           fills_next(fills, &s->grants, &s->denies)) {
        found = find_filled(pool, s);
    }
    s->filled = fills_text(fills);
    return found;
}

/* ---- spelling ----------------------------------------------------------- */

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
const char *
search_caller(apr_pool_t *pool, const struct search *s, const char *realm)
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

int
search_may_grant(const struct search *s)
{
    return judge_rule(s, s->grants, s->grants_user).high == GRANTED;
}
