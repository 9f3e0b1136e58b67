/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two automata at once: how their languages stand to each other, a shortest
 * word of both, and their intersection.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include <apr_pools.h>

#include "dfa.h"

/* dfa_relate without its witness. */
enum dfa_relation
product_relate(apr_pool_t *pool, const struct dfa *a, const struct dfa *b);

/* A shortest word of both without NUL, in pool, or NULL: a shortest one of
 * printable ASCII that needs no escape in a URL, if there is one, letters and
 * digits first. */
const char *
product_witness(apr_pool_t *pool, const struct dfa *a, const struct dfa *b);

/* The minimal automaton of what is in both, or NULL past DFA_MAX_STATES. */
struct dfa *
product_intersect(apr_pool_t *pool, const struct dfa *a, const struct dfa *b);

#endif
