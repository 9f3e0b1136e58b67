/* SPDX-License-Identifier: Apache-2.0 */
/* parse: one file's text to its syntax tree. */
#ifndef DSLC_PARSE_H
#define DSLC_PARSE_H

#include <apr_pools.h>

#include "dslc/ast.h"
#include "dslc/diag.h"
#include "dslc/source.h"

/* Syntax errors of one file after which its parse ends. */
#define PARSE_MAX_ERRORS 200

/*
 * Parses a file into a tree that lives in pool and points to nothing else.
 * Mistakes become errors in diags; the tree then has what was understood.
 * Never NULL.  Linear in the file's length.
 */
struct ast_file *parse_file(apr_pool_t *pool, const struct source_file *file,
                            struct diag_list *diags);

#endif
