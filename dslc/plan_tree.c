/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_tree: hosts, nodes, patterns and ends of a plan.
 */
#include "plan_tree.h"

#include <string.h>

#include <apr_strings.h>

#include "verb.h"
#include "../runtime/digits.h"
#include "../runtime/segment.h"
#include "../runtime/set.h"
#include "plan_literals.h"
#include "plan_routes.h"
#include "plan_types.h"
#include "trie.h"

/* A node that has its row and waits for what hangs below it. */
struct waiting {
    const struct trie_node *node;
    const char *path; /* up to here, "" for the root */
    uint32_t row;
};

struct layout {
    struct plan *plan;
    uint32_t *row_of;      /* index of a trie node -> its row */
    struct waiting *stack; /* the top is the next: what is matched one after
                              the other stands side by side */
    uint32_t n_waiting;
};

/* ---- nodes -------------------------------------------------------------- */

static const char *
below(const struct layout *layout, const char *path, const char *segment)
{
    return apr_pstrcat(layout->plan->pool, path, "/", segment, NULL);
}

static struct routes_node *
node_at(const struct layout *layout, uint32_t row)
{
    return rows_at(PLAN_ROWS(layout->plan, nodes), row);
}

/* Gives a row to a node, whose children come later. */
static void
push_node(struct layout *layout, const struct trie_node *node,
          const char *path, uint32_t row)
{
    layout->row_of[node->index] = row;
    layout->stack[layout->n_waiting++] =
        (struct waiting){.node = node, .path = path, .row = row};
}

/* ---- literals ----------------------------------------------------------- */

static void
plan_literals(struct layout *layout, const struct waiting *at,
              const struct plan_literals *literals, uint32_t children)
{
    struct rows *nodes = PLAN_ROWS(layout->plan, nodes);

    plan_literals_fill(literals, layout->plan, node_at(layout, children));
    for (uint32_t i = literals->n; i > 0; i--) {
        const struct trie_literal *literal =
            trie_literal_at(at->node, (int)i - 1);
        const char *path = below(layout, at->path, literal->text);
        uint32_t row = children + literals->slot_of[i - 1];

        rows_set_note(nodes, row, path);
        push_node(layout, literal->next, path, row);
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

/* The routes of an end's methods, lowest bit first: the first one in its row,
 * the others as a sequence of end_routes[]. */
static void
plan_end_routes(struct plan *plan, const struct trie_end *end,
                const char *path, struct routes_end *row)
{
    struct rows *rows = PLAN_ROWS(plan, end_routes);
    int further = 0;

    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        const struct trie_entry *entry =
            entry_of(end, end->methods & ROUTES_METHOD_BIT(m));
        uint32_t route;
        uint32_t index;

        if (entry == NULL) {
            continue;
        }
        route = plan_routes_row(plan, entry->route, entry->path);
        if (row->first == 0) {
            row->first = route;
            row->lowest = m;
            continue;
        }
        index =
            rows_add(rows, &route,
                     apr_pstrcat(plan->pool, verb_name((enum routes_method)m),
                                 " ", path, NULL));
        row->further = further ? row->further : index;
        further = 1;
    }
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
    plan_end_routes(plan, end, path, &row);
    row.any = any != NULL ? plan_routes_row(plan, any->route, any->path) : 0;
    row.first = row.methods != 0 ? row.first : row.any;
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

/* The automaton of a type in a path. */
static const struct routes_dfa *
dfa_of(const struct plan *plan, uint32_t type)
{
    const struct routes_type *row = rows_at(PLAN_ROWS(plan, types), type);

    return rows_at(PLAN_ROWS(plan, dfas), row->dfa);
}

/* Whether an automaton only counts bytes of a set, which is then made.  One
 * that takes nothing but the empty text is none. */
static int
make_set(const struct plan *plan, const struct routes_dfa *dfa,
         uint8_t set[ROUTES_SET_BYTES])
{
    return dfa->n_states == 0 && dfa->max > 0 &&
           routes_set_make(rows_at(PLAN_ROWS(plan, bytes), dfa->classes), set);
}

/* The matcher's word for what a pattern takes: {x} alone, of a str without
 * bounds, is any segment but the empty one; of a type with an automaton that
 * says all, what that accepts. */
static enum routes_pattern_kind
kind_of(const struct plan *plan, const struct trie_pattern *pattern,
        uint32_t type)
{
    const struct routes_type *row = rows_at(PLAN_ROWS(plan, types), type);
    uint8_t set[ROUTES_SET_BYTES];

    if (pattern->kind != ROUTES_PATTERN_SEGMENT || *pattern->prefix != '\0' ||
        *pattern->suffix != '\0') {
        return pattern->kind;
    }
    if (row->flags & ROUTES_TYPE_PATH_DFA) {
        return make_set(plan, dfa_of(plan, type), set) ? ROUTES_PATTERN_SET
                                                       : ROUTES_PATTERN_DFA;
    }
    if (row->kind == ROUTES_TYPE_INT) {
        return ROUTES_PATTERN_INT;
    }
    return row->kind == ROUTES_TYPE_STR && row->flags == 0 && row->dfa == 0
               ? ROUTES_PATTERN_ANY
               : ROUTES_PATTERN_SEGMENT;
}

/* The row of what is taken by its text and its type. */
static uint32_t
plan_text_and_type(struct plan *plan, const struct trie_pattern *pattern,
                   enum routes_pattern_kind kind, uint32_t type)
{
    const char *note = pattern_text(plan, pattern);
    struct routes_pattern row;

    memset(&row, 0, sizeof(row));
    row.prefix = plan_text(plan, pattern->prefix);
    row.suffix = plan_text(plan, pattern->suffix);
    row.type = type;
    if (kind == ROUTES_PATTERN_INT) {
        routes_digits_bounds(rows_at(PLAN_ROWS(plan, types), type), &row.low,
                             &row.high);
    }
    return rows_intern(PLAN_ROWS(plan, patterns), &row, 1, &note);
}

/* The bytes of a set. */
static uint32_t
plan_set(struct plan *plan, const struct routes_dfa *dfa)
{
    uint8_t set[ROUTES_SET_BYTES];

    make_set(plan, dfa, set);
    return rows_intern(PLAN_ROWS(plan, bytes), set, sizeof(set), NULL);
}

/* What a pattern's kind needs beside it; equal ones are one. */
static uint32_t
what_of(struct plan *plan, const struct trie_pattern *pattern,
        enum routes_pattern_kind kind, uint32_t type)
{
    switch (kind) {
    case ROUTES_PATTERN_NULL:
    case ROUTES_PATTERN_ANY:
    case ROUTES_PATTERN_GUARD:
        return 0;
    case ROUTES_PATTERN_DFA: {
        const struct routes_type *of = rows_at(PLAN_ROWS(plan, types), type);

        return of->dfa;
    }
    case ROUTES_PATTERN_SET:
        return plan_set(plan, dfa_of(plan, type));
    case ROUTES_PATTERN_SEGMENT:
    case ROUTES_PATTERN_REST:
    case ROUTES_PATTERN_INT:
        break;
    }
    return plan_text_and_type(plan, pattern, kind, type);
}

/* The key of a pattern's kind.  No pattern takes the empty segment. */
static uint64_t
key_of(const struct plan *plan, enum routes_pattern_kind kind, uint32_t type)
{
    const struct routes_dfa *dfa = dfa_of(plan, type);

    return kind == ROUTES_PATTERN_SET
               ? routes_set_bounds(dfa->min > 0 ? dfa->min : 1, dfa->max)
               : 0;
}

static void
plan_pattern(struct layout *layout, const struct waiting *at,
             const struct trie_pattern *pattern, uint32_t index)
{
    struct plan *plan = layout->plan;
    const char *path = below(layout, at->path, pattern_text(plan, pattern));
    uint32_t type =
        pattern->type != NULL ? plan_types_in_path(plan, pattern->type) : 0;
    enum routes_pattern_kind kind = kind_of(plan, pattern, type);
    uint32_t what = what_of(plan, pattern, kind, type);
    uint32_t end =
        pattern->next == NULL ? plan_end(plan, pattern->end, path) : 0;
    struct routes_node *row = node_at(layout, index);

    row->kind = (uint8_t)kind;
    row->key = key_of(plan, kind, type);
    row->what = what;
    row->end = end;
    rows_set_note(PLAN_ROWS(plan, nodes), index, path);
    if (pattern->next != NULL) {
        push_node(layout, pattern->next, path, index);
    }
}

/* The patterns of a node stand before its literals, the most specific one
 * last.  Returns its kind. */
static enum routes_pattern_kind
plan_patterns(struct layout *layout, const struct waiting *at,
              uint32_t children)
{
    int n = trie_n_patterns(at->node);

    for (int i = n - 1; i >= 0; i--) {
        uint32_t row = children - 1 - (uint32_t)i;

        plan_pattern(layout, at, trie_pattern_at(at->node, i), row);
        node_at(layout, row)->more = i + 1 < n;
    }
    return n == 0
               ? ROUTES_PATTERN_NULL
               : (enum routes_pattern_kind)node_at(layout, children - 1)->kind;
}

/* ---- trees and hosts ---------------------------------------------------- */

/* Bytes from one row of nodes to another. */
static uint32_t
distance(struct layout *layout, uint32_t from, uint32_t to)
{
    uint64_t bytes = (uint64_t)(to - from) * sizeof(struct routes_node);

    if (bytes > UINT32_MAX) {
        plan_exceed(layout->plan, (struct span){0},
                    "more paths than a table has room for");
        return 0;
    }
    return (uint32_t)bytes;
}

static void
plan_node(struct layout *layout, const struct waiting *at)
{
    struct plan *plan = layout->plan;
    uint32_t n_patterns = (uint32_t)trie_n_patterns(at->node);
    struct plan_literals literals;
    struct routes_node *row;
    enum routes_pattern_kind first;
    uint32_t children;
    uint32_t end;

    plan_literals_choose(&literals, at->node, plan->pool);
    children =
        rows_add_zero(PLAN_ROWS(plan, nodes), n_patterns + literals.n_slots) +
        n_patterns;
    first = plan_patterns(layout, at, children);
    plan_literals(layout, at, &literals, children);
    end = plan_end(plan, at->node->end, at->path);
    row = node_at(layout, at->row);
    row->end = end;
    row->first = (uint8_t)first;
    if (n_patterns + literals.n_slots > 0) {
        row->children = distance(layout, at->row, children);
    }
    if (literals.n > 0) {
        row->literals =
            literals.deep ? ROUTES_LITERALS_DEEP : ROUTES_LITERALS_BY_KEY;
        row->slots = distance(layout, 0, literals.n_slots - 1);
        row->salt = literals.salt;
    }
}

/* The row of a host's root; hosts that share a tree share its rows. */
static uint32_t
plan_root(struct layout *layout, const struct trie_node *root)
{
    struct rows *nodes = PLAN_ROWS(layout->plan, nodes);

    if (layout->row_of[root->index] == 0) {
        uint32_t row = rows_add_zero(nodes, 1);

        rows_set_note(nodes, row, "(root)");
        push_node(layout, root, "", row);
        while (layout->n_waiting > 0) {
            struct waiting at = layout->stack[--layout->n_waiting];

            plan_node(layout, &at);
        }
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
    layout.stack =
        apr_palloc(plan->pool, (trie->n_nodes + 1) * sizeof(*layout.stack));
    for (int i = 0; i < trie->hosts->nelts; i++) {
        plan_host(&layout, &APR_ARRAY_IDX(trie->hosts, i, struct trie_host));
    }
}
