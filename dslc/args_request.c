/* SPDX-License-Identifier: Apache-2.0 */
/* args_request: an argument of the request: what carries it, by its type. */
#include "dslc/args_request.h"

#include <string.h>

#include "dslc/literal.h"
#include "dslc/raw.h"
#include "dslc/secret.h"
#include "dslc/types.h"
#include "dslc/uploads.h"
#include "dslc/websockets.h"
#include "dslc/wire.h"

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
say_bodiless(struct args_run *run, const struct ast_arg *ast,
             const struct model_type *type, enum routes_source source)
{
    bool websocket = websockets_is(run->route);
    bool form = source == ROUTES_FROM_FORM || source == ROUTES_FROM_FILE;
    const char *query = fits_fields(type) ? "write `from query`, or " : "";
    struct diag *diag = diag_error(run->checker->diags, source_span(ast), E507,
                                   "%s comes from %s, and %s",
                                   checker_quote(run->checker, ast->name.text),
                                   form ? "a form" : "the body",
                                   websocket ? "a handshake has none"
                                             : "GET and HEAD carry none");

    diag_help(diag, "%s%s", query,
              websocket ? "have the client send it as a message"
                        : "take GET off this route");
}

/* What must come in a body needs a method that has one.  On DELETE that is
 * said, by `from form` or `from body`. */
static bool
refuse_body(struct args_run *run, const struct ast_arg *ast,
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
    without &= run->route->methods;
    if (without == 0) {
        return false;
    }
    if (without & GET_AND_HEAD) {
        say_bodiless(run, ast, type, source);
        return true;
    }
    diag =
        diag_error(run->checker->diags, ast->span, E507,
                   "%s is %s body, which DELETE seldom has",
                   checker_quote(run->checker, ast->name.text),
                   source == ROUTES_FROM_FILE ? "a file of the" : "the whole");
    diag_help(diag, "write `from %s` if it is meant",
              source == ROUTES_FROM_FILE ? "file" : "body");
    return true;
}

/* One argument is the whole body: nothing else can come from it. */
static bool
refuse_second_body(struct args_run *run, const struct ast_arg *ast,
                   enum routes_source source)
{
    const struct ast_arg *before = run->body;
    struct diag *diag;

    if (source == ROUTES_FROM_FILE) {
        source = ROUTES_FROM_FORM; /* beside its other fields */
    }
    if (source != ROUTES_FROM_FORM && source != ROUTES_FROM_BODY) {
        return false;
    }
    if (before == NULL ||
        (source == ROUTES_FROM_FORM && run->body_source == ROUTES_FROM_FORM)) {
        run->body = ast;
        run->body_source = source;
        return false;
    }
    diag = diag_error(run->checker->diags, ast->span, E508,
                      "%s and %s both come from the one body",
                      checker_quote(run->checker, before->name.text),
                      checker_quote(run->checker, ast->name.text));
    diag_place(diag, before->span, "the other one");
    return true;
}

/* Two arguments that would read the same thing. */
static bool
refuse_wire(struct args_run *run, const struct ast_arg *ast,
            const struct model_arg *arg)
{
    const char *key = wire_key(run->checker, arg);
    const struct ast_arg *before =
        apr_hash_get(run->wires, key, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (before == NULL) {
        apr_hash_set(run->wires, key, APR_HASH_KEY_STRING, ast);
        return false;
    }
    diag = diag_error(run->checker->diags, ast->span, E105,
                      "%s of the request is read twice",
                      checker_quote(run->checker, arg->wire));
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
say_untyped(struct args_run *run, const struct ast_arg *ast)
{
    const char *name = ast->name.text;
    struct diag *diag;

    if (ast->source.text != NULL) {
        diag = diag_error(run->checker->diags, ast->span, E118,
                          "the argument %s has no type",
                          checker_quote(run->checker, name));
        diag_help(diag, "write %s: str from %s, or another type", name,
                  ast->source.text);
        return;
    }
    if (args_run_unclear(run)) {
        return;
    }
    diag = diag_error(run->checker->diags, ast->span, E118,
                      "%s is no parameter of the path and has no type",
                      checker_quote(run->checker, name));
    diag_help(diag, "write %s: %s", name, describe_type(name));
}

static void
say_deep(struct args_run *run, const struct ast_arg *ast,
         const struct model_type *type)
{
    struct diag *diag = diag_error(
        run->checker->diags, ast->type->span, E112,
        "%s can't come from fields of a query or form", type->spelling);

    if (type->kind == ROUTES_TYPE_RECORD) {
        diag_note(diag, "a member of it is itself a record, a map or json");
    }
    diag_help(diag, "JSON carries it: write `from body`, on a route without "
                    "GET and HEAD");
}

static bool
fits_request(struct args_run *run, const struct ast_arg *ast,
             const struct model_type *type, enum routes_source source)
{
    bool fields = source != ROUTES_FROM_BODY &&
                  source != ROUTES_FROM_ARGUMENT && source != ROUTES_FROM_FILE;

    if (types_is_rest(type)) {
        diag_error(run->checker->diags, ast->type->span, E112,
                   "%s is a type of path parameters", type->spelling);
        return false;
    }
    if (types_broken(type)) {
        return false;
    }
    if (fields && !fits_fields(type)) {
        say_deep(run, ast, type);
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
read_default(struct args_run *run, const struct ast_arg *ast,
             struct model_arg *arg)
{
    if (ast->value == NULL) {
        return;
    }
    arg->constant =
        literal_default(run->checker, run->scope, ast->value, arg->type);
    if (arg->by_member) {
        /* it can only be null, which an absent one is anyway */
        arg->constant = NULL;
    }
}

static void
set_wire(struct args_run *run, const struct ast_arg *ast,
         struct model_arg *arg, const char *wire)
{
    arg->wire = wire;
    if (arg->source != ROUTES_FROM_BODY && !arg->by_member) {
        return;
    }
    arg->wire = "";
    if (ast->source_name.text != NULL) {
        diag_error(run->checker->diags, ast->source_name.span, E118,
                   "%s is taken as a whole, so no name says which part of it",
                   checker_quote(run->checker, arg->name));
    }
}

/* Of members that the request names: two records, or a record and an
 * argument, may not want one field. */
static bool
refuse_member_wires(struct args_run *run, const struct ast_arg *ast,
                    const struct model_arg *arg)
{
    const apr_array_header_t *members = arg->type->record->members;
    struct model_arg one = *arg;

    for (int i = 0; i < members->nelts; i++) {
        one.wire = wire_member(run->checker, ast,
                               MODEL_AT(members, struct model_member, i)->wire,
                               arg->source);
        if (one.wire == NULL || refuse_wire(run, ast, &one)) {
            return true;
        }
    }
    return false;
}

/* What stands at an argument that takes nothing from the request's text. */
static bool
refuse_special(struct args_run *run, const struct ast_arg *ast,
               const struct model_type *type)
{
    if (ast->value != NULL) {
        diag_error(run->checker->diags, ast->value->span, E121,
                   "an argument of type %s is always there, so it has no "
                   "default",
                   type->spelling);
        return true;
    }
    if (ast->source.text != NULL) {
        diag_error(run->checker->diags, ast->source.span, E118,
                   "an argument of type %s has no source: it is what the "
                   "whole request says",
                   type->spelling);
        return true;
    }
    return false;
}

static void
read_special(struct args_run *run, const struct ast_arg *ast,
             struct model_type *type)
{
    if (!refuse_special(run, ast, type)) {
        args_run_add(run, ast->name.text, ROUTES_FROM_REQUEST, ast->span)
            ->type = type;
    }
}

void
args_request_read(struct args_run *run, const struct ast_arg *ast,
                  enum routes_source source)
{
    struct model_type *type;
    struct model_arg *arg;
    const char *wire;
    bool refused;

    if (ast->type == NULL) {
        say_untyped(run, ast);
        return;
    }
    type = types_resolve(run->checker, run->scope, ast->type);
    if (types_is_special(type)) {
        read_special(run, ast, type);
        return;
    }
    if (source == ROUTES_FROM_ARGUMENT && !types_broken(type)) {
        source = usual_source(type);
    }
    if (!raw_fits(run->checker, ast, type, source) ||
        !(types_broken(type) ||
          uploads_fits(run->checker, ast, type, source)) ||
        !fits_request(run, ast, type, source) ||
        refuse_body(run, ast, type, source) ||
        refuse_second_body(run, ast, source)) {
        return;
    }
    wire = wire_name(run->checker, ast, source);
    if (wire == NULL) {
        return;
    }
    arg = args_run_add(run, ast->name.text, source, ast->span);
    arg->type = type;
    arg->by_member =
        type->kind == ROUTES_TYPE_RECORD && source != ROUTES_FROM_BODY;
    set_wire(run, ast, arg, wire);
    read_default(run, ast, arg);
    refused = arg->by_member
                  ? refuse_member_wires(run, ast, arg)
                  : source != ROUTES_FROM_RAW && refuse_wire(run, ast, arg);
    if (!refused) {
        secret_check(run->checker, run->route, arg);
    }
}

/* Where the whole body is one argument, the others come from the query. */
static void
leave_body(struct args_run *run, struct model_arg *arg)
{
    if (run->body_source == ROUTES_FROM_BODY) {
        arg->source = ROUTES_FROM_QUERY;
    }
}

/* What only a JSON object can carry needs a method that has one. */
static void
check_carried(struct args_run *run, const struct model_arg *arg)
{
    uint64_t without = GET_AND_HEAD | ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE);
    struct diag *diag;

    if (types_is_flat(arg->type) ||
        (arg->source == ROUTES_FROM_ARGUMENT &&
         (run->route->any || (run->route->methods & without) == 0))) {
        return;
    }
    diag = diag_error(run->checker->diags, arg->span, E112,
                      "%s can't come from fields of a query or form",
                      arg->type->spelling);
    if (run->body_source == ROUTES_FROM_BODY) {
        diag_place(diag, run->body->span, "the body is for this one");
        return;
    }
    diag_help(diag, "JSON carries it, on a route without GET, HEAD and "
                    "DELETE");
}

/* What is decided when all arguments are known. */
void
args_request_settle(struct args_run *run)
{
    for (int i = 0; i < run->args->nelts; i++) {
        struct model_arg *arg = MODEL_AT(run->args, struct model_arg, i);

        if (arg->source == ROUTES_FROM_ARGUMENT) {
            leave_body(run, arg);
            check_carried(run, arg);
        }
    }
}
