/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of a segment on its own, as the compiler asks for it.
 */
#include "segment.h"

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
