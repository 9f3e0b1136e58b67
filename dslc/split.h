/* SPDX-License-Identifier: Apache-2.0 */
/* split: the parts of a path, as scanned, to its segments. */
#ifndef DSLC_SPLIT_H
#define DSLC_SPLIT_H

#include <stdbool.h>

#include "dslc/parse_run.h"

/*
 * Fills path->segments from parts as the scanner gave them: literals with
 * slashes and escapes in them, and parameters.  Stars are patterns when glob
 * is true, otherwise E109 is told.  Linear in the length of the path.
 */
void split_path(struct parse *p, struct ast_path *path,
                const struct ast_part_list *parts, bool glob);

#endif
