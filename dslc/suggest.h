/* SPDX-License-Identifier: Apache-2.0 */
/* suggest: the known word that a misspelt one most likely meant. */
#ifndef DSLC_SUGGEST_H
#define DSLC_SUGGEST_H

#include <stdbool.h>

#include <apr_tables.h>

#include "dslc/diag.h"

#define SUGGEST_MAX_LENGTH 40  /* bytes of a word that is compared */
#define SUGGEST_MAX_WORDS  500 /* words that one is compared with */

/* Of the const char * in words, the nearest to word, in a distance that a
 * slip of the fingers has; or NULL.  The first of equals. */
const char *suggest_word(const apr_array_header_t *words, const char *word);

/* The distance up to which a word may be meant: a slip in three letters, at
 * least one and never more than three. */
unsigned suggest_limit(const char *word);

/* Adds "did you mean `…`?" to a message about word; true when it could. */
bool suggest_help(struct diag_list *diags, struct diag *diag,
                  const apr_array_header_t *words, const char *word);

/* Whether it is worth looking: false when nobody will read the message. */
bool suggest_wanted(const struct diag_list *diags);

/* Of two words: letters that differ, are missing, are too many or changed
 * places, a wrong case counting less than a wrong letter; doubled. */
unsigned suggest_distance(const char *a, const char *b);

#endif
