/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two subtrees of the tree of paths at once.
 *
 * A pair of nodes is visited at most once a walk, and only when both have a
 * method in common below them; literals find their counterpart by hash, from
 * the side that has fewer.
 */
#include "meet.h"

#include <string.h>

#include <apr_strings.h>

#include "nfa.h"
#include "product.h"

void
meet_open(struct meet *meet, const struct trie *trie, meet_found_fn found,
          void *baton)
{
    memset(meet, 0, sizeof(*meet));
    meet->trie = trie;
    meet->found = found;
    meet->baton = baton;
    meet->words = apr_array_make(trie->pool, 16, sizeof(struct meet_word));
}

void
meet_push(struct meet *meet, const char *text,
          const struct trie_language *language)
{
    *(struct meet_word *)apr_array_push(meet->words) =
        (struct meet_word){text, language};
}

void
meet_pop(struct meet *meet)
{
    apr_array_pop(meet->words);
}

/* Counts a pair; false when the walk is over. */
static int
step(struct meet *meet)
{
    if (++meet->steps > MEET_MAX_STEPS) {
        meet->stop = 1;
    }
    return !meet->stop;
}

static const struct meet_word *
word_at(const struct meet *meet, int i)
{
    return &((const struct meet_word *)(const void *)meet->words->elts)[i];
}

/* The words from one on, '/' between them. */
static const char *
join_words(const struct meet *meet, apr_pool_t *pool, int from, int to)
{
    size_t len = 0;
    char *text;
    char *at;

    for (int i = from; i < to; i++) {
        len += strlen(word_at(meet, i)->text) + 1;
    }
    text = at = apr_palloc(pool, len + 1);
    for (int i = from; i < to; i++) {
        size_t n = strlen(word_at(meet, i)->text);

        if (i > from) {
            *at++ = '/';
        }
        memcpy(at, word_at(meet, i)->text, n);
        at += n;
    }
    *at = '\0';
    return text;
}

const char *
meet_path(const struct meet *meet, apr_pool_t *pool)
{
    if (meet->rest == NULL) {
        return apr_pstrcat(
            pool, "/", join_words(meet, pool, 0, meet->words->nelts), NULL);
    }
    return apr_pstrcat(pool, "/", join_words(meet, pool, 0, meet->n_before),
                       meet->n_before > 0 ? "/" : "", meet->rest, NULL);
}

/* ---- children ----------------------------------------------------------- */

static int
takes_part(const struct meet *meet, const struct trie_pattern *pattern)
{
    return meet->guards || pattern->kind != ROUTES_PATTERN_GUARD;
}

/* ---- ends --------------------------------------------------------------- */

static void
meet_ends(struct meet *meet, const struct trie_end *a,
          const struct trie_end *b, int bent)
{
    if (a != NULL && b != NULL &&
        (trie_end_methods(a) & trie_end_methods(b)) != 0) {
        meet->found(meet, a, b, bent);
    }
}

/* ---- rests -------------------------------------------------------------- */

/* What the words from one on can be, as one language; NULL when it is too
 * large. */
static struct dfa *
words_language(const struct meet *meet, apr_pool_t *pool, int from)
{
    struct nfa *nfa = nfa_make(pool);
    uint32_t at = NFA_ACCEPT;

    for (int i = meet->words->nelts; i-- > from;) {
        const struct meet_word *word = word_at(meet, i);

        at = word->language != NULL
                 ? nfa_dfa(nfa, word->language->dfa, at)
                 : nfa_text(nfa, word->text, strlen(word->text), at);
        if (i > from) {
            at = nfa_range(nfa, '/', '/', at);
        }
    }
    return nfa_determinise(pool, nfa, at);
}

/* Whether the words from one on, or others of their languages, are in the
 * rest; sets meet->rest where it must be others. */
static int
fit_rest(struct meet *meet, const struct trie_pattern *rest, int from)
{
    apr_pool_t *work;
    const char *joined;
    struct dfa *dfa;
    int fits;

    meet->rest = NULL;
    meet->n_before = from;
    if (rest->language == NULL) {
        return 1;
    }
    apr_pool_create(&work, meet->trie->pool);
    joined = join_words(meet, work, from, meet->words->nelts);
    fits = dfa_accepts(rest->language->dfa, joined, strlen(joined));
    if (!fits) {
        dfa = words_language(meet, work, from);
        meet->rest = dfa == NULL ? NULL
                                 : product_witness(meet->trie->pool, dfa,
                                                   rest->language->dfa);
        fits = meet->rest != NULL;
    }
    apr_pool_destroy(work);
    return fits;
}

static void
meet_rest_end(struct meet *meet, const struct trie_end *end,
              const struct trie_pattern *rest, int n_before, int bent,
              int turned)
{
    if (end == NULL ||
        (trie_end_methods(end) & trie_end_methods(rest->end)) == 0) {
        return;
    }
    if (fit_rest(meet, rest, n_before)) {
        meet_ends(meet, turned ? rest->end : end, turned ? end : rest->end,
                  bent);
    }
    meet->rest = NULL;
}

/* What a pattern of the node leads to. */
static void
meet_below_pattern(struct meet *meet, const struct trie_pattern *pattern,
                   const struct trie_pattern *rest, int n_before, int bent,
                   int turned)
{
    if (!takes_part(meet, pattern)) {
        return;
    }
    meet_push(meet,
              pattern->language != NULL
                  ? trie_word(meet->trie, pattern->language)
                  : "",
              pattern->language);
    if (pattern->next != NULL) {
        meet_below(meet, pattern->next, rest, n_before, bent, turned);
    }
    else {
        meet_rest_end(meet, pattern->end, rest, n_before, bent, turned);
    }
    meet_pop(meet);
}

void
meet_below(struct meet *meet, const struct trie_node *node,
           const struct trie_pattern *rest, int n_before, int bent, int turned)
{
    if (!step(meet) || (node->methods & trie_end_methods(rest->end)) == 0) {
        return;
    }
    meet_rest_end(meet, node->end, rest, n_before, bent, turned);
    for (int i = 0; i < trie_n_literals(node) && !meet->stop; i++) {
        meet_push(meet, trie_literal_at(node, i)->text, NULL);
        meet_below(meet, trie_literal_at(node, i)->next, rest, n_before, bent,
                   turned);
        meet_pop(meet);
    }
    for (int i = 0; i < trie_n_patterns(node) && !meet->stop; i++) {
        meet_below_pattern(meet, trie_pattern_at(node, i), rest, n_before,
                           bent, turned);
    }
}

/* Whether two languages share a word, which *word then is; *bent is set when
 * the second one does not hold all of the first. */
static int
is_shared(struct meet *meet, const struct trie_language *a,
          const struct trie_language *b, const char **word, int *bent)
{
    switch (trie_relate(meet->trie, a, b, word)) {
    case DFA_DISJOINT:
        return 0;
    case DFA_EQUAL:
    case DFA_SUBSET:
        return 1;
    case DFA_SUPERSET:
    case DFA_CROSSING:
        *bent = 1;
        return 1;
    }
    return 0;
}

void
meet_rests(struct meet *meet, const struct trie_pattern *a,
           const struct trie_pattern *b, int bent)
{
    const struct trie_language *one =
        a->language != NULL ? a->language : b->language;
    const char *word = "";

    if (a->language != NULL && b->language != NULL) {
        if (!is_shared(meet, a->language, b->language, &word, &bent)) {
            return;
        }
    }
    else if (one != NULL) {
        word = trie_word(meet->trie, one);
    }
    meet_push(meet, word, NULL);
    meet_ends(meet, a->end, b->end, bent);
    meet_pop(meet);
}

/* ---- segments ----------------------------------------------------------- */

enum dfa_relation
meet_literal(const struct meet *meet, const char *text,
             const struct trie_pattern *pattern)
{
    const struct dfa *dfa = pattern->language->dfa;
    size_t len = strlen(text);
    enum dfa_relation relation = DFA_SUBSET;
    apr_pool_t *work;
    struct dfa *one;

    if (!dfa_accepts(dfa, text, len)) {
        return DFA_DISJOINT;
    }
    if (dfa->n_states == len + 2) { /* as many as the text alone needs */
        apr_pool_create(&work, meet->trie->pool);
        one = dfa_from_text(work, text, len);
        if (one != NULL) {
            relation = dfa_relate(work, one, dfa, NULL);
        }
        apr_pool_destroy(work);
    }
    return relation;
}

/* Literals that both nodes have. */
static void
meet_literals(struct meet *meet, const struct trie_node *a,
              const struct trie_node *b, int bent)
{
    const struct trie_node *few =
        trie_n_literals(a) <= trie_n_literals(b) ? a : b;
    const struct trie_node *many = few == a ? b : a;

    for (int i = 0; trie_n_literals(many) > 0 && i < trie_n_literals(few);
         i++) {
        const struct trie_literal *one = trie_literal_at(few, i);
        const struct trie_node *other =
            trie_child(meet->trie, many, one->text);

        if (other != NULL) {
            meet_push(meet, one->text, NULL);
            meet_nodes(meet, few == a ? one->next : other,
                       few == a ? other : one->next, bent);
            meet_pop(meet);
        }
    }
}

/* A literal of one node against the patterns of the other. */
static void
meet_literal_patterns(struct meet *meet, const struct trie_literal *literal,
                      const struct trie_node *other, int bent, int turned)
{
    int depth = meet->words->nelts;

    meet_push(meet, literal->text, NULL);
    for (int i = 0; i < trie_n_patterns(other) && !meet->stop; i++) {
        const struct trie_pattern *pattern = trie_pattern_at(other, i);

        if (pattern->kind != ROUTES_PATTERN_SEGMENT) {
            if (takes_part(meet, pattern)) {
                meet_below(meet, literal->next, pattern, depth, bent | turned,
                           turned);
            }
        }
        else if (meet_literal(meet, literal->text, pattern) != DFA_DISJOINT) {
            meet_nodes(meet, turned ? pattern->next : literal->next,
                       turned ? literal->next : pattern->next, bent | turned);
        }
    }
    meet_pop(meet);
}

/* Two patterns that take one segment. */
static void
meet_segments(struct meet *meet, const struct trie_pattern *a,
              const struct trie_pattern *b, int bent)
{
    const char *word;

    if (!is_shared(meet, a->language, b->language, &word, &bent)) {
        return;
    }
    meet_push(meet, word, NULL);
    meet_nodes(meet, a->next, b->next, bent);
    meet_pop(meet);
}

/* A pattern that takes one segment and one that takes the rest. */
static void
meet_segment_rest(struct meet *meet, const struct trie_pattern *segment,
                  const struct trie_pattern *rest, int bent, int turned)
{
    int depth = meet->words->nelts;

    meet_push(meet, trie_word(meet->trie, segment->language),
              segment->language);
    meet_below(meet, segment->next, rest, depth, bent | turned, turned);
    meet_pop(meet);
}

static void
meet_patterns(struct meet *meet, const struct trie_pattern *a,
              const struct trie_pattern *b, int bent)
{
    int a_segment = a->kind == ROUTES_PATTERN_SEGMENT;
    int b_segment = b->kind == ROUTES_PATTERN_SEGMENT;

    if (!takes_part(meet, a) || !takes_part(meet, b)) {
        return;
    }
    if (a_segment && b_segment) {
        meet_segments(meet, a, b, bent);
    }
    else if (a_segment) {
        meet_segment_rest(meet, a, b, bent, 0);
    }
    else if (b_segment) {
        meet_segment_rest(meet, b, a, bent, 1);
    }
    else {
        meet_rests(meet, a, b, bent);
    }
}

void
meet_nodes(struct meet *meet, const struct trie_node *a,
           const struct trie_node *b, int bent)
{
    if (!step(meet) || (a->methods & b->methods) == 0) {
        return;
    }
    meet_ends(meet, a->end, b->end, bent);
    meet_literals(meet, a, b, bent);
    for (int i = 0;
         i < trie_n_literals(a) && trie_n_patterns(b) > 0 && !meet->stop;
         i++) {
        meet_literal_patterns(meet, trie_literal_at(a, i), b, bent, 0);
    }
    for (int i = 0;
         i < trie_n_literals(b) && trie_n_patterns(a) > 0 && !meet->stop;
         i++) {
        meet_literal_patterns(meet, trie_literal_at(b, i), a, bent, 1);
    }
    for (int i = 0; i < trie_n_patterns(a); i++) {
        for (int j = 0; j < trie_n_patterns(b) && !meet->stop; j++) {
            meet_patterns(meet, trie_pattern_at(a, i), trie_pattern_at(b, j),
                          bent);
        }
    }
}
