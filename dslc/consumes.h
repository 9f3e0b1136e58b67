/* SPDX-License-Identifier: Apache-2.0 */
/* consumes: which bodies a place takes: `consumes`. */
#ifndef DSLC_CONSUMES_H
#define DSLC_CONSUMES_H

#include <apr_tables.h>

#include "dslc/checker.h"
#include "dslc/clause.h"

/* The media types of the clause of one block, or what is in force around it:
 * const char *, lower case, type/subtype or type/ followed by a star, no two
 * alike; NULL: whatever the arguments can be read from.  Says E016, E018. */
const apr_array_header_t *
consumes_combine(struct checker *checker, const apr_array_header_t *outer,
                 const struct clause_set *set);

/* "type/subtype" or "type/" and a star in lower case, in pool; NULL: the text
 * is neither. */
const char *consumes_range(apr_pool_t *pool, const char *text);

#endif
