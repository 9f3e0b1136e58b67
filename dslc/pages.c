/* SPDX-License-Identifier: Apache-2.0 */
/* pages: which function answers in place of an error. */
#include "dslc/pages.h"

#include <apr_strings.h>

#include "dslc/callee.h"

#define LOWEST  400
#define HIGHEST 599

/* ---- one code or range -------------------------------------------------- */

static bool
check_range(struct checker *checker, const struct ast_code *code)
{
    int64_t low = code->low->number;
    int64_t high = code->high->number;

    if (LOWEST <= low && low <= high && high <= HIGHEST) {
        return true;
    }
    diag_error(checker->diags, code->span, E016,
               "an error has a status from %d to %d%s", LOWEST, HIGHEST,
               low > high ? ", the lower one first" : "");
    return false;
}

static struct model_page *
make_page(struct checker *checker, struct model_function *function,
          const struct ast_code *code, const struct results_state *results)
{
    struct model_page *page = apr_pcalloc(checker->pool, sizeof(*page));

    page->low = (int)code->low->number;
    page->high = (int)code->high->number;
    page->function = function;
    page->produce = results->produce;
    page->media = results->media;
    page->span = code->span;
    return page;
}

static int
width(const struct model_page *page)
{
    return page->high - page->low;
}

/* Whether one of two ranges is inside the other, and smaller; or they have
 * nothing in common. */
static bool
is_clear(const struct model_page *a, const struct model_page *b)
{
    if (a->high < b->low || b->high < a->low) {
        return true;
    }
    return width(a) != width(b) && ((a->low <= b->low && b->high <= a->high) ||
                                    (b->low <= a->low && a->high <= b->high));
}

static bool
refuse_overlap(struct checker *checker, const apr_array_header_t *pages,
               const struct model_page *page)
{
    for (int i = 0; i < pages->nelts; i++) {
        const struct model_page *other =
            MODEL_AT(pages, const struct model_page, i);

        if (!is_clear(other, page)) {
            diag_place(diag_error(checker->diags, page->span, E018,
                                  "an error of this block has two pages"),
                       other->span, "the other one");
            return true;
        }
    }
    return false;
}

/* Before the first that is wider. */
static void
insert(apr_array_header_t *pages, struct model_page *page)
{
    int at = pages->nelts;

    APR_ARRAY_PUSH(pages, struct model_page *) = page;
    while (at > 0 &&
           width(MODEL_AT(pages, struct model_page, at - 1)) > width(page)) {
        MODEL_AT(pages, struct model_page, at) =
            MODEL_AT(pages, struct model_page, at - 1);
        at--;
    }
    MODEL_AT(pages, struct model_page, at) = page;
}

/* ---- one statement ------------------------------------------------------ */

static void
add_call(struct checker *checker, struct model_function *function,
         struct span span)
{
    struct model_call *call = apr_pcalloc(checker->pool, sizeof(*call));

    call->function = function;
    call->n_args = 1;
    call->what = "an error page";
    call->given = "the error";
    call->span = span;
    APR_ARRAY_PUSH(checker->model->calls, struct model_call *) = call;
}

static void
read_pages(struct checker *checker, struct scope *scope,
           const struct ast_stmt *stmt, const struct results_state *results,
           const struct limits_state *limits, apr_array_header_t *pages)
{
    const struct ast_pyref *pyref = stmt->u.error.pyref;
    struct model_function *function = callee_function(
        checker, scope, pyref->module.text, pyref->object.text, pyref->span);

    add_call(checker, function, pyref->span);
    for (const struct ast_code *code = stmt->u.error.codes.first; code != NULL;
         code = code->next) {
        struct model_page *page;

        if (!check_range(checker, code)) {
            continue;
        }
        page = make_page(checker, function, code, results);
        page->time = limits_time(limits);
        if (!refuse_overlap(checker, pages, page)) {
            insert(pages, page);
        }
    }
}

/* ---- a block ------------------------------------------------------------ */

/* True, and said, past the limit. */
static bool
refuse_many(struct checker *checker, struct span span,
            apr_array_header_t *pages)
{
    if (pages->nelts <= PAGES_MAX) {
        return false;
    }
    checker_exceeds(checker, span,
                    apr_psprintf(checker->pool,
                                 "a route of more than %d error pages",
                                 PAGES_MAX));
    pages->nelts = PAGES_MAX;
    return true;
}

apr_array_header_t *
pages_combine(struct checker *checker, struct scope *scope,
              apr_array_header_t *outer, const struct clause_set *set,
              const struct results_state *results,
              const struct limits_state *limits)
{
    apr_array_header_t *pages = NULL;
    struct span span = {0};

    for (const struct ast_stmt *stmt = set->first; stmt != NULL;
         stmt = stmt->next) {
        if (stmt->kind != AST_ERROR) {
            continue;
        }
        if (pages == NULL) {
            pages =
                apr_array_make(checker->pool, 4, sizeof(struct model_page *));
        }
        span = stmt->keyword;
        read_pages(checker, scope, stmt, results, limits, pages);
        if (refuse_many(checker, span, pages)) {
            return pages;
        }
    }
    if (pages == NULL || outer == NULL) {
        return pages != NULL ? pages : outer;
    }
    apr_array_cat(pages, outer);
    refuse_many(checker, span, pages);
    return pages;
}

/* ---- for others --------------------------------------------------------- */

const struct model_page *
pages_find(const struct model_conduct *conduct, int status)
{
    int n = conduct->pages != NULL ? conduct->pages->nelts : 0;

    for (int i = 0; i < n; i++) {
        const struct model_page *page =
            MODEL_AT(conduct->pages, const struct model_page, i);

        if (page->low <= status && status <= page->high) {
            return page;
        }
    }
    return NULL;
}

apr_array_header_t *
pages_lines(apr_pool_t *pool, const struct model_conduct *conduct)
{
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(const char *));
    int n = conduct->pages != NULL ? conduct->pages->nelts : 0;

    for (int i = 0; i < n; i++) {
        const struct model_page *page =
            MODEL_AT(conduct->pages, const struct model_page, i);
        const char *range =
            page->low == page->high
                ? apr_itoa(pool, page->low)
                : apr_psprintf(pool, "%d..%d", page->low, page->high);

        APR_ARRAY_PUSH(lines, const char *) =
            apr_pstrcat(pool, range, " -> ", page->function->module, ":",
                        page->function->qualname, NULL);
    }
    return lines;
}
