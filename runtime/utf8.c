/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as RFC 3629 has it.
 */
#include "utf8.h"

#include <stdint.h>
#include <string.h>

#define EVERY_BYTE UINT64_C(0x0101010101010101)
#define NO_ASCII   (EVERY_BYTE * 0x80)

/* The number of bytes from text on that are ASCII for sure, word by word. */
static size_t
skip_ascii(const unsigned char *text, size_t len)
{
    size_t i = 0;

    while (len - i >= sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, text + i, sizeof(word));
        if (word & NO_ASCII) {
            return i;
        }
        i += sizeof(word);
    }
    return i;
}

static int
is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Whether the second byte fits the first: this is where overlong forms,
 * surrogates and what is above U+10FFFF show. */
static int
is_second(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_tail(second);
    }
}

/* The bytes that a code point with this first byte has, which is no ASCII; 0:
 * there is none. */
static size_t
length_of(unsigned char first)
{
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The length of the code point at text beyond ASCII, or 0. */
static size_t
take_char(const unsigned char *text, size_t len)
{
    size_t n = length_of(text[0]);

    if (n == 0 || n > len || !is_second(text[0], text[1])) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if (!is_tail(text[i])) {
            return 0;
        }
    }
    return n;
}

int
routes_utf8_valid(const char *text, size_t len, size_t *chars)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t count = skip_ascii(at, len);
    size_t i = count;

    for (; i < len; count++) {
        size_t n = at[i] < 0x80 ? 1 : take_char(at + i, len - i);

        if (n == 0) {
            return 0;
        }
        i += n;
    }
    if (chars != NULL) {
        *chars = count;
    }
    return 1;
}

size_t
routes_utf8_char(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    return *at < 0x80 ? 1 : take_char(at, len);
}

/* A byte's high bit is set in one of the three where it is below the blank, is
 * DEL, or is no ASCII (a carry or borrow comes from such a byte only). */
static int
is_plain_word(uint64_t word)
{
    return ((word | (word - EVERY_BYTE * 0x20) | (word + EVERY_BYTE)) &
            NO_ASCII) == 0;
}

int
routes_utf8_plain(const char *text, size_t len)
{
    for (; len >= sizeof(uint64_t); len -= sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, text, sizeof(word));
        if (!is_plain_word(word)) {
            return 0;
        }
        text += sizeof(word);
    }
    for (; len > 0; len--, text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte >= 0x7F) {
            return 0;
        }
    }
    return 1;
}

int
routes_utf8_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte < 0x20 || byte == 0x7F) {
            return 1;
        }
    }
    return 0;
}
