/* SPDX-License-Identifier: Apache-2.0 */
/* auths: who may call: realms and requirements, from the outermost place to
 * the route. */
#ifndef DSLC_AUTHS_H
#define DSLC_AUTHS_H

#include <stdbool.h>

#include <apr_tables.h>

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"
#include "dslc/rules.h"
#include "dslc/scope.h"

/*
 *     file      auth staff            realms { staff }   rule -
 *     location  require user          realms { staff }   rule user
 *     location  require role(a)       realms { staff }   rule user and role(a)
 *     route     override public       realms { staff }   rule public
 *
 * What is in force at a place.  Shared between places, so never changed.
 */
struct auths_state {
    const struct model_rule *rule; /* NULL: no decision so far */
    apr_array_header_t *realms;    /* struct model_realm *; may be empty */
    struct span asked; /* the `auth` that says so, if there is one */
    const struct model_auth *auth; /* all this, or NULL without a rule */
    enum clause_where decided;     /* where the last decision stands */
    bool broken_rule;              /* a mistake was said: complain no more */
    bool broken_realms;
    bool own; /* this very block says something of it */
};

/* What is in force before any clause: nothing. */
struct auths_state auths_none(struct checker *checker);

/* What is in force inside a block with these clauses; says E305, E318, W313
 * and what its requirements say. */
struct auths_state
auths_combine(struct checker *checker, struct scope *scope,
              const struct auths_state *outer, const struct clause_set *set,
              enum clause_where where, const struct rules_reach *reach);

/* The decision as a route of these methods (0: any) has it: where `method` is
 * asked for, it is about them alone.  auth may be NULL. */
const struct model_auth *
auths_of_methods(struct checker *checker, const struct model_auth *auth,
                 uint64_t methods);

/* E303, when a route asks who the caller is and no realm says; once for each
 * requirement.  what: "GET /x". */
void
auths_check_realms(struct checker *checker, const struct auths_state *state,
                   const char *what, struct span span);

/* E301, when nothing decides; place is the innermost around it. */
void auths_check_decided(struct checker *checker,
                         const struct auths_state *state, const char *what,
                         const struct model_place *place, struct span span);

/* W310, when a route that changes something is public from afar. */
void
auths_check_public(struct checker *checker, const struct auths_state *state,
                   const struct model_route *route, const char *what);

/* W323 of a file or host whose requirement leaves what it passes on open. */
void auths_check_passing(struct checker *checker, const struct clause_set *set,
                         const struct auths_state *state, const char *what);

#endif
