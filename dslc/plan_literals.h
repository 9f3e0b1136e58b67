/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_literals: which slots the literals of a node stand in.
 */
#ifndef PLAN_LITERALS_H
#define PLAN_LITERALS_H

#include <stdint.h>

#include <apr_pools.h>

#include "plan.h"
#include "trie.h"

struct plan_literals {
    const struct trie_node *node;
    uint32_t n;
    uint32_t n_slots; /* a power of two, or 0 */
    uint32_t salt;
    int deep;          /* the whole text is hashed */
    uint32_t *slot_of; /* of each literal, in the order of the trie */
};

/* Chooses the slots of a node's literals, in pool: as few as have one for
 * each, if that is found soon; else some are shared. */
void plan_literals_choose(struct plan_literals *literals,
                          const struct trie_node *node, apr_pool_t *pool);

/* Writes keys, words and marks into the rows of the slots, which are zero. */
void plan_literals_fill(const struct plan_literals *literals,
                        struct plan *plan, struct routes_node *slots);

#endif
