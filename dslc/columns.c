/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns: rows of text whose cells stand below each other.
 */
#include "columns.h"

static size_t
count_chars(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static void
measure(const apr_array_header_t *rows, int n, size_t *widths)
{
    for (int i = 0; i < rows->nelts; i++) {
        const struct columns_row *row =
            &APR_ARRAY_IDX(rows, i, struct columns_row);

        for (int c = 0; c < n; c++) {
            size_t width = count_chars(row->cells[c]);

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

static void
print_row(const struct columns_row *row, int n, const size_t *widths,
          FILE *out)
{
    size_t spaces = 0;

    for (int c = 0; c < n; c++) {
        if (row->cells[c][0] != '\0') {
            fprintf(out, "%*s%s", (int)spaces, "", row->cells[c]);
            spaces = 0;
        }
        spaces += widths[c] - count_chars(row->cells[c]) + 2;
    }
    putc('\n', out);
}

void
columns_print(const apr_array_header_t *rows, int n, FILE *out)
{
    size_t widths[COLUMNS_MAX] = {0};

    measure(rows, n, widths);
    for (int i = 0; i < rows->nelts; i++) {
        print_row(&APR_ARRAY_IDX(rows, i, struct columns_row), n, widths, out);
    }
}
