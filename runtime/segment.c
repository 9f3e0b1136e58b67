/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a path, off the way that is gone most.
 */
#include "segment.h"

#define MASK(len) (~UINT64_C(0) >> 8 * (ROUTES_WORD - 1 - (len)))
#define WHOLE                                                                 \
    MASK(7), MASK(7), MASK(7), MASK(7), MASK(7), MASK(7), MASK(7), MASK(7)

const uint64_t routes_segment_masks[ROUTES_WINDOW] = {
    MASK(0), MASK(1), MASK(2), MASK(3), MASK(4), MASK(5), MASK(6), MASK(7),
    WHOLE,   WHOLE,   WHOLE,   WHOLE,   WHOLE,   WHOLE,   WHOLE,
};

/* Less than eight bytes as a word, with zeros behind them. */
static uint64_t
load_short(const char *at, size_t len)
{
    uint64_t word = 0;

    while (len > 0) {
        word = word << 8 | (unsigned char)at[--len];
    }
    return word;
}

/* The '/' of less than sixteen bytes. */
static uint64_t
find_few(const char *at, size_t len)
{
    return len < ROUTES_WORD
               ? routes_block_in_word(load_short(at, len), '/')
               : routes_block_find_half(at, '/') |
                     routes_block_find_half(at + len - ROUTES_WORD, '/')
                         << (len - ROUTES_WORD);
}

uint64_t
routes_segment_next_window(const char *at, const char *end)
{
    size_t len = (size_t)(end - at);

    return len < ROUTES_BLOCK ? find_few(at, len) | UINT64_C(1) << len
                              : routes_segment_window(at, len);
}

uint64_t
routes_segment_last(const char *at, size_t len)
{
    return load_short(at, len) | (uint64_t)'/' << 8 * len;
}
