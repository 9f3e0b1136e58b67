/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_words: what a route asks, calls and answers, in words that are equal
 * where nothing changed.
 */
#include "diff_words.h"

#include <apr_strings.h>

#include "rule_text.h"

/* ---- requirements, realms ----------------------------------------------- */

const char *
diff_words_auth(apr_pool_t *pool, const struct model_auth *auth)
{
    const char *text = rule_text_of(pool, auth->rule);

    for (int i = 0; i < auth->realms->nelts; i++) {
        text = apr_pstrcat(pool, text, i == 0 ? " by " : " or ",
                           MODEL_AT(auth->realms, struct model_realm, i)->name,
                           NULL);
    }
    return text;
}

static const char *
kind_text(enum routes_realm_kind kind)
{
    switch (kind) {
    case ROUTES_REALM_BASIC:
        return "basic";
    case ROUTES_REALM_NULL:
        break;
    }
    return "";
}

const char *
diff_words_realm(apr_pool_t *pool, const struct model_realm *realm)
{
    return apr_pstrcat(
        pool, kind_text(realm->kind), realm->file != NULL ? " with " : "",
        realm->file != NULL ? realm->file : "",
        realm->groups != NULL ? ", groups " : "", realm->groups, NULL);
}

/* ---- calls -------------------------------------------------------------- */

const char *
diff_words_function(apr_pool_t *pool, const struct model_route *route)
{
    return apr_pstrcat(pool, route->function->module, ":",
                       route->function->qualname, NULL);
}

static const char *
literal_text(apr_pool_t *pool, const struct model_literal *literal)
{
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
    case ROUTES_FROM_PATH:
        return " from path";
    case ROUTES_FROM_NULL:
    case ROUTES_FROM_CONSTANT:
    case ROUTES_FROM_ARGUMENT:
        break;
    }
    return "";
}

static const char *
arg_text(apr_pool_t *pool, const struct model_arg *arg)
{
    const char *type = arg->type != NULL ? arg->type->spelling : "";
    const char *value =
        arg->constant == NULL
            ? ""
            : apr_pstrcat(pool, " = ", literal_text(pool, arg->constant),
                          NULL);

    if (arg->source == ROUTES_FROM_PATH) {
        return apr_psprintf(pool, "%s from path %u", type,
                            arg->param->capture + 1);
    }
    return apr_pstrcat(
        pool, arg->source == ROUTES_FROM_CONSTANT ? arg->name : arg->wire,
        *type != '\0' ? ": " : "", type, value, source_text(arg->source),
        NULL);
}

const char *
diff_words_args(apr_pool_t *pool, const struct model_route *route)
{
    const char *text = "(";

    for (int i = 0; i < route->args->nelts; i++) {
        text = apr_pstrcat(
            pool, text, i > 0 ? ", " : "",
            arg_text(pool, MODEL_AT(route->args, struct model_arg, i)), NULL);
    }
    return apr_pstrcat(pool, text, ")", NULL);
}

/* ---- answers ------------------------------------------------------------ */

static const char *
produce_text(const struct model_route *route)
{
    switch (route->produce) {
    case ROUTES_PRODUCE_AUTO:
        return NULL;
    case ROUTES_PRODUCE_HTML:
        return "html";
    case ROUTES_PRODUCE_TEXT:
        return "text";
    case ROUTES_PRODUCE_JSON:
        return "json";
    case ROUTES_PRODUCE_MEDIA:
        return route->media;
    }
    return NULL;
}

const char *
diff_words_result(apr_pool_t *pool, const struct model_route *route)
{
    const char *produce = produce_text(route);

    return apr_pstrcat(pool, apr_itoa(pool, route->status),
                       produce != NULL ? " " : "", produce, NULL);
}
