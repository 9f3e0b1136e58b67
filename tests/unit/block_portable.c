/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime/block.h as machines without vector instructions have it.
 */
#define ROUTES_BLOCK_PORTABLE

#include "block_portable.h"

#include "runtime/block.h"

uint64_t
block_portable_find(const char *at, char c)
{
    return routes_block_find(at, c);
}

uint64_t
block_portable_find_half(const char *at, char c)
{
    return routes_block_find_half(at, c);
}

uint64_t
block_portable_in_set(const char *at, const uint8_t *set)
{
    return routes_block_in_set(at, set);
}
