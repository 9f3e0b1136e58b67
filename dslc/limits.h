/* SPDX-License-Identifier: Apache-2.0 */
/* limits: how much a request may ask for: `limit`. */
#ifndef DSLC_LIMITS_H
#define DSLC_LIMITS_H

#include "dslc/checker.h"
#include "dslc/clause.h"

#define LIMITS_BODY (1024 * 1024) /* bytes of a body where none is written */

/* What is in force at a place. */
struct limits_state {
    int64_t body;     /* bytes, or ROUTES_BODY_UNLIMITED */
    bool has_body;    /* it was written, at: */
    struct span span; /* of the limit of the body */
};

/* Before any clause. */
struct limits_state limits_none(void);

/* With the clause of one block; says E016, E018, E019, E504, E505. */
struct limits_state
limits_combine(struct checker *checker, const struct limits_state *outer,
               const struct clause_set *set);

#endif
