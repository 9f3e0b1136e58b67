/* SPDX-License-Identifier: Apache-2.0 */
/* parse_run: the state of one parse, for the files that build its tree. */
#ifndef DSLC_PARSE_RUN_H
#define DSLC_PARSE_RUN_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/diag.h"
#include "dslc/parse.h"
#include "dslc/source.h"
#include "grammar/actions.h"

/* `##` lines, and the token they stand before. */
struct parse_doc {
    uint32_t before;
    const char *text;
};

struct parse {
    apr_pool_t *pool;
    const struct source_file *source; /* borrowed */
    struct diag_list *diags;          /* borrowed */
    struct ast_file *file;            /* pool: the result */
    apr_array_header_t *docs;         /* struct parse_doc, in order */
    apr_array_header_t *tokens;       /* struct parse_token, or NULL */
    unsigned errors_before;           /* of diags, at the start */
};

/* Statements of a `{ … }`, until their owner takes them. */
struct ast_block {
    struct span span;
    struct ast_stmt_list *stmts;
};

#endif
