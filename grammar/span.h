/* SPDX-License-Identifier: Apache-2.0 */
/* span: where a piece of text stands, as a file number and two offsets. */
#ifndef GRAMMAR_SPAN_H
#define GRAMMAR_SPAN_H

#include <stdint.h>

/*
 *      GET /hello -> hello:greet        file 1, start 4, end 10: "/hello"
 *          ^     ^
 *          start end (one past the last byte)
 *
 * Files are numbered from 1, so that a zeroed span means "no place".  Lines
 * and columns are derived from the source when a message is printed.
 */
struct span {
    uint32_t start; /* offset of the first byte */
    uint32_t end;   /* offset after the last byte */
    uint16_t file;  /* number given by source_load, 0: no place */
};

/* From the first byte of one span to the last of another, same file. */
static inline struct span
span_join(struct span from, struct span to)
{
    from.end = to.end > from.end ? to.end : from.end;
    return from;
}

#endif
