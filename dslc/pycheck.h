/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pycheck: the Python half of pass 4: what the routes call exists, and can be
 * called as they do.
 */
#ifndef PYCHECK_H
#define PYCHECK_H

#include <apr_tables.h>

#include "diag.h"
#include "model.h"
#include "source.h"

/* Where modules are, beside the folder of the .routes file. */
struct pycheck_options {
    const apr_array_header_t *paths; /* const char *: of --python-path */
    const char *home;                /* a virtual environment, or NULL */
    int imports;                     /* modules may be executed */
    struct diag_list *unused; /* gets a W409 for each function of the modules
                                 that nothing names; NULL: nobody asks */
};

struct pycheck_job {
    const struct pycheck_options *options;
    const char *file; /* the .routes file */
    const struct model *model;
    struct source_set *sources; /* gets the Python files that are shown */
    struct diag_list *diags;
};

/*
 * Says E401 to E405, W407, E408 and E411 of a model, which may be partial.
 * One process is run, for all of it.  NULL if that worked, else what is wrong
 * with the environment, in pool.
 */
const char *pycheck_run(apr_pool_t *pool, const struct pycheck_job *job);

#endif
