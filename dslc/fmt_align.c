/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_align: columns of neighbouring lines. */
#include "dslc/fmt_align.h"

#include "dslc/fmt_lines.h"
#include "dslc/fmt_marks.h"
#include "grammar/layout.h"
#include "grammar/routes.tab.h"

/* Lines of one kind, linked through `next`. */
struct run {
    uint32_t first; /* or FMT_LINES_NONE */
    uint32_t last;
};

struct align {
    struct fmt_tokens *tokens;
    struct fmt_line *lines;
    unsigned depth;                        /* of the deepest open run */
    struct run runs[LAYOUT_MAX_DEPTH + 1]; /* one for each depth */
};

/* What is to begin in one column: the places, and how far left they are. */
struct column {
    uint32_t least; /* the shortest of the lines before it */
    uint32_t most;
    uint32_t limit;
};

/* ---- one column ---- */

/* False when a line doesn't fit in the column; it begins the next one. */
static bool
widen(struct column *column, uint32_t width)
{
    uint32_t least = width < column->least ? width : column->least;
    uint32_t most = width > column->most ? width : column->most;

    if (most - least > column->limit) {
        column->least = column->most = width;
        return false;
    }
    column->least = least;
    column->most = most;
    return true;
}

static void
clear(struct column *column)
{
    column->least = UINT32_MAX;
    column->most = 0;
}

/* The token of a statement's line that begins a column, or NULL; what is in
 * braces has columns of its own. */
static struct fmt_token *
find_cell(const struct align *align, const struct fmt_line *line,
          enum fmt_marks_cell cell)
{
    for (uint32_t i = line->first; i < line->end; i++) {
        struct fmt_token *token = &align->tokens->all[i];
        bool opens = token->kind == '{';

        if (token->cell == cell && !(opens && i + 1 == line->end)) {
            return token;
        }
        if (opens) {
            return NULL;
        }
    }
    return NULL;
}

/* The columns of a line before a token, or before its end. */
static uint32_t
width_before(const struct align *align, const struct fmt_line *line,
             const struct fmt_token *end)
{
    const struct fmt_token *first = &align->tokens->all[line->first];
    uint32_t width = (end - 1)->right - first->left;

    for (const struct fmt_token *t = first + 1; t < end; t++) {
        width += t->pad;
    }
    return width;
}

/* Moves the cells of [from, to) of a run to where the widest one needs it. */
static void
pad_cells(const struct align *align, uint32_t from, uint32_t to,
          enum fmt_marks_cell cell, uint32_t most)
{
    while (from != to) {
        const struct fmt_line *line = &align->lines[from];
        struct fmt_token *token = find_cell(align, line, cell);

        token->pad = most - width_before(align, line, token);
        from = line->next;
    }
}

/* Lines without the column part those before from those after them. */
static void
align_cells(const struct align *align, uint32_t first,
            enum fmt_marks_cell cell, uint32_t limit)
{
    struct column column = {.limit = limit};
    uint32_t from = first;

    clear(&column);
    for (uint32_t i = first; i != FMT_LINES_NONE; i = align->lines[i].next) {
        const struct fmt_line *line = &align->lines[i];
        const struct fmt_token *token = find_cell(align, line, cell);
        uint32_t most = column.most;

        if (token == NULL) {
            pad_cells(align, from, i, cell, most);
            from = line->next;
            clear(&column);
        }
        else if (!widen(&column, width_before(align, line, token))) {
            pad_cells(align, from, i, cell, most);
            from = i;
        }
    }
    pad_cells(align, from, FMT_LINES_NONE, cell, column.most);
}

/* ---- runs ---- */

/* The kind of a line's statement, 0 for one that has none. */
static int
stmt_of(const struct align *align, uint32_t line)
{
    return align->tokens->all[align->lines[line].first].stmt;
}

static void
end_run(const struct align *align, struct run *run)
{
    int stmt;

    if (run->first == FMT_LINES_NONE) {
        return;
    }
    stmt = stmt_of(align, run->first) - 1;
    align_cells(align, run->first, FMT_MARKS_FIRST,
                stmt == AST_ROUTE || stmt == AST_ASSERT_ROUTE
                    ? FMT_ALIGN_METHODS
                    : FMT_ALIGN_CELLS);
    align_cells(align, run->first, FMT_MARKS_SECOND, FMT_ALIGN_CELLS);
    align_cells(align, run->first, FMT_MARKS_THIRD, FMT_ALIGN_CELLS);
    run->first = FMT_LINES_NONE;
}

/* Ends the runs of a depth, and those of the blocks within. */
static void
end_runs(struct align *align, unsigned depth)
{
    while (align->depth > depth) {
        end_run(align, &align->runs[align->depth--]);
    }
    while (align->depth < depth) {
        align->runs[++align->depth].first = FMT_LINES_NONE;
    }
}

/* True for a run whose last line begins a block that ends it. */
static bool
is_interrupted(const struct align *align, const struct run *run)
{
    const struct fmt_line *last = &align->lines[run->last];

    return align->tokens->all[last->end - 1].kind == '{' &&
           stmt_of(align, run->last) != AST_ROUTE + 1;
}

/* True for a statement that continues the run at its depth. */
static bool
joins(const struct align *align, const struct run *run, uint32_t line)
{
    return run->first != FMT_LINES_NONE && !align->lines[line].blank &&
           stmt_of(align, line) == stmt_of(align, run->first) &&
           !is_interrupted(align, run);
}

static void
take_stmt(struct align *align, uint32_t i)
{
    struct run *run = &align->runs[align->lines[i].depth];

    if (joins(align, run, i)) {
        align->lines[run->last].next = i;
    }
    else {
        end_run(align, run);
        run->first = i;
    }
    run->last = i;
}

static void
align_stmts(struct align *align, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct fmt_line *line = &align->lines[i];

        if (line->kind == FMT_LINES_MORE) {
            continue;
        }
        end_runs(align, line->depth);
        if (line->kind == FMT_LINES_STMT) {
            take_stmt(align, i);
        }
        else if (line->kind == FMT_LINES_COMMENT) {
            end_run(align, &align->runs[line->depth]);
        }
    }
    end_runs(align, 0);
    end_run(align, &align->runs[0]);
}

/* ---- comments ---- */

static bool
has_comment(const struct fmt_line *line)
{
    return line->kind != FMT_LINES_COMMENT && line->comment != FMT_LINES_NONE;
}

static uint32_t
width_of(const struct align *align, const struct fmt_line *line)
{
    return line->indent +
           width_before(align, line, &align->tokens->all[line->end]);
}

static void
pad_comments(const struct align *align, uint32_t from, uint32_t to,
             uint32_t most)
{
    for (uint32_t i = from; i < to; i++) {
        align->lines[i].pad = most - width_of(align, &align->lines[i]);
    }
}

/* Comments at the end of lines that follow each other. */
static void
align_comments(const struct align *align, uint32_t count)
{
    struct column column = {.limit = FMT_ALIGN_COMMENTS};
    uint32_t from = 0;

    clear(&column);
    for (uint32_t i = 0; i < count; i++) {
        const struct fmt_line *line = &align->lines[i];
        uint32_t most = column.most;

        if (!has_comment(line) || line->blank) {
            pad_comments(align, from, i, most);
            from = i;
            clear(&column);
        }
        if (!has_comment(line)) {
            from = i + 1;
        }
        else if (!widen(&column, width_of(align, line))) {
            pad_comments(align, from, i, most);
            from = i;
        }
    }
    pad_comments(align, from, count, column.most);
}

void
fmt_align_columns(struct fmt_tokens *tokens, apr_array_header_t *lines)
{
    struct align align = {
        .tokens = tokens,
        .lines = (struct fmt_line *)lines->elts,
    };

    align.runs[0].first = FMT_LINES_NONE;
    align_stmts(&align, (uint32_t)lines->nelts);
    align_comments(&align, (uint32_t)lines->nelts);
}
