/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy engine: what requirements say about all callers at once
 * (LANGUAGE.md section 6).
 *
 * A caller is anonymous or the user of one realm, with any set of roles,
 * scopes and claims, from any address, by one of the methods that a
 * requirement is asked about, over an encrypted connection or not; to a route
 * whose realms lack that one, it is anonymous.  Where two requirements ask two
 * realms in different order, a caller who is a user of both is one user to the
 * first and another to the second.  Who has credentials of a realm that only
 * one of them asks can leave them out, and is one of the callers above then:
 * nobody is granted by those that he brings along what he could not be granted
 * without them.  Every question is whether a caller exists.  A search that was
 * given up (search.h) has the careful answer: not implied, satisfiable, not
 * always true, public.
 */
#ifndef POLICY_H
#define POLICY_H

#include <apr_pools.h>

#include "model.h"
#include "search.h"

/* For a caller of whom a search that was given up knows nothing. */
#define POLICY_NOT_DECIDED "{too many cases to decide who}"

/* How the requirement of one route stands to that of another. */
enum policy_order {
    POLICY_EQUIVALENT, /* they grant the same callers */
    POLICY_WEAKER,     /* the first grants more */
    POLICY_STRONGER,   /* the first grants less */
    POLICY_OTHER,      /* each grants some that the other doesn't */
    POLICY_UNKNOWN     /* it was given up */
};

/* What all searches of a model share; made at first use. */
struct search_run *policy_run(struct model *model);

/* Whether b grants every caller that a grants.  If not and caller is not NULL,
 * *caller is one that shows it: "{user, role: support}", in the run's pool;
 * NULL: it was given up. */
int policy_implies(struct search_run *run, const struct model_auth *a,
                   const struct model_auth *b, const char **caller);

enum policy_order
policy_compare(struct search_run *run, const struct model_auth *a,
               const struct model_auth *b);

/* Whether they ask the realms that both have in the same order, so that a
 * request is of the same user to both. */
int policy_same_turns(const struct model_auth *a, const struct model_auth *b);

/* Whether anyone at all is granted, whatever realms are in force, by one of
 * the methods (0: any). */
int policy_satisfiable(struct search_run *run, const struct model_rule *rule,
                       uint64_t methods);

/* Whether every authenticated caller is granted by each of the methods. */
int policy_always(struct search_run *run, const struct model_rule *rule,
                  uint64_t methods);

/* Whether some callers without credentials are granted by one of the methods,
 * and others not. */
int policy_divides(struct search_run *run, const struct model_rule *rule,
                   uint64_t methods);

/* Whether an anonymous caller is granted. */
int policy_public(struct search_run *run, const struct model_auth *auth);

/* A requirement as it would be written: "role(staff) and not role(guest)",
 * "public". */
const char *policy_spell(apr_pool_t *pool, const struct model_rule *rule);

#endif
