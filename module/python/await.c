/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for what runs on the event loop.
 *
 * A Link of loop.c has an event, which becomes readable when something has
 * come of it; the thread sleeps on that and on the client's socket.  Of the
 * socket only the end of what the client sends is of interest: a client that
 * has closed its side will not read an answer, as other servers see it too.
 */
#include "await.h"

#include <poll.h>
#include <unistd.h>

#include <http_core.h>
#include <http_log.h>
#include <apr_portable.h>

#include "apache_module.h"
#include "deadline.h"
#include "interpreter.h"
#include "loop.h"
#include "stream.h"

#include "../log.h"

/* Milliseconds between looks at what wakes no poll: a socket that this process
 * has closed, as mpm_event does when it is stopped, a stream of HTTP/2 that
 * was reset, and a loop that may have ended. */
#define AWAIT_LOOK 1000

int
await_takes(PyObject *object)
{
    const PyAsyncMethods *methods = Py_TYPE(object)->tp_as_async;
    return methods != NULL && methods->am_await != NULL;
}

int
await_takes_chunks(PyObject *object)
{
    const PyAsyncMethods *methods = Py_TYPE(object)->tp_as_async;
    return methods != NULL && methods->am_anext != NULL;
}

/* ---- sleeping ----------------------------------------------------------- */

int
await_socket(const request_rec *r)
{
    conn_rec *c =
        r->connection->master != NULL ? r->connection->master : r->connection;
    apr_socket_t *socket = ap_get_conn_socket(c);
    int number = -1;
    if (socket == NULL || apr_os_sock_get(&number, socket) != APR_SUCCESS) {
        return -1;
    }
    return number;
}

/* Milliseconds of the next look, 0 when it is too late; end: microseconds of
 * the monotonic clock, or 0 for none. */
static int
next_look(int64_t end)
{
    int64_t left = end - deadline_now();
    if (end == 0 || left > AWAIT_LOOK * 1000) {
        return AWAIT_LOOK;
    }
    return left > 0 ? (int)((left + 999) / 1000) : 0;
}

/* A stream of HTTP/2 that was reset: its connection may live on.  r may be
 * NULL. */
static int
is_reset(const request_rec *r)
{
    return r != NULL && r->connection->aborted;
}

/* Sleeps, at most until the next look.  r: whose client is watched, or NULL.
 * GIL: not held. */
static enum await_outcome
sleep_on(int event, const request_rec *r, int64_t end)
{
    int client = r != NULL ? await_socket(r) : -1;
    struct pollfd watched[] = {{.fd = event, .events = POLLIN},
                               {.fd = client, .events = POLLRDHUP}};
    uint64_t count = 0;
    int look = next_look(end);
    int n = poll(watched, 2, look);
    if (n == 0 && is_reset(r)) {
        return AWAIT_GONE;
    }
    if (n == 0) {
        return look > 0 ? AWAIT_READY : AWAIT_LATE;
    }
    if (n < 0) {
        return errno == EINTR ? AWAIT_READY : AWAIT_GONE;
    }
    if (watched[0].revents != 0) {
        return read(event, &count, sizeof count) < 0 && errno != EAGAIN
                   ? AWAIT_GONE
                   : AWAIT_READY;
    }
    return AWAIT_GONE;
}

enum await_outcome
await_turn(int event, const request_rec *r, int reads, int limit)
{
    int client = await_socket(r);
    struct pollfd watched[] = {
        {.fd = event, .events = POLLIN},
        {.fd = client, .events = reads ? POLLIN : POLLRDHUP}};
    uint64_t count = 0;
    int n = poll(watched, 2,
                 limit >= 0 && limit < AWAIT_LOOK ? limit : AWAIT_LOOK);
    if (n > 0 && watched[0].revents != 0) {
        return read(event, &count, sizeof count) < 0 && errno != EAGAIN
                   ? AWAIT_GONE
                   : AWAIT_READY;
    }
    return (n > 0 && !reads) || is_reset(r) ? AWAIT_GONE : AWAIT_READY;
}

/* The truth of a method of the link, or -1 with an exception. */
static int
ask(PyObject *link, const char *method)
{
    PyObject *answer = PyObject_CallMethod(link, method, NULL); /* new */
    int truth = answer != NULL ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

static int
event_of(PyObject *link)
{
    PyObject *event = PyObject_GetAttrString(link, "event"); /* new */
    long number = event != NULL ? PyLong_AsLong(event) : -1;
    Py_XDECREF(event);
    return (int)number;
}

/* Sleeps until the link's method is true, or the client of r has gone, which
 * may be NULL; at most as many milliseconds, -1 for any. */
static enum await_outcome
wait_until(PyObject *link, const char *method, const request_rec *r, int limit)
{
    int64_t end = limit < 0 ? 0 : deadline_now() + (int64_t)limit * 1000;
    enum await_outcome outcome = AWAIT_READY;
    int event = event_of(link);
    int ready = event < 0 ? -1 : ask(link, method);
    while (ready == 0 && outcome == AWAIT_READY) {
        void *paused = interpreter_pause();
        outcome = sleep_on(event, r, end);
        interpreter_resume(paused);
        ready = outcome == AWAIT_READY ? ask(link, method) : 0;
    }
    return ready < 0 ? AWAIT_FAILED : outcome;
}

/* ---- ending ------------------------------------------------------------- */

void
await_patiently(PyObject *link)
{
    if (wait_until(link, "is_done", NULL, AWAIT_GRACE) == AWAIT_FAILED) {
        PyErr_Clear();
    }
}

void
await_drop(PyObject *link)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    if (ask(link, "close") < 0) {
        PyErr_Clear();
    }
    Py_DECREF(link);
    PyErr_Restore(type, value, trace);
}

/* The body is for others to read, while this thread waits for them. */
static void
lend_body(const struct interpreter_thread *thread)
{
    if (thread->scope.body != NULL) {
        stream_lend(thread->scope.body);
    }
}

static void
take_body_back(const struct interpreter_thread *thread)
{
    if (thread->scope.body != NULL) {
        stream_take_back(thread->scope.body);
    }
}

static void
say_stuck(const struct interpreter_thread *thread, request_rec *r)
{
    take_body_back(thread);
    void *paused = interpreter_pause();
    ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                  LOGNO(0125) "an async function was cancelled and did not "
                              "end within %d seconds: it is left to itself",
                  AWAIT_GRACE / 1000);
    interpreter_resume(paused);
}

/* As await_end, with the body lent. */
static int
end_task(const struct interpreter_thread *thread, request_rec *r,
         PyObject *link)
{
    int done = ask(link, "is_done");
    if (done != 0) {
        return done < 0 ? -1 : 0;
    }
    if (ask(link, "cancel") < 0) {
        return -1;
    }
    switch (wait_until(link, "is_done", NULL, AWAIT_GRACE)) {
    case AWAIT_READY:
        return ask(link, "settle") < 0 ? -1 : 0;
    case AWAIT_FAILED:
        return -1;
    case AWAIT_GONE:
    case AWAIT_LATE:
        break;
    }
    say_stuck(thread, r);
    return 0;
}

int
await_end(struct interpreter *interpreter, request_rec *r, PyObject *link)
{
    const struct interpreter_thread *thread = interpreter_thread(interpreter);
    lend_body(thread);
    int ended = end_task(thread, r, link);
    take_body_back(thread);
    return ended;
}

/* The client has gone: nothing is written to it any more. */
static void
give_up(struct interpreter *interpreter, request_rec *r, PyObject *link)
{
    r->connection->aborted = 1;
    if (await_end(interpreter, r, link) == 0) {
        void *paused = interpreter_pause();
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      LOGNO(0124) "the client went away: an async function "
                                  "was cancelled");
        interpreter_resume(paused);
    }
}

/* The time is over: what the method gives of a task that was cancelled. */
static PyObject *
hurry(struct interpreter_thread *thread, PyObject *link, const char *method)
{
    thread->scope.late = 1;
    if (ask(link, "cancel") < 0) {
        return NULL;
    }
    switch (wait_until(link, "is_done", NULL, AWAIT_GRACE)) {
    case AWAIT_READY:
        return PyObject_CallMethod(link, method, NULL);
    case AWAIT_FAILED:
        return NULL;
    case AWAIT_GONE:
    case AWAIT_LATE:
        break;
    }
    say_stuck(thread, thread->scope.request);
    PyErr_SetNone(thread->interpreter->apache->timeout);
    return NULL;
}

/* ---- results ------------------------------------------------------------ */

/* Sleeps until the link is ready, against the time of the thread's scope
 * instead of the watchdog: the thread's own code is not to be interrupted. */
static enum await_outcome
wait_ready(struct interpreter_thread *thread, request_rec *r, PyObject *link)
{
    int64_t begun = deadline_now();
    deadline_end(thread);
    enum await_outcome outcome =
        wait_until(link, "is_ready", r, deadline_left(thread));
    deadline_use(&thread->scope.left, deadline_now() - begun);
    return outcome;
}

/* Waits, and returns what the method gives; as await_result. */
static PyObject *
wait_for(struct interpreter *interpreter, request_rec *r, PyObject *link,
         const char *method)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    PyObject *given = NULL; /* new */
    lend_body(thread);
    switch (wait_ready(thread, r, link)) {
    case AWAIT_READY:
        given = PyObject_CallMethod(link, method, NULL);
        if (thread->scope.left > 0) {
            deadline_begin(thread);
        }
        break;
    case AWAIT_LATE:
        given = hurry(thread, link, method);
        break;
    case AWAIT_GONE:
        give_up(interpreter, r, link);
        break;
    case AWAIT_FAILED:
        break;
    }
    take_body_back(thread);
    return given;
}

/* Hands an awaitable over to the loop.  What is interrupted there would leave
 * a task behind, so the time ends before it, and is looked at when waiting. */
static PyObject *
submit(struct interpreter *interpreter, const char *how, PyObject *awaitable)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    deadline_end(thread);
    if (thread->scope.body != NULL) {
        stream_share(thread->scope.body);
    }
    return loop_submit(interpreter, how, awaitable);
}

PyObject *
await_result(struct interpreter *interpreter, request_rec *r,
             PyObject *awaitable)
{
    PyObject *link = submit(interpreter, "call", awaitable); /* new */
    if (link == NULL) {
        return NULL;
    }
    PyObject *result = wait_for(interpreter, r, link, "result");
    await_drop(link);
    return result;
}

PyObject *
await_alone(struct interpreter *interpreter, PyObject *awaitable, int limit)
{
    PyObject *given = NULL;                                       /* new */
    PyObject *link = loop_submit(interpreter, "call", awaitable); /* new */
    if (link == NULL) {
        return NULL;
    }
    switch (wait_until(link, "is_done", NULL, limit)) {
    case AWAIT_READY:
        given = PyObject_CallMethod(link, "result", NULL);
        break;
    case AWAIT_LATE:
    case AWAIT_GONE:
        if (ask(link, "cancel") >= 0) {
            PyErr_SetNone(interpreter->apache->timeout);
        }
        break;
    case AWAIT_FAILED:
        break;
    }
    await_drop(link);
    return given;
}

PyObject *
await_stream(struct interpreter *interpreter, PyObject *chunks)
{
    return submit(interpreter, "stream", chunks);
}

PyObject *
await_chunk(struct interpreter *interpreter, request_rec *r, PyObject *link)
{
    return wait_for(interpreter, r, link, "take");
}

int
await_more(struct interpreter *interpreter, PyObject *link)
{
    deadline_end(interpreter_thread(interpreter));
    return ask(link, "more") < 0 ? -1 : 0;
}
