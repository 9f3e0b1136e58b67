/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two automata at once, breadth first over pairs of states.
 *
 * Both are minimal, so every state but 0 leads to an accepting one: a pair
 * with one dead half proves a word of the other language alone and needs no
 * look further, and only pairs of live states are stored.
 */
#include "product.h"

#include <string.h>

#include <apr_tables.h>

#include "minimise.h"

#define NONE UINT32_MAX

/* Bytes in the order in which a witness prefers them; none of the first list
 * means something else in a URL or to Apache. */
static const char byte_order[] =
    "abcdefghijklmnopqrstuvwxyz1234567890"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_~.!$&'()*+,;=:@/";
#define N_PRINTABLE (sizeof(byte_order) - 1)

/* A pair of live states and how the search came to it. */
struct pair {
    uint32_t a, b;
    uint32_t parent; /* in pairs, or NONE */
    uint8_t byte;
};

struct product {
    apr_pool_t *pool;
    const struct dfa *a;
    const struct dfa *b;
    uint8_t bytes[256]; /* one for each pair of classes, best first */
    unsigned n_bytes;
    unsigned n_printable;      /* of bytes */
    unsigned n_text;           /* of bytes: those but NUL */
    apr_array_header_t *pairs; /* struct pair, in order of discovery */
    uint32_t *slots;           /* hash of pairs: index + 1, or 0 */
    uint32_t n_slots;          /* a power of two */
};

/* ---- the alphabet ------------------------------------------------------- */

static void
add_byte(struct product *p, uint64_t *seen, uint8_t byte)
{
    unsigned key = p->a->classes[byte] * p->b->n_classes + p->b->classes[byte];

    if (!(seen[key / 64] >> key % 64 & 1)) {
        seen[key / 64] |= UINT64_C(1) << key % 64;
        p->bytes[p->n_bytes++] = byte;
    }
}

static void
find_bytes(struct product *p)
{
    uint64_t seen[256 * 256 / 64];

    memset(seen, 0,
           (size_t)(p->a->n_classes * p->b->n_classes / 64 + 1) *
               sizeof(seen[0]));
    for (size_t i = 0; i < N_PRINTABLE; i++) {
        add_byte(p, seen, (uint8_t)byte_order[i]);
    }
    p->n_printable = p->n_bytes;
    for (unsigned byte = 255; byte > 0; byte--) {
        add_byte(p, seen, (uint8_t)byte);
    }
    p->n_text = p->n_bytes;
    add_byte(p, seen, 0);
}

/* ---- pairs -------------------------------------------------------------- */

static struct pair *
pair_at(const struct product *p, uint32_t i)
{
    return &((struct pair *)(void *)p->pairs->elts)[i];
}

/* The slot of a pair, or the free one where it belongs. */
static uint32_t *
find_slot(const struct product *p, uint32_t a, uint32_t b)
{
    uint64_t key = ((uint64_t)a << 32 | b) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t i = (uint32_t)(key >> 32) & (p->n_slots - 1);

    while (p->slots[i] != 0) {
        const struct pair *at = pair_at(p, p->slots[i] - 1);

        if (at->a == a && at->b == b) {
            break;
        }
        i = (i + 1) & (p->n_slots - 1);
    }
    return &p->slots[i];
}

static void
grow_slots(struct product *p)
{
    p->n_slots *= 4;
    p->slots = apr_pcalloc(p->pool, p->n_slots * sizeof(*p->slots));
    for (int i = 0; i < p->pairs->nelts; i++) {
        const struct pair *at = pair_at(p, (uint32_t)i);

        *find_slot(p, at->a, at->b) = (uint32_t)i + 1;
    }
}

/* The index of a pair, added if it is new. */
static uint32_t
add_pair(struct product *p, struct pair pair)
{
    uint32_t *slot = find_slot(p, pair.a, pair.b);

    if (*slot == 0) {
        *(struct pair *)apr_array_push(p->pairs) = pair;
        *slot = (uint32_t)p->pairs->nelts;
        if ((uint32_t)p->pairs->nelts * 2 > p->n_slots) {
            grow_slots(p);
            return (uint32_t)p->pairs->nelts - 1;
        }
    }
    return *slot - 1;
}

static void
open_product(struct product *p, apr_pool_t *pool, const struct dfa *a,
             const struct dfa *b)
{
    apr_pool_create(&p->pool, pool);
    p->a = a;
    p->b = b;
    p->n_bytes = 0;
    find_bytes(p);
    p->n_slots = 64;
    p->slots = apr_pcalloc(p->pool, p->n_slots * sizeof(*p->slots));
    p->pairs = apr_array_make(p->pool, 32, sizeof(struct pair));
    add_pair(p, (struct pair){a->start, b->start, NONE, 0});
}

static uint32_t
step(const struct dfa *dfa, uint32_t state, uint8_t byte)
{
    return dfa->cells[(size_t)state * dfa->n_classes + dfa->classes[byte]];
}

static int
accepts(const struct dfa *dfa, uint32_t state)
{
    return state >= dfa->accept;
}

/* ---- relation ----------------------------------------------------------- */

enum found {
    FOUND_COMMON = 1, /* a word of both */
    FOUND_A = 2,      /* a word of a alone */
    FOUND_B = 4,
    FOUND_ALL = 7
};

static unsigned
judge_pair(const struct product *p, const struct pair *pair)
{
    int a = accepts(p->a, pair->a);
    int b = accepts(p->b, pair->b);

    return a && b ? FOUND_COMMON : a ? FOUND_A : b ? FOUND_B : 0;
}

/* Adds what a pair leads to. */
static unsigned
expand_pair(struct product *p, uint32_t index, unsigned n_bytes)
{
    struct pair from = *pair_at(p, index);
    unsigned found = 0;

    for (unsigned i = 0; i < n_bytes; i++) {
        uint32_t a = step(p->a, from.a, p->bytes[i]);
        uint32_t b = step(p->b, from.b, p->bytes[i]);

        if (a != 0 && b != 0) {
            add_pair(p, (struct pair){a, b, index, p->bytes[i]});
        }
        else {
            found |= (a != 0 ? FOUND_A : 0u) | (b != 0 ? FOUND_B : 0u);
        }
    }
    return found;
}

static unsigned
explore_pairs(struct product *p)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < (uint32_t)p->pairs->nelts && found != FOUND_ALL;
         i++) {
        found |= judge_pair(p, pair_at(p, i));
        found |= expand_pair(p, i, p->n_bytes);
    }
    return found;
}

static int
same_dfa(const struct dfa *a, const struct dfa *b)
{
    return a->n_states == b->n_states && a->n_classes == b->n_classes &&
           a->accept == b->accept && a->start == b->start &&
           memcmp(a->classes, b->classes, sizeof(a->classes)) == 0 &&
           memcmp(a->cells, b->cells,
                  (size_t)a->n_states * a->n_classes * sizeof(*a->cells)) == 0;
}

enum dfa_relation
product_relate(apr_pool_t *pool, const struct dfa *a, const struct dfa *b)
{
    struct product p;
    unsigned found;

    if (same_dfa(a, b)) {
        return DFA_EQUAL;
    }
    if (dfa_empty(a) || dfa_empty(b)) {
        return DFA_DISJOINT;
    }
    open_product(&p, pool, a, b);
    found = explore_pairs(&p);
    apr_pool_destroy(p.pool);
    if (!(found & FOUND_COMMON)) {
        return DFA_DISJOINT;
    }
    return found == FOUND_ALL ? DFA_CROSSING
           : found & FOUND_A  ? DFA_SUPERSET
                              : DFA_SUBSET;
}

/* ---- witness ------------------------------------------------------------ */

/* The bytes that lead to a pair. */
static const char *
spell_pair(const struct product *p, apr_pool_t *pool, uint32_t index)
{
    size_t len = 0;
    char *word;

    for (uint32_t i = index; pair_at(p, i)->parent != NONE;
         i = pair_at(p, i)->parent) {
        len++;
    }
    word = apr_pcalloc(pool, len + 1);
    for (uint32_t i = index; len > 0; i = pair_at(p, i)->parent) {
        word[--len] = (char)pair_at(p, i)->byte;
    }
    return word;
}

/* A shortest word of both out of the first bytes of the alphabet. */
static const char *
find_word(apr_pool_t *pool, const struct dfa *a, const struct dfa *b,
          int printable)
{
    struct product p;
    const char *word = NULL;

    open_product(&p, pool, a, b);
    for (uint32_t i = 0; i < (uint32_t)p.pairs->nelts && word == NULL; i++) {
        if (judge_pair(&p, pair_at(&p, i)) == FOUND_COMMON) {
            word = spell_pair(&p, pool, i);
        }
        else {
            expand_pair(&p, i, printable ? p.n_printable : p.n_text);
        }
    }
    apr_pool_destroy(p.pool);
    return word;
}

const char *
product_witness(apr_pool_t *pool, const struct dfa *a, const struct dfa *b)
{
    const char *word = NULL;

    if (!dfa_empty(a) && !dfa_empty(b)) {
        word = find_word(pool, a, b, 1);
        word = word != NULL ? word : find_word(pool, a, b, 0);
    }
    return word;
}

/* ---- intersection ------------------------------------------------------- */

/* Gives each byte the class of its pair of classes. */
static void
set_classes(const struct product *p, struct minimise_input *out)
{
    out->n_classes = p->n_bytes;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (unsigned i = 0; i < p->n_bytes; i++) {
            if (p->a->classes[byte] == p->a->classes[p->bytes[i]] &&
                p->b->classes[byte] == p->b->classes[p->bytes[i]]) {
                out->classes[byte] = (uint8_t)i;
            }
        }
    }
}

/* Pair i becomes state i + 1. */
static void
set_cells(struct product *p, struct minimise_input *out)
{
    out->n_states = (uint32_t)p->pairs->nelts + 1;
    out->start = 1;
    out->accept = apr_pcalloc(p->pool, out->n_states);
    out->cells = apr_pcalloc(p->pool, (size_t)out->n_states * out->n_classes *
                                          sizeof(uint32_t));
    for (uint32_t i = 0; i + 1 < out->n_states; i++) {
        const struct pair *from = pair_at(p, i);
        uint32_t *row = out->cells + (size_t)(i + 1) * out->n_classes;

        out->accept[i + 1] = judge_pair(p, from) == FOUND_COMMON;
        for (unsigned c = 0; c < p->n_bytes; c++) {
            uint32_t a = step(p->a, from->a, p->bytes[c]);
            uint32_t b = step(p->b, from->b, p->bytes[c]);

            row[c] = a != 0 && b != 0 ? *find_slot(p, a, b) : 0;
        }
    }
}

struct dfa *
product_intersect(apr_pool_t *pool, const struct dfa *a, const struct dfa *b)
{
    struct minimise_input out = {.n_classes = 0};
    struct dfa *dfa = NULL;
    struct product p;

    open_product(&p, pool, a, b);
    for (uint32_t i = 0;
         i < (uint32_t)p.pairs->nelts && p.pairs->nelts < 16 * DFA_MAX_STATES;
         i++) {
        expand_pair(&p, i, p.n_bytes);
    }
    if (p.pairs->nelts < 16 * DFA_MAX_STATES) {
        set_classes(&p, &out);
        set_cells(&p, &out);
        dfa = minimise_dfa(pool, &out, DFA_MAX_STATES);
    }
    apr_pool_destroy(p.pool);
    return dfa;
}
