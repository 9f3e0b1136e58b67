/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop of an interpreter: asyncio's, in a thread of its own, started
 * when the first async function is there.
 */
#ifndef LOOP_H
#define LOOP_H

#include "py.h"

struct interpreter;
struct loop;

/* Milliseconds that a start of the loop may take. */
#define LOOP_START_LIMIT 30000
/* Milliseconds that the end of a process waits for cancelled tasks. */
#define LOOP_STOP_LIMIT 1500

/* Starts the loop unless it runs, and waits until it does.  Returns -1 with
 * the exception that kept it from starting.
 * GIL: held, released in between. */
int loop_need(struct interpreter *interpreter);

/* Runs more Python text beside loop.c's own, for its names.  Returns -1 with
 * an exception.  GIL: held, released in between. */
int loop_define(struct interpreter *interpreter, const char *text);

/* Gives that text another name, once it is there.  Returns -1 with an
 * exception.  GIL: held. */
int
loop_set(struct interpreter *interpreter, const char *name, PyObject *value);

/* NAME(argument) of that text, in Python: `call` of an awaitable, `stream` of
 * an async iterator return what await.c waits for.  Returns new, or NULL with
 * an exception.  GIL: held. */
PyObject *loop_submit(struct interpreter *interpreter, const char *name,
                      PyObject *argument);

/* Cancels all tasks, waits for them at most LOOP_STOP_LIMIT, and ends the
 * loop; nothing if there is none.  GIL: held, released in between. */
void loop_stop(struct interpreter *interpreter);

#endif
