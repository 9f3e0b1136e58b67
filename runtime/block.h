/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of several bytes are a certain one, or in a set: sixteen at once with
 * the vector instructions that every machine of its kind has (SSE2, NEON),
 * else in words.
 *
 * Bit i of a result stands for the byte at + i.
 */
#ifndef ROUTES_BLOCK_H
#define ROUTES_BLOCK_H

#include <stdint.h>
#include <string.h>

#define ROUTES_BLOCK      16
#define ROUTES_WORD       sizeof(uint64_t)
#define ROUTES_EVERY_BYTE UINT64_C(0x0101010101010101)
/* Ranges of a set of bytes, and what a set takes in memory: for each range a
 * block of what is added to a byte, and one of what the sum must be above, as
 * signed numbers. */
#define ROUTES_RANGES    4
#define ROUTES_SET_BYTES (ROUTES_RANGES * 2 * ROUTES_BLOCK)

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ROUTES_LITTLE_ENDIAN(word) __builtin_bswap64(word)
#else
#define ROUTES_LITTLE_ENDIAN(word) (word)
#endif

/* Eight bytes as a word, the first one lowest. */
static inline uint64_t
routes_block_load(const char *at)
{
    uint64_t word;

    memcpy(&word, at, ROUTES_WORD);
    return ROUTES_LITTLE_ENDIAN(word);
}

/* Copies less than sixteen bytes. */
static inline void
routes_block_copy_short(char *to, const char *from, size_t len)
{
    if (len >= ROUTES_WORD) {
        memcpy(to + len - ROUTES_WORD, from + len - ROUTES_WORD, ROUTES_WORD);
        memcpy(to, from, ROUTES_WORD);
        return;
    }
    if (len >= 4) {
        memcpy(to + len - 4, from + len - 4, 4);
        memcpy(to, from, 4);
        return;
    }
    while (len > 0) {
        len--;
        to[len] = from[len];
    }
}

/* The number of the lowest bit; there is one. */
static inline uint64_t
routes_block_first(uint64_t bits)
{
    return (uint64_t)(unsigned)__builtin_ctzll(bits);
}

/* The top bits of the eight bytes of a word; its other bits are 0. */
static inline uint64_t
routes_block_top_bits(uint64_t word)
{
    return word * UINT64_C(0x0002040810204081) >> 56;
}

/* Which of the eight bytes of a word are c. */
static inline uint64_t
routes_block_in_word(uint64_t word, char c)
{
    uint64_t low = ROUTES_EVERY_BYTE * 0x7F;
    uint64_t other = word ^ ROUTES_EVERY_BYTE * (unsigned char)c;

    return routes_block_top_bits(~(((other & low) + low) | other | low));
}

#if defined(__SSE2__) && !defined(ROUTES_BLOCK_PORTABLE)

#include <emmintrin.h>

/* Which of sixteen bytes are c. */
static inline uint64_t
routes_block_find(const char *at, char c)
{
    __m128i bytes = _mm_loadu_si128((const void *)at);

    return (uint32_t)_mm_movemask_epi8(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

/* Which of sixteen bytes are in range i of a set. */
static inline __m128i
routes_block_in_range(__m128i bytes, const uint8_t *set, unsigned i)
{
    const uint8_t *range = set + i * 2 * ROUTES_BLOCK;
    __m128i add = _mm_loadu_si128((const void *)range);
    __m128i above = _mm_loadu_si128((const void *)(range + ROUTES_BLOCK));

    return _mm_cmpgt_epi8(_mm_add_epi8(bytes, add), above);
}

/* Which of sixteen bytes are in a set. */
static inline uint64_t
routes_block_in_set(const char *at, const uint8_t *set)
{
    __m128i bytes = _mm_loadu_si128((const void *)at);
    __m128i low = _mm_or_si128(routes_block_in_range(bytes, set, 0),
                               routes_block_in_range(bytes, set, 1));
    __m128i high = _mm_or_si128(routes_block_in_range(bytes, set, 2),
                                routes_block_in_range(bytes, set, 3));

    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(low, high));
}

/* Which of eight are c. */
static inline uint64_t
routes_block_find_half(const char *at, char c)
{
    __m128i bytes = _mm_loadl_epi64((const void *)at);

    return (uint8_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

#elif defined(__ARM_NEON) && defined(__aarch64__) &&                          \
    !defined(ROUTES_BLOCK_PORTABLE)

#include <arm_neon.h>

/* A bit for each of sixteen bytes, which are 0 or 255. */
static inline uint64_t
routes_block_bits(uint8x16_t bytes)
{
    static const uint8_t bits[ROUTES_BLOCK] = {1, 2, 4, 8, 16, 32, 64, 128,
                                               1, 2, 4, 8, 16, 32, 64, 128};

    bytes = vandq_u8(bytes, vld1q_u8(bits));
    return vaddv_u8(vget_low_u8(bytes)) |
           (uint64_t)vaddv_u8(vget_high_u8(bytes)) << 8;
}

static inline uint64_t
routes_block_find(const char *at, char c)
{
    return routes_block_bits(
        vceqq_u8(vld1q_u8((const void *)at), vdupq_n_u8((uint8_t)c)));
}

static inline uint64_t
routes_block_in_set(const char *at, const uint8_t *set)
{
    uint8x16_t bytes = vld1q_u8((const void *)at);
    uint8x16_t in = vdupq_n_u8(0);

    for (unsigned i = 0; i < ROUTES_RANGES; i++, set += 2 * ROUTES_BLOCK) {
        int8x16_t sum = vreinterpretq_s8_u8(vaddq_u8(bytes, vld1q_u8(set)));

        in = vorrq_u8(in, vcgtq_s8(sum, vreinterpretq_s8_u8(
                                            vld1q_u8(set + ROUTES_BLOCK))));
    }
    return routes_block_bits(in);
}

static inline uint64_t
routes_block_find_half(const char *at, char c)
{
    return routes_block_in_word(routes_block_load(at), c);
}

#else

/* Which of the eight bytes of a word are in a set. */
static inline uint64_t
routes_block_word_in_set(uint64_t word, const uint8_t *set)
{
    uint64_t top = ROUTES_EVERY_BYTE << 7;
    uint64_t in = 0;

    for (unsigned i = 0; i < ROUTES_RANGES; i++) {
        uint64_t add = ROUTES_EVERY_BYTE * set[2 * i * ROUTES_BLOCK];
        uint64_t above = ROUTES_EVERY_BYTE * set[(2 * i + 1) * ROUTES_BLOCK];
        uint64_t sum = ((word & ~top) + (add & ~top)) ^ ((word ^ add) & top);
        uint64_t low = (sum & ~top) + (~above & ~top);

        /* signed sum > above: sum - above - 1 without a borrow, their top
           bits turned */
        sum ^= top;
        in |= (sum & above) | ((sum | above) & low);
    }
    return routes_block_top_bits(in & top);
}

static inline uint64_t
routes_block_in_set(const char *at, const uint8_t *set)
{
    return routes_block_word_in_set(routes_block_load(at), set) |
           routes_block_word_in_set(routes_block_load(at + ROUTES_WORD), set)
               << 8;
}

static inline uint64_t
routes_block_find_half(const char *at, char c)
{
    return routes_block_in_word(routes_block_load(at), c);
}

static inline uint64_t
routes_block_find(const char *at, char c)
{
    return routes_block_in_word(routes_block_load(at), c) |
           routes_block_in_word(routes_block_load(at + ROUTES_WORD), c) << 8;
}

#endif

#endif
