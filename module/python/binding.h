/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table as one interpreter answers it: its functions resolved, its events
 * run, at the start of a child; a request reads it and changes nothing.
 */
#ifndef BINDING_H
#define BINDING_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct ask;
struct interpreter;
struct recipe;
struct shape;
struct verdict;

struct embed_table {
    struct interpreter *interpreter;  /* borrowed */
    const struct routes_table *table; /* borrowed */
    struct recipe *recipes;           /* pchild; by route */
    struct recipe *pages;             /* pchild; by page */
    struct shape *shapes;             /* pchild; by record */
    struct ask *asks;                 /* pchild; by function */
    struct verdict *verdicts;         /* pchild; by predicate */
    PyObject *environ;                /* owned: what each environ begins
                                         with, or NULL: no application */
    PyObject **lives;                 /* pchild; by route, each owned: the
                                         state of a lifespan, None without one,
                                         NULL for what is no ASGI */
};

/* Resolves what the table names, runs its `on child_start`, and begins the
 * lifespans of its applications.  What fails is logged and counted in
 * *failures: a route of it answers 500.  An error: nothing is bound, *result
 * is NULL.  GIL: not held. */
apr_status_t binding_make(struct interpreter *interpreter, apr_pool_t *pchild,
                          server_rec *server, const struct routes_table *table,
                          struct embed_table **result, unsigned *failures);

#endif
