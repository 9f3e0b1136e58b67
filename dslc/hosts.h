/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts of a model: each name once, in order of precedence, and which
 * trees a place's routes belong to.
 */
#ifndef HOSTS_H
#define HOSTS_H

#include <apr_tables.h>

#include "model.h"
#include "trie.h"

struct hosts;

/* Fills trie->hosts, a root for each, and remembers which place has which. */
struct hosts *hosts_make(struct trie *trie, struct model *model);

/* The roots of the trees that a place's routes belong to: struct trie_node *,
 * each once. */
const apr_array_header_t *
hosts_roots(const struct hosts *hosts, const struct model_place *place);

#endif
