/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urls: which functions a module of URLs has, and their parameters.
 */
#ifndef URLS_H
#define URLS_H

#include "diag.h"
#include "model.h"

/* A named route as a function; text is borrowed from the model or of its
 * pool. */
struct urls_function {
    const char *name; /* "v1_order" of a route named v1.order */
    const struct model_route *route;
    const struct model_path *path;  /* its first one */
    const struct model_host *host;  /* the one that the URL begins with, or
                                       NULL: a URL without a host */
    apr_array_header_t *parameters; /* struct urls_parameter */
    const char *key;                /* in the query string besides, "action" or
                                       "acl"; or NULL */
    const char *value;              /* behind it, or NULL */
};

struct urls_parameter {
    const char *name; /* in Python, and of a path or host in the URL */
    const char *wire; /* in the query string; NULL: of the path or host */
    const struct model_type *type;
    int optional;
    int tells;                      /* that it is there chooses the variant */
    const apr_array_header_t *keys; /* struct model_variant *: of which it may
                                       have none as its value; or NULL */
};

/*
 * The functions of a model without errors, in the order of the source, in the
 * model's pool.  Names that can't be a function's or parameter's, or are two
 * functions' or parameters', are E707.
 */
apr_array_header_t *urls_of(struct model *model, struct diag_list *diags);

/* The host that the URL of a route begins with, or NULL. */
const struct model_host *urls_host(const struct model_route *route);

/* The route whose URLs a named route's are: of one with variants by the query,
 * that for the rest; NULL if there is none, so that no URL without a key of a
 * variant would be answered. */
const struct model_route *urls_answered(const struct model_route *route);

/* A literal of a path as a URL has it, in pool. */
const char *urls_quote(apr_pool_t *pool, const char *text);

#endif
