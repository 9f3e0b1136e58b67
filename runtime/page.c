/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error pages: which function of a table answers in place of an error.
 */
#include "page.h"

uint32_t
routes_page_find(const struct routes_table *table, uint32_t conduct,
                 int status)
{
    const struct routes_conduct *row = &table->conducts[conduct];

    for (uint32_t i = 0; i < row->n_pages; i++) {
        const struct routes_page *page = &table->pages[row->pages + i];

        if (page->low <= status && status <= page->high) {
            return row->pages + i;
        }
    }
    return 0;
}
