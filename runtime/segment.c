/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a path, off the way that is gone most.
 */
#include "segment.h"

uint64_t
routes_segment_short(const char *at, const char *end)
{
    uint64_t word = 0;

    while (end > at) {
        word = word << 8 | (unsigned char)*--end;
    }
    return word;
}

uint32_t
routes_segment_hash(const char *segment, size_t len)
{
    const char *end = segment + len;
    uint64_t hash = 0;

    while ((size_t)(end - segment) >= ROUTES_WORD) {
        uint64_t word = routes_segment_word(segment, segment, end);

        hash = routes_segment_fold(hash, word);
        segment += ROUTES_WORD;
    }
    return (uint32_t)routes_segment_fold(hash,
                                         routes_segment_short(segment, end));
}
