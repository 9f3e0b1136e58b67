/* SPDX-License-Identifier: Apache-2.0 */
/* route: one route, or one function of a publish, as the model has it. */
#ifndef DSLC_ROUTE_H
#define DSLC_ROUTE_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/frame.h"
#include "dslc/methods.h"

/* Adds the route of a statement inside a frame to the model, unless its
 * methods or paths were not understood. */
void route_add(struct checker *checker, const struct frame *frame,
               const struct ast_stmt *stmt);

/* Adds a route for each function of a publish. */
void route_publish(struct checker *checker, const struct frame *frame,
                   const struct ast_stmt *stmt);

/* ---- for routes that call nothing ---- */

/* What such a statement is about. */
struct route_site {
    struct checker *checker;
    const struct frame *frame; /* around it */
    const struct ast_stmt *stmt;
    enum clause_where where;
    const struct clause_set *set; /* its clauses */
    const struct ast_call *call;  /* what it calls, or NULL */
    const char *what;             /* "redirect /x", for messages */
};

/* A route of these methods, without a path, a target, or anything to call. */
struct model_route *
route_make(struct checker *checker, const struct frame *frame,
           struct methods methods, const char *doc);

/* Decides who may ask for such a route, whose paths are read by now, and gives
 * what is in force; says E301, E303 and what auths_combine says. */
struct auths_state
route_decide(const struct route_site *site, struct model_route *route);

/* Names it, by `as` or else by that name, and adds it to the model, or leaves
 * it out if it is lost.  Says E217. */
void route_keep(const struct route_site *site, struct model_route *route,
                const char *name, bool lost);

#endif
