/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which routes are never reached: a search for a URL that is left.
 *
 * The search goes along the route's own path.  Beside it, it keeps the live
 * nodes: those of more specific paths that the segments chosen so far lead
 * to.  In a segment with a parameter it tries one value for each set of
 * candidates that values can lead to; a value that leads to none at all is
 * the best, and makes the others needless.
 *
 *     GET /x/{k:enum("a","b")}/y      own:  x -> {k} -> y
 *     GET /x/a/y, GET /x/b/{z}        k = a: live a -> y: taken
 *                                     k = b: live b -> {z}: taken, E203
 */
#include "reach.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "memo.h"
#include "splitter.h"

/* One segment of the route's own path. */
struct step {
    const struct trie_node *node; /* before the segment */
    const char *literal;          /* or NULL */
    const struct trie_pattern *pattern;
    int index; /* of pattern in node->patterns */
};

struct reach {
    struct trie *trie;
    const struct trie_host *host;
    struct findings *findings;
    apr_array_header_t *steps; /* struct step: of the node looked at */
    unsigned n_covered;        /* steps that smaller patterns may cover */
    struct memo *memo;
    apr_hash_t *covers; /* a language and candidates -> "" if all of
                           it, "no" if not */

    /* of one route's search */
    apr_pool_t *pool;
    uint64_t methods; /* that it needs */
    unsigned budget;
    const char **words;        /* chosen so far, by step */
    struct finding_side taker; /* of the first URL that was taken */
    const char *taken;
    uint64_t taken_methods;
};

/* Where a segment of a live node leads, if the value fits. */
struct candidate {
    const struct trie_node *next;
    const char *text; /* literal, or NULL */
    const struct trie_language *language;
};

static int has_url(struct reach *r, int i, const apr_array_header_t *live,
                   uint64_t covered);

static const struct step *
step_at(const struct reach *r, int i)
{
    return &((const struct step *)(const void *)r->steps->elts)[i];
}

/* ---- who takes a URL ---------------------------------------------------- */

/* A value for a step of the route: the one chosen, or any. */
static const char *
step_word(struct reach *r, int i, int chosen)
{
    const struct step *step = step_at(r, i);

    if (step->literal != NULL) {
        return step->literal;
    }
    if (i < chosen) {
        return r->words[i];
    }
    return trie_word(r->trie, step->pattern->language);
}

/* Who of an end takes methods that the route needs. */
static struct finding_side
find_taker(const struct reach *r, const struct trie_end *end,
           uint64_t *methods)
{
    for (int i = 0; i < end->entries->nelts; i++) {
        const struct trie_entry *entry =
            &((const struct trie_entry *)(const void *)end->entries->elts)[i];

        *methods = trie_entry_methods(entry) & r->methods;
        if (*methods != 0) {
            return finding_of(entry);
        }
    }
    *methods = TRIE_ANY & r->methods;
    return (struct finding_side){NULL, NULL, end->guard};
}

/* Remembers the first URL that goes to another route, and that route. */
static void
note_taker(struct reach *r, const struct trie_end *end, int chosen)
{
    const char *path = "";

    if (r->taken != NULL) {
        return;
    }
    for (int i = 0; i < r->steps->nelts; i++) {
        path = apr_pstrcat(r->trie->pool, path, "/", step_word(r, i, chosen),
                           NULL);
    }
    r->taken = path;
    r->taker = find_taker(r, end, &r->taken_methods);
}

/* What an end of a more specific path takes. */
static uint64_t
cover(struct reach *r, const struct trie_end *end, int chosen,
      uint64_t covered)
{
    uint64_t methods = end == NULL ? 0 : trie_end_methods(end);

    if ((methods & r->methods) != 0) {
        note_taker(r, end, chosen);
    }
    return covered | methods;
}

/* Whether a language has every word without NUL. */
static int
has_all(const struct dfa *dfa)
{
    int all = dfa->n_states == 2 && dfa->accept == 1;

    for (unsigned byte = 1; byte < 256 && all; byte++) {
        all = dfa->cells[dfa->n_classes + dfa->classes[byte]] == 1;
    }
    return all;
}

/* Whether a rest takes whatever comes. */
static int
takes_all(const struct trie_pattern *pattern)
{
    return pattern->kind != ROUTES_PATTERN_SEGMENT &&
           (pattern->language == NULL || has_all(pattern->language->dfa));
}

/* What the live nodes' rests take of all that goes on from them. */
static uint64_t
cover_rests(struct reach *r, int i, const apr_array_header_t *live,
            uint64_t covered)
{
    for (int n = 0; n < live->nelts; n++) {
        const struct trie_node *node =
            MODEL_AT(live, const struct trie_node, n);

        for (int p = 0; p < trie_n_patterns(node); p++) {
            if (takes_all(trie_pattern_at(node, p))) {
                covered = cover(r, trie_pattern_at(node, p)->end, i, covered);
            }
        }
    }
    return covered;
}

static uint64_t
cover_ends(struct reach *r, int i, const apr_array_header_t *live,
           uint64_t covered)
{
    for (int n = 0; n < live->nelts; n++) {
        covered = cover(r, MODEL_AT(live, const struct trie_node, n)->end, i,
                        covered);
    }
    return covered;
}

/* ---- candidates --------------------------------------------------------- */

static void
add_candidate(apr_array_header_t *all, struct candidate candidate)
{
    *(struct candidate *)apr_array_push(all) = candidate;
}

/* The first n patterns and all literals of a node that share a value with
 * the language. */
static void
add_candidates(const struct reach *r, apr_array_header_t *all,
               const struct trie_node *node, int n,
               const struct trie_language *language)
{
    for (int i = 0; i < trie_n_literals(node); i++) {
        const struct trie_literal *one = trie_literal_at(node, i);

        if (dfa_accepts(language->dfa, one->text, strlen(one->text))) {
            add_candidate(all, (struct candidate){one->next, one->text, NULL});
        }
    }
    for (int i = 0; i < n; i++) {
        const struct trie_pattern *one = trie_pattern_at(node, i);

        if (one->kind == ROUTES_PATTERN_SEGMENT &&
            trie_relate(r->trie, one->language, language, NULL) !=
                DFA_DISJOINT) {
            add_candidate(all,
                          (struct candidate){one->next, NULL, one->language});
        }
    }
}

static int
candidate_fits(const struct candidate *candidate, const char *word)
{
    return candidate->text != NULL
               ? strcmp(candidate->text, word) == 0
               : dfa_accepts(candidate->language->dfa, word, strlen(word));
}

/* The nodes that a value leads to. */
static apr_array_header_t *
follow(const struct reach *r, const apr_array_header_t *candidates,
       const char *word)
{
    apr_array_header_t *live =
        apr_array_make(r->pool, 2, sizeof(struct trie_node *));

    for (int i = 0; i < candidates->nelts; i++) {
        const struct candidate *one =
            &((const struct candidate *)(const void *)candidates->elts)[i];

        if (candidate_fits(one, word)) {
            *(const struct trie_node **)apr_array_push(live) = one->next;
        }
    }
    return live;
}

/* ---- the search --------------------------------------------------------- */

/* What splits the values of a step's parameter. */
static struct splitter *
split_by(const struct reach *r, const struct trie_pattern *pattern,
         const apr_array_header_t *candidates)
{
    struct splitter *splitter = splitter_make(r->pool, pattern->language->dfa);

    for (int i = 0; i < candidates->nelts; i++) {
        const struct candidate *one =
            &((const struct candidate *)(const void *)candidates->elts)[i];

        if (one->text != NULL) {
            splitter_text(splitter, one->text);
        }
        else {
            splitter_dfa(splitter, one->language->dfa);
        }
    }
    return splitter;
}

static int
try_word(struct reach *r, int i, const apr_array_header_t *candidates,
         const char *word, uint64_t covered)
{
    r->words[i] = word;
    return has_url(r, i + 1, follow(r, candidates, word), covered);
}

static int
try_pattern(struct reach *r, int i, const apr_array_header_t *live,
            uint64_t covered)
{
    const struct step *step = step_at(r, i);
    apr_array_header_t *candidates =
        apr_array_make(r->pool, 4, sizeof(struct candidate));
    apr_array_header_t *words;

    add_candidates(r, candidates, step->node, step->index,
                   step->pattern->language);
    for (int n = 0; n < live->nelts; n++) {
        const struct trie_node *node =
            MODEL_AT(live, const struct trie_node, n);

        add_candidates(r, candidates, node, trie_n_patterns(node),
                       step->pattern->language);
    }
    words = splitter_words(split_by(r, step->pattern, candidates),
                           REACH_MAX_SPLITS);
    if (words == NULL) {
        return 1;
    }
    /* the fewer candidates the better: a value of none stands first */
    for (int n = 0; n < words->nelts; n++) {
        const char *word = MODEL_AT(words, const char, n);

        if (try_word(r, i, candidates, word, covered)) {
            return 1;
        }
        if (follow(r, candidates, word)->nelts == 0) {
            return 0;
        }
    }
    return 0;
}

static int
try_literal(struct reach *r, int i, const apr_array_header_t *live,
            uint64_t covered)
{
    const char *text = step_at(r, i)->literal;
    size_t len = strlen(text);
    apr_array_header_t *next =
        apr_array_make(r->pool, 2, sizeof(struct trie_node *));

    for (int n = 0; n < live->nelts; n++) {
        const struct trie_node *node =
            MODEL_AT(live, const struct trie_node, n);
        const struct trie_node *child = trie_child(r->trie, node, text);

        if (child != NULL) {
            *(const struct trie_node **)apr_array_push(next) = child;
        }
        for (int p = 0; p < trie_n_patterns(node); p++) {
            const struct trie_pattern *one = trie_pattern_at(node, p);

            if (one->kind == ROUTES_PATTERN_SEGMENT &&
                dfa_accepts(one->language->dfa, text, len)) {
                *(const struct trie_node **)apr_array_push(next) = one->next;
            }
        }
    }
    return has_url(r, i + 1, next, covered);
}

/* Whether from step i on a URL is left, the methods covered being taken. */
static int
has_url(struct reach *r, int i, const apr_array_header_t *live,
        uint64_t covered)
{
    const struct step *step;

    if (++r->budget > REACH_MAX_STEPS) {
        return 1;
    }
    if (i == r->steps->nelts) {
        covered = cover_ends(r, i, live, covered);
        return (r->methods & ~covered) != 0;
    }
    covered = cover_rests(r, i, live, covered);
    if ((r->methods & ~covered) == 0) {
        return 0;
    }
    step = step_at(r, i);
    if (step->literal != NULL) {
        return try_literal(r, i, live, covered);
    }
    /* what smaller rests leave of a rest is not asked */
    return step->pattern->kind != ROUTES_PATTERN_SEGMENT ||
           try_pattern(r, i, live, covered);
}

static void
check_entry(struct reach *r, const struct trie_entry *entry)
{
    apr_array_header_t *live;

    apr_pool_create(&r->pool, r->trie->pool);
    live = apr_array_make(r->pool, 1, sizeof(struct trie_node *));
    r->methods = entry->route->any ? TRIE_ANY : entry->methods;
    r->budget = 0;
    r->taken = NULL;
    r->words =
        apr_pcalloc(r->pool, (apr_size_t)r->steps->nelts * sizeof(char *));
    if (!has_url(r, 0, live, 0) && r->taken != NULL) {
        finding_add(r->findings, &(struct finding){.code = E203,
                                                   .winner = r->taker,
                                                   .loser = finding_of(entry),
                                                   .methods = r->taken_methods,
                                                   .path = r->taken,
                                                   .host = r->host});
    }
    apr_pool_destroy(r->pool);
}

/* ---- the walk ----------------------------------------------------------- */

static void
key_cover(struct reach *r, const struct trie_language *language,
          const apr_array_header_t *candidates)
{
    memo_begin(r->memo);
    memo_bytes(r->memo, &language->index, sizeof(language->index));
    for (int i = 0; i < candidates->nelts; i++) {
        const struct candidate *one =
            &((const struct candidate *)(const void *)candidates->elts)[i];

        memo_bytes(r->memo, &one->language, sizeof(one->language));
        memo_text(r->memo, one->text != NULL ? one->text : "");
    }
}

/* Whether the candidates take every value of the pattern. */
static int
find_cover(struct reach *r, const struct trie_pattern *pattern,
           const apr_array_header_t *candidates)
{
    struct splitter *splitter = split_by(r, pattern, candidates);
    apr_array_header_t *words;

    if (candidates->nelts == 0 || splitter_surely_free(splitter)) {
        return 0;
    }
    words = splitter_words(splitter, REACH_MAX_SPLITS);
    return words != NULL &&
           follow(r, candidates, MODEL_AT(words, const char, 0))->nelts > 0;
}

/* Whether what stands before a pattern takes all of its values. */
static int
is_covered(struct reach *r, const struct trie_node *node, int index)
{
    const struct trie_pattern *pattern = trie_pattern_at(node, index);
    apr_array_header_t *candidates;
    const char *cover;

    apr_pool_create(&r->pool, r->trie->pool);
    candidates = apr_array_make(r->pool, 4, sizeof(struct candidate));
    add_candidates(r, candidates, node, index, pattern->language);
    key_cover(r, pattern->language, candidates);
    cover = memo_find(r->memo, r->covers);
    if (cover == NULL) {
        cover = find_cover(r, pattern, candidates) ? "" : "no";
        memo_set(r->memo, r->covers, cover);
    }
    apr_pool_destroy(r->pool);
    return *cover == '\0';
}

static void
check_end(struct reach *r, const struct trie_end *end)
{
    for (int i = 0; end != NULL && r->n_covered > 0 && i < end->entries->nelts;
         i++) {
        check_entry(
            r,
            &((const struct trie_entry *)(const void *)end->entries->elts)[i]);
    }
}

static void check_node(struct reach *r, const struct trie_node *node);

static void
check_pattern(struct reach *r, const struct trie_node *node, int index)
{
    const struct trie_pattern *pattern = trie_pattern_at(node, index);
    unsigned covered = pattern->kind == ROUTES_PATTERN_SEGMENT &&
                       (unsigned)is_covered(r, node, index);

    if (pattern->kind == ROUTES_PATTERN_GUARD) {
        return;
    }
    r->n_covered += covered;
    *(struct step *)apr_array_push(r->steps) =
        (struct step){node, NULL, pattern, index};
    if (pattern->next != NULL) {
        check_node(r, pattern->next);
    }
    else {
        check_end(r, pattern->end);
    }
    apr_array_pop(r->steps);
    r->n_covered -= covered;
}

static void
check_node(struct reach *r, const struct trie_node *node)
{
    check_end(r, node->end);
    for (int i = 0; i < trie_n_literals(node); i++) {
        *(struct step *)apr_array_push(r->steps) =
            (struct step){node, trie_literal_at(node, i)->text, NULL, 0};
        check_node(r, trie_literal_at(node, i)->next);
        apr_array_pop(r->steps);
    }
    for (int i = 0; i < trie_n_patterns(node); i++) {
        check_pattern(r, node, i);
    }
}

void
reach_check(struct trie *trie, const struct trie_host *host,
            struct findings *findings)
{
    struct reach r = {.trie = trie, .host = host, .findings = findings};

    r.memo = memo_make(trie->pool);
    r.covers = apr_hash_make(trie->pool);
    r.steps = apr_array_make(trie->pool, 16, sizeof(struct step));
    check_node(&r, host->root);
}
