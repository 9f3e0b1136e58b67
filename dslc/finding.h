/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What overlap found, gathered so that one cause gives one message: the same
 * two routes once, with all their methods; many routes of one requirement that
 * cross or undercut one other route once, with a count.
 */
#ifndef FINDING_H
#define FINDING_H

#include <stdint.h>

#include <apr_pools.h>

#include "diag.h"
#include "model.h"
#include "trie.h"

/* One of two that meet: a path of a route, or a location's guard. */
struct finding_side {
    const struct model_route *route; /* NULL: the guard */
    const struct model_path *path;
    const struct model_place *guard;
};

struct finding {
    enum diag_code code;
    struct finding_side winner; /* the one that answers, if either does */
    struct finding_side loser;
    uint64_t methods;             /* that both have */
    const char *path;             /* of the witness URL, undecoded */
    const struct trie_host *host; /* of it */
    const char *caller;           /* whom only the winner grants, or NULL */
    int unknown;                  /* E211, W312: who may was not decided */
};

struct findings;

struct findings *finding_list_make(struct trie *trie);

/* The path of an entry. */
struct finding_side finding_of(const struct trie_entry *entry);

/* More winners of one cause are not counted. */
#define FINDING_MAX_COUNTED 100

/* Joins a finding with the one that says the same, or keeps it: then the
 * result is what is kept, for the caller to add path, host and caller. */
struct finding *
finding_add(struct findings *findings, const struct finding *finding);

/* Says them all. */
void finding_say(struct findings *findings, struct diag_list *diags);

/* The methods by name, "GET, POST" or "ANY"; HEAD only where GET is not. */
const char *finding_methods(apr_pool_t *pool, uint64_t methods);

/* A name that a host takes; "" for any. */
const char *finding_host(struct trie *trie, const struct model_host *host);

/* A path, percent-encoded. */
const char *finding_path(struct trie *trie, const char *path);

#endif
