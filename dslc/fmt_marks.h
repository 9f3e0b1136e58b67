/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_marks: what the tree knows of the tokens, for their layout. */
#ifndef DSLC_FMT_MARKS_H
#define DSLC_FMT_MARKS_H

#include "dslc/ast.h"
#include "dslc/fmt_tokens.h"

/* Of a realm's or an interpreter's option, as a kind of statement. */
#define FMT_MARKS_OPTION AST_KINDS

/* The columns of a statement; one line has some of them. */
enum fmt_marks_cell {
    FMT_MARKS_FIRST = 1, /* what a statement is about: a path, a kind */
    FMT_MARKS_SECOND,    /* what it leads to: `->`, `=` */
    FMT_MARKS_THIRD,     /* clauses, options */
    FMT_MARKS_CELLS
};

/* Sets stmt, cell, space and record of the tokens. */
void fmt_marks_set(struct fmt_tokens *tokens, const struct ast_file *file);

#endif
