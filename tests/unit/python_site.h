/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that embeds CPython through module/python without httpd: the few
 * functions of httpd that it calls, what it logs, and tables made by hand
 * whose functions are those of tests/unit/python.
 */
#ifndef PYTHON_SITE_H
#define PYTHON_SITE_H

#include <httpd.h>

#include "module/python/embed.h"
#include "tests/unit/table_builder.h"

struct site {
    apr_pool_t *pool;
    server_rec *server;
    struct embed *embed; /* NULL: CPython did not start */
    struct builder *builder;
    apr_array_header_t *routes; /* struct site_route */
    struct routes_table *table; /* once bound */
    struct embed_table *bound;
    unsigned failures;
};

/* A request of its own pool and what came of it. */
struct visit {
    apr_pool_t *pool;
    apr_bucket_alloc_t *list;
    conn_rec connection;
    request_rec r;
    int status; /* OK, or that of an answer without a reply */
    struct reply reply;
};

/* A process with CPython in it; home may be NULL. */
struct site *site_create(const char *home);

/* One more route that calls "module:function"; its arguments follow.  To be
 * called before site_bind, as the two below. */
uint32_t site_route(struct site *site, const char *function);

/* An argument of the last route: text as builder_arg has it. */
void site_arg(struct site *site, const char *name, const char *type,
              const char *text);

/* A constant of the last route. */
void site_constant(struct site *site, const char *name, const char *type,
                   const char *text);

/* `raises CLASS as STATUS` of the last route; the first is the innermost. */
void site_raises(struct site *site, const char *module_name,
                 const char *class_name, uint32_t status);

/* What the last route produces, and its status. */
void site_produces(struct site *site, enum routes_produce produce,
                   const char *media, uint16_t status);

void site_bind(struct site *site);

/* Calls a route with the arguments of a query string.  The visit must be ended
 * by visit_end. */
struct visit *visit_call(struct site *site, uint32_t route, const char *query);

/* The body as one string of the visit's pool. */
const char *visit_body(struct visit *visit);

void visit_end(struct visit *visit);

/* Calls and returns the body; a string of site's pool, or "status N". */
const char *site_get(struct site *site, uint32_t route, const char *query);

/* All lines logged since the last call, each as "LEVEL[ r] TEXT\n". */
const char *site_log(struct site *site);

#endif
