/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix_print: who may what, for people and for programs.
 */
#ifndef MATRIX_PRINT_H
#define MATRIX_PRINT_H

#include <stdio.h>

#include "matrix.h"

/* rows: of matrix_make; a line for each path and host. */
void
matrix_print_text(apr_pool_t *pool, const apr_array_header_t *rows, FILE *out);

/* An array of objects, one for each row. */
void
matrix_print_json(apr_pool_t *pool, const apr_array_header_t *rows, FILE *out);

#endif
