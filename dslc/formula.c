/* SPDX-License-Identifier: Apache-2.0 */
/* formula: one requirement as it is asked of a caller of whom not all is
 * known. */
#include "dslc/formula.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/atoms.h"
#include "dslc/paths.h"
#include "dslc/regions.h"
#include "dslc/rules.h"
#include "dslc/verb.h"

static struct formula_atom *
atom_at(const struct formula_caller *caller, int i)
{
    return &APR_ARRAY_IDX(caller->atoms, i, struct formula_atom);
}

/* Whether a rule is an atom whose truth is not known from who calls. */
static bool
is_atom(const struct model_rule *rule)
{
    return rule->op == MODEL_RULE_ROLE || rule->op == MODEL_RULE_SCOPE ||
           rule->op == MODEL_RULE_CLAIM || rule->op == MODEL_RULE_TLS ||
           rule->op == MODEL_RULE_PYTHON || rule->op == MODEL_RULE_APACHE;
}

/* ---- values that are none ---- */

/* Whether a request may have a text there that is no value of the type: no
 * UTF-8, the 30th of February. */
static bool
is_loose(const struct model_rule_arg *arg)
{
    const struct model_type *type;

    if (arg == NULL || arg->param == NULL || arg->param->segment == NULL) {
        return false;
    }
    type = arg->param->type;
    switch (type->kind) {
    case ROUTES_TYPE_INT:
    case ROUTES_TYPE_BOOL:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_ENUM:
        return false;
    case ROUTES_TYPE_STR:
        return type->matching == NULL;
    default:
        return true;
    }
}

/* Whether a text of the parameter may be too long for a name, or none. */
static bool
is_unbounded(const struct model_rule_arg *arg)
{
    const struct model_type *type;

    if (arg == NULL || arg->param == NULL) {
        return false;
    }
    type = arg->param->type;
    switch (type->kind) {
    case ROUTES_TYPE_INT:
    case ROUTES_TYPE_BOOL:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_ENUM:
    case ROUTES_TYPE_DATE:
        return false;
    default:
        return type->matching == NULL || !type->has_max;
    }
}

static bool
has_unbounded(const apr_array_header_t *parts)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        if (is_unbounded(
                APR_ARRAY_IDX(parts, i, struct model_rule_part).arg)) {
            return true;
        }
    }
    return false;
}

static int
n_args(const struct model_rule *rule)
{
    return rule->args == NULL ? 0 : rule->args->nelts;
}

static const struct model_rule_arg *
arg_at(const struct model_rule *rule, int i)
{
    return MODEL_AT(rule->args, const struct model_rule_arg, i);
}

/* Then it neither grants nor denies, and `not` of it doesn't, either. */
static bool
can_be_mute(const struct model_rule *rule)
{
    for (int i = 0; i < n_args(rule); i++) {
        if (is_loose(arg_at(rule, i))) {
            return true;
        }
    }
    return rule->op == MODEL_RULE_APACHE || has_unbounded(rule->parts) ||
           has_unbounded(rule->name_parts);
}

int
formula_n_truths(const struct formula_atom *atom)
{
    return atom->anonymous           ? FORMULA_NOBODY + 1
           : can_be_mute(atom->rule) ? FORMULA_MUTE + 1
                                     : FORMULA_TRUE + 1;
}

static bool
is_text(const struct model_rule_arg *arg)
{
    return arg->param->type->kind == ROUTES_TYPE_STR ||
           arg->param->segment->rest;
}

static bool
parts_ask(const apr_array_header_t *parts, const struct model_param *param)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        const struct model_rule_arg *arg =
            APR_ARRAY_IDX(parts, i, struct model_rule_part).arg;

        if (arg != NULL && arg->param != NULL &&
            paths_same_place(arg->param, param)) {
            return true;
        }
    }
    return false;
}

/* Whether a rule could not have been asked with what isn't a value of the
 * argument. */
static bool
needs_value(const struct model_rule *rule, const struct model_rule_arg *arg)
{
    for (int i = 0; i < n_args(rule); i++) {
        const struct model_rule_arg *own = arg_at(rule, i);

        if (is_loose(own) && is_text(own) == is_text(arg) &&
            paths_same_place(own->param, arg->param)) {
            return true;
        }
    }
    return is_text(arg) && (parts_ask(rule->parts, arg->param) ||
                            parts_ask(rule->name_parts, arg->param));
}

/* Whether an argument may be no value although all else was asked. */
static bool
may_lack(const struct formula_caller *caller, const struct model_rule_arg *arg)
{
    for (int i = 0; i < caller->atoms->nelts; i++) {
        const struct formula_atom *atom = atom_at(caller, i);

        if ((atom->truth == FORMULA_TRUE || atom->truth == FORMULA_FALSE) &&
            needs_value(atom->rule, arg)) {
            return false;
        }
    }
    return true;
}

/* Of one request, what has no value for one user has none for another. */
static bool
is_mute_to_all(const struct formula_caller *caller,
               const struct model_rule *rule)
{
    for (int i = 0; i < caller->atoms->nelts; i++) {
        const struct formula_atom *atom = atom_at(caller, i);

        if ((atom->truth == FORMULA_TRUE || atom->truth == FORMULA_FALSE) &&
            rule->op != MODEL_RULE_APACHE && atoms_same(atom->rule, rule)) {
            return false;
        }
    }
    return true;
}

/* A name may also be too long, by itself. */
static bool
may_be_mute(const struct formula_caller *caller, const struct model_rule *rule)
{
    for (int i = 0; i < n_args(rule); i++) {
        if (is_loose(arg_at(rule, i)) && may_lack(caller, arg_at(rule, i))) {
            return true;
        }
    }
    return rule->op != MODEL_RULE_PYTHON;
}

bool
formula_agrees(const struct formula_caller *caller)
{
    for (int i = 0; i < caller->atoms->nelts; i++) {
        const struct model_rule *rule = atom_at(caller, i)->rule;

        if (atom_at(caller, i)->truth == FORMULA_MUTE &&
            !(may_be_mute(caller, rule) && is_mute_to_all(caller, rule))) {
            return false;
        }
    }
    return true;
}

/* ---- making ---- */

struct formula_caller
formula_caller_make(apr_pool_t *pool, uint64_t methods)
{
    return (struct formula_caller){
        .atoms = apr_array_make(pool, 8, sizeof(struct formula_atom)),
        .known = apr_hash_make(pool),
        .methods = methods};
}

/* What two atoms have in common if they are the same. */
static const char *
atom_key(apr_pool_t *pool, const struct model_rule *rule)
{
    const char *text =
        rule->op == MODEL_RULE_PYTHON ? rule->predicate->function->qualname
        : rule->parts != NULL || rule->text == NULL ? ""
                                                    : rule->text;

    return apr_psprintf(pool, "%d %s", rule->op, text);
}

static int
make_atom(struct formula_caller *caller, const struct model_rule *rule,
          const struct formula_user *user)
{
    bool anonymous = rule->op == MODEL_RULE_APACHE && !user->known;
    bool second = rule->op != MODEL_RULE_TLS && user->second;
    const char *key = atom_key(caller->atoms->pool, rule);
    const int *first = apr_hash_get(caller->known, key, APR_HASH_KEY_STRING);
    int next = first == NULL ? FORMULA_NONE : *first;
    int *own;

    for (int i = next; i != FORMULA_NONE; i = atom_at(caller, i)->next) {
        if (atom_at(caller, i)->anonymous == anonymous &&
            atom_at(caller, i)->second == second &&
            atoms_same(atom_at(caller, i)->rule, rule)) {
            return i;
        }
    }
    own = apr_palloc(caller->atoms->pool, sizeof(*own));
    *own = caller->atoms->nelts;
    apr_hash_set(caller->known, key, APR_HASH_KEY_STRING, own);
    APR_ARRAY_PUSH(caller->atoms, struct formula_atom) =
        (struct formula_atom){rule, anonymous, second, FORMULA_OPEN, next};
    return *own;
}

static int
count_terms(const struct model_rule *rule)
{
    return rule == NULL
               ? 0
               : 1 + count_terms(rule->left) + count_terms(rule->right);
}

/* Adds a term behind those that it joins; its number. */
static int
add_term(struct formula *formula, struct formula_caller *caller,
         const struct model_rule *rule)
{
    struct formula_term term = {rule,
                                FORMULA_NONE,
                                FORMULA_NONE,
                                FORMULA_NONE,
                                {FORMULA_DENIED, FORMULA_GRANTED}};

    if (rule->left != NULL) {
        term.left = add_term(formula, caller, rule->left);
    }
    if (rule->right != NULL) {
        term.right = add_term(formula, caller, rule->right);
    }
    if (is_atom(rule)) {
        term.atom = make_atom(caller, rule, &formula->user);
    }
    formula->terms[formula->n_terms] = term;
    return formula->n_terms++;
}

struct formula
formula_make(apr_pool_t *pool, const struct model_rule *rule,
             const struct formula_user *user, struct formula_caller *caller)
{
    struct formula formula = {.user = *user};

    formula.terms =
        apr_palloc(pool, (size_t)count_terms(rule) * sizeof(*formula.terms));
    add_term(&formula, caller, rule);
    return formula;
}

/* ---- judging ---- */

static enum formula_verdict
turn_verdict(enum formula_verdict verdict)
{
    return (enum formula_verdict)(FORMULA_GRANTED - verdict);
}

static struct formula_bounds
both_bounds(struct formula_bounds a, struct formula_bounds b)
{
    return (struct formula_bounds){a.low < b.low ? a.low : b.low,
                                   a.high < b.high ? a.high : b.high};
}

static struct formula_bounds
either_bounds(struct formula_bounds a, struct formula_bounds b)
{
    return (struct formula_bounds){a.low > b.low ? a.low : b.low,
                                   a.high > b.high ? a.high : b.high};
}

static struct formula_bounds
exact(enum formula_verdict verdict)
{
    return (struct formula_bounds){verdict, verdict};
}

static struct formula_bounds
when(bool holds)
{
    return exact(holds ? FORMULA_GRANTED : FORMULA_DENIED);
}

static struct formula_bounds
between(bool surely, bool perhaps)
{
    return (struct formula_bounds){surely ? FORMULA_GRANTED : FORMULA_DENIED,
                                   perhaps ? FORMULA_GRANTED : FORMULA_DENIED};
}

/* Of an atom that has a truth value, or none yet. */
static struct formula_bounds
atom_bounds(const struct formula_caller *caller,
            const struct formula_term *term)
{
    enum formula_truth truth = atom_at(caller, term->atom)->truth;

    return truth == FORMULA_NOBODY
               ? exact(FORMULA_NO_USER)
               : between(truth == FORMULA_TRUE, truth != FORMULA_FALSE);
}

static struct formula_bounds
method_bounds(const struct formula_caller *caller,
              const struct model_rule *rule)
{
    uint64_t methods = caller->methods == 0 ? verb_all() : caller->methods;

    return between((methods & ~rule->methods) == 0,
                   (methods & rule->methods) != 0);
}

static struct formula_bounds
ip_bounds(const struct formula_caller *caller, const struct model_rule *rule)
{
    return caller->address == NULL
               ? between(false, true)
               : when(regions_holds(rule, caller->address));
}

static struct formula_bounds
leaf_bounds(const struct formula_caller *caller,
            const struct formula_term *term, const struct formula_user *seen)
{
    const struct model_rule *rule = term->rule;
    bool user = seen->known;

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return exact(FORMULA_GRANTED);
    case MODEL_RULE_USER:
        return exact(user ? FORMULA_GRANTED : FORMULA_NO_USER);
    case MODEL_RULE_ANONYMOUS:
        return when(!user);
    case MODEL_RULE_ROLE:
    case MODEL_RULE_SCOPE:
    case MODEL_RULE_CLAIM:
    case MODEL_RULE_PYTHON:
        return user ? atom_bounds(caller, term) : exact(FORMULA_NO_USER);
    case MODEL_RULE_REALM:
        return user ? when(seen->realm != NULL &&
                           strcmp(seen->realm, rule->text) == 0)
                    : exact(FORMULA_NO_USER);
    case MODEL_RULE_APACHE:
        return user || !rules_of_user(rule) ? atom_bounds(caller, term)
                                            : exact(FORMULA_NO_USER);
    case MODEL_RULE_TLS:
        return atom_bounds(caller, term);
    case MODEL_RULE_IP:
        return ip_bounds(caller, rule);
    case MODEL_RULE_METHOD:
        return method_bounds(caller, rule);
    case MODEL_RULE_AND:
    case MODEL_RULE_OR:
    case MODEL_RULE_NOT:
        break;
    }
    return between(false, true);
}

static struct formula_bounds
term_bounds(const struct formula *formula, const struct formula_caller *caller,
            const struct formula_term *term)
{
    const struct formula_term *terms = formula->terms;
    struct formula_bounds inner;

    switch (term->rule->op) {
    case MODEL_RULE_AND:
        return both_bounds(terms[term->left].bounds,
                           terms[term->right].bounds);
    case MODEL_RULE_OR:
        return either_bounds(terms[term->left].bounds,
                             terms[term->right].bounds);
    case MODEL_RULE_NOT:
        inner = terms[term->left].bounds;
        return (struct formula_bounds){turn_verdict(inner.high),
                                       turn_verdict(inner.low)};
    default:
        return leaf_bounds(caller, term, &formula->user);
    }
}

struct formula_bounds
formula_judge(struct formula *formula, const struct formula_caller *caller)
{
    for (int i = 0; i < formula->n_terms; i++) {
        formula->terms[i].bounds =
            term_bounds(formula, caller, &formula->terms[i]);
    }
    return formula->terms[formula->n_terms - 1].bounds;
}

static const struct formula_term *
open_below(const struct formula *formula, const struct formula_caller *caller,
           int i)
{
    const struct formula_term *term = &formula->terms[i];
    const struct formula_term *open;

    if (term->bounds.low == term->bounds.high) {
        return NULL;
    }
    if (term->left == FORMULA_NONE) {
        return term->atom != FORMULA_NONE &&
                       atom_at(caller, term->atom)->truth != FORMULA_OPEN
                   ? NULL
                   : term;
    }
    open = open_below(formula, caller, term->left);
    return open != NULL || term->right == FORMULA_NONE
               ? open
               : open_below(formula, caller, term->right);
}

const struct formula_term *
formula_open(const struct formula *formula,
             const struct formula_caller *caller)
{
    return open_below(formula, caller, formula->n_terms - 1);
}
