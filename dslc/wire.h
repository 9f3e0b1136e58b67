/* SPDX-License-Identifier: Apache-2.0 */
/* wire: what an argument is called in the request. */
#ifndef DSLC_WIRE_H
#define DSLC_WIRE_H

#include "dslc/ast.h"
#include "dslc/checker.h"

/* The name of an argument's value in its source: the one that is written, or
 * made of the argument's own.  NULL, and E513 or E516 said, for a name that no
 * request of ours brings. */
const char *wire_name(struct checker *checker, const struct ast_arg *ast,
                      enum routes_source source);

/* The same for a member of a record that is taken from the source. */
const char *wire_member(struct checker *checker, const struct ast_arg *ast,
                        const char *name, enum routes_source source);

/* The header that `user_agent` is: user-agent, in pool. */
const char *wire_field(apr_pool_t *pool, const char *name);

/* What makes two arguments read one thing: the source and the name. */
const char *wire_key(struct checker *checker, const struct model_arg *arg);

/* Whether a name is a token, as fields and cookies have one; says E516.
 * what: "header". */
bool wire_check_token(struct checker *checker, const struct ast_text *name,
                      const char *what);

#endif
