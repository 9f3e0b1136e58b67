/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular languages over bytes as deterministic automata: what a path
 * parameter's type means, and what decides every overlap.
 *
 * All functions are pure; results live in the pool given and are minimal, so
 * that two automata of one language are equal byte for byte.
 */
#ifndef DFA_H
#define DFA_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

struct model_type;

/* States of a pattern's automaton; past them the type is refused (E113). */
#define DFA_MAX_STATES   4096
#define DFA_LARGE_STATES 1024 /* more of them are W115 */
/* Why dfa_from_regex gives none to a pattern that is well written. */
extern const char dfa_too_large[];
/* States of one that only counts characters or bytes, such as str(..9000); it
 * is never emitted, for the runtime counts by itself. */
#define DFA_MAX_COUNT 65000

/* Laid out as routes_dfa wants it: state 0 is dead, those from `accept` on
 * accept.  start is 1 unless the empty word is accepted and some live state
 * does not accept. */
struct dfa {
    uint8_t classes[256]; /* byte -> class */
    uint32_t n_classes;
    uint32_t n_states;
    uint32_t accept;
    uint32_t start;
    uint16_t *cells; /* n_states rows of n_classes */
};

/* The automaton of a `matching` pattern, anchored at both ends, over UTF-8.
 * On an error returns NULL with *error a message (pool or static) and *at the
 * byte offset in the pattern: back-references, look-around and such (E113),
 * bad syntax, too many states. */
struct dfa *dfa_from_regex(apr_pool_t *pool, const char *pattern, size_t len,
                           const char **error, size_t *at);

/* Exactly this text.  NULL past DFA_MAX_STATES. */
struct dfa *dfa_from_text(apr_pool_t *pool, const char *text, size_t len);

/* The language of a type in one segment of a path (LANGUAGE.md P4, P5), its
 * bounds, labels and `matching` included; kept in type->path_dfa.  '/' is in
 * no word but those of path and rawpath, NUL in none at all.  NULL when it
 * would pass the limits above or the type can't stand in a path (a list). */
struct dfa *dfa_of_type(apr_pool_t *pool, struct model_type *type);

/* prefix, a word of dfa, suffix.  NULL past DFA_MAX_STATES. */
struct dfa *dfa_wrap(apr_pool_t *pool, const char *prefix,
                     const struct dfa *dfa, const char *suffix);

/* What is in both.  NULL past DFA_MAX_STATES. */
struct dfa *
dfa_intersect(apr_pool_t *pool, const struct dfa *a, const struct dfa *b);

int dfa_accepts(const struct dfa *dfa, const char *text, size_t len);

/* Whether nothing is accepted. */
int dfa_empty(const struct dfa *dfa);

enum dfa_relation {
    DFA_DISJOINT,
    DFA_EQUAL,
    DFA_SUBSET,   /* a is strictly inside b */
    DFA_SUPERSET, /* b is strictly inside a */
    DFA_CROSSING  /* they overlap and neither holds the other */
};

/* How two languages stand to each other.  *witness, if not NULL, is a shortest
 * word of both without NUL, printable where there is one, or NULL when there
 * is none. */
enum dfa_relation dfa_relate(apr_pool_t *pool, const struct dfa *a,
                             const struct dfa *b, const char **witness);

#endif
