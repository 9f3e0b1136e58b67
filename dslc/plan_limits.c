/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_limits: what calls may take, as rows of a plan.
 */
#include "plan_limits.h"

#include <string.h>

#include <apr_strings.h>

#include "rates.h"

/* Which capture a parameter is, of a path or, where there is none, of the
 * host. */
static uint32_t
capture_of(const struct plan_limits_at *at, const struct model_param *param)
{
    int n_segments = at->path == NULL ? 0 : at->path->segments->nelts;
    uint32_t n = 0;

    if (at->host_param != NULL) {
        if (strcmp(at->host_param->name, param->name) == 0) {
            return 0;
        }
        n++;
    }
    for (int i = 0; i < n_segments; i++) {
        const struct model_param *own =
            MODEL_AT(at->path->segments, struct model_segment, i)->param;

        if (own != NULL && strcmp(own->name, param->name) == 0) {
            break;
        }
        n += own != NULL;
    }
    return n;
}

/* The how-manieth rate of its line one is: a place on it that another layout
 * does not change. */
static unsigned
ordinal_of(const struct source_file *file, uint32_t at)
{
    static const char word[] = "rate";
    unsigned n = 1;

    for (; at > 0 && file->text[at - 1] != '\n'; at--) {
        n += strncmp(file->text + at - 1, word, sizeof(word) - 1) == 0;
    }
    return n;
}

/* What no other rate is called, in any version of the file that has the same
 * lines: the place and where it is written. */
static const char *
name_of(const struct plan *plan, const struct model_rate *rate,
        const struct plan_limits_at *at)
{
    const struct source_file *file = source_of(plan->sources, rate->span);

    const char *path = rate->path == NULL ? "" : rate->path->text;
    unsigned n = file == NULL ? 1 : ordinal_of(file, rate->span.start);

    return apr_pstrcat(plan->pool, plan_note(plan, "", rate->span), ": ",
                       rates_text(plan->pool, rate),
                       *path == '\0' ? "" : " of ", path,
                       rate->per == ROUTES_PER_ROUTE ? ", " : "",
                       rate->per == ROUTES_PER_ROUTE ? at->route : "",
                       n > 1 ? apr_psprintf(plan->pool, " #%u", n) : "", NULL);
}

static uint32_t
plan_rates(struct plan *plan, const apr_array_header_t *rates,
           const struct plan_limits_at *at)
{
    size_t n = (size_t)rates->nelts;
    struct routes_rate *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_rate *rate =
            MODEL_AT(rates, const struct model_rate, i);

        rows[i].name = plan_text(plan, name_of(plan, rate, at));
        rows[i].interval = rate->interval;
        rows[i].depth = rate->depth;
        rows[i].per = rate->per;
        if (rate->per == ROUTES_PER_CAPTURE) {
            rows[i].capture = capture_of(at, rate->param);
        }
        notes[i] = plan_note(plan, rate->text, rate->span);
    }
    return rows_intern(PLAN_ROWS(plan, rates), rows, (uint32_t)n, notes);
}

uint32_t
plan_limits_of(struct plan *plan, const struct model_limits *limits,
               const struct plan_limits_at *at)
{
    struct routes_limits row = {.time = limits->time};

    if (limits->rates != NULL) {
        row.rates = plan_rates(plan, limits->rates, at);
        row.n_rates = (uint32_t)limits->rates->nelts;
    }
    if (limits->concurrency != 0) {
        row.concurrency = limits->concurrency;
        row.calls = plan_text(plan, at->route);
    }
    if (row.time == 0 && row.n_rates == 0 && row.concurrency == 0) {
        return 0;
    }
    return rows_intern(PLAN_ROWS(plan, limits), &row, 1, NULL);
}
