/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trees of nodes that the matcher walks.
 */
#include "check.h"

#include "segment.h"

/* What is known of a node once its parent was seen. */
struct visit {
    uint8_t seen;
    uint8_t depth;
    uint8_t n_captures;
};

struct trees {
    struct visit *visits; /* one a node */
    uint32_t *queue;      /* nodes seen, their rows not yet checked */
    uint32_t n_queued;
    uint64_t n_slots; /* of all nodes so far: none shares them */
    uint64_t n_patterns;
};

static void
visit_node(struct routes_check *c, struct trees *trees, uint32_t node,
           uint32_t depth, uint32_t n_captures)
{
    routes_check_row(c, node, c->table->n_nodes, "a node that is none");
    routes_check_expect(c, depth <= ROUTES_MAX_SEGMENTS,
                        "a path of too many segments");
    routes_check_expect(c, n_captures <= ROUTES_MAX_CAPTURES,
                        "too many captures");
    if (c->refusal != NULL) {
        return;
    }
    routes_check_expect(c, !trees->visits[node].seen,
                        "a node that is reached twice");
    trees->visits[node] =
        (struct visit){1, (uint8_t)depth, (uint8_t)n_captures};
    if (c->refusal == NULL) {
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
    for (uint32_t i = 0; i < n; i++) {
        check_captures(c, t->end_routes[end->routes + i], n_captures);
    }
}

/* Whether the matcher will find the edge in slot i: the compiler hashed as we
 * do, and each slot before it leads on. */
static int
is_findable(const struct routes_table *t, const struct routes_node *node,
            uint32_t i)
{
    const struct routes_edge *edges = &t->edges[node->edges];
    const struct routes_segment segment =
        routes_segment_of(t->text + edges[i].text.at, edges[i].text.len);
    uint32_t mask = node->n_slots - 1;
    uint32_t slot = (uint32_t)routes_segment_hash(segment, node->salt) & mask;

    while (slot != i && edges[slot].more == 1) {
        slot = (slot + 1) & mask;
    }
    return slot == i && segment.key == edges[i].key;
}

/* Whether a search of the edges ends, wherever it begins. */
static int
is_finite(const struct routes_table *t, const struct routes_node *node)
{
    for (uint32_t i = 0; i < node->n_slots; i++) {
        if (t->edges[node->edges + i].more != 1) {
            return 1;
        }
    }
    return node->n_slots == 0;
}

/* A slot that is free may lead on, and takes nothing. */
static void
check_free(struct routes_check *c, const struct routes_edge *edge)
{
    routes_check_expect(
        c, edge->key == 0 && (edge->text.at | edge->text.len) == 0,
        "a free slot that takes a text");
}

static void
visit_edges(struct routes_check *c, struct trees *trees,
            const struct routes_node *node, const struct visit *visit)
{
    const struct routes_table *t = c->table;

    trees->n_slots += node->n_slots;
    routes_check_expect(c, (node->n_slots & (node->n_slots - 1)) == 0,
                        "a hash table whose size is no power of two");
    routes_check_expect(
        c,
        trees->n_slots <= t->n_edges &&
            routes_check_fits(node->edges, node->n_slots, t->n_edges),
        "edges that are none");
    routes_check_expect(c, c->refusal != NULL || is_finite(t, node),
                        "edges without an end");
    for (uint32_t i = 0; i < node->n_slots && c->refusal == NULL; i++) {
        const struct routes_edge *edge = &t->edges[node->edges + i];

        routes_check_expect(c, edge->more <= 1, "a flag that is none");
        if (edge->node == 0) {
            check_free(c, edge);
            continue;
        }
        routes_check_text(c, edge->text);
        if (c->refusal == NULL) {
            routes_check_expect(c, is_findable(t, node, i),
                                "an edge in a wrong slot");
        }
        visit_node(c, trees, edge->node, visit->depth + 1u, visit->n_captures);
    }
}

/* Whether the automaton of a type says all of what it takes in a path. */
static int
is_dfa_alone(const struct routes_type *type)
{
    return type->dfa != 0 &&
           ((type->flags & ROUTES_TYPE_PATH_DFA) != 0 ||
            (type->kind == ROUTES_TYPE_STR &&
             (type->flags & (ROUTES_TYPE_MIN | ROUTES_TYPE_MAX)) == 0));
}

static void
check_dfa(struct routes_check *c, const struct routes_pattern *pattern)
{
    const struct routes_type *type = &c->table->types[pattern->type];

    if (c->refusal != NULL) {
        return;
    }
    routes_check_expect(
        c,
        pattern->dfa == (pattern->kind == ROUTES_PATTERN_DFA ? type->dfa : 0),
        "another DFA than its type's");
    routes_check_expect(c,
                        pattern->kind != ROUTES_PATTERN_DFA ||
                            (is_dfa_alone(type) &&
                             (pattern->prefix.len | pattern->suffix.len) == 0),
                        "a DFA that does not decide alone");
}

static void
visit_pattern(struct routes_check *c, struct trees *trees,
              const struct routes_pattern *pattern, const struct visit *visit)
{
    const struct routes_table *t = c->table;
    uint32_t n_captures = visit->n_captures;

    routes_check_text(c, pattern->prefix);
    routes_check_text(c, pattern->suffix);
    routes_check_expect(c, pattern->kind <= ROUTES_PATTERN_DFA,
                        "a kind that is none");
    if (c->refusal != NULL) {
        return;
    }
    switch ((enum routes_pattern_kind)pattern->kind) {
    case ROUTES_PATTERN_NULL:
        routes_check_refuse(c, "a null pattern");
        break;
    case ROUTES_PATTERN_ANY:
    case ROUTES_PATTERN_DFA:
    case ROUTES_PATTERN_SEGMENT:
        routes_check_row(c, pattern->type, t->n_types, "a type that is none");
        check_dfa(c, pattern);
        visit_node(c, trees, pattern->next, visit->depth + 1u, n_captures + 1);
        break;
    case ROUTES_PATTERN_REST:
        routes_check_row(c, pattern->type, t->n_types, "a type that is none");
        routes_check_expect(c, n_captures < ROUTES_MAX_CAPTURES,
                            "too many captures");
        visit_end(c, pattern->next, n_captures + 1);
        break;
    case ROUTES_PATTERN_GUARD:
        visit_end(c, pattern->next, n_captures);
        routes_check_expect(
            c, c->refusal == NULL && t->ends[pattern->next].guard != 0,
            "a guard that keeps nothing");
        break;
    }
}

static void
visit_patterns(struct routes_check *c, struct trees *trees,
               const struct routes_node *node, const struct visit *visit)
{
    const struct routes_table *t = c->table;

    trees->n_patterns += node->n_patterns;
    routes_check_expect(
        c,
        trees->n_patterns <= t->n_patterns &&
            routes_check_fits(node->patterns, node->n_patterns, t->n_patterns),
        "patterns that are none");
    routes_check_expect(
        c, node->n_patterns == 0 || visit->depth < ROUTES_MAX_SEGMENTS,
        "a path of too many segments");
    for (uint32_t i = 0; i < node->n_patterns && c->refusal == NULL; i++) {
        visit_pattern(c, trees, &t->patterns[node->patterns + i], visit);
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
        visit_node(c, trees, host->root, 0, n_captures);
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
    queue_roots(c, &trees);
    c->section = "nodes";
    while (trees.n_queued > 0 && c->refusal == NULL) {
        const struct routes_node *node;

        c->row = trees.queue[--trees.n_queued];
        node = &t->nodes[c->row];
        visit_end(c, node->end, trees.visits[c->row].n_captures);
        visit_edges(c, &trees, node, &trees.visits[c->row]);
        visit_patterns(c, &trees, node, &trees.visits[c->row]);
    }
    apr_pool_destroy(scratch);
}
