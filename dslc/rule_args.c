/* SPDX-License-Identifier: Apache-2.0 */
/* rule_args: what requirements are given: parameters, data, texts with
 * parameters in them. */
#include "dslc/rule_args.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/literal.h"
#include "dslc/paths.h"
#include "dslc/raw.h"
#include "dslc/suggest.h"
#include "dslc/types.h"

/* ---- declared parameters ---- */

static bool
fits_path(const struct model_type *type)
{
    return !raw_is_type(type) && !type->optional &&
           type->kind != ROUTES_TYPE_LIST && types_is_flat(type) &&
           !types_is_special(type);
}

static const struct model_param *
find_own(const apr_array_header_t *params, const char *name)
{
    for (int i = 0; params != NULL && i < params->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(params, const struct model_param, i);

        if (strcmp(param->name, name) == 0) {
            return param;
        }
    }
    return NULL;
}

static struct model_param *
read_param(struct checker *checker, struct scope *scope,
           const apr_array_header_t *before, const struct ast_arg *ast)
{
    struct model_type *type = types_resolve(checker, scope, ast->type);
    const struct model_param *same = find_own(before, ast->name.text);
    struct model_param *param;

    if (same != NULL) {
        struct diag *diag = diag_error(checker->diags, ast->name.span, E105,
                                       "%s is a parameter already",
                                       checker_quote(checker, same->name));

        diag_place(diag, same->span, "here");
        return NULL;
    }
    if (types_broken(type)) {
        return NULL;
    }
    if (!fits_path(type)) {
        diag_error(checker->diags, ast->type->span, E308,
                   "a rule sees parameters of the path and host, and none of "
                   "them can be %s",
                   type->spelling);
        return NULL;
    }
    param = apr_pcalloc(checker->pool, sizeof(*param));
    param->name = ast->name.text;
    param->type = type;
    param->span = ast->span;
    return param;
}

apr_array_header_t *
rule_args_params(struct checker *checker, struct scope *scope,
                 const struct ast_arg_list *params)
{
    apr_array_header_t *made =
        apr_array_make(checker->pool, 2, sizeof(struct model_param *));
    bool whole = true;

    for (const struct ast_arg *ast = params->first; ast != NULL;
         ast = ast->next) {
        struct model_param *param = read_param(checker, scope, made, ast);

        whole &= param != NULL;
        if (param != NULL) {
            APR_ARRAY_PUSH(made, struct model_param *) = param;
        }
    }
    if (made->nelts >= ROUTES_MAX_CAPTURES) {
        checker_exceeds(checker, params->first->span,
                        apr_psprintf(checker->pool,
                                     "a rule of more than %d parameters",
                                     ROUTES_MAX_CAPTURES - 1));
        return NULL;
    }
    return whole ? made : NULL;
}

static struct model_rule_arg *
make_arg(struct checker *checker, const char *text, struct span span)
{
    struct model_rule_arg *arg = apr_pcalloc(checker->pool, sizeof(*arg));

    arg->text = text;
    arg->span = span;
    return arg;
}

apr_array_header_t *
rule_args_own(struct checker *checker, const apr_array_header_t *params)
{
    apr_array_header_t *args = apr_array_make(checker->pool, params->nelts,
                                              sizeof(struct model_rule_arg *));

    for (int i = 0; i < params->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(params, const struct model_param, i);
        struct model_rule_arg *arg =
            make_arg(checker, param->name, param->span);

        arg->type = param->type;
        APR_ARRAY_PUSH(args, struct model_rule_arg *) = arg;
    }
    return args;
}

/* ---- parameters in reach ---- */

/* The parameter of a path or host, or one of the rule that is declared. */
static const struct model_param *
find_param(const struct rules_reach *reach, const char *name)
{
    const struct model_param *own = find_own(reach->params, name);

    return own != NULL ? own
                       : paths_find(reach->path, reach->host_param, name);
}

bool
rule_args_is_param(const struct rules_reach *reach, const char *word,
                   struct span *span)
{
    const struct model_param *param = find_param(reach, word);

    if (param != NULL) {
        *span = param->span;
    }
    return param != NULL;
}

/* The names of all of them. */
static apr_array_header_t *
names_of(struct checker *checker, const struct rules_reach *reach)
{
    apr_array_header_t *names =
        apr_array_make(checker->pool, 4, sizeof(const char *));
    int n = reach->path == NULL ? 0 : reach->path->segments->nelts;

    for (int i = 0; reach->params != NULL && i < reach->params->nelts; i++) {
        APR_ARRAY_PUSH(names, const char *) =
            MODEL_AT(reach->params, const struct model_param, i)->name;
    }
    if (reach->host_param != NULL) {
        APR_ARRAY_PUSH(names, const char *) = reach->host_param->name;
    }
    for (int i = 0; i < n; i++) {
        const struct model_param *param =
            MODEL_AT(reach->path->segments, struct model_segment, i)->param;

        if (param != NULL) {
            APR_ARRAY_PUSH(names, const char *) = param->name;
        }
    }
    return names;
}

static const struct ast_arg *
find_call_arg(const struct rules_reach *reach, const char *name)
{
    const struct ast_arg *arg =
        reach->call == NULL ? NULL : reach->call->args.first;

    while (arg != NULL && strcmp(arg->name.text, name) != 0) {
        arg = arg->next;
    }
    return arg;
}

/* quoted: it stands in a text, where it is no word that could be data. */
static void
say_no_param(struct checker *checker, const struct rules_reach *reach,
             const char *name, struct span span, bool quoted)
{
    const struct ast_arg *arg = find_call_arg(reach, name);
    struct diag *diag;

    if (reach->unclear ||
        (reach->path != NULL && paths_unclear(checker, reach->path))) {
        return;
    }
    if (arg != NULL) {
        diag = diag_error(checker->diags, span, E308,
                          "%s is an argument of the call, which is read when "
                          "it is decided who may call",
                          checker_quote(checker, name));
        diag_place(diag, arg->span, "this argument");
        diag_help(diag, "rules see parameters of the path and host, and the "
                        "caller");
        return;
    }
    diag = diag_error(checker->diags, span, E304,
                      reach->params != NULL
                          ? "%s is no parameter of the rule"
                          : "%s is no parameter of the path or host here",
                      checker_quote(checker, name));
    if (!suggest_help(checker->diags, diag, names_of(checker, reach), name) &&
        !quoted) {
        diag_help(diag, "write \"%s\" for the word itself", name);
    }
}

/* ---- what is given ---- */

static bool
check_type(struct checker *checker, const struct ast_value *value,
           const struct model_param *given, const struct model_param *param)
{
    struct diag *diag;

    if (strcmp(given->type->key, param->type->key) == 0) {
        return true;
    }
    diag = diag_error(checker->diags, value->span, E304,
                      "%s is %s, and the rule takes %s",
                      checker_quote(checker, given->name),
                      given->type->spelling, param->type->spelling);
    diag_place(diag, given->span, "the parameter");
    diag_place(diag, param->span, "what the rule takes");
    return false;
}

static struct model_rule_arg *
read_word(struct checker *checker, const struct rules_reach *reach,
          const struct ast_value *value, const struct model_param *param)
{
    const struct model_param *given = find_param(reach, value->text);
    struct model_rule_arg *arg = make_arg(checker, value->text, value->span);

    if (given == NULL && !reach->later) {
        say_no_param(checker, reach, value->text, value->span, false);
        return NULL;
    }
    if (given != NULL && !check_type(checker, value, given, param)) {
        return NULL;
    }
    /* one of a declared rule is known where that is named */
    if (find_own(reach->params, value->text) == NULL) {
        arg->param = given;
    }
    return arg;
}

static struct model_rule_arg *
read_data(struct checker *checker, struct scope *scope,
          const struct ast_value *value, const struct model_param *param)
{
    const char *fault =
        value->kind == AST_DOLLAR ? NULL : literal_fault(value, param->type);
    struct model_rule_arg *arg = make_arg(checker, value->text, value->span);
    struct diag *diag;

    if (fault != NULL) {
        diag = diag_error(
            checker->diags, value->span, E304, "%s does not fit %s: it is %s",
            checker_quote(checker, value->text), param->type->spelling, fault);
        diag_place(diag, param->span, "what the rule takes");
        return NULL;
    }
    arg->literal = literal_default(checker, scope, value, param->type);
    return arg->literal == NULL ? NULL : arg;
}

static struct model_rule_arg *
read_arg(struct checker *checker, struct scope *scope,
         const struct rules_reach *reach, const struct ast_value *value,
         const struct model_param *param)
{
    struct model_rule_arg *arg = value->kind == AST_WORD
                                     ? read_word(checker, reach, value, param)
                                     : read_data(checker, scope, value, param);

    if (arg != NULL) {
        arg->type = param->type;
    }
    return arg;
}

/* "order: int, sku: Slug" */
static const char *
list_params(struct checker *checker, const apr_array_header_t *params)
{
    const char *text = "";

    for (int i = 0; i < params->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(params, const struct model_param, i);

        text = apr_pstrcat(checker->pool, text, i == 0 ? "" : ", ",
                           param->name, ": ", param->type->spelling, NULL);
    }
    return text;
}

static bool
has_all(struct checker *checker, const apr_array_header_t *params,
        const struct ast_expr *expr)
{
    int n = 0;

    for (const struct ast_value *value = expr->args.first; value != NULL;
         value = value->next) {
        n++;
    }
    if (n == params->nelts && (n > 0 || !expr->has_args)) {
        return true;
    }
    if (params->nelts == 0) {
        diag_error(checker->diags, expr->span, E304, "`%s` takes no argument",
                   expr->name.text);
    }
    else {
        diag_error(checker->diags, expr->span, E304,
                   "`%s` takes %d argument%s, and not %d: %s", expr->name.text,
                   params->nelts, params->nelts == 1 ? "" : "s", n,
                   list_params(checker, params));
    }
    return false;
}

apr_array_header_t *
rule_args_read(struct checker *checker, struct scope *scope,
               const struct rules_reach *reach,
               const apr_array_header_t *params, const struct ast_expr *expr)
{
    apr_array_header_t *args = apr_array_make(checker->pool, params->nelts,
                                              sizeof(struct model_rule_arg *));
    const struct ast_value *value = expr->args.first;
    bool whole = true;

    if (!has_all(checker, params, expr)) {
        return NULL;
    }
    for (int i = 0; i < params->nelts; i++, value = value->next) {
        struct model_rule_arg *arg =
            read_arg(checker, scope, reach, value,
                     MODEL_AT(params, const struct model_param, i));

        whole &= arg != NULL;
        APR_ARRAY_PUSH(args, struct model_rule_arg *) = arg;
    }
    return whole ? args : NULL;
}

/* ---- texts with parameters ---- */

static void
add_part(apr_array_header_t *parts, const char *text,
         const struct model_rule_arg *arg)
{
    APR_ARRAY_PUSH(parts, struct model_rule_part) =
        (struct model_rule_part){text, arg};
}

/* The name in `{name}`. */
static bool
add_name(struct checker *checker, const struct rules_reach *reach,
         const struct ast_value *value, const char *name,
         apr_array_header_t *parts)
{
    const struct model_param *param = find_param(reach, name);
    struct model_rule_arg *arg = make_arg(checker, name, value->span);

    if (param == NULL && !reach->later) {
        say_no_param(checker, reach, name, value->span, true);
        return false;
    }
    if (find_own(reach->params, name) == NULL) {
        arg->param = param;
    }
    add_part(parts, NULL, arg);
    return true;
}

apr_array_header_t *
rule_args_parts(struct checker *checker, const struct rules_reach *reach,
                const struct ast_value *value)
{
    apr_array_header_t *parts =
        apr_array_make(checker->pool, 4, sizeof(struct model_rule_part));
    const char *text = value->text;

    while (*text != '\0') {
        size_t length = strcspn(text, "{");

        if (length > 0) {
            add_part(parts, apr_pstrmemdup(checker->pool, text, length), NULL);
        }
        text += length;
        if (*text == '\0') {
            break;
        }
        length = strcspn(text, "}");
        if (text[length] == '\0') {
            diag_error(checker->diags, value->span, E304,
                       "`{` begins a parameter, as in \"team:{team}\", and "
                       "it is not closed");
            return NULL;
        }
        if (!add_name(checker, reach, value,
                      apr_pstrmemdup(checker->pool, text + 1, length - 1),
                      parts)) {
            return NULL;
        }
        text += length + 1;
    }
    return parts;
}
