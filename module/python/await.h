/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for what runs on the event loop, without the GIL, with an eye on the
 * client: when it goes away the task is cancelled.
 */
#ifndef AWAIT_H
#define AWAIT_H

#include "py.h"

#include <httpd.h>

struct interpreter;

/* Milliseconds that a cancelled task has for its `finally`.  After them it is
 * left to itself. */
#define AWAIT_GRACE 5000

/* What ended a sleep. */
enum await_outcome {
    AWAIT_READY,
    AWAIT_GONE,  /* the client */
    AWAIT_LATE,  /* the time is up */
    AWAIT_FAILED /* an exception is set */
};

/* Whether the object is to be awaited, or gives its chunks so.  GIL: held. */
int await_takes(PyObject *object);
int await_takes_chunks(PyObject *object);

/* Runs an awaitable (borrowed) on the loop, and returns its result (new).
 * NULL with the exception that it raised; without one: the client has gone,
 * and the task was cancelled.  It is cancelled, too, when the time of the
 * thread's scope is over; what it gives thereupon is returned all the same.
 * GIL: held, released in between. */
PyObject *await_result(struct interpreter *interpreter, request_rec *r,
                       PyObject *awaitable);

/* The same out of any request: whoever waits waits as many milliseconds at
 * most, -1 for any; NULL with apache.Timeout after that.
 * GIL: held, released in between. */
PyObject *
await_alone(struct interpreter *interpreter, PyObject *awaitable, int limit);

/* Begins to run an async iterator (borrowed).  Returns new, for the functions
 * below, or NULL with an exception.  GIL: held, released in between. */
PyObject *await_stream(struct interpreter *interpreter, PyObject *chunks);

/* The next chunk, in a tuple; None at the end.  Returns new, or NULL as
 * await_result does.  GIL: held, released in between. */
PyObject *
await_chunk(struct interpreter *interpreter, request_rec *r, PyObject *link);

/* Lets the iterator make the next chunk: the last one was taken.  What is
 * interrupted here would leave it waiting, so the time ends, until the chunk
 * is waited for.  -1 with an exception.  GIL: held. */
int await_more(struct interpreter *interpreter, PyObject *link);

/* Cancels what still runs, and waits for it, at most AWAIT_GRACE.  -1 with the
 * exception that it raised thereupon.  GIL: held, released in between. */
int await_end(struct interpreter *interpreter, request_rec *r, PyObject *link);

/* Releases the reference to a link, whose event is closed with it, whatever
 * else still knows of the link.  An exception stays set.  GIL: held. */
void await_drop(PyObject *link);

/* The socket of the client, or -1; that of a stream of HTTP/2 is shared.
 * GIL: either. */
int await_socket(const request_rec *r);

/* Sleeps a turn of a conversation with a task: until the event is readable,
 * until the client of r has sent something, if reads, or else has gone, or as
 * many milliseconds, -1 or at most about a second.  AWAIT_READY or AWAIT_GONE.
 * GIL: not held. */
enum await_outcome
await_turn(int event, const request_rec *r, int reads, int limit);

/* Waits until the link's task has ended by itself, at most AWAIT_GRACE.
 * GIL: held, released in between. */
void await_patiently(PyObject *link);

#endif
