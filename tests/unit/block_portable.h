/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime/block.h as machines without vector instructions have it.
 */
#ifndef BLOCK_PORTABLE_H
#define BLOCK_PORTABLE_H

#include <stdint.h>

/* routes_block_find, routes_block_find_half, routes_block_in_set. */
uint64_t block_portable_find(const char *at, char c);
uint64_t block_portable_find_half(const char *at, char c);
uint64_t block_portable_in_set(const char *at, const uint8_t *set);

#endif
