/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that a request completes.
 */
#include "template.h"

#include <string.h>

#include "table.h"
#include "utf8.h"

/* What a part puts there, or 0. */
static int
read_part(const struct routes_table *table,
          const struct routes_template_part *part,
          const struct routes_capture *captures, uint32_t n_captures,
          struct routes_capture *slice)
{
    if (part->text.len > 0) {
        slice->at = routes_table_text(table, part->text);
        slice->len = part->text.len;
        return 1;
    }
    if (part->capture >= n_captures) {
        return 0;
    }
    *slice = captures[part->capture];
    return routes_utf8_valid(slice->at, slice->len, NULL) &&
           !routes_utf8_control(slice->at, slice->len);
}

int
routes_template_fill(const struct routes_table *table, uint32_t index,
                     const struct routes_capture *captures,
                     uint32_t n_captures, char *to)
{
    const struct routes_template *row = &table->templates[index];
    size_t n = 0;

    for (uint32_t i = 0; i < row->n_parts; i++) {
        struct routes_capture slice;

        if (!read_part(table, &table->template_parts[row->parts + i], captures,
                       n_captures, &slice) ||
            slice.len > ROUTES_MAX_TEMPLATE - n) {
            return 0;
        }
        memcpy(to + n, slice.at, slice.len);
        n += slice.len;
    }
    to[n] = '\0';
    return 1;
}
