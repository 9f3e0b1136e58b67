/* SPDX-License-Identifier: Apache-2.0 */
/* rates: `limit rate`: how often the routes of a place may be called. */
#ifndef DSLC_RATES_H
#define DSLC_RATES_H

#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/rules.h"

#define RATES_MAX_BURST 1000000 /* requests at once */

/* The rates of a place: those around it, and before them the one that is
 * written (its value is a rate, or `off`).  An override takes the place of
 * those with the same `per`, `off` of all.  reach: parameters that `per` may
 * name.  The arrays are of struct model_rate *, or NULL; outer stays as it
 * is.  Says E011, E504, E505. */
const apr_array_header_t *
rates_combine(struct checker *checker, const apr_array_header_t *outer,
              const struct ast_limit *limit, bool override,
              const struct rules_reach *reach);

/* Notes that they govern a route, whose realms may say who calls or not. */
void
rates_govern(const apr_array_header_t *rates, const struct model_route *route);

/* When all routes are known: says E511. */
void rates_finish(struct checker *checker);

/* Whether requests that `before` refuses may pass `after`. */
bool rates_loosened(const apr_array_header_t *before,
                    const apr_array_header_t *after);

/* "rate 5/min per ip burst 10" */
const char *rates_text(apr_pool_t *pool, const struct model_rate *rate);

#endif
