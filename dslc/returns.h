/* SPDX-License-Identifier: Apache-2.0 */
/* returns: what a route's answers are, as its `returns` says. */
#ifndef DSLC_RETURNS_H
#define DSLC_RETURNS_H

#include <stdbool.h>

#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/results.h"
#include "dslc/scope.h"

/* Sets a route's status, formats, produce, media and raises; returns is its
 * `returns` or NULL, and what its answers must be.  Says E016, E018, E112,
 * E510, E706. */
void returns_apply(struct checker *checker, struct scope *scope,
                   const struct results_state *state,
                   const struct ast_stmt *returns, struct model_route *route);

/* Whether a value of the type can leave as that media type. */
bool returns_carries(const char *media, const struct model_type *type);

#endif
