/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a table, part by part: what the parts share.  Every part stops
 * at the first thing that is wrong.
 */
#ifndef ROUTES_CHECK_H
#define ROUTES_CHECK_H

#include <stdint.h>

#include <apr_pools.h>

#include "routes_abi.h"

struct routes_check {
    const struct routes_table *table;
    apr_pool_t *pool;
    const char *section; /* of the row at hand */
    uint32_t row;
    const char *refusal; /* pool; the first one, NULL as long as all is well */
};

/* ---- saying no ---- */

/* Says what is wrong with the row at hand; of two, the first stays. */
void routes_check_refuse(struct routes_check *c, const char *what);

void routes_check_expect(struct routes_check *c, int holds, const char *what);

/* Whether [at, at + n) lies in a section of `limit` rows. */
static inline int
routes_check_fits(uint32_t at, uint64_t n, uint32_t limit)
{
    return at <= limit && n <= limit - at;
}

/* Expects a slice of the table's text that ends with a NUL. */
void routes_check_text(struct routes_check *c, struct routes_text text);

/* The order of two texts, as of strcmp. */
int routes_check_compare(const struct routes_table *t, struct routes_text a,
                         struct routes_text b);

/* Expects an index into a section of n rows that may be 0. */
void routes_check_index(struct routes_check *c, uint32_t index, uint32_t n,
                        const char *what);

/* Expects an index that may not be 0. */
void routes_check_row(struct routes_check *c, uint32_t index, uint32_t n,
                      const char *what);

/* Expects the index of a place; of a file. */
void routes_check_place(struct routes_check *c, uint32_t place);
void routes_check_file(struct routes_check *c, uint32_t file);

/* Whether the section has no null row. */
int routes_check_is_plain(enum routes_section section);

/* Calls NAME_row(c, i) for each row of the section NAME. */
#define CHECK_ROWS(c, name)                                                   \
    (c)->section = #name;                                                     \
    for ((c)->row = !routes_check_is_plain(ROUTES_SECTION_##name);            \
         (c)->row < (c)->table->n_##name && (c)->refusal == NULL;             \
         (c)->row++) {                                                        \
        name##_row((c), (c)->row);                                            \
    }

/* ---- the parts, in their order ---- */

/* What a call takes and what it gives: functions, arguments, constants,
 * types, results. */
void routes_check_calls(struct routes_check *c);

/* Where a request can go: hosts, ends of paths, places, routes and what
 * stands in their place, URLs.  After routes_check_calls. */
void routes_check_routes(struct routes_check *c);

/* What routes do beside the call: headers, pages, limits, CORS, events. */
void routes_check_conduct(struct routes_check *c);

/* Who may: requirements, rules, realms. */
void routes_check_auth(struct routes_check *c);

/* Values that a server gives. */
void routes_check_settings(struct routes_check *c);

/* The nodes below every host: each is reached once, so there is no cycle, and
 * what a way captures fits.  After routes_check_routes. */
void routes_check_trees(struct routes_check *c);

/* What needs rows of several sections whole: every default is a value of its
 * type; a variant answers with the captures of the route that chooses it. */
void routes_check_defaults(struct routes_check *c);
void routes_check_choices(struct routes_check *c);

#endif
