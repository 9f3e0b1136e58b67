/* SPDX-License-Identifier: Apache-2.0 */
/* assertion_run: a run over all assertions, for the files that judge them. */
#ifndef ASSERTION_RUN_H
#define ASSERTION_RUN_H

#include "../runtime/table.h"
#include "assertion.h"
#include "trie.h"

/* Faults of one assertion that are shown behind the first. */
#define ASSERTION_MAX_OTHERS 5

/* A run over all assertions, and the one at hand. */
struct assertion_run {
    apr_pool_t *pool;
    struct model *model;
    struct trie *trie;
    const struct source_set *sources;
    struct diag_list *diags;
    struct plan *plan; /* made when a URL asks for it */
    struct routes_table table;
    const struct model_assertion *assertion;
    const struct model_route *said; /* a mount that something was said of */
    struct diag *diag;              /* of the assertion, or NULL */
    int n_others;                   /* faults of it behind the first */
    int helped;                     /* with what a location's 404 is */
};

/* What `every` says; E601, E602. */
void assertion_globs_every(struct assertion_run *j);

/* What `public only` says; E603. */
void assertion_globs_public(struct assertion_run *j);

/* What is said of a URL; E601, and E706 where no table can be made. */
void assertion_url_check(struct assertion_run *j);

#endif
