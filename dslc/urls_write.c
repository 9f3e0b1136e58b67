/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urls_write: the functions of URLs as Python.
 */
#include "urls_write.h"

#include <ctype.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "deprecated.h"
#include "method_text.h"

/* What Python calls a kind, and how the kit spells it. */
static const struct kind_row {
    const char *annotation;
    const char *spell;
} kinds[] = {
    [ROUTES_TYPE_STR] = {"str", "_spell_str"},
    [ROUTES_TYPE_INT] = {"int", "_spell_int"},
    [ROUTES_TYPE_FLOAT] = {"float", "_spell_float"},
    [ROUTES_TYPE_DECIMAL] = {"_decimal.Decimal", "_spell_decimal"},
    [ROUTES_TYPE_BOOL] = {"bool", "_spell_bool"},
    [ROUTES_TYPE_UUID] = {"_uuid.UUID", "_spell_uuid"},
    [ROUTES_TYPE_DATE] = {"_datetime.date", "_spell_date"},
    [ROUTES_TYPE_DATETIME] = {"_datetime.datetime", "_spell_datetime"},
    [ROUTES_TYPE_BYTES] = {"bytes", "_spell_bytes"},
    [ROUTES_TYPE_PATH] = {"str", "_spell_path"},
    [ROUTES_TYPE_RAWPATH] = {"bytes", "_spell_bytes"},
    [ROUTES_TYPE_ENUM] = {"_t.Literal", "_spell_str"},
};

struct writer {
    const struct urls_write_job *job;
    FILE *out;
    apr_hash_t *types; /* spelling -> number of a constant */
};

/* ---- texts -------------------------------------------------------------- */

static void
write_literal(struct writer *w, const char *text)
{
    putc('"', w->out);
    for (; *text != '\0'; text++) {
        if (iscntrl((unsigned char)*text)) {
            fprintf(w->out, "\\x%02x", (unsigned)(unsigned char)*text);
            continue;
        }
        if (*text == '"' || *text == '\\') {
            putc('\\', w->out);
        }
        putc(*text, w->out);
    }
    putc('"', w->out);
}

static void
write_quoted(struct writer *w, const char *text)
{
    fputs(urls_quote(w->job->model->pool, text), w->out);
}

/* ---- types -------------------------------------------------------------- */

/* What a value's constant is made of: a list's is that of its items. */
static const struct model_type *
value_type(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_LIST ? type->item : type;
}

static int
number_of(const struct writer *w, const struct model_type *type)
{
    const int *number = apr_hash_get(w->types, value_type(type)->spelling,
                                     APR_HASH_KEY_STRING);

    return number != NULL ? *number : 0;
}

static void
write_bounds(struct writer *w, const struct model_type *type)
{
    if (type->kind == ROUTES_TYPE_FLOAT || type->kind == ROUTES_TYPE_DECIMAL) {
        if (type->has_min) {
            fprintf(w->out, ", low=%.17g", type->low);
        }
        if (type->has_max) {
            fprintf(w->out, ", high=%.17g", type->high);
        }
        return;
    }
    if (type->has_min || type->kind == ROUTES_TYPE_INT) {
        fprintf(w->out, ", low=%" APR_INT64_T_FMT,
                type->has_min ? type->min : INT64_MIN);
    }
    if (type->has_max || type->kind == ROUTES_TYPE_INT) {
        fprintf(w->out, ", high=%" APR_INT64_T_FMT,
                type->has_max ? type->max : INT64_MAX);
    }
}

static void
write_labels(struct writer *w, const apr_array_header_t *labels)
{
    for (int i = 0; i < labels->nelts; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        write_literal(w, APR_ARRAY_IDX(labels, i, const char *));
    }
}

static void
write_type(struct writer *w, const struct model_type *type)
{
    int *number = apr_palloc(w->job->model->pool, sizeof(*number));

    type = value_type(type);
    if (apr_hash_get(w->types, type->spelling, APR_HASH_KEY_STRING) != NULL) {
        return;
    }
    *number = (int)apr_hash_count(w->types) + 1;
    apr_hash_set(w->types, type->spelling, APR_HASH_KEY_STRING, number);
    fprintf(w->out, "_type%d = _Type(", *number);
    write_literal(w, type->spelling);
    fprintf(w->out, ", %s", kinds[type->kind].spell);
    write_bounds(w, type);
    if (type->kind == ROUTES_TYPE_ENUM) {
        fputs(", labels=(", w->out);
        write_labels(w, type->labels);
        fputs(",)", w->out);
    }
    if (type->matching != NULL) {
        fputs(", like=", w->out);
        write_literal(w, type->matching);
    }
    fputs(")\n", w->out);
}

static void
write_types(struct writer *w, const struct urls_function *function)
{
    const struct urls_parameter *parameters =
        (const void *)function->parameters->elts;

    for (int i = 0; i < function->parameters->nelts; i++) {
        write_type(w, parameters[i].type);
    }
}

/* ---- the line of def ---------------------------------------------------- */

static void
write_annotation(struct writer *w, const struct model_type *type)
{
    const struct model_type *item = value_type(type);

    fputs(type != item ? "_t.Iterable[" : "", w->out);
    fputs(kinds[item->kind].annotation, w->out);
    if (item->kind == ROUTES_TYPE_ENUM) {
        putc('[', w->out);
        write_labels(w, item->labels);
        putc(']', w->out);
    }
    fputs(type != item ? "]" : "", w->out);
}

static void
write_def(struct writer *w, const struct urls_function *function)
{
    const struct urls_parameter *parameters =
        (const void *)function->parameters->elts;
    int star = 0;

    fprintf(w->out, "def %s(", function->name);
    for (int i = 0; i < function->parameters->nelts; i++) {
        const struct urls_parameter *parameter = &parameters[i];

        if (parameter->wire != NULL && !star) {
            star = 1;
            fputs("*, ", w->out);
        }
        fprintf(w->out, "%s: ", parameter->name);
        write_annotation(w, parameter->type);
        fputs(parameter->optional ? " | None = None, " : ", ", w->out);
    }
    fprintf(w->out, "%s_base: str | None = None) -> str:\n",
            star ? "" : "*, ");
}

static void
write_doc(struct writer *w, const struct urls_function *function)
{
    const struct model_route *route = function->route;
    apr_pool_t *pool = w->job->model->pool;
    const struct source_file *file = source_of(w->job->sources, route->span);
    const char *deprecated = deprecated_text(pool, &route->conduct);

    fputs("    ", w->out);
    write_literal(
        w, apr_psprintf(
               pool, "%s %s%s%s%s%s, %s:%u", method_text_of(pool, route),
               function->host != NULL ? function->host->text : "",
               function->path->text, deprecated != NULL ? ", " : "",
               deprecated != NULL ? deprecated : "",
               route->doc != NULL ? apr_pstrcat(pool, ": ", route->doc, NULL)
                                  : "",
               MODEL_AT(w->job->model->files, const char, route->span.file),
               source_place(file, route->span.start).line));
    putc('\n', w->out);
}

/* ---- the body ----------------------------------------------------------- */

static void
write_host(struct writer *w, const struct model_host *host)
{
    if (host == NULL) {
        fputs("\"\"", w->out);
        return;
    }
    if (host->param == NULL) {
        write_literal(
            w, apr_pstrcat(w->job->model->pool, "//", host->name, NULL));
        return;
    }
    fprintf(w->out, "\"//\" + _label(\"%s\", %s, _type%d) + ",
            host->param->name, host->param->name,
            number_of(w, host->param->type));
    write_literal(w, host->name);
}

/* Of a parameter; a literal of Python is open before it, and closed behind. */
static void
write_segment(struct writer *w, const struct model_segment *segment)
{
    const struct model_param *param = segment->param;

    fprintf(w->out, "/\" + %s(\"%s\", %s, _type%d",
            segment->rest ? "_rest" : "_segment", param->name, param->name,
            number_of(w, param->type));
    if (!segment->rest &&
        (*segment->prefix != '\0' || *segment->suffix != '\0')) {
        fputs(", \"", w->out);
        write_quoted(w, segment->prefix);
        fputs("\", \"", w->out);
        write_quoted(w, segment->suffix);
        putc('"', w->out);
    }
    putc(')', w->out);
}

static void
write_path(struct writer *w, const struct model_path *path)
{
    int open = 1;

    putc('"', w->out);
    for (int i = 0; i < path->segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, const struct model_segment, i);

        fputs(open ? "" : " + \"", w->out);
        open = segment->param == NULL;
        if (open) {
            putc('/', w->out);
            write_quoted(w, segment->prefix);
        }
        else {
            write_segment(w, segment);
        }
    }
    fputs(open ? "\"" : "", w->out);
}

/* The keys of the other variants, none of which may be the value. */
static void
write_keys(struct writer *w, const apr_array_header_t *variants)
{
    fputs("_other((", w->out);
    for (int i = 0; i < variants->nelts; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        write_literal(w,
                      MODEL_AT(variants, const struct model_variant, i)->key);
    }
    fputs(variants->nelts == 1 ? ",), " : "), ", w->out);
}

static void
write_field(struct writer *w, const struct urls_parameter *parameter)
{
    const struct model_type *type = parameter->type;
    int many = type->kind == ROUTES_TYPE_LIST;

    fputs(",\n                ", w->out);
    if (parameter->optional) {
        fprintf(w->out, "\"\" if %s is None else ", parameter->name);
    }
    if (parameter->keys != NULL) {
        write_keys(w, parameter->keys);
        write_literal(w, parameter->wire);
        fputs(", ", w->out);
    }
    if (many && parameter->tells) {
        fputs("_some(", w->out);
        write_literal(w, parameter->wire);
        fputs(", ", w->out);
    }
    fputs(many ? "_many(" : "_one(", w->out);
    write_literal(w, parameter->wire);
    fprintf(w->out, ", %s, _type%d", parameter->name, number_of(w, type));
    if (many) {
        write_bounds(w, type);
    }
    fputs(parameter->keys != NULL ? "))" : ")", w->out);
    fputs(many && parameter->tells ? ")" : "", w->out);
}

/* What tells a variant and is no parameter. */
static void
write_key(struct writer *w, const struct urls_function *function)
{
    if (function->key == NULL) {
        return;
    }
    fputs(",\n                _key(", w->out);
    write_literal(w, function->key);
    if (function->value != NULL) {
        fputs(", ", w->out);
        write_literal(w, function->value);
    }
    putc(')', w->out);
}

static void
write_body(struct writer *w, const struct urls_function *function)
{
    const struct urls_parameter *parameters =
        (const void *)function->parameters->elts;

    fputs("    return _url(_base, ", w->out);
    write_host(w, function->host);
    fputs(",\n                ", w->out);
    write_path(w, function->path);
    for (int i = 0; i < function->parameters->nelts; i++) {
        if (parameters[i].wire != NULL) {
            write_field(w, &parameters[i]);
        }
    }
    write_key(w, function);
    fputs(")\n", w->out);
}

/* ---- the module --------------------------------------------------------- */

static void
write_banner(struct writer *w)
{
    const struct model *model = w->job->model;

    fprintf(w->out,
            "# The URLs of the named routes of %s.routes.\n"
            "# Generated by %s (input=%.10s).  DO NOT EDIT: change %s.routes "
            "and\n# run `routesc urls` again.\n",
            model->name, w->job->compiler, model->checksum, model->name);
}

static void
write_all(struct writer *w)
{
    const struct urls_function *functions =
        (const void *)w->job->functions->elts;
    int n = w->job->functions->nelts;

    putc('\n', w->out);
    for (int i = 0; i < n && !w->job->stub; i++) {
        write_types(w, &functions[i]);
    }
    for (int i = 0; i < n; i++) {
        fputs(w->job->stub ? "" : "\n\n", w->out);
        write_def(w, &functions[i]);
        write_doc(w, &functions[i]);
        if (!w->job->stub) {
            write_body(w, &functions[i]);
        }
    }
}

void
urls_write_module(const struct urls_write_job *job, FILE *out)
{
    struct writer w = {job, out, apr_hash_make(job->model->pool)};

    write_banner(&w);
    if (job->stub) {
        fputs("import datetime as _datetime\nimport decimal as _decimal\n"
              "import typing as _t\nimport uuid as _uuid\n",
              out);
    }
    else {
        fputs("from __future__ import annotations\n\n", out);
        fputs(job->kit, out);
    }
    write_all(&w);
}
