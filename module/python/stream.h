/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Stream: a request's body as a readable file, which holds no
 * more of it than one piece; and apache.BodyError, which its methods raise.
 */
#ifndef STREAM_H
#define STREAM_H

#include "py.h"

struct apache_state;
struct reader;

/* The type, a heap type of the module that Python code can't make objects of.
 * Returns new, or NULL with an exception.  GIL: held. */
PyTypeObject *stream_make_type(PyObject *module);

/* The class of the errors of a stream, an OSError with the attribute status:
 * 413 past the limit, 400 for a body that is broken or whose client has gone,
 * 408 for one that does not come.  Returns new.  GIL: held. */
PyObject *stream_make_error(void);

/* A stream over the reader, which becomes its user until the request ends;
 * then it raises ValueError.  The calling thread serves the request and reads,
 * with the GIL released; others get RuntimeError until the stream is shared.
 * It is the body of the thread's scope.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyObject *stream_create(struct apache_state *state, struct reader *reader);

/* Any one thread at a time may read from here on, as soon as the stream is
 * lent.  By the thread that serves.  GIL: held. */
void stream_share(PyObject *stream);

/* The thread that serves leaves the request alone for a while, as it waits;
 * then it takes it back, when nobody reads.  Nothing happens where that is so
 * already.  GIL: held; released while it waits for who reads. */
void stream_lend(PyObject *stream);
void stream_take_back(PyObject *stream);

/* Whether a thread reads, so that this one may not look at the request.
 * GIL: held. */
int stream_is_busy(PyObject *stream);

/* Raises apache.BodyError with the status of the answer.  GIL: held. */
void stream_raise(struct apache_state *state, int status, const char *why);

/* The status of the error of a stream that is raised, or 0: another exception
 * is.  GIL: held. */
int stream_raised_status(struct apache_state *state);

#endif
