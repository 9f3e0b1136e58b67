/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a path: found, hashed and compared a word at a time.
 *
 * One pass over a segment finds its '/' and keeps its last bytes in a word, so
 * that a literal of up to seven bytes is hashed and compared in a register:
 *
 *     /repos/octocat/...        "repos" is the tail 0x0000736f706572
 *      ^at  ^at + len           "pull_requests" is one whole word and a tail
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
    uint64_t tail; /* its last len % 8 bytes, the first one lowest: all of
                      it, if it is shorter than a word */
};

/* The hash of a literal segment; the compiler lays edges out with it, so a
 * change of it is a change of the ABI. */
uint32_t routes_segment_hash(const char *segment, size_t len);

/* One step of the hash: every whole word, then the tail, which may be 0. */
static inline uint64_t
routes_segment_fold(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * ROUTES_HASH_FACTOR;
    return hash ^ (hash >> 32);
}

/* The bytes [at, end), of which there are less than eight, as a word: one by
 * one, for where eight can't be read. */
uint64_t routes_segment_short(const char *at, const char *end);

/* The first eight bytes of [at, end), or all of them, as a word whose lowest
 * byte is the first.  Reads inside [base, end) only; base is at or before
 * at. */
static inline uint64_t
routes_segment_word(const char *base, const char *at, const char *end)
{
    size_t left = (size_t)(end - at);
    uint64_t word;

    if (left >= ROUTES_WORD) {
        memcpy(&word, at, ROUTES_WORD);
        return ROUTES_LITTLE_ENDIAN(word);
    }
    if (left == 0 || end - base < (ptrdiff_t)ROUTES_WORD) {
        return routes_segment_short(at, end);
    }
    memcpy(&word, end - ROUTES_WORD, ROUTES_WORD);
    return ROUTES_LITTLE_ENDIAN(word) >> (8 * (ROUTES_WORD - left));
}

/* The number of bytes of a word before its first '/', or 8. */
static inline size_t
routes_segment_slash(uint64_t word)
{
    uint64_t zero = word ^ ROUTES_EVERY_BYTE * '/';
    uint64_t found =
        (zero - ROUTES_EVERY_BYTE) & ~zero & ROUTES_EVERY_BYTE * 0x80;

    return found == 0 ? ROUTES_WORD : (size_t)__builtin_ctzll(found) / 8;
}

/* The segment that begins at `at`, up to the next '/' or end.  base as for
 * routes_segment_word. */
static inline struct routes_segment
routes_segment_next(const char *base, const char *at, const char *end)
{
    const char *next = at;
    uint64_t word = routes_segment_word(base, next, end);
    size_t n = routes_segment_slash(word);

    while (n == ROUTES_WORD && (size_t)(end - next) >= ROUTES_WORD) {
        next += ROUTES_WORD;
        word = routes_segment_word(base, next, end);
        n = routes_segment_slash(word);
    }
    if (n == ROUTES_WORD) {
        n = (size_t)(end - next);
    }
    else {
        word &= (UINT64_C(1) << 8 * n) - 1;
    }
    return (struct routes_segment){at, (size_t)(next - at) + n, word};
}

/* The hash of a segment that was found. */
static inline uint32_t
routes_segment_hashed(const struct routes_segment *segment)
{
    if (segment->len >= ROUTES_WORD) {
        return routes_segment_hash(segment->at, segment->len);
    }
    return (uint32_t)routes_segment_fold(0, segment->tail);
}

/* Whether the segment is the literal at text + slice.at. */
static inline int
routes_segment_is(const struct routes_segment *segment, const char *text,
                  struct routes_text slice)
{
    const char *literal = text + slice.at;

    if (slice.len != segment->len) {
        return 0;
    }
    if (slice.len >= ROUTES_WORD) {
        return memcmp(literal, segment->at, slice.len) == 0;
    }
    return routes_segment_word(text, literal, literal + slice.len) ==
           segment->tail;
}

#endif
