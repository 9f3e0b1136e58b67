/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of several parts for hash tables.
 */
#include "memo.h"

#include <string.h>

#include <apr_strings.h>

struct memo {
    apr_pool_t *pool;
    char *key;
    size_t len;
    size_t size;
};

struct memo *
memo_make(apr_pool_t *pool)
{
    struct memo *memo = apr_pcalloc(pool, sizeof(*memo));

    memo->pool = pool;
    memo->size = 256;
    memo->key = apr_palloc(pool, memo->size);
    return memo;
}

void
memo_begin(struct memo *memo)
{
    memo->len = 0;
}

void
memo_bytes(struct memo *memo, const void *bytes, size_t len)
{
    if (memo->size - memo->len < len) {
        char *old = memo->key;

        memo->size = (memo->len + len) * 2;
        memo->key = apr_palloc(memo->pool, memo->size);
        memcpy(memo->key, old, memo->len);
    }
    memcpy(memo->key + memo->len, bytes, len);
    memo->len += len;
}

void
memo_text(struct memo *memo, const char *text)
{
    memo_bytes(memo, text, strlen(text) + 1);
}

void *
memo_find(const struct memo *memo, apr_hash_t *hash)
{
    return apr_hash_get(hash, memo->key, (apr_ssize_t)memo->len);
}

void
memo_set(struct memo *memo, apr_hash_t *hash, const void *value)
{
    void *key = apr_pmemdup(memo->pool, memo->key, memo->len);

    apr_hash_set(hash, key, (apr_ssize_t)memo->len, value);
}
