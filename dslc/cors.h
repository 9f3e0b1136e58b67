/* SPDX-License-Identifier: Apache-2.0 */
/* cors: which other sites' scripts may call, and read what they get. */
#ifndef DSLC_CORS_H
#define DSLC_CORS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"

/* What a clause means; NULL for `cors off` and for one that means nothing, of
 * which E016, E018, E020 or E516 was said. */
const struct model_cors *
cors_make(struct checker *checker, const struct ast_stmt *stmt);

/* "https://a.example with credentials"; "off" for NULL. */
const char *cors_text(apr_pool_t *pool, const struct model_cors *cors);

#endif
