/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets.
 *
 *     key ──> set │ word │ word │ word │ ... 8 of them, a line of a cache
 *
 *     word: 16 bits of the key │ 48 bits: when it will be full again
 *
 * That moment says all of a bucket (the rate knows how long it takes to fill
 * one), so a bucket is one word, which changes by one compare-and-exchange: a
 * child that is killed holds no lock, and no two requests take the same token.
 * A moment that is past is a full bucket, and the word is free.
 *
 * Where a set has no free word, that one goes which is full soonest: somebody
 * who is to be forgotten is the one who has asked for least.  A short rate
 * must not lose its buckets to a long one, whose words are full much later:
 * sets are of rates whose buckets take about as long to fill.
 */
#include "bucket.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_general.h>
#include <apr_siphash.h>

#include "log.h"
#include "shared.h"

#define WAYS        8
#define N_SETS      8192 /* a power of two, in each class */
#define MOMENT_BITS 48
#define MOMENT_MASK ((UINT64_C(1) << MOMENT_BITS) - 1)

/* Microseconds that fill the buckets of a class, at most; then all others. */
static const apr_int64_t classes[] = {
    APR_INT64_C(10) * 1000000,
    APR_INT64_C(600) * 1000000,
    APR_INT64_C(7200) * 1000000,
};

#define N_CLASSES (sizeof(classes) / sizeof(classes[0]) + 1)

typedef _Atomic apr_uint64_t word;

struct memory {
    unsigned char key[APR_SIPHASH_KSIZE];
    atomic_uint lost;
    word sets[N_CLASSES][N_SETS][WAYS];
};

_Static_assert(N_SETS *WAYS == BUCKET_MOST, "the header says how many");

static struct memory *memory; /* shared; set before there are children */

void
bucket_start(server_rec *main_server)
{
    int fresh;

    memory =
        shared_region(main_server, "token buckets 1", sizeof(*memory), &fresh);
    if (memory != NULL && fresh) {
        /* nobody can aim at a set; without it, only that is lost */
        apr_generate_random_bytes(memory->key, sizeof(memory->key));
    }
}

struct bucket_key
bucket_key(const void *bytes, apr_size_t len)
{
    struct bucket_key key = {0};

    if (memory != NULL) {
        key.hash = apr_siphash24(bytes, len, memory->key);
    }
    return key;
}

/* ---- words -------------------------------------------------------------- */

static apr_uint64_t
tag_of(struct bucket_key key)
{
    return key.hash >> MOMENT_BITS;
}

static apr_uint64_t
make_word(struct bucket_key key, apr_int64_t moment)
{
    return tag_of(key) << MOMENT_BITS | ((apr_uint64_t)moment & MOMENT_MASK);
}

/* Microseconds until the bucket is full, 0 if it is.  The clock may wrap
 * around: what is further ahead than any bucket takes is past. */
static apr_int64_t
time_to_full(apr_uint64_t value, apr_int64_t now)
{
    apr_uint64_t ahead = (value - (apr_uint64_t)now) & MOMENT_MASK;

    return value == 0 || ahead > ROUTES_MAX_DEPTH ? 0 : (apr_int64_t)ahead;
}

static word *
set_of(struct bucket_key key, const struct routes_rate *rate)
{
    unsigned class = 0;

    while (class < N_CLASSES - 1 && rate->depth > classes[class]) {
        class ++;
    }
    return memory->sets[class][key.hash & (N_SETS - 1)];
}

/* What a set has for a key: its own word, else the one to be taken. */
struct place {
    word *at;
    apr_uint64_t value; /* as it was read */
    apr_int64_t left;   /* until that bucket is full */
    int own;
};

static struct place
find(word *set, struct bucket_key key, apr_int64_t now, const word *but)
{
    struct place best = {.left = INT64_MAX};

    for (unsigned i = 0; i < WAYS; i++) {
        struct place place = {&set[i], atomic_load(&set[i]), 0, 0};

        place.left = time_to_full(place.value, now);
        place.own = place.left > 0 &&
                    place.value >> MOMENT_BITS == tag_of(key) &&
                    place.at != but;
        if (place.own) {
            return place;
        }
        if (place.left < best.left) {
            best = place;
        }
    }
    return best;
}

/* Two requests of a key that had no bucket may each have taken another word.
 * Who sees that gives way, and asks again. */
static int
give_way(word *set, const struct place *place, apr_uint64_t value,
         struct bucket_key key, apr_int64_t now)
{
    return find(set, key, now, place->at).own &&
           atomic_compare_exchange_strong(place->at, &value, 0);
}

/* ---- requests ----------------------------------------------------------- */

apr_int64_t
bucket_take(struct bucket_key key, const struct routes_rate *rate,
            apr_int64_t now)
{
    if (memory == NULL) {
        return 0;
    }
    word *set = set_of(key, rate);
    for (;;) {
        struct place place = find(set, key, now, NULL);
        apr_int64_t left = (place.own ? place.left : 0) + rate->interval;
        apr_uint64_t value = make_word(key, now + left);

        if (left > rate->depth) {
            return left - rate->depth;
        }
        if (!atomic_compare_exchange_strong(place.at, &place.value, value)) {
            continue;
        }
        if (place.own) {
            return 0;
        }
        if (place.left > 0) {
            atomic_fetch_add(&memory->lost, 1);
        }
        if (!give_way(set, &place, value, key, now)) {
            return 0;
        }
    }
}

apr_uint32_t
bucket_lost(void)
{
    return memory == NULL || atomic_load(&memory->lost) == 0
               ? 0
               : atomic_exchange(&memory->lost, 0);
}
