/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minimisation: any deterministic automaton to the one struct dfa of its
 * language.
 *
 * Dead weight is dropped first (states that the start doesn't reach or that
 * reach no accepting one), so that only real transitions cost time.  Then two
 * partitions refine each other until nothing changes: blocks of states, and
 * bundles of transitions that have one class and lead into one block.  What a
 * bundle leaves splits blocks; a new block splits bundles.  The smaller half
 * always is the new one, hence n log n.
 */
#include "minimise.h"

#include <string.h>

#define NONE UINT32_MAX

/* Elements 0 .. n-1 in sets:
 *
 *     order  [ a b c | d e f g | ... ]    set s is order[first[s], end[s])
 *                      ^ ^ marked[s] = 2: those marked stand first
 */
struct partition {
    uint32_t n_sets;
    uint32_t *order;
    uint32_t *place; /* of an element in order */
    uint32_t *set;   /* of an element */
    uint32_t *first;
    uint32_t *end;
    uint32_t *marked;
    uint32_t *touched; /* sets with marks */
    uint32_t n_touched;
};

struct transition {
    uint32_t from, class, to;
};

struct work {
    apr_pool_t *pool;
    const struct minimise_input *input;
    uint32_t *live;  /* state -> its number among the live ones, or NONE */
    uint32_t *state; /* and back */
    uint32_t n_live;
    struct transition *transitions; /* between live states, by class */
    uint32_t n_transitions;
    uint32_t *into;    /* transitions by their `to` ... */
    uint32_t *into_at; /* ... from into[into_at[to]] to the next one's */
    struct partition blocks;
    struct partition bundles;
};

static uint32_t *
make_words(apr_pool_t *pool, size_t n)
{
    return apr_pcalloc(pool, (n + 1) * sizeof(uint32_t));
}

/* ---- partitions --------------------------------------------------------- */

/* One set of n elements. */
static void
open_partition(struct partition *p, apr_pool_t *pool, uint32_t n)
{
    p->order = make_words(pool, n);
    p->place = make_words(pool, n);
    p->set = make_words(pool, n);
    p->first = make_words(pool, n);
    p->end = make_words(pool, n);
    p->marked = make_words(pool, n);
    p->touched = make_words(pool, n);
    p->n_touched = 0;
    p->n_sets = n > 0;
    p->end[0] = n;
    for (uint32_t i = 0; i < n; i++) {
        p->order[i] = i;
        p->place[i] = i;
    }
}

static void
mark_element(struct partition *p, uint32_t element)
{
    uint32_t set = p->set[element];
    uint32_t from = p->place[element];
    uint32_t to = p->first[set] + p->marked[set];
    uint32_t other = p->order[to];

    if (from < to) {
        return; /* marked before */
    }
    p->order[from] = other;
    p->place[other] = from;
    p->order[to] = element;
    p->place[element] = to;
    if (p->marked[set]++ == 0) {
        p->touched[p->n_touched++] = set;
    }
}

/* The smaller of [first, middle) and [middle, end) becomes a new set. */
static void
split_set(struct partition *p, uint32_t set, uint32_t middle)
{
    uint32_t new = p->n_sets++;

    if (middle - p->first[set] <= p->end[set] - middle) {
        p->first[new] = p->first[set];
        p->end[new] = middle;
        p->first[set] = middle;
    }
    else {
        p->first[new] = middle;
        p->end[new] = p->end[set];
        p->end[set] = middle;
    }
    p->marked[new] = 0;
    for (uint32_t i = p->first[new]; i < p->end[new]; i++) {
        p->set[p->order[i]] = new;
    }
}

/* Parts what is marked from what is not, in every set. */
static void
split_marked(struct partition *p)
{
    while (p->n_touched > 0) {
        uint32_t set = p->touched[--p->n_touched];
        uint32_t middle = p->first[set] + p->marked[set];

        p->marked[set] = 0;
        if (middle < p->end[set]) {
            split_set(p, set, middle);
        }
    }
}

/* ---- live states -------------------------------------------------------- */

static uint32_t
target(const struct minimise_input *in, uint32_t state, uint32_t class)
{
    return in->cells[(size_t)state * in->n_classes + class];
}

/* The states that the start reaches, in order of discovery. */
static uint32_t
find_reachable(const struct work *w, uint8_t *seen, uint32_t *queue)
{
    const struct minimise_input *in = w->input;
    uint32_t n = 0;

    seen[in->start] = 1;
    queue[n++] = in->start;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t c = 0; c < in->n_classes; c++) {
            uint32_t to = target(in, queue[i], c);

            if (!seen[to]) {
                seen[to] = 1;
                queue[n++] = to;
            }
        }
    }
    return n;
}

/* Lists where the transitions from the states given come from: those into s
 * are (*sources)[at[s], at[s + 1]). */
static void
list_sources(const struct work *w, const uint32_t *states, uint32_t n,
             uint32_t *at, uint32_t **sources)
{
    const struct minimise_input *in = w->input;

    for (size_t i = 0; i < (size_t)n * in->n_classes; i++) {
        at[target(in, states[i / in->n_classes],
                  (uint32_t)(i % in->n_classes))]++;
    }
    for (uint32_t s = 0; s < in->n_states; s++) {
        at[s + 1] += at[s];
    }
    *sources = make_words(w->pool, (size_t)n * in->n_classes);
    for (size_t i = (size_t)n * in->n_classes; i-- > 0;) {
        uint32_t from = states[i / in->n_classes];
        uint32_t to = target(in, from, (uint32_t)(i % in->n_classes));

        (*sources)[--at[to]] = from;
    }
}

/* Numbers the states that are of use: reachable, and on a way to accept. */
static void
find_live(struct work *w)
{
    const struct minimise_input *in = w->input;
    uint8_t *seen = apr_pcalloc(w->pool, in->n_states);
    uint32_t *queue = make_words(w->pool, in->n_states);
    uint32_t n = find_reachable(w, seen, queue);
    uint32_t *at = make_words(w->pool, (size_t)in->n_states + 1);
    uint32_t *sources;

    list_sources(w, queue, n, at, &sources);
    w->live = make_words(w->pool, in->n_states);
    w->state = make_words(w->pool, in->n_states);
    memset(w->live, 0xFF, in->n_states * sizeof(uint32_t));
    for (uint32_t i = 0; i < n; i++) {
        if (in->accept[queue[i]]) {
            w->live[queue[i]] = w->n_live;
            w->state[w->n_live++] = queue[i];
        }
    }
    for (uint32_t i = 0; i < w->n_live; i++) {
        uint32_t to = w->state[i];

        for (uint32_t j = at[to]; j < at[to + 1]; j++) {
            if (w->live[sources[j]] == NONE) {
                w->live[sources[j]] = w->n_live;
                w->state[w->n_live++] = sources[j];
            }
        }
    }
}

/* ---- refinement --------------------------------------------------------- */

/* Lists the transitions between live states, one class after the other. */
static void
list_transitions(struct work *w)
{
    const struct minimise_input *in = w->input;
    size_t most = (size_t)w->n_live * in->n_classes;

    w->transitions = apr_palloc(w->pool, (most + 1) * sizeof(*w->transitions));
    for (uint32_t c = 0; c < in->n_classes; c++) {
        for (uint32_t i = 0; i < w->n_live; i++) {
            uint32_t to = w->live[target(in, w->state[i], c)];

            if (to != NONE) {
                w->transitions[w->n_transitions++] =
                    (struct transition){i, c, to};
            }
        }
    }
}

/* Lists them by where they lead. */
static void
index_transitions(struct work *w)
{
    w->into = make_words(w->pool, w->n_transitions);
    w->into_at = make_words(w->pool, (size_t)w->n_live + 1);
    for (uint32_t t = 0; t < w->n_transitions; t++) {
        w->into_at[w->transitions[t].to]++;
    }
    for (uint32_t s = 0; s < w->n_live; s++) {
        w->into_at[s + 1] += w->into_at[s];
    }
    for (uint32_t t = w->n_transitions; t-- > 0;) {
        w->into[--w->into_at[w->transitions[t].to]] = t;
    }
}

/* One bundle a class to begin with: transitions stand in that order. */
static void
open_bundles(struct work *w)
{
    struct partition *p = &w->bundles;

    open_partition(p, w->pool, w->n_transitions);
    p->n_sets = 0;
    for (uint32_t t = 0; t < w->n_transitions; t++) {
        if (t == 0 || w->transitions[t].class != w->transitions[t - 1].class) {
            p->first[p->n_sets++] = t;
        }
        p->set[t] = p->n_sets - 1;
        p->end[p->n_sets - 1] = t + 1;
    }
}

static void
open_blocks(struct work *w)
{
    open_partition(&w->blocks, w->pool, w->n_live);
    for (uint32_t i = 0; i < w->n_live; i++) {
        if (w->input->accept[w->state[i]]) {
            mark_element(&w->blocks, i);
        }
    }
    split_marked(&w->blocks);
}

/* Splits the bundles by what leads into the block. */
static void
split_bundles(struct work *w, uint32_t block)
{
    for (uint32_t i = w->blocks.first[block]; i < w->blocks.end[block]; i++) {
        uint32_t state = w->blocks.order[i];

        for (uint32_t j = w->into_at[state]; j < w->into_at[state + 1]; j++) {
            mark_element(&w->bundles, w->into[j]);
        }
    }
    split_marked(&w->bundles);
}

static void
refine_blocks(struct work *w)
{
    uint32_t block = 1;

    for (uint32_t bundle = 0; bundle < w->bundles.n_sets; bundle++) {
        for (uint32_t i = w->bundles.first[bundle]; i < w->bundles.end[bundle];
             i++) {
            mark_element(&w->blocks, w->transitions[w->bundles.order[i]].from);
        }
        split_marked(&w->blocks);
        for (; block < w->blocks.n_sets; block++) {
            split_bundles(w, block);
        }
    }
}

/* ---- the result --------------------------------------------------------- */

/* The block that a block's states lead to, or NONE. */
static uint32_t
block_target(const struct work *w, uint32_t block, uint32_t class)
{
    uint32_t member = w->blocks.order[w->blocks.first[block]];
    uint32_t to = w->live[target(w->input, w->state[member], class)];

    return to == NONE ? NONE : w->blocks.set[to];
}

static int
same_column(const struct work *w, uint32_t a, uint32_t b)
{
    for (uint32_t s = 0; s < w->blocks.n_sets; s++) {
        if (block_target(w, s, a) != block_target(w, s, b)) {
            return 0;
        }
    }
    return 1;
}

/* The sum of a column, equal for equal ones. */
static uint64_t
hash_column(const struct work *w, uint32_t class)
{
    uint64_t hash = 0;

    for (uint32_t s = 0; s < w->blocks.n_sets; s++) {
        hash =
            (hash ^ block_target(w, s, class)) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* Numbers the classes by their first byte, equal columns being one.  of[c] is
 * an old class for the new class c. */
static void
merge_classes(const struct work *w, struct dfa *dfa, uint32_t of[256])
{
    uint64_t hashes[256];
    uint32_t n = 0;
    uint32_t known[256];

    for (uint32_t c = 0; c < w->input->n_classes; c++) {
        hashes[c] = hash_column(w, c);
        known[c] = NONE;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        uint32_t old = w->input->classes[byte];

        for (uint32_t c = 0; c < n && known[old] == NONE; c++) {
            if (hashes[of[c]] == hashes[old] && same_column(w, of[c], old)) {
                known[old] = c;
            }
        }
        if (known[old] == NONE) {
            known[old] = n;
            of[n++] = old;
        }
        dfa->classes[byte] = (uint8_t)known[old];
    }
    dfa->n_classes = n;
}

/* Lists the blocks breadth first, classes in order: the canonical order. */
static void
order_blocks(const struct work *w, const struct dfa *dfa,
             const uint32_t of[256], uint32_t *queue)
{
    uint8_t *seen = apr_pcalloc(w->pool, w->blocks.n_sets);
    uint32_t n = 0;

    queue[n] = w->blocks.set[w->live[w->input->start]];
    seen[queue[n++]] = 1;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t c = 0; c < dfa->n_classes; c++) {
            uint32_t to = block_target(w, queue[i], of[c]);

            if (to != NONE && !seen[to]) {
                seen[to] = 1;
                queue[n++] = to;
            }
        }
    }
}

static int
block_accepts(const struct work *w, uint32_t block)
{
    uint32_t member = w->blocks.order[w->blocks.first[block]];

    return w->input->accept[w->state[member]];
}

/* Numbers the blocks from 1 in the order listed, accepting ones last. */
static uint32_t *
number_blocks(const struct work *w, struct dfa *dfa, const uint32_t *queue)
{
    uint32_t *number = make_words(w->pool, w->blocks.n_sets);
    uint32_t n = 1;

    for (int accepting = 0; accepting < 2; accepting++) {
        for (uint32_t i = 0; i < w->blocks.n_sets; i++) {
            if (block_accepts(w, queue[i]) == accepting) {
                number[queue[i]] = n++;
            }
        }
        dfa->accept = accepting ? dfa->accept : n;
    }
    return number;
}

static void
fill_cells(const struct work *w, struct dfa *dfa, const uint32_t of[256])
{
    uint32_t *queue = make_words(w->pool, w->blocks.n_sets);
    uint32_t *number;

    order_blocks(w, dfa, of, queue);
    number = number_blocks(w, dfa, queue);
    dfa->start = number[queue[0]];
    for (uint32_t b = 0; b < w->blocks.n_sets; b++) {
        uint16_t *row = dfa->cells + (size_t)number[b] * dfa->n_classes;

        for (uint32_t c = 0; c < dfa->n_classes; c++) {
            uint32_t to = block_target(w, b, of[c]);

            row[c] = to == NONE ? 0 : (uint16_t)number[to];
        }
    }
}

/* Nothing is accepted: a dead state and a start. */
static struct dfa *
make_empty(apr_pool_t *pool)
{
    struct dfa *dfa = apr_pcalloc(pool, sizeof(*dfa));

    dfa->n_classes = 1;
    dfa->n_states = 2;
    dfa->accept = 2;
    dfa->start = 1;
    dfa->cells = apr_pcalloc(pool, 2 * sizeof(*dfa->cells));
    return dfa;
}

static struct dfa *
make_result(const struct work *w, apr_pool_t *pool)
{
    struct dfa *dfa = apr_pcalloc(pool, sizeof(*dfa));
    uint32_t of[256];

    merge_classes(w, dfa, of);
    dfa->n_states = w->blocks.n_sets + 1;
    dfa->cells = apr_pcalloc(pool, sizeof(*dfa->cells) * dfa->n_states *
                                       dfa->n_classes);
    fill_cells(w, dfa, of);
    return dfa;
}

struct dfa *
minimise_dfa(apr_pool_t *pool, const struct minimise_input *input,
             uint32_t max_states)
{
    struct work w = {.input = input};
    struct dfa *dfa = NULL;

    apr_pool_create(&w.pool, pool);
    find_live(&w);
    if (w.live[input->start] == NONE) {
        dfa = make_empty(pool);
        goto out;
    }
    list_transitions(&w);
    index_transitions(&w);
    open_blocks(&w);
    open_bundles(&w);
    refine_blocks(&w);
    if (w.blocks.n_sets < max_states &&
        w.blocks.n_sets < MINIMISE_MAX_STATES) {
        dfa = make_result(&w, pool);
    }
out:
    apr_pool_destroy(w.pool);
    return dfa;
}
