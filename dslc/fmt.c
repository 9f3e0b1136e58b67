/* SPDX-License-Identifier: Apache-2.0 */
/* fmt: the canonical layout of a .routes file. */
#include "dslc/fmt.h"

#include <string.h>

#include "dslc/fmt_align.h"
#include "dslc/fmt_lines.h"
#include "dslc/fmt_marks.h"
#include "dslc/fmt_same.h"
#include "dslc/fmt_spaces.h"
#include "dslc/fmt_tokens.h"
#include "dslc/parse.h"

#define COMMENT_SPACES 2 /* at least, before a comment beside a statement */

static const char *const leads[] = {
    [FMT_LEAD_NONE] = "",
    [FMT_LEAD_SPACE] = " ",
    [FMT_LEAD_SEMICOLON] = "; ",
};

/* What is written; without a text it is only measured. */
struct output {
    char *text; /* or NULL */
    size_t length;
};

/* ---- writing ---- */

static void
put(struct output *out, const char *bytes, size_t length)
{
    if (out->text != NULL) {
        memcpy(out->text + out->length, bytes, length);
    }
    out->length += length;
}

static void
put_spaces(struct output *out, size_t count)
{
    if (out->text != NULL) {
        memset(out->text + out->length, ' ', count);
    }
    out->length += count;
}

static void
put_token(struct output *out, const struct fmt_tokens *tokens,
          const struct fmt_token *token)
{
    put(out, tokens->file->text + token->start, token->end - token->start);
}

static void
put_tokens(struct output *out, const struct fmt_tokens *tokens,
           const struct fmt_line *line)
{
    put_token(out, tokens, &tokens->all[line->first]);
    for (uint32_t i = line->first + 1; i < line->end; i++) {
        const struct fmt_token *token = &tokens->all[i];

        put(out, leads[token->lead], strlen(leads[token->lead]));
        put_spaces(out, token->pad);
        put_token(out, tokens, token);
    }
}

static void
put_line(struct output *out, const struct fmt_tokens *tokens,
         const struct fmt_line *line)
{
    if (line->blank) {
        put(out, "\n", 1);
    }
    put_spaces(out, line->indent);
    if (line->kind != FMT_LINES_COMMENT) {
        put_tokens(out, tokens, line);
    }
    if (line->comment != FMT_LINES_NONE) {
        const struct fmt_comment *c = &tokens->comments[line->comment];

        if (line->kind != FMT_LINES_COMMENT) {
            put_spaces(out, COMMENT_SPACES + line->pad);
        }
        put(out, tokens->file->text + c->start, c->end - c->start);
    }
    put(out, "\n", 1);
}

/* Measures, or writes, all lines. */
static void
put_lines(struct output *out, const struct fmt_tokens *tokens,
          const apr_array_header_t *lines)
{
    for (int i = 0; i < lines->nelts; i++) {
        put_line(out, tokens, &APR_ARRAY_IDX(lines, i, struct fmt_line));
    }
}

/* ---- the work ---- */

/* The tokens of a file with what the tree knows of them; NULL: errors.  The
 * tree itself is large and goes at once. */
static struct fmt_tokens *
read_tokens(apr_pool_t *pool, const struct source_file *file,
            struct diag_list *diags)
{
    unsigned errors = diag_error_count(diags);
    struct fmt_tokens *tokens = NULL;
    apr_array_header_t *parsed;
    const struct ast_file *tree;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, pool);
    tree = parse_tokens(scratch, file, diags, &parsed);
    if (diag_error_count(diags) == errors) {
        tokens = fmt_tokens_make(pool, file, parsed);
        fmt_marks_set(tokens, tree);
    }
    apr_pool_destroy(scratch);
    return tokens;
}

/* False when the result is too large. */
static bool
lay_out(apr_pool_t *pool, struct fmt_tokens *tokens, struct fmt_text *result)
{
    struct output out = {NULL, 0};
    apr_array_header_t *lines;

    fmt_spaces_set(tokens);
    lines = fmt_lines_break(pool, tokens);
    fmt_align_columns(tokens, lines);
    put_lines(&out, tokens, lines);
    if (out.length > SOURCE_MAX_BYTES) {
        return false;
    }
    out.text = apr_palloc(pool, out.length + 1);
    out.length = 0;
    put_lines(&out, tokens, lines);
    out.text[out.length] = '\0';
    result->text = out.text;
    result->length = out.length;
    return true;
}

/* Reads the result as the file was read, and compares the two. */
static bool
says_the_same(apr_pool_t *pool, const struct fmt_tokens *tokens,
              const struct fmt_text *result)
{
    struct source_file *file =
        source_add(source_set_make(pool), tokens->file->path, result->text,
                   result->length);
    struct fmt_tokens *after;

    if (file == NULL) {
        return false;
    }
    after = read_tokens(pool, file, diag_list_make(pool));
    return after != NULL && fmt_same_tokens(tokens, after);
}

enum fmt_outcome
fmt_source(apr_pool_t *pool, const struct source_file *file,
           struct diag_list *diags, struct fmt_text *result)
{
    struct fmt_tokens *tokens = read_tokens(pool, file, diags);

    if (tokens == NULL) {
        return FMT_ERRORS;
    }
    if (!lay_out(pool, tokens, result)) {
        return FMT_LARGE;
    }
    result->changed = result->length != file->length ||
                      memcmp(result->text, file->text, file->length) != 0;
    if (result->changed && !says_the_same(pool, tokens, result)) {
        return FMT_BROKEN;
    }
    return FMT_FINE;
}
