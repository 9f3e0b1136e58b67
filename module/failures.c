/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failed attempts of one user name from one address.
 *
 *     who ──> set | entry | entry | entry | entry |
 *                   who, last attempt (seconds) and count in one word
 *
 * Entries are changed without a lock.  A full set forgets who made no attempt
 * for longest: somebody who wants to be forgotten must fail thousands of times
 * for it.
 */
#include "failures.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_general.h>
#include <apr_siphash.h>

#include "address.h"
#include "log.h"
#include "shared.h"

#define WAYS       4
#define N_SETS     2048 /* a power of two */
#define COUNT_BITS 16
#define COUNT_MAX  ((1u << COUNT_BITS) - 1)

struct entry {
    _Atomic apr_uint64_t who; /* 0: free */
    _Atomic apr_uint64_t state;
};

struct memory {
    unsigned char key[APR_SIPHASH_KSIZE];
    struct entry sets[N_SETS][WAYS];
};

static struct memory *memory; /* shared; set before there are children */

int
failures_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server)
{
    int fresh;

    (void)pconf;
    (void)plog;
    (void)ptemp;
    memory = shared_region(main_server, "failed attempts 1", sizeof(*memory),
                           &fresh);
    if (memory != NULL && fresh) {
        /* nobody can aim at a set; without it, only that is lost */
        apr_generate_random_bytes(memory->key, sizeof(memory->key));
    }
    return OK;
}

/* ---- who ---------------------------------------------------------------- */

struct failures_who
failures_who(const request_rec *r, const char *realm, const char *user)
{
    struct failures_who who = {0};
    struct {
        unsigned char address[ADDRESS_BYTES];
        apr_uint64_t realm;
        apr_uint64_t user;
    } parts;

    if (memory == NULL) {
        return who;
    }
    address_copy(parts.address, r);
    parts.realm = apr_siphash24(realm, strlen(realm), memory->key);
    parts.user = apr_siphash24(user, strlen(user), memory->key);
    who.hash = apr_siphash24(&parts, sizeof(parts), memory->key);
    who.hash += who.hash == 0;
    return who;
}

/* ---- entries ------------------------------------------------------------ */

static apr_uint64_t
get(const _Atomic apr_uint64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

static apr_uint64_t
last_of(apr_uint64_t state)
{
    return state >> COUNT_BITS;
}

static unsigned
count_of(apr_uint64_t state)
{
    return (unsigned)(state & COUNT_MAX);
}

static struct entry *
find_entry(struct failures_who who)
{
    struct entry *entries = memory->sets[who.hash & (N_SETS - 1)];

    for (unsigned i = 0; i < WAYS; i++) {
        if (get(&entries[i].who) == who.hash) {
            return &entries[i];
        }
    }
    return NULL;
}

/* The free entry of a set, or the one without an attempt for longest. */
static struct entry *
take_entry(struct failures_who who)
{
    struct entry *entries = memory->sets[who.hash & (N_SETS - 1)];
    struct entry *oldest = &entries[0];

    for (unsigned i = 1; i < WAYS; i++) {
        if (last_of(get(&entries[i].state)) < last_of(get(&oldest->state))) {
            oldest = &entries[i];
        }
    }
    atomic_store_explicit(&oldest->state, 0, memory_order_relaxed);
    atomic_store_explicit(&oldest->who, who.hash, memory_order_relaxed);
    return oldest;
}

/* ---- attempts ----------------------------------------------------------- */

/* How long somebody waits after so many failures in a row. */
static unsigned
wait_after(unsigned count)
{
    if (count < FAILURES_FREE) {
        return 0;
    }
    unsigned over = count - FAILURES_FREE;
    return over < 6 && (1u << over) < FAILURES_LONGEST ? 1u << over
                                                       : FAILURES_LONGEST;
}

/* The state after one more attempt, or the same with *wait in seconds. */
static apr_uint64_t
add_attempt(apr_uint64_t state, apr_uint64_t now, unsigned *wait)
{
    if (last_of(state) + FAILURES_FORGOT <= now) {
        state = 0;
    }
    unsigned count = count_of(state);
    apr_uint64_t end = last_of(state) + wait_after(count);
    if (count >= FAILURES_FREE && end > now) {
        *wait = (unsigned)(end - now);
        return state;
    }
    *wait = 0;
    return now << COUNT_BITS | (count + (count < COUNT_MAX));
}

unsigned
failures_attempt(struct failures_who who, apr_time_t now)
{
    unsigned wait = 0;

    if (memory == NULL) {
        return 0;
    }
    struct entry *entry = find_entry(who);
    if (entry == NULL) {
        entry = take_entry(who);
    }
    apr_uint64_t state = get(&entry->state);
    apr_uint64_t next;
    do {
        next = add_attempt(state, (apr_uint64_t)apr_time_sec(now), &wait);
    } while (!atomic_compare_exchange_weak(&entry->state, &state, next));
    return wait;
}

void
failures_forget(struct failures_who who)
{
    struct entry *entry = memory == NULL ? NULL : find_entry(who);

    if (entry != NULL) {
        atomic_store_explicit(&entry->state, 0, memory_order_relaxed);
        atomic_store_explicit(&entry->who, 0, memory_order_relaxed);
    }
}
