/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fills: what requests can put for the parameters of two requirements.
 *
 * A parameter of a type that may have few values (an enum, int(1..3), a
 * pattern) is tried with those that are listed, so that role("team-{t}") is
 * role("team-ops") for one of them.  Of any other there is always a value that
 * makes its texts equal to no other text, so that it stays what it is.
 */
#ifndef DSLC_FILLS_H
#define DSLC_FILLS_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/model.h"
#include "dslc/words.h"

#define FILLS_MAX 4096 /* ways that are tried, of all parameters together */

struct fills;

/* Whether it may matter to who was found what parameters are: of its atoms
 * (struct formula_atom) one is true and one not, and both may ask the same. */
bool fills_may_decide(const apr_array_header_t *atoms);

/* Of the parameters of both; b may be NULL.  In pool. */
struct fills *
fills_make(apr_pool_t *pool, struct words_memo *words,
           const struct model_rule *a, const struct model_rule *b);

/* The next way to fill them; there is at least one.  *a and *b become the
 * requirements with that in them, in pool.  The first has values that stand in
 * no other text, if such are listed. */
bool fills_next(struct fills *fills, apr_pool_t *pool,
                const struct model_rule **a, const struct model_rule **b);

/* Whether there are no other ways than those that were tried. */
bool fills_complete(const struct fills *fills);

/* ", where {team} is ops" of the way at hand, or "".  In the fills' pool. */
const char *fills_text(const struct fills *fills);

#endif
