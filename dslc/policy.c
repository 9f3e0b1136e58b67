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

#define NONE (-1)

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
    OPEN_ATOM
};

/* A role that a formula names. */
struct atom {
    const char *text;
    enum truth truth;
};

/* What is looked for: a caller that `grants` grants and `denies` does not. */
struct search {
    const struct model_rule *grants;
    const struct model_rule *denies; /* NULL: not asked */
    int grants_user;                 /* the caller is a user there */
    int denies_user;
    apr_array_header_t *atoms; /* struct atom */
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

static int
find_atom(const struct search *s, const char *text)
{
    for (int i = 0; i < s->atoms->nelts; i++) {
        if (strcmp(atom_at(s, i)->text, text) == 0) {
            return i;
        }
    }
    return NONE;
}

static void
add_atoms(struct search *s, const struct model_rule *rule)
{
    if (rule == NULL) {
        return;
    }
    if (rule->op == MODEL_RULE_ROLE && find_atom(s, rule->text) == NONE) {
        *(struct atom *)apr_array_push(s->atoms) =
            (struct atom){rule->text, OPEN_ATOM};
    }
    add_atoms(s, rule->left);
    add_atoms(s, rule->right);
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
role_bounds(const struct search *s, const char *text, int user)
{
    enum truth truth;

    if (!user) {
        return (struct bounds){NO_USER, NO_USER};
    }
    truth = atom_at(s, find_atom(s, text))->truth;
    return (struct bounds){truth == TRUE_ATOM ? GRANTED : DENIED,
                           truth == FALSE_ATOM ? DENIED : GRANTED};
}

/* Between which verdicts the rule lies. */
static struct bounds
judge_rule(const struct search *s, const struct model_rule *rule, int user)
{
    struct bounds inner;

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return (struct bounds){GRANTED, GRANTED};
    case MODEL_RULE_USER:
        return user ? (struct bounds){GRANTED, GRANTED}
                    : (struct bounds){NO_USER, NO_USER};
    case MODEL_RULE_ROLE:
        return role_bounds(s, rule->text, user);
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

/* An atom without a value that keeps the rule open, or NONE. */
static int
open_atom(const struct search *s, const struct model_rule *rule, int user)
{
    struct bounds bounds = judge_rule(s, rule, user);
    int atom;

    if (bounds.low == bounds.high) {
        return NONE;
    }
    if (rule->op == MODEL_RULE_ROLE) {
        return find_atom(s, rule->text);
    }
    atom = open_atom(s, rule->left, user);
    return atom != NONE || rule->op == MODEL_RULE_NOT
               ? atom
               : open_atom(s, rule->right, user);
}

/* ---- the search --------------------------------------------------------- */

static enum found try_caller(struct search *s);

/* Gives an atom both values in turn; the one of the caller found stays. */
static enum found
try_atom(struct search *s, int atom)
{
    static const enum truth truths[] = {FALSE_ATOM, TRUE_ATOM};

    for (int i = 0; i < 2; i++) {
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
    if (atom == NONE) {
        atom = open_atom(s, s->denies, s->denies_user);
    }
    return try_atom(s, atom);
}

static enum found
find_caller(apr_pool_t *pool, struct search *s)
{
    s->steps = 0;
    s->atoms = apr_array_make(pool, 4, sizeof(struct atom));
    add_atoms(s, s->grants);
    add_atoms(s, s->denies);
    return try_caller(s);
}

/* ---- callers and realms ------------------------------------------------- */

/* The first realm of a that b has (or hasn't), or NULL. */
static const struct model_realm *
pick_realm(const struct model_auth *a, const struct model_auth *b, int shared)
{
    for (int i = 0; i < a->realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(a->realms, struct model_realm, i);
        int there = 0;

        for (int j = 0; j < b->realms->nelts; j++) {
            there |= MODEL_AT(b->realms, struct model_realm, j) == realm;
        }
        if (there == shared) {
            return realm;
        }
    }
    return NULL;
}

/* The caller that was found: "{user of staff, role: support}". */
static const char *
spell_caller(apr_pool_t *pool, const struct search *s, const char *realm)
{
    const char *text = "{anonymous";

    if (s->grants_user || s->denies_user) {
        text =
            realm == NULL ? "{user" : apr_psprintf(pool, "{user of %s", realm);
        for (int i = 0; i < s->atoms->nelts; i++) {
            const struct atom *atom = atom_at(s, i);

            if (atom->truth == TRUE_ATOM) {
                text = apr_psprintf(pool, "%s, role: %s", text, atom->text);
            }
        }
    }
    return apr_pstrcat(pool, text, "}", NULL);
}

/* Whether a caller of one kind is granted by a and not by b. */
static int
escapes(apr_pool_t *pool, const struct model_auth *a,
        const struct model_auth *b, int user_a, int user_b, const char *realm,
        const char **caller)
{
    struct search s = {.grants = a->rule,
                       .denies = b->rule,
                       .grants_user = user_a,
                       .denies_user = user_b};
    enum found found = find_caller(pool, &s);

    if (found == FOUND_SOMEBODY && caller != NULL) {
        *caller = spell_caller(pool, &s, realm);
    }
    return found != FOUND_NOBODY;
}

/* Whether any caller is granted by a and not by b.  Callers of a realm that
 * only b has are anonymous to a, so they are asked for as well. */
static int
any_escapes(apr_pool_t *pool, const struct model_auth *a,
            const struct model_auth *b, const char **caller)
{
    const struct model_realm *both = pick_realm(a, b, 1);
    const struct model_realm *only_a = pick_realm(a, b, 0);
    const struct model_realm *only_b = pick_realm(b, a, 0);
    const char *name = only_a != NULL || only_b != NULL ? "" : NULL;

    return escapes(pool, a, b, 0, 0, NULL, caller) ||
           (both != NULL &&
            escapes(pool, a, b, 1, 1, name != NULL ? both->name : NULL,
                    caller)) ||
           (only_a != NULL &&
            escapes(pool, a, b, 1, 0, only_a->name, caller)) ||
           (only_b != NULL && escapes(pool, a, b, 0, 1, only_b->name, caller));
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
        const struct model_rule *denies, int user)
{
    struct search s = {.grants = grants,
                       .denies = denies,
                       .grants_user = user,
                       .denies_user = user};
    apr_pool_t *work;
    enum found found;

    apr_pool_create(&work, pool);
    found = find_caller(work, &s);
    apr_pool_destroy(work);
    return found != FOUND_NOBODY;
}

int
policy_satisfiable(apr_pool_t *pool, const struct model_rule *rule)
{
    return someone(pool, rule, NULL, 0) || someone(pool, rule, NULL, 1);
}

int
policy_always(apr_pool_t *pool, const struct model_rule *rule)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};

    return !someone(pool, &everyone, rule, 1);
}

int
policy_public(const struct model_auth *auth)
{
    static const struct search anonymous = {.steps = 0};

    /* no role is looked at for a caller who is no user */
    return judge_rule(&anonymous, auth->rule, 0).low == GRANTED;
}

/* ---- spelling ----------------------------------------------------------- */

/* A text, in parentheses if it binds less than what stands around it. */
static const char *
spell_inside(apr_pool_t *pool, const struct model_rule *rule, int parens)
{
    const char *text = policy_spell(pool, rule);

    return parens ? apr_pstrcat(pool, "(", text, ")", NULL) : text;
}

const char *
policy_spell(apr_pool_t *pool, const struct model_rule *rule)
{
    const struct model_rule *left = rule->left;
    const struct model_rule *right = rule->right;

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return "public";
    case MODEL_RULE_USER:
        return "user";
    case MODEL_RULE_ROLE:
        return apr_psprintf(pool, "role(%s)", rule->text);
    case MODEL_RULE_AND:
        return apr_pstrcat(
            pool, spell_inside(pool, left, left->op == MODEL_RULE_OR), " and ",
            spell_inside(pool, right, right->op == MODEL_RULE_OR), NULL);
    case MODEL_RULE_OR:
        return apr_pstrcat(pool, policy_spell(pool, left), " or ",
                           policy_spell(pool, right), NULL);
    case MODEL_RULE_NOT:
        return apr_pstrcat(pool, "not ",
                           spell_inside(pool, left,
                                        left->op == MODEL_RULE_AND ||
                                            left->op == MODEL_RULE_OR),
                           NULL);
    }
    return "";
}

/* ---- the check ---------------------------------------------------------- */

struct check {
    apr_pool_t *pool;
    struct diag_list *diags;
    apr_hash_t *judged; /* whole rules that were looked at */
    apr_hash_t *parts;  /* parts of them that were */
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
warn_always(struct check *c, const struct model_rule *rule)
{
    struct diag *diag;

    if (rule->op == MODEL_RULE_PUBLIC || rule->op == MODEL_RULE_USER ||
        !is_new(c->parts, rule) || !policy_always(c->pool, rule)) {
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
find_clash(struct check *c, const apr_array_header_t *parts)
{
    const struct model_rule *all = MODEL_AT(parts, struct model_rule, 0);
    int i = 0;

    while (policy_satisfiable(c->pool, all) && i + 1 < parts->nelts) {
        struct model_rule *both = apr_pcalloc(c->pool, sizeof(*both));

        both->op = MODEL_RULE_AND;
        both->left = all;
        both->right = MODEL_AT(parts, struct model_rule, ++i);
        all = both;
    }
    return i;
}

static void
refuse_clash(struct check *c, const struct model_rule *rule,
             const apr_array_header_t *parts)
{
    int clash = find_clash(c, parts);
    const struct model_rule *last = MODEL_AT(parts, struct model_rule, clash);
    struct diag *diag;

    if (!is_new(c->parts, last)) {
        return;
    }
    diag = diag_error(c->diags, whole_span(last), E306,
                      "nobody can satisfy `%s`", policy_spell(c->pool, rule));
    for (int i = 0; i < clash; i++) {
        const struct model_rule *other = MODEL_AT(parts, struct model_rule, i);

        if (other->op != MODEL_RULE_PUBLIC && other->span.file != 0) {
            diag_place(diag, whole_span(other), "together with this");
        }
    }
}

static void
check_auth(struct check *c, const struct model_auth *auth)
{
    apr_array_header_t *parts;

    if (auth == NULL || !is_new(c->judged, auth->rule)) {
        return;
    }
    parts = apr_array_make(c->pool, 2, sizeof(struct model_rule *));
    list_parts(auth->rule, parts);
    if (!policy_satisfiable(c->pool, auth->rule)) {
        refuse_clash(c, auth->rule, parts);
        return;
    }
    for (int i = 0; i < parts->nelts; i++) {
        warn_always(c, MODEL_AT(parts, struct model_rule, i));
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
                      apr_hash_make(model->pool)};

    for (int i = 0; i < model->places->nelts; i++) {
        check_auth(&c, MODEL_AT(model->places, struct model_place, i)->auth);
    }
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        check_auth(&c, route->auth);
        check_principals(&c, route);
    }
}
