/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts: all that is true of a caller.
 */
#include "facts.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/challenge.h"
#include "../runtime/method.h"
#include "../runtime/network.h"
#include "../runtime/table.h"
#include "rule_text.h"
#include "rules.h"

struct facts *
facts_make(apr_pool_t *pool)
{
    struct facts *facts = apr_pcalloc(pool, sizeof(*facts));

    facts->pool = pool;
    facts->roles = apr_array_make(pool, 2, sizeof(const char *));
    facts->scopes = apr_array_make(pool, 2, sizeof(const char *));
    facts->claims = apr_array_make(pool, 2, sizeof(struct routes_claim));
    facts->said = apr_array_make(pool, 2, sizeof(struct model_rule *));
    return facts;
}

/* ---- stating ------------------------------------------------------------ */

static const char *
state_realm(struct facts *facts, const char *name)
{
    if (facts->realm != NULL && strcmp(facts->realm, name) != 0) {
        return "a caller is of one realm";
    }
    facts->realm = name;
    return NULL;
}

static const char *
state_of_user(struct facts *facts, const struct model_rule *atom)
{
    facts->user = 1;
    if (atom->parts != NULL || atom->name_parts != NULL) {
        return "a caller has a name as it is, without parameters in it";
    }
    if (atom->op == MODEL_RULE_REALM) {
        return state_realm(facts, atom->text);
    }
    if (atom->op == MODEL_RULE_PYTHON) {
        APR_ARRAY_PUSH(facts->said, const struct model_rule *) = atom;
    }
    if (atom->op == MODEL_RULE_ROLE) {
        APR_ARRAY_PUSH(facts->roles, const char *) = atom->text;
    }
    else if (atom->op == MODEL_RULE_SCOPE) {
        APR_ARRAY_PUSH(facts->scopes, const char *) = atom->text;
    }
    else if (atom->op == MODEL_RULE_CLAIM) {
        APR_ARRAY_PUSH(facts->claims, struct routes_claim) =
            (struct routes_claim){atom->name, atom->text};
    }
    return NULL;
}

/* An address, or networks of which it is in one. */
static const char *
state_address(struct facts *facts, const struct model_rule *atom)
{
    if (facts->from != NULL) {
        return "a caller has one address";
    }
    facts->from = atom->networks;
    return NULL;
}

const char *
facts_state(struct facts *facts, const struct model_rule *atom)
{
    const char *problem = NULL;

    switch (atom->op) {
    case MODEL_RULE_ANONYMOUS:
        facts->anonymous = 1;
        break;
    case MODEL_RULE_TLS:
        facts->tls = 1;
        break;
    case MODEL_RULE_USER:
    case MODEL_RULE_ROLE:
    case MODEL_RULE_SCOPE:
    case MODEL_RULE_CLAIM:
    case MODEL_RULE_REALM:
    case MODEL_RULE_PYTHON:
        problem = state_of_user(facts, atom);
        break;
    case MODEL_RULE_APACHE:
        facts->user |= rules_of_user(atom);
        APR_ARRAY_PUSH(facts->said, const struct model_rule *) = atom;
        break;
    case MODEL_RULE_IP:
        problem = state_address(facts, atom);
        break;
    case MODEL_RULE_METHOD:
        return "the method is the request's, no fact of a caller";
    case MODEL_RULE_PUBLIC:
    case MODEL_RULE_AND:
    case MODEL_RULE_OR:
    case MODEL_RULE_NOT:
        return "that is no fact of a caller";
    }
    if (facts->anonymous && facts->user) {
        return "an anonymous caller is no user and has no roles";
    }
    return problem;
}

/* ---- using -------------------------------------------------------------- */

/* The row of a realm in force, or 0. */
static uint32_t
find_realm(const struct routes_table *table, uint32_t auth, const char *name)
{
    const struct routes_auth *row = &table->auths[auth];

    for (uint32_t i = 0; name != NULL && i < row->n_realms; i++) {
        uint32_t realm = table->realm_sets[row->realms + i];

        if (strcmp(routes_table_text(table, table->realms[realm].name),
                   name) == 0) {
            return realm;
        }
    }
    return 0;
}

/* The data of a row as a caller's fact would write it, or NULL. */
static const char *
constant_text(const struct facts_case *of, uint32_t constant)
{
    const struct routes_const *row = &of->table->consts[constant];

    switch ((enum routes_const_kind)row->kind) {
    case ROUTES_CONST_INT:
        return apr_psprintf(of->facts->pool, "%" APR_INT64_T_FMT,
                            (apr_int64_t)row->i);
    case ROUTES_CONST_STR:
    case ROUTES_CONST_TEXT:
        return routes_table_text(of->table, row->text);
    default:
        return NULL;
    }
}

/* Whether a fact speaks of the argument of a row: by its parameter's name, or
 * by what it is here. */
static int
is_given(const struct facts_case *of, const struct routes_arg *row,
         const struct model_rule_arg *arg)
{
    const struct routes_capture *capture = &of->match->captures[row->capture];
    const char *text;

    if (row->source == ROUTES_FROM_CONSTANT) {
        text = constant_text(of, row->constant);
        return arg->literal != NULL && text != NULL &&
               strcmp(text, arg->text) == 0;
    }
    if (arg->literal == NULL) {
        return strcmp(routes_table_text(of->table, row->wire), arg->text) == 0;
    }
    return row->capture < of->match->n_captures &&
           capture->len == strlen(arg->text) &&
           memcmp(capture->at, arg->text, capture->len) == 0;
}

static int
is_about(const struct facts_case *of, const struct routes_predicate *row,
         const struct model_rule *atom)
{
    const struct routes_function *function =
        &of->table->functions[row->function];
    const struct model_function *asked;

    if (atom->op != MODEL_RULE_PYTHON) {
        return 0;
    }
    asked = atom->predicate->function;
    if (row->n_args != (uint32_t)atom->args->nelts ||
        strcmp(routes_table_text(of->table, function->module),
               asked->module) != 0 ||
        strcmp(routes_table_text(of->table, function->qualname),
               asked->qualname) != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < row->n_args; i++) {
        if (!is_given(of, &of->table->args[row->args + i],
                      MODEL_AT(atom->args, const struct model_rule_arg, i))) {
            return 0;
        }
    }
    return 1;
}

/* Whether a fact says that a provider of httpd grants. */
static int
is_granted(const struct facts_case *of, const struct routes_authz *row,
           const struct model_rule *atom)
{
    return atom->op == MODEL_RULE_APACHE &&
           strcmp(routes_table_text(of->table, row->name), atom->name) == 0 &&
           strcmp(routes_table_text(of->table, row->args),
                  atom->text == NULL ? "" : atom->text) == 0;
}

/* Whether Python, or a provider, says yes where a step asks this of a
 * match. */
static int
says(const struct facts_case *of, const struct routes_op *op)
{
    const apr_array_header_t *said = of->facts->said;
    int python = op->kind == ROUTES_OP_PYTHON;

    for (int i = 0; i < said->nelts; i++) {
        const struct model_rule *atom =
            MODEL_AT(said, const struct model_rule, i);

        if (python ? is_about(of, &of->table->predicates[op->first], atom)
                   : is_granted(of, &of->table->authzs[op->first], atom)) {
            return 1;
        }
    }
    return 0;
}

/* What is not stated is false; a provider says no as it does at run time. */
static enum routes_word
answer(void *baton, const struct routes_op *op)
{
    const struct facts_case *of = baton;

    if (says(of, op)) {
        return ROUTES_YES;
    }
    if (op->kind != ROUTES_OP_APACHE ||
        routes_rule_sure_no(
            routes_table_text(of->table, of->table->authzs[op->first].name))) {
        return ROUTES_NO;
    }
    return of->caller->user != NULL ? ROUTES_SILENT : ROUTES_NOBODY;
}

struct routes_scene
facts_scene(struct facts_case *of, uint32_t auth, struct routes_caller *caller)
{
    const struct facts *facts = of->facts;
    const struct routes_table *table = of->table;
    struct routes_scene scene = {.caller = caller,
                                 .tls = facts->tls,
                                 .captures = of->match->captures,
                                 .n_captures = of->match->n_captures,
                                 .ask = answer,
                                 .baton = of};

    if (facts->from != NULL) {
        scene.from = (const struct routes_network *)(void *)facts->from->elts;
        scene.n_from = facts->from->nelts;
    }
    *caller =
        (struct routes_caller){.realm = find_realm(table, auth, facts->realm)};
    if (facts->user && (facts->realm == NULL || caller->realm != 0)) {
        caller->user = "caller";
    }
    routes_caller_set_roles(caller, facts->roles);
    routes_caller_set_scopes(caller, facts->scopes);
    routes_caller_set_claims(caller, facts->claims);
    of->caller = caller;
    return scene;
}

uint32_t
facts_auth(const struct routes_table *table, const struct routes_match *match)
{
    switch (match->outcome) {
    case ROUTES_UNKNOWN:
        return 0;
    case ROUTES_FOUND:
        return table->routes[match->route].auth;
    case ROUTES_NOT_FOUND:
    case ROUTES_NOT_ALLOWED:
    case ROUTES_OPTIONS:
        break;
    }
    return table->places[match->place].auth;
}

/* Whether a realm has a page where people log in. */
static int
has_login(const struct routes_table *table, uint32_t realm)
{
    const struct routes_realm *row = &table->realms[realm];

    for (uint32_t i = 0; i < row->n_options; i++) {
        if (table->options[row->options + i].key == ROUTES_OPTION_FAIL) {
            return 1;
        }
    }
    return 0;
}

/* Whether one of the realms in force tells how to log in. */
static int
can_challenge(const struct facts *facts, const struct routes_table *table,
              uint32_t auth)
{
    const struct routes_auth *row = &table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        uint32_t realm = table->realm_sets[row->realms + i];

        if (has_login(table, realm) ||
            routes_challenge(table, realm, facts->pool) != NULL) {
            return 1;
        }
    }
    return 0;
}

/* Who may not is told 404, or what the place says that is asked instead. */
static int
mask(const struct facts *facts, const struct routes_table *table,
     const struct routes_conduct *conduct, const struct routes_match *match,
     enum routes_method method)
{
    struct routes_match instead = *match;
    int status;

    if (conduct->mask == 0) {
        return 404;
    }
    instead.outcome = ROUTES_NOT_FOUND;
    instead.place = conduct->mask;
    status = facts_refusal(facts, table, &instead, method);
    return status == 0 ? 404 : status;
}

uint64_t
facts_method(const struct routes_table *table,
             const struct routes_match *match, enum routes_method method)
{
    return ROUTES_METHOD_BIT(
        routes_method_met(method, match->outcome == ROUTES_FOUND
                                      ? table->routes[match->route].methods
                                      : 0));
}

int
facts_refusal(const struct facts *facts, const struct routes_table *table,
              const struct routes_match *match, enum routes_method method)
{
    uint32_t auth = facts_auth(table, match);
    const struct routes_conduct *conduct =
        &table->conducts[match->outcome == ROUTES_FOUND
                             ? table->routes[match->route].conduct
                             : table->places[match->place].conduct];
    int masked = conduct->deny == 404;
    struct routes_caller caller;
    struct facts_case of = {facts, table, match, NULL};
    struct routes_scene scene = facts_scene(&of, auth, &caller);

    if (auth == 0 && match->outcome != ROUTES_FOUND) {
        return 0;
    }
    scene.method = facts_method(table, match, method);
    switch (routes_rule_judge(table, auth, &scene)) {
    case ROUTES_GRANTED:
        return 0;
    case ROUTES_NO_USER:
        return masked && !can_challenge(facts, table, auth)
                   ? mask(facts, table, conduct, match, method)
                   : 401;
    case ROUTES_DENIED:
        break;
    }
    return masked ? mask(facts, table, conduct, match, method) : 403;
}

static const char *
add_names(const struct facts *facts, const char *text, const char *what,
          const apr_array_header_t *names)
{
    for (int i = 0; i < names->nelts; i++) {
        text = apr_pstrcat(facts->pool, text, ", ", what, ": ",
                           APR_ARRAY_IDX(names, i, const char *), NULL);
    }
    return text;
}

const char *
facts_text(const struct facts *facts)
{
    const char *text = facts->user ? "{user" : "{anonymous";

    if (facts->realm != NULL) {
        text = apr_pstrcat(facts->pool, text, " of ", facts->realm, NULL);
    }
    text = add_names(facts, text, "role", facts->roles);
    text = add_names(facts, text, "scope", facts->scopes);
    for (int i = 0; i < facts->claims->nelts; i++) {
        const struct routes_claim *claim =
            &APR_ARRAY_IDX(facts->claims, i, struct routes_claim);

        text = apr_pstrcat(facts->pool, text, ", claim: ", claim->name, " = ",
                           claim->value, NULL);
    }
    for (int i = 0; i < facts->said->nelts; i++) {
        text = apr_pstrcat(
            facts->pool, text, ", ",
            rule_text_of(facts->pool,
                         MODEL_AT(facts->said, const struct model_rule, i)),
            NULL);
    }
    for (int i = 0; facts->from != NULL && i < facts->from->nelts; i++) {
        text = apr_pstrcat(
            facts->pool, text, i == 0 ? ", from " : " or ",
            routes_network_text(
                &APR_ARRAY_IDX(facts->from, i, struct routes_network),
                facts->pool),
            NULL);
    }
    return apr_pstrcat(facts->pool, text, facts->tls ? ", tls}" : "}", NULL);
}
