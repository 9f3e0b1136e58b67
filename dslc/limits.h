/* SPDX-License-Identifier: Apache-2.0 */
/* limits: how much a request may ask for: `limit`. */
#ifndef DSLC_LIMITS_H
#define DSLC_LIMITS_H

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"
#include "dslc/rules.h"

#define LIMITS_BODY (1024 * 1024) /* bytes of a body where none is written */

/* A limit that is one number. */
struct limits_amount {
    int64_t value;    /* or LIMITS_OFF */
    bool written;     /* at: */
    struct span span; /* of the limit */
};

#define LIMITS_OFF (-1) /* none is in force */

/* What is in force at a place. */
struct limits_state {
    struct limits_amount body;        /* bytes */
    struct limits_amount time;        /* milliseconds */
    struct limits_amount concurrency; /* calls */
    const apr_array_header_t *rates;  /* struct model_rate *, or NULL */
};

/* Before any clause. */
struct limits_state limits_none(void);

/* Where syntax errors may have taken a clause away: nothing is looser. */
struct limits_state limits_any(void);

/* With the clause of one block, whose rates may be per a parameter in reach;
 * says E011, E016, E018, E504, E505. */
struct limits_state
limits_combine(struct checker *checker, const struct limits_state *outer,
               const struct clause_set *set, const struct rules_reach *reach);

/* Milliseconds that a function may run; 0: any time. */
uint32_t limits_time(const struct limits_state *limits);

/* What a route is to keep, whose requirement is known. */
void limits_apply(struct checker *checker, const struct limits_state *limits,
                  struct model_route *route);

/* Each as it would be written, "time 5s", but for that of the body; in
 * pool. */
apr_array_header_t *
limits_lines(apr_pool_t *pool, const struct model_limits *limits);

#endif
