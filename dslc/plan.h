/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: a model laid out as the sections of a table, and what the files that
 * lay it out (planner.c) share.  Every decision of layout is made there:
 * order, sharing, hash slots, offsets.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>

#include "../runtime/routes_abi.h"
#include "model.h"
#include "rows.h"
#include "source.h"

/*
 *   model ── places, functions, routes ──> rows in order of the source
 *   trie  ── hosts, nodes, ends ─────────> rows depth-first
 *   text, types, args, raises, auths ────> rows at first use, equal ones once
 */
struct plan {
    apr_pool_t *pool;
    const char *name;     /* borrowed from the model */
    const char *checksum; /* borrowed from the model */
    uint32_t language;
    struct rows sections[ROUTES_N_SECTIONS];

    /* what the parts of planning share */
    const struct source_set *sources;
    const struct model *model;
    apr_hash_t *row_of;     /* a pointer into the model -> its row */
    apr_hash_t *route_of;   /* a route and one of its paths -> its row */
    apr_hash_t *type_of;    /* use and spelling -> row of types[] */
    apr_hash_t *setting_of; /* a setting's text -> of plan_settings */
    uint32_t settings_end;  /* text[]: behind the slices of settings */
    uint32_t *file_of;      /* file number -> row of files[] */
    const char *excess;     /* what does not fit a table, or NULL */
    struct span where;      /* it is, if it has a place */
};

/* A section of a plan by its name in ROUTES_SECTIONS. */
#define PLAN_ROWS(plan, section) (&(plan)->sections[ROUTES_SECTION_##section])

/* The slice of a text in the pool; equal texts are one.  NULL counts as "". */
struct routes_text plan_text(struct plan *plan, const char *text);

/* Where a span stands: rows of files[], 0 without a place, and lines. */
uint32_t plan_file(const struct plan *plan, struct span span);
uint32_t plan_line(const struct plan *plan, struct span span);

/* "TEXT  shop.routes:7", for the comment behind a row. */
const char *
plan_note(const struct plan *plan, const char *text, struct span span);

/* Notes what does not fit; the first thing stays. */
void plan_exceed(struct plan *plan, struct span where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A count that a row keeps in 16 bits; past that the plan has an excess. */
uint16_t plan_count(struct plan *plan, int count, const char *what);

/* Remembers, and finds again, the row of something in the model; 0 for what
 * has none. */
void plan_set_row(struct plan *plan, const void *thing, uint32_t row);
uint32_t plan_row(const struct plan *plan, const void *thing);

#endif
