/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a host pattern is ever used: more specific hosts may take each of
 * its names.
 */
#ifndef HOSTUSE_H
#define HOSTUSE_H

#include "diag.h"
#include "trie.h"

/* Says E216. */
void hostuse_check(const struct trie *trie, struct diag_list *diags);

#endif
