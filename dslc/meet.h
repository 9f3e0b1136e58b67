/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two subtrees of the tree of paths at once: every pair of ends that have a
 * URL in common, with the shortest such URL as far as single segments go.
 *
 *     a: /users/new       steps  "users"  "new"       ends meet: /users/new
 *     b: /users/{name}           literal  literal and pattern
 */
#ifndef MEET_H
#define MEET_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "trie.h"

#define MEET_MAX_STEPS 20000000 /* about ten seconds */

struct meet;

/* Ends a and b have the URL meet_path.  bent: in some segment b takes fewer
 * values than a, or other ones, so that neither path holds the other. */
typedef void (*meet_found_fn)(struct meet *meet, const struct trie_end *a,
                              const struct trie_end *b, int bent);

struct meet {
    const struct trie *trie;
    int guards;     /* guards take part as well */
    int stop;       /* set by found: the walk ends */
    uint64_t steps; /* pairs looked at in all walks; past MEET_MAX_STEPS no
                       walk goes on, and what was found is not all */
    meet_found_fn found;
    void *baton;               /* found's own */
    apr_array_header_t *words; /* struct meet_word: one a segment so far */
    const char *rest;          /* what stands behind the first n_before words
                                  instead of the others, or NULL */
    int n_before;
};

/* One segment of a URL, and the language it is a word of. */
struct meet_word {
    const char *text;
    const struct trie_language *language; /* NULL: a literal */
};

/* Begins with no words. */
void meet_open(struct meet *meet, const struct trie *trie, meet_found_fn found,
               void *baton);

void meet_push(struct meet *meet, const char *text,
               const struct trie_language *language);
void meet_pop(struct meet *meet);

/* The URL's path, undecoded, in pool. */
const char *meet_path(const struct meet *meet, apr_pool_t *pool);

/* All that a and b and what is below them have in common; the words lead to
 * both. */
void meet_nodes(struct meet *meet, const struct trie_node *a,
                const struct trie_node *b, int bent);

/* All that is at and below a node and in a rest of its n-th ancestor: the
 * words behind the first n_before are in the rest.  turned: the rest is a. */
void meet_below(struct meet *meet, const struct trie_node *node,
                const struct trie_pattern *rest, int n_before, int bent,
                int turned);

/* Two rests or guards at one node. */
void meet_rests(struct meet *meet, const struct trie_pattern *a,
                const struct trie_pattern *b, int bent);

/* How a literal stands to a pattern: DFA_DISJOINT, DFA_SUBSET or, where the
 * pattern takes nothing else, DFA_EQUAL. */
enum dfa_relation meet_literal(const struct meet *meet, const char *text,
                               const struct trie_pattern *pattern);

#endif
