/* SPDX-License-Identifier: Apache-2.0 */
/*
 * footprint: the memory that a table takes, and what takes it.
 */
#include "footprint.h"

struct section {
    const char *name;
    uint64_t bytes;
};

/* What a section holds, as a reader of .routes files knows it. */
static const char *
describe(enum routes_section section)
{
    switch (section) {
    case ROUTES_SECTION_text:
        return "texts, such as literals, names and defaults";
    case ROUTES_SECTION_bytes:
    case ROUTES_SECTION_cells:
        return "the automata of types: those with `matching` or wide ranges";
    default:
        return NULL;
    }
}

static void
say_large(struct diag_list *diags, uint64_t total, const char *largest,
          uint64_t bytes, enum routes_section section)
{
    const char *what = describe(section);
    struct diag *diag =
        diag_warn(diags, (struct span){0}, W704,
                  "the table takes %u MB of memory", (unsigned)(total >> 20));

    diag_note(diag, "%u MB of it are %s", (unsigned)(bytes >> 20),
              what != NULL ? what : largest);
}

void
footprint_check(const struct routes_table *table, struct diag_list *diags)
{
    const struct section sections[] = {
#define X(section, row)                                                       \
    [ROUTES_SECTION_##                                                        \
        section] = {#section, (uint64_t)table->n_##section * sizeof(row)},
        ROUTES_SECTIONS(X)
#undef X
    };
    uint64_t total = 0;
    int largest = 0;

    for (int i = 0; i < ROUTES_N_SECTIONS; i++) {
        total += sections[i].bytes;
        largest = sections[i].bytes > sections[largest].bytes ? i : largest;
    }
    if (total > FOOTPRINT_USUAL) {
        say_large(diags, total, sections[largest].name,
                  sections[largest].bytes, (enum routes_section)largest);
    }
}
