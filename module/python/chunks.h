/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that Python makes while it is sent: the chunks of an iterator.
 */
#ifndef CHUNKS_H
#define CHUNKS_H

#include "py.h"

#include "interpreter.h"

#include <httpd.h>
#include <apr_buckets.h>

struct interpreter;
struct embed_stream;
struct recipe;

enum chunks_kind {
    CHUNKS_NEXT, /* an iterator */
    CHUNKS_READ, /* a file, to be read */
    CHUNKS_AWAIT /* an async iterator; then what await.c made of it */
};

struct embed_stream {
    struct interpreter *interpreter; /* borrowed */
    const struct recipe *recipe;     /* borrowed; for the log */
    request_rec *r;                  /* borrowed */
    PyObject *iterator;              /* owned, or NULL: it has ended */
    enum chunks_kind kind;           /* what it is */
    int begun;                       /* a chunk was taken */
    int gone;                        /* it ended because the client went */
    struct interpreter_scope scope;  /* what its code runs for */
};

/* Whether an object that has no other form is streamed: it is an iterator or
 * an async one.  Sets *kind.  GIL: held. */
int chunks_takes(PyObject *object, enum chunks_kind *kind);

/* A stream of the object (borrowed), in r->pool; NULL with an exception.
 * GIL: held. */
struct embed_stream *
chunks_begin(struct interpreter *interpreter, const struct recipe *recipe,
             request_rec *r, PyObject *object, enum chunks_kind kind);

/* The next chunk, a str or bytes; new.  NULL without an exception at the end
 * and if the client has gone, with one if the iterator raised or gave
 * something else.  GIL: held. */
PyObject *chunks_next(struct embed_stream *stream);

/* A chunk as a bucket, NULL if it is empty.  GIL: held. */
apr_bucket *chunks_bucket(struct embed_stream *stream, PyObject *chunk);

/* Closes the iterator if it can be closed: the code in its `finally` runs.
 * -1 with the exception that it raised.  GIL: held. */
int chunks_end(struct embed_stream *stream);

#endif
