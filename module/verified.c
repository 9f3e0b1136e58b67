/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials that were verified a moment ago.
 *
 *     tag ──> set | entry | entry | entry | entry |
 *                   tag, until
 *
 * The tag is SipHash-2-4, which is made to authenticate short messages, and
 * whose 64 bits can only be guessed by asking us.  Entries are read and
 * written without a lock: one that is torn between two writers has a little
 * more or less time to live.
 */
#include "verified.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_general.h>
#include <apr_siphash.h>
#include <apr_strings.h>

#include "log.h"
#include "shared.h"

#define WAYS   4
#define N_SETS 1024 /* a power of two */

struct entry {
    _Atomic apr_uint64_t tag;
    _Atomic apr_uint64_t until; /* seconds; 0: free */
};

struct memory {
    unsigned char key[APR_SIPHASH_KSIZE];
    struct entry sets[N_SETS][WAYS];
};

static struct memory *memory; /* shared; set before there are children */

static int
has_key(const struct memory *at)
{
    static const unsigned char none[APR_SIPHASH_KSIZE];

    return memcmp(at->key, none, sizeof(none)) != 0;
}

int
verified_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server)
{
    int fresh;

    (void)pconf;
    (void)plog;
    (void)ptemp;
    memory = shared_region(main_server, "verified credentials 1",
                           sizeof(*memory), &fresh);
    if (memory != NULL && !has_key(memory) &&
        apr_generate_random_bytes(memory->key, sizeof(memory->key)) !=
            APR_SUCCESS) {
        memset(memory->key, 0, sizeof(memory->key));
        memory = NULL;
    }
    return OK;
}

/* Texts with their lengths before them, so that no two lists of texts give
 * the same bytes. */
static char *
append(char *at, const char *text, apr_uint64_t len)
{
    memcpy(at, &len, sizeof(len));
    memcpy(at + sizeof(len), text, (size_t)len);
    return at + sizeof(len) + len;
}

struct verified_tag
verified_tag(apr_pool_t *pool, apr_uint64_t version, const char *realm,
             const char *user, const char *secret)
{
    struct verified_tag tag = {0};
    size_t realm_len = strlen(realm);
    size_t user_len = strlen(user);
    size_t secret_len = strlen(secret);
    size_t size = 4 * sizeof(apr_uint64_t) + realm_len + user_len + secret_len;

    if (memory == NULL) {
        return tag;
    }
    char *bytes = apr_palloc(pool, size);
    char *at = bytes;
    memcpy(at, &version, sizeof(version));
    at = append(at + sizeof(version), realm, realm_len);
    at = append(at, user, user_len);
    append(at, secret, secret_len);
    tag.hash = apr_siphash24(bytes, size, memory->key);
    return tag;
}

static apr_uint64_t
get(const _Atomic apr_uint64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

static void
set(_Atomic apr_uint64_t *to, apr_uint64_t value)
{
    atomic_store_explicit(to, value, memory_order_relaxed);
}

static struct entry *
set_of(const struct verified_tag *tag)
{
    return memory->sets[tag->hash & (N_SETS - 1)];
}

int
verified_known(const struct verified_tag *tag, apr_time_t now)
{
    apr_uint64_t seconds = (apr_uint64_t)apr_time_sec(now);

    if (memory == NULL) {
        return 0;
    }
    const struct entry *entries = set_of(tag);
    for (unsigned i = 0; i < WAYS; i++) {
        if (get(&entries[i].tag) == tag->hash) {
            return get(&entries[i].until) > seconds;
        }
    }
    return 0;
}

/* The entry of the tag, or the one that ends first. */
static struct entry *
place_for(const struct verified_tag *tag)
{
    struct entry *entries = set_of(tag);
    struct entry *first = &entries[0];

    for (unsigned i = 0; i < WAYS; i++) {
        if (get(&entries[i].tag) == tag->hash) {
            return &entries[i];
        }
        if (get(&entries[i].until) < get(&first->until)) {
            first = &entries[i];
        }
    }
    return first;
}

void
verified_add(const struct verified_tag *tag, apr_time_t now)
{
    if (memory == NULL) {
        return;
    }
    struct entry *entry = place_for(tag);
    set(&entry->until, 0);
    set(&entry->tag, tag->hash);
    set(&entry->until, (apr_uint64_t)apr_time_sec(now) + VERIFIED_SECONDS);
}
