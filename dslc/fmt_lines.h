/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_lines: where lines begin, and how far they are indented. */
#ifndef DSLC_FMT_LINES_H
#define DSLC_FMT_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/fmt_tokens.h"

#define FMT_LINES_INDENT 4   /* columns, a level */
#define FMT_LINES_WIDTH  100 /* columns that a block on one line may fill */
#define FMT_LINES_NONE   UINT32_MAX

/*
 *     location /a {             STMT
 *         # of the next line    COMMENT
 *         GET . -> m:f(a: int,  STMT
 *             b: int)           MORE
 *     }                         CLOSE
 */
enum fmt_lines_kind {
    FMT_LINES_STMT,
    FMT_LINES_MORE,
    FMT_LINES_CLOSE,
    FMT_LINES_COMMENT
};

struct fmt_line {
    enum fmt_lines_kind kind;
    bool blank;       /* an empty line before it */
    uint16_t depth;   /* blocks that its statement stands in */
    uint16_t indent;  /* columns */
    uint32_t first;   /* its tokens: [first, end) */
    uint32_t end;     /* … none on the line of a comment */
    uint32_t comment; /* at its end: an index, or FMT_LINES_NONE */
    uint32_t pad;     /* spaces more before the comment (fmt_align) */
    uint32_t next;    /* of its run (fmt_align), or FMT_LINES_NONE */
};

/* The lines, struct fmt_line, in pool, of tokens that have their marks and
 * spaces.  Linear. */
apr_array_header_t *
fmt_lines_break(apr_pool_t *pool, const struct fmt_tokens *tokens);

#endif
