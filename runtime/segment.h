/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a path: where they end, their keys and hashes.
 *
 * One look at a path of less than 64 bytes tells all its '/', a bit each, and
 * the end counts as one:
 *
 *     /repos/octocat/...        the bits from path + 1 on, ...10000000100000,
 *      ^at  ^at + len           are shifted out segment by segment
 *
 * The key of a segment is its first eight bytes, as a word whose lowest byte
 * is the first.  One of up to seven bytes is all in it, with the '/' behind
 * it and zeros behind that, so that equal keys are equal segments; in the key
 * of a longer one there is no '/'.  That of "repos" is 0x00002f736f706572,
 * that of "pull_requests" is "pull_req".
 */
#ifndef ROUTES_SEGMENT_H
#define ROUTES_SEGMENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "block.h"

/* Bytes of a path that are looked at together. */
#define ROUTES_WINDOW 64

/* What a key keeps of a word, by the segment's length: it, and the '/' behind
 * it. */
extern const uint64_t routes_segment_masks[ROUTES_WINDOW];

/* ---- slashes ------------------------------------------------------------ */

/* The '/' of sixteen to 64 bytes. */
static inline uint64_t
routes_segment_slashes(const char *at, size_t len)
{
    uint64_t slashes = routes_block_find(at, '/') |
                       routes_block_find(at + len - ROUTES_BLOCK, '/')
                           << (len - ROUTES_BLOCK);

    if (len > 2 * ROUTES_BLOCK) {
        slashes |= routes_block_find(at + ROUTES_BLOCK, '/') << ROUTES_BLOCK;
        if (len > 3 * ROUTES_BLOCK) {
            slashes |= routes_block_find(at + 2 * ROUTES_BLOCK, '/')
                       << 2 * ROUTES_BLOCK;
        }
    }
    return slashes;
}

/* The '/' of the window that begins at `at`, where there are sixteen bytes or
 * more, and the end of the path. */
static inline uint64_t
routes_segment_window(const char *at, size_t len)
{
    if (__builtin_expect(len < ROUTES_WINDOW, 1)) {
        return routes_segment_slashes(at, len) | UINT64_C(1) << len;
    }
    return routes_segment_slashes(at, ROUTES_WINDOW);
}

/* The same of any number of bytes. */
uint64_t routes_segment_next_window(const char *at, const char *end);

/* ---- keys --------------------------------------------------------------- */

/* Less than eight bytes as a word, behind them a '/' and zeros. */
uint64_t routes_segment_last(const char *at, size_t len);

/* The key of the segment [at, at + len), less than a window long, of a path
 * of eight bytes or more, of which `last` is where the last eight begin. */
static inline uint64_t
routes_segment_window_key(const char *at, size_t len, const char *last)
{
    uint64_t word;

    if (__builtin_expect(at <= last, 1)) {
        word = routes_block_load(at);
    }
    else {
        word = (routes_block_load(last) >> 8 | (uint64_t)'/' << 56) >>
               (8 * (size_t)(at - last) - 8);
    }
    return word & routes_segment_masks[len];
}

/* The key of the segment [at, at + len) of any path [base, end). */
static inline uint64_t
routes_segment_key(const char *base, const char *at, size_t len,
                   const char *end)
{
    size_t kept = len < ROUTES_WORD ? len : ROUTES_WORD;

    return end - base >= (ptrdiff_t)ROUTES_WORD
               ? routes_segment_window_key(at, kept, end - ROUTES_WORD)
               : routes_segment_last(at, (size_t)(end - at)) &
                     routes_segment_masks[kept];
}

/* The key of a text, were it a segment. */
static inline uint64_t
routes_segment_key_of(const char *text, size_t len)
{
    return routes_segment_key(text, text, len, text + len);
}

/* The word that begins i bytes into a segment of eight bytes or more, or its
 * last one: so every word is read, and nothing else. */
static inline uint64_t
routes_segment_further(const char *at, size_t len, size_t i)
{
    return routes_block_load(at +
                             (i + ROUTES_WORD <= len ? i : len - ROUTES_WORD));
}

/* ---- literals ----------------------------------------------------------- */

/* A key and a word as one. */
static inline uint64_t
routes_segment_deepen(uint64_t key, uint64_t word)
{
    key = (key ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return key ^ key >> 29;
}

/* The hash of a key.  The compiler lays nodes out with it, so a change of it
 * is a change of the ABI.  The highest bits of a product depend on all of its
 * factors: they are made the lowest. */
static inline uint32_t
routes_segment_hash(uint64_t key, uint32_t salt)
{
    return __builtin_bswap32((uint32_t)(key ^ key >> 32) * salt);
}

/* What is hashed in place of a key where the whole of a segment counts. */
static inline uint64_t
routes_segment_deep_key(uint64_t key, const char *at, size_t len)
{
    for (size_t i = ROUTES_WORD; i < len; i += ROUTES_WORD) {
        key = routes_segment_deepen(key, routes_segment_further(at, len, i));
    }
    return key;
}

/* How many words a literal of eight bytes or more has in words[]. */
#define ROUTES_WORDS(len) (1 + ((len)-1) / ROUTES_WORD)

/* The words of such a literal: its length, and all behind the key. */
static inline void
routes_segment_words(const char *text, size_t len, uint64_t *words)
{
    *words = len;
    for (size_t i = ROUTES_WORD; i < len; i += ROUTES_WORD) {
        *++words = routes_segment_further(text, len, i);
    }
}

/* Whether a segment of eight bytes or more, of a literal's key, has its
 * words. */
static inline int
routes_segment_same(const char *at, size_t len, const uint64_t *words)
{
    if (*words != len) {
        return 0;
    }
    for (size_t i = ROUTES_WORD; i < len; i += ROUTES_WORD) {
        if (routes_segment_further(at, len, i) != *++words) {
            return 0;
        }
    }
    return 1;
}

#endif
