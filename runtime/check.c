/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every part of the check of a table says: that a row is damaged, and
 * how.
 */
#include "check.h"

#include <string.h>

#include <apr_strings.h>

#include "table.h"

void
routes_check_refuse(struct routes_check *c, const char *what)
{
    if (c->refusal == NULL) {
        c->refusal =
            apr_psprintf(c->pool, "the table %s is damaged: row %u of %s: %s",
                         c->table->name, (unsigned)c->row, c->section, what);
    }
}

void
routes_check_expect(struct routes_check *c, int holds, const char *what)
{
    if (!holds) {
        routes_check_refuse(c, what);
    }
}

void
routes_check_text(struct routes_check *c, struct routes_text text)
{
    const struct routes_table *t = c->table;

    routes_check_expect(c,
                        text.at < t->n_text &&
                            text.len < t->n_text - text.at &&
                            t->text[text.at + text.len] == '\0',
                        "a text that is none");
}

int
routes_check_compare(const struct routes_table *t, struct routes_text a,
                     struct routes_text b)
{
    int order =
        memcmp(t->text + a.at, t->text + b.at, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

void
routes_check_index(struct routes_check *c, uint32_t index, uint32_t n,
                   const char *what)
{
    routes_check_expect(c, index < n, what);
}

void
routes_check_row(struct routes_check *c, uint32_t index, uint32_t n,
                 const char *what)
{
    routes_check_expect(c, index != 0 && index < n, what);
}

void
routes_check_place(struct routes_check *c, uint32_t place)
{
    routes_check_index(c, place, c->table->n_places, "a place that is none");
}

void
routes_check_file(struct routes_check *c, uint32_t file)
{
    routes_check_index(c, file, c->table->n_files, "a file that is none");
}

/* The section by its name. */
#define PLAIN(section) (ROUTES_SECTION_##section)

int
routes_check_is_plain(enum routes_section section)
{
    return section == PLAIN(text) || section == PLAIN(bytes) ||
           section == PLAIN(cells) || section == PLAIN(labels) ||
           section == PLAIN(methods) || section == PLAIN(end_routes) ||
           section == PLAIN(realm_sets);
}
