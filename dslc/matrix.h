/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix: all that a program answers, with who may and where that was
 * decided: routes, redirects, mounts, and what locations keep.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "model.h"
#include "origin.h"

/* Whether somebody whom no realm knows is let in. */
enum matrix_anyone {
    MATRIX_NOBODY,
    MATRIX_SOME, /* by address, method or connection */
    MATRIX_ANYONE
};

enum matrix_csrf {
    MATRIX_CSRF_NONE, /* nothing to protect: it changes nothing, or no browser
                         sends the credentials by itself */
    MATRIX_CSRF_OFF,
    MATRIX_CSRF_ON,
    MATRIX_CSRF_TOKEN
};

struct matrix_row {
    const struct model_route *route;     /* NULL: what a place keeps */
    const struct model_place *place;     /* the route's, or that place; NULL
                                            with no route: httpd goes on */
    const struct model_auth *auth;       /* NULL: nothing is required */
    const struct model_conduct *conduct; /* NULL: httpd goes on */
    const apr_array_header_t *rates;     /* struct model_rate *, or NULL */
    enum matrix_anyone anyone;
    enum matrix_csrf csrf;
    apr_array_header_t *lines; /* struct origin_line: what holds of it */
    struct origin_place asked; /* the `auth` in force; line 0: none */
    struct origin_place at;    /* where the route or place begins */
};

/* The rows (struct matrix_row) of a model without errors, in pool: routes in
 * their order, then what places keep, then what goes on to httpd. */
apr_array_header_t *matrix_make(apr_pool_t *pool, const struct model *model,
                                const struct source_set *sources);

/* "yes", "some", "no". */
const char *matrix_anyone_text(enum matrix_anyone anyone);

/* "-", "off", "on", "token". */
const char *matrix_csrf_text(enum matrix_csrf csrf);

#endif
