/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_tree: hosts, nodes, edges, patterns and ends of a plan.
 */
#include "plan_tree.h"

#include <string.h>

#include <apr_strings.h>

#include "verb.h"
#include "../runtime/segment.h"
#include "plan_routes.h"
#include "plan_types.h"
#include "trie.h"

/* Slots that are looked at to find the salt of a node. */
#define SALT_WORK 8192

/* A node that has its row and waits for what hangs below it. */
struct waiting {
    const struct trie_node *node;
    const char *path; /* up to here, "" for the root */
    uint32_t row;
};

struct layout {
    struct plan *plan;
    uint32_t *row_of;      /* index of a trie node -> its row */
    struct waiting *queue; /* of all nodes, in order of their rows */
    uint32_t n_queued;
};

/* ---- nodes -------------------------------------------------------------- */

static const char *
below(const struct layout *layout, const char *path, const char *segment)
{
    return apr_pstrcat(layout->plan->pool, path, "/", segment, NULL);
}

/* Gives a node its row; path is its note, too. */
static uint32_t
queue_node(struct layout *layout, const struct trie_node *node,
           const char *path)
{
    struct rows *nodes = PLAN_ROWS(layout->plan, nodes);
    uint32_t row = rows_add_zero(nodes, 1);

    rows_set_note(nodes, row, *path != '\0' ? path : "(root)");
    layout->row_of[node->index] = row;
    layout->queue[layout->n_queued++] =
        (struct waiting){.node = node, .path = path, .row = row};
    return row;
}

/* ---- edges -------------------------------------------------------------- */

uint32_t
plan_tree_slots(uint32_t n)
{
    uint32_t slots = 1;

    if (n == 1) {
        return 1;
    }
    while (slots < 2 * n) {
        slots *= 2;
    }
    return slots;
}

static struct routes_segment
segment_of(const apr_array_header_t *literals, int i)
{
    const char *text = APR_ARRAY_IDX(literals, i, struct trie_literal).text;

    return routes_segment_of(text, strlen(text));
}

/* How many literals find their slot taken; taken is room for n_slots. */
static int
count_clashes(const apr_array_header_t *literals, uint32_t n_slots,
              uint32_t salt, char *taken)
{
    int n = 0;

    memset(taken, 0, n_slots);
    for (int i = 0; i < literals->nelts; i++) {
        uint64_t slot =
            routes_segment_hash(segment_of(literals, i), salt) & (n_slots - 1);

        n += taken[slot];
        taken[slot] = 1;
    }
    return n;
}

/* The salt with which the fewest of a node's literals share a slot, of as many
 * as are worth the time. */
static uint32_t
choose_salt(const struct layout *layout, const apr_array_header_t *literals,
            uint32_t n_slots)
{
    uint32_t tries = SALT_WORK / n_slots;
    int fewest = literals->nelts;
    uint32_t best = 0;
    apr_pool_t *scratch;
    char *taken;

    if (n_slots == 1) {
        return 0;
    }
    apr_pool_create(&scratch, layout->plan->pool);
    taken = apr_palloc(scratch, n_slots);
    for (uint32_t salt = 0; fewest > 0 && (salt == 0 || salt < tries);
         salt++) {
        int n = count_clashes(literals, n_slots, salt, taken);

        best = n < fewest ? salt : best;
        fewest = n < fewest ? n : fewest;
    }
    apr_pool_destroy(scratch);
    return best;
}

/* Puts one literal into the slots of a node. */
static void
fill_slot(struct plan *plan, const struct routes_node *node,
          const struct routes_edge *edge, struct routes_segment literal,
          const char *note)
{
    struct rows *edges = PLAN_ROWS(plan, edges);
    uint32_t mask = node->n_slots - 1;
    uint32_t slot = (uint32_t)routes_segment_hash(literal, node->salt) & mask;
    struct routes_edge *row = rows_at(edges, node->edges + slot);

    while (row->node != 0) {
        row->more = 1;
        slot = (slot + 1) & mask;
        row = rows_at(edges, node->edges + slot);
    }
    row->key = literal.key;
    row->text = edge->text;
    row->node = edge->node;
    rows_set_note(edges, node->edges + slot, note);
}

static void
plan_edges(struct layout *layout, const struct waiting *at,
           struct routes_node *row)
{
    const apr_array_header_t *literals = at->node->literals;
    struct plan *plan = layout->plan;

    if (literals == NULL || literals->nelts == 0) {
        return;
    }
    row->n_slots = plan_tree_slots((uint32_t)literals->nelts);
    row->salt = choose_salt(layout, literals, row->n_slots);
    row->edges = rows_add_zero(PLAN_ROWS(plan, edges), row->n_slots);
    for (int i = 0; i < literals->nelts; i++) {
        const struct trie_literal *literal =
            &APR_ARRAY_IDX(literals, i, struct trie_literal);
        const char *path = below(layout, at->path, literal->text);
        struct routes_edge edge;

        memset(&edge, 0, sizeof(edge));
        edge.text = plan_text(plan, literal->text);
        edge.node = queue_node(layout, literal->next, path);
        fill_slot(plan, row, &edge, segment_of(literals, i), path);
    }
}

/* ---- ends --------------------------------------------------------------- */

/* The route of a method bit: the first entry that has it. */
static const struct trie_entry *
entry_of(const struct trie_end *end, uint64_t bit)
{
    for (int i = 0; i < end->entries->nelts; i++) {
        const struct trie_entry *entry =
            &APR_ARRAY_IDX(end->entries, i, struct trie_entry);

        if (entry->methods & bit) {
            return entry;
        }
    }
    return NULL;
}

static const struct trie_entry *
entry_of_any(const struct trie_end *end)
{
    for (int i = 0; i < end->entries->nelts; i++) {
        const struct trie_entry *entry =
            &APR_ARRAY_IDX(end->entries, i, struct trie_entry);

        if (entry->route->any) {
            return entry;
        }
    }
    return NULL;
}

/* The routes of an end's methods, lowest bit first, as a sequence of
 * end_routes[]. */
static uint32_t
plan_end_routes(struct plan *plan, const struct trie_end *end,
                const char *path)
{
    struct rows *rows = PLAN_ROWS(plan, end_routes);
    uint32_t first = rows->n;

    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        const struct trie_entry *entry =
            entry_of(end, end->methods & ROUTES_METHOD_BIT(m));

        if (entry != NULL) {
            uint32_t route = plan_routes_row(plan, entry->route, entry->path);

            rows_add(rows, &route,
                     apr_pstrcat(plan->pool, verb_name((enum routes_method)m),
                                 " ", path, NULL));
        }
    }
    return end->methods != 0 ? first : 0;
}

/* "/orders  shop.routes:12": where the first route of an end, or the location
 * that guards it, is written. */
static const char *
end_note(const struct plan *plan, const struct trie_end *end, const char *path)
{
    if (end->entries->nelts > 0) {
        const struct trie_entry *entry =
            &APR_ARRAY_IDX(end->entries, 0, struct trie_entry);

        return plan_note(plan, path, entry->route->span);
    }
    return plan_note(plan, path, end->place->span);
}

/* The row of an end, or 0 for none. */
static uint32_t
plan_end(struct plan *plan, const struct trie_end *end, const char *path)
{
    const struct trie_entry *any;
    struct routes_end row;

    if (end == NULL) {
        return 0;
    }
    any = entry_of_any(end);
    memset(&row, 0, sizeof(row));
    row.methods = end->methods;
    row.routes = plan_end_routes(plan, end, path);
    row.any = any != NULL ? plan_routes_row(plan, any->route, any->path) : 0;
    row.place = plan_row(plan, end->place);
    row.guard = plan_row(plan, end->guard);
    return rows_add(PLAN_ROWS(plan, ends), &row, end_note(plan, end, path));
}

/* ---- patterns ----------------------------------------------------------- */

/* "img-{int}.png", "{path}", "...": what a pattern takes. */
static const char *
pattern_text(const struct plan *plan, const struct trie_pattern *pattern)
{
    if (pattern->kind == ROUTES_PATTERN_GUARD) {
        return "...";
    }
    return apr_pstrcat(plan->pool, pattern->prefix, "{",
                       pattern->type->spelling, "}", pattern->suffix, NULL);
}

/* The matcher's word for what a pattern takes: {x} alone, of a str without
 * bounds, is any segment but the empty one; of a type with an automaton that
 * says all, what that accepts. */
static enum routes_pattern_kind
kind_of(struct plan *plan, const struct trie_pattern *pattern,
        const struct routes_pattern *row)
{
    const struct routes_type *type =
        rows_at(PLAN_ROWS(plan, types), row->type);

    if (pattern->kind != ROUTES_PATTERN_SEGMENT || row->prefix.len != 0 ||
        row->suffix.len != 0) {
        return pattern->kind;
    }
    if (type->flags & ROUTES_TYPE_PATH_DFA) {
        return ROUTES_PATTERN_DFA;
    }
    return type->kind == ROUTES_TYPE_STR && type->flags == 0 && type->dfa == 0
               ? ROUTES_PATTERN_ANY
               : ROUTES_PATTERN_SEGMENT;
}

static uint32_t
dfa_of(struct plan *plan, uint32_t type)
{
    const struct routes_type *row = rows_at(PLAN_ROWS(plan, types), type);

    return row->dfa;
}

static void
plan_pattern(struct layout *layout, const struct waiting *at,
             const struct trie_pattern *pattern, uint32_t index)
{
    struct plan *plan = layout->plan;
    struct rows *patterns = PLAN_ROWS(plan, patterns);
    const char *path = below(layout, at->path, pattern_text(plan, pattern));
    struct routes_pattern row;

    memset(&row, 0, sizeof(row));
    row.prefix = plan_text(plan, pattern->prefix);
    row.suffix = plan_text(plan, pattern->suffix);
    if (pattern->type != NULL) {
        row.type = plan_types_in_path(plan, pattern->type);
    }
    row.kind = (uint8_t)kind_of(plan, pattern, &row);
    if (row.kind == ROUTES_PATTERN_DFA) {
        row.dfa = dfa_of(plan, row.type);
    }
    row.next = pattern->next != NULL ? queue_node(layout, pattern->next, path)
                                     : plan_end(plan, pattern->end, path);
    *(struct routes_pattern *)rows_at(patterns, index) = row;
    rows_set_note(patterns, index, path);
}

/* The patterns of a node stand side by side, in order of precedence. */
static void
plan_patterns(struct layout *layout, const struct waiting *at,
              struct routes_node *row)
{
    const apr_array_header_t *patterns = at->node->patterns;

    if (patterns == NULL || patterns->nelts == 0) {
        return;
    }
    row->n_patterns = (uint32_t)patterns->nelts;
    row->patterns =
        rows_add_zero(PLAN_ROWS(layout->plan, patterns), row->n_patterns);
    for (uint32_t i = 0; i < row->n_patterns; i++) {
        plan_pattern(layout, at, MODEL_AT(patterns, struct trie_pattern, i),
                     row->patterns + i);
    }
}

/* ---- trees and hosts ---------------------------------------------------- */

static void
plan_node(struct layout *layout, const struct waiting *at)
{
    struct plan *plan = layout->plan;
    struct routes_node row;

    memset(&row, 0, sizeof(row));
    plan_edges(layout, at, &row);
    plan_patterns(layout, at, &row);
    row.end = plan_end(plan, at->node->end, at->path);
    *(struct routes_node *)rows_at(PLAN_ROWS(plan, nodes), at->row) = row;
}

/* The row of a host's root; hosts that share a tree share its rows. */
static uint32_t
plan_root(struct layout *layout, const struct trie_node *root)
{
    uint32_t next = layout->n_queued;

    if (layout->row_of[root->index] != 0) {
        return layout->row_of[root->index];
    }
    queue_node(layout, root, "");
    for (; next < layout->n_queued; next++) {
        struct waiting at = layout->queue[next];

        plan_node(layout, &at);
    }
    return layout->row_of[root->index];
}

static void
plan_host(struct layout *layout, const struct trie_host *host)
{
    struct plan *plan = layout->plan;
    struct routes_host row;

    memset(&row, 0, sizeof(row));
    row.kind = (uint8_t)host->host->kind;
    row.name = plan_text(plan, host->host->name);
    if (host->host->kind == ROUTES_HOST_PARAM) {
        row.type = plan_types_in_path(plan, host->host->param->type);
    }
    row.root = plan_root(layout, host->root);
    row.place = plan_row(plan, host->place);
    rows_add(PLAN_ROWS(plan, hosts), &row,
             plan_note(plan,
                       host->host->kind == ROUTES_HOST_ANY ? "any host"
                                                           : host->host->text,
                       host->place->span));
}

void
plan_tree_lay_out(struct plan *plan)
{
    struct trie *trie = plan->model->trie;
    struct layout layout = {.plan = plan};

    layout.row_of =
        apr_pcalloc(plan->pool, (trie->n_nodes + 1) * sizeof(*layout.row_of));
    layout.queue =
        apr_palloc(plan->pool, (trie->n_nodes + 1) * sizeof(*layout.queue));
    for (int i = 0; i < trie->hosts->nelts; i++) {
        plan_host(&layout, &APR_ARRAY_IDX(trie->hosts, i, struct trie_host));
    }
}
