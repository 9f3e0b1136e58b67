/* SPDX-License-Identifier: Apache-2.0 */
/* args_run: a call that is being read, for the files that read it. */
#ifndef DSLC_ARGS_RUN_H
#define DSLC_ARGS_RUN_H

#include <apr_hash.h>

#include "dslc/args.h"

/* One call being read. */
struct args_run {
    struct checker *checker;
    struct scope *scope;
    const struct ast_call *call;
    const struct model_route *route;
    const struct args_reach *reach;
    apr_array_header_t *args;   /* struct model_arg * */
    apr_hash_t *names;          /* of arguments -> struct ast_arg * */
    apr_hash_t *wires;          /* source and name -> struct ast_arg * */
    const struct ast_arg *body; /* the first that the body is for, or NULL */
    enum routes_source body_source; /* FORM or BODY */
};

/* The first path, which has all parameters; NULL where mistakes left none. */
const struct model_path *args_run_path(const struct args_run *run);

/* An argument more, called the same in the request. */
struct model_arg *args_run_add(struct args_run *run, const char *name,
                               enum routes_source source, struct span span);

/* Whether a mistake in a path may have hidden parameters. */
bool args_run_unclear(const struct args_run *run);

#endif
