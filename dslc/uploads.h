/* SPDX-License-Identifier: Apache-2.0 */
/* uploads: the type `upload`, and arguments that are files of a form. */
#ifndef DSLC_UPLOADS_H
#define DSLC_UPLOADS_H

#include "dslc/ast.h"
#include "dslc/checker.h"

/* Whether a type is an upload, or a list of uploads. */
bool uploads_is_type(const struct model_type *type);

/* What stands in the parentheses of `upload`, read into the type: a range of
 * sizes and media types; says E114, E018. */
bool uploads_read(struct checker *checker, const struct ast_type *ast,
                  struct model_type *type);

/* "(..5242880, \"image/png\")", or "". */
const char *
uploads_spell(struct checker *checker, const struct model_type *type);

/* Whether a value of the type can come from the source, as written; says E112,
 * E118. */
bool uploads_fits(struct checker *checker, const struct ast_arg *ast,
                  const struct model_type *type, enum routes_source source);

/* What is decided when all arguments of a call (struct model_arg *) are known:
 * says E105, E508. */
void uploads_settle(struct checker *checker, const apr_array_header_t *args);

/* Whether the route's bodies may be as large as its uploads: says E506. */
void
uploads_check_limit(struct checker *checker, const struct model_route *route);

#endif
