/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time that a function may run: when it is over, apache.Timeout is raised
 * in the function's thread.
 *
 * What a request may use is in its scope and shrinks while the request's code
 * runs or waits; while httpd sends a piece of a stream it does not.  A process
 * in which no route has such a limit has no watchdog.
 */
#ifndef DEADLINE_H
#define DEADLINE_H

#include "py.h"

struct interpreter;
struct interpreter_thread;
struct watchdog;

/* Milliseconds until a function that goes on is interrupted again; and those
 * that a stream's `finally` has at least. */
#define DEADLINE_AGAIN 5000

/* What a thread's code runs against; in its struct interpreter_thread. */
struct deadline {
    struct deadline *next; /* of those that the watchdog looks after */
    struct deadline **at;  /* what points here; NULL: it does not */
    int64_t begun;         /* microseconds of the monotonic clock */
    int64_t when;          /* the same: the next interruption */
    unsigned long thread;  /* Python's number of it */
    PyThreadState *state;  /* borrowed from the thread */
    const char *subject;   /* borrowed: whose function, for the log */
    unsigned fired;        /* so often interrupted */
};

/* Starts the watchdog unless it runs.  Returns -1 with an exception.
 * GIL: held. */
int deadline_need(struct interpreter *interpreter);

/* From here on the thread's code uses its scope's time; nothing if the scope
 * has no limit.  GIL: held. */
void deadline_begin(struct interpreter_thread *thread);

/* Until here.  No interruption is pending afterwards, so that none can hit
 * what the thread runs next.  Returns whether the time was over.
 * GIL: held. */
int deadline_end(struct interpreter_thread *thread);

/* Milliseconds that are left to the scope, at least 0; -1: it has no limit.
 * GIL: either. */
int deadline_left(const struct interpreter_thread *thread);

/* Takes microseconds off the time of a scope, if it has one.  GIL: either. */
void deadline_use(int64_t *left, int64_t used);

/* Gives the scope's time an end, and at least DEADLINE_AGAIN: for code that
 * tidies up.  GIL: either. */
void deadline_extend(int64_t *left);

/* Microseconds of the monotonic clock.  GIL: either. */
int64_t deadline_now(void);

#endif
