/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_text: a requirement in the words of the language, for people.
 */
#include "rule_text.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "verb.h"
#include "../runtime/network.h"

/* How tightly an operator binds. */
static int
binding(enum model_rule_op op)
{
    switch (op) {
    case MODEL_RULE_OR:
        return 1;
    case MODEL_RULE_AND:
        return 2;
    case MODEL_RULE_NOT:
        return 3;
    case MODEL_RULE_PUBLIC:
    case MODEL_RULE_USER:
    case MODEL_RULE_ROLE:
    case MODEL_RULE_ANONYMOUS:
    case MODEL_RULE_SCOPE:
    case MODEL_RULE_CLAIM:
    case MODEL_RULE_REALM:
    case MODEL_RULE_TLS:
    case MODEL_RULE_IP:
    case MODEL_RULE_METHOD:
    case MODEL_RULE_PYTHON:
    case MODEL_RULE_APACHE:
        return 4;
    }
    return 4;
}

/* A name, or a setting's: no other text begins with `$`. */
static int
is_word(const char *text)
{
    text += *text == '$';
    if (!isalpha((unsigned char)*text) && *text != '_') {
        return 0;
    }
    while (isalnum((unsigned char)*text) || *text == '_') {
        text++;
    }
    return *text == '\0';
}

/* As a string of the language; control characters are refused in roles. */
static const char *
quoted(apr_pool_t *pool, const char *text)
{
    char *made = apr_palloc(pool, 2 * strlen(text) + 3);
    char *to = made;

    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            *to++ = '\\';
        }
        *to++ = *text;
    }
    *to++ = '"';
    *to = '\0';
    return made;
}

static const char *
atom_text(apr_pool_t *pool, const char *atom, const char *text)
{
    return apr_pstrcat(pool, atom, "(",
                       is_word(text) ? text : quoted(pool, text), ")", NULL);
}

static const char *
claim_text(apr_pool_t *pool, const struct model_rule *rule)
{
    return apr_pstrcat(pool, "claim(", quoted(pool, rule->name), ", ",
                       quoted(pool, rule->text), ")", NULL);
}

static const char *
apache_text(apr_pool_t *pool, const struct model_rule *rule)
{
    return apr_pstrcat(pool, "apache(", quoted(pool, rule->name),
                       rule->text == NULL ? "" : ", ",
                       rule->text == NULL ? "" : quoted(pool, rule->text), ")",
                       NULL);
}

static const char *
ip_text(apr_pool_t *pool, const struct model_rule *rule)
{
    const char *text = "";

    for (int i = 0; i < rule->networks->nelts; i++) {
        const struct routes_network *network =
            &APR_ARRAY_IDX(rule->networks, i, struct routes_network);
        const char *one = routes_network_text(network, pool);

        text = apr_pstrcat(
            pool, text, i == 0 ? "" : ", ",
            network->family == ROUTES_FAMILY_6 ? quoted(pool, one) : one,
            NULL);
    }
    return apr_pstrcat(pool, "ip(", text, ")", NULL);
}

/* GET is written for both of them. */
static uint64_t
written_methods(uint64_t methods)
{
    return (methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) != 0
               ? methods & ~ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD)
               : methods;
}

static const char *
method_text(apr_pool_t *pool, const struct model_rule *rule)
{
    uint64_t methods = written_methods(rule->methods);
    const char *text = "";

    for (unsigned i = 0; i < ROUTES_N_METHODS; i++) {
        if ((methods & ROUTES_METHOD_BIT(i)) != 0) {
            text = apr_pstrcat(pool, text, *text == '\0' ? "" : ", ",
                               verb_name((enum routes_method)i), NULL);
        }
    }
    return apr_pstrcat(pool, "method(", text, ")", NULL);
}

/* A parameter, or data as it is written. */
static const char *
arg_text(apr_pool_t *pool, const struct model_rule_arg *arg)
{
    const struct model_literal *literal = arg->literal;

    if (literal == NULL) {
        return arg->text;
    }
    if (literal->setting != NULL) {
        return literal->setting->text;
    }
    return literal->kind == ROUTES_CONST_STR ||
                   literal->kind == ROUTES_CONST_TEXT
               ? quoted(pool, arg->text)
               : arg->text;
}

static const char *
python_text(apr_pool_t *pool, const struct model_rule *rule)
{
    const char *text = rule->predicate->name;

    for (int i = 0; i < rule->args->nelts; i++) {
        text = apr_pstrcat(
            pool, text, i == 0 ? "(" : ", ",
            arg_text(pool,
                     MODEL_AT(rule->args, const struct model_rule_arg, i)),
            NULL);
    }
    return rule->args->nelts > 0 ? apr_pstrcat(pool, text, ")", NULL) : text;
}

static const char *part_text(apr_pool_t *pool, const struct model_rule *rule,
                             int around, int depth);

static const char *
bare_text(apr_pool_t *pool, const struct model_rule *rule, int depth)
{
    int here = binding(rule->op);

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return "public";
    case MODEL_RULE_USER:
        return "user";
    case MODEL_RULE_ROLE:
        return atom_text(pool, "role", rule->text);
    case MODEL_RULE_ANONYMOUS:
        return "anonymous";
    case MODEL_RULE_SCOPE:
        return atom_text(pool, "scope", rule->text);
    case MODEL_RULE_CLAIM:
        return claim_text(pool, rule);
    case MODEL_RULE_REALM:
        return atom_text(pool, "realm", rule->text);
    case MODEL_RULE_TLS:
        return "tls";
    case MODEL_RULE_IP:
        return ip_text(pool, rule);
    case MODEL_RULE_METHOD:
        return method_text(pool, rule);
    case MODEL_RULE_PYTHON:
        return python_text(pool, rule);
    case MODEL_RULE_APACHE:
        return apache_text(pool, rule);
    case MODEL_RULE_AND:
    case MODEL_RULE_OR:
        return apr_pstrcat(pool, part_text(pool, rule->left, here, depth + 1),
                           rule->op == MODEL_RULE_AND ? " and " : " or ",
                           part_text(pool, rule->right, here, depth + 1),
                           NULL);
    case MODEL_RULE_NOT:
        return apr_pstrcat(pool, "not ",
                           part_text(pool, rule->left, here, depth + 1), NULL);
    }
    return "";
}

static const char *
part_text(apr_pool_t *pool, const struct model_rule *rule, int around,
          int depth)
{
    const char *text;

    if (depth > ROUTES_MAX_OPS) {
        return "...";
    }
    text = bare_text(pool, rule, depth);
    return binding(rule->op) < around ? apr_pstrcat(pool, "(", text, ")", NULL)
                                      : text;
}

const char *
rule_text_of(apr_pool_t *pool, const struct model_rule *rule)
{
    return part_text(pool, rule, 0, 0);
}

const char *
rule_text_with_realms(apr_pool_t *pool, const struct model_auth *auth)
{
    const char *text = rule_text_of(pool, auth->rule);

    for (int i = 0; i < auth->realms->nelts; i++) {
        text = apr_pstrcat(pool, text, i == 0 ? " by " : " or ",
                           MODEL_AT(auth->realms, struct model_realm, i)->name,
                           NULL);
    }
    return text;
}
