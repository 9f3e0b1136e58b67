/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ints of up to eight digits in a path, known and compared as text.
 *
 * The digits of a number, read as one of base 256, are in the order of their
 * numbers: "1347" is 0x31333437.  So a bound is a word, too.
 */
#ifndef ROUTES_DIGITS_H
#define ROUTES_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "routes_abi.h"

/* Sets the words of the least and the greatest number of a type of ints that
 * routes_digits_has knows; where it knows none, low is above high. */
void routes_digits_bounds(const struct routes_type *type, uint64_t *low,
                          uint64_t *high);

/* Whether a segment with that key (runtime/segment.h) is an int between two
 * bounds; 0 says nothing, for it may be 0, negative, or longer. */
static inline int
routes_digits_has(uint64_t key, size_t len, uint64_t low, uint64_t high)
{
    /* the bytes 0 to 9, and others that the sum gives a top bit */
    uint64_t digits = key ^ ROUTES_EVERY_BYTE * '0';
    uint64_t bad = (digits | (digits + ROUTES_EVERY_BYTE * 0x76)) &
                   ROUTES_EVERY_BYTE << 7;
    unsigned behind = 64 - 8 * (unsigned)len;
    uint64_t word;

    if (len - 1 >= ROUTES_WORD || (digits & 0xFF) == 0 || bad << behind != 0) {
        return 0;
    }
    word = __builtin_bswap64(key << behind);
    return word >= low && word <= high;
}

#endif
