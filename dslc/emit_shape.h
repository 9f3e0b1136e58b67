/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_shape: how a row of each section of the table is written in C.
 */
#ifndef EMIT_SHAPE_H
#define EMIT_SHAPE_H

#include <stddef.h>

#include "../runtime/routes_abi.h"

/* How the member of a row is written. */
enum emit_cell {
    CELL_U8,
    CELL_U16,
    CELL_U32,
    CELL_MASK,  /* uint64_t: 0x1 */
    CELL_I64,   /* -1 */
    CELL_F64,   /* 0.5 */
    CELL_TEXT,  /* struct routes_text: {12, 5} */
    CELL_ZEROS, /* uint8_t[3]: {0, 0, 0} */
    CELL_KIND8, /* the name of an enumerator */
    CELL_KIND32,
    CELL_FLAGS8 /* enumerators that are bits: A | B */
};

struct emit_column {
    const char *title;
    size_t offset;
    enum emit_cell cell;
    const char *const *names; /* of KIND and FLAGS */
};

struct emit_shape {
    const char *name; /* "nodes" */
    const char *type; /* "struct routes_node" */
    const struct emit_column *columns;
    unsigned n_columns;
};

/* How the rows of a section are written: static. */
const struct emit_shape *emit_shape_of(enum routes_section section);

/* The offset of the nth text in a row of a section; 0 when it has fewer. */
int emit_shape_text(enum routes_section section, unsigned n, size_t *offset);

#endif
