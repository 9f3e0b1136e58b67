/* SPDX-License-Identifier: Apache-2.0 */
/* hostname: the names that a host block answers to. */
#include "dslc/hostname.h"

#include <ctype.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/paths.h"
#include "dslc/pyword.h"
#include "dslc/settings.h"
#include "dslc/types.h"

static struct model_host *
make_host(struct checker *checker, enum routes_host_kind kind,
          const char *name, struct span span)
{
    struct model_host *host = apr_pcalloc(checker->pool, sizeof(*host));

    host->kind = kind;
    host->name = name;
    host->span = span;
    return host;
}

struct model_host *
hostname_any(struct checker *checker)
{
    struct span nowhere = {0, 0, 0};
    struct model_host *any = apr_hash_get(checker->hosts, "", 0);

    if (any != NULL) {
        return any;
    }
    any = make_host(checker, ROUTES_HOST_ANY, "", nowhere);
    any->text = "";
    apr_hash_set(checker->hosts, "", 0, any);
    APR_ARRAY_PUSH(checker->model->hosts, struct model_host *) = any;
    return any;
}

/* ---- the literal part ---- */

static bool
is_label_char(char c)
{
    return isalnum((unsigned char)c) != 0 || c == '-' || c == '_';
}

static void
say_stray(struct checker *checker, const struct ast_value *name, char c)
{
    struct diag *diag;

    if ((unsigned char)c >= 0x80) {
        diag = diag_error(checker->diags, name->span, E001,
                          "a host name is ASCII");
        diag_help(diag, "write the form that is sent, xn--…");
        return;
    }
    diag =
        diag_error(checker->diags, name->span, E001, "a host name has no %s",
                   diag_quote_bytes(checker->diags, &c, 1));
    if (c == ':') {
        diag_help(diag, "a host is matched without its port");
    }
}

/* Labels between dots, none empty; *text begins behind the wildcard. */
static bool
check_labels(struct checker *checker, const struct ast_value *name,
             const char *text)
{
    char before = '.';

    for (; *text != '\0'; before = *text, text++) {
        if (*text == '*' || *text == '{' || *text == '}') {
            diag_error(checker->diags, name->span, E122,
                       "a star or a parameter is the whole leftmost label: "
                       "\"*.example.com\", \"{tenant}.example.com\"");
            return false;
        }
        if (*text != '.' && !is_label_char(*text)) {
            say_stray(checker, name, *text);
            return false;
        }
        if (*text == '.' && before == '.') {
            break;
        }
    }
    if (before == '.') {
        diag_error(checker->diags, name->span, E102,
                   "the host name %s has an empty label",
                   checker_quote(checker, name->text));
        return false;
    }
    return true;
}

static const char *
lower(struct checker *checker, const char *text)
{
    char *copy = apr_pstrdup(checker->pool, text);

    for (char *at = copy; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return copy;
}

/* ---- the parameter ---- */

/* "{tenant:Tenant}.example.com" in its parts; text is written over. */
static bool
split_param(char *text, char **name, char **type, const char **suffix)
{
    char *close = strchr(text, '}');
    char *colon;

    if (close == NULL) {
        return false;
    }
    *close = '\0';
    *suffix = close + 1;
    *name = text + 1;
    colon = strchr(*name, ':');
    *type = NULL;
    if (colon != NULL) {
        *colon = '\0';
        *type = colon + 1 + strspn(colon + 1, " ");
    }
    return true;
}

static bool
is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_') {
        return false;
    }
    while (isalnum((unsigned char)*text) || *text == '_') {
        text++;
    }
    return *text == '\0';
}

static struct model_type *
param_type(struct checker *checker, struct scope *scope,
           const struct ast_value *value, const char *name)
{
    struct ast_type type = {.span = value->span};

    if (name == NULL) {
        return checker->str;
    }
    type.name.text = name;
    type.name.span = value->span;
    return types_resolve(checker, scope, &type);
}

static struct model_host *
param_host(struct checker *checker, struct scope *scope,
           const struct ast_value *value)
{
    struct model_host *host;
    const char *suffix = "";
    char *name = NULL;
    char *type = NULL;

    if (!split_param(apr_pstrdup(checker->pool, value->text), &name, &type,
                     &suffix) ||
        !is_name(name) || (type != NULL && !is_name(type)) || *suffix != '.') {
        struct diag *diag =
            diag_error(checker->diags, value->span, E122,
                       "the parameter of a host is its whole leftmost label");

        diag_help(diag, "write \"{tenant}.example.com\", or "
                        "\"{tenant:Tenant}.example.com\" with a type of "
                        "that name");
        return NULL;
    }
    if (!check_labels(checker, value, suffix + 1)) {
        return NULL;
    }
    if (pyword_is(name)) {
        diag_error(checker->diags, value->span, E108,
                   "`%s` is a word of Python and names no argument", name);
        return NULL;
    }
    host = make_host(checker, ROUTES_HOST_PARAM, lower(checker, suffix),
                     value->span);
    host->param = paths_param(
        checker, name, param_type(checker, scope, value, type), value->span);
    if (host->param == NULL) {
        return NULL;
    }
    if (types_is_rest(host->param->type)) {
        diag_error(checker->diags, value->span, E107,
                   "a host has no rest: %s is a type of paths",
                   host->param->type->spelling);
        return NULL;
    }
    return host;
}

/* ---- one name ---- */

/* The name comes with the configuration: one that is no other's. */
static struct model_host *
setting_host(struct checker *checker, struct scope *scope,
             const struct ast_value *value)
{
    const char *name = settings_text(checker, scope, value, E016);

    return name == NULL
               ? NULL
               : make_host(checker, ROUTES_HOST_EXACT, name, value->span);
}

static struct model_host *
read_host(struct checker *checker, struct scope *scope,
          const struct ast_value *value)
{
    const char *text = value->text;

    if (value->kind == AST_DOLLAR) {
        return setting_host(checker, scope, value);
    }
    if (strlen(text) > HOSTNAME_MAX_LENGTH) {
        diag_error(checker->diags, value->span, E102,
                   "a host name has at most %d bytes", HOSTNAME_MAX_LENGTH);
        return NULL;
    }
    if (*text == '{') {
        return param_host(checker, scope, value);
    }
    if (strncmp(text, "*.", 2) == 0) {
        return check_labels(checker, value, text + 2)
                   ? make_host(checker, ROUTES_HOST_SUFFIX,
                               lower(checker, text + 1), value->span)
                   : NULL;
    }
    return check_labels(checker, value, text)
               ? make_host(checker, ROUTES_HOST_EXACT, lower(checker, text),
                           value->span)
               : NULL;
}

/* ---- all of a block ---- */

/* Two hosts with one key are one host. */
static const char *
host_key(struct checker *checker, const struct model_host *host)
{
    const struct model_param *param = host->param;

    return apr_psprintf(checker->pool, "%d %s %s %s", (int)host->kind,
                        host->name, param == NULL ? "" : param->name,
                        param == NULL ? "" : param->type->spelling);
}

/* Calls, rules and captures rely on one parameter for the whole block. */
static bool
shares_param(const apr_array_header_t *hosts, const struct model_host *host)
{
    const struct model_host *first;

    if (hosts->nelts == 0) {
        return true;
    }
    first = MODEL_AT(hosts, const struct model_host, 0);
    if (first->param == NULL || host->param == NULL) {
        return first->param == host->param;
    }
    return strcmp(first->param->name, host->param->name) == 0 &&
           strcmp(first->param->type->spelling, host->param->type->spelling) ==
               0;
}

/* The host of the model that is the same, which may be this one now. */
static struct model_host *
intern(struct checker *checker, struct model_host *host, const char *key)
{
    struct model_host *known =
        apr_hash_get(checker->hosts, key, APR_HASH_KEY_STRING);

    if (known == NULL) {
        known = host;
        apr_hash_set(checker->hosts, key, APR_HASH_KEY_STRING, host);
        APR_ARRAY_PUSH(checker->model->hosts, struct model_host *) = host;
    }
    return known;
}

static void
add_host(struct checker *checker, apr_array_header_t *hosts,
         apr_hash_t *of_block, struct model_host *host)
{
    const char *key = host_key(checker, host);

    if (apr_hash_get(of_block, key, APR_HASH_KEY_STRING) != NULL) {
        diag_error(checker->diags, host->span, E018,
                   "the host %s stands twice in this block",
                   checker_quote(checker, host->text));
        return;
    }
    if (!shares_param(hosts, host)) {
        diag_error(checker->diags, host->span, E122,
                   "all names of a host block have the same parameter, or "
                   "none has one");
        return;
    }
    apr_hash_set(of_block, key, APR_HASH_KEY_STRING, host);
    APR_ARRAY_PUSH(hosts, struct model_host *) = intern(checker, host, key);
}

apr_array_header_t *
hostname_make(struct checker *checker, struct scope *scope,
              const struct ast_value_list *names)
{
    apr_array_header_t *hosts =
        apr_array_make(checker->pool, 2, sizeof(struct model_host *));
    apr_hash_t *of_block = apr_hash_make(checker->pool);

    for (const struct ast_value *name = names->first; name != NULL;
         name = name->next) {
        struct model_host *host = read_host(checker, scope, name);

        if (host != NULL) {
            host->text = name->kind == AST_DOLLAR ? host->name : name->text;
            add_host(checker, hosts, of_block, host);
        }
    }
    return hosts;
}

const struct model_param *
hostname_param(const apr_array_header_t *hosts)
{
    return hosts->nelts == 0
               ? NULL
               : MODEL_AT(hosts, const struct model_host, 0)->param;
}
