/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: where each part of a decision was made, from the file inwards.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "model.h"
#include "source.h"

/* Where something stands: "shop.routes", 7. */
struct origin_place {
    const char *file;
    unsigned line;
};

enum origin_state {
    ORIGIN_HOLDS,    /* part of the effective requirement */
    ORIGIN_NARROWED, /* `public`, and a requirement came further in */
    ORIGIN_REPLACED  /* until an `override` */
};

/* What one line adds to the requirement. */
struct origin_line {
    struct origin_place place;
    const char *where; /* "file", "location /orders", "route" */
    const char *rule;
    enum origin_state state;
    int override; /* it replaced what stood before */
};

/* Where a span stands; file "" and line 0 of none. */
struct origin_place
origin_of(const struct source_set *sources, struct span span);

/* "location /orders", "file". */
const char *origin_where(apr_pool_t *pool, const struct model_place *place);

/* Adds the lines (struct origin_line) that decide at a place or, if route is
 * not NULL, at a route inside it, the outermost first. */
void origin_trace(apr_pool_t *pool, const struct source_set *sources,
                  const struct model_place *place,
                  const struct model_route *route, apr_array_header_t *lines);

#endif
