/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ASGI application's answer to one request: httpd's side of it.
 *
 * The application runs on the event loop and asks for what it wants; this
 * thread sleeps without the GIL, and reads and writes when it is asked.  A
 * message to send comes first: a client that sends its body slowly does not
 * hold up an answer.
 */
#include "asgi.h"

#include <string.h>

#include "apache_module.h"
#include "asgi_loop.h"
#include "asgi_message.h"
#include "asgi_scope.h"
#include "asgi_socket.h"
#include "asgi_socket_loop.h"
#include "await.h"
#include "deadline.h"
#include "interpreter.h"
#include "outlet.h"

#include "../reader.h"

#define PIECE 65536 /* bytes of the body at most that one message has */

enum turn {
    TURN_ON,    /* there is more to come */
    TURN_WHOLE, /* the answer is */
    TURN_CUT,   /* it is, though the application has more to say */
    TURN_ENDED, /* the application has */
    TURN_NO,    /* it wants no websocket */
    TURN_OVER,  /* the websocket is */
    TURN_GONE,  /* the client has */
    TURN_LATE,  /* the time is over */
    TURN_FAULT, /* the body could not be read */
    TURN_FAILED /* an exception is set */
};

struct talk {
    struct outlet *outlet;
    const struct embed_visit *visit;
    struct interpreter_thread *thread;
    PyObject *link; /* borrowed: a Visit of asgi_loop.c */
    int event;
    int client;      /* its socket, or -1 */
    char *piece;     /* r->pool, of PIECE bytes; NULL: nothing was read */
    int64_t waiting; /* since when the body is waited for, or 0 */
    int status;      /* of a body that could not be read */
};

/* ---- sending ------------------------------------------------------------ */

static int
take_heading(struct outlet *outlet, PyObject *link)
{
    struct heading heading;
    if (outlet->said) {
        return 0;
    }
    PyObject *checked = PyObject_GetAttrString(link, "heading"); /* new */
    if (checked == NULL) {
        return -1;
    }
    heading_begin(&heading, outlet->r->pool);
    int result = asgi_message_read(checked, &heading);
    Py_DECREF(checked);
    if (result == 0) {
        outlet->heading = heading;
        outlet->said = 1;
    }
    return result;
}

/* The whole body in one message has a length. */
static void
set_length(struct outlet *outlet, Py_ssize_t len)
{
    if (!outlet->begun && outlet->heading.length == HEADING_NO_LENGTH) {
        outlet->heading.length = len;
    }
}

static int
send_bytes(struct talk *talk, PyObject *body, int last)
{
    struct outlet *outlet = talk->outlet;
    Py_ssize_t len = PyBytes_GET_SIZE(body);
    if (take_heading(outlet, talk->link) != 0) {
        return -1;
    }
    if (last) {
        set_length(outlet, len);
    }
    if (outlet_send(outlet, body, PyBytes_AS_STRING(body), (size_t)len,
                    !last) != 0) {
        return -1;
    }
    if (last) {
        return outlet_finish(outlet);
    }
    return len > 0 ? 0 : outlet_flush(outlet);
}

static PyObject *
take_exception(void)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return value;
}

/* Lets send() return, or raise what is set. */
static enum turn
answer(const struct talk *talk)
{
    PyObject *error = PyErr_Occurred() ? take_exception() : NULL; /* new */
    PyObject *done = PyObject_CallMethod(                         /* new */
                                         talk->link, "answer", "O",
                                         error != NULL ? error : Py_None);
    Py_XDECREF(error);
    Py_XDECREF(done);
    return done != NULL ? TURN_ON : TURN_FAILED;
}

/* The message (future, body, last).  Without a body to send to, its end is
 * that of the answer.  The last one is answered with the application's leave,
 * in one turn of the loop (settle). */
static enum turn
send_message(struct talk *talk, PyObject *message)
{
    struct outlet *outlet = talk->outlet;
    int last = PyTuple_GET_ITEM(message, 2) == Py_True;
    int sent = send_bytes(talk, PyTuple_GET_ITEM(message, 1), last);
    deadline_end(talk->thread);
    if (outlet->gone) {
        PyErr_Clear();
        return TURN_GONE;
    }
    if (sent == 0 && last) {
        return TURN_WHOLE;
    }
    if (sent == 0 && heading_is_bodiless(&outlet->heading, outlet->r)) {
        return TURN_CUT;
    }
    return answer(talk);
}

/* ---- websockets --------------------------------------------------------- */

/* The message (future, None, whether it refuses).  Its time ends here: a
 * websocket may be open for hours. */
static enum turn
answer_handshake(struct talk *talk, PyObject *message)
{
    struct outlet *outlet = talk->outlet;
    if (PyTuple_GET_ITEM(message, 2) == Py_True) {
        return answer(talk) == TURN_ON ? TURN_NO : TURN_FAILED;
    }
    if (take_heading(outlet, talk->link) != 0) {
        return TURN_FAILED;
    }
    return asgi_socket_talk(talk->visit->socket, &outlet->heading, talk->link,
                            talk->event) == 0
               ? TURN_OVER
               : TURN_FAILED;
}

/* ---- reading ------------------------------------------------------------ */

/* GIL: not held. */
static int
take_piece(struct talk *talk, apr_size_t *len)
{
    struct reader *body = talk->visit->body;
    request_rec *r = talk->outlet->r;
    if (talk->piece == NULL) {
        talk->piece = apr_palloc(r->pool, PIECE);
    }
    /* of a stream of HTTP/2 there is no socket to sleep on, and httpd sends
     * 100 Continue to who waits alone */
    int wait =
        talk->client < 0 || r->connection->master != NULL || r->expecting_100;
    return body->take(body, talk->piece, PIECE, len, wait);
}

static enum turn
give_piece(const struct talk *talk, apr_size_t len)
{
    PyObject *done =
        PyObject_CallMethod(/* new */
                            talk->link, "give", "y#O", talk->piece,
                            (Py_ssize_t)len,
                            talk->visit->body->ended ? Py_False : Py_True);
    Py_XDECREF(done);
    return done != NULL ? TURN_ON : TURN_FAILED;
}

static enum turn
fail_reading(struct talk *talk, int status)
{
    talk->status = status;
    return talk->outlet->r->connection->aborted ? TURN_GONE : TURN_FAULT;
}

/* Nothing has come so far: sleeps, unless that has gone on for too long. */
static enum turn
wait_for_body(struct talk *talk)
{
    request_rec *r = talk->outlet->r;
    int64_t now = deadline_now();
    if (talk->waiting == 0) {
        talk->waiting = now;
    }
    if (now - talk->waiting > r->server->timeout) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return fail_reading(talk, HTTP_REQUEST_TIME_OUT);
    }
    void *paused = interpreter_pause();
    enum await_outcome outcome = await_turn(talk->event, r, 1, -1);
    interpreter_resume(paused);
    return outcome == AWAIT_GONE ? TURN_GONE : TURN_ON;
}

static enum turn
read_body(struct talk *talk)
{
    apr_size_t len = 0;
    void *paused = interpreter_pause();
    int status = take_piece(talk, &len);
    interpreter_resume(paused);
    if (status != OK) {
        return fail_reading(talk, status);
    }
    if (len == 0 && !talk->visit->body->ended) {
        return wait_for_body(talk);
    }
    talk->waiting = 0;
    return give_piece(talk, len);
}

/* ---- turns -------------------------------------------------------------- */

/* Sleeps until the application wants something, against its time. */
static enum turn
wait_for_wish(const struct talk *talk)
{
    int64_t begun = deadline_now();
    if (deadline_left(talk->thread) == 0) {
        return TURN_LATE;
    }
    void *paused = interpreter_pause();
    enum await_outcome outcome = await_turn(talk->event, talk->outlet->r, 0,
                                            deadline_left(talk->thread));
    interpreter_resume(paused);
    deadline_use(&talk->thread->scope.left, deadline_now() - begun);
    return outcome == AWAIT_GONE ? TURN_GONE : TURN_ON;
}

static enum turn
take_turn(struct talk *talk)
{
    enum turn turn = TURN_FAILED;
    PyObject *step = PyObject_CallMethod(talk->link, "step", NULL); /* new */
    if (step == NULL) {
        return TURN_FAILED;
    }
    if (step == Py_None) {
        turn = wait_for_wish(talk);
    }
    else if (step == Py_True) {
        turn = read_body(talk);
    }
    else if (step == Py_False) {
        turn = TURN_ENDED;
    }
    else if (PyTuple_GET_ITEM(step, 1) == Py_None) {
        turn = answer_handshake(talk, step);
    }
    else {
        turn = send_message(talk, step);
    }
    Py_DECREF(step);
    return turn;
}

/* ---- the end ------------------------------------------------------------ */

static void
tell(const struct talk *talk, const char *method, PyObject *argument)
{
    PyObject *done = /* new */
        argument != NULL
            ? PyObject_CallMethod(talk->link, method, "O", argument)
            : PyObject_CallMethod(talk->link, method, NULL);
    if (done == NULL) {
        PyErr_Clear();
    }
    Py_XDECREF(done);
}

/* Lets the application know that there is nobody any more, and ends it if it
 * does not end itself. */
static void
part(const struct talk *talk)
{
    tell(talk, "part", NULL);
    await_patiently(talk->link);
    if (await_end(talk->outlet->interpreter, talk->outlet->r, talk->link) !=
        0) {
        PyErr_Clear();
    }
}

/* It has ended: by an exception, or in the middle. */
static int
conclude(const struct talk *talk)
{
    const struct outlet *outlet = talk->outlet;
    PyObject *result = PyObject_CallMethod(talk->link, "result", NULL);
    if (result != NULL) {
        Py_DECREF(result);
        PyErr_SetString(outlet->interpreter->apache->refusal,
                        outlet->begun ? "returned before its answer was whole"
                                      : "returned without an answer");
    }
    return -1;
}

static int
cut_short(const struct talk *talk)
{
    tell(talk, "cancel", NULL);
    part(talk);
    talk->thread->scope.late = 1;
    PyErr_SetNone(talk->outlet->interpreter->apache->timeout);
    return -1;
}

static int
settle(const struct talk *talk, enum turn turn, int *status)
{
    switch (turn) {
    case TURN_WHOLE:
    case TURN_CUT:
        tell(talk, "finish", turn == TURN_CUT ? Py_False : Py_True);
        *status = OK;
        return 0;
    case TURN_ENDED:
        return conclude(talk);
    case TURN_NO:
        tell(talk, "detach", Py_True);
        *status = HTTP_FORBIDDEN;
        return 0;
    case TURN_OVER:
        *status = OK;
        return 0;
    case TURN_GONE:
        talk->outlet->r->connection->aborted = 1;
        part(talk);
        *status = DONE;
        return 0;
    case TURN_FAULT:
        part(talk);
        *status = talk->status;
        return 0;
    case TURN_LATE:
        return cut_short(talk);
    case TURN_ON:
    case TURN_FAILED:
        break;
    }
    return -1;
}

/* ---- the whole ---------------------------------------------------------- */

static int
talk_with(struct outlet *outlet, const struct embed_visit *visit,
          PyObject *link, int *status)
{
    enum turn turn = TURN_ON;
    PyObject *event = PyObject_GetAttrString(link, "event"); /* new */
    struct talk talk = {.outlet = outlet,
                        .visit = visit,
                        .thread = interpreter_thread(outlet->interpreter),
                        .link = link,
                        .event = event != NULL ? (int)PyLong_AsLong(event) : 0,
                        .client = await_socket(outlet->r)};
    if (event == NULL) {
        return -1;
    }
    Py_DECREF(event);
    while (turn == TURN_ON) {
        turn = take_turn(&talk);
    }
    return settle(&talk, turn, status);
}

/* Whether a body may come. */
static int
has_body(const request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");
    return apr_table_get(r->headers_in, "Transfer-Encoding") != NULL ||
           (length != NULL && strcmp(length, "0") != 0) ||
           r->connection->master != NULL;
}

/* A path that is no text is the client's fault, here as for a route. */
static int
refuse_path(int *status)
{
    if (!PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        return -1;
    }
    PyErr_Clear();
    *status = HTTP_BAD_REQUEST;
    return 0;
}

int
asgi_talk(struct outlet *outlet, const struct embed_visit *visit,
          PyObject *link, int *status)
{
    int result = talk_with(outlet, visit, link, status);
    await_drop(link);
    return result;
}

int
asgi_run(struct outlet *outlet, PyObject *life, PyObject *app,
         const struct embed_visit *visit, int *status)
{
    struct interpreter *interpreter = outlet->interpreter;
    /* its code does not run on this thread, and what is interrupted here would
     * leave a task behind */
    deadline_end(interpreter_thread(interpreter));
    PyObject *scope = /* new */
        asgi_scope_make(interpreter->apache, life, outlet->r, visit);
    if (scope == NULL) {
        return refuse_path(status);
    }
    PyObject *link = /* new */
        visit->socket != NULL
            ? asgi_socket_loop_visit(interpreter, app, scope)
            : asgi_loop_visit(interpreter, app, scope, has_body(outlet->r));
    Py_DECREF(scope);
    if (link == NULL) {
        return -1;
    }
    return asgi_talk(outlet, visit, link, status);
}
