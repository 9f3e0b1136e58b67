/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that are files: paths, and open files of Python.
 */
#ifndef FILES_H
#define FILES_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct apache_state;

/* Bytes of one read of a file that has no descriptor to send from. */
#define FILES_READ_SIZE 65536

enum files_kind {
    FILES_NONE,  /* no file */
    FILES_PATH,  /* path-like: an object with __fspath__ (a str is text) */
    FILES_OPEN,  /* it can be read and closed */
    FILES_FAILED /* an exception is set */
};

/* Python code may run.  GIL: held. */
enum files_kind files_find(PyObject *object);

/* Calls close() if there is one.  -1 with an exception.  GIL: held. */
int files_close(PyObject *object);

/* Sets reply->path to what a path-like object stands for, an absolute path in
 * pool.  Returns -1 with an exception.  GIL: held. */
int files_put_path(struct apache_state *state, apr_pool_t *pool,
                   PyObject *object, struct reply *reply);

/* Takes a copy of the descriptor of an open file, from where it stands, if all
 * it reads is what is in a regular file: sets reply->file, which is closed
 * with r->pool, offset, length and path (for its type, or NULL).  Returns 1, 0
 * if it must be read instead, -1 with an exception: a file of text, or a
 * failure.  GIL: held, released in between. */
int files_borrow(struct apache_state *state, request_rec *r, PyObject *object,
                 struct reply *reply);

/* The same, and closes the object if 1.  GIL: held, released in between. */
int files_take(struct apache_state *state, request_rec *r, PyObject *object,
               struct reply *reply);

#endif
