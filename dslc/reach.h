/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which routes are never reached: every URL of theirs goes to more specific
 * routes of the same methods (E203).
 */
#ifndef REACH_H
#define REACH_H

#include "finding.h"
#include "trie.h"

/* Steps of one route's search, and languages it splits a segment by; past
 * either the route counts as reached. */
#define REACH_MAX_STEPS  10000
#define REACH_MAX_SPLITS 64

/* Adds an E203 for each route of the host's tree that is never reached. */
void reach_check(struct trie *trie, const struct trie_host *host,
                 struct findings *findings);

#endif
