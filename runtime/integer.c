/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integers in text, as 64 bits hold them.
 */
#include "integer.h"

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether what stands behind the sign is one spelling among many. */
static int
is_loose(const char *digits, size_t len, int negative)
{
    return digits[0] == '0' && (len > 1 || negative);
}

enum routes_integer
routes_integer_read(const char *text, size_t len, int strict, int64_t *value)
{
    int negative = len > 0 && text[0] == '-';
    size_t sign = negative || (!strict && len > 0 && text[0] == '+');
    int overflow = 0;
    int64_t sum = 0;

    if (len == sign ||
        (strict && is_loose(text + sign, len - sign, negative))) {
        return ROUTES_INTEGER_SYNTAX;
    }
    for (size_t i = sign; i < len; i++) {
        int digit = text[i] - '0';

        if (!is_digit(text[i])) {
            return ROUTES_INTEGER_SYNTAX;
        }
        overflow = overflow || __builtin_mul_overflow(sum, 10, &sum) ||
                   __builtin_sub_overflow(sum, digit, &sum);
    }
    /* summed below zero, where there is one value more */
    if (overflow || (!negative && __builtin_sub_overflow(0, sum, &sum))) {
        return ROUTES_INTEGER_OVERFLOW;
    }
    *value = sum;
    return ROUTES_INTEGER_OK;
}
