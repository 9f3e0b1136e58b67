/* SPDX-License-Identifier: Apache-2.0 */
/* args: the arguments of a call, and where each comes from. */
#ifndef DSLC_ARGS_H
#define DSLC_ARGS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

/* What a call may draw on. */
struct args_reach {
    const apr_array_header_t *paths;      /* struct model_path *: all of the
                                             route, with the same parameters */
    const struct model_param *host_param; /* or NULL */
    int inherited; /* segments that are of places around the route */
};

/*
 * The arguments of a call: struct model_arg *, in order of the call.  Says
 * E019, E105, E111, E117, E118, E121, E309, W309, E405, E507, E513, E516; what
 * was wrong is left out.
 */
apr_array_header_t *
args_make(struct checker *checker, struct scope *scope,
          const struct ast_call *call, const struct model_route *route,
          const struct args_reach *reach);

#endif
