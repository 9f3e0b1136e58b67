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
 * then it raises ValueError.  Any one thread at a time reads, with the GIL
 * released.  Returns new, or NULL with an exception.  GIL: held. */
PyObject *stream_create(struct apache_state *state, struct reader *reader);

/* Raises apache.BodyError with the status of the answer.  GIL: held. */
void stream_raise(struct apache_state *state, int status, const char *why);

/* The status of the error of a stream that is raised, or 0: another exception
 * is.  GIL: held. */
int stream_raised_status(struct apache_state *state);

#endif
