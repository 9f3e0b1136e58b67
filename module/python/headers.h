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

/* Bytes of all names and values that one answer may set: clients and HTTP/2
 * give up not far above. */
#define HEADERS_MAX_BYTES 32768

/* Whether a header may have this name and this value (both str): a token that
 * is not httpd's to set, and no CR, LF, NUL or other control character.  -1
 * with an exception of the class if not, whose message begins with subject
 * (which may be empty), names the header and says why, and never shows the
 * value.  GIL: held. */
int headers_check(PyObject *exception, const char *subject, PyObject *name,
                  PyObject *value);
/* Whether a header is httpd's alone to set: what the connection and the body's
 * framing say.  GIL: either. */
int headers_is_reserved(const char *name);

/* Reads a dict, or a list or tuple of (name, value) pairs, of str.  *media is
 * set to the value of Content-Type if it is there; the others go into a new
 * table of pool.  A name that is no token or that httpd must set itself, and a
 * value with CR, LF, NUL or another control character, is an exception and
 * returns -1, and so is more than HEADERS_MAX_BYTES.  GIL: held. */
int headers_read(struct apache_state *state, apr_pool_t *pool,
                 PyObject *object, apr_table_t **headers, const char **media);

#endif
