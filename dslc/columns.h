/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns: rows of text whose cells stand below each other.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdio.h>

#include <apr_tables.h>

#define COLUMNS_MAX 10

/* A row: as many cells as there are columns, none of them NULL. */
struct columns_row {
    const char *cells[COLUMNS_MAX];
};

/* Prints rows, an array of struct columns_row, of which the first n cells are
 * used.  A cell is as wide as its UTF-8 characters are many; two spaces part
 * it from the next, none stand at an end of a line. */
void columns_print(const apr_array_header_t *rows, int n, FILE *out);

#endif
