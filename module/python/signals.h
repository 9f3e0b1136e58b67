/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signals that end a prefork child, which httpd's handler does wherever
 * the process is: not in the middle of Python.
 *
 *     in Python              told, the handler returns
 *       |-- leaves it ------------------------------> the end
 *       |-- runs on, the callbacks have run --------> the end, under the GIL
 *       `-- runs on, SHUTDOWN_DEADLINE is over -----> the end
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "py.h"

#include <signal.h>

struct shutdown;

/* Of the thread that serves. */
struct signals {
    const PyThreadState *state;     /* its own; NULL: nothing is put off */
    volatile sig_atomic_t inside;   /* it is in Python, or waits for the GIL */
    volatile sig_atomic_t pending;  /* the signal that came meanwhile, or 0 */
    volatile sig_atomic_t insisted; /* and is put off no longer */
};

extern struct signals signals;

/* Handles SIGTERM and SIGHUP in place of httpd, for the calling thread, which
 * has this state and is the only one that serves; the shutdown, which is told
 * of them, lives as long as the process.  GIL: either. */
void signals_take(struct shutdown *shutdown, const PyThreadState *state);

/* Sends the pending signal to its own thread, which is in Python no more.
 * GIL: not held. */
void signals_end(void);

/* Sends it to the thread that serves, to end wherever that is.  Who holds the
 * GIL, and keeps it, knows that this is in no code that does.  GIL: either. */
void signals_insist(void);

/* Before a thread takes the GIL with this state.  GIL: not held. */
static inline void
signals_enter(const PyThreadState *state)
{
    if (state == signals.state) {
        signals.inside = 1;
    }
}

/* After it has given it back.  GIL: not held. */
static inline void
signals_leave(const PyThreadState *state)
{
    if (state == signals.state) {
        signals.inside = 0;
        if (signals.pending) {
            signals_end();
        }
    }
}

#endif
