/* SPDX-License-Identifier: Apache-2.0 */
/* parse: one file's text to its syntax tree. */
#ifndef DSLC_PARSE_H
#define DSLC_PARSE_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/diag.h"
#include "dslc/source.h"

/* Syntax errors of one file after which its parse ends. */
#define PARSE_MAX_ERRORS 200

/* What the grammar got: a kind of grammar/routes.tab.h, and its place. */
struct parse_token {
    int kind;
    struct span at;
};

/*
 * Parses a file into a tree that lives in pool and points to nothing else.
 * Mistakes become errors in diags; the tree then has what was understood.
 * Never NULL.  Linear in the file's length.
 */
struct ast_file *parse_file(apr_pool_t *pool, const struct source_file *file,
                            struct diag_list *diags);

/*
 * As above, and *tokens is all that the grammar got, in order, to the end of
 * the file: struct parse_token, in pool.
 */
struct ast_file *
parse_tokens(apr_pool_t *pool, const struct source_file *file,
             struct diag_list *diags, apr_array_header_t **tokens);

#endif
