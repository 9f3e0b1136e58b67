/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nondeterministic automata over bytes, and the subset construction.
 */
#include "nfa.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "minimise.h"

#define NONE UINT32_MAX

enum kind {
    KIND_ACCEPT,
    KIND_RANGE, /* a byte of [low, high], then a */
    KIND_SPLIT  /* nothing, then a or b; NONE: no way */
};

struct state {
    enum kind kind;
    uint8_t low, high;
    uint32_t a, b;
};

struct nfa {
    apr_array_header_t *states; /* struct state */
    int full;
};

static struct state *
state_at(const struct nfa *nfa, uint32_t i)
{
    return &((struct state *)(void *)nfa->states->elts)[i];
}

static uint32_t
add_state(struct nfa *nfa, struct state state)
{
    if (nfa->states->nelts >= NFA_MAX_STATES) {
        nfa->full = 1;
        return NFA_ACCEPT;
    }
    *(struct state *)apr_array_push(nfa->states) = state;
    return (uint32_t)nfa->states->nelts - 1;
}

struct nfa *
nfa_make(apr_pool_t *pool)
{
    struct nfa *nfa = apr_pcalloc(pool, sizeof(*nfa));

    nfa->states = apr_array_make(pool, 64, sizeof(struct state));
    add_state(nfa, (struct state){.kind = KIND_ACCEPT});
    return nfa;
}

int
nfa_full(const struct nfa *nfa)
{
    return nfa->full;
}

uint32_t
nfa_range(struct nfa *nfa, uint8_t low, uint8_t high, uint32_t next)
{
    return add_state(nfa, (struct state){KIND_RANGE, low, high, next, NONE});
}

uint32_t
nfa_split(struct nfa *nfa, uint32_t a, uint32_t b)
{
    return add_state(nfa, (struct state){KIND_SPLIT, 0, 0, a, b});
}

uint32_t
nfa_dead(struct nfa *nfa)
{
    return nfa_split(nfa, NONE, NONE);
}

void
nfa_set_split(struct nfa *nfa, uint32_t state, uint32_t a, uint32_t b)
{
    if (!nfa->full) {
        state_at(nfa, state)->a = a;
        state_at(nfa, state)->b = b;
    }
}

uint32_t
nfa_text(struct nfa *nfa, const char *text, size_t len, uint32_t next)
{
    while (len-- > 0 && !nfa->full) {
        next = nfa_range(nfa, (uint8_t)text[len], (uint8_t)text[len], next);
    }
    return next;
}

/* ---- UTF-8 -------------------------------------------------------------- */

static unsigned
utf8_encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

/* The last code point, up to high, with as many bytes as low, such that all
 * between differ from low in whole trailing bytes only: these are a product
 * of byte ranges. */
static uint32_t
utf8_block_end(uint32_t low, uint32_t high)
{
    static const uint32_t last[] = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
    uint32_t end = high;

    for (unsigned i = 0; i < 4; i++) {
        if (low <= last[i]) {
            end = end < last[i] ? end : last[i];
            break;
        }
    }
    for (unsigned bits = 6; bits <= 18 && end > 0x7F; bits += 6) {
        uint32_t mask = (UINT32_C(1) << bits) - 1;

        if ((low & ~mask) == (end & ~mask)) {
            break;
        }
        if ((low & mask) != 0) {
            return low | mask;
        }
        if ((end & mask) != mask) {
            end = (end & ~mask) - 1;
        }
    }
    return end;
}

/* A code point of one block of utf8_block_end. */
static uint32_t
add_block(struct nfa *nfa, uint32_t low, uint32_t high, uint32_t next)
{
    uint8_t first[4];
    uint8_t last[4];
    unsigned n = utf8_encode(low, first);

    utf8_encode(high, last);
    while (n-- > 0) {
        next = nfa_range(nfa, first[n], last[n], next);
    }
    return next;
}

uint32_t
nfa_chars(struct nfa *nfa, uint32_t low, uint32_t high, uint32_t next)
{
    uint32_t all = NONE;

    while (low <= high && !nfa->full) {
        uint32_t end;
        uint32_t one;

        if (low >= 0xD800 && low <= 0xDFFF) {
            low = 0xE000;
            continue;
        }
        end = low < 0xD800 && high > 0xD7FF ? 0xD7FF : high;
        end = utf8_block_end(low, end);
        one = add_block(nfa, low, end, next);
        all = all == NONE ? one : nfa_split(nfa, one, all);
        low = end + 1;
    }
    return all == NONE ? nfa_dead(nfa) : all;
}

/* ---- automata inside automata ------------------------------------------- */

static uint32_t
dfa_cell(const struct dfa *dfa, uint32_t state, unsigned byte)
{
    return dfa->cells[(size_t)state * dfa->n_classes + dfa->classes[byte]];
}

/* Makes the ways out of one state, a range of bytes each. */
static void
add_row(struct nfa *nfa, const struct dfa *dfa, uint32_t state,
        const uint32_t *entries, uint32_t next)
{
    uint32_t ways = state >= dfa->accept ? next : NONE;

    for (unsigned low = 0; low < 256; low++) {
        uint32_t to = dfa_cell(dfa, state, low);
        unsigned high = low;

        while (high < 255 && dfa_cell(dfa, state, high + 1) == to) {
            high++;
        }
        if (to != 0) {
            uint32_t one =
                nfa_range(nfa, (uint8_t)low, (uint8_t)high, entries[to]);

            ways = ways == NONE ? one : nfa_split(nfa, one, ways);
        }
        low = high;
    }
    nfa_set_split(nfa, entries[state], ways, NONE);
}

uint32_t
nfa_dfa(struct nfa *nfa, const struct dfa *dfa, uint32_t next)
{
    uint32_t *entries =
        apr_pcalloc(nfa->states->pool, dfa->n_states * sizeof(*entries));

    for (uint32_t s = 1; s < dfa->n_states; s++) {
        entries[s] = nfa_dead(nfa);
    }
    for (uint32_t s = 1; s < dfa->n_states && !nfa->full; s++) {
        add_row(nfa, dfa, s, entries, next);
    }
    return entries[dfa->start];
}

/* ---- subset construction ------------------------------------------------ */

/* A state of the result: the states the automaton may be in, sorted. */
struct set {
    uint32_t number;
    uint32_t n;
    const uint32_t *members; /* RANGE and ACCEPT states */
};

/* Where a member of a set goes; those of one class are a list. */
struct arrow {
    uint32_t to;
    uint32_t next; /* in arrows, or NONE */
};

struct subsets {
    apr_pool_t *pool;
    const struct nfa *nfa;
    apr_hash_t *numbers;      /* members -> struct set */
    apr_array_header_t *sets; /* struct set *, by number */
    apr_array_header_t *cells;
    struct minimise_input out;
    apr_array_header_t *arrows; /* struct arrow, of the set at hand */
    uint32_t heads[256];        /* by class: the first in arrows, or NONE */
    uint32_t *marks; /* state -> mark of the closure it was last in */
    uint32_t mark;
    uint32_t *stack;
    uint32_t *members;
    uint32_t n_members;
    size_t all_members;
    size_t work;
};

static int
compare_words(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Adds to the members what a state leads to without a byte. */
static void
add_closure(struct subsets *s, uint32_t state)
{
    uint32_t n = 0;

    s->stack[n++] = state;
    while (n > 0) {
        uint32_t top = s->stack[--n];
        const struct state *at;

        if (top == NONE || s->marks[top] == s->mark) {
            continue;
        }
        s->marks[top] = s->mark;
        s->work++;
        at = state_at(s->nfa, top);
        if (at->kind == KIND_SPLIT) {
            s->stack[n++] = at->b;
            s->stack[n++] = at->a;
        }
        else {
            s->members[s->n_members++] = top;
        }
    }
}

static void
begin_set(struct subsets *s)
{
    s->mark++;
    s->n_members = 0;
}

static void
note_accept(struct subsets *s, const struct set *set)
{
    /* NFA_ACCEPT is the lowest number, so it stands first */
    *(uint8_t *)(void *)&s->out.accept[set->number] =
        set->n > 0 && set->members[0] == NFA_ACCEPT;
}

/* The number of the set of the members, a new one if need be; 0 for none. */
static uint32_t
number_set(struct subsets *s)
{
    size_t size = s->n_members * sizeof(uint32_t);
    struct set *set;

    if (s->n_members == 0) {
        return 0;
    }
    qsort(s->members, s->n_members, sizeof(uint32_t), compare_words);
    set = apr_hash_get(s->numbers, s->members, (apr_ssize_t)size);
    if (set == NULL) {
        set = apr_palloc(s->pool, sizeof(*set));
        set->number = (uint32_t)s->sets->nelts;
        set->n = s->n_members;
        set->members = apr_pmemdup(s->pool, s->members, size);
        apr_hash_set(s->numbers, set->members, (apr_ssize_t)size, set);
        *(struct set **)apr_array_push(s->sets) = set;
        s->all_members += s->n_members;
    }
    return set->number;
}

/* Bytes that no state tells apart are one class; classes are intervals. */
static void
find_classes(struct subsets *s)
{
    uint8_t begins[257] = {0};
    unsigned class = 0;

    for (int i = 0; i < s->nfa->states->nelts; i++) {
        const struct state *at = state_at(s->nfa, (uint32_t)i);

        if (at->kind == KIND_RANGE) {
            begins[at->low] = 1;
            begins[at->high + 1] = 1;
        }
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        class += byte > 0 && begins[byte];
        s->out.classes[byte] = (uint8_t) class;
    }
    s->out.n_classes = class + 1;
}

/* Lists for each class where the members of a set go with it. */
static void
list_arrows(struct subsets *s, const struct set *set)
{
    const uint8_t *classes = s->out.classes;

    s->arrows->nelts = 0;
    memset(s->heads, 0xFF, sizeof(s->heads));
    for (uint32_t i = 0; i < set->n; i++) {
        const struct state *at = state_at(s->nfa, set->members[i]);
        unsigned last = classes[at->high];

        for (unsigned c = classes[at->low];
             at->kind == KIND_RANGE && c <= last; c++) {
            *(struct arrow *)apr_array_push(s->arrows) =
                (struct arrow){at->a, s->heads[c]};
            s->heads[c] = (uint32_t)s->arrows->nelts - 1;
            s->work++;
        }
    }
}

/* The set that the members listed go to with a class. */
static uint32_t
step_set(struct subsets *s, unsigned class)
{
    const struct arrow *arrows =
        (const struct arrow *)(const void *)s->arrows->elts;

    begin_set(s);
    for (uint32_t i = s->heads[class]; i != NONE; i = arrows[i].next) {
        add_closure(s, arrows[i].to);
    }
    return number_set(s);
}

static int
past_limits(const struct subsets *s)
{
    return s->work > NFA_MAX_WORK || s->all_members > NFA_MAX_MEMBERS ||
           s->sets->nelts > 4 * DFA_MAX_STATES;
}

/* Makes all sets and their rows of cells; false when a limit is passed. */
static int
explore_sets(struct subsets *s)
{
    for (int i = 0; i < s->sets->nelts; i++) {
        const struct set *set = ((struct set **)(void *)s->sets->elts)[i];

        list_arrows(s, set);
        for (unsigned c = 0; c < s->out.n_classes; c++) {
            uint32_t to = step_set(s, c);

            *(uint32_t *)apr_array_push(s->cells) = to;
            if (past_limits(s)) {
                return 0;
            }
        }
    }
    return 1;
}

static void
open_subsets(struct subsets *s, uint32_t start)
{
    static const struct set dead = {0, 0, NULL};
    size_t n = (size_t)s->nfa->states->nelts;

    s->numbers = apr_hash_make(s->pool);
    s->sets = apr_array_make(s->pool, 64, sizeof(struct set *));
    s->cells = apr_array_make(s->pool, 1024, sizeof(uint32_t));
    s->arrows = apr_array_make(s->pool, 256, sizeof(struct arrow));
    s->marks = apr_pcalloc(s->pool, n * sizeof(uint32_t));
    /* each state is expanded once a closure and pushes two */
    s->stack = apr_palloc(s->pool, (2 * n + 2) * sizeof(uint32_t));
    s->members = apr_palloc(s->pool, n * sizeof(uint32_t));
    find_classes(s);
    *(const struct set **)apr_array_push(s->sets) = &dead;
    begin_set(s);
    add_closure(s, start);
    s->out.start = number_set(s);
}

struct dfa *
nfa_determinise(apr_pool_t *pool, const struct nfa *nfa, uint32_t start)
{
    struct subsets s = {.nfa = nfa};
    struct dfa *dfa = NULL;

    if (nfa->full) {
        return NULL;
    }
    apr_pool_create(&s.pool, pool);
    open_subsets(&s, start);
    if (explore_sets(&s)) {
        s.out.n_states = (uint32_t)s.sets->nelts;
        s.out.cells = (uint32_t *)(void *)s.cells->elts;
        s.out.accept = apr_pcalloc(s.pool, s.out.n_states);
        for (uint32_t i = 0; i < s.out.n_states; i++) {
            note_accept(&s, ((struct set **)(void *)s.sets->elts)[i]);
        }
        dfa = minimise_dfa(pool, &s.out, DFA_MAX_STATES);
    }
    apr_pool_destroy(s.pool);
    return dfa;
}
