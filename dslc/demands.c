/* SPDX-License-Identifier: Apache-2.0 */
/* demands: a written assertion as the model has it. */
#include "dslc/demands.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/facts.h"
#include "dslc/methods.h"
#include "dslc/paths.h"
#include "dslc/rules.h"
#include "dslc/trie.h"
#include "dslc/verb.h"

/* One assertion being made. */
struct maker {
    struct checker *checker;
    const struct frame *frame;
    struct model_assertion *assertion;
    bool broken; /* a mistake was said */
};

/* ---- paths ---- */

static bool
refuse_param(struct maker *maker, const struct ast_path *ast)
{
    for (const struct ast_segment *segment = ast->segments.first;
         segment != NULL; segment = segment->next) {
        for (const struct ast_part *part = segment->parts.first; part != NULL;
             part = part->next) {
            if (part->kind == AST_PART_PARAM) {
                struct diag *diag =
                    diag_error(maker->checker->diags, part->span, E015,
                               "a parameter is not allowed in an assertion");

                diag_help(diag, "`*` is any segment in `assert every` and "
                                "`assert public only`; a URL has its value");
                return true;
            }
        }
    }
    return false;
}

/* A URL has a value where a file is included below a parameter. */
static bool
refuse_prefix(struct maker *maker, const struct model_path *path,
              struct span span)
{
    for (int i = 0; i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, struct model_segment, i)->param;

        if (param != NULL) {
            struct diag *diag = diag_error(
                maker->checker->diags, span, E015,
                "a URL is not allowed here: this file is included below "
                "`{%s}`, which has no value",
                param->name);

            diag_help(diag, "assert the whole URL in the including file, or "
                            "write `assert every`");
            return true;
        }
    }
    return false;
}

/* The segments of a path without parameters of its own, or NULL. */
static const struct model_path *
read_path(struct maker *maker, const struct ast_path *ast)
{
    const struct frame *frame = maker->frame;

    return refuse_param(maker, ast)
               ? NULL
               : paths_make(maker->checker, frame->unit->scope, &frame->base,
                            ast, PATHS_ROUTE);
}

static enum ast_part_kind
kind_of(const struct ast_segment *segment)
{
    return segment->parts.first == NULL ? AST_PART_TEXT
                                        : segment->parts.first->kind;
}

/* The path with each star as text, which other checks pass over. */
static const struct ast_path *
without_stars(struct maker *maker, const struct ast_path *ast)
{
    apr_pool_t *pool = maker->checker->pool;
    struct ast_path *copy = apr_pmemdup(pool, ast, sizeof(*ast));
    struct ast_segment **link = &copy->segments.first;

    for (const struct ast_segment *segment = ast->segments.first;
         segment != NULL; segment = segment->next) {
        struct ast_segment *one = apr_pmemdup(pool, segment, sizeof(*one));

        if (kind_of(segment) >= AST_PART_STAR) {
            struct ast_part *part = apr_pmemdup(pool, segment->parts.first,
                                                sizeof(struct ast_part));

            part->kind = AST_PART_TEXT;
            part->text = "*";
            one->parts.first = one->parts.last = part;
        }
        *link = one;
        link = &one->next;
        copy->segments.last = one;
    }
    return copy;
}

/* Turns the segments that were stars into what they mean. */
static bool
mark_stars(struct maker *maker, const struct ast_path *ast,
           struct model_glob *glob, int at)
{
    for (const struct ast_segment *segment = ast->segments.first;
         segment != NULL; segment = segment->next, at++) {
        enum ast_part_kind kind = kind_of(segment);

        if (kind == AST_PART_STAR) {
            MODEL_AT(glob->segments, struct model_segment, at) = NULL;
        }
        else if (kind == AST_PART_STARS && segment->next != NULL) {
            diag_error(maker->checker->diags, segment->span, E109,
                       "`**` stands at the end of a path");
            return false;
        }
        else if (kind == AST_PART_STARS) {
            apr_array_pop(glob->segments);
            glob->below = 1;
        }
    }
    return true;
}

static int
count_own(const struct ast_path *ast)
{
    int n = 0;

    for (const struct ast_segment *segment = ast->segments.first;
         segment != NULL; segment = segment->next) {
        n++;
    }
    return n;
}

static struct model_glob *
make_glob(struct maker *maker, const struct ast_path *ast)
{
    apr_pool_t *pool = maker->checker->pool;
    const struct model_path *path =
        read_path(maker, without_stars(maker, ast));
    struct model_glob *glob;

    if (path == NULL) {
        return NULL;
    }
    glob = apr_pcalloc(pool, sizeof(*glob));
    glob->span = ast->span;
    glob->segments = apr_array_copy(pool, path->segments);
    return mark_stars(maker, ast, glob, path->segments->nelts - count_own(ast))
               ? glob
               : NULL;
}

static apr_array_header_t *
make_globs(struct maker *maker, const struct ast_path_list *paths)
{
    apr_array_header_t *globs =
        apr_array_make(maker->checker->pool, 2, sizeof(struct model_glob *));

    for (const struct ast_path *path = paths->first; path != NULL;
         path = path->next) {
        struct model_glob *glob = make_glob(maker, path);

        maker->broken |= glob == NULL;
        APR_ARRAY_PUSH(globs, struct model_glob *) = glob;
    }
    return globs;
}

/* A star where one URL is meant. */
static bool
refuse_star(struct maker *maker, const struct ast_path *ast)
{
    for (const struct ast_segment *segment = ast->segments.first;
         segment != NULL; segment = segment->next) {
        if (kind_of(segment) >= AST_PART_STAR) {
            struct diag *diag =
                diag_error(maker->checker->diags, segment->span, E109,
                           "a URL that is asserted has no star");

            diag_help(diag, "of many, `assert every /path/** requires …` "
                            "says who may call them");
            return true;
        }
    }
    return false;
}

static void
read_url(struct maker *maker, const struct ast_path *ast)
{
    const struct model_path *path =
        refuse_star(maker, ast) ? NULL : read_path(maker, ast);
    const char *url = "";

    if (path == NULL || refuse_prefix(maker, path, ast->span)) {
        maker->broken = true;
        return;
    }
    for (int i = 0; i < path->segments->nelts; i++) {
        url = apr_pstrcat(
            maker->checker->pool, url, "/",
            MODEL_AT(path->segments, struct model_segment, i)->prefix, NULL);
    }
    maker->assertion->url = *url == '\0' ? "/" : url;
}

/* ---- callers ---- */

static void
say_no_facts(struct maker *maker, struct span span, const char *what)
{
    struct diag *diag = diag_error(maker->checker->diags, span, E605,
                                   "%s states no facts about a caller", what);

    diag_help(diag, "facts are joined by `and`, as in `user and role(staff)`; "
                    "what is not stated is false");
    maker->broken = true;
}

static void
read_fact(struct maker *maker, const struct ast_expr *expr)
{
    static const struct rules_reach at_hand = {.later = true};
    struct model_assertion *assertion = maker->assertion;
    const struct model_rule *rule;
    const char *problem;

    rule =
        rules_make(maker->checker, maker->frame->unit->scope, &at_hand, expr);
    if (rule == NULL) {
        maker->broken = true;
        return;
    }
    problem = facts_state(assertion->facts, rule);
    if (problem != NULL) {
        diag_error(maker->checker->diags, expr->span, E605, "%s", problem);
        maker->broken = true;
    }
}

static void
read_facts(struct maker *maker, const struct ast_expr *expr)
{
    switch (expr->kind) {
    case AST_OR:
        say_no_facts(maker, expr->span, "`or`");
        break;
    case AST_NOT:
        say_no_facts(maker, expr->span, "`not`");
        break;
    case AST_AND:
        for (const struct ast_expr *item = expr->items.first; item != NULL;
             item = item->next) {
            read_facts(maker, item);
        }
        break;
    case AST_ATOM:
        read_fact(maker, expr);
        break;
    }
}

static void
read_caller(struct maker *maker, const struct ast_expr *expr)
{
    struct model_assertion *assertion = maker->assertion;

    assertion->facts = facts_make(maker->checker->pool);
    if (expr == NULL) {
        return;
    }
    assertion->has_caller = 1;
    read_facts(maker, expr);
}

/* ---- outcomes ---- */

static void
read_outcome(struct maker *maker, const struct ast_value *outcome)
{
    struct model_assertion *assertion = maker->assertion;
    struct checker *checker = maker->checker;

    if (outcome->kind == AST_PYREF) {
        const struct ast_pyref *pyref = outcome->pyref;

        assertion->module = callee_module(checker, maker->frame->unit->scope,
                                          pyref->module.text);
        assertion->qualname = pyref->object.text;
    }
    else if (outcome->number < 100 || outcome->number > 599) {
        diag_error(checker->diags, outcome->span, E016,
                   "%s is no status: it is 100 to 599",
                   checker_quote(checker, outcome->text));
        maker->broken = true;
    }
    else {
        assertion->status = (int)outcome->number;
    }
}

/* ---- statements ---- */

static uint64_t
read_methods(struct maker *maker, const struct ast_value_list *names)
{
    struct methods methods;

    if (names->first == NULL) {
        return UINT64_MAX;
    }
    methods = methods_read(maker->checker, maker->frame->unit->scope, names);
    maker->broken |= !methods.any && methods.bits == 0;
    return methods.any ? TRIE_ANY & verb_all() : methods.bits;
}

static void
read_every(struct maker *maker, const struct ast_stmt *stmt)
{
    static const struct rules_reach at_hand = {.later = true};
    struct model_assertion *assertion = maker->assertion;

    assertion->methods = read_methods(maker, &stmt->u.every.methods);
    assertion->globs = make_globs(maker, &stmt->u.every.globs);
    assertion->except = make_globs(maker, &stmt->u.every.except);
    assertion->kind = MODEL_ASSERT_PUBLIC;
    if (stmt->kind == AST_ASSERT_EVERY) {
        assertion->kind = MODEL_ASSERT_EVERY;
        assertion->rule = rules_make(maker->checker, maker->frame->unit->scope,
                                     &at_hand, stmt->u.every.expr);
        maker->broken |= assertion->rule == NULL;
    }
}

static void
read_request(struct maker *maker, const struct ast_stmt *stmt)
{
    maker->assertion->kind = MODEL_ASSERT_OUTCOME;
    maker->assertion->methods = read_methods(maker, &stmt->u.outcome.methods);
    read_url(maker, stmt->u.outcome.url);
    read_caller(maker, stmt->u.outcome.caller);
    read_outcome(maker, stmt->u.outcome.outcome);
}

void
demands_add(struct checker *checker, const struct frame *frame,
            const struct ast_stmt *stmt)
{
    struct model_assertion *assertion =
        apr_pcalloc(checker->pool, sizeof(*assertion));
    struct maker maker = {checker, frame, assertion, frame->lost};

    assertion->place = frame->place;
    assertion->span = stmt->span;
    if (stmt->kind == AST_ASSERT_ROUTE) {
        read_request(&maker, stmt);
    }
    else {
        read_every(&maker, stmt);
    }
    if (!maker.broken) {
        APR_ARRAY_PUSH(checker->model->assertions, struct model_assertion *) =
            assertion;
    }
}
