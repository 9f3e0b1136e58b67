/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs when a process starts and stops: `on child_start`, `on
 * child_stop`.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "py.h"

struct interpreter;

/* Milliseconds that an async function of child_stop is waited for; what all
 * of them have is the deadline of shutdown.h. */
#define EVENTS_STOP_LIMIT 1500

/* Calls a function of child_start, and waits for it if it is async, unless it
 * has run in this interpreter.  Returns -1 with the exception that it raised.
 * GIL: held, released in between. */
int events_start(struct interpreter *interpreter, PyObject *callable);

/* Keeps a function of child_stop, once.  Returns -1 with an exception.
 * GIL: held. */
int events_keep(struct interpreter *interpreter, PyObject *callable);

/* Calls what was kept, the last one first; what it raises goes to sys.stderr.
 * GIL: held, released in between. */
void events_stop(struct interpreter *interpreter);

#endif
