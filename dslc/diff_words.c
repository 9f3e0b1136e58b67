/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_words: what a route asks, calls and answers, in words that are equal
 * where nothing changed.
 */
#include "diff_words.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "../runtime/option.h"
#include "deprecated.h"
#include "limits.h"
#include "pages.h"
#include "paths.h"
#include "reply.h"
#include "results.h"
#include "rule_text.h"
#include "target.h"

/* ---- realms ----------------------------------------------------------- */

static const char *
option_words(apr_pool_t *pool, const struct model_option *option)
{
    switch (option->row->form) {
    case ROUTES_FORM_TEXT:
    case ROUTES_FORM_FILE:
    case ROUTES_FORM_WORD:
    case ROUTES_FORM_WORDS:
    case ROUTES_FORM_FIELD:
    case ROUTES_FORM_PATH:
    case ROUTES_FORM_TEMPLATE:
        return option->text;
    case ROUTES_FORM_DURATION:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT " s", option->number);
    case ROUTES_FORM_FLAG:
        return option->number != 0 ? "true" : "false";
    case ROUTES_FORM_FUNCTION:
        return apr_pstrcat(pool, option->function->module, ":",
                           option->function->qualname, NULL);
    }
    return "";
}

/* Whether an option says who is a user, and not how a caller is asked. */
static int
is_of_users(const struct model_option *option)
{
    return option->row->key != ROUTES_OPTION_TITLE &&
           option->row->key != ROUTES_OPTION_CHALLENGE &&
           option->row->key != ROUTES_OPTION_FAIL;
}

const char *
diff_words_realm(apr_pool_t *pool, const struct model_realm *realm)
{
    const char *text = routes_option_kind_name(realm->kind);
    const char *joint = " with ";

    for (int i = 0; i < realm->options->nelts; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, struct model_option, i);

        if (is_of_users(option)) {
            text = apr_pstrcat(pool, text, joint, option->row->name, " ",
                               option_words(pool, option), NULL);
            joint = ", ";
        }
    }
    return text;
}

/* ---- calls -------------------------------------------------------------- */

const char *
diff_words_function(apr_pool_t *pool, const struct model_route *route)
{
    return target_text(pool, route);
}

static const char *
literal_text(apr_pool_t *pool, const struct model_literal *literal)
{
    const struct model_setting *setting = literal->setting;

    if (setting != NULL) {
        return apr_pstrcat(pool, setting->text,
                           setting->value != NULL ? ", or " : "",
                           setting->value != NULL ? setting->shown : "", NULL);
    }
    switch (literal->kind) {
    case ROUTES_CONST_NULL:
    case ROUTES_CONST_NONE:
        return "null";
    case ROUTES_CONST_BOOL:
        return literal->i != 0 ? "true" : "false";
    case ROUTES_CONST_INT:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, literal->i);
    case ROUTES_CONST_FLOAT:
        return apr_psprintf(pool, "%.17g", literal->f);
    case ROUTES_CONST_STR:
    case ROUTES_CONST_TEXT:
        return apr_psprintf(pool, "\"%s\"", literal->text);
    case ROUTES_CONST_EMPTY_LIST:
        return "[]";
    }
    return "";
}

static const char *
source_text(enum routes_source source)
{
    switch (source) {
    case ROUTES_FROM_QUERY:
        return " from query";
    case ROUTES_FROM_FORM:
        return " from form";
    case ROUTES_FROM_HEADER:
        return " from header";
    case ROUTES_FROM_COOKIE:
        return " from cookie";
    case ROUTES_FROM_BODY:
        return " from body";
    case ROUTES_FROM_RAW:
        return " from raw";
    case ROUTES_FROM_FILE:
        return " from file";
    case ROUTES_FROM_PATH:
        return " from path";
    case ROUTES_FROM_NULL:
    case ROUTES_FROM_CONSTANT:
    case ROUTES_FROM_ARGUMENT:
    case ROUTES_FROM_REQUEST:
        break;
    }
    return "";
}

static const char *
value_text(apr_pool_t *pool, const struct model_literal *literal)
{
    return literal == NULL
               ? ""
               : apr_pstrcat(pool, " = ", literal_text(pool, literal), NULL);
}

static const char *
type_text(apr_pool_t *pool, const struct model_type *type, apr_hash_t *shown);

/* " {sku: str, qty: int = 1}"; nothing where it was shown before. */
static const char *
record_text(apr_pool_t *pool, const struct model_record *record,
            apr_hash_t *shown)
{
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));

    if (apr_hash_get(shown, &record->number, sizeof(record->number)) != NULL) {
        return "";
    }
    apr_hash_set(shown, &record->number, sizeof(record->number), record);
    for (int i = 0; i < record->members->nelts; i++) {
        const struct model_member *member =
            MODEL_AT(record->members, struct model_member, i);

        APR_ARRAY_PUSH(words, const char *) =
            apr_pstrcat(pool, i > 0 ? ", " : "", member->wire, ": ",
                        type_text(pool, member->type, shown),
                        value_text(pool, member->constant), NULL);
    }
    return apr_pstrcat(pool, " {", apr_array_pstrcat(pool, words, '\0'),
                       record->open ? ", ...}" : "}", NULL);
}

/* A type as it is spelt, and what the record in it has, if there is one. */
static const char *
type_text(apr_pool_t *pool, const struct model_type *type, apr_hash_t *shown)
{
    const struct model_type *inner = type;

    while (inner->item != NULL) {
        inner = inner->item;
    }
    return inner->record == NULL
               ? type->spelling
               : apr_pstrcat(pool, type->spelling,
                             record_text(pool, inner->record, shown), NULL);
}

static const char *
arg_text(apr_pool_t *pool, const struct model_arg *arg,
         const struct model_path *path)
{
    const char *type = arg->type != NULL
                           ? type_text(pool, arg->type, apr_hash_make(pool))
                           : "";
    const char *value = value_text(pool, arg->constant);
    const char *name =
        arg->source == ROUTES_FROM_CONSTANT || *arg->wire == '\0' ? arg->name
                                                                  : arg->wire;

    if (arg->source == ROUTES_FROM_PATH) {
        const struct model_param *own =
            paths_find(path, NULL, arg->param->name);

        return apr_psprintf(pool, "%s from path %u", type,
                            (own != NULL ? own : arg->param)->capture + 1);
    }
    return apr_pstrcat(pool, name, *type != '\0' ? ": " : "", type, value,
                       source_text(arg->source), NULL);
}

const char *
diff_words_args(apr_pool_t *pool, const struct model_route *route,
                const struct model_path *path)
{
    const char *text = "(";

    for (int i = 0; i < route->args->nelts; i++) {
        text = apr_pstrcat(
            pool, text, i > 0 ? ", " : "",
            arg_text(pool, MODEL_AT(route->args, struct model_arg, i), path),
            NULL);
    }
    return apr_pstrcat(pool, text, route->strict ? "), query strict" : ")",
                       NULL);
}

/* ---- bodies ------------------------------------------------------------- */

const char *
diff_words_body(apr_pool_t *pool, const struct model_route *route)
{
    const char *text =
        route->body_limit == ROUTES_BODY_UNLIMITED
            ? "unlimited"
            : apr_psprintf(pool, "at most %" APR_INT64_T_FMT " bytes",
                           route->body_limit);

    for (int i = 0; route->consumes != NULL && i < route->consumes->nelts;
         i++) {
        text =
            apr_pstrcat(pool, text, i == 0 ? " of " : ", ",
                        APR_ARRAY_IDX(route->consumes, i, const char *), NULL);
    }
    return text;
}

const char *
diff_words_limits(apr_pool_t *pool, const struct model_route *route)
{
    const apr_array_header_t *lines = limits_lines(pool, &route->limits);
    const char *text = NULL;

    for (int i = 0; i < lines->nelts; i++) {
        text = apr_pstrcat(pool, text == NULL ? "" : text,
                           text == NULL ? "" : ", ",
                           APR_ARRAY_IDX(lines, i, const char *), NULL);
    }
    return text == NULL ? "none" : text;
}

/* ---- answers ------------------------------------------------------------ */

static const char *
result_type_text(apr_pool_t *pool, const struct model_type *type)
{
    return type_text(pool, type, apr_hash_make(pool));
}

const char *
diff_words_result(apr_pool_t *pool, const struct model_route *route)
{
    return apr_pstrcat(pool, results_text(pool, route, result_type_text),
                       route->slash == MODEL_SLASH_REDIRECT
                           ? ", the other slash is led to it"
                           : "",
                       NULL);
}

const char *
diff_words_headers(apr_pool_t *pool, const struct model_route *route)
{
    const apr_array_header_t *lines = reply_lines(pool, &route->conduct);

    return lines->nelts == 0 ? "none" : apr_array_pstrcat(pool, lines, ',');
}

const char *
diff_words_deprecated(apr_pool_t *pool, const struct model_route *route)
{
    const char *text = deprecated_text(pool, &route->conduct);

    return text == NULL ? "not deprecated" : text;
}

const char *
diff_words_pages(apr_pool_t *pool, const struct model_route *route)
{
    const apr_array_header_t *lines = pages_lines(pool, &route->conduct);

    return lines->nelts == 0 ? "none" : apr_array_pstrcat(pool, lines, ',');
}

const char *
diff_words_csrf(const struct model_route *route)
{
    switch (route->conduct.csrf) {
    case ROUTES_CSRF_NONE:
        break;
    case ROUTES_CSRF_ORIGIN:
        return "on";
    case ROUTES_CSRF_TOKEN:
        return "token";
    }
    return "off";
}
