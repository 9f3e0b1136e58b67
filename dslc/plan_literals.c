/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_literals: which slots the literals of a node stand in.
 */
#include "plan_literals.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../runtime/segment.h"

/* Literals of a node that have slots of their own, each; salts that are tried
 * for that with each number of slots; and how many times the literals these
 * may be. */
#define MAX_PERFECT 64
#define TRIES       512
#define MAX_ROOM    4
/* Literals that may have one key before their whole texts are hashed. */
#define MAX_ALIKE 4

/* Salts are odd, so that none makes bits of a key vanish. */
#define FIRST_SALT   0x9E3779B1u
#define FURTHER_SALT 0x85EBCA6Au

struct keys {
    const struct trie_node *node;
    uint32_t n;
    uint64_t *keys;
};

static const char *
text_of(const struct trie_node *node, uint32_t i)
{
    return trie_literal_at(node, (int)i)->text;
}

/* The number of the slot that a literal's hash leads to. */
static uint32_t
slot_of(uint64_t key, uint32_t salt, uint32_t n_slots)
{
    return routes_segment_hash(key, salt) /
               (uint32_t)sizeof(struct routes_node) &
           (n_slots - 1);
}

/* ---- slots of their own ------------------------------------------------- */

/* Whether no two literals have one slot; taken: room for n_slots. */
static int
is_perfect(const struct keys *keys, uint32_t salt, uint32_t n_slots,
           char *taken)
{
    memset(taken, 0, n_slots);
    for (uint32_t i = 0; i < keys->n; i++) {
        uint32_t slot = slot_of(keys->keys[i], salt, n_slots);

        if (taken[slot]) {
            return 0;
        }
        taken[slot] = 1;
    }
    return 1;
}

/* Whether there is a salt with which all literals have slots of their own. */
static int
choose_salt(const struct keys *keys, uint32_t n_slots, uint32_t *salt)
{
    char taken[MAX_PERFECT * 2 * MAX_ROOM];

    *salt = FIRST_SALT;
    for (unsigned i = 0; i < TRIES; i++, *salt += FURTHER_SALT) {
        if (is_perfect(keys, *salt, n_slots, taken)) {
            return 1;
        }
    }
    return 0;
}

static int
choose_perfect(struct plan_literals *literals, const struct keys *keys)
{
    uint32_t n_slots = 1;

    if (keys->n > MAX_PERFECT) {
        return 0;
    }
    while (n_slots < keys->n) {
        n_slots *= 2;
    }
    for (; n_slots <= MAX_ROOM * keys->n; n_slots *= 2) {
        if (choose_salt(keys, n_slots, &literals->salt)) {
            literals->n_slots = n_slots;
            return 1;
        }
    }
    return 0;
}

/* ---- shared slots ------------------------------------------------------- */

static int
compare_keys(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;

    return (*x > *y) - (*x < *y);
}

/* Whether so many literals have one key that a search would be long. */
static int
is_deep(const struct keys *keys, apr_pool_t *pool)
{
    uint64_t *sorted =
        apr_pmemdup(pool, keys->keys, keys->n * sizeof(*sorted));

    qsort(sorted, keys->n, sizeof(*sorted), compare_keys);
    for (uint32_t i = MAX_ALIKE; i < keys->n; i++) {
        if (sorted[i] == sorted[i - MAX_ALIKE]) {
            return 1;
        }
    }
    return 0;
}

static void
choose_shared(struct plan_literals *literals, struct keys *keys,
              apr_pool_t *pool)
{
    literals->salt = FIRST_SALT;
    literals->deep = is_deep(keys, pool);
    literals->n_slots = 2;
    while (literals->n_slots < 2 * keys->n) {
        literals->n_slots *= 2;
    }
    for (uint32_t i = 0; literals->deep && i < keys->n; i++) {
        const char *text = text_of(keys->node, i);

        keys->keys[i] =
            routes_segment_deep_key(keys->keys[i], text, strlen(text));
    }
}

/* ---- the choice --------------------------------------------------------- */

/* Puts every literal into its slot, or the next one that is free. */
static void
take_slots(struct plan_literals *literals, const struct keys *keys,
           apr_pool_t *pool)
{
    char *taken = apr_pcalloc(pool, literals->n_slots);

    for (uint32_t i = 0; i < keys->n; i++) {
        uint32_t slot =
            slot_of(keys->keys[i], literals->salt, literals->n_slots);

        while (taken[slot]) {
            slot = (slot + 1) & (literals->n_slots - 1);
        }
        taken[slot] = 1;
        literals->slot_of[i] = slot;
    }
}

void
plan_literals_choose(struct plan_literals *literals,
                     const struct trie_node *node, apr_pool_t *pool)
{
    struct keys keys = {.node = node, .n = (uint32_t)trie_n_literals(node)};
    apr_pool_t *scratch;

    *literals = (struct plan_literals){.node = node, .n = keys.n};
    if (keys.n == 0) {
        return;
    }
    apr_pool_create(&scratch, pool);
    keys.keys = apr_palloc(scratch, keys.n * sizeof(*keys.keys));
    literals->slot_of = apr_palloc(pool, keys.n * sizeof(uint32_t));
    for (uint32_t i = 0; i < keys.n; i++) {
        const char *text = text_of(node, i);

        keys.keys[i] = routes_segment_key_of(text, strlen(text));
    }
    if (!choose_perfect(literals, &keys)) {
        choose_shared(literals, &keys, scratch);
    }
    take_slots(literals, &keys, scratch);
    apr_pool_destroy(scratch);
}

/* ---- rows --------------------------------------------------------------- */

/* The words of a literal of eight bytes or more. */
static uint32_t
plan_words(struct plan *plan, const char *text, size_t len)
{
    uint64_t *words =
        apr_palloc(plan->pool, ROUTES_WORDS(len) * sizeof(*words));

    routes_segment_words(text, len, words);
    return rows_intern(PLAN_ROWS(plan, words), words,
                       (uint32_t)ROUTES_WORDS(len), NULL);
}

/* Marks the slots from a literal's own to the one before it stands in. */
static void
mark_way(const struct plan_literals *literals, struct routes_node *slots,
         uint32_t i)
{
    uint32_t mask = literals->n_slots - 1;
    uint32_t slot = slot_of(slots[literals->slot_of[i]].key, literals->salt,
                            literals->n_slots);

    for (; slot != literals->slot_of[i]; slot = (slot + 1) & mask) {
        slots[slot].more = 1;
    }
}

void
plan_literals_fill(const struct plan_literals *literals, struct plan *plan,
                   struct routes_node *slots)
{
    for (uint32_t i = 0; i < literals->n; i++) {
        const char *text = text_of(literals->node, i);
        size_t len = strlen(text);
        struct routes_node *slot = &slots[literals->slot_of[i]];

        slot->key = routes_segment_key_of(text, len);
        slot->what = len < ROUTES_WORD ? 0 : plan_words(plan, text, len);
        if (!literals->deep) {
            mark_way(literals, slots, i);
        }
    }
    for (uint32_t i = 0; literals->deep && i < literals->n_slots; i++) {
        slots[i].more = 1;
    }
}
