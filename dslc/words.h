/* SPDX-License-Identifier: Apache-2.0 */
/* words: what a parameter of a type can be in a path, word by word. */
#ifndef DSLC_WORDS_H
#define DSLC_WORDS_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/dfa.h"
#include "dslc/model.h"

#define WORDS_MAX        64  /* of one type that are listed */
#define WORDS_MAX_LENGTH 255 /* of one that is listed */

struct words {
    apr_array_header_t *list; /* const char *; may be empty */
    bool all;                 /* there are no others */
    const struct dfa *dfa;    /* of all of them, or NULL: too many states */
};

/* What was listed, by type.  In pool. */
struct words_memo;

struct words_memo *words_memo_make(apr_pool_t *pool);

/* Those of a type; the memo's. */
const struct words *
words_of(struct words_memo *memo, const struct model_type *type);

/* Whether a word is surely none of the type's. */
bool words_lack(const struct words *words, const char *word);

#endif
