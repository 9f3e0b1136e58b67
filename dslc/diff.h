/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff: what changed from one model to another: routes, and who may.
 *
 * Requirements are compared over all callers (policy.h), realms by name.
 * What is compared with what: each host, path and method of both, whatever
 * its parameters are called and wherever it stands.
 */
#ifndef DIFF_H
#define DIFF_H

#include "model.h"

enum diff_kind {
    DIFF_WEAKER,       /* it grants more callers than before */
    DIFF_INCOMPARABLE, /* more and fewer */
    DIFF_STRONGER,     /* fewer */
    DIFF_ADDED,
    DIFF_REMOVED,
    DIFF_CHANGED
};

enum diff_what {
    DIFF_REQUIREMENT, /* of a route */
    DIFF_GUARD,       /* of a location, over what no route matches */
    DIFF_REALM,       /* where its users come from */
    DIFF_ROUTE,       /* added, removed: the text is its requirement */
    DIFF_PATH,        /* the types in it */
    DIFF_FUNCTION,
    DIFF_ARGUMENTS,
    DIFF_BODY,   /* how long, of which types */
    DIFF_LIMITS, /* the others */
    DIFF_RESULT,
    DIFF_HEADERS,
    DIFF_DEPRECATED,
    DIFF_PAGES, /* what answers in place of errors */
    DIFF_CORS,  /* which other sites may read it */
    DIFF_CSRF,  /* whether other sites may send it */
    DIFF_DENY   /* whether who may not call it sees that it is there */
};

/* One version's part; text is NULL where it has none. */
struct diff_side {
    const char *text;
    struct span span;
};

struct diff_change {
    enum diff_kind kind;
    enum diff_what what;
    const char *method; /* "GET", "ANY"; NULL: of no route */
    const char *path;   /* "api.example.com/orders/{id:int}", a realm's name;
                           of the later version, if it is there */
    struct diff_side before;
    struct diff_side after;
    const char *gains; /* a caller that is granted now: "{anonymous}"; NULL:
                          there is none, or none was found in time */
    const char *loses; /* a caller that isn't any more */
    int weakens;       /* somebody may do what the old version denied */
};

/*
 * The changes, in pool: struct diff_change, by realms, then host and path,
 * method and what.  Neither model has errors; policy and overlap were asked
 * about both.
 *
 * `weakens` holds for weaker and incomparable ones, for a realm that changed
 * or is no more the same, for a check of other sites that is gone, and for
 * an added route that grants a caller whom the old version's decision at that
 * place (location, host, file) would not; where it decided nothing, for one
 * that anyone may call.  An added route that loosens `csrf`, `deny` or a rate
 * which governs that place has a change of its own for each.  They hold for a
 * record that is gone from a route's results, too (all of them leaves now),
 * for a mount that shows names with a dot, and for what another table, which
 * may have required more, answers no more.
 */
apr_array_header_t *diff_models(apr_pool_t *pool, const struct model *before,
                                const struct model *after);

#endif
