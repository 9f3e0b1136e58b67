/* SPDX-License-Identifier: Apache-2.0 */
/* literal: what a written default or constant is worth. */
#ifndef DSLC_LITERAL_H
#define DSLC_LITERAL_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

/* A default, which its type must admit (E405); NULL, and said, when it does
 * not.  The type is not broken. */
struct model_literal *
literal_default(struct checker *checker, struct scope *scope,
                const struct ast_value *value, const struct model_type *type);

/* A constant, which has no type; NULL, and said, when it waits. */
struct model_literal *
literal_constant(struct checker *checker, struct scope *scope,
                 const struct ast_value *value);

/* What a literal is that a type does not admit ("out of its range"), or
 * NULL. */
const char *
literal_fault(const struct ast_value *value, const struct model_type *type);

#endif
