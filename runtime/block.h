/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of several bytes are a certain one: sixteen at once with the vector
 * instructions that every machine of its kind has (SSE2, NEON), else in words.
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

/* The number of the lowest bit; there is one. */
static inline uint64_t
routes_block_first(uint64_t bits)
{
    return (uint64_t)(unsigned)__builtin_ctzll(bits);
}

/* Which of the eight bytes of a word are c. */
static inline uint64_t
routes_block_in_word(uint64_t word, char c)
{
    uint64_t low = ROUTES_EVERY_BYTE * 0x7F;
    uint64_t other = word ^ ROUTES_EVERY_BYTE * (unsigned char)c;
    uint64_t same = ~(((other & low) + low) | other | low);

    /* each top bit to the top byte, in order */
    return same * UINT64_C(0x0002040810204081) >> 56;
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

/* Which of eight. */
static inline uint64_t
routes_block_find_half(const char *at, char c)
{
    __m128i bytes = _mm_loadl_epi64((const void *)at);

    return (uint8_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

#elif defined(__ARM_NEON) && defined(__aarch64__) &&                          \
    !defined(ROUTES_BLOCK_PORTABLE)

#include <arm_neon.h>

static inline uint64_t
routes_block_find(const char *at, char c)
{
    static const uint8_t bits[ROUTES_BLOCK] = {1, 2, 4, 8, 16, 32, 64, 128,
                                               1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bytes = vld1q_u8((const void *)at);
    uint8x16_t same =
        vandq_u8(vceqq_u8(bytes, vdupq_n_u8((uint8_t)c)), vld1q_u8(bits));

    return vaddv_u8(vget_low_u8(same)) | (uint64_t)vaddv_u8(vget_high_u8(same))
                                             << 8;
}

static inline uint64_t
routes_block_find_half(const char *at, char c)
{
    return routes_block_in_word(routes_block_load(at), c);
}

#else

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
