/* SPDX-License-Identifier: Apache-2.0 */
/* bounds: what stands in the parentheses of a type. */
#ifndef DSLC_BOUNDS_H
#define DSLC_BOUNDS_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/builtin.h"
#include "dslc/checker.h"
#include "dslc/model.h"

/* Gives a type its range, labels or media types.  False, and E010, E114 or
 * E706 said, where they don't fit the builtin. */
bool bounds_read(struct checker *checker, const struct builtin *builtin,
                 const struct ast_type *ast, struct model_type *type);

#endif
