/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_rows: the sections of a plan as aligned arrays of C.
 */
#include "emit_rows.h"

#include <inttypes.h>
#include <string.h>

#include <apr_strings.h>

#include "emit_shape.h"
#include "emit_text.h"

#define MAX_CELL    256
#define MAX_COLUMNS 40
#define PER_LINE    16

/* ---- cells -------------------------------------------------------------- */

/* The enumerator of a value; a number where it has no name. */
static void
format_kind(char *to, const char *const *names, uint32_t value)
{
    for (uint32_t i = 0; names[i] != NULL; i++) {
        if (i == value) {
            apr_cpystrn(to, names[i], MAX_CELL);
            return;
        }
    }
    snprintf(to, MAX_CELL, "%" PRIu32, value);
}

/* Bits without a name are a number: none is lost. */
static void
format_flags(char *to, const char *const *names, uint8_t value)
{
    size_t at = 0;
    unsigned rest = value;

    for (unsigned i = 0; names[i] != NULL; i++) {
        if (rest & (1u << i)) {
            at += (size_t)snprintf(to + at, MAX_CELL - at, "%s%s",
                                   at > 0 ? " | " : "", names[i]);
            rest &= ~(1u << i);
        }
    }
    if (rest != 0 || at == 0) {
        snprintf(to + at, MAX_CELL - at, "%s%u", at > 0 ? " | " : "", rest);
    }
}

/* A double that reads back as the same, and reads as one. */
static void
format_double(char *to, double value)
{
    snprintf(to, MAX_CELL, "%.17g", value);
    if (strpbrk(to, ".e") == NULL) {
        strcat(to, ".0");
    }
}

/* INT64_MIN has no literal. */
static void
format_signed(char *to, int64_t value)
{
    if (value == INT64_MIN) {
        apr_cpystrn(to, "INT64_MIN", MAX_CELL);
        return;
    }
    snprintf(to, MAX_CELL, "%" PRId64, value);
}

static void
format_slice(char *to, const struct routes_text *slice)
{
    snprintf(to, MAX_CELL, "{%" PRIu32 ", %" PRIu32 "}", slice->at,
             slice->len);
}

static void
format_cell(char *to, const struct emit_column *column, const void *row)
{
    const void *at = (const char *)row + column->offset;

    switch (column->cell) {
    case CELL_U8:
        snprintf(to, MAX_CELL, "%u", *(const uint8_t *)at);
        return;
    case CELL_U16:
        snprintf(to, MAX_CELL, "%u", *(const uint16_t *)at);
        return;
    case CELL_U32:
        snprintf(to, MAX_CELL, "%" PRIu32, *(const uint32_t *)at);
        return;
    case CELL_MASK:
        snprintf(to, MAX_CELL, "0x%" PRIx64, *(const uint64_t *)at);
        return;
    case CELL_I64:
        format_signed(to, *(const int64_t *)at);
        return;
    case CELL_F64:
        format_double(to, *(const double *)at);
        return;
    case CELL_TEXT:
        format_slice(to, at);
        return;
    case CELL_ZEROS:
        apr_cpystrn(to, "{0, 0, 0}", MAX_CELL);
        return;
    case CELL_KIND8:
        format_kind(to, column->names, *(const uint8_t *)at);
        return;
    case CELL_KIND32:
        format_kind(to, column->names, *(const uint32_t *)at);
        return;
    case CELL_FLAGS8:
        format_flags(to, column->names, *(const uint8_t *)at);
        return;
    }
}

/* ---- rows --------------------------------------------------------------- */

/* Whether C fills the row in by itself, nothing is said behind it, and others
 * are written. */
static int
is_left_out(const struct rows *rows, uint32_t index)
{
    const char *row = rows_at(rows, index);

    return rows->n > 1 && rows_note(rows, index) == NULL && row[0] == 0 &&
           memcmp(row, row + 1, rows->size - 1) == 0;
}

static void
measure(const struct rows *rows, const struct emit_shape *shape, int *widths)
{
    char cell[MAX_CELL];

    for (unsigned c = 0; c < shape->n_columns; c++) {
        const char *title = shape->columns[c].title;

        widths[c] = title != NULL ? (int)strlen(title) : 1;
        for (uint32_t i = 0; i < rows->n; i++) {
            if (!is_left_out(rows, i)) {
                int width;

                format_cell(cell, &shape->columns[c], rows_at(rows, i));
                width = (int)strlen(cell);
                widths[c] = width > widths[c] ? width : widths[c];
            }
        }
    }
}

static int
digits(uint32_t n)
{
    int count = 1;

    while (n >= 10) {
        n /= 10;
        count++;
    }
    return count;
}

static void
write_titles(const struct emit_shape *shape, const int *widths,
             int index_width, FILE *out)
{
    if (shape->columns[0].title == NULL) {
        return;
    }
    fprintf(out, "    /*%*s", 4 + index_width, "");
    for (unsigned c = 0; c < shape->n_columns; c++) {
        fprintf(out, "%s%*s", c > 0 ? "  " : "", widths[c],
                shape->columns[c].title);
    }
    fputs(" */\n", out);
}

static void
write_row(const struct rows *rows, const struct emit_shape *shape,
          uint32_t index, const int *widths, int index_width, FILE *out)
{
    const char *note = rows_note(rows, index);
    int bare = shape->columns[0].title == NULL;
    char cell[MAX_CELL];

    fprintf(out, "    [%*" PRIu32 "] = %s", index_width, index,
            bare ? "" : "{");
    for (unsigned c = 0; c < shape->n_columns; c++) {
        format_cell(cell, &shape->columns[c], rows_at(rows, index));
        fprintf(out, "%s%*s", c > 0 ? ", " : "", widths[c], cell);
    }
    fputs(bare ? "," : "},", out);
    if (note != NULL && *note != '\0') {
        fputs(" /* ", out);
        emit_text_comment(note, out);
        fputs(" */", out);
    }
    putc('\n', out);
}

/* Numbers without notes: several on a line. */
static void
write_numbers(const struct rows *rows, const struct emit_shape *shape,
              FILE *out)
{
    char cell[MAX_CELL];

    for (uint32_t i = 0; i < rows->n; i++) {
        format_cell(cell, &shape->columns[0], rows_at(rows, i));
        fprintf(out, "%s%s,%s", i % PER_LINE == 0 ? "    " : " ", cell,
                (i + 1) % PER_LINE == 0 || i + 1 == rows->n ? "\n" : "");
    }
}

static void
write_rows(const struct rows *rows, const struct emit_shape *shape, FILE *out)
{
    int widths[MAX_COLUMNS];
    int index_width = digits(rows->n - 1);

    measure(rows, shape, widths);
    write_titles(shape, widths, index_width, out);
    for (uint32_t i = 0; i < rows->n; i++) {
        if (!is_left_out(rows, i)) {
            write_row(rows, shape, i, widths, index_width, out);
        }
    }
}

void
emit_rows_write(const struct plan *plan, enum routes_section section,
                FILE *out)
{
    const struct rows *rows = &plan->sections[section];
    const struct emit_shape *shape = emit_shape_of(section);

    if (rows->n == 0) {
        return;
    }
    fprintf(out, "static const %s %s[%" PRIu32 "] = ", shape->type,
            shape->name, rows->n);
    fputs("{\n", out);
    if (rows->notes == NULL) {
        write_numbers(rows, shape, out);
    }
    else {
        write_rows(rows, shape, out);
    }
    fputs("};\n\n", out);
}
