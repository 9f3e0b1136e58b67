/* SPDX-License-Identifier: Apache-2.0 */
/* near: the word that was nearly written. */
#ifndef DSLC_NEAR_H
#define DSLC_NEAR_H

#include "dslc/seen.h"

/* Whether it is a word of the language. */
bool near_is_word(const char *name);

/* The word of the language that is nearest to one, or NULL. */
const char *near_keyword(const char *word);

/* The expected word that is nearest to the one that was found, or NULL. */
const char *near_expected(const struct seen *s);

/* What other systems' users write there, as help; or NULL. */
const char *near_habit(const struct seen *s);

/* The nearest expected word, or what is written instead, as help. */
void near_suggest(const struct seen *s, struct diag *diag, const char *word);

#endif
