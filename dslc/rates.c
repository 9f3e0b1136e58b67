/* SPDX-License-Identifier: Apache-2.0 */
/* rates: `limit rate`: how often the routes of a place may be called. */
#include "dslc/rates.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "dslc/paths.h"
#include "dslc/suggest.h"

static const struct {
    const char *word;
    enum routes_per per;
} words[] = {
    {"ip", ROUTES_PER_IP},
    {"user", ROUTES_PER_USER},
    {"route", ROUTES_PER_ROUTE},
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* ---- per ---------------------------------------------------------------- */

static const struct model_param *
find_param(const struct rules_reach *reach, const char *name,
           apr_array_header_t *names)
{
    const struct model_param *param = reach->host_param;
    int n = reach->path == NULL ? 0 : reach->path->segments->nelts;

    for (int i = -1; i < n; i++) {
        if (i >= 0) {
            param = MODEL_AT(reach->path->segments, struct model_segment, i)
                        ->param;
        }
        if (param != NULL && strcmp(param->name, name) == 0) {
            return param;
        }
        if (param != NULL) {
            APR_ARRAY_PUSH(names, const char *) = param->name;
        }
    }
    return NULL;
}

/* False, and said, when it is nothing that requests differ by. */
static bool
read_per(struct checker *checker, const struct ast_text *per,
         const struct rules_reach *reach, struct model_rate *rate)
{
    apr_array_header_t *names =
        apr_array_make(checker->pool, 4, sizeof(const char *));
    struct diag *diag;

    if (per->text == NULL) {
        return true;
    }
    for (size_t i = 0; i < N_WORDS; i++) {
        APR_ARRAY_PUSH(names, const char *) = words[i].word;
        if (strcmp(words[i].word, per->text) == 0) {
            rate->per = words[i].per;
            return true;
        }
    }
    rate->per = ROUTES_PER_CAPTURE;
    rate->param = find_param(reach, per->text, names);
    if (rate->param != NULL) {
        return true;
    }
    if (reach->unclear ||
        (reach->path != NULL && paths_unclear(checker, reach->path))) {
        return false;
    }
    diag = diag_error(checker->diags, per->span, E011,
                      "a rate is per ip, user, route or a parameter of the "
                      "path or host here, and there is no parameter %s",
                      checker_quote(checker, per->text));
    suggest_help(checker->diags, diag, names, per->text);
    return false;
}

/* ---- values ------------------------------------------------------------- */

/* How many microseconds earn one request; 0, and said: too few. */
static int64_t
interval_of(struct checker *checker, const struct ast_value *value)
{
    int64_t period = value->period * 1000;
    int64_t interval = (period + value->number / 2) / value->number;

    if (value->number > period / ROUTES_MIN_INTERVAL) {
        diag_error(checker->diags, value->span, E504, "a rate is at most %d/s",
                   1000000 / ROUTES_MIN_INTERVAL);
        return 0;
    }
    return interval;
}

/* How many requests may come at once; 0, and said: none that is possible. */
static int64_t
burst_of(struct checker *checker, const struct ast_limit *limit,
         int64_t interval)
{
    const struct ast_value *burst = limit->burst;

    if (burst == NULL) {
        return limit->value->number;
    }
    if (burst->number < 1 || burst->number > RATES_MAX_BURST) {
        diag_error(checker->diags, burst->span, E504,
                   "a burst is of 1 to %d requests", RATES_MAX_BURST);
        return 0;
    }
    if (burst->number > ROUTES_MAX_DEPTH / interval) {
        diag_error(checker->diags, burst->span, E504,
                   "at this rate a burst of %s takes more than a year to earn",
                   burst->text);
        return 0;
    }
    return burst->number;
}

static struct model_rate *
make_rate(struct checker *checker, const struct ast_limit *limit,
          const struct rules_reach *reach)
{
    struct model_rate *rate = apr_pcalloc(checker->pool, sizeof(*rate));
    int64_t interval = interval_of(checker, limit->value);
    int64_t burst = interval == 0 ? 0 : burst_of(checker, limit, interval);

    rate->interval = interval;
    rate->depth = interval * burst;
    rate->text = limit->value->text;
    rate->burst = limit->burst == NULL ? NULL : limit->burst->text;
    rate->span = limit->span;
    rate->path = reach->path;
    return read_per(checker, &limit->per, reach, rate) && burst != 0 ? rate
                                                                     : NULL;
}

/* ---- inner and outer ---------------------------------------------------- */

static bool
is_same_per(const struct model_rate *a, const struct model_rate *b)
{
    return a->per == b->per && (a->per != ROUTES_PER_CAPTURE ||
                                strcmp(a->param->name, b->param->name) == 0);
}

/* The innermost of those around it with the same `per`. */
static const struct model_rate *
find_rival(const apr_array_header_t *outer, const struct model_rate *rate)
{
    for (int i = 0; outer != NULL && i < outer->nelts; i++) {
        const struct model_rate *at =
            MODEL_AT(outer, const struct model_rate, i);

        if (rate == NULL || is_same_per(at, rate)) {
            return at;
        }
    }
    return NULL;
}

static void
say_looser(struct checker *checker, const struct ast_limit *limit,
           const struct model_rate *rate, const struct model_rate *outer)
{
    struct diag *diag =
        diag_error(checker->diags, limit->span, E505,
                   "this limit is looser than the one around it");

    diag_place(diag, outer->span, "the one around it");
    diag_help(diag, "write `override limit %s`",
              rate == NULL ? "rate off" : rates_text(checker->pool, rate));
}

static apr_array_header_t *
add_outer(struct checker *checker, const apr_array_header_t *outer,
          const struct model_rate *rate, bool override)
{
    apr_array_header_t *rates =
        apr_array_make(checker->pool, 2, sizeof(struct model_rate *));

    APR_ARRAY_PUSH(rates, const struct model_rate *) = rate;
    for (int i = 0; outer != NULL && i < outer->nelts; i++) {
        const struct model_rate *at =
            MODEL_AT(outer, const struct model_rate, i);

        if (!override || !is_same_per(at, rate)) {
            APR_ARRAY_PUSH(rates, const struct model_rate *) = at;
        }
    }
    return rates;
}

const apr_array_header_t *
rates_combine(struct checker *checker, const apr_array_header_t *outer,
              const struct ast_limit *limit, bool override,
              const struct rules_reach *reach)
{
    bool off = limit->value->kind == AST_WORD;
    struct model_rate *rate = off ? NULL : make_rate(checker, limit, reach);
    const struct model_rate *rival;

    if (!off && rate == NULL) {
        return outer;
    }
    rival = find_rival(outer, rate);
    if (!override && rival != NULL &&
        (off || rate->interval < rival->interval)) {
        say_looser(checker, limit, rate, rival);
        return outer;
    }
    if (off) {
        return NULL;
    }
    if (rate->per == ROUTES_PER_USER) {
        APR_ARRAY_PUSH(checker->rates, struct model_rate *) = rate;
    }
    return add_outer(checker, outer, rate, override);
}

/* ---- per user ----------------------------------------------------------- */

void
rates_govern(const apr_array_header_t *rates, const struct model_route *route)
{
    for (int i = 0; rates != NULL && i < rates->nelts; i++) {
        struct model_rate *rate = MODEL_AT(rates, struct model_rate, i);

        rate->used = 1;
        rate->known |= route->auth == NULL || route->auth->realms->nelts > 0;
    }
}

void
rates_finish(struct checker *checker)
{
    for (int i = 0; i < checker->rates->nelts; i++) {
        const struct model_rate *rate =
            MODEL_AT(checker->rates, struct model_rate, i);

        if (rate->used && !rate->known) {
            diag_help(diag_error(checker->diags, rate->span, E511,
                                 "a rate per user, and no route that it "
                                 "governs has a realm in force"),
                      "write `auth REALM`, or a rate per ip");
        }
    }
}

/* ---- both versions of a program ----------------------------------------- */

bool
rates_loosened(const apr_array_header_t *before,
               const apr_array_header_t *after)
{
    for (int i = 0; before != NULL && i < before->nelts; i++) {
        const struct model_rate *old =
            MODEL_AT(before, const struct model_rate, i);
        const struct model_rate *now = find_rival(after, old);

        if (now == NULL || now->interval < old->interval ||
            now->depth / now->interval > old->depth / old->interval) {
            return true;
        }
    }
    return false;
}

static const char *
per_text(const struct model_rate *rate)
{
    if (rate->per == ROUTES_PER_CAPTURE) {
        return rate->param->name;
    }
    for (size_t i = 0; i < N_WORDS; i++) {
        if (words[i].per == rate->per) {
            return words[i].word;
        }
    }
    return NULL;
}

const char *
rates_text(apr_pool_t *pool, const struct model_rate *rate)
{
    const char *per = per_text(rate);

    return apr_pstrcat(pool, "rate ", rate->text, per == NULL ? "" : " per ",
                       per == NULL ? "" : per,
                       rate->burst == NULL ? "" : " burst ",
                       rate->burst == NULL ? "" : rate->burst, NULL);
}
