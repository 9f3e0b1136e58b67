/* SPDX-License-Identifier: Apache-2.0 */
/* pages: which function answers in place of an error: `error 404 -> m:f`. */
#ifndef DSLC_PAGES_H
#define DSLC_PAGES_H

#include <apr_tables.h>

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/limits.h"
#include "dslc/model.h"
#include "dslc/results.h"
#include "dslc/scope.h"

#define PAGES_MAX 64 /* in force at one route */

/*
 * The pages in force with those of one block: struct model_page *, the one
 * that counts first; or NULL.  Inner ones come first, of one block the
 * narrower range.  results and limits are what is in force in the block.  Says
 * E016, E018; the functions join the model's, and its calls.
 */
apr_array_header_t *
pages_combine(struct checker *checker, struct scope *scope,
              apr_array_header_t *outer, const struct clause_set *set,
              const struct results_state *results,
              const struct limits_state *limits);

/* The page of a status, or NULL. */
const struct model_page *
pages_find(const struct model_conduct *conduct, int status);

/* The pages of a conduct as lines, const char *: "404 -> m:f". */
apr_array_header_t *
pages_lines(apr_pool_t *pool, const struct model_conduct *conduct);

#endif
