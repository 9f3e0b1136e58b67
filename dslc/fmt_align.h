/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_align: columns of neighbouring lines. */
#ifndef DSLC_FMT_ALIGN_H
#define DSLC_FMT_ALIGN_H

#include <apr_tables.h>

#include "dslc/fmt_tokens.h"

/* Spaces that alignment may add in one place; who needs more begins anew. */
#define FMT_ALIGN_METHODS  8 /* before the path of a route */
#define FMT_ALIGN_CELLS    20
#define FMT_ALIGN_COMMENTS 40

/*
 *     GET  /a -> m:f          A run: statements of one kind, one after the
 *     POST /b -> m:g {        other in one block.  An empty line, a comment
 *         public              on its own line or another statement ends it,
 *     }                       and so does a block, but for a route's.
 *     GET  /c -> m:h
 *
 * Sets pad of tokens and of lines (struct fmt_line).  Linear.
 */
void fmt_align_columns(struct fmt_tokens *tokens, apr_array_header_t *lines);

#endif
