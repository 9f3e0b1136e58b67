/* SPDX-License-Identifier: Apache-2.0 */
/* args: the arguments of a call, and where each comes from. */
#include "dslc/args.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/args_request.h"
#include "dslc/args_run.h"
#include "dslc/literal.h"
#include "dslc/paths.h"
#include "dslc/raw.h"
#include "dslc/secret.h"
#include "dslc/suggest.h"
#include "dslc/types.h"
#include "dslc/uploads.h"

static const struct source_row {
    const char *name;
    enum routes_source source;
} sources[] = {
    {"path", ROUTES_FROM_PATH},     {"query", ROUTES_FROM_QUERY},
    {"form", ROUTES_FROM_FORM},     {"header", ROUTES_FROM_HEADER},
    {"cookie", ROUTES_FROM_COOKIE}, {"body", ROUTES_FROM_BODY},
    {"raw", ROUTES_FROM_RAW},       {"file", ROUTES_FROM_FILE},
};

#define N_SOURCES (sizeof(sources) / sizeof(sources[0]))

/* ---- parameters of the path ---- */

static const struct model_param *
find_param(const struct args_run *run, const char *name)
{
    return paths_find(args_run_path(run), run->reach->host_param, name);
}

static void
add_path_arg(struct args_run *run, const char *name,
             const struct model_param *param, struct span span)
{
    struct model_arg *arg = args_run_add(run, name, ROUTES_FROM_PATH, span);

    arg->wire = param->name;
    arg->param = param;
    arg->type = param->type;
    secret_check(run->checker, run->route, arg);
}

/* ---- one argument of the path ---- */

static void
say_two_types(struct args_run *run, const struct ast_arg *ast,
              const struct model_param *param, const struct model_type *type)
{
    struct diag *diag = diag_error(run->checker->diags, ast->type->span, E111,
                                   "%s is %s here and %s in the path",
                                   checker_quote(run->checker, ast->name.text),
                                   type->spelling, param->type->spelling);

    diag_place(diag, param->span, "the parameter of the path");
    diag_help(diag, "write the type in the path: {%s:%s}", param->name,
              type->spelling);
}

static bool
agrees(struct args_run *run, const struct ast_arg *ast,
       const struct model_param *param)
{
    const struct model_type *type;

    if (ast->type == NULL) {
        return true;
    }
    type = types_resolve(run->checker, run->scope, ast->type);
    if (types_broken(type)) {
        return false;
    }
    if (strcmp(type->spelling, param->type->spelling) != 0) {
        say_two_types(run, ast, param, type);
        return false;
    }
    return true;
}

static void
read_path_arg(struct args_run *run, const struct ast_arg *ast,
              const struct model_param *param)
{
    if (ast->value != NULL) {
        struct diag *diag =
            diag_error(run->checker->diags, ast->value->span, E121,
                       "%s is a parameter of the path, so it has no %s",
                       checker_quote(run->checker, param->name),
                       ast->type == NULL ? "constant" : "default");

        diag_place(diag, param->span, "the parameter");
        return;
    }
    if (agrees(run, ast, param)) {
        add_path_arg(run, ast->name.text, param, ast->span);
    }
}

static void
read_from_path(struct args_run *run, const struct ast_arg *ast)
{
    const struct ast_text *name =
        ast->source_name.text != NULL ? &ast->source_name : &ast->name;
    const struct model_param *param = find_param(run, name->text);

    if (param == NULL && args_run_unclear(run)) {
        return;
    }
    if (param == NULL) {
        diag_error(run->checker->diags, name->span, E118,
                   "the path has no parameter %s",
                   checker_quote(run->checker, name->text));
        return;
    }
    read_path_arg(run, ast, param);
}

/* ---- one argument with a source ---- */

static const struct source_row *
find_source(struct args_run *run, const struct ast_arg *ast)
{
    apr_array_header_t *words;
    struct diag *diag;

    for (size_t i = 0; i < N_SOURCES; i++) {
        if (strcmp(sources[i].name, ast->source.text) == 0) {
            return &sources[i];
        }
    }
    diag = diag_error(run->checker->diags, ast->source.span, E118,
                      "unknown source %s",
                      checker_quote(run->checker, ast->source.text));
    words = apr_array_make(run->checker->pool, (int)N_SOURCES,
                           sizeof(const char *));
    for (size_t i = 0; i < N_SOURCES; i++) {
        APR_ARRAY_PUSH(words, const char *) = sources[i].name;
    }
    if (!suggest_help(run->checker->diags, diag, words, ast->source.text)) {
        diag_help(diag, "the sources are %s",
                  apr_array_pstrcat(run->checker->pool, words, ' '));
    }
    return NULL;
}

static void
read_sourced(struct args_run *run, const struct ast_arg *ast)
{
    const struct source_row *row = find_source(run, ast);

    if (row == NULL) {
        return;
    }
    if (row->source == ROUTES_FROM_PATH) {
        read_from_path(run, ast);
    }
    else {
        args_request_read(run, ast, row->source);
    }
}

static void
read_constant(struct args_run *run, const struct ast_arg *ast)
{
    struct model_literal *literal =
        literal_constant(run->checker, run->scope, ast->value);

    if (literal != NULL) {
        args_run_add(run, ast->name.text, ROUTES_FROM_CONSTANT, ast->span)
            ->constant = literal;
    }
}

/* ---- all arguments ---- */

static bool
refuse_name(struct args_run *run, const struct ast_arg *ast)
{
    const struct ast_arg *before =
        apr_hash_get(run->names, ast->name.text, APR_HASH_KEY_STRING);
    struct diag *diag;

    apr_hash_set(run->names, ast->name.text, APR_HASH_KEY_STRING, ast);
    if (before != NULL) {
        diag = diag_error(run->checker->diags, ast->name.span, E105,
                          "the argument %s stands twice",
                          checker_quote(run->checker, ast->name.text));
        diag_place(diag, before->name.span, "first here");
        return true;
    }
    return false;
}

static void
read_arg(struct args_run *run, const struct ast_arg *ast)
{
    const struct model_param *param = find_param(run, ast->name.text);

    if (refuse_name(run, ast)) {
        return;
    }
    if (ast->source.text != NULL) {
        read_sourced(run, ast);
    }
    else if (param != NULL) {
        read_path_arg(run, ast, param);
    }
    else if (ast->type == NULL && ast->value != NULL) {
        read_constant(run, ast);
    }
    else {
        args_request_read(run, ast, ROUTES_FROM_ARGUMENT);
    }
}

static bool
is_passed(const struct args_run *run, const struct model_param *param)
{
    for (const struct ast_arg *arg = run->call->args.first; arg != NULL;
         arg = arg->next) {
        bool from_path =
            arg->source.text == NULL || strcmp(arg->source.text, "path") == 0;
        const char *name =
            arg->source.text != NULL && arg->source_name.text != NULL
                ? arg->source_name.text
                : arg->name.text;

        if (from_path && strcmp(name, param->name) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the call names what is nowhere: that may be the parameter by a
 * name that it doesn't have. */
static bool
names_unknown(const struct args_run *run)
{
    for (const struct ast_arg *arg = run->call->args.first; arg != NULL;
         arg = arg->next) {
        if (arg->type == NULL && arg->value == NULL &&
            arg->source.text == NULL &&
            find_param(run, arg->name.text) == NULL) {
            return true;
        }
    }
    return false;
}

/* Of the route's own path only: those of a location serve all its routes. */
static void
check_all_passed(struct args_run *run)
{
    const struct model_path *path =
        names_unknown(run) ? NULL : args_run_path(run);

    for (int i = run->reach->inherited;
         path != NULL && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, const struct model_segment, i)->param;
        struct diag *diag;

        if (param == NULL || is_passed(run, param)) {
            continue;
        }
        diag = diag_error(run->checker->diags, param->span, E117,
                          "the call does not pass %s",
                          checker_quote(run->checker, param->name));
        diag_place(diag, run->call->span, "this call");
        diag_help(diag, "name it in the call, or write the call without "
                        "parentheses to pass every parameter of the path");
    }
}

/* No parentheses: every parameter of the path, by name. */
static void
pass_all(struct args_run *run)
{
    const struct model_path *path = args_run_path(run);

    for (int i = 0; path != NULL && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, const struct model_segment, i)->param;

        if (param != NULL) {
            add_path_arg(run, param->name, param, param->span);
        }
    }
}

static void
read_args(struct args_run *run)
{
    int n = 0;

    for (const struct ast_arg *arg = run->call->args.first; arg != NULL;
         arg = arg->next) {
        if (++n > ROUTES_MAX_ARGS) {
            checker_exceeds(run->checker, arg->span,
                            apr_psprintf(run->checker->pool,
                                         "a call of more than %d arguments",
                                         ROUTES_MAX_ARGS));
            return;
        }
        read_arg(run, arg);
    }
    check_all_passed(run);
    raw_settle(run->checker, run->args);
    uploads_settle(run->checker, run->args);
    args_request_settle(run);
}

apr_array_header_t *
args_make(struct checker *checker, struct scope *scope,
          const struct ast_call *call, const struct model_route *route,
          const struct args_reach *reach)
{
    struct args_run run = {
        .checker = checker,
        .scope = scope,
        .call = call,
        .route = route,
        .reach = reach,
        .args = apr_array_make(checker->pool, 4, sizeof(struct model_arg *)),
        .names = apr_hash_make(checker->pool),
        .wires = apr_hash_make(checker->pool),
    };

    if (call->has_args) {
        read_args(&run);
    }
    else {
        pass_all(&run);
    }
    return run.args;
}
