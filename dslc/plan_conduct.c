/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_conduct: how requests are met, as rows of a plan.
 */
#include "plan_conduct.h"

#include <string.h>

static void
plan_headers(struct plan *plan, const struct model_conduct *conduct,
             struct routes_conduct *row)
{
    size_t n = conduct->headers != NULL ? (size_t)conduct->headers->nelts : 0;
    struct routes_header *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_header *header =
            MODEL_AT(conduct->headers, struct model_header, i);

        rows[i].name = plan_text(plan, header->name);
        rows[i].value = plan_text(plan, header->value);
        notes[i] = plan_note(plan, header->name, header->span);
    }
    row->headers =
        rows_intern(PLAN_ROWS(plan, headers), rows, (uint32_t)n, notes);
    row->n_headers = (uint16_t)n;
}

static uint32_t
plan_cors(struct plan *plan, const struct model_cors *cors)
{
    struct routes_cors row;
    const char *note;

    if (cors == NULL) {
        return 0;
    }
    note = cors->origins;
    memset(&row, 0, sizeof(row));
    row.origins = plan_text(plan, cors->origins);
    row.methods = plan_text(plan, cors->methods);
    row.headers = plan_text(plan, cors->headers);
    row.expose = plan_text(plan, cors->expose);
    row.credentials = cors->credentials != 0;
    row.max_age = cors->max_age;
    return rows_intern(PLAN_ROWS(plan, cors), &row, 1, &note);
}

static void
fill_page(struct plan *plan, const struct model_page *page,
          struct routes_page *row)
{
    row->low = (uint16_t)page->low;
    row->high = (uint16_t)page->high;
    row->produce = (uint8_t)page->produce;
    row->media = plan_text(plan, page->media);
    row->function = plan_row(plan, page->function);
    row->time = page->time;
    row->file = plan_file(plan, page->span);
    row->line = plan_line(plan, page->span);
}

static void
plan_pages(struct plan *plan, const struct model_conduct *conduct,
           struct routes_conduct *row)
{
    size_t n = conduct->pages != NULL ? (size_t)conduct->pages->nelts : 0;
    struct routes_page *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_page *page =
            MODEL_AT(conduct->pages, const struct model_page, i);

        fill_page(plan, page, &rows[i]);
        notes[i] = plan_note(plan, page->function->qualname, page->span);
    }
    row->pages = rows_intern(PLAN_ROWS(plan, pages), rows, (uint32_t)n, notes);
    row->n_pages = (uint32_t)n;
}

uint32_t
plan_conduct_of(struct plan *plan, const struct model_conduct *conduct)
{
    static const struct routes_conduct plain;
    struct routes_conduct row;

    memset(&row, 0, sizeof(row));
    row.csrf = (uint8_t)conduct->csrf;
    row.cache = (uint8_t)conduct->cache;
    row.max_age = conduct->max_age;
    row.vary = plan_text(plan, conduct->vary);
    row.cors = plan_cors(plan, conduct->cors);
    row.deny = conduct->masked ? 404 : 0;
    row.mask = plan_row(plan, conduct->mask);
    plan_headers(plan, conduct, &row);
    plan_pages(plan, conduct, &row);
    if (memcmp(&row, &plain, sizeof(row)) == 0) {
        return 0;
    }
    return rows_intern(PLAN_ROWS(plan, conducts), &row, 1, NULL);
}
