/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splits a language by others: one word for each set of them that any of its
 * words is in.
 *
 *     language  a|b|c       words  c (in none), a (in 1), b (in 1 and 2)
 *     others    1: a|b  2: b
 */
#ifndef SPLITTER_H
#define SPLITTER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "dfa.h"

/* Sets of states looked at; past them there is no answer. */
#define SPLITTER_MAX_STATES 4096

struct splitter;

struct splitter *splitter_make(apr_pool_t *pool, const struct dfa *dfa);

/* Adds another language; a text must be in the language that is split. */
void splitter_dfa(struct splitter *splitter, const struct dfa *dfa);
void splitter_text(struct splitter *splitter, const char *text);

/* Whether the language, by the number of its words alone, surely has one that
 * is none of the texts, there being no other languages. */
int splitter_surely_free(const struct splitter *splitter);

/* The words, const char *, in pool; one that is in no other language stands
 * first if there is one.  NULL with more than max other languages, texts not
 * counted, or with too many states. */
apr_array_header_t *splitter_words(struct splitter *splitter, int max);

#endif
