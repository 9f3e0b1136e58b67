/* SPDX-License-Identifier: Apache-2.0 */
/* parse: checks that a file is text, and reads it into a tree. */
#include "dslc/parse.h"

#include "dslc/parse_run.h"
#include "grammar/read.h"

static void
tell_bytes(struct diag_list *diags, struct span at, enum source_fault fault)
{
    struct diag *diag;

    switch (fault) {
    case SOURCE_FINE:
        break;
    case SOURCE_NUL:
        diag_error(diags, at, E008, "a NUL byte");
        break;
    case SOURCE_NOT_UTF8:
        diag = diag_error(diags, at, E008, "a byte that is not UTF-8");
        diag_help(diag, "save the file as UTF-8");
        break;
    case SOURCE_BIDI:
        diag = diag_error(diags, at, E001,
                          "a control character that reorders text");
        diag_help(diag, "in a string write it as \\u{…}");
        break;
    }
}

/* Where the line of a place ends: one message per line is enough. */
static uint32_t
next_line(const struct source_file *file, struct span at)
{
    unsigned line = source_place(file, at.start).line;

    return line < file->line_count ? file->lines[line]
                                   : (uint32_t)file->length;
}

/* False when the file can't be read on. */
static bool
check_bytes(const struct source_file *file, struct diag_list *diags)
{
    struct span at = {0, 0, file->id};
    uint32_t offset = 0;
    bool text = true;
    unsigned count = 0;
    enum source_fault fault = source_find_fault(file, offset, &at);

    while (fault != SOURCE_FINE && count++ < PARSE_MAX_ERRORS) {
        tell_bytes(diags, at, fault);
        text = text && fault == SOURCE_BIDI;
        offset = next_line(file, at);
        fault = source_find_fault(file, offset, &at);
    }
    return text;
}

static struct ast_file *
parse(apr_pool_t *pool, const struct source_file *file,
      struct diag_list *diags, apr_array_header_t *tokens)
{
    struct parse run = {
        .pool = pool,
        .source = file,
        .diags = diags,
        .file = apr_pcalloc(pool, sizeof(struct ast_file)),
        .docs = apr_array_make(pool, 4, sizeof(struct parse_doc)),
        .tokens = tokens,
        .errors_before = diag_error_count(diags),
    };

    run.file->span = (struct span){0, (uint32_t)file->length, file->id};
    run.file->version = 1;
    run.file->torn = apr_array_make(pool, 0, sizeof(struct span));
    if (check_bytes(file, diags) &&
        !read_text(&run, file->id, file->text, file->length)) {
        diag_error(diags, run.file->span, E007, "no memory to read the file");
    }
    return run.file;
}

struct ast_file *
parse_file(apr_pool_t *pool, const struct source_file *file,
           struct diag_list *diags)
{
    return parse(pool, file, diags, NULL);
}

struct ast_file *
parse_tokens(apr_pool_t *pool, const struct source_file *file,
             struct diag_list *diags, apr_array_header_t **tokens)
{
    *tokens = apr_array_make(pool, 64, sizeof(struct parse_token));
    return parse(pool, file, diags, *tokens);
}
