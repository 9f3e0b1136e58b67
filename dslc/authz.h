/* SPDX-License-Identifier: Apache-2.0 */
/* authz: httpd's authorisation providers as requirements name them. */
#ifndef DSLC_AUTHZ_H
#define DSLC_AUTHZ_H

#include "dslc/ast.h"
#include "dslc/checker.h"

/* Whether a provider of that name is known to say no to whoever is anonymous,
 * whatever its arguments are. */
bool authz_of_user(const char *name);

/* Reads `apache("NAME", "ARGUMENTS")`, borrowing from expr; *args is NULL
 * where there are none.  False after a mistake, which was said (E304). */
bool authz_read(struct checker *checker, const struct ast_expr *expr,
                const char **name, const char **args);

#endif
