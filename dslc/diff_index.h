/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_index: a model by host and path, so that another can be laid beside it.
 *
 * Two spots are the same if their hosts and paths take the same URLs as they
 * are written: the same literals and types, whatever parameters are called.
 */
#ifndef DIFF_INDEX_H
#define DIFF_INDEX_H

#include <apr_hash.h>

#include "model.h"

#define DIFF_ANY ROUTES_N_METHODS /* stands behind the methods */

/* What a model says of a path on a host. */
struct diff_spot {
    const char *key;   /* host and path, without names */
    const char *loose; /* the same without types */
    const char *shown; /* "api.example.com/orders/{id:int}" */
    const struct model_host *host;
    const struct model_path *path;
    const struct model_route *routes[DIFF_ANY + 1]; /* by method, or NULL */
    const struct model_auth *guard; /* of locations with this prefix that keep
                                       what nothing matches, or NULL */
    struct span guard_span;         /* of the last of them */
};

struct diff_index {
    apr_pool_t *pool;
    const struct model *model;
    apr_array_header_t *spots; /* struct diff_spot *, in the model's order */
    apr_hash_t *by_key;
    apr_hash_t *by_host;  /* what host blocks decide: struct model_auth * */
    apr_hash_t *by_place; /* hosts and locations: struct model_place * */
    apr_hash_t *by_loose; /* apr_array_header_t * of struct diff_spot * */
};

struct diff_index *
diff_index_make(apr_pool_t *pool, const struct model *model);

/* A path on a host, equal for those that take the same URLs as written. */
const char *diff_index_key(apr_pool_t *pool, const struct model_host *host,
                           const struct model_path *path);

/* The spot of the other index that a spot of this one is to be compared with:
 * the same; else, if both are the only ones, and neither has the same in the
 * other, one whose parameters have other types; else NULL. */
const struct diff_spot *
diff_index_match(const struct diff_index *here, const struct diff_index *other,
                 const struct diff_spot *spot);

/* What answers a method at a spot, which may be NULL: its own route, GET for
 * HEAD, ANY; or NULL. */
const struct model_route *
diff_index_route(const struct diff_spot *spot, unsigned method);

/* The spot with the guard that keeps a path on a host: that of a location with
 * this prefix or, from the inside out, a shorter one; or NULL. */
const struct diff_spot *
diff_index_guard(const struct diff_index *index, const struct model_host *host,
                 const struct model_path *path);

/* What the model would decide for a route that is written there without a
 * decision of its own: by location, host, file.  NULL: nothing. */
const struct model_auth *diff_index_decision(const struct diff_index *index,
                                             const struct model_host *host,
                                             const struct model_path *path);

/* The location, host or file whose clauses would govern such a route. */
const struct model_place *
diff_index_place(const struct diff_index *index, const struct model_host *host,
                 const struct model_path *path);

#endif
