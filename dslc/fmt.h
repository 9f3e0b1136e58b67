/* SPDX-License-Identifier: Apache-2.0 */
/* fmt: the canonical layout of a .routes file. */
#ifndef DSLC_FMT_H
#define DSLC_FMT_H

#include <stdbool.h>
#include <stddef.h>

#include <apr_pools.h>

#include "dslc/diag.h"
#include "dslc/source.h"

/*
 *     fmt_tokens ── fmt_marks ── fmt_spaces ── fmt_lines ── fmt_align ── text
 *     what is there  the tree    in one line   broken up    in columns
 *                                                                  │
 *     fmt_same: what is there now, against what was  <── parsed ───┘
 */

enum fmt_outcome {
    FMT_FINE,
    FMT_ERRORS, /* the file has syntax errors: in diags */
    FMT_LARGE,  /* the result would have more than SOURCE_MAX_BYTES */
    FMT_BROKEN  /* the result would say something else: a mistake of ours */
};

struct fmt_text {
    const char *text; /* pool: and a NUL that isn't counted */
    size_t length;
    bool changed; /* it differs from the file's */
};

/*
 * Lays a file out; *result is set when all is well.  The tokens and comments
 * of the result are the file's, which is made sure by parsing it.  Formatted
 * again it stays as it is.  Linear in the file's length.
 */
enum fmt_outcome fmt_source(apr_pool_t *pool, const struct source_file *file,
                            struct diag_list *diags, struct fmt_text *result);

#endif
