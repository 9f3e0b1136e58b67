/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_json: a record of explain as JSON.
 */
#include "explain_json.h"

#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "cors.h"
#include "explain_rule.h"
#include "limits.h"
#include "method_text.h"
#include "pages.h"
#include "reply.h"
#include "formats.h"
#include "rule_text.h"
#include "target.h"

static json_t *
make_captures(const struct explain *explain)
{
    json_t *made = json_array();

    for (int i = 0; i < explain->captures->nelts; i++) {
        const struct explain_capture *capture =
            &APR_ARRAY_IDX(explain->captures, i, struct explain_capture);

        json_array_append_new(
            made, json_pack("{s:s, s:s, s:s}", "name", capture->name, "type",
                            capture->type, "value", capture->value));
    }
    return made;
}

/* No value where there is a fault, or the body brings it. */
static json_t *
make_arg(const struct explain_arg *arg)
{
    json_t *made = json_pack("{s:s, s:s, s:s*, s:s, s:s*}", "name", arg->name,
                             "wire", arg->wire, "type", arg->type, "from",
                             arg->from, "fault", arg->fault);

    if (arg->value != NULL) {
        json_object_set_new(made, "value",
                            json_loads(arg->value, JSON_DECODE_ANY, NULL));
    }
    return made;
}

static json_t *
make_args(const struct explain *explain)
{
    json_t *made = json_array();

    for (int i = 0; i < explain->args->nelts; i++) {
        json_array_append_new(
            made,
            make_arg(&APR_ARRAY_IDX(explain->args, i, struct explain_arg)));
    }
    return made;
}

static json_t *
make_route(apr_pool_t *pool, const struct explain *explain)
{
    const struct model_route *route = explain->route;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o}",
                     "methods", method_text_of(pool, route), "pattern",
                     explain->pattern, "name", route->name, "kind",
                     target_kind(route), target_kind(route),
                     target_text(pool, route), "file", explain->place.file,
                     "line", (int)explain->place.line, "captures",
                     make_captures(explain), "arguments", make_args(explain));
}

/* ---- who may ------------------------------------------------------------ */

static json_t *
make_lines(const struct explain *explain)
{
    static const char *const states[] = {
        [ORIGIN_HOLDS] = "holds",
        [ORIGIN_NARROWED] = "narrowed",
        [ORIGIN_REPLACED] = "overridden",
    };
    json_t *made = json_array();

    for (int i = 0; i < explain->lines->nelts; i++) {
        const struct origin_line *line =
            &APR_ARRAY_IDX(explain->lines, i, struct origin_line);

        json_array_append_new(made, json_pack("{s:s, s:i, s:s, s:s, s:b, s:s}",
                                              "file", line->place.file, "line",
                                              (int)line->place.line, "where",
                                              line->where, "rule", line->rule,
                                              "override", line->override,
                                              "state", states[line->state]));
    }
    return made;
}

static json_t *
make_realms(const struct explain *explain)
{
    json_t *made = json_array();

    for (int i = 0; explain->auth != NULL && i < explain->realms->nelts; i++) {
        const struct origin_place *place =
            &APR_ARRAY_IDX(explain->realms, i, struct origin_place);
        const struct model_realm *realm =
            MODEL_AT(explain->auth->realms, struct model_realm, i);

        json_array_append_new(made, json_pack("{s:s, s:s, s:i}", "name",
                                              realm->name, "file", place->file,
                                              "line", (int)place->line));
    }
    return made;
}

static json_t *
make_caller(apr_pool_t *pool, const struct explain *explain)
{
    static const char *const verdicts[] = {
        [ROUTES_DENIED] = "denied",
        [ROUTES_NO_USER] = "no-user",
        [ROUTES_GRANTED] = "granted",
    };
    const char *written = explain->caller->written;
    json_t *challenges = json_array();

    for (int i = 0; i < explain->challenges->nelts; i++) {
        json_array_append_new(
            challenges,
            json_string(APR_ARRAY_IDX(explain->challenges, i, const char *)));
    }
    return json_pack("{s:s, s:s, s:o}", "as",
                     explain_url_shown(pool, written, strlen(written)),
                     "verdict", verdicts[explain->verdict], "challenges",
                     challenges);
}

static json_t *
make_texts(const apr_array_header_t *lines)
{
    json_t *made = json_array();

    for (int i = 0; i < lines->nelts; i++) {
        json_array_append_new(
            made, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    }
    return made;
}

static json_t *
make_variants(apr_pool_t *pool, const struct explain *explain)
{
    const struct model_choice *choice = explain->choice;
    json_t *made = json_array();

    for (int i = 0; i <= choice->variants->nelts; i++) {
        const struct model_variant *variant =
            i < choice->variants->nelts
                ? MODEL_AT(choice->variants, const struct model_variant, i)
                : choice->rest;

        if (variant != NULL) {
            json_array_append_new(
                made, json_pack("{s:s, s:s, s:b}", "key", variant->key,
                                "function", target_text(pool, variant->route),
                                "answers", variant->route == explain->route));
        }
    }
    return made;
}

static json_t *
make_formats(const struct explain *explain)
{
    const apr_array_header_t *formats = explain->route->formats;
    json_t *made = json_array();

    for (int i = 0; i < formats->nelts; i++) {
        const struct model_format *format =
            &APR_ARRAY_IDX(formats, i, const struct model_format);

        json_array_append_new(
            made, json_pack("{s:s, s:b}", "media",
                            formats_media(format->produce, format->media),
                            "answers", i == explain->format));
    }
    return made;
}

static json_t *
make_pages(apr_pool_t *pool, const struct explain *explain)
{
    json_t *made = json_array();
    int n =
        explain->conduct->pages != NULL ? explain->conduct->pages->nelts : 0;

    for (int i = 0; i < n; i++) {
        const struct model_page *page =
            MODEL_AT(explain->conduct->pages, const struct model_page, i);

        json_array_append_new(
            made, json_pack("{s:i, s:i, s:s}", "low", page->low, "high",
                            page->high, "function",
                            apr_pstrcat(pool, page->function->module, ":",
                                        page->function->qualname, NULL)));
    }
    return made;
}

/* What Python decides at run time. */
static json_t *
make_python(apr_pool_t *pool, const struct model_rule *rule)
{
    const apr_array_header_t *questions = explain_rule_questions(pool, rule);
    json_t *made = json_array();

    for (int i = 0; i < questions->nelts; i++) {
        const struct model_rule *one =
            MODEL_AT(questions, const struct model_rule, i);
        const struct model_function *function = one->predicate->function;

        json_array_append_new(made,
                              json_pack("{s:s, s:o}", "asks",
                                        rule_text_of(pool, one), "function",
                                        json_sprintf("%s:%s", function->module,
                                                     function->qualname)));
    }
    return made;
}

static void
add_rule(apr_pool_t *pool, const struct explain *explain, json_t *made)
{
    if (explain->answer == EXPLAIN_BY_HTTPD) {
        return;
    }
    if (explain->auth != NULL) {
        json_object_set_new(
            made, "requirement",
            json_string(rule_text_of(pool, explain->auth->rule)));
        json_object_set_new(made, "python",
                            make_python(pool, explain->auth->rule));
    }
    if (explain->route != NULL) {
        json_object_set_new(made, "csrf", json_boolean(explain->csrf));
        if (explain->route->conduct.deprecated != NULL) {
            json_object_set_new(
                made, "deprecated",
                json_string(explain->route->conduct.deprecated));
        }
        json_object_set_new(made, "strict",
                            json_boolean(explain->route->strict));
        json_object_set_new(
            made, "limits",
            make_texts(limits_lines(pool, &explain->route->limits)));
        json_object_set_new(
            made, "headers",
            make_texts(reply_lines(pool, &explain->route->conduct)));
        json_object_set_new(
            made, "cors",
            json_string(cors_text(pool, explain->route->conduct.cors)));
    }
    if (explain->route != NULL && explain->route->formats != NULL) {
        json_object_set_new(made, "formats", make_formats(explain));
    }
    if (explain->choice != NULL) {
        json_object_set_new(made, "variants", make_variants(pool, explain));
    }
    json_object_set_new(made, "errors", make_pages(pool, explain));
    json_object_set_new(made, "because", make_lines(explain));
    json_object_set_new(made, "realms", make_realms(explain));
    if (explain->caller != NULL) {
        json_object_set_new(made, "caller", make_caller(pool, explain));
    }
}

/* ---- near misses -------------------------------------------------------- */

static json_t *
make_misses(apr_pool_t *pool, const struct explain *explain)
{
    json_t *made = json_array();

    for (int i = 0; i < explain->misses->nelts; i++) {
        const struct explain_miss *miss =
            &APR_ARRAY_IDX(explain->misses, i, struct explain_miss);

        json_array_append_new(
            made, json_pack("{s:s, s:s, s:s, s:i, s:s}", "methods",
                            method_text_of(pool, miss->route), "pattern",
                            miss->pattern, "file", miss->place.file, "line",
                            (int)miss->place.line, "why", miss->why));
    }
    return made;
}

/* ---- the record --------------------------------------------------------- */

static json_t *
make_request(apr_pool_t *pool, const struct explain *explain)
{
    const struct explain_url *url = &explain->url;
    const char *path =
        url->status != 0 ? NULL : explain_url_shown(pool, url->path, url->len);

    return json_pack(
        "{s:s, s:s, s:s*, s:s*}", "method", explain->method, "url",
        explain_url_shown(pool, url->written, strlen(url->written)), "host",
        explain->host, "path", path);
}

void
explain_json_print(apr_pool_t *pool, const struct explain *explain, FILE *out)
{
    static const char *const answers[] = {
        [EXPLAIN_BY_HTTPD] = "httpd",
        [EXPLAIN_BY_ROUTE] = "route",
        [EXPLAIN_BY_LOCATION] = "location",
    };
    json_t *made = json_pack("{s:o, s:s, s:s*, s:s*, s:s*, s:s*}", "request",
                             make_request(pool, explain), "answer",
                             answers[explain->answer], "why", explain->why,
                             "allow", explain->allow, "location",
                             explain->location, "below", explain->below);

    if (explain->status != 0) {
        json_object_set_new(made, "status", json_integer(explain->status));
    }
    if (explain->route != NULL) {
        json_object_set_new(made, "route", make_route(pool, explain));
    }
    if (explain->answer == EXPLAIN_BY_LOCATION) {
        json_object_set_new(
            made, "location",
            json_pack("{s:s, s:s, s:i}", "where", explain->pattern, "file",
                      explain->place.file, "line", (int)explain->place.line));
    }
    add_rule(pool, explain, made);
    json_object_set_new(made, "misses", make_misses(pool, explain));
    json_object_set_new(made, "misses_left",
                        json_integer(explain->misses_left));
    json_dumpf(made, out, JSON_INDENT(2));
    putc('\n', out);
    json_decref(made);
}
