/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trees of nodes that the matcher walks.
 */
#include "check.h"

#include "digits.h"
#include "node.h"
#include "segment.h"
#include "set.h"

/* What is known of a node once its parent was seen. */
struct visit {
    uint8_t seen;
    uint8_t depth;
    uint8_t n_captures;
};

struct trees {
    struct visit *visits; /* one a node */
    uint32_t *queue;      /* nodes seen, their children not yet checked */
    uint32_t n_queued;
};

/* Takes a row of nodes[], which no other node has taken. */
static void
claim_row(struct routes_check *c, struct trees *trees, uint32_t node)
{
    routes_check_row(c, node, c->table->n_nodes, "a node that is none");
    if (c->refusal == NULL) {
        routes_check_expect(c, !trees->visits[node].seen,
                            "a node that is reached twice");
        routes_check_expect(c, c->table->nodes[node].more <= 1,
                            "a flag that is none");
        trees->visits[node].seen = 1;
    }
}

/* A claimed row is a node: its own children are checked later. */
static void
visit_node(struct routes_check *c, struct trees *trees, uint32_t node,
           uint32_t depth, uint32_t n_captures)
{
    routes_check_expect(c, depth <= ROUTES_MAX_SEGMENTS,
                        "a path of too many segments");
    routes_check_expect(c, n_captures <= ROUTES_MAX_CAPTURES,
                        "too many captures");
    if (c->refusal == NULL) {
        trees->visits[node] =
            (struct visit){1, (uint8_t)depth, (uint8_t)n_captures};
        trees->queue[trees->n_queued++] = node;
    }
}

static void
check_captures(struct routes_check *c, uint32_t route, uint32_t n_captures)
{
    routes_check_expect(c, c->table->routes[route].n_captures <= n_captures,
                        "an end without all captures of its route");
}

/* Whether each route of an end finds its captures there. */
static void
visit_end(struct routes_check *c, uint32_t index, uint32_t n_captures)
{
    const struct routes_table *t = c->table;
    const struct routes_end *end;
    uint32_t n;

    routes_check_index(c, index, t->n_ends, "an end that is none");
    if (c->refusal != NULL) {
        return;
    }
    end = &t->ends[index];
    n = (uint32_t)__builtin_popcountll(end->methods);
    check_captures(c, end->any, n_captures);
    check_captures(c, end->first, n_captures);
    for (uint32_t i = 1; i < n; i++) {
        check_captures(c, t->end_routes[end->further + i - 1], n_captures);
    }
}

/* ---- literals ----------------------------------------------------------- */

/* Whether a key is all of a literal of up to seven bytes: bytes, a '/', and
 * zeros. */
static int
is_short(uint64_t key)
{
    uint64_t slashes = routes_block_in_word(key, '/');

    return slashes != 0 &&
           (key & ~routes_segment_masks[__builtin_ctzll(slashes)]) == 0;
}

/* Whether a literal of eight bytes or more has its words: its length, then
 * words without '/' that end with the literal. */
static int
is_long(const struct routes_table *t, const struct routes_node *literal)
{
    uint64_t len = literal->what < t->n_words ? t->words[literal->what] : 0;
    uint64_t n = ROUTES_WORDS(len);
    unsigned odd = 8 * (unsigned)(len % ROUTES_WORD);
    uint64_t word = literal->key;
    uint64_t slashes = routes_block_in_word(word, '/');

    if (len < ROUTES_WORD ||
        !routes_check_fits(literal->what, n, t->n_words)) {
        return 0;
    }
    for (uint64_t i = 1; i < n; i++) {
        uint64_t next = t->words[literal->what + i];

        if (i + 1 == n && odd != 0 && next << odd != word >> odd << odd) {
            return 0; /* the last two have bytes in common */
        }
        word = next;
        slashes |= routes_block_in_word(word, '/');
    }
    return slashes == 0;
}

/* The slot where the search for a literal begins. */
static uint32_t
first_slot(const struct routes_table *t, const struct routes_node *node,
           const struct routes_node *literal)
{
    const uint64_t *words = &t->words[literal->what];
    uint64_t key = literal->key;

    if (node->literals == ROUTES_LITERALS_DEEP) {
        for (uint64_t i = 1; literal->what != 0 && i < ROUTES_WORDS(*words);
             i++) {
            key = routes_segment_deepen(key, words[i]);
        }
    }
    return routes_segment_hash(key, node->salt) / (uint32_t)sizeof(*node) &
           (routes_node_slots(node) - 1);
}

/* Whether the matcher will find the literal in slot i: the compiler hashed as
 * we do, and each slot before it leads on. */
static int
is_findable(const struct routes_table *t, const struct routes_node *node,
            uint32_t i)
{
    const struct routes_node *slots = routes_node_children(node);
    int deep = node->literals == ROUTES_LITERALS_DEEP;
    uint32_t slot = first_slot(t, node, &slots[i]);

    while (slot != i && slots[slot].more == 1 &&
           !(deep && slots[slot].key == 0)) {
        slot = (slot + 1) & (routes_node_slots(node) - 1);
    }
    return slot == i && (!deep || slots[i].more == 1);
}

static void
check_literal(struct routes_check *c, const struct routes_node *node,
              uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_node *literal = &routes_node_children(node)[i];

    routes_check_expect(c, literal->kind == ROUTES_PATTERN_NULL,
                        "a literal that is a pattern");
    routes_check_expect(
        c, literal->what == 0 ? is_short(literal->key) : is_long(t, literal),
        "a literal that is none");
    routes_check_expect(c, c->refusal != NULL || is_findable(t, node, i),
                        "a literal in a wrong slot");
}

/* A slot that is free takes nothing.  It may lead on, and does so where the
 * matcher looks at one by chance before it hashes the whole of a segment. */
static void
check_free(struct routes_check *c, const struct routes_node *node,
           const struct routes_node *slot)
{
    routes_check_expect(
        c, node->literals != ROUTES_LITERALS_DEEP || slot->more == 1,
        "a free slot that ends a search");
    routes_check_expect(c,
                        (slot->what | slot->children | slot->slots |
                         slot->salt | slot->end | slot->kind | slot->literals |
                         slot->first) == 0,
                        "a free slot that is a node");
}

/* Whether a search of the slots ends, wherever it begins. */
static int
is_finite(const struct routes_node *node)
{
    const struct routes_node *slots = routes_node_children(node);
    int deep = node->literals == ROUTES_LITERALS_DEEP;

    for (uint32_t i = 0; i < routes_node_slots(node); i++) {
        if (deep ? slots[i].key == 0 : slots[i].more == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether the distances that a node has are to rows of the table. */
static int
has_slots(const struct routes_table *t, uint32_t row)
{
    const struct routes_node *node = &t->nodes[row];
    uint32_t n = routes_node_slots(node);

    return node->slots % sizeof(*node) == 0 && (n & (n - 1)) == 0 &&
           (n != 0 || node->slots == 0) &&
           routes_check_fits(row, (uint64_t)node->children / sizeof(*node) + n,
                             t->n_nodes);
}

static void
visit_literals(struct routes_check *c, struct trees *trees, uint32_t row)
{
    const struct routes_node *node = &c->table->nodes[row];
    const struct visit visit = trees->visits[row];

    routes_check_expect(c, has_slots(c->table, row), "slots that are none");
    if (c->refusal != NULL || !node->literals) {
        return;
    }
    routes_check_expect(c, is_finite(node), "literals without an end");
    row += node->children / (uint32_t)sizeof(*node);
    for (uint32_t i = 0; i < routes_node_slots(node) && c->refusal == NULL;
         i++, row++) {
        claim_row(c, trees, row);
        if (c->refusal != NULL) {
            return;
        }
        if (c->table->nodes[row].key == 0) {
            check_free(c, node, &c->table->nodes[row]);
            continue;
        }
        check_literal(c, node, i);
        visit_node(c, trees, row, visit.depth + 1u, visit.n_captures);
    }
}

/* ---- patterns ----------------------------------------------------------- */

/* The texts and the type of a pattern, whoever has it. */
static void
patterns_row(struct routes_check *c, uint32_t i)
{
    const struct routes_pattern *pattern = &c->table->patterns[i];

    routes_check_text(c, pattern->prefix);
    routes_check_text(c, pattern->suffix);
    routes_check_row(c, pattern->type, c->table->n_types,
                     "a type that is none");
}

/* A set takes no empty segment, and its blocks are in the table. */
static void
check_set(struct routes_check *c, const struct routes_node *pattern)
{
    const struct routes_table *t = c->table;

    routes_check_expect(c,
                        !routes_set_admits(pattern->key, 0) &&
                            (uint32_t)pattern->key <= pattern->key >> 32,
                        "a set of no bytes");
    routes_check_expect(
        c,
        routes_check_fits(pattern->what, ROUTES_SET_BYTES, t->n_bytes) &&
            routes_set_is_one(t->bytes + pattern->what),
        "a set that is none");
}

/* An int has nothing around it, and the words of its type's bounds. */
static void
check_int(struct routes_check *c, const struct routes_node *pattern)
{
    const struct routes_table *t = c->table;
    const struct routes_pattern *row;
    const struct routes_type *type;
    uint64_t low;
    uint64_t high;

    routes_check_row(c, pattern->what, t->n_patterns,
                     "a pattern that is none");
    if (c->refusal != NULL) {
        return;
    }
    row = &t->patterns[pattern->what];
    type = &t->types[row->type];
    routes_check_expect(c, row->prefix.len == 0 && row->suffix.len == 0,
                        "an int with text around it");
    routes_check_expect(c,
                        type->kind == ROUTES_TYPE_INT && type->dfa == 0 &&
                            (type->flags & ROUTES_TYPE_PATH_DFA) == 0,
                        "an int that is none");
    routes_digits_bounds(type, &low, &high);
    routes_check_expect(c, row->low == low && row->high == high,
                        "an int of other bounds");
}

/* Whether what a pattern needs is there, and nothing else. */
static void
check_what(struct routes_check *c, const struct routes_node *pattern)
{
    const struct routes_table *t = c->table;

    switch ((enum routes_pattern_kind)pattern->kind) {
    case ROUTES_PATTERN_NULL:
        routes_check_refuse(c, "a pattern of no kind");
        break;
    case ROUTES_PATTERN_ANY:
    case ROUTES_PATTERN_GUARD:
        routes_check_expect(c, pattern->what == 0, "a pattern of two kinds");
        break;
    case ROUTES_PATTERN_DFA:
        routes_check_row(c, pattern->what, t->n_dfas, "a DFA that is none");
        break;
    case ROUTES_PATTERN_SET:
        check_set(c, pattern);
        return;
    case ROUTES_PATTERN_INT:
        check_int(c, pattern);
        break;
    case ROUTES_PATTERN_SEGMENT:
    case ROUTES_PATTERN_REST:
        routes_check_row(c, pattern->what, t->n_patterns,
                         "a pattern that is none");
        break;
    }
    routes_check_expect(c, pattern->key == 0, "a pattern that is a literal");
}

/* A path always ends behind what takes the rest of it. */
static void
visit_rest(struct routes_check *c, const struct routes_node *rest,
           uint32_t n_captures)
{
    routes_check_expect(c,
                        (rest->children | rest->slots | rest->salt |
                         rest->literals | rest->first) == 0,
                        "a rest that something follows");
    routes_check_expect(c, n_captures <= ROUTES_MAX_CAPTURES,
                        "too many captures");
    visit_end(c, rest->end, n_captures);
    routes_check_expect(c,
                        c->refusal != NULL ||
                            rest->kind != ROUTES_PATTERN_GUARD ||
                            c->table->ends[rest->end].guard != 0,
                        "a guard that keeps nothing");
}

static void
visit_pattern(struct routes_check *c, struct trees *trees, uint32_t row,
              const struct visit *visit)
{
    const struct routes_node *pattern = &c->table->nodes[row];
    uint32_t n_captures =
        visit->n_captures + (pattern->kind == ROUTES_PATTERN_GUARD ? 0u : 1u);

    routes_check_expect(c, pattern->kind <= ROUTES_PATTERN_INT,
                        "a kind that is none");
    if (c->refusal != NULL) {
        return;
    }
    check_what(c, pattern);
    if (pattern->kind == ROUTES_PATTERN_REST ||
        pattern->kind == ROUTES_PATTERN_GUARD) {
        visit_rest(c, pattern, n_captures);
    }
    else {
        visit_node(c, trees, row, visit->depth + 1u, n_captures);
    }
}

static void
visit_patterns(struct routes_check *c, struct trees *trees, uint32_t row)
{
    const struct routes_table *t = c->table;
    const struct routes_node *node = &t->nodes[row];
    const struct visit visit = trees->visits[row];

    if (c->refusal != NULL || node->first == ROUTES_PATTERN_NULL) {
        return;
    }
    routes_check_expect(c, visit.depth < ROUTES_MAX_SEGMENTS,
                        "a path of too many segments");
    routes_check_expect(c,
                        node->children != 0 &&
                            node[node->children / sizeof(*node) - 1].kind ==
                                node->first,
                        "another kind than its pattern's");
    row += node->children / (uint32_t)sizeof(*node);
    do {
        claim_row(c, trees, --row);
        if (c->refusal == NULL) {
            visit_pattern(c, trees, row, &visit);
        }
    } while (c->refusal == NULL && t->nodes[row].more != 0);
}

/* ---- nodes -------------------------------------------------------------- */

static void
check_node(struct routes_check *c, struct trees *trees, uint32_t row)
{
    const struct routes_node *node = &c->table->nodes[row];

    visit_end(c, node->end, trees->visits[row].n_captures);
    routes_check_expect(c, node->children % sizeof(*node) == 0,
                        "children that are none");
    routes_check_expect(c, node->literals <= ROUTES_LITERALS_DEEP,
                        "literals of no kind");
    visit_literals(c, trees, row);
    visit_patterns(c, trees, row);
}

/* The root of a host is a node of its own, to which no literal leads. */
static void
visit_root(struct routes_check *c, struct trees *trees, uint32_t root,
           uint32_t n_captures)
{
    const struct routes_node *node = &c->table->nodes[root];

    claim_row(c, trees, root);
    if (c->refusal == NULL) {
        routes_check_expect(c,
                            node->key == 0 && node->what == 0 &&
                                node->kind == ROUTES_PATTERN_NULL,
                            "a root that something leads to");
        visit_node(c, trees, root, 0, n_captures);
    }
}

/* Puts the root of a host into the queue.  Hosts of one block share a tree,
 * if they capture alike. */
static void
queue_root(struct routes_check *c, struct trees *trees,
           const struct routes_host *host)
{
    const struct visit *visit = &trees->visits[host->root];
    uint32_t n_captures = host->kind == ROUTES_HOST_PARAM;

    if (!visit->seen) {
        visit_root(c, trees, host->root, n_captures);
        return;
    }
    routes_check_expect(c, visit->n_captures == n_captures,
                        "a tree of hosts that capture differently");
}

static void
queue_roots(struct routes_check *c, struct trees *trees)
{
    const struct routes_table *t = c->table;

    c->section = "hosts";
    for (c->row = 1; c->row < t->n_hosts && c->refusal == NULL; c->row++) {
        if (t->hosts[c->row].root != 0) {
            queue_root(c, trees, &t->hosts[c->row]);
        }
    }
}

void
routes_check_trees(struct routes_check *c)
{
    const struct routes_table *t = c->table;
    struct trees trees = {.n_queued = 0};
    apr_pool_t *scratch;

    apr_pool_create(&scratch, c->pool);
    trees.visits = apr_pcalloc(scratch, t->n_nodes * sizeof(*trees.visits));
    trees.queue = apr_palloc(scratch, t->n_nodes * sizeof(*trees.queue));
    CHECK_ROWS(c, patterns)
    queue_roots(c, &trees);
    c->section = "nodes";
    while (trees.n_queued > 0 && c->refusal == NULL) {
        c->row = trees.queue[--trees.n_queued];
        check_node(c, &trees, c->row);
    }
    apr_pool_destroy(scratch);
}
