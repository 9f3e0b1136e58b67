/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of addresses: read, compared, written.
 */
#include "network.h"

#include <arpa/inet.h>
#include <string.h>

#include <apr_strings.h>

#define ALL_BITS  128u
#define WORD_BITS 64u
/* Where addresses of IPv4 stand among all: ::ffff:0:0/96. */
#define MAPPED_BITS 96u
#define MAPPED_LOW  UINT64_C(0x0000ffff00000000)
#define LONGEST     64

struct words {
    uint64_t high, low;
};

/* The first bits, set. */
static struct words
mask_of(uint32_t bits)
{
    struct words mask = {UINT64_MAX, UINT64_MAX};

    if (bits <= WORD_BITS) {
        mask.high = bits == 0 ? 0 : UINT64_MAX << (WORD_BITS - bits);
        mask.low = 0;
    }
    else {
        mask.low = UINT64_MAX << (ALL_BITS - bits);
    }
    return mask;
}

static uint64_t
read_word(const unsigned char *bytes)
{
    uint64_t word = 0;

    for (int i = 0; i < 8; i++) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static void
write_word(uint64_t word, unsigned char *bytes)
{
    for (int i = 7; i >= 0; i--) {
        bytes[i] = (unsigned char)word;
        word >>= 8;
    }
}

static int
is_mapped(const struct routes_network *network)
{
    return network->bits >= MAPPED_BITS && network->high == 0 &&
           (network->low & ~UINT64_C(0xffffffff)) == MAPPED_LOW;
}

void
routes_network_of(const void *bytes, size_t len,
                  struct routes_network *network)
{
    unsigned char all[16] = {[10] = 0xff, [11] = 0xff};

    memcpy(all + (sizeof(all) - len), bytes, len);
    network->high = read_word(all);
    network->low = read_word(all + 8);
    network->bits = ALL_BITS;
    network->family = is_mapped(network) ? ROUTES_FAMILY_4 : ROUTES_FAMILY_6;
}

int
routes_network_holds(const struct routes_network *outer,
                     const struct routes_network *inner)
{
    struct words mask = mask_of(outer->bits);

    return outer->family == inner->family && outer->bits <= inner->bits &&
           ((outer->high ^ inner->high) & mask.high) == 0 &&
           ((outer->low ^ inner->low) & mask.low) == 0;
}

int
routes_network_valid(const struct routes_network *network)
{
    struct words mask;

    if (network->bits > ALL_BITS ||
        (network->family != ROUTES_FAMILY_4 &&
         network->family != ROUTES_FAMILY_6) ||
        is_mapped(network) != (network->family == ROUTES_FAMILY_4)) {
        return 0;
    }
    mask = mask_of(network->bits);
    return (network->high & ~mask.high) == 0 &&
           (network->low & ~mask.low) == 0;
}

struct routes_network
routes_network_half(const struct routes_network *network, int half)
{
    struct routes_network made = *network;

    made.bits++;
    if (half && made.bits <= WORD_BITS) {
        made.high |= UINT64_C(1) << (WORD_BITS - made.bits);
    }
    else if (half) {
        made.low |= UINT64_C(1) << (ALL_BITS - made.bits);
    }
    return made;
}

/* ---- texts -------------------------------------------------------------- */

/* The digits behind the '/', at most most; without any: all.  0 if they are
 * none. */
static int
read_bits(const char *text, uint32_t most, uint32_t *bits)
{
    *bits = most;
    if (text == NULL) {
        return 1;
    }
    if (*text == '\0' || strlen(text) > 3 ||
        strspn(text, "0123456789") != strlen(text) ||
        (*text == '0' && text[1] != '\0')) {
        return 0;
    }
    *bits = (uint32_t)apr_atoi64(text);
    return *bits <= most;
}

/* Leaves out what is set beyond the prefix; whether something was. */
static int
clear_host(struct routes_network *network)
{
    struct words mask = mask_of(network->bits);
    struct routes_network before = *network;

    network->high &= mask.high;
    network->low &= mask.low;
    return before.high != network->high || before.low != network->low;
}

enum routes_network_fault
routes_network_read(const char *text, struct routes_network *network)
{
    char copy[LONGEST];
    unsigned char bytes[16];
    uint32_t most = 32;
    uint32_t bits;
    char *slash;

    if (strlen(text) >= sizeof(copy)) {
        return ROUTES_NETWORK_NONE;
    }
    strcpy(copy, text);
    slash = strchr(copy, '/');
    if (slash != NULL) {
        *slash++ = '\0';
    }
    if (inet_pton(AF_INET, copy, bytes) != 1) {
        most = ALL_BITS;
        if (inet_pton(AF_INET6, copy, bytes) != 1) {
            return ROUTES_NETWORK_NONE;
        }
    }
    if (!read_bits(slash, most, &bits)) {
        return ROUTES_NETWORK_BITS;
    }
    routes_network_of(bytes, most / 8, network);
    network->bits = ALL_BITS - most + bits;
    if (network->bits < MAPPED_BITS) {
        network->family = ROUTES_FAMILY_6;
    }
    return clear_host(network) ? ROUTES_NETWORK_HOST : ROUTES_NETWORK_GOOD;
}

const char *
routes_network_text(const struct routes_network *network, apr_pool_t *pool)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    int is_4 = network->family == ROUTES_FAMILY_4;

    write_word(network->high, bytes);
    write_word(network->low, bytes + 8);
    inet_ntop(is_4 ? AF_INET : AF_INET6, is_4 ? bytes + 12 : bytes, text,
              sizeof(text));
    if (network->bits == ALL_BITS) {
        return apr_pstrdup(pool, text);
    }
    return apr_psprintf(pool, "%s/%u", text,
                        network->bits - (is_4 ? MAPPED_BITS : 0));
}
