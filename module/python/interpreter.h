/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interpreter of this process, and the thread states by which httpd's
 * threads enter it.  Only interpreter.c calls PyEval_*, PyGILState_* and
 * PyThreadState_*.
 *
 *     interpreter <--key-- thread (one an OS thread) --> PyThreadState
 *                             |                     \--> lines of stdio.c
 *                             \--> request whose function runs there
 */
#ifndef INTERPRETER_H
#define INTERPRETER_H

#include "py.h"

#include <pthread.h>
#include <stdatomic.h>

#include <httpd.h>
#include <apr_pools.h>

#include "deadline.h"
#include "embed.h"

struct apache_state;
struct stdio_lines;

struct interpreter {
    PyInterpreterState *state;   /* borrowed: CPython's main interpreter */
    PyObject *module;            /* owned: the module `apache` in it */
    struct apache_state *apache; /* borrowed: the state of that module */
    server_rec *server;          /* borrowed: whose log has no request */
    embed_place_fn *place_of;    /* what table a request is of, or NULL */
    embed_time_fn *time_of;      /* what those around it give, or NULL */
    embed_page_fn *has_page;     /* who answers errors, or NULL: nobody */
    embed_caller_fn *caller_of;  /* who calls */
    const struct embed_sessions *sessions; /* borrowed */
    embed_body_fn *body_of;                /* what it sent, or NULL */
    struct embed_server about;             /* what applications are told */
    const struct routes_table **tables; /* owned: all that are bound; each is
                                           borrowed */
    size_t n_tables;
    struct loop *loop;     /* owned, or NULL: no async function so far */
    apr_pool_t *asgi_pool; /* owned, of the loop's thread; NULL: no ASGI */
    PyObject *started; /* owned, or NULL: functions of child_start that ran */
    PyObject *stops;   /* owned, or NULL: functions of child_stop, in order */
    struct watchdog *watchdog; /* owned, or NULL: no route has `limit time` */
    pthread_key_t key;         /* of each thread's struct below */
    atomic_int stopping;       /* embed_stop has begun: nothing that can be
                                    left alone enters any more */
    atomic_int stopped;        /* embed_stop is over: httpd's structures may
                                    be gone */
};

/* What a thread's code runs for. */
struct interpreter_scope {
    request_rec *request; /* borrowed: its function runs here, or NULL */
    const struct routes_table *table; /* borrowed: the one it matched */
    uint32_t route;                   /* and the route */
    uint32_t format;                  /* formats[] that it chose, or 0 */
    PyObject *object;    /* owned: the apache.Request of it, or NULL */
    PyObject *body;      /* borrowed: the apache.Stream of it, or NULL */
    const char *subject; /* borrowed: of the route, where it has a limit */
    int64_t left;  /* microseconds of its `limit time`: see deadline.h; 0: it
                     has none */
    int late;      /* it was over */
    uint32_t time; /* milliseconds that it was at first; 0: it has none */
};

/* What this interpreter keeps for one OS thread, until the thread ends. */
struct interpreter_thread {
    struct interpreter *interpreter; /* borrowed */
    PyThreadState *state; /* owned; NULL: Python's own thread, or none yet */
    int lasts;            /* the state is not ours to free: it started
                             CPython, or another module made it */
    struct interpreter_scope scope;
    struct deadline deadline;
    struct stdio_lines *lines; /* owned: unfinished lines, or NULL */
};

/* Starts CPython in this process (or adopts the one that runs), fills
 * *interpreter, imports what it needs and extends sys.path.  What fails is
 * logged with its id.  The GIL is released at the end.  The struct is of
 * pool, which must live as long as the process; scratch is for the start.
 * GIL: not held. */
apr_status_t
interpreter_start(apr_pool_t *pool, apr_pool_t *scratch, server_rec *server,
                  const struct embed_options *options,
                  struct interpreter **interpreter);

/* Takes the GIL with this thread's state, which is made at the first call, and
 * returns the thread's struct; NULL, without the GIL, if memory is short.  May
 * not be nested.  GIL: not held, held afterwards. */
struct interpreter_thread *interpreter_enter(struct interpreter *interpreter);

/* GIL: held, not held afterwards. */
void interpreter_leave(void);

/* Releases the GIL in the middle of a call, whoever's thread it is, for what
 * may block; the result is for interpreter_resume.  GIL: held, not held
 * afterwards. */
void *interpreter_pause(void);

/* GIL: not held, held afterwards. */
void interpreter_resume(void *paused);

/* Raises the exception's class in a thread, by Python's number of it, as soon
 * as that runs byte code; NULL: what is pending there isn't any more.
 * GIL: held. */
void interpreter_interrupt(unsigned long thread, PyObject *exception);

/* Writes the line of Python code that a thread is at, "app.py:7", or "".  No
 * Python code runs, so that the caller may have a lock.  GIL: held. */
void interpreter_where(PyThreadState *state, char *to, size_t size);

/* The struct of this thread, made if there is none yet (Python's own threads
 * have one from their first line of output); NULL if memory is short.
 * GIL: either. */
struct interpreter_thread *interpreter_thread(struct interpreter *interpreter);

/* Whether the process ends: what can be left alone is left alone then.
 * GIL: either. */
static inline int
interpreter_stopping(struct interpreter *interpreter)
{
    return atomic_load_explicit(&interpreter->stopping, memory_order_acquire);
}

/* Whether it has ended as far as httpd is concerned: a thread that user code
 * left behind may not even log.  GIL: either. */
static inline int
interpreter_stopped(struct interpreter *interpreter)
{
    return atomic_load_explicit(&interpreter->stopped, memory_order_acquire);
}

#endif
