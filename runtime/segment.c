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
