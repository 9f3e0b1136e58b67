/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formula: one requirement as it is asked of a caller of whom not all is
 * known.
 *
 * Requirements are three-valued (LANGUAGE.md P15).  While some atoms have no
 * value yet, a formula's value is only known to lie between two bounds; `and`,
 * `or` and `not` act on the bounds.  Its terms stand in an array, each behind
 * those that it joins, so that one pass judges them all:
 *
 *     role(a) and not tls     [0] role(a)  [1] tls  [2] not 1  [3] and 0 2
 */
#ifndef DSLC_FORMULA_H
#define DSLC_FORMULA_H

#include <stdbool.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/model.h"

#define FORMULA_NONE (-1)

enum formula_verdict {
    FORMULA_DENIED,
    FORMULA_NO_USER,
    FORMULA_GRANTED
};

struct formula_bounds {
    enum formula_verdict low, high;
};

enum formula_truth {
    FORMULA_FALSE,
    FORMULA_TRUE,
    FORMULA_MUTE,   /* the request has no value that it could be asked about */
    FORMULA_NOBODY, /* it would have to know who it is */
    FORMULA_OPEN
};

/* As whom a requirement sees who calls. */
struct formula_user {
    bool known;        /* as a user */
    const char *realm; /* whose; NULL: of one not named */
    bool second;       /* another user than that of another requirement */
};

/* What a formula asks, and a caller has or has not.  A provider of httpd may
 * say one thing of a caller whom a requirement knows, and another of the same
 * one where that is anonymous. */
struct formula_atom {
    const struct model_rule *rule;
    bool anonymous; /* of a provider: as which it is asked */
    bool second;    /* of the second user */
    enum formula_truth truth;
    int next; /* of those with the same key, or FORMULA_NONE */
};

/* What is known of a caller. */
struct formula_caller {
    apr_array_header_t *atoms; /* struct formula_atom, of all formulas */
    apr_hash_t *known;         /* key of an atom -> int, the last with it */
    uint64_t methods;          /* of the request; 0: any */
    const struct routes_network *address; /* NULL: any */
};

struct formula_term {
    const struct model_rule *rule;
    int left, right; /* terms, or FORMULA_NONE */
    int atom;        /* of the caller, or FORMULA_NONE */
    struct formula_bounds bounds;
};

struct formula {
    struct formula_user user;
    int n_terms;
    struct formula_term *terms;
};

/* Of whom nothing is known.  In pool. */
struct formula_caller formula_caller_make(apr_pool_t *pool, uint64_t methods);

/* Of a rule; its atoms join those of the caller.  In pool. */
struct formula
formula_make(apr_pool_t *pool, const struct model_rule *rule,
             const struct formula_user *user, struct formula_caller *caller);

/* Between which verdicts it lies. */
struct formula_bounds
formula_judge(struct formula *formula, const struct formula_caller *caller);

/* The leaf that keeps it open as it was last judged and that may yet be
 * known, or NULL. */
const struct formula_term *formula_open(const struct formula *formula,
                                        const struct formula_caller *caller);

/* In how many ways an atom may be true or not: FORMULA_FALSE to one less. */
int formula_n_truths(const struct formula_atom *atom);

/* Whether one caller can have these atoms as they are: a value of a request
 * that isn't one is none for all that ask about it. */
bool formula_agrees(const struct formula_caller *caller);

#endif
