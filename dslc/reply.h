/* SPDX-License-Identifier: Apache-2.0 */
/* reply: the headers that clauses give to every answer. */
#ifndef DSLC_REPLY_H
#define DSLC_REPLY_H

#include <apr_tables.h>

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"

#define REPLY_MAX_HEADERS 64 /* in force at one route */

/* The headers in force with those of one block, `header` clauses from stmt
 * on: struct model_header *.  Inner ones replace those of their name.  Says
 * E018, E516. */
apr_array_header_t *
reply_headers(struct checker *checker, const apr_array_header_t *outer,
              const struct ast_stmt *stmt);

/* Reads a `cache` clause, or NULL, into conduct: as PRIVATE what may be kept.
 * False when it means nothing. */
bool reply_cache(const struct ast_stmt *stmt, struct model_conduct *conduct);

/* Who may keep what a route answers, and by which headers its answers
 * differ; after the route's arguments and requirement are known. */
void reply_share(struct checker *checker, struct model_route *route);

/* An answer that differs by what the request accepts says so. */
void reply_vary(struct checker *checker, struct model_route *route);

/* The headers of a conduct as lines, const char *: "X-A: b". */
apr_array_header_t *
reply_lines(apr_pool_t *pool, const struct model_conduct *conduct);

#endif
