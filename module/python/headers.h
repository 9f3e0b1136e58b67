/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers that a function sets, checked before any leaves.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include "py.h"

#include <apr_pools.h>
#include <apr_tables.h>

struct apache_state;

/* Reads a dict, or a list or tuple of (name, value) pairs, of str.  *media is
 * set to the value of Content-Type if it is there; the others go into a new
 * table of pool.  A name that is no token or that httpd must set itself, and a
 * value with CR, LF, NUL or another control character, is an exception and
 * returns -1.  GIL: held. */
int headers_read(struct apache_state *state, apr_pool_t *pool,
                 PyObject *object, apr_table_t **headers, const char **media);

#endif
