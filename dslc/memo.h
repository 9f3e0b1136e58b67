/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of several parts for hash tables, made in one buffer and copied only
 * when something is kept under them.
 *
 *     memo_begin(m);
 *     memo_bytes(m, &number, sizeof(number));
 *     memo_text(m, "name");
 *     if (memo_find(m, hash) == NULL) memo_set(m, hash, value);
 */
#ifndef MEMO_H
#define MEMO_H

#include <stddef.h>

#include <apr_hash.h>
#include <apr_pools.h>

struct memo;

/* A buffer; it and the keys it copies live in pool. */
struct memo *memo_make(apr_pool_t *pool);

/* Begins a key. */
void memo_begin(struct memo *memo);

/* Adds to it; a text with its end, so that two can't run into each other. */
void memo_bytes(struct memo *memo, const void *bytes, size_t len);
void memo_text(struct memo *memo, const char *text);

/* What is kept under the key, or NULL. */
void *memo_find(const struct memo *memo, apr_hash_t *hash);

/* Keeps a value under the key. */
void memo_set(struct memo *memo, apr_hash_t *hash, const void *value);

#endif
