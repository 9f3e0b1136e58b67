/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of every path of a model: what overlap walks to compare routes and
 * what plan lays out as hosts, nodes, edges, patterns and ends.
 *
 *     host -> root -- "orders" --> node -- {id:int} --> node -- "items" ->
 *                                   |                    |
 *                                   end (GET, POST)      end (GET, DELETE)
 *
 * A path ends at the node behind its last segment, or in the end of a rest.
 * Hosts that stand in the same `host` blocks share one tree; inside a tree
 * nothing is shared.  Parameters with the same text around them and the same
 * language are one child, so GET /x/{id:int} and DELETE /x/{n:int} share it.
 */
#ifndef TRIE_H
#define TRIE_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "dfa.h"
#include "model.h"

/* A path of a route that ends here. */
struct trie_entry {
    const struct model_route *route;
    const struct model_path *path;
    uint64_t methods; /* as declared; of ANY: those beside it */
};

struct trie_end {
    apr_array_header_t
        *entries;     /* struct trie_entry, in order of the source */
    uint64_t methods; /* of all entries */
    const struct model_route *any;   /* the first ANY, or NULL */
    const struct model_place *place; /* whose requirement guards OPTIONS and
                                        405; never NULL */
    const struct model_place *guard; /* of the location that keeps what
                                        nothing here takes, or NULL */
    uint32_t index;                  /* of its own, from 1 */
};

/* A language, one for all types that have it. */
struct trie_language {
    const struct dfa *dfa;
    uint32_t index; /* of its own, from 0 */
};

struct trie_literal {
    const char *text; /* the whole segment, decoded; may be "" */
    struct trie_node *next;
};

struct trie_pattern {
    enum routes_pattern_kind kind;
    const char *prefix;      /* "" for none */
    const char *suffix;      /* "" for none */
    struct model_type *type; /* of the first parameter here; GUARD: NULL */
    const struct trie_language *language; /* of prefix, type and suffix
                                             together; GUARD: anything */
    struct trie_node *next;               /* SEGMENT */
    struct trie_end *end;                 /* REST, GUARD */
};

struct trie_node {
    apr_array_header_t *literals; /* struct trie_literal, in order of the
                                     source; NULL when there are none */
    apr_array_header_t *patterns; /* struct trie_pattern *, as the matcher
                                     tries them: segments, most specific
                                     first, rests likewise, at most one guard;
                                     NULL when there are none */
    struct trie_end *end;         /* the path stops here, or NULL */
    uint64_t methods; /* of every end at and below, ANY and guards included */
    uint32_t index;   /* of its own, from 1 */
};

struct trie_host {
    const struct model_host *host; /* the first of those that say the same */
    struct trie_node *root;
    const struct model_place *place;   /* the HOST place, or the file */
    const struct trie_language *label; /* PARAM: of its leftmost label */
};

/* A parameter whose language can't be had: its routes are in no tree. */
struct trie_refusal {
    const struct model_param *param;
    int empty; /* no word at all; else too many states */
};

struct trie {
    apr_pool_t *pool;
    apr_array_header_t *hosts;     /* struct trie_host, in the order of
                                      routes_host */
    apr_array_header_t *languages; /* struct trie_language *, by index */
    apr_array_header_t *refusals;  /* struct trie_refusal */
    uint32_t n_nodes;
    uint32_t n_ends;
    struct trie_work *work; /* its own: tables of what is known */
};

/* Pairs of languages that are compared; the ends of their words tell most
 * pairs apart before. */
#define TRIE_MAX_RELATIONS 200000

/* The methods that a route answers at an end: its own, or, for ANY, all but
 * TRACE, CONNECT and automatic OPTIONS. */
#define TRIE_ANY                                                              \
    ((ROUTES_METHOD_BIT(ROUTES_N_METHODS) - 1) &                              \
     ~(ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) |                               \
       ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT) |                             \
       ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS)))

/* Whether TRIE_MAX_RELATIONS was reached: then the order of patterns is not
 * known, and nothing that follows from the tree may be believed. */
int trie_exceeded(const struct trie *trie);

/* The tree of a model, made at first use and kept in model->trie; it lives as
 * long as the model.  Guards of several locations with one prefix become one
 * place with the AND of their requirements, appended to model->places. */
struct trie *trie_of(struct model *model);

/* The methods that never go on to a less specific path from here: those of
 * the entries, HEAD with GET, all of TRIE_ANY for ANY and for a guard. */
uint64_t trie_end_methods(const struct trie_end *end);

/* The methods that one entry answers when nothing more specific does. */
uint64_t trie_entry_methods(const struct trie_entry *entry);

/* Both requirements at once, with the realms of both, in pool; either may be
 * NULL. */
const struct model_auth *
trie_join_auths(apr_pool_t *pool, const struct model_auth *a,
                const struct model_auth *b);

/* A node of no parent. */
struct trie_node *trie_add_node(struct trie *trie);

/* The language of a segment with a parameter, remembered; NULL, and a
 * refusal, when there is none. */
const struct trie_language *
trie_language(struct trie *trie, const struct model_segment *segment);

/* A shortest word of a language; remembered, never NULL. */
const char *
trie_word(const struct trie *trie, const struct trie_language *language);

/* The node behind a literal segment, or NULL. */
struct trie_node *trie_child(const struct trie *trie,
                             const struct trie_node *node, const char *text);

/* How two languages of the tree stand to each other; remembered.  *witness as
 * for dfa_relate. */
enum dfa_relation
trie_relate(const struct trie *trie, const struct trie_language *a,
            const struct trie_language *b, const char **witness);

/* How many literal children a node has, and the i-th. */
static inline int
trie_n_literals(const struct trie_node *node)
{
    return node->literals == NULL ? 0 : node->literals->nelts;
}

static inline const struct trie_literal *
trie_literal_at(const struct trie_node *node, int i)
{
    return &(
        (const struct trie_literal *)(const void *)node->literals->elts)[i];
}

/* The same of its patterns, the most specific first. */
static inline int
trie_n_patterns(const struct trie_node *node)
{
    return node->patterns == NULL ? 0 : node->patterns->nelts;
}

static inline const struct trie_pattern *
trie_pattern_at(const struct trie_node *node, int i)
{
    return MODEL_AT(node->patterns, struct trie_pattern, i);
}

#endif
