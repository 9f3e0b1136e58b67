/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_tokens: a file as tokens, and the comments and newlines between them. */
#ifndef DSLC_FMT_TOKENS_H
#define DSLC_FMT_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/source.h"

/*
 *     GET / -> m:f;   # why
 *                                      the gap before the second `GET`: an end
 *     # next                           of a statement, a comment beside what
 *     GET /x -> m:g                    went before, one on its own line
 *
 * Only what can be seen is a token here: ends of statements and of paths are
 * flags of the token after them.  The last one, kind 0, is the file's end; a
 * file that parses has others before it.
 */

/* What the tree says of the space before a token. */
enum fmt_space {
    FMT_SPACE_ANY,
    FMT_SPACE_NONE,
    FMT_SPACE_ONE
};

/* What stands between two tokens that share a line. */
enum fmt_lead {
    FMT_LEAD_NONE,
    FMT_LEAD_SPACE,
    FMT_LEAD_SEMICOLON
};

struct fmt_token {
    int kind;       /* of grammar/routes.tab.h */
    uint32_t start; /* offset of the first byte */
    uint32_t end;   /* offset after the last byte */

    /* the gap before it */
    uint32_t comments; /* index of its first; the next token's ends them */
    uint32_t newlines; /* of this gap and those before it */
    bool blank;        /* an empty line directly before the token */
    bool ends_stmt;    /* a statement, option or field ended */
    bool ends_path;

    /* what the tree says of it (fmt_marks) */
    uint8_t stmt;  /* of its first token: 1 + enum ast_kind, else 0 */
    uint8_t cell;  /* the column that it begins, or 0 */
    uint8_t space; /* enum fmt_space */
    bool record;   /* a record's `{` */

    /* in one line, with canonical spaces (fmt_spaces) */
    uint8_t lead;   /* enum fmt_lead, before it */
    uint32_t left;  /* columns from the file's start to its first */
    uint32_t right; /* … and to the one after its last */
    uint32_t close; /* of `{`: the index of its `}` */

    uint32_t pad; /* spaces more before it (fmt_align) */
};

struct fmt_comment {
    uint32_t start; /* offset of its `#` */
    uint32_t end;   /* without white space at its end */
    bool alone;     /* on a line of its own */
    bool blank;     /* below an empty line */
};

struct fmt_tokens {
    const struct source_file *file; /* borrowed */
    struct fmt_token *all;          /* pool */
    uint32_t count;                 /* with the file's end */
    struct fmt_comment *comments;   /* pool */
    uint32_t comment_count;
};

/*
 * Takes what the parser got (struct parse_token) of a file without syntax
 * errors; the result lives in pool.  Linear.
 */
struct fmt_tokens *
fmt_tokens_make(apr_pool_t *pool, const struct source_file *file,
                const apr_array_header_t *parsed);

/* The index of the first token at or after an offset. */
uint32_t fmt_tokens_at(const struct fmt_tokens *tokens, uint32_t offset);

/* The index after a token's last comment. */
static inline uint32_t
fmt_tokens_comments_end(const struct fmt_tokens *tokens, uint32_t i)
{
    return i + 1 < tokens->count ? tokens->all[i + 1].comments
                                 : tokens->comment_count;
}

#endif
