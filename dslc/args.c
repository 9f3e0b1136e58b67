/* SPDX-License-Identifier: Apache-2.0 */
/* args: the function of a call, and where each argument comes from. */
#include "dslc/args.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/literal.h"
#include "dslc/paths.h"
#include "dslc/raw.h"
#include "dslc/secret.h"
#include "dslc/suggest.h"
#include "dslc/types.h"
#include "dslc/uploads.h"
#include "dslc/websockets.h"
#include "dslc/wire.h"

/* One call being read. */
struct reader {
    struct checker *checker;
    struct scope *scope;
    const struct ast_call *call;
    const struct model_route *route;
    const struct args_reach *reach;
    apr_array_header_t *args;   /* struct model_arg * */
    apr_hash_t *names;          /* of arguments -> struct ast_arg * */
    apr_hash_t *wires;          /* source and name -> struct ast_arg * */
    const struct ast_arg *body; /* the first that the body is for, or NULL */
    enum routes_source body_source; /* FORM or BODY */
};

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

/* ---- functions ---- */

/* What an import calls this much of a module's name, or NULL. */
static const char *
find_import(struct checker *checker, struct scope *scope, const char *module,
            size_t length)
{
    struct scope_name *name = scope_use(
        scope, SCOPE_MODULE, apr_pstrmemdup(checker->pool, module, length));

    return name == NULL ? NULL : name->stmt->u.import.module.text;
}

/* As much of a module's name as an import may stand for. */
static size_t
beginning(const char *module)
{
    size_t length = 0;

    for (int dots = 0; module[length] != '\0'; length++) {
        dots += module[length] == '.';
        if (dots == ARGS_MAX_PACKAGES) {
            break;
        }
    }
    return length;
}

/* The longest beginning that is imported counts: of a.b.c, a.b before a. */
const char *
args_module(struct checker *checker, struct scope *scope, const char *module)
{
    size_t length = beginning(module);

    while (length > 0) {
        const char *import = find_import(checker, scope, module, length);

        if (import != NULL) {
            return apr_pstrcat(checker->pool, import, module + length, NULL);
        }
        do {
            length--;
        } while (length > 0 && module[length] != '.');
    }
    return module;
}

struct model_function *
args_function(struct checker *checker, struct scope *scope, const char *module,
              const char *name, struct span span)
{
    const char *real = args_module(checker, scope, module);
    const char *key = apr_pstrcat(checker->pool, real, ":", name, NULL);
    struct model_function *function =
        apr_hash_get(checker->functions, key, APR_HASH_KEY_STRING);

    if (function != NULL) {
        return function;
    }
    function = apr_pcalloc(checker->pool, sizeof(*function));
    function->module = real;
    function->qualname = name;
    function->span = span;
    apr_hash_set(checker->functions, key, APR_HASH_KEY_STRING, function);
    APR_ARRAY_PUSH(checker->model->functions, struct model_function *) =
        function;
    return function;
}

/* ---- parameters of the path ---- */

static const struct model_path *
main_path(const struct reader *reader)
{
    return reader->reach->paths->nelts == 0
               ? NULL
               : MODEL_AT(reader->reach->paths, const struct model_path, 0);
}

static const struct model_param *
find_param(const struct reader *reader, const char *name)
{
    return paths_find(main_path(reader), reader->reach->host_param, name);
}

static struct model_arg *
add_arg(struct reader *reader, const char *name, enum routes_source source,
        struct span span)
{
    struct model_arg *arg = apr_pcalloc(reader->checker->pool, sizeof(*arg));

    arg->name = name;
    arg->wire = name;
    arg->source = source;
    arg->span = span;
    APR_ARRAY_PUSH(reader->args, struct model_arg *) = arg;
    return arg;
}

static void
add_path_arg(struct reader *reader, const char *name,
             const struct model_param *param, struct span span)
{
    struct model_arg *arg = add_arg(reader, name, ROUTES_FROM_PATH, span);

    arg->wire = param->name;
    arg->param = param;
    arg->type = param->type;
    secret_check(reader->checker, reader->route, arg);
}

/* ---- one argument of the path ---- */

static void
say_two_types(struct reader *reader, const struct ast_arg *ast,
              const struct model_param *param, const struct model_type *type)
{
    struct diag *diag =
        diag_error(reader->checker->diags, ast->type->span, E111,
                   "%s is %s here and %s in the path",
                   checker_quote(reader->checker, ast->name.text),
                   type->spelling, param->type->spelling);

    diag_place(diag, param->span, "the parameter of the path");
    diag_help(diag, "write the type in the path: {%s:%s}", param->name,
              type->spelling);
}

static bool
agrees(struct reader *reader, const struct ast_arg *ast,
       const struct model_param *param)
{
    const struct model_type *type;

    if (ast->type == NULL) {
        return true;
    }
    type = types_resolve(reader->checker, reader->scope, ast->type);
    if (types_broken(type)) {
        return false;
    }
    if (strcmp(type->spelling, param->type->spelling) != 0) {
        say_two_types(reader, ast, param, type);
        return false;
    }
    return true;
}

static void
read_path_arg(struct reader *reader, const struct ast_arg *ast,
              const struct model_param *param)
{
    if (ast->value != NULL) {
        struct diag *diag =
            diag_error(reader->checker->diags, ast->value->span, E121,
                       "%s is a parameter of the path, so it has no %s",
                       checker_quote(reader->checker, param->name),
                       ast->type == NULL ? "constant" : "default");

        diag_place(diag, param->span, "the parameter");
        return;
    }
    if (agrees(reader, ast, param)) {
        add_path_arg(reader, ast->name.text, param, ast->span);
    }
}

/* Whether a mistake in a path may have hidden parameters. */
static bool
is_path_unclear(const struct reader *reader)
{
    const apr_array_header_t *paths = reader->reach->paths;

    for (int i = 0; i < paths->nelts; i++) {
        if (paths_unclear(reader->checker,
                          MODEL_AT(paths, const struct model_path, i))) {
            return true;
        }
    }
    return false;
}

static void
read_from_path(struct reader *reader, const struct ast_arg *ast)
{
    const struct ast_text *name =
        ast->source_name.text != NULL ? &ast->source_name : &ast->name;
    const struct model_param *param = find_param(reader, name->text);

    if (param == NULL && is_path_unclear(reader)) {
        return;
    }
    if (param == NULL) {
        diag_error(reader->checker->diags, name->span, E118,
                   "the path has no parameter %s",
                   checker_quote(reader->checker, name->text));
        return;
    }
    read_path_arg(reader, ast, param);
}

/* ---- one argument of the request ---- */

static const struct source_row *
find_source(struct reader *reader, const struct ast_arg *ast)
{
    apr_array_header_t *words;
    struct diag *diag;

    for (size_t i = 0; i < N_SOURCES; i++) {
        if (strcmp(sources[i].name, ast->source.text) == 0) {
            return &sources[i];
        }
    }
    diag = diag_error(reader->checker->diags, ast->source.span, E118,
                      "unknown source %s",
                      checker_quote(reader->checker, ast->source.text));
    words = apr_array_make(reader->checker->pool, (int)N_SOURCES,
                           sizeof(const char *));
    for (size_t i = 0; i < N_SOURCES; i++) {
        APR_ARRAY_PUSH(words, const char *) = sources[i].name;
    }
    if (!suggest_help(reader->checker->diags, diag, words, ast->source.text)) {
        diag_help(diag, "the sources are %s",
                  apr_array_pstrcat(reader->checker->pool, words, ' '));
    }
    return NULL;
}

/* Whether each member is one that fields can carry. */
static bool
is_flat_record(const struct model_record *record)
{
    for (int i = 0; i < record->members->nelts; i++) {
        if (!types_is_flat(
                MODEL_AT(record->members, struct model_member, i)->type)) {
            return false;
        }
    }
    return true;
}

/* Whether fields of a query or form can carry a value. */
static bool
fits_fields(const struct model_type *type)
{
    return types_is_flat(type) ||
           (type->kind == ROUTES_TYPE_RECORD && is_flat_record(type->record));
}

/* Methods whose requests have no body, and none that could be meant. */
#define GET_AND_HEAD                                                          \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |                                  \
     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET))

static struct span
source_span(const struct ast_arg *ast)
{
    return ast->source.text != NULL ? ast->source.span : ast->span;
}

/* A websocket has messages instead. */
static void
say_bodiless(struct reader *reader, const struct ast_arg *ast,
             const struct model_type *type, enum routes_source source)
{
    bool websocket = websockets_is(reader->route);
    bool form = source == ROUTES_FROM_FORM || source == ROUTES_FROM_FILE;
    const char *query = fits_fields(type) ? "write `from query`, or " : "";
    struct diag *diag = diag_error(
        reader->checker->diags, source_span(ast), E507,
        "%s comes from %s, and %s",
        checker_quote(reader->checker, ast->name.text),
        form ? "a form" : "the body",
        websocket ? "a handshake has none" : "GET and HEAD carry none");

    diag_help(diag, "%s%s", query,
              websocket ? "have the client send it as a message"
                        : "take GET off this route");
}

/* What must come in a body needs a method that has one.  On DELETE that is
 * said, by `from form` or `from body`. */
static bool
refuse_body(struct reader *reader, const struct ast_arg *ast,
            const struct model_type *type, enum routes_source source)
{
    uint64_t without = GET_AND_HEAD;
    struct diag *diag;

    if (source != ROUTES_FROM_FORM && source != ROUTES_FROM_BODY &&
        source != ROUTES_FROM_RAW && source != ROUTES_FROM_FILE) {
        return false;
    }
    if (ast->source.text == NULL) {
        without |= ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE);
    }
    without &= reader->route->methods;
    if (without == 0) {
        return false;
    }
    if (without & GET_AND_HEAD) {
        say_bodiless(reader, ast, type, source);
        return true;
    }
    diag =
        diag_error(reader->checker->diags, ast->span, E507,
                   "%s is %s body, which DELETE seldom has",
                   checker_quote(reader->checker, ast->name.text),
                   source == ROUTES_FROM_FILE ? "a file of the" : "the whole");
    diag_help(diag, "write `from %s` if it is meant",
              source == ROUTES_FROM_FILE ? "file" : "body");
    return true;
}

/* One argument is the whole body: nothing else can come from it. */
static bool
refuse_second_body(struct reader *reader, const struct ast_arg *ast,
                   enum routes_source source)
{
    const struct ast_arg *before = reader->body;
    struct diag *diag;

    if (source == ROUTES_FROM_FILE) {
        source = ROUTES_FROM_FORM; /* beside its other fields */
    }
    if (source != ROUTES_FROM_FORM && source != ROUTES_FROM_BODY) {
        return false;
    }
    if (before == NULL || (source == ROUTES_FROM_FORM &&
                           reader->body_source == ROUTES_FROM_FORM)) {
        reader->body = ast;
        reader->body_source = source;
        return false;
    }
    diag = diag_error(reader->checker->diags, ast->span, E508,
                      "%s and %s both come from the one body",
                      checker_quote(reader->checker, before->name.text),
                      checker_quote(reader->checker, ast->name.text));
    diag_place(diag, before->span, "the other one");
    return true;
}

/* Two arguments that would read the same thing. */
static bool
refuse_wire(struct reader *reader, const struct ast_arg *ast,
            const struct model_arg *arg)
{
    const char *key = wire_key(reader->checker, arg);
    const struct ast_arg *before =
        apr_hash_get(reader->wires, key, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (before == NULL) {
        apr_hash_set(reader->wires, key, APR_HASH_KEY_STRING, ast);
        return false;
    }
    diag = diag_error(reader->checker->diags, ast->span, E105,
                      "%s of the request is read twice",
                      checker_quote(reader->checker, arg->wire));
    diag_place(diag, before->span, "first here");
    return true;
}

/* What a name alone was most likely meant to be. */
static const char *
describe_type(const char *name)
{
    static const struct {
        const char *name;
        const char *type;
    } special[] = {
        {"req", "request, for the request itself"},
        {"request", "request, for the request itself"},
        {"principal", "principal, for who calls"},
        {"user", "principal, for who calls"},
        {"current_user", "principal, for who calls"},
        {"body", "json, for a body of JSON, or a record of your own"},
        {"method", "method, for the request's method"},
    };

    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (strcmp(special[i].name, name) == 0) {
            return special[i].type;
        }
    }
    return "str for an argument of the request";
}

static void
say_untyped(struct reader *reader, const struct ast_arg *ast)
{
    const char *name = ast->name.text;
    struct diag *diag;

    if (ast->source.text != NULL) {
        diag = diag_error(reader->checker->diags, ast->span, E118,
                          "the argument %s has no type",
                          checker_quote(reader->checker, name));
        diag_help(diag, "write %s: str from %s, or another type", name,
                  ast->source.text);
        return;
    }
    if (is_path_unclear(reader)) {
        return;
    }
    diag = diag_error(reader->checker->diags, ast->span, E118,
                      "%s is no parameter of the path and has no type",
                      checker_quote(reader->checker, name));
    diag_help(diag, "write %s: %s", name, describe_type(name));
}

static void
say_deep(struct reader *reader, const struct ast_arg *ast,
         const struct model_type *type)
{
    struct diag *diag = diag_error(
        reader->checker->diags, ast->type->span, E112,
        "%s can't come from fields of a query or form", type->spelling);

    if (type->kind == ROUTES_TYPE_RECORD) {
        diag_note(diag, "a member of it is itself a record, a map or json");
    }
    diag_help(diag, "JSON carries it: write `from body`, on a route without "
                    "GET and HEAD");
}

static bool
fits_request(struct reader *reader, const struct ast_arg *ast,
             const struct model_type *type, enum routes_source source)
{
    bool fields = source != ROUTES_FROM_BODY &&
                  source != ROUTES_FROM_ARGUMENT && source != ROUTES_FROM_FILE;

    if (types_is_rest(type)) {
        diag_error(reader->checker->diags, ast->type->span, E112,
                   "%s is a type of path parameters", type->spelling);
        return false;
    }
    if (types_broken(type)) {
        return false;
    }
    if (fields && !fits_fields(type)) {
        say_deep(reader, ast, type);
        return false;
    }
    return true;
}

/* A record, a list of records and json are the whole body; an upload is a file
 * of a form; anything else is an argument, wherever the request carries it. */
static enum routes_source
usual_source(const struct model_type *type)
{
    if (uploads_is_type(type)) {
        return ROUTES_FROM_FILE;
    }
    return type->kind == ROUTES_TYPE_RECORD ||
                   type->kind == ROUTES_TYPE_JSON ||
                   (type->kind == ROUTES_TYPE_LIST &&
                    type->item->kind == ROUTES_TYPE_RECORD)
               ? ROUTES_FROM_BODY
               : ROUTES_FROM_ARGUMENT;
}

static void
read_default(struct reader *reader, const struct ast_arg *ast,
             struct model_arg *arg)
{
    if (ast->value == NULL) {
        return;
    }
    arg->constant =
        literal_default(reader->checker, reader->scope, ast->value, arg->type);
    if (arg->by_member) {
        /* it can only be null, which an absent one is anyway */
        arg->constant = NULL;
    }
}

static void
set_wire(struct reader *reader, const struct ast_arg *ast,
         struct model_arg *arg, const char *wire)
{
    arg->wire = wire;
    if (arg->source != ROUTES_FROM_BODY && !arg->by_member) {
        return;
    }
    arg->wire = "";
    if (ast->source_name.text != NULL) {
        diag_error(reader->checker->diags, ast->source_name.span, E118,
                   "%s is taken as a whole, so no name says which part of it",
                   checker_quote(reader->checker, arg->name));
    }
}

/* Of members that the request names: two records, or a record and an
 * argument, may not want one field. */
static bool
refuse_member_wires(struct reader *reader, const struct ast_arg *ast,
                    const struct model_arg *arg)
{
    const apr_array_header_t *members = arg->type->record->members;
    struct model_arg one = *arg;

    for (int i = 0; i < members->nelts; i++) {
        one.wire = wire_member(reader->checker, ast,
                               MODEL_AT(members, struct model_member, i)->wire,
                               arg->source);
        if (one.wire == NULL || refuse_wire(reader, ast, &one)) {
            return true;
        }
    }
    return false;
}

/* What stands at an argument that takes nothing from the request's text. */
static bool
refuse_special(struct reader *reader, const struct ast_arg *ast,
               const struct model_type *type)
{
    if (ast->value != NULL) {
        diag_error(reader->checker->diags, ast->value->span, E121,
                   "an argument of type %s is always there, so it has no "
                   "default",
                   type->spelling);
        return true;
    }
    if (ast->source.text != NULL) {
        diag_error(reader->checker->diags, ast->source.span, E118,
                   "an argument of type %s has no source: it is what the "
                   "whole request says",
                   type->spelling);
        return true;
    }
    return false;
}

static void
read_special(struct reader *reader, const struct ast_arg *ast,
             struct model_type *type)
{
    if (!refuse_special(reader, ast, type)) {
        add_arg(reader, ast->name.text, ROUTES_FROM_REQUEST, ast->span)->type =
            type;
    }
}

static void
read_request_arg(struct reader *reader, const struct ast_arg *ast,
                 enum routes_source source)
{
    struct model_type *type;
    struct model_arg *arg;
    const char *wire;
    bool refused;

    if (ast->type == NULL) {
        say_untyped(reader, ast);
        return;
    }
    type = types_resolve(reader->checker, reader->scope, ast->type);
    if (types_is_special(type)) {
        read_special(reader, ast, type);
        return;
    }
    if (source == ROUTES_FROM_ARGUMENT && !types_broken(type)) {
        source = usual_source(type);
    }
    if (!raw_fits(reader->checker, ast, type, source) ||
        !(types_broken(type) ||
          uploads_fits(reader->checker, ast, type, source)) ||
        !fits_request(reader, ast, type, source) ||
        refuse_body(reader, ast, type, source) ||
        refuse_second_body(reader, ast, source)) {
        return;
    }
    wire = wire_name(reader->checker, ast, source);
    if (wire == NULL) {
        return;
    }
    arg = add_arg(reader, ast->name.text, source, ast->span);
    arg->type = type;
    arg->by_member =
        type->kind == ROUTES_TYPE_RECORD && source != ROUTES_FROM_BODY;
    set_wire(reader, ast, arg, wire);
    read_default(reader, ast, arg);
    refused = arg->by_member
                  ? refuse_member_wires(reader, ast, arg)
                  : source != ROUTES_FROM_RAW && refuse_wire(reader, ast, arg);
    if (!refused) {
        secret_check(reader->checker, reader->route, arg);
    }
}

static void
read_sourced(struct reader *reader, const struct ast_arg *ast)
{
    const struct source_row *row = find_source(reader, ast);

    if (row == NULL) {
        return;
    }
    if (row->source == ROUTES_FROM_PATH) {
        read_from_path(reader, ast);
    }
    else {
        read_request_arg(reader, ast, row->source);
    }
}

static void
read_constant(struct reader *reader, const struct ast_arg *ast)
{
    struct model_literal *literal =
        literal_constant(reader->checker, reader->scope, ast->value);

    if (literal != NULL) {
        add_arg(reader, ast->name.text, ROUTES_FROM_CONSTANT, ast->span)
            ->constant = literal;
    }
}

/* ---- all arguments ---- */

static bool
refuse_name(struct reader *reader, const struct ast_arg *ast)
{
    const struct ast_arg *before =
        apr_hash_get(reader->names, ast->name.text, APR_HASH_KEY_STRING);
    struct diag *diag;

    apr_hash_set(reader->names, ast->name.text, APR_HASH_KEY_STRING, ast);
    if (before != NULL) {
        diag = diag_error(reader->checker->diags, ast->name.span, E105,
                          "the argument %s stands twice",
                          checker_quote(reader->checker, ast->name.text));
        diag_place(diag, before->name.span, "first here");
        return true;
    }
    return false;
}

static void
read_arg(struct reader *reader, const struct ast_arg *ast)
{
    const struct model_param *param = find_param(reader, ast->name.text);

    if (refuse_name(reader, ast)) {
        return;
    }
    if (ast->source.text != NULL) {
        read_sourced(reader, ast);
    }
    else if (param != NULL) {
        read_path_arg(reader, ast, param);
    }
    else if (ast->type == NULL && ast->value != NULL) {
        read_constant(reader, ast);
    }
    else {
        read_request_arg(reader, ast, ROUTES_FROM_ARGUMENT);
    }
}

static bool
is_passed(const struct reader *reader, const struct model_param *param)
{
    for (const struct ast_arg *arg = reader->call->args.first; arg != NULL;
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

/* Of the route's own path only: those of a location serve all its routes. */
static void
check_all_passed(struct reader *reader)
{
    const struct model_path *path = main_path(reader);

    for (int i = reader->reach->inherited;
         path != NULL && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, const struct model_segment, i)->param;
        struct diag *diag;

        if (param == NULL || is_passed(reader, param)) {
            continue;
        }
        diag = diag_error(reader->checker->diags, param->span, E117,
                          "the call does not pass %s",
                          checker_quote(reader->checker, param->name));
        diag_place(diag, reader->call->span, "this call");
        diag_help(diag, "name it in the call, or write the call without "
                        "parentheses to pass every parameter of the path");
    }
}

/* No parentheses: every parameter of the path, by name. */
static void
pass_all(struct reader *reader)
{
    const struct model_path *path = main_path(reader);

    for (int i = 0; path != NULL && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, const struct model_segment, i)->param;

        if (param != NULL) {
            add_path_arg(reader, param->name, param, param->span);
        }
    }
}

/* Where the whole body is one argument, the others come from the query. */
static void
leave_body(struct reader *reader, struct model_arg *arg)
{
    if (reader->body_source == ROUTES_FROM_BODY) {
        arg->source = ROUTES_FROM_QUERY;
    }
}

/* What only a JSON object can carry needs a method that has one. */
static void
check_carried(struct reader *reader, const struct model_arg *arg)
{
    uint64_t without = GET_AND_HEAD | ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE);
    struct diag *diag;

    if (types_is_flat(arg->type) ||
        (arg->source == ROUTES_FROM_ARGUMENT &&
         (reader->route->any || (reader->route->methods & without) == 0))) {
        return;
    }
    diag = diag_error(reader->checker->diags, arg->span, E112,
                      "%s can't come from fields of a query or form",
                      arg->type->spelling);
    if (reader->body_source == ROUTES_FROM_BODY) {
        diag_place(diag, reader->body->span, "the body is for this one");
        return;
    }
    diag_help(diag, "JSON carries it, on a route without GET, HEAD and "
                    "DELETE");
}

/* What is decided when all arguments are known. */
static void
settle_arguments(struct reader *reader)
{
    for (int i = 0; i < reader->args->nelts; i++) {
        struct model_arg *arg = MODEL_AT(reader->args, struct model_arg, i);

        if (arg->source == ROUTES_FROM_ARGUMENT) {
            leave_body(reader, arg);
            check_carried(reader, arg);
        }
    }
}

static void
read_args(struct reader *reader)
{
    int n = 0;

    for (const struct ast_arg *arg = reader->call->args.first; arg != NULL;
         arg = arg->next) {
        if (++n > ROUTES_MAX_ARGS) {
            checker_exceeds(reader->checker, arg->span,
                            apr_psprintf(reader->checker->pool,
                                         "a call of more than %d arguments",
                                         ROUTES_MAX_ARGS));
            return;
        }
        read_arg(reader, arg);
    }
    check_all_passed(reader);
    raw_settle(reader->checker, reader->args);
    uploads_settle(reader->checker, reader->args);
    settle_arguments(reader);
}

apr_array_header_t *
args_make(struct checker *checker, struct scope *scope,
          const struct ast_call *call, const struct model_route *route,
          const struct args_reach *reach)
{
    struct reader reader = {
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
        read_args(&reader);
    }
    else {
        pass_all(&reader);
    }
    return reader.args;
}
