/* SPDX-License-Identifier: Apache-2.0 */
/* args_run: a call that is being read. */
#include "dslc/args_run.h"

#include "dslc/paths.h"

const struct model_path *
args_run_path(const struct args_run *run)
{
    return run->reach->paths->nelts == 0
               ? NULL
               : MODEL_AT(run->reach->paths, const struct model_path, 0);
}

struct model_arg *
args_run_add(struct args_run *run, const char *name, enum routes_source source,
             struct span span)
{
    struct model_arg *arg = apr_pcalloc(run->checker->pool, sizeof(*arg));

    arg->name = name;
    arg->wire = name;
    arg->source = source;
    arg->span = span;
    APR_ARRAY_PUSH(run->args, struct model_arg *) = arg;
    return arg;
}

/* Whether a mistake in a path may have hidden parameters. */
bool
args_run_unclear(const struct args_run *run)
{
    const apr_array_header_t *paths = run->reach->paths;

    for (int i = 0; i < paths->nelts; i++) {
        if (paths_unclear(run->checker,
                          MODEL_AT(paths, const struct model_path, i))) {
            return true;
        }
    }
    return false;
}
