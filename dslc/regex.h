/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of `matching r"..."`: the regular part of Python's re, whole
 * values, code points as UTF-8.
 *
 *     alternatives  a|b         groups      (a) (?:a), both only group
 *     repetition    * + ? {3} {3,} {,5} {3,5}
 *     classes       [a-z_] [^/] . \d \w \s \D \W \S, ASCII
 *     characters    \. \/ \n \t \r \f \v \a \x41 \u00e9 \U0001f600
 *     ^ and $       at the ends only, where they say nothing new
 *
 * What isn't regular, or has no meaning where only the language counts, is
 * refused by its name: back-references, look-around, lazy and possessive
 * quantifiers, atomic, conditional and named groups, flags, word boundaries.
 */
#ifndef REGEX_H
#define REGEX_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "nfa.h"

#define REGEX_MAX_BYTES  8192 /* of a pattern */
#define REGEX_MAX_DEPTH  64   /* groups in groups */
#define REGEX_MAX_REPEAT 1000 /* of {m,n}; more is a length: str(..n) */

/* Adds what the pattern takes to the automaton, before next; *start is where
 * it begins.  Returns NULL, or a message (static or of pool) with *at the byte
 * offset that it speaks of.  Linear in the pattern and NFA_MAX_STATES. */
const char *
regex_to_nfa(apr_pool_t *pool, struct nfa *nfa, const char *pattern,
             size_t len, uint32_t next, uint32_t *start, size_t *at);

#endif
