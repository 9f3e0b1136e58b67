/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nondeterministic automata over bytes: what patterns and digits are compiled
 * to on their way to a struct dfa.
 *
 * They are built from the end: a piece is made with the state that follows it
 * and gives the state that it begins with, so nothing is patched but loops.
 */
#ifndef NFA_H
#define NFA_H

#include <stdint.h>

#include <apr_pools.h>

#include "dfa.h"

/* States of one automaton; (a{1000}){1000} is refused by it. */
#define NFA_MAX_STATES 100000
/* Steps of one subset construction. */
#define NFA_MAX_WORK 20000000
/* Members of all its sets together. */
#define NFA_MAX_MEMBERS 2000000

/* The state that accepts; every automaton has it. */
#define NFA_ACCEPT 0

struct nfa;

/* An automaton with the state NFA_ACCEPT alone. */
struct nfa *nfa_make(apr_pool_t *pool);

/* A state that takes a byte of [low, high]. */
uint32_t nfa_range(struct nfa *nfa, uint8_t low, uint8_t high, uint32_t next);

/* A state that goes on as either. */
uint32_t nfa_split(struct nfa *nfa, uint32_t a, uint32_t b);

/* A state that takes nothing: for a loop, to be set by nfa_set_split. */
uint32_t nfa_dead(struct nfa *nfa);
void nfa_set_split(struct nfa *nfa, uint32_t state, uint32_t a, uint32_t b);

/* Exactly the text. */
uint32_t
nfa_text(struct nfa *nfa, const char *text, size_t len, uint32_t next);

/* A code point of [low, high] as UTF-8; surrogates are left out. */
uint32_t
nfa_chars(struct nfa *nfa, uint32_t low, uint32_t high, uint32_t next);

/* A word of the dfa. */
uint32_t nfa_dfa(struct nfa *nfa, const struct dfa *dfa, uint32_t next);

/* Whether NFA_MAX_STATES was reached: then states are missing, and
 * nfa_determinise gives NULL. */
int nfa_full(const struct nfa *nfa);

/* The minimal automaton of what leads from start to NFA_ACCEPT, in pool.
 * NULL when one of the limits is passed. */
struct dfa *
nfa_determinise(apr_pool_t *pool, const struct nfa *nfa, uint32_t start);

#endif
