/* SPDX-License-Identifier: Apache-2.0 */
/* mounts: what answers for all below a path. */
#ifndef DSLC_MOUNTS_H
#define DSLC_MOUNTS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/diag.h"
#include "dslc/frame.h"

/* Adds the route of a `mount` inside a frame to the model, unless it was not
 * understood.  Says E011, E015, E016, E018 and what paths and clauses say. */
void mounts_add(struct checker *checker, const struct frame *frame,
                const struct ast_stmt *stmt);

/* Whether some mount is a backend, for which mod_proxy is needed. */
int mounts_have_proxy(const struct model *model);

/* The tables that mounts name, once each: const char *, in pool. */
apr_array_header_t *mounts_tables(apr_pool_t *pool, const struct model *model);

/* Says E215 of mounts whose own path a location keeps that they are not in. */
void mounts_check(const struct model *model, struct diag_list *diags);

#endif
