/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: where each part of a decision was made, from the file inwards.
 */
#include "origin.h"

#include <string.h>

#include <apr_strings.h>

#include "rule_text.h"

struct origin_place
origin_of(const struct source_set *sources, struct span span)
{
    const struct source_file *file = source_of(sources, span);
    struct origin_place place = {"", 0};

    if (file != NULL) {
        place.file = file->path;
        place.line = source_place(file, span.start).line;
    }
    return place;
}

const char *
origin_where(apr_pool_t *pool, const struct model_place *place)
{
    switch (place->kind) {
    case MODEL_PLACE_FILE:
        return "file";
    case MODEL_PLACE_HOST:
        return apr_pstrcat(pool, "host ",
                           MODEL_AT(place->hosts, struct model_host, 0)->text,
                           NULL);
    case MODEL_PLACE_LOCATION:
        return apr_pstrcat(pool, "location ", place->path->text, NULL);
    case MODEL_PLACE_INCLUDE:
        return "include";
    case MODEL_PLACE_PUBLISH:
        return "publish";
    }
    return "";
}

/* ---- parts of a requirement --------------------------------------------- */

/* The terms that a requirement joins by `and`, from the left. */
static void
split_rule(const struct model_rule *rule, apr_array_header_t *terms)
{
    if (rule->op != MODEL_RULE_AND) {
        APR_ARRAY_PUSH(terms, const struct model_rule *) = rule;
        return;
    }
    split_rule(rule->left, terms);
    split_rule(rule->right, terms);
}

static apr_array_header_t *
terms_of(apr_pool_t *pool, const struct model_auth *auth)
{
    apr_array_header_t *terms =
        apr_array_make(pool, 8, sizeof(const struct model_rule *));

    if (auth != NULL) {
        split_rule(auth->rule, terms);
    }
    return terms;
}

static int
has_term(const apr_array_header_t *terms, const struct model_rule *term)
{
    for (int i = 0; i < terms->nelts; i++) {
        if (MODEL_AT(terms, const struct model_rule, i) == term) {
            return 1;
        }
    }
    return 0;
}

/* Where a term begins; that of two joined ones is where the second stands. */
static struct span
start_of(const struct model_rule *term)
{
    while (term->op == MODEL_RULE_AND || term->op == MODEL_RULE_OR) {
        term = term->left;
    }
    return term->span;
}

static const char *
term_text(apr_pool_t *pool, const struct model_rule *term)
{
    const char *text = rule_text_of(pool, term);

    return term->op == MODEL_RULE_OR ? apr_pstrcat(pool, "(", text, ")", NULL)
                                     : text;
}

/* ---- lines -------------------------------------------------------------- */

/* A walk from the file to a route. */
struct trace {
    apr_pool_t *pool;
    const struct source_set *sources;
    apr_array_header_t *lines;
    const apr_array_header_t *effective;
    const apr_array_header_t *before; /* the terms around */
};

static struct origin_line *
last_line(const struct trace *trace, struct origin_place place, int from)
{
    apr_array_header_t *lines = trace->lines;
    struct origin_line *last;

    if (lines->nelts == from) {
        return NULL;
    }
    last = &APR_ARRAY_IDX(lines, lines->nelts - 1, struct origin_line);
    return last->place.line == place.line &&
                   strcmp(last->place.file, place.file) == 0
               ? last
               : NULL;
}

/* A term joins the line that it stands on, or begins one. */
static void
add_term(const struct trace *trace, const char *where,
         const struct model_rule *term, int from)
{
    struct origin_place place = origin_of(trace->sources, start_of(term));
    struct origin_line *line = last_line(trace, place, from);
    const char *text = term_text(trace->pool, term);

    if (line != NULL) {
        line->rule = apr_pstrcat(trace->pool, line->rule, " and ", text, NULL);
        return;
    }
    line = apr_array_push(trace->lines);
    *line = (struct origin_line){.place = place, .where = where};
    line->rule = text;
    line->state = has_term(trace->effective, term) ? ORIGIN_HOLDS
                  : term->op == MODEL_RULE_PUBLIC  ? ORIGIN_NARROWED
                                                   : ORIGIN_REPLACED;
}

/* Whether the terms around are gone, those that ask something. */
static int
overrides(const struct trace *trace, const apr_array_header_t *terms)
{
    for (int i = 0; i < trace->before->nelts; i++) {
        const struct model_rule *term =
            MODEL_AT(trace->before, const struct model_rule, i);

        if (term->op != MODEL_RULE_PUBLIC && !has_term(terms, term)) {
            return 1;
        }
    }
    return 0;
}

static void
trace_auth(struct trace *trace, const char *where,
           const struct model_auth *auth)
{
    const apr_array_header_t *terms = terms_of(trace->pool, auth);
    apr_array_header_t *lines = trace->lines;
    int from = lines->nelts;

    if (auth == NULL) {
        return;
    }
    for (int i = 0; i < terms->nelts; i++) {
        const struct model_rule *term =
            MODEL_AT(terms, const struct model_rule, i);

        if (!has_term(trace->before, term)) {
            add_term(trace, where, term, from);
        }
    }
    for (int i = from; i < lines->nelts; i++) {
        APR_ARRAY_IDX(lines, i, struct origin_line).override =
            overrides(trace, terms);
    }
    trace->before = terms;
}

/* From the outermost place inwards; places nest as deep as their limit. */
static void
trace_place(struct trace *trace, const struct model_place *place)
{
    if (place->parent != NULL) {
        trace_place(trace, place->parent);
    }
    trace_auth(trace, origin_where(trace->pool, place), place->auth);
}

void
origin_trace(apr_pool_t *pool, const struct source_set *sources,
             const struct model_place *place, const struct model_route *route,
             apr_array_header_t *lines)
{
    struct trace trace = {.pool = pool, .sources = sources, .lines = lines};

    trace.effective =
        terms_of(pool, route != NULL ? route->auth : place->auth);
    trace.before = terms_of(pool, NULL);
    trace_place(&trace, place);
    if (route != NULL) {
        trace_auth(&trace, "route", route->auth);
    }
}
