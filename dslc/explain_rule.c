/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_rule: what each line adds to a requirement, and what it says to a
 * caller.
 */
#include "explain_rule.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/challenge.h"
#include "../runtime/table.h"
#include "rule_text.h"

const char *
explain_rule_where(apr_pool_t *pool, const struct model_place *place)
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
    struct explain *explain;
    const struct plan *plan;
    const apr_array_header_t *effective;
    const apr_array_header_t *before; /* the terms around */
};

static struct explain_line *
last_line(const struct trace *trace, struct explain_place place, int from)
{
    apr_array_header_t *lines = trace->explain->lines;
    struct explain_line *last;

    if (lines->nelts == from) {
        return NULL;
    }
    last = &APR_ARRAY_IDX(lines, lines->nelts - 1, struct explain_line);
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
    struct explain_place place = explain_place_of(trace->plan, start_of(term));
    struct explain_line *line = last_line(trace, place, from);
    const char *text = term_text(trace->pool, term);

    if (line != NULL) {
        line->rule = apr_pstrcat(trace->pool, line->rule, " and ", text, NULL);
        return;
    }
    line = apr_array_push(trace->explain->lines);
    *line = (struct explain_line){.place = place, .where = where};
    line->rule = text;
    line->state = has_term(trace->effective, term) ? EXPLAIN_HOLDS
                  : term->op == MODEL_RULE_PUBLIC  ? EXPLAIN_NARROWED
                                                   : EXPLAIN_REPLACED;
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
    apr_array_header_t *lines = trace->explain->lines;
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
        APR_ARRAY_IDX(lines, i, struct explain_line).override =
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
    trace_auth(trace, explain_rule_where(trace->pool, place), place->auth);
}

static void
add_realms(struct explain *explain, const struct plan *plan)
{
    for (int i = 0; i < explain->auth->realms->nelts; i++) {
        APR_ARRAY_PUSH(explain->realms, struct explain_place) =
            explain_place_of(
                plan,
                MODEL_AT(explain->auth->realms, struct model_realm, i)->span);
    }
}

void
explain_rule_trace(apr_pool_t *pool, struct explain *explain,
                   const struct plan *plan, const struct model_place *place,
                   const struct model_route *route)
{
    struct trace trace = {.pool = pool, .explain = explain, .plan = plan};

    explain->auth = route != NULL ? route->auth : place->auth;
    trace.effective = terms_of(pool, explain->auth);
    trace.before = terms_of(pool, NULL);
    trace_place(&trace, place);
    if (route != NULL) {
        trace_auth(&trace, "route", route->auth);
    }
    if (explain->auth != NULL) {
        add_realms(explain, plan);
    }
}

/* ---- the caller --------------------------------------------------------- */

static void
add_challenges(apr_pool_t *pool, struct explain *explain,
               const struct routes_table *table, uint32_t auth)
{
    const struct routes_auth *row = &table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        const char *challenge =
            routes_challenge(table, table->realm_sets[row->realms + i], pool);

        if (challenge != NULL) {
            APR_ARRAY_PUSH(explain->challenges, const char *) = challenge;
        }
    }
}

void
explain_rule_judge(apr_pool_t *pool, struct explain *explain,
                   const struct routes_table *table, uint32_t auth,
                   enum routes_method method)
{
    struct routes_caller caller;
    struct routes_scene scene =
        facts_scene(explain->caller->facts, table, auth, &caller);

    scene.method = ROUTES_METHOD_BIT(method);
    explain->verdict =
        auth == 0 ? ROUTES_GRANTED : routes_rule_judge(table, auth, &scene);
    if (explain->verdict == ROUTES_NO_USER) {
        add_challenges(pool, explain, table, auth);
    }
}
