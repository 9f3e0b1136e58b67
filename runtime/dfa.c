/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular languages of the table: deterministic automata over bytes.
 */
#include "dfa.h"

#define STATE_DEAD 0

/* Whether all bytes are of class 1; the others are of class 0. */
static int
is_uniform(const uint8_t *classes, const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;
    const uint8_t *end = at + len;
    unsigned all = 1;

    for (; end - at >= 8; at += 8) {
        all &= classes[at[0]] & classes[at[1]] & classes[at[2]] &
               classes[at[3]] & classes[at[4]] & classes[at[5]] &
               classes[at[6]] & classes[at[7]];
    }
    for (; at != end; at++) {
        all &= classes[*at];
    }
    return (int)all;
}

int
routes_dfa_accepts(const struct routes_table *table, uint32_t dfa,
                   const char *text, size_t len)
{
    const struct routes_dfa *row = &table->dfas[dfa];
    const uint8_t *classes = table->bytes + row->classes;
    const uint16_t *cells;
    size_t state = row->start;

    if (row->n_states == 0) {
        return len >= row->min && len <= row->max &&
               is_uniform(classes, text, len);
    }
    cells = table->cells + row->cells;
    for (size_t i = 0; i < len && state != STATE_DEAD; i++) {
        state = cells[state * row->n_classes + classes[(uint8_t)text[i]]];
    }
    return state != STATE_DEAD && state >= row->accept;
}
