/* SPDX-License-Identifier: Apache-2.0 */
/* frame: what is in force inside one place of the source. */
#ifndef DSLC_FRAME_H
#define DSLC_FRAME_H

#include <stdbool.h>

#include "dslc/auths.h"
#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/conduct.h"
#include "dslc/limits.h"
#include "dslc/link.h"
#include "dslc/model.h"
#include "dslc/paths.h"
#include "dslc/results.h"

/*
 *   frame (location /orders) ── outer ── frame (host) ── outer ── frame (file)
 *
 * A frame begins as a copy of the one around it, is narrowed by the clauses
 * of its block, and is gone when the block was walked; its place stays.
 */
struct frame {
    const struct frame *outer; /* NULL: the file that is compiled */
    struct link_unit *unit;
    struct model_place *place;
    struct paths_base base;
    struct auths_state auths;
    struct results_state results;
    struct conduct_state conduct;
    struct limits_state limits;
    enum model_slash slash;
    const apr_array_header_t *consumes; /* as consumes_combine gives it */
    const char *names; /* what names of routes begin with: "v1.", or "" */
    unsigned depth;
    bool in_host;
    bool in_location;
    bool lost; /* its path was not understood: routes are looked through for
                  mistakes of their own, and left out */
};

/* The frame of the file that is compiled, before its clauses. */
struct frame frame_root(struct checker *checker);

/* A frame inside another, with a new place of that kind. */
struct frame frame_open(struct checker *checker, const struct frame *outer,
                        enum model_place_kind kind, struct span span);

/* Narrows a frame by the clauses of a block; of is its statement, or the file
 * itself. */
void frame_apply(struct checker *checker, struct frame *frame,
                 const struct clause_set *set, enum clause_where where,
                 const void *of);

/* Sets the prefix of a frame; NULL: it was not understood, the frame is
 * lost. */
void frame_prefix(struct checker *checker, struct frame *frame,
                  struct model_path *prefix);

/* What names of routes begin with inside a block with these clauses. */
const char *frame_names(struct checker *checker, const struct frame *frame,
                        const struct clause_set *set);

#endif
