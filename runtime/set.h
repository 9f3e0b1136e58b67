/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of which every byte is in a set of few ranges, and whose length has
 * bounds: [A-Za-z0-9-]{1,39}.
 *
 * A set stands in bytes[] as runtime/block.h wants it.  Both bounds are one
 * word: the lower in its low half.
 */
#ifndef ROUTES_SET_H
#define ROUTES_SET_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"

/* The word of two bounds. */
static inline uint64_t
routes_set_bounds(uint32_t min, uint32_t max)
{
    return (uint64_t)max << 32 | min;
}

/* Whether the bounds admit a length. */
static inline int
routes_set_admits(uint64_t bounds, size_t len)
{
    return len >= (uint32_t)bounds && len <= bounds >> 32;
}

/* Makes the set of the bytes that are marked with 1; a '/' may be in it or
 * not, for no segment has one.  0: it has too many ranges. */
int routes_set_make(const uint8_t members[256], uint8_t set[ROUTES_SET_BYTES]);

/* Whether the bytes of a table are a set: each block is one byte, sixteen
 * times. */
int routes_set_is_one(const uint8_t set[ROUTES_SET_BYTES]);

/* Whether all bytes of a text are in a set; nothing else is read. */
int routes_set_has_all(const uint8_t set[ROUTES_SET_BYTES], const char *text,
                       size_t len);

/* The same of a text of up to sixteen bytes that begins at `at` in a path
 * [.., end) of sixteen bytes or more, of which others may be read. */
static inline int
routes_set_has_short(const uint8_t set[ROUTES_SET_BYTES], const char *at,
                     size_t len, const char *end)
{
    const char *last = end - ROUTES_BLOCK;
    const char *block = at < last ? at : last;
    uint64_t in = routes_block_in_set(block, set) >> (at - block);

    return routes_block_first(~in) >= len;
}

#endif
