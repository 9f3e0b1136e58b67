/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_tokens: a file as tokens, and the comments and newlines between them. */
#include "dslc/fmt_tokens.h"

#include <string.h>

#include "dslc/parse.h"
#include "grammar/routes.tab.h"

/* ---- what can be seen ---- */

/* What the parser got, without what has no byte of its own. */
static void
take_tokens(struct fmt_tokens *tokens, const apr_array_header_t *parsed)
{
    bool ends_stmt = false;
    bool ends_path = false;

    for (int i = 0; i < parsed->nelts; i++) {
        const struct parse_token *from =
            &APR_ARRAY_IDX(parsed, i, struct parse_token);
        struct fmt_token *token = &tokens->all[tokens->count];

        if (from->kind == T_SEP || from->kind == T_P_END) {
            ends_stmt = ends_stmt || from->kind == T_SEP;
            ends_path = true;
            continue;
        }
        token->kind = from->kind;
        token->start = from->at.start;
        token->end = from->at.end;
        token->ends_stmt = ends_stmt;
        token->ends_path = ends_path;
        ends_stmt = ends_path = false;
        tokens->count++;
    }
}

/* ---- gaps ---- */

/* The byte order mark that a file may begin with. */
static uint32_t
skip_mark(const struct source_file *file)
{
    return strncmp(file->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Where a comment's text ends; *next is where its line does. */
static uint32_t
end_comment(const struct source_file *file, uint32_t start, uint32_t *next)
{
    const char *text = file->text;
    const char *line_end = memchr(text + start, '\n', file->length - start);
    uint32_t end = line_end != NULL ? (uint32_t)(line_end - text)
                                    : (uint32_t)file->length;

    *next = end;
    while (strchr(" \t\r", text[end - 1]) != NULL) {
        end--;
    }
    return end;
}

/* Reads from one token's end to the next one's start. */
static void
read_gap(struct fmt_tokens *tokens, uint32_t from, struct fmt_token *token,
         uint32_t *newlines)
{
    const char *text = tokens->file->text;
    uint32_t since = 0; /* newlines after the last thing seen */
    bool alone = from == skip_mark(tokens->file);

    token->comments = tokens->comment_count;
    while (from < token->start) {
        if (text[from] == '\n') {
            since++;
            alone = true;
            ++*newlines;
        }
        else if (text[from] == '#') {
            struct fmt_comment *comment =
                &tokens->comments[tokens->comment_count++];

            comment->start = from;
            comment->end = end_comment(tokens->file, from, &from);
            comment->alone = alone;
            comment->blank = since > 1;
            since = 0;
            continue;
        }
        from++;
    }
    token->blank = since > 1;
    token->newlines = *newlines;
}

static void
read_gaps(struct fmt_tokens *tokens)
{
    uint32_t from = skip_mark(tokens->file);
    uint32_t newlines = 0;

    for (uint32_t i = 0; i < tokens->count; i++) {
        read_gap(tokens, from, &tokens->all[i], &newlines);
        from = tokens->all[i].end;
    }
}

struct fmt_tokens *
fmt_tokens_make(apr_pool_t *pool, const struct source_file *file,
                const apr_array_header_t *parsed)
{
    struct fmt_tokens *tokens = apr_pcalloc(pool, sizeof *tokens);

    tokens->file = file;
    tokens->all =
        apr_pcalloc(pool, (size_t)parsed->nelts * sizeof *tokens->all);
    tokens->comments =
        apr_palloc(pool, file->line_count * sizeof *tokens->comments);
    take_tokens(tokens, parsed);
    read_gaps(tokens);
    return tokens;
}

uint32_t
fmt_tokens_at(const struct fmt_tokens *tokens, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = tokens->count - 1;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (tokens->all[middle].start < offset) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}
