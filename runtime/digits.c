/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ints of up to eight digits in a path, known and compared as text.
 */
#include "digits.h"

#define MOST INT64_C(99999999)

/* The word of a number of up to eight digits. */
static uint64_t
word_of(int64_t number)
{
    uint64_t word = 0;

    for (unsigned shift = 0; number > 0; number /= 10, shift += 8) {
        word |= (uint64_t)('0' + number % 10) << shift;
    }
    return word;
}

void
routes_digits_bounds(const struct routes_type *type, uint64_t *low,
                     uint64_t *high)
{
    int64_t min = type->flags & ROUTES_TYPE_MIN ? type->min : 1;
    int64_t max = type->flags & ROUTES_TYPE_MAX ? type->max : MOST;

    *low = min > MOST ? UINT64_MAX : word_of(min > 1 ? min : 1);
    *high = max < 1 ? 0 : word_of(max < MOST ? max : MOST);
}
