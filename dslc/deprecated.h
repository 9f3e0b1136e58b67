/* SPDX-License-Identifier: Apache-2.0 */
/* deprecated: routes that callers should leave: `deprecated`. */
#ifndef DSLC_DEPRECATED_H
#define DSLC_DEPRECATED_H

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/conduct.h"

/* Takes the clause of one block into what is in force.  Says E016. */
void deprecated_combine(struct checker *checker, const struct clause_set *set,
                        struct conduct_state *state);

/* Sets what is known of it in the conduct of a route, whose headers are set:
 * one more where a date is known (RFC 9745). */
void
deprecated_apply(struct checker *checker, const struct conduct_state *state,
                 struct model_conduct *conduct);

/* "deprecated: why", "deprecated", or NULL. */
const char *
deprecated_text(apr_pool_t *pool, const struct model_conduct *conduct);

#endif
