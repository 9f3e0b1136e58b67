/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular languages of the table: deterministic automata over bytes.
 */
#include "dfa.h"

#define STATE_DEAD 0

int
routes_dfa_accepts(const struct routes_table *table, uint32_t dfa,
                   const char *text, size_t len)
{
    const struct routes_dfa *row = &table->dfas[dfa];
    const uint8_t *classes = table->bytes + row->classes;
    const uint16_t *cells = table->cells + row->cells;
    size_t state = row->start;

    for (size_t i = 0; i < len && state != STATE_DEAD; i++) {
        state = cells[state * row->n_classes + classes[(uint8_t)text[i]]];
    }
    return state != STATE_DEAD && state >= row->accept;
}
