/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fills: what requests can put for the parameters of two requirements.
 *
 * A parameter of a type with few values (an enum, int(1..3), a pattern of few
 * words) is tried with each, so that role("team-{t}") is role("team-ops") for
 * one of them.  Of any other there is always a value that makes its texts
 * equal to no other text, so that it stays what it is.
 */
#ifndef DSLC_FILLS_H
#define DSLC_FILLS_H

#include <stdbool.h>

#include <apr_pools.h>

#include "dslc/model.h"

#define FILLS_MAX_VALUES 32  /* that a parameter is tried with */
#define FILLS_MAX        512 /* together, of all parameters */

struct fills;

/* Of the parameters of both; b may be NULL.  In pool. */
struct fills *fills_make(apr_pool_t *pool, const struct model_rule *a,
                         const struct model_rule *b);

/* The next way to fill them; there is at least one.  *a and *b become the
 * requirements with that in them. */
bool fills_next(struct fills *fills, const struct model_rule **a,
                const struct model_rule **b);

/* ", where {team} is ops" of the way at hand, or "".  In the fills' pool. */
const char *fills_text(const struct fills *fills);

#endif
