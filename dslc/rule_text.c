/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_text: a requirement in the words of the language, for people.
 */
#include "rule_text.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

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
role_text(apr_pool_t *pool, const char *role)
{
    return apr_pstrcat(pool, "role(",
                       is_word(role) ? role : quoted(pool, role), ")", NULL);
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
        return role_text(pool, rule->text);
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
