/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a type takes in a path, kind by kind (LANGUAGE.md P4, P5).
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <apr_pools.h>

#include "dfa.h"
#include "model.h"

/* dfa_of_type without its memory. */
struct dfa *language_of_type(apr_pool_t *pool, const struct model_type *type);

/* A text that two types share only if their languages are the same: what the
 * languages of many routes are remembered by.  In pool. */
const char *language_key(apr_pool_t *pool, const struct model_type *type);

#endif
