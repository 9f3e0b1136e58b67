/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of which every byte is in a set of few ranges.
 */
#include "set.h"

#define ALL_BITS ((UINT64_C(1) << ROUTES_BLOCK) - 1)

/* Writes a range of a set.  The sum of a byte and 127 - last is 127 for the
 * last byte, and the others of the range are the signed numbers before it; all
 * else is below them, since the sums are as many as the bytes. */
static void
write_range(uint8_t *range, unsigned first, unsigned last)
{
    memset(range, (int)(127 - last), ROUTES_BLOCK);
    memset(range + ROUTES_BLOCK, (int)(126 - (last - first)), ROUTES_BLOCK);
}

int
routes_set_make(const uint8_t members[256], uint8_t set[ROUTES_SET_BYTES])
{
    unsigned n = 0;

    /* a range of no byte: no number is above 127 */
    memset(set, 127, ROUTES_SET_BYTES);
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned first = byte;

        while (byte < 256 && (members[byte] == 1 || byte == '/')) {
            byte++;
        }
        if (byte == first || (byte == first + 1 && first == '/')) {
            continue;
        }
        if (n == ROUTES_RANGES || byte - first == 256) {
            return 0;
        }
        write_range(set + n * 2 * ROUTES_BLOCK, first, byte - 1);
        n++;
    }
    return 1;
}

int
routes_set_is_one(const uint8_t set[ROUTES_SET_BYTES])
{
    for (unsigned i = 0; i < ROUTES_SET_BYTES; i++) {
        if (set[i] != set[i - i % ROUTES_BLOCK]) {
            return 0;
        }
    }
    return 1;
}

/* Whether less than sixteen bytes are in a set. */
static int
has_few(const uint8_t *set, const char *text, size_t len)
{
    char block[ROUTES_BLOCK] = {0};

    routes_block_copy_short(block, text, len);
    return routes_block_first(~routes_block_in_set(block, set)) >= len;
}

int
routes_set_has_all(const uint8_t set[ROUTES_SET_BYTES], const char *text,
                   size_t len)
{
    if (len < ROUTES_BLOCK) {
        return has_few(set, text, len);
    }
    const char *last = text + len - ROUTES_BLOCK;
    for (const char *at = text; at < last; at += ROUTES_BLOCK) {
        if (routes_block_in_set(at, set) != ALL_BITS) {
            return 0;
        }
    }
    return routes_block_in_set(last, set) == ALL_BITS;
}
