/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splits a language by others: breadth first over the states of all automata
 * at once.
 */
#include "splitter.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "memo.h"
#include "nfa.h"

#define NONE UINT32_MAX

struct splitter {
    apr_pool_t *pool;
    apr_array_header_t *dfas;  /* const struct dfa *; [0] is split */
    apr_array_header_t *texts; /* const char *, each once */
    apr_hash_t *seen;          /* of texts */
};

/* One state of each automaton, and how it was reached. */
struct tuple {
    uint32_t parent;
    uint8_t byte;
    uint32_t *states;
};

/* The texts are one automaton more, the last. */
struct walk {
    apr_pool_t *pool;
    struct memo *memo;
    const struct dfa **dfas;
    int n_dfas;
    apr_hash_t *known;          /* states that were reached */
    apr_hash_t *sets;           /* sets of languages that have a word */
    apr_array_header_t *tuples; /* struct tuple */
    apr_array_header_t *words;  /* const char * */
    uint8_t bytes[256];         /* that some automaton tells apart */
    unsigned n_bytes;
};

struct splitter *
splitter_make(apr_pool_t *pool, const struct dfa *dfa)
{
    struct splitter *s = apr_pcalloc(pool, sizeof(*s));

    s->pool = pool;
    s->dfas = apr_array_make(pool, 4, sizeof(struct dfa *));
    s->texts = apr_array_make(pool, 4, sizeof(char *));
    s->seen = apr_hash_make(pool);
    splitter_dfa(s, dfa);
    return s;
}

void
splitter_dfa(struct splitter *splitter, const struct dfa *dfa)
{
    *(const struct dfa **)apr_array_push(splitter->dfas) = dfa;
}

void
splitter_text(struct splitter *splitter, const char *text)
{
    if (apr_hash_get(splitter->seen, text, APR_HASH_KEY_STRING) == NULL) {
        apr_hash_set(splitter->seen, text, APR_HASH_KEY_STRING, text);
        *(const char **)apr_array_push(splitter->texts) = text;
    }
}

static const struct dfa *
dfa_at(const struct splitter *s, int i)
{
    return ((const struct dfa **)(void *)s->dfas->elts)[i];
}

static const char *
text_at(const struct splitter *s, int i)
{
    return ((const char **)(void *)s->texts->elts)[i];
}

/* ---- counting -------------------------------------------------------- */

/* The number of words of one length more, by the state that they lead to. */
static uint64_t
lengthen_words(const struct dfa *dfa, const uint64_t *from, uint64_t *to,
               uint64_t most)
{
    uint64_t live = 0;

    memset(to, 0, dfa->n_states * sizeof(*to));
    for (uint32_t s = 1; s < dfa->n_states; s++) {
        for (unsigned byte = 0; byte < 256 && from[s] > 0; byte++) {
            uint32_t next =
                dfa->cells[s * dfa->n_classes + dfa->classes[byte]];

            if (next != 0) {
                to[next] += from[s];
                to[next] = to[next] > most ? most : to[next];
                live = 1;
            }
        }
    }
    return live;
}

/* The number of words, or `most` if there are as many or more. */
static uint64_t
count_words(apr_pool_t *pool, const struct dfa *dfa, uint64_t most)
{
    uint64_t *from = apr_pcalloc(pool, dfa->n_states * sizeof(*from));
    uint64_t *to = apr_pcalloc(pool, dfa->n_states * sizeof(*to));
    uint64_t live = 1;
    uint64_t n = 0;

    from[dfa->start] = 1;
    while (live && n < most) {
        uint64_t *other = from;

        for (uint32_t s = dfa->accept; s < dfa->n_states; s++) {
            n += from[s];
        }
        live = lengthen_words(dfa, from, to, most);
        from = to;
        to = other;
    }
    return n < most ? n : most;
}

int
splitter_surely_free(const struct splitter *splitter)
{
    uint64_t n = (uint64_t)splitter->texts->nelts;
    apr_pool_t *work;
    uint64_t words;

    if (splitter->dfas->nelts > 1) {
        return 0;
    }
    apr_pool_create(&work, splitter->pool);
    words = count_words(work, dfa_at(splitter, 0), n + 1);
    apr_pool_destroy(work);
    return words > n;
}

/* ---- the walk ----------------------------------------------------------- */

/* All texts as one language. */
static struct dfa *
join_texts(const struct splitter *s, apr_pool_t *pool)
{
    struct nfa *nfa = nfa_make(pool);
    uint32_t all = nfa_dead(nfa);

    for (int i = 0; i < s->texts->nelts; i++) {
        const char *text = text_at(s, i);

        all =
            nfa_split(nfa, nfa_text(nfa, text, strlen(text), NFA_ACCEPT), all);
    }
    return nfa_determinise(pool, nfa, all);
}

static int
same_classes(const struct walk *w, unsigned a, unsigned b)
{
    for (int i = 0; i < w->n_dfas; i++) {
        if (w->dfas[i]->classes[a] != w->dfas[i]->classes[b]) {
            return 0;
        }
    }
    return 1;
}

/* Finds a byte for each that the automata tell apart, digits and letters
 * first. */
static void
find_bytes(struct walk *w)
{
    for (unsigned i = 0; i < 256; i++) {
        uint8_t byte = (uint8_t)('0' + i);
        int known = 0;

        for (unsigned j = 0; j < w->n_bytes && !known; j++) {
            known = same_classes(w, w->bytes[j], byte);
        }
        if (!known) {
            w->bytes[w->n_bytes++] = byte;
        }
    }
}

static const struct tuple *
tuple_at(const struct walk *w, uint32_t i)
{
    return &((const struct tuple *)(const void *)w->tuples->elts)[i];
}

/* Keeps a tuple that is new and can still become a word. */
static void
add_tuple(struct walk *w, struct tuple tuple)
{
    size_t size = (size_t)w->n_dfas * sizeof(uint32_t);

    if (tuple.states[0] == 0) {
        return;
    }
    memo_begin(w->memo);
    memo_bytes(w->memo, tuple.states, size);
    if (memo_find(w->memo, w->known) == NULL) {
        memo_set(w->memo, w->known, w);
        tuple.states = apr_pmemdup(w->pool, tuple.states, size);
        *(struct tuple *)apr_array_push(w->tuples) = tuple;
    }
}

static void
expand_tuple(struct walk *w, uint32_t index, uint32_t *states)
{
    for (unsigned b = 0; b < w->n_bytes; b++) {
        const struct tuple *from = tuple_at(w, index);

        for (int i = 0; i < w->n_dfas; i++) {
            const struct dfa *dfa = w->dfas[i];

            states[i] = dfa->cells[from->states[i] * dfa->n_classes +
                                   dfa->classes[w->bytes[b]]];
        }
        add_tuple(w, (struct tuple){index, w->bytes[b], states});
    }
}

static const char *
spell_tuple(const struct walk *w, apr_pool_t *pool, uint32_t index)
{
    size_t len = 0;
    char *word;

    for (uint32_t i = index; i != 0; i = tuple_at(w, i)->parent) {
        len++;
    }
    word = apr_pcalloc(pool, len + 1);
    for (uint32_t i = index; i != 0; i = tuple_at(w, i)->parent) {
        word[--len] = (char)tuple_at(w, i)->byte;
    }
    return word;
}

/* Adds the word of a tuple if its set of languages is new; texts are words of
 * their own and not added here. */
static void
add_word(struct walk *w, uint32_t index, apr_pool_t *pool)
{
    const struct tuple *tuple = tuple_at(w, index);
    int others = 0;

    memo_begin(w->memo);
    for (int i = 0; i < w->n_dfas; i++) {
        char in = tuple->states[i] >= w->dfas[i]->accept;

        if (in != (i == 0) && (i == 0 || i == w->n_dfas - 1)) {
            return;
        }
        others += in;
        memo_bytes(w->memo, &in, 1);
    }
    if (memo_find(w->memo, w->sets) == NULL) {
        const char *word = spell_tuple(w, pool, index);

        memo_set(w->memo, w->sets, w);
        *(const char **)apr_array_push(w->words) = word;
        if (others == 1) { /* the language that is split, and no other */
            const char **words = (const char **)(void *)w->words->elts;

            words[w->words->nelts - 1] = words[0];
            words[0] = word;
        }
    }
}

static int
open_walk(struct walk *w, const struct splitter *s, apr_pool_t *work)
{
    uint32_t *states;

    memset(w, 0, sizeof(*w));
    w->pool = work;
    w->memo = memo_make(work);
    w->known = apr_hash_make(work);
    w->sets = apr_hash_make(work);
    w->tuples = apr_array_make(work, 64, sizeof(struct tuple));
    w->words = apr_array_make(s->pool, 4, sizeof(char *));
    w->n_dfas = s->dfas->nelts + 1;
    w->dfas = apr_pcalloc(work, (apr_size_t)w->n_dfas * sizeof(*w->dfas));
    memcpy(w->dfas, s->dfas->elts, (size_t)s->dfas->nelts * sizeof(*w->dfas));
    w->dfas[w->n_dfas - 1] = join_texts(s, work);
    if (w->dfas[w->n_dfas - 1] == NULL) {
        return 0;
    }
    find_bytes(w);
    states = apr_palloc(work, (apr_size_t)w->n_dfas * sizeof(*states));
    for (int i = 0; i < w->n_dfas; i++) {
        states[i] = w->dfas[i]->start;
    }
    add_tuple(w, (struct tuple){NONE, 0, states});
    return 1;
}

/* Walks over all tuples; false when they are too many. */
static int
walk_tuples(struct walk *w, apr_pool_t *pool)
{
    uint32_t *states =
        apr_palloc(w->pool, (apr_size_t)w->n_dfas * sizeof(*states));

    for (uint32_t i = 0; i < (uint32_t)w->tuples->nelts; i++) {
        add_word(w, i, pool);
        expand_tuple(w, i, states);
        if (w->tuples->nelts > SPLITTER_MAX_STATES) {
            return 0;
        }
    }
    return 1;
}

apr_array_header_t *
splitter_words(struct splitter *splitter, int max)
{
    apr_array_header_t *words = NULL;
    struct walk w;
    apr_pool_t *work;

    if (splitter->dfas->nelts - 1 > max) {
        return NULL;
    }
    apr_pool_create(&work, splitter->pool);
    if (open_walk(&w, splitter, work) && walk_tuples(&w, splitter->pool)) {
        words = w.words;
        apr_array_cat(words, splitter->texts);
    }
    apr_pool_destroy(work);
    return words;
}
