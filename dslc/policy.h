/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy engine: what requirements say about all callers at once
 * (LANGUAGE.md section 6).
 *
 * A caller is anonymous or the user of one realm, with any set of roles,
 * scopes and claims, from any address, by one of the methods that a
 * requirement is asked about, over an encrypted connection or not; to a route
 * whose realms lack that one, it is anonymous.  Every question is whether a
 * caller exists, and is decided by trying the truth values of the atoms, the
 * undecided part of the formulas first, so that most are never tried.  Past
 * SEARCH_MAX_STEPS it is given up, and the answer is the careful one: not
 * implied, not equivalent, satisfiable, not always true.
 */
#ifndef POLICY_H
#define POLICY_H

#include <apr_pools.h>

#include "model.h"

/* How the requirement of one route stands to that of another. */
enum policy_order {
    POLICY_EQUIVALENT, /* they grant the same callers */
    POLICY_WEAKER,     /* the first grants more */
    POLICY_STRONGER,   /* the first grants less */
    POLICY_OTHER       /* each grants some that the other doesn't */
};

/* Whether b grants every caller that a grants.  If not and caller is not NULL,
 * *caller is one that shows it, in pool: "{user, role: support}"; NULL if none
 * was found in time. */
int policy_implies(apr_pool_t *pool, const struct model_auth *a,
                   const struct model_auth *b, const char **caller);

enum policy_order policy_compare(apr_pool_t *pool, const struct model_auth *a,
                                 const struct model_auth *b);

int policy_equivalent(apr_pool_t *pool, const struct model_auth *a,
                      const struct model_auth *b);

/* Whether anyone at all is granted, whatever realms are in force, by one of
 * the methods (0: any). */
int policy_satisfiable(apr_pool_t *pool, const struct model_rule *rule,
                       uint64_t methods);

/* Whether every authenticated caller is granted by each of the methods. */
int policy_always(apr_pool_t *pool, const struct model_rule *rule,
                  uint64_t methods);

/* Whether some callers without credentials are granted by one of the methods,
 * and others not. */
int policy_divides(apr_pool_t *pool, const struct model_rule *rule,
                   uint64_t methods);

/* Whether an anonymous caller is granted. */
int policy_public(const struct model_auth *auth);

/* A requirement as it would be written: "role(staff) and not role(guest)",
 * "public". */
const char *policy_spell(apr_pool_t *pool, const struct model_rule *rule);

#endif
