/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_lines: where lines begin, and how far they are indented. */
#include "dslc/fmt_lines.h"

#include "grammar/layout.h"
#include "grammar/routes.tab.h"

/* A place in the file, and the lines before it. */
struct breaker {
    const struct fmt_tokens *tokens;
    apr_array_header_t *lines;
    struct fmt_line *line; /* the last one, or NULL */
    bool opened;           /* nothing stands in the block yet */
    unsigned parens;       /* open ones */
    unsigned angles;
    unsigned depth;                    /* of blocks over several lines */
    bool record[LAYOUT_MAX_DEPTH + 1]; /* what they are */
};

/* ---- lines ---- */

static struct fmt_line *
add_line(struct breaker *b, enum fmt_lines_kind kind, bool blank,
         unsigned indent)
{
    struct fmt_line *line = apr_array_push(b->lines);

    line->kind = kind;
    line->blank = blank && !b->opened && b->line != NULL;
    line->depth = (uint16_t)b->depth;
    line->indent = (uint16_t)(indent * FMT_LINES_INDENT);
    line->comment = FMT_LINES_NONE;
    line->next = FMT_LINES_NONE;
    b->opened = false;
    b->line = line;
    return line;
}

static void
begin_line(struct breaker *b, enum fmt_lines_kind kind, uint32_t i,
           unsigned indent)
{
    bool blank = kind == FMT_LINES_STMT && b->tokens->all[i].blank;
    struct fmt_line *line = add_line(b, kind, blank, indent);

    line->first = i;
    line->end = i + 1;
}

/* The comments before a token. */
static void
place_comments(struct breaker *b, uint32_t i, bool within, unsigned indent)
{
    uint32_t end = fmt_tokens_comments_end(b->tokens, i);

    for (uint32_t c = b->tokens->all[i].comments; c < end; c++) {
        const struct fmt_comment *comment = &b->tokens->comments[c];

        if (comment->alone) {
            add_line(b, FMT_LINES_COMMENT, comment->blank && !within, indent);
        }
        b->line->comment = c;
    }
}

/* ---- where ---- */

/* True for what stands at the level of statements. */
static bool
begins_stmt(const struct breaker *b, uint32_t i)
{
    const struct fmt_token *token = &b->tokens->all[i];

    if (i == 0 || token->kind == 0 || token->ends_stmt) {
        return true;
    }
    return token[-1].kind == '{' ||
           (token[-1].kind == ',' && b->record[b->depth] &&
            b->parens + b->angles == 0);
}

static bool
has_comments(const struct breaker *b, uint32_t i)
{
    return b->tokens->all[i].comments < fmt_tokens_comments_end(b->tokens, i);
}

/* True when a statement goes on in another line: where the writer broke it,
 * if a space or a parenthesis is there. */
static bool
goes_on_below(const struct breaker *b, uint32_t i)
{
    const struct fmt_token *token = &b->tokens->all[i];

    if (has_comments(b, i)) {
        return true;
    }
    if (token->newlines == token[-1].newlines) {
        return false;
    }
    if (token[-1].kind == '(') {
        return token->kind != ')';
    }
    return token->lead != FMT_LEAD_NONE || token->kind == ')';
}

/* The indent of a statement's further lines. */
static unsigned
indent_more(const struct breaker *b, const struct fmt_token *token)
{
    if (token->kind == ')' && b->parens <= 1) {
        return b->depth;
    }
    if (token->kind == ')') {
        return b->depth + b->parens - 1;
    }
    return b->depth + (b->parens > 1 ? b->parens : 1);
}

/* ---- tokens ---- */

/* True when a block stays on the line that it was written on. */
static bool
is_flat(const struct breaker *b, uint32_t open)
{
    const struct fmt_token *all = b->tokens->all;
    const struct fmt_token *close = &all[all[open].close];

    if (all[open].close == open + 1) {
        return !has_comments(b, open + 1);
    }
    return close->newlines == all[open].newlines &&
           b->line->indent + close->right - all[b->line->first].left <=
               FMT_LINES_WIDTH;
}

static void
open_block(struct breaker *b, bool record)
{
    b->record[++b->depth] = record;
    b->opened = true;
}

static void
place_close(struct breaker *b, uint32_t i)
{
    place_comments(b, i, false, b->depth);
    b->depth--;
    begin_line(b, FMT_LINES_CLOSE, i, b->depth);
}

static void
place(struct breaker *b, uint32_t i)
{
    const struct fmt_token *token = &b->tokens->all[i];

    if (token->kind == '}') {
        place_close(b, i);
    }
    else if (begins_stmt(b, i)) {
        place_comments(b, i, false, b->depth);
        if (token->kind != 0) {
            begin_line(b, FMT_LINES_STMT, i, b->depth);
        }
    }
    else if (goes_on_below(b, i)) {
        place_comments(b, i, true, indent_more(b, token));
        begin_line(b, FMT_LINES_MORE, i, indent_more(b, token));
    }
    else {
        b->line->end = i + 1;
    }
}

static void
keep_brackets(struct breaker *b, int kind)
{
    b->parens += kind == '(';
    b->parens -= kind == ')';
    b->angles += kind == '<';
    b->angles -= kind == '>';
}

apr_array_header_t *
fmt_lines_break(apr_pool_t *pool, const struct fmt_tokens *tokens)
{
    struct breaker b = {
        .tokens = tokens,
        .lines = apr_array_make(pool, 64, sizeof(struct fmt_line)),
    };

    for (uint32_t i = 0; i < tokens->count; i++) {
        const struct fmt_token *token = &tokens->all[i];

        place(&b, i);
        keep_brackets(&b, token->kind);
        if (token->kind == '{' && is_flat(&b, i)) {
            i = token->close;
            b.line->end = i + 1;
        }
        else if (token->kind == '{') {
            open_block(&b, token->record);
        }
    }
    return b.lines;
}
