/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of a table before it is trusted: its head, that its sections are
 * there, then part by part.
 */
#include "table.h"

#include <apr_strings.h>

#include "check.h"

/* ---- the head ---- */

/* The first section whose rows have another size, or ROUTES_N_SECTIONS. */
static unsigned
differing_section(const struct routes_table *table)
{
    static const uint16_t sizes[] = {ROUTES_SECTIONS(ROUTES_ROW_SIZE)};
    unsigned i = 0;

    while (i < ROUTES_N_SECTIONS && table->row_sizes[i] == sizes[i]) {
        i++;
    }
    return i;
}

/* Checks what any version can read; the rest of the table is not touched
 * unless this agrees. */
static const char *
refuse_head(const struct routes_table *table, apr_pool_t *pool)
{
    static const char *const names[] = {
#define X(name, row_type) #name,
        ROUTES_SECTIONS(X)
#undef X
    };
    unsigned section;

    if (table->magic != ROUTES_MAGIC) {
        return apr_psprintf(pool, "no table of routesc (it begins with %08x)",
                            (unsigned)table->magic);
    }
    if (table->abi != ROUTES_ABI_VERSION) {
        return apr_psprintf(
            pool, "built by %s for ABI %u, this mod_routes reads ABI %u",
            table->compiler, (unsigned)table->abi, ROUTES_ABI_VERSION);
    }
    if (table->size != sizeof(*table)) {
        return apr_psprintf(pool,
                            "built by %s with a table of %u bytes, this "
                            "mod_routes reads %u",
                            table->compiler, (unsigned)table->size,
                            (unsigned)sizeof(*table));
    }
    section = differing_section(table);
    if (section < ROUTES_N_SECTIONS) {
        return apr_psprintf(pool,
                            "built by %s with other rows of %s than this "
                            "mod_routes reads",
                            table->compiler, names[section]);
    }
    return NULL;
}

/* ---- sections ---- */

static int
is_zero(const void *row, size_t size)
{
    const unsigned char *bytes = row;

    while (size > 0 && bytes[size - 1] == 0) {
        size--;
    }
    return size == 0;
}

/* Whether a section is there: a pointer where there are rows, and a null row
 * where there must be one. */
static void
check_section(struct routes_check *c, enum routes_section section,
              const void *rows, uint32_t n, size_t size)
{
    c->row = 0;
    if (routes_check_is_plain(section)) {
        routes_check_expect(c, n == 0 || rows != NULL, "no rows");
        return;
    }
    routes_check_expect(c, n > 0 && rows != NULL && is_zero(rows, size),
                        "no null row");
}

static void
check_sections(struct routes_check *c)
{
    const struct routes_table *t = c->table;

#define X(name, row_type)                                                     \
    c->section = #name;                                                       \
    check_section(c, ROUTES_SECTION_##name, t->name, t->n_##name,             \
                  sizeof(row_type));
    ROUTES_SECTIONS(X)
#undef X
    c->section = "text";
    routes_check_expect(c,
                        t->text != NULL && t->n_text > 0 && t->text[0] == '\0',
                        "no empty text");
}

/* ---- the whole ---- */

const char *
routes_table_refusal(const struct routes_table *table, apr_pool_t *pool)
{
    static void (*const parts[])(struct routes_check *) = {
        check_sections,       routes_check_calls,    routes_check_routes,
        routes_check_conduct, routes_check_auth,     routes_check_settings,
        routes_check_trees,   routes_check_defaults, routes_check_choices,
    };
    struct routes_check c = {.table = table, .pool = pool};
    const char *refusal = refuse_head(table, pool);

    if (refusal != NULL) {
        return refusal;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (c.refusal == NULL) {
            parts[i](&c);
        }
    }
    return c.refusal;
}
