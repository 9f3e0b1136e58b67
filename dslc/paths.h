/* SPDX-License-Identifier: Apache-2.0 */
/* paths: a written path as segments from the root. */
#ifndef DSLC_PATHS_H
#define DSLC_PATHS_H

#include <stdbool.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

#define PATHS_MAX_LENGTH 8190 /* bytes; httpd's LimitRequestLine */

/* What a path is written below. */
struct paths_base {
    struct model_path *prefix;            /* NULL: no location around it */
    const struct model_param *host_param; /* or NULL */
};

enum paths_use {
    PATHS_ROUTE, /* of a route: "/" in a location is its trailing-slash form */
    PATHS_PREFIX /* of a location, an include, a publish: others follow */
};

/*
 * The whole path, its prefix included, in the model's pool; or NULL after a
 * mistake, which was said (E101 .. E122, W120).  The prefix "/" has no
 * segments; the route "/" has one, the empty one.
 */
struct model_path *paths_make(struct checker *checker, struct scope *scope,
                              const struct paths_base *base,
                              const struct ast_path *ast, enum paths_use use);

/* The prefix of a publish and the name of one of its functions. */
struct model_path *
paths_append(struct checker *checker, struct model_path *prefix,
             const char *name, struct span span);

/* All below a prefix, as a parameter of that name and type that takes the
 * rest; NULL after a mistake, which was said. */
struct model_path *
paths_below(struct checker *checker, const struct paths_base *base,
            const struct model_path *prefix, const char *name,
            struct model_type *type);

/* The same path with a slash more or less at its end, or NULL: there is none
 * (a rest, `/`), or it would be too long. */
struct model_path *
paths_slashed(struct checker *checker, const struct model_path *path);

/* The parameter of a name in a path or host, or NULL. */
const struct model_param *
paths_find(const struct model_path *path, const struct model_param *host_param,
           const char *name);

/* Whether a mistake stands in a path, which was said: it may have hidden a
 * parameter, so nobody complains that there is none. */
bool
paths_unclear(const struct checker *checker, const struct model_path *path);

/* Whether two parameters take the same of every path that both match. */
bool
paths_same_place(const struct model_param *a, const struct model_param *b);

/* A parameter of that name and type, its type fit for a path (E116); NULL
 * when it is not, or broken.  Its capture is not set. */
struct model_param *paths_param(struct checker *checker, const char *name,
                                struct model_type *type, struct span span);

#endif
