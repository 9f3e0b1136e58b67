/* SPDX-License-Identifier: Apache-2.0 */
/* raw: arguments that are the body itself. */
#ifndef DSLC_RAW_H
#define DSLC_RAW_H

#include "dslc/ast.h"
#include "dslc/checker.h"

/* Whether a type is one of bodies alone, which no text is read as. */
bool raw_is_type(const struct model_type *type);

/* Whether a value of the type can come from the source, as written; says E112,
 * E118, E405. */
bool raw_fits(struct checker *checker, const struct ast_arg *ast,
              const struct model_type *type, enum routes_source source);

/* What is decided when all arguments of a call (struct model_arg *) are known:
 * beside a stream the others come from the query; says E508. */
void raw_settle(struct checker *checker, const apr_array_header_t *args);

#endif
