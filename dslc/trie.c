/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of every path of a model.
 *
 * Children are found in one hash table for the whole forest, whose keys are
 * the parent's number and what leads on, so that building is linear however
 * many children a node has.
 */
#include "trie.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "hosts.h"
#include "language.h"
#include "memo.h"

#define WORDS 4 /* of 64 bits: a set of bytes */

/* A language with what tells many pairs apart at a glance. */
struct known_language {
    struct trie_language face; /* first, so that a face leads back here */
    uint64_t first[WORDS];     /* bytes that a word begins with */
    uint64_t last[WORDS];      /* bytes that it ends with */
    int blank;                 /* the empty word is in it */
    const char *prefix;        /* every word begins so */
    const char *suffix;        /* and ends so */
    size_t prefix_len;
    size_t suffix_len;
};

struct relation {
    enum dfa_relation relation;
    const char *witness; /* NULL: not looked for yet */
};

struct trie_work {
    struct memo *memo;
    apr_hash_t *children;      /* parent, what leads on -> the child */
    apr_hash_t *by_key;        /* prefix, suffix, type -> trie_language */
    apr_hash_t *by_bytes;      /* automaton -> trie_language */
    apr_hash_t *words;         /* index -> a shortest word */
    apr_hash_t *relations;     /* two indexes -> struct relation */
    struct relation unknown;   /* past TRIE_MAX_RELATIONS: disjoint */
    apr_hash_t *guards;        /* two places -> the one for both */
    apr_array_header_t *nodes; /* struct trie_node *, parents first */
};

/* ---- languages ---------------------------------------------------------- */

static void
add_byte(uint64_t set[WORDS], unsigned byte)
{
    set[byte / 64] |= UINT64_C(1) << byte % 64;
}

static int
sets_meet(const uint64_t a[WORDS], const uint64_t b[WORDS])
{
    return ((a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2]) | (a[3] & b[3])) !=
           0;
}

/* Finds the bytes that words begin and end with. */
static void
look_at_ends(struct known_language *known)
{
    const struct dfa *dfa = known->face.dfa;
    uint8_t begins[256] = {0};
    uint8_t ends[256] = {0};

    known->blank = dfa->start >= dfa->accept;
    for (uint32_t c = 0; c < dfa->n_classes; c++) {
        begins[c] = dfa->cells[dfa->start * dfa->n_classes + c] != 0;
    }
    for (uint32_t i = 0; i < dfa->n_states * dfa->n_classes; i++) {
        ends[i % dfa->n_classes] |= dfa->cells[i] >= dfa->accept;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        if (begins[dfa->classes[byte]]) {
            add_byte(known->first, byte);
        }
        if (ends[dfa->classes[byte]]) {
            add_byte(known->last, byte);
        }
    }
}

/* The one language that has this automaton. */
static const struct trie_language *
intern_language(struct trie *trie, const struct dfa *dfa,
                const struct model_segment *segment)
{
    struct memo *memo = trie->work->memo;
    struct known_language *known;

    memo_begin(memo);
    memo_bytes(memo, &dfa->n_classes, sizeof(dfa->n_classes));
    memo_bytes(memo, &dfa->accept, sizeof(dfa->accept));
    memo_bytes(memo, dfa->classes, sizeof(dfa->classes));
    memo_bytes(memo, dfa->cells,
               sizeof(*dfa->cells) * dfa->n_states * dfa->n_classes);
    known = memo_find(memo, trie->work->by_bytes);
    if (known == NULL) {
        known = apr_pcalloc(trie->pool, sizeof(*known));
        known->face.dfa = dfa;
        known->face.index = (uint32_t)trie->languages->nelts;
        known->prefix = segment->prefix;
        known->suffix = segment->suffix;
        known->prefix_len = strlen(segment->prefix);
        known->suffix_len = strlen(segment->suffix);
        look_at_ends(known);
        *(const struct trie_language **)apr_array_push(trie->languages) =
            &known->face;
        memo_set(memo, trie->work->by_bytes, known);
    }
    return &known->face;
}

static void
refuse_param(struct trie *trie, const struct model_param *param, int empty)
{
    for (int i = 0; i < trie->refusals->nelts; i++) {
        struct trie_refusal *one =
            (struct trie_refusal *)(void *)trie->refusals->elts + i;

        if (one->param == param) {
            return;
        }
    }
    *(struct trie_refusal *)apr_array_push(trie->refusals) =
        (struct trie_refusal){param, empty};
}

static struct dfa *
make_language(struct trie *trie, const struct model_segment *segment)
{
    struct dfa *dfa = dfa_of_type(trie->pool, segment->param->type);

    if (dfa == NULL ||
        (*segment->prefix == '\0' && *segment->suffix == '\0')) {
        return dfa;
    }
    return dfa_wrap(trie->pool, segment->prefix, dfa, segment->suffix);
}

static void
key_language(struct memo *memo, const struct model_segment *segment,
             const char *type)
{
    memo_begin(memo);
    memo_text(memo, segment->prefix);
    memo_text(memo, segment->suffix);
    memo_text(memo, type);
}

const struct trie_language *
trie_language(struct trie *trie, const struct model_segment *segment)
{
    struct memo *memo = trie->work->memo;
    const char *key = language_key(trie->pool, segment->param->type);
    const struct trie_language *language;
    struct dfa *dfa;

    key_language(memo, segment, key);
    language = memo_find(memo, trie->work->by_key);
    if (language != NULL) {
        return language;
    }
    dfa = make_language(trie, segment);
    if (dfa == NULL || dfa_empty(dfa)) {
        refuse_param(trie, segment->param, dfa != NULL);
        return NULL;
    }
    language = intern_language(trie, dfa, segment);
    key_language(memo, segment, key);
    memo_set(memo, trie->work->by_key, language);
    return language;
}

/* ---- relations ---------------------------------------------------------- */

/* Whether both can begin with their prefixes and end with their suffixes. */
static int
frames_fit(const struct known_language *a, const struct known_language *b)
{
    size_t prefix =
        a->prefix_len < b->prefix_len ? a->prefix_len : b->prefix_len;
    size_t suffix =
        a->suffix_len < b->suffix_len ? a->suffix_len : b->suffix_len;

    return memcmp(a->prefix, b->prefix, prefix) == 0 &&
           memcmp(a->suffix + a->suffix_len - suffix,
                  b->suffix + b->suffix_len - suffix, suffix) == 0;
}

/* Whether the ends of words already show that no word is in both. */
static int
surely_disjoint(const struct trie_language *a, const struct trie_language *b)
{
    const struct known_language *x = (const struct known_language *)a;
    const struct known_language *y = (const struct known_language *)b;

    return (!x->blank || !y->blank) &&
           (!sets_meet(x->first, y->first) || !sets_meet(x->last, y->last) ||
            !frames_fit(x, y));
}

static enum dfa_relation
turn_relation(enum dfa_relation relation)
{
    switch (relation) {
    case DFA_SUBSET:
        return DFA_SUPERSET;
    case DFA_SUPERSET:
        return DFA_SUBSET;
    case DFA_DISJOINT:
    case DFA_EQUAL:
    case DFA_CROSSING:
        return relation;
    }
    return relation;
}

int
trie_exceeded(const struct trie *trie)
{
    return apr_hash_count(trie->work->relations) >= TRIE_MAX_RELATIONS;
}

/* What is known of a and b, a's index not above b's. */
static struct relation *
find_relation(const struct trie *trie, const struct trie_language *a,
              const struct trie_language *b)
{
    struct memo *memo = trie->work->memo;
    struct relation *known;

    memo_begin(memo);
    memo_bytes(memo, &a->index, sizeof(a->index));
    memo_bytes(memo, &b->index, sizeof(b->index));
    known = memo_find(memo, trie->work->relations);
    if (known == NULL && trie_exceeded(trie)) {
        return &trie->work->unknown;
    }
    if (known == NULL) {
        known = apr_pcalloc(trie->pool, sizeof(*known));
        known->relation = dfa_relate(trie->pool, a->dfa, b->dfa, NULL);
        memo_set(memo, trie->work->relations, known);
    }
    return known;
}

enum dfa_relation
trie_relate(const struct trie *trie, const struct trie_language *a,
            const struct trie_language *b, const char **witness)
{
    int turn = a->index > b->index;
    struct relation *known;

    if (witness != NULL) {
        *witness = NULL;
    }
    if (surely_disjoint(a, b)) {
        return DFA_DISJOINT;
    }
    known = turn ? find_relation(trie, b, a) : find_relation(trie, a, b);
    if (witness != NULL && known->relation != DFA_DISJOINT) {
        if (known->witness == NULL) {
            dfa_relate(trie->pool, a->dfa, b->dfa, &known->witness);
        }
        *witness = known->witness;
    }
    return turn ? turn_relation(known->relation) : known->relation;
}

const char *
trie_word(const struct trie *trie, const struct trie_language *language)
{
    apr_hash_t *words = trie->work->words;
    const char *word =
        apr_hash_get(words, &language->index, sizeof(language->index));

    if (word == NULL) {
        dfa_relate(trie->pool, language->dfa, language->dfa, &word);
        apr_hash_set(words, &language->index, sizeof(language->index), word);
    }
    return word;
}

/* ---- nodes and ends ----------------------------------------------------- */

struct trie_node *
trie_add_node(struct trie *trie)
{
    struct trie_node *node = apr_pcalloc(trie->pool, sizeof(*node));

    node->index = ++trie->n_nodes;
    *(struct trie_node **)apr_array_push(trie->work->nodes) = node;
    return node;
}

static struct trie_end *
add_end(struct trie *trie)
{
    struct trie_end *end = apr_pcalloc(trie->pool, sizeof(*end));

    end->index = ++trie->n_ends;
    end->entries = apr_array_make(trie->pool, 1, sizeof(struct trie_entry));
    return end;
}

static void
key_child(struct memo *memo, const struct trie_node *node, char kind)
{
    memo_begin(memo);
    memo_bytes(memo, &node->index, sizeof(node->index));
    memo_bytes(memo, &kind, 1);
}

struct trie_node *
trie_child(const struct trie *trie, const struct trie_node *node,
           const char *text)
{
    key_child(trie->work->memo, node, 'l');
    memo_text(trie->work->memo, text);
    return memo_find(trie->work->memo, trie->work->children);
}

/* The node behind a literal, made if need be. */
static struct trie_node *
literal_child(struct trie *trie, struct trie_node *node, const char *text)
{
    struct trie_node *child = trie_child(trie, node, text);

    if (child == NULL) {
        child = trie_add_node(trie);
        memo_set(trie->work->memo, trie->work->children, child);
        if (node->literals == NULL) {
            node->literals =
                apr_array_make(trie->pool, 2, sizeof(struct trie_literal));
        }
        *(struct trie_literal *)apr_array_push(node->literals) =
            (struct trie_literal){text, child};
    }
    return child;
}

static void
add_pattern(struct trie *trie, struct trie_node *node,
            struct trie_pattern *pattern)
{
    if (node->patterns == NULL) {
        node->patterns =
            apr_array_make(trie->pool, 1, sizeof(struct trie_pattern *));
    }
    *(struct trie_pattern **)apr_array_push(node->patterns) = pattern;
}

/* The pattern for a segment or rest, made if need be.  One language with a
 * prefix and a suffix of one length has one text for each. */
static struct trie_pattern *
pattern_child(struct trie *trie, struct trie_node *node,
              const struct model_segment *segment,
              const struct trie_language *language)
{
    struct memo *memo = trie->work->memo;
    size_t lengths[2] = {strlen(segment->prefix), strlen(segment->suffix)};
    struct trie_pattern *pattern;

    key_child(memo, node, segment->rest ? 'r' : 's');
    memo_bytes(memo, &language->index, sizeof(language->index));
    memo_bytes(memo, lengths, sizeof(lengths));
    pattern = memo_find(memo, trie->work->children);
    if (pattern == NULL) {
        pattern = apr_pcalloc(trie->pool, sizeof(*pattern));
        memo_set(memo, trie->work->children, pattern);
        pattern->kind =
            segment->rest ? ROUTES_PATTERN_REST : ROUTES_PATTERN_SEGMENT;
        pattern->prefix = segment->prefix;
        pattern->suffix = segment->suffix;
        pattern->type = segment->param->type;
        pattern->language = language;
        pattern->next = segment->rest ? NULL : trie_add_node(trie);
        pattern->end = segment->rest ? add_end(trie) : NULL;
        add_pattern(trie, node, pattern);
    }
    return pattern;
}

/* The guard of a node, made if need be. */
static struct trie_end *
guard_child(struct trie *trie, struct trie_node *node)
{
    struct memo *memo = trie->work->memo;
    struct trie_pattern *pattern;

    key_child(memo, node, 'g');
    pattern = memo_find(memo, trie->work->children);
    if (pattern == NULL) {
        pattern = apr_pcalloc(trie->pool, sizeof(*pattern));
        memo_set(memo, trie->work->children, pattern);
        pattern->kind = ROUTES_PATTERN_GUARD;
        pattern->prefix = "";
        pattern->suffix = "";
        pattern->end = add_end(trie);
        add_pattern(trie, node, pattern);
    }
    return pattern->end;
}

static struct trie_end *
node_end(struct trie *trie, struct trie_node *node)
{
    if (node->end == NULL) {
        node->end = add_end(trie);
    }
    return node->end;
}

/* ---- paths -------------------------------------------------------------- */

/* A path with the languages of its parameters. */
struct way {
    const struct model_path *path;
    const struct trie_language **languages; /* by segment; NULL: literal */
};

/* Finds the languages; false when a parameter has none. */
static int
find_way(struct trie *trie, struct way *way, const struct model_path *path)
{
    int n = path->segments->nelts;
    int all = 1;

    way->path = path;
    way->languages =
        apr_pcalloc(trie->pool, (apr_size_t)n * sizeof(*way->languages));
    for (int i = 0; i < n; i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, i);

        if (segment->param != NULL) {
            way->languages[i] = trie_language(trie, segment);
            all &= way->languages[i] != NULL;
        }
    }
    return all;
}

/* Goes from a node over n segments, none of them a rest. */
static struct trie_node *
descend(struct trie *trie, struct trie_node *node, const struct way *way,
        int n)
{
    for (int i = 0; i < n; i++) {
        const struct model_segment *segment =
            MODEL_AT(way->path->segments, struct model_segment, i);

        node =
            segment->param == NULL
                ? literal_child(trie, node, segment->prefix)
                : pattern_child(trie, node, segment, way->languages[i])->next;
    }
    return node;
}

/* Where a path ends below a root. */
static struct trie_end *
path_end(struct trie *trie, struct trie_node *root, const struct way *way)
{
    int n = way->path->segments->nelts;
    const struct model_segment *last =
        MODEL_AT(way->path->segments, struct model_segment, n - 1);

    if (last->rest) {
        root = descend(trie, root, way, n - 1);
        return pattern_child(trie, root, last, way->languages[n - 1])->end;
    }
    return node_end(trie, descend(trie, root, way, n));
}

static int
place_depth(const struct model_place *place)
{
    return place->path != NULL ? place->path->segments->nelts : 0;
}

static void
add_route(struct trie_end *end, const struct model_route *route,
          const struct model_path *path)
{
    struct trie_entry *entry = apr_array_push(end->entries);

    entry->route = route;
    entry->path = path;
    entry->methods = route->methods;
    end->methods |= entry->methods;
    if (route->any && end->any == NULL) {
        end->any = route;
    }
    if (end->place == NULL ||
        place_depth(route->place) > place_depth(end->place)) {
        end->place = route->place;
    }
}

/* ---- guards ------------------------------------------------------------- */

/* The realms of a, then those of b that a has not. */
static apr_array_header_t *
join_realms(apr_pool_t *pool, const struct model_auth *a,
            const struct model_auth *b)
{
    apr_array_header_t *all = apr_array_copy(pool, a->realms);

    for (int i = 0; i < b->realms->nelts; i++) {
        struct model_realm *realm = MODEL_AT(b->realms, struct model_realm, i);
        int known = 0;

        for (int j = 0; j < all->nelts; j++) {
            known |= MODEL_AT(all, struct model_realm, j) == realm;
        }
        if (!known) {
            *(struct model_realm **)apr_array_push(all) = realm;
        }
    }
    return all;
}

const struct model_auth *
trie_join_auths(apr_pool_t *pool, const struct model_auth *a,
                const struct model_auth *b)
{
    struct model_rule *rule;
    struct model_auth *both;

    if (a == NULL || b == NULL || a == b) {
        return a != NULL ? a : b;
    }
    rule = apr_pcalloc(pool, sizeof(*rule));
    rule->op = MODEL_RULE_AND;
    rule->left = a->rule;
    rule->right = b->rule;
    rule->span = b->rule->span;
    both = apr_pcalloc(pool, sizeof(*both));
    both->rule = rule;
    both->realms = join_realms(pool, a, b);
    return both;
}

/* A place with the requirements of both. */
static const struct model_place *
join_guards(struct trie *trie, struct model *model,
            const struct model_place *a, const struct model_place *b)
{
    struct memo *memo = trie->work->memo;
    const struct model_auth *auth =
        trie_join_auths(trie->pool, a->auth, b->auth);
    struct model_place *both;

    if (auth == a->auth) {
        return a;
    }
    memo_begin(memo);
    memo_bytes(memo, &a, sizeof(a));
    memo_bytes(memo, &b, sizeof(b));
    both = memo_find(memo, trie->work->guards);
    if (both == NULL) {
        both = apr_pmemdup(trie->pool, a, sizeof(*a));
        both->auth = auth;
        memo_set(memo, trie->work->guards, both);
        *(struct model_place **)apr_array_push(model->places) = both;
    }
    return both;
}

/* The guard also answers for the end's other methods, unless a route there
 * belongs to a place further in (LANGUAGE.md P12). */
static void
set_guard(struct trie *trie, struct model *model, struct trie_end *end,
          const struct model_place *place)
{
    end->guard = end->guard == NULL
                     ? place
                     : join_guards(trie, model, end->guard, place);
    if (end->place == NULL || place_depth(end->place) <= place_depth(place)) {
        end->place = end->guard;
    }
}

/* Whether the path ends with a slash: its last segment is empty. */
static int
ends_with_slash(const struct model_path *path)
{
    int n = path->segments->nelts;
    const struct model_segment *last;

    if (n == 0) {
        return 0;
    }
    last = MODEL_AT(path->segments, struct model_segment, n - 1);
    return last->param == NULL && *last->prefix == '\0';
}

/* Ends a location's prefix and all below it.  "/a/" keeps what is below "/a"
 * but not "/a" itself; the prefix "/", which has no segments, is its own
 * slash. */
static void
add_guard(struct trie *trie, struct model *model, struct trie_node *root,
          const struct model_place *place, const struct way *way)
{
    int n = way->path->segments->nelts;
    struct trie_node *top =
        descend(trie, root, way, n - ends_with_slash(way->path));
    struct trie_node *own =
        n > 0 ? descend(trie, root, way, n) : literal_child(trie, root, "");

    set_guard(trie, model, node_end(trie, own), place);
    set_guard(trie, model, guard_child(trie, top), place);
}

/* ---- the whole ---------------------------------------------------------- */

static void
add_path(struct trie *trie, const apr_array_header_t *roots,
         const struct model_route *route, const struct model_path *path)
{
    struct way way;

    if (!find_way(trie, &way, path)) {
        return;
    }
    for (int i = 0; i < roots->nelts; i++) {
        add_route(path_end(trie, MODEL_AT(roots, struct trie_node, i), &way),
                  route, path);
    }
}

static void
add_routes(struct trie *trie, struct model *model, const struct hosts *hosts)
{
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        for (int j = 0; j < route->paths->nelts && route->choice_of == NULL;
             j++) {
            add_path(trie, hosts_roots(hosts, route->place), route,
                     MODEL_AT(route->paths, struct model_path, j));
        }
    }
}

static void
add_guards(struct trie *trie, struct model *model, const struct hosts *hosts)
{
    int n = model->places->nelts; /* join_guards adds some */

    for (int i = 0; i < n; i++) {
        const struct model_place *place =
            MODEL_AT(model->places, struct model_place, i);
        const apr_array_header_t *roots = hosts_roots(hosts, place);
        struct way way;

        if (!place->guards || !find_way(trie, &way, place->path)) {
            continue;
        }
        for (int k = 0; k < roots->nelts; k++) {
            add_guard(trie, model, MODEL_AT(roots, struct trie_node, k), place,
                      &way);
        }
    }
}

/* Puts a pattern behind all that are strictly smaller. */
static void
place_pattern(const struct trie *trie, const apr_array_header_t *all, int i,
              char *placed, apr_array_header_t *sorted)
{
    struct trie_pattern *pattern = MODEL_AT(all, struct trie_pattern, i);

    if (placed[i]) {
        return;
    }
    placed[i] = 1;
    for (int j = 0; j < all->nelts; j++) {
        const struct trie_pattern *other =
            MODEL_AT(all, struct trie_pattern, j);

        if (!placed[j] && other->kind == pattern->kind &&
            pattern->kind != ROUTES_PATTERN_GUARD &&
            trie_relate(trie, other->language, pattern->language, NULL) ==
                DFA_SUBSET) {
            place_pattern(trie, all, j, placed, sorted);
        }
    }
    *(struct trie_pattern **)apr_array_push(sorted) = pattern;
}

/* Sorts a node's patterns: segments, rests, guard; smaller ones first, else
 * as in the source. */
static void
sort_patterns(const struct trie *trie, struct trie_node *node)
{
    static const enum routes_pattern_kind kinds[] = {
        ROUTES_PATTERN_SEGMENT, ROUTES_PATTERN_REST, ROUTES_PATTERN_GUARD};
    const apr_array_header_t *all = node->patterns;
    apr_array_header_t *sorted;
    char *placed;

    if (all == NULL || all->nelts < 2) {
        return;
    }
    sorted = apr_array_make(trie->pool, all->nelts, all->elt_size);
    placed = apr_pcalloc(trie->pool, (apr_size_t)all->nelts);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        for (int i = 0; i < all->nelts; i++) {
            if (MODEL_AT(all, struct trie_pattern, i)->kind == kinds[k]) {
                place_pattern(trie, all, i, placed, sorted);
            }
        }
    }
    node->patterns = sorted;
}

/* With what a GET answers beside itself: HEAD, and a handshake that asks for a
 * websocket. */
static uint64_t
with_get(uint64_t methods)
{
    return methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)
               ? methods | ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |
                     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET)
               : methods;
}

uint64_t
trie_entry_methods(const struct trie_entry *entry)
{
    if (entry->route->any) {
        return TRIE_ANY | entry->methods;
    }
    return with_get(entry->methods);
}

uint64_t
trie_end_methods(const struct trie_end *end)
{
    uint64_t methods = with_get(end->methods);

    return end->any != NULL || end->guard != NULL ? methods | TRIE_ANY
                                                  : methods;
}

/* Sums up the methods of a node whose children are done. */
static void
sum_methods(struct trie_node *node)
{
    node->methods = node->end != NULL ? trie_end_methods(node->end) : 0;
    for (int i = 0; node->literals != NULL && i < node->literals->nelts; i++) {
        node->methods |=
            ((struct trie_literal *)(void *)node->literals->elts)[i]
                .next->methods;
    }
    for (int i = 0; node->patterns != NULL && i < node->patterns->nelts; i++) {
        const struct trie_pattern *pattern =
            MODEL_AT(node->patterns, struct trie_pattern, i);

        node->methods |= pattern->next != NULL
                             ? pattern->next->methods
                             : trie_end_methods(pattern->end);
    }
}

static struct trie *
make_trie(apr_pool_t *pool)
{
    struct trie *trie = apr_pcalloc(pool, sizeof(*trie));
    struct trie_work *work = apr_pcalloc(pool, sizeof(*work));

    trie->pool = pool;
    trie->hosts = apr_array_make(pool, 4, sizeof(struct trie_host));
    trie->languages = apr_array_make(pool, 8, sizeof(struct trie_language *));
    trie->refusals = apr_array_make(pool, 1, sizeof(struct trie_refusal));
    trie->work = work;
    work->memo = memo_make(pool);
    work->children = apr_hash_make(pool);
    work->by_key = apr_hash_make(pool);
    work->by_bytes = apr_hash_make(pool);
    work->words = apr_hash_make(pool);
    work->relations = apr_hash_make(pool);
    work->guards = apr_hash_make(pool);
    work->nodes = apr_array_make(pool, 64, sizeof(struct trie_node *));
    return trie;
}

struct trie *
trie_of(struct model *model)
{
    struct trie *trie = model->trie;
    const struct hosts *hosts;

    if (trie != NULL) {
        return trie;
    }
    trie = make_trie(model->pool);
    hosts = hosts_make(trie, model);
    add_routes(trie, model, hosts);
    add_guards(trie, model, hosts);
    for (int i = trie->work->nodes->nelts; i-- > 0;) {
        struct trie_node *node =
            MODEL_AT(trie->work->nodes, struct trie_node, i);

        sort_patterns(trie, node);
        sum_methods(node);
    }
    model->trie = trie;
    return trie;
}
