/* SPDX-License-Identifier: Apache-2.0 */
/* authz: httpd's authorisation providers as requirements name them. */
#include "dslc/authz.h"

#include <ctype.h>
#include <string.h>

bool
authz_of_user(const char *name)
{
    static const char *const names[] = {
        "user",      "valid-user", "group",   "dbm-group",      "dbd-group",
        "ldap-user", "ldap-group", "ldap-dn", "ldap-attribute", "ldap-filter"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* `{name}`, where httpd has `%{name}`: it would stay as it is. */
static const char *
find_template(const char *text)
{
    for (const char *at = strchr(text, '{'); at != NULL;
         at = strchr(at + 1, '{')) {
        const char *end = at + 1;

        while (isalnum((unsigned char)*end) || *end == '_') {
            end++;
        }
        if (*end == '}' && (isalpha((unsigned char)at[1]) || at[1] == '_') &&
            (at == text || strchr("%$", at[-1]) == NULL)) {
            return at;
        }
    }
    return NULL;
}

static bool
is_fit(struct checker *checker, const struct ast_value *value)
{
    struct diag *diag;

    if (value->kind != AST_STRING || *value->text == '\0' ||
        checker_has_control(value->text)) {
        diag_error(checker->diags, value->span, E304,
                   "`apache` takes strings: a name and, where it has some, "
                   "arguments, as `Require` does");
        return false;
    }
    if (find_template(value->text) != NULL) {
        diag = diag_error(checker->diags, value->span, E304,
                          "a parameter has no value in `apache`");
        diag_help(diag, "httpd reads it once, at start: put what depends on "
                        "the request into a rule of Python");
        return false;
    }
    return true;
}

/* A name of `Require` is one word. */
static bool
is_name(struct checker *checker, const struct ast_value *value)
{
    if (strpbrk(value->text, " \"'\\") == NULL &&
        strcmp(value->text, "not") != 0) {
        return true;
    }
    diag_error(checker->diags, value->span, E304,
               "%s is no name of a provider: its arguments are a string of "
               "their own, and `not` stands before `apache`",
               checker_quote(checker, value->text));
    return false;
}

bool
authz_read(struct checker *checker, const struct ast_expr *expr,
           const char **name, const char **args)
{
    const struct ast_value *first = expr->args.first;

    if (first == NULL || (first->next != NULL && first->next->next != NULL)) {
        diag_error(checker->diags, expr->span, E304,
                   "`apache` takes what `Require` does, as in "
                   "apache(\"ldap-group\", \"cn=staff,o=example\")");
        return false;
    }
    if (!is_fit(checker, first) ||
        (first->next != NULL && !is_fit(checker, first->next)) ||
        !is_name(checker, first)) {
        return false;
    }
    *name = first->text;
    *args = first->next == NULL ? NULL : first->next->text;
    return true;
}
