/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs in text (RFC 9562).
 */
#include "uuid.h"

#define LENGTH_PLAIN  32
#define LENGTH_HYPHEN 36

/* The value of a hexadecimal digit, or -1. */
static int
digit_of(char c, int strict)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return !strict && c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

int
routes_uuid_read(const char *text, size_t len, int strict, uint8_t bytes[16])
{
    size_t n = 0;

    if (len != LENGTH_HYPHEN && (strict || len != LENGTH_PLAIN)) {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        int digit;

        if (len == LENGTH_HYPHEN && is_hyphen_place(i)) {
            if (text[i] != '-') {
                return 0;
            }
            continue;
        }
        digit = digit_of(text[i], strict);
        if (digit < 0) {
            return 0;
        }
        bytes[n / 2] = (uint8_t)(n % 2 ? bytes[n / 2] | digit : digit << 4);
        n++;
    }
    return 1;
}
