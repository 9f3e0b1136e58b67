/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: whether there is a caller whom one requirement grants and another
 * does not.
 *
 * Names and questions that a request completes ("team-{t}") are first taken
 * for like no other: whoever is granted whatever the parameters are is among
 * those callers.  Only where such a caller was found who may owe it to that,
 * parameters of few values are given values that requests can have, the
 * likeliest first.
 */
#ifndef DSLC_SEARCH_H
#define DSLC_SEARCH_H

#include <apr_pools.h>

#include "dslc/formula.h"
#include "dslc/model.h"

/* Terms of formulas that are judged for one question, and for all of a run:
 * some tenths of a second, some seconds. */
#define SEARCH_MAX_STEPS     100000000
#define SEARCH_MAX_ALL_STEPS 1000000000

/* What searches share, and what they cost. */
struct search_run {
    apr_pool_t *pool;
    struct words_memo *words;
    uint64_t steps; /* terms judged */
};

struct search_run *search_run_make(apr_pool_t *pool);

/* What is looked for: a caller that `grants` grants and `denies` does not. */
struct search {
    const struct model_rule *grants;
    const struct model_rule *denies; /* NULL: not asked */
    struct formula_user grants_user; /* as whom each sees the caller */
    struct formula_user denies_user;
    uint64_t methods; /* of the request; 0: any */
    int named;        /* the text names the realm */
};

enum search_found {
    SEARCH_NOBODY,
    SEARCH_SOMEBODY,
    SEARCH_TOO_LATE, /* SEARCH_MAX_STEPS, SEARCH_MAX_ALL_STEPS */
    SEARCH_TOO_MANY  /* parameters' values: none of those tried, FILLS_MAX */
};

/* Looks for one.  Of somebody, *caller, if not NULL, is a text in the run's
 * pool: "{user of staff, role: support}", or of one whom the requirements see
 * as two, "{user of staff, role: support, and user of web}". */
enum search_found search_find(struct search_run *run, const struct search *s,
                              const char **caller);

#endif
