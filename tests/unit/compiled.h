/* SPDX-License-Identifier: Apache-2.0 */
/* compiled: a text through all passes up to the table in memory, for tests of
 * overlap and policy. */
#ifndef TEST_COMPILED_H
#define TEST_COMPILED_H

#include <apr_pools.h>
#include <jansson.h>

#include "dslc/diag.h"
#include "dslc/model.h"
#include "dslc/source.h"
#include "runtime/match.h"

struct compiled {
    apr_pool_t *pool; /* of its own, a child of the one given */
    struct source_set *sources;
    struct diag_list *diags;
    struct model *model;
    const char *said; /* every message, as text */
    json_t *json;     /* and as JSON; freed with the pool */
    unsigned errors;
};

/* Compiles a text; "routes 1" is put before its first line. */
struct compiled *compiled_text(apr_pool_t *pool, const char *text);

/* The table of it, errors or not. */
struct routes_table compiled_table(const struct compiled *c);

/* What a table has for a path as messages show it, "/a%20b", on no host. */
enum routes_outcome
compiled_match(apr_pool_t *pool, const struct routes_table *table,
               const char *method, const char *url,
               struct routes_match *match);

/* Whether something was said: "error[E201]", part of a message. */
int compiled_says(const struct compiled *c, const char *what);

#endif
