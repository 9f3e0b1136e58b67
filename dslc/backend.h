/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backend: a plan as a loadable module in a folder, all of it or nothing.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include "diag.h"
#include "plan.h"
#include "toolchain.h"

/* Lines of the compiler's output that E701 shows. */
#define BACKEND_MAX_LINES 40

struct backend_job {
    const struct plan *plan;
    apr_pool_t *plan_pool; /* destroyed when the C is written: the C compiler
                              needs the memory; NULL: the plan stays */
    const struct toolchain *tools;
    const char *compiler; /* "routesc 0.1.0" */
    const char *dir;      /* where the module goes */
    int keep_c;           /* leave NAME.routes.c beside it */
};

/* What became of a job. */
struct backend_outcome {
    const char *module;  /* pool: DIR/mod_NAME.so, or NULL */
    const char *problem; /* pool: of the environment, or NULL; when both are
                            NULL, diags have E701 or E702 */
};

/*
 * Writes the C, gives the plan up, compiles, loads for a test, copies into dir
 * and renames into place.  Everything is made in a private folder among the
 * temporary files, which the owner of dir can't reach: root may build there,
 * and loads only what it has compiled.  Nothing in dir changes before the last
 * step, and nothing is left behind after a failure or a signal.  A file of the
 * name mod_NAME.so that is no table of this name is never replaced.
 */
struct backend_outcome
backend_build(apr_pool_t *pool, const struct backend_job *job,
              struct diag_list *diags);

/* Writes the C to a new file; NULL, or what is wrong, in pool. */
const char *backend_write_c(apr_pool_t *pool, const struct plan *plan,
                            const char *compiler, const char *path);

#endif
