/* SPDX-License-Identifier: Apache-2.0 */
/* program: a compiler's run over files that a test wrote, up to the model. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include <apr_pools.h>

#include "dslc/check.h"

/* One run; all of it lives in the pool of the test. */
struct program_run {
    apr_pool_t *pool;
    const char *folder; /* a fresh one; program_end removes it */
    struct source_set *sources;
    struct diag_list *diags;
    struct program *program;
    struct model *model;
    const char *said; /* every message, as text */
};

/* Makes a pool and a folder. */
struct program_run *program_begin(void);

/* Writes a file into the folder, making folders on the way. */
void
program_write(struct program_run *run, const char *path, const char *text);

/* Links and checks a file of the folder. */
void program_check(struct program_run *run, const char *path);

/* The same for one text; `routes 1` is put before it. */
struct program_run *program_of(const char *text);

/* How often a code was said: "error[E014]" or "warning[W012]". */
unsigned program_said(const struct program_run *run, const char *code);

/* Removes the folder and the pool. */
void program_end(struct program_run *run);

#endif
