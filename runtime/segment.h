/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a path: found, hashed and compared a word at a time.
 *
 * One pass over a segment finds its '/' and makes its key, the first eight
 * bytes as a word whose lowest byte is the first.  A segment of up to seven
 * bytes is all in it, with the '/' behind it and zeros behind that, so that
 * equal keys are equal segments; in the key of a longer one there is no '/':
 *
 *     /repos/octocat/...        the key of "repos" is 0x00002f736f706572,
 *      ^at  ^at + len           that of "pull_requests" is "pull_req"
 */
#ifndef ROUTES_SEGMENT_H
#define ROUTES_SEGMENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "routes_abi.h"

#define ROUTES_WORD        sizeof(uint64_t)
#define ROUTES_EVERY_BYTE  UINT64_C(0x0101010101010101)
#define ROUTES_HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ROUTES_LITTLE_ENDIAN(word) __builtin_bswap64(word)
#else
#define ROUTES_LITTLE_ENDIAN(word) (word)
#endif

struct routes_segment {
    const char *at; /* borrowed from the path */
    size_t len;
    uint64_t key;
};

/* ---- words -------------------------------------------------------------- */

/* The bytes [at, end), of which there are less than eight, as a word: one by
 * one, for where eight can't be read. */
uint64_t routes_segment_short(const char *at, const char *end);

/* Eight bytes as a word. */
static inline uint64_t
routes_segment_load(const char *at)
{
    uint64_t word;

    memcpy(&word, at, ROUTES_WORD);
    return ROUTES_LITTLE_ENDIAN(word);
}

/* The first eight bytes of [at, end); behind fewer, a '/' and zeros.  Reads
 * inside [base, end) only; base is at or before at. */
static inline uint64_t
routes_segment_word(const char *base, const char *at, const char *end)
{
    size_t left = (size_t)(end - at);
    uint64_t word;

    if (__builtin_expect(left >= ROUTES_WORD, 1)) {
        return routes_segment_load(at);
    }
    word = end - base < (ptrdiff_t)ROUTES_WORD
               ? routes_segment_short(at, end)
               : routes_segment_load(end - ROUTES_WORD) >> 8 >>
                     8 * (ROUTES_WORD - 1 - left);
    return word | (uint64_t)'/' << 8 * left;
}

/* A bit at the top of the first '/' of a word, and maybe some above it; 0 if
 * there is none. */
static inline uint64_t
routes_segment_slash(uint64_t word)
{
    uint64_t zero = word ^ ROUTES_EVERY_BYTE * '/';

    return (zero - ROUTES_EVERY_BYTE) & ~zero & ROUTES_EVERY_BYTE * 0x80;
}

/* The number of bytes before the bit that routes_segment_slash gives. */
static inline unsigned
routes_segment_before(uint64_t slash)
{
    return (unsigned)__builtin_ctzll(slash) / 8;
}

/* ---- segments ----------------------------------------------------------- */

/* The segment that begins at `at`, up to the next '/' or end.  base as for
 * routes_segment_word. */
static inline struct routes_segment
routes_segment_next(const char *base, const char *at, const char *end)
{
    const char *next = at;
    uint64_t key = routes_segment_word(base, at, end);
    uint64_t slash = routes_segment_slash(key);

    if (__builtin_expect(slash != 0, 1)) {
        return (struct routes_segment){at, routes_segment_before(slash),
                                       key & (slash ^ (slash - 1))};
    }
    do {
        next += ROUTES_WORD;
        slash = routes_segment_slash(routes_segment_word(base, next, end));
    } while (slash == 0);
    return (struct routes_segment){
        at, (size_t)(next - at) + routes_segment_before(slash), key};
}

/* A text as the segment that it would be. */
static inline struct routes_segment
routes_segment_of(const char *text, size_t len)
{
    return (struct routes_segment){
        text, len, routes_segment_word(text, text, text + len)};
}

/* The word that begins i bytes into a segment of eight bytes or more, or its
 * last one: so every word from 8 on is read, and nothing else. */
static inline uint64_t
routes_segment_further(const char *at, size_t len, size_t i)
{
    return routes_segment_load(
        at + (i + ROUTES_WORD <= len ? i : len - ROUTES_WORD));
}

/* The hash of a segment.  The compiler lays edges out with it, so a change of
 * it is a change of the ABI.  The highest bits of a product depend on all of
 * its factor: they are made the lowest. */
static inline uint64_t
routes_segment_hash(struct routes_segment segment, uint64_t salt)
{
    uint64_t hash = (segment.key ^ salt) * ROUTES_HASH_FACTOR;

    for (size_t i = ROUTES_WORD; i < segment.len; i += ROUTES_WORD) {
        hash ^= routes_segment_further(segment.at, segment.len, i);
        hash *= ROUTES_HASH_FACTOR;
    }
    return __builtin_bswap64(hash);
}

/* Whether two segments of eight bytes or more, of one length and key, are
 * equal. */
static inline int
routes_segment_same(const char *a, const char *b, size_t len)
{
    for (size_t i = ROUTES_WORD; i < len; i += ROUTES_WORD) {
        if (routes_segment_further(a, len, i) !=
            routes_segment_further(b, len, i)) {
            return 0;
        }
    }
    return 1;
}

/* Whether the segment is the literal of an edge. */
static inline int
routes_segment_is(struct routes_segment segment, const char *text,
                  const struct routes_edge *edge)
{
    if (segment.key != edge->key) {
        return 0;
    }
    if (segment.len < ROUTES_WORD) {
        return 1;
    }
    return segment.len == edge->text.len &&
           routes_segment_same(segment.at, text + edge->text.at, segment.len);
}

#endif
