/* SPDX-License-Identifier: Apache-2.0 */
/* link: the files of a program, its includes resolved, its names declared. */
#ifndef DSLC_LINK_H
#define DSLC_LINK_H

#include <stdbool.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/diag.h"
#include "dslc/scope.h"
#include "dslc/source.h"

#define LINK_MAX_DEPTH 16   /* includes inside includes */
#define LINK_MAX_UNITS 4096 /* files, each counted where it is included */

/*
 *   program ── root ── unit (shop.routes)
 *                        ├── unit (admin/items.routes, by the include in
 *                        │         location /admin)
 *                        └── unit (admin/users.routes, by the same one)
 *
 * A file that is included at two places is two units with one syntax tree.
 */
struct link_unit {
    struct link_unit *outer;        /* that includes it; NULL: the root */
    const struct ast_stmt *include; /* the statement; NULL: the root */
    const char *path;               /* relative to the root's folder */
    const struct source_file *file;
    const struct ast_file *ast;
    struct scope *scope;
    apr_hash_t *damaged;       /* what link_damaged tells */
    apr_array_header_t *units; /* struct link_unit *: what it includes */
};

struct program {
    apr_pool_t *pool;
    struct source_set *sources;
    struct link_unit *root;
    apr_array_header_t *units; /* struct link_unit *: all, in reading order */
    const char *name;          /* the table's: the file's stem */
    const char *checksum;      /* of all files, hexadecimal */
    apr_array_header_t *files; /* const char *: by file number, relative to
                                  the root's folder; "" for none of ours */
};

/*
 * Loads the file at path and what it includes, parses each file once, and
 * declares the names of each.  Says E009, E010 and E011, and what parsing
 * says.  *program lives in pool, which must not outlive sources.  The result
 * is what source_load says of the first file; then *program is NULL.
 */
apr_status_t
link_program(apr_pool_t *pool, struct source_set *sources, const char *path,
             struct diag_list *diags, struct program **program);

/*
 * Whether syntax errors may have taken clauses away from a statement of the
 * unit, or, of unit->ast, from the file itself: then nobody complains that it
 * has no decision.
 */
bool link_damaged(const struct link_unit *unit, const void *what);

#endif
