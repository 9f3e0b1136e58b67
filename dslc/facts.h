/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts: all that is true of a caller, as `explain --as` and an assertion's
 * `as` state it.
 */
#ifndef FACTS_H
#define FACTS_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "../runtime/match.h"
#include "../runtime/rule.h"
#include "model.h"

struct facts {
    apr_pool_t *pool;
    int anonymous; /* it was said */
    int user;
    int tls;
    const char *realm;          /* or NULL */
    apr_array_header_t *from;   /* struct routes_network: in one of them, or
                                   NULL: nothing was said */
    apr_array_header_t *roles;  /* const char * */
    apr_array_header_t *scopes; /* const char * */
    apr_array_header_t *claims; /* struct routes_claim */
    apr_array_header_t *said;   /* const struct model_rule *: of what Python
                                   and httpd's providers are asked, that to
                                   which they say yes */
};

/* Of whom nothing is true: an anonymous caller. */
struct facts *facts_make(apr_pool_t *pool);

/* States one atom: its op, texts, networks, or what Python is asked with what
 * it is given: data, or a parameter by its name.  What only a user can have
 * makes the caller one.  NULL, or what is wrong with it. */
const char *facts_state(struct facts *facts, const struct model_rule *atom);

/* What a predicate is asked about. */
struct facts_case {
    const struct facts *facts;
    const struct routes_table *table;
    const struct routes_match *match;
    const struct routes_caller *caller; /* set by facts_scene */
};

/* The scene in which auths[auth] is judged.  The user of a realm that is not
 * in force there is anonymous.  *caller is filled for it; the scene borrows
 * from all of them. */
struct routes_scene facts_scene(struct facts_case *of, uint32_t auth,
                                struct routes_caller *caller);

/* By what method, as a bit, rules know a request that has matched. */
uint64_t
facts_method(const struct routes_table *table,
             const struct routes_match *match, enum routes_method method);

/* What the verdict of auths[auth] is told as: 0, 401, 403; 404 where it is
 * masked, or what the place says that answers instead. */
int facts_refusal(const struct facts *facts, const struct routes_table *table,
                  const struct routes_match *match, enum routes_method method);

/* The index into auths[] that guards what matched, 0: nothing does. */
uint32_t
facts_auth(const struct routes_table *table, const struct routes_match *match);

/* "{user of staff, role: support, scope: read}", in facts' pool. */
const char *facts_text(const struct facts *facts);

#endif
