/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of an interpreter: atexit callbacks, run by a helper thread.
 */
#ifndef SHUTDOWN_H
#define SHUTDOWN_H

#include <apr_pools.h>

struct interpreter;
struct shutdown;

/* Milliseconds that the end of a process waits for atexit callbacks. */
#define SHUTDOWN_DEADLINE 2500

/* Starts the helper thread, which sleeps until it is told, with every signal
 * blocked.  NULL, logged, if it can't be started: the callbacks will not run
 * then.  The struct is of pool, which must live as long as the process, as its
 * pipes do.  GIL: either. */
struct shutdown *
shutdown_start(apr_pool_t *pool, struct interpreter *interpreter);

/* Tells the helper, once.  Where it interrupts what runs in Python, as it may
 * in the handler of signals.c, the helper goes on to end that.  Writes to a
 * pipe, nothing else.  GIL: either. */
void shutdown_ask(struct shutdown *shutdown);

/* Tells the helper and waits until it is done, at most the deadline, counted
 * from when it was told.  Writes to a pipe and polls, nothing else, so that a
 * signal handler may call it.
 * GIL: either (a thread that holds it waits the deadline out). */
void shutdown_run(struct shutdown *shutdown);

#endif
