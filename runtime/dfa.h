/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular languages of the table: deterministic automata over bytes.
 */
#ifndef ROUTES_DFA_H
#define ROUTES_DFA_H

#include <stddef.h>
#include <stdint.h>

#include "routes_abi.h"

/* Whether dfas[dfa] accepts the whole text; linear time. */
int routes_dfa_accepts(const struct routes_table *table, uint32_t dfa,
                       const char *text, size_t len);

#endif
