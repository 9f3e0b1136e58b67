/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minimisation: any deterministic automaton to the one struct dfa of its
 * language, equal byte for byte for equal languages.
 */
#ifndef MINIMISE_H
#define MINIMISE_H

#include <stdint.h>

#include <apr_pools.h>

#include "dfa.h"

/* States past which no automaton is made: a cell has 16 bits. */
#define MINIMISE_MAX_STATES 65535

/* An automaton as a construction leaves it: complete, in any order, with
 * states that may be unreachable, useless or alike.  State 0 is dead: it does
 * not accept and leads to itself. */
struct minimise_input {
    uint8_t classes[256]; /* byte -> class; any partition that is fine
                             enough */
    uint32_t n_classes;
    uint32_t n_states;
    uint32_t start;
    uint32_t *cells; /* n_states rows of n_classes */
    uint8_t *accept; /* n_states */
};

/* The minimal automaton, in pool, or NULL past MINIMISE_MAX_STATES or
 * max_states.  Time: n log n in the transitions. */
struct dfa *minimise_dfa(apr_pool_t *pool, const struct minimise_input *input,
                         uint32_t max_states);

#endif
