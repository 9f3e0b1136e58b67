/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urls: which functions a module of URLs has, and their parameters.
 */
#include "urls.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "pyword.h"
#include "types.h"
#include "variants.h"

/* What the module calls by these names itself. */
static const char *const taken[] = {
    "TypeError", "UnicodeError", "ValueError", "any",         "bool",
    "bytearray", "bytes",        "float",      "format",      "hasattr",
    "int",       "isinstance",   "len",        "list",        "memoryview",
    "repr",      "str",          "type",       "annotations",
};

struct maker {
    struct model *model;
    struct diag_list *diags;
    apr_hash_t *names; /* of functions -> struct model_route * */
};

/* ---- names -------------------------------------------------------------- */

static int
is_taken(const char *name)
{
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (strcmp(taken[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The name of a function: dots between the names of includes are `_`. */
static const char *
function_name(struct maker *maker, const struct model_route *route)
{
    char *name = apr_pstrdup(maker->model->pool, route->name);

    for (char *dot = name; (dot = strchr(dot, '.')) != NULL;) {
        *dot = '_';
    }
    return name;
}

static struct diag *
refuse_name(struct maker *maker, const struct model_route *route,
            const char *name, const char *why)
{
    struct diag *diag = diag_error(maker->diags, route->span, E707,
                                   "no function can be called %s: %s",
                                   diag_quote(maker->diags, name), why);

    diag_help(diag, "name the route otherwise: as NAME");
    return diag;
}

static int
check_name(struct maker *maker, const struct model_route *route,
           const char *name)
{
    const struct model_route *before =
        apr_hash_get(maker->names, name, APR_HASH_KEY_STRING);

    apr_hash_set(maker->names, name, APR_HASH_KEY_STRING, route);
    if (pyword_is(name)) {
        refuse_name(maker, route, name, "it is a word of Python");
    }
    else if (*name == '_' || is_taken(name)) {
        refuse_name(maker, route, name, "the module uses that name itself");
    }
    else if (before != NULL) {
        diag_place(refuse_name(maker, route, name, "another route has it"),
                   before->span, "this one");
    }
    else {
        return 1;
    }
    return 0;
}

/* ---- parameters --------------------------------------------------------- */

static void
add_parameter(struct maker *maker, struct urls_function *function,
              const struct urls_parameter *parameter, struct span span)
{
    const struct urls_parameter *known =
        (const void *)function->parameters->elts;
    const char *why = NULL;

    if (*parameter->name == '_') {
        why = "the module uses names with `_` first itself";
    }
    for (int i = 0; i < function->parameters->nelts; i++) {
        if (strcmp(known[i].name, parameter->name) == 0) {
            why = "the URL has another parameter of that name";
        }
    }
    if (why != NULL) {
        diag_error(maker->diags, span, E707,
                   "the URL of %s can't have the parameter %s: %s",
                   diag_quote(maker->diags, function->route->name),
                   diag_quote(maker->diags, parameter->name), why);
        return;
    }
    APR_ARRAY_PUSH(function->parameters, struct urls_parameter) = *parameter;
}

/* A parameter of the query string; what chooses a variant by the query is told
 * by its key, else by the parameter itself. */
static void
add_field(struct maker *maker, struct urls_function *function,
          struct urls_parameter parameter, struct span span)
{
    const struct model_route *route = function->route;

    switch (variants_by_query(route) ? variants_role(route, parameter.wire)
                                     : ROUTES_URL_FREE) {
    case ROUTES_URL_FREE:
        break;
    case ROUTES_URL_FIXED:
        return;
    case ROUTES_URL_TELLS:
        parameter.optional = 0;
        parameter.tells = 1;
        function->key = NULL;
        break;
    case ROUTES_URL_ELSE:
        parameter.keys = route->choice_of->choice->variants;
        break;
    }
    add_parameter(maker, function, &parameter, span);
}

static void
add_captured(struct maker *maker, struct urls_function *function,
             const struct model_param *param)
{
    const struct urls_parameter parameter = {.name = param->name,
                                             .type = param->type};

    if (param != NULL) {
        add_parameter(maker, function, &parameter, param->span);
    }
}

/* Whether an argument may stand in the URL's query string.  What only JSON
 * carries can't. */
static int
is_query(const struct model_route *route, const struct model_arg *arg)
{
    if (arg->type != NULL && !arg->by_member && !types_is_flat(arg->type)) {
        return 0;
    }
    return arg->source == ROUTES_FROM_QUERY ||
           (arg->source == ROUTES_FROM_ARGUMENT &&
            (route->any || (route->methods & ROUTES_METHODS_BODILESS) != 0));
}

/* Whether a request without it may be good: another method's body may have
 * it. */
static int
is_optional(const struct model_route *route, const struct model_arg *arg)
{
    return arg->constant != NULL || arg->type->optional ||
           (arg->source == ROUTES_FROM_ARGUMENT &&
            (route->any || (route->methods & ~ROUTES_METHODS_BODILESS) != 0));
}

/* Of a record in the query each member is a parameter. */
static void
add_members(struct maker *maker, struct urls_function *function,
            const struct model_arg *arg)
{
    const apr_array_header_t *members = arg->type->record->members;

    for (int i = 0; i < members->nelts; i++) {
        const struct model_member *member =
            MODEL_AT(members, const struct model_member, i);
        const struct urls_parameter parameter = {
            .name = member->name,
            .wire = member->wire,
            .type = member->type,
            .optional = member->constant != NULL || member->type->optional ||
                        arg->type->optional};

        add_field(maker, function, parameter, arg->span);
    }
}

/* What a variant by the query is told by. */
static void
set_key(struct urls_function *function)
{
    const char *key = variants_key(function->route);

    if (key != NULL) {
        const struct model_choice *choice = function->route->choice_of->choice;
        int by_value = choice->by == ROUTES_BY_VALUE;

        function->key = by_value ? choice->name : key;
        function->value = by_value ? key : NULL;
    }
}

static void
add_parameters(struct maker *maker, struct urls_function *function)
{
    const struct model_route *route = function->route;
    const apr_array_header_t *segments = function->path->segments;

    set_key(function);
    if (function->host != NULL && function->host->param != NULL) {
        add_captured(maker, function, function->host->param);
    }
    for (int i = 0; i < segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(segments, const struct model_segment, i);

        if (segment->param != NULL) {
            add_captured(maker, function, segment->param);
        }
    }
    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, const struct model_arg, i);

        if (is_query(route, arg) && arg->by_member) {
            add_members(maker, function, arg);
        }
        else if (is_query(route, arg)) {
            const struct urls_parameter parameter = {
                .name = arg->name,
                .wire = arg->wire,
                .type = arg->type,
                .optional = is_optional(route, arg)};

            add_field(maker, function, parameter, arg->span);
        }
    }
}

/* ---- parts -------------------------------------------------------------- */

const char *
urls_quote(apr_pool_t *pool, const char *text)
{
    char *quoted = apr_palloc(pool, strlen(text) * 3 + 1);
    char *to = quoted;

    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) ||
            strchr("-._~!$&'()*+,;=:@/", *text) != NULL) {
            *to++ = *text;
        }
        else {
            to += sprintf(to, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
    *to = '\0';
    return quoted;
}

/* ---- functions ---------------------------------------------------------- */

/* Of several hosts, or of `*.`, the caller's own is as good, and it is where
 * the page came from. */
const struct model_host *
urls_host(const struct model_route *route)
{
    const apr_array_header_t *hosts = route->place->hosts;
    const struct model_host *host;

    if (hosts->nelts != 1) {
        return NULL;
    }
    host = MODEL_AT(hosts, const struct model_host, 0);
    return host->kind == ROUTES_HOST_EXACT || host->kind == ROUTES_HOST_PARAM
               ? host
               : NULL;
}

const struct model_route *
urls_answered(const struct model_route *route)
{
    const struct model_choice *choice = route->choice;

    if (choice == NULL ||
        (choice->by != ROUTES_BY_KEY && choice->by != ROUTES_BY_VALUE)) {
        return route;
    }
    return choice->rest != NULL ? choice->rest->route : NULL;
}

/* The function of a named route, without parameters so far; false, and E707
 * said, if it can have none. */
static int
begin_function(struct maker *maker, const struct model_route *route,
               struct urls_function *function)
{
    *function = (struct urls_function){
        .name = function_name(maker, route),
        .route = urls_answered(route),
        .path = MODEL_AT(route->paths, const struct model_path, 0),
        .host = urls_host(route),
        .parameters = apr_array_make(maker->model->pool, 4,
                                     sizeof(struct urls_parameter))};
    if (function->route == NULL) {
        diag_help(diag_error(maker->diags, route->span, E707,
                             "%s has no URL: only its variants' are answered",
                             diag_quote(maker->diags, route->name)),
                  "give the variants names (`as`), or add a `default`");
        return 0;
    }
    return check_name(maker, route, function->name);
}

apr_array_header_t *
urls_of(struct model *model, struct diag_list *diags)
{
    struct maker maker = {model, diags, apr_hash_make(model->pool)};
    apr_array_header_t *functions =
        apr_array_make(model->pool, 16, sizeof(struct urls_function));

    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, const struct model_route, i);
        struct urls_function function;

        if (route->named && begin_function(&maker, route, &function)) {
            add_parameters(&maker, &function);
            APR_ARRAY_PUSH(functions, struct urls_function) = function;
        }
    }
    return functions;
}
