/* SPDX-License-Identifier: Apache-2.0 */
/* matching: the pattern that a type's text matches. */
#ifndef DSLC_MATCHING_H
#define DSLC_MATCHING_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

/* Gives a type its pattern and the automaton of it, if one is written.  False,
 * and E018, E113 or E114 said, where the type has none or it is none; W115. */
bool matching_read(struct checker *checker, struct scope *scope,
                   const struct ast_type *ast, struct model_type *type);

#endif
