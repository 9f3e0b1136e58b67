/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of an interpreter.
 *
 * There is no Py_Finalize: it waits for threads that never end, and kills
 * others where they stand.  Callbacks run while the interpreter is healthy,
 * and the process exits.
 */
#include "shutdown.h"

#include "py.h"

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "asgi_loop.h"
#include "events.h"
#include "interpreter.h"
#include "loop.h"
#include "signals.h"
#include "thread.h"

#include "../log.h"

struct shutdown {
    struct interpreter *interpreter; /* borrowed */
    int told[2];                     /* a byte: run */
    int done[2];                     /* a byte: the callbacks have run */
    int asked;                       /* by the thread that ends the process */
    struct timespec since;           /* when it was */
};

/* atexit has no C interface that leaves the interpreter alive; what a callback
 * raises it reports itself. */
static void
run_callbacks(struct interpreter *interpreter)
{
    if (interpreter_enter(interpreter) == NULL) {
        return;
    }
    PyObject *done = NULL;                              /* new */
    PyObject *module = PyImport_ImportModule("atexit"); /* new */
    asgi_loop_stop(interpreter);
    events_stop(interpreter);
    loop_stop(interpreter);
    if (module != NULL) {
        done = PyObject_CallMethod(module, "_run_exitfuncs", NULL);
    }
    PyErr_Clear();
    Py_XDECREF(done);
    Py_XDECREF(module);
    interpreter_leave();
}

/* For what is in Python and doesn't let the helper in. */
static void
insist_late(void *data)
{
    (void)data;
    poll(NULL, 0, SHUTDOWN_DEADLINE);
    signals_insist();
}

/* Ends what the signal found in Python and what has gone on since.  Under the
 * GIL, which nobody gets any more, it is in no code that needs it. */
static void
end_here(struct interpreter *interpreter)
{
    if (interpreter_enter(interpreter) != NULL) {
        signals_insist();
    }
}

static void
help(void *data)
{
    struct shutdown *shutdown = data;
    char byte = 0;
    ssize_t n = 0;
    do {
        n = read(shutdown->told[0], &byte, 1);
    } while (n < 0 && errno == EINTR);
    if (n != 1) {
        return;
    }
    int goes_on = signals.pending;
    if (goes_on) {
        (void)thread_start(insist_late, NULL);
    }
    run_callbacks(shutdown->interpreter);
    n = write(shutdown->done[1], &byte, 1);
    if (goes_on) {
        end_here(shutdown->interpreter);
    }
}

struct shutdown *
shutdown_start(apr_pool_t *pool, struct interpreter *interpreter)
{
    struct shutdown *shutdown = apr_pcalloc(pool, sizeof *shutdown);
    shutdown->interpreter = interpreter;
    int fault = 0;
    if (pipe2(shutdown->told, O_CLOEXEC) != 0 ||
        pipe2(shutdown->done, O_CLOEXEC) != 0) {
        fault = errno;
    }
    else {
        fault = thread_start(help, shutdown);
    }
    if (fault != 0) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, APR_FROM_OS_ERROR(fault),
                     interpreter->server,
                     LOGNO(0108) "no thread for Python's atexit callbacks: "
                                 "they will not run");
        return NULL;
    }
    return shutdown;
}

static int
milliseconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)((now.tv_sec - start->tv_sec) * 1000 +
                 (now.tv_nsec - start->tv_nsec) / 1000000);
}

void
shutdown_ask(struct shutdown *shutdown)
{
    int saved = errno; /* of what the signal interrupted */
    char byte = 0;
    if (!shutdown->asked) {
        clock_gettime(CLOCK_MONOTONIC, &shutdown->since);
        shutdown->asked = write(shutdown->told[1], &byte, 1) == 1;
    }
    errno = saved;
}

static int
milliseconds_left(const struct shutdown *shutdown)
{
    return SHUTDOWN_DEADLINE - milliseconds_since(&shutdown->since);
}

void
shutdown_run(struct shutdown *shutdown)
{
    int saved = errno;
    shutdown_ask(shutdown);
    struct pollfd done = {.fd = shutdown->done[0], .events = POLLIN};
    int left = milliseconds_left(shutdown);
    while (left > 0 && poll(&done, 1, left) < 0 && errno == EINTR) {
        left = milliseconds_left(shutdown);
    }
    errno = saved;
}
