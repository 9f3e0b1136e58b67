/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ASGI application's websocket: httpd's side of it.
 *
 * One message at a time goes each way.  What the application sends stays its
 * own until it has left, and send() returns then; what comes stays httpd's
 * until receive() asks for it, and the client waits.
 */
#include "asgi_socket.h"

#include <apr_strings.h>

#include "embed.h"
#include "heading.h"
#include "interpreter.h"
#include "pysocket.h"

#define FAILED 1011 /* the code that such a close has */

struct speech {
    struct embed_socket *socket;
    PyObject *link;    /* borrowed */
    PyObject *sending; /* owned: bytes that have not left, or NULL */
    int parting;       /* the application has closed */
    int event;
};

/* ---- the link ----------------------------------------------------------- */

/* The truth of a method of the link, or -1 with an exception. */
static int
ask(const struct speech *speech, const char *method)
{
    PyObject *answer =
        PyObject_CallMethod(speech->link, method, NULL); /* new */
    int truth = answer != NULL ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

/* 0, or -1 with an exception; takes the reference to what was given back. */
static int
check(PyObject *done)
{
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

/* Lets send() return. */
static int
answer(const struct speech *speech)
{
    return check(PyObject_CallMethod(speech->link, "answer", NULL));
}

/* ---- the handshake ------------------------------------------------------ */

static int
accept_socket(const struct speech *speech, const struct heading *heading)
{
    struct embed_socket *socket = speech->socket;
    PyObject *chosen =
        PyObject_GetAttrString(speech->link, "protocol"); /* new */
    if (chosen == NULL) {
        return -1;
    }
    const char *protocol = pysocket_protocol(socket, chosen);
    Py_DECREF(chosen);
    void *paused = interpreter_pause();
    socket->accept(socket, protocol, heading->headers);
    interpreter_resume(paused);
    return answer(speech);
}

/* ---- messages ----------------------------------------------------------- */

/* What receive() gives; new. */
static PyObject *
make_message(const struct embed_socket *socket)
{
    Py_ssize_t len = (Py_ssize_t)socket->len;
    return socket->message == EMBED_TEXT
               ? PyUnicode_DecodeUTF8(socket->at, len, NULL)
               : PyBytes_FromStringAndSize(socket->at, len);
}

/* Hands over the message that is there. */
static int
give(const struct speech *speech)
{
    struct embed_socket *socket = speech->socket;
    PyObject *message = make_message(socket); /* new */
    if (message == NULL) {
        return -1;
    }
    socket->take(socket);
    int result =
        check(PyObject_CallMethod(speech->link, "tell", "O", message));
    Py_DECREF(message);
    return result;
}

/* Hands a message over, if one is there and wanted. */
static int
give_wanted(const struct speech *speech)
{
    if (speech->socket->message == EMBED_NO_MESSAGE) {
        return 0;
    }
    int wanted = ask(speech, "wants");
    return wanted > 0 ? give(speech) : wanted;
}

/* Hands over what came before the end, unless the application has made it. */
static int
give_rest(const struct speech *speech)
{
    int result = 0;
    while (result == 0 && !speech->parting &&
           speech->socket->message != EMBED_NO_MESSAGE) {
        result = give(speech);
    }
    return result;
}

/* Begins with what is to be sent: (future, bytes, whether it is text), or
 * (future, reason, code). */
static void
begin(struct speech *speech, PyObject *item)
{
    struct embed_socket *socket = speech->socket;
    PyObject *bytes = PyTuple_GET_ITEM(item, 1); /* borrowed, each */
    PyObject *kind = PyTuple_GET_ITEM(item, 2);
    const char *at = PyBytes_AS_STRING(bytes);
    apr_size_t len = (apr_size_t)PyBytes_GET_SIZE(bytes);
    if (PyBool_Check(kind)) {
        speech->sending = Py_NewRef(bytes);
        socket->send(socket, kind == Py_True ? EMBED_TEXT : EMBED_BINARY, at,
                     len);
    }
    else {
        speech->parting = 1;
        socket->close(socket, (unsigned)PyLong_AsUnsignedLong(kind), at, len);
    }
}

/* What was sent has left. */
static int
end(struct speech *speech)
{
    if (speech->sending == NULL || speech->socket->sending) {
        return 0;
    }
    Py_CLEAR(speech->sending);
    return answer(speech);
}

/* ---- turns -------------------------------------------------------------- */

/* Takes up what the application wants; 1 if it has ended, -1 with an
 * exception. */
static int
take_up(struct speech *speech)
{
    if (give_wanted(speech) != 0 || end(speech) != 0) {
        return -1;
    }
    if (speech->sending != NULL || speech->parting) {
        return 0;
    }
    int done = ask(speech, "is_done");
    if (done != 0 || speech->socket->code != 0) {
        return done;
    }
    PyObject *item = PyObject_CallMethod(speech->link, "next", NULL); /* new */
    if (item != NULL && item != Py_None) {
        begin(speech, item);
    }
    return check(item);
}

static void
take_turn(const struct speech *speech)
{
    void *paused = interpreter_pause();
    speech->socket->turn(speech->socket, speech->event);
    interpreter_resume(paused);
}

/* Until the websocket is closed, the application has ended (1), or there is
 * an exception (-1). */
static int
speak(struct speech *speech)
{
    int done = 0;
    while (done == 0 && !speech->socket->closed) {
        done = take_up(speech);
        if (done == 0) {
            take_turn(speech);
        }
    }
    return done;
}

/* ---- the end ------------------------------------------------------------ */

/* Tells the application why, and leaves it to itself, for a while. */
static int
part(struct speech *speech)
{
    const struct embed_socket *socket = speech->socket;
    if (end(speech) != 0 || (speech->parting && answer(speech) != 0) ||
        give_rest(speech) != 0) {
        return -1;
    }
    if (check(PyObject_CallMethod(speech->link, "lose", "Is", socket->code,
                                  socket->reason)) != 0) {
        return -1;
    }
    return check(PyObject_CallMethod(speech->link, "detach", "O",
                                     speech->parting ? Py_True : Py_False));
}

/* The application has ended; what its tasks still send is sent no more. */
static int
conclude(const struct speech *speech)
{
    return check(PyObject_CallMethod(speech->link, "part", NULL)) == 0
               ? check(PyObject_CallMethod(speech->link, "result", NULL))
               : -1;
}

/* An exception of ours, which the application is not told: it must not wait
 * for ever.  Keeps the exception. */
static void
give_up(const struct speech *speech)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    if (check(PyObject_CallMethod(speech->link, "lose", "is", FAILED, "")) !=
            0 ||
        check(PyObject_CallMethod(speech->link, "detach", "O", Py_False)) !=
            0) {
        PyErr_Clear();
    }
    PyErr_Restore(type, value, trace);
}

int
asgi_socket_talk(struct embed_socket *socket, const struct heading *heading,
                 PyObject *link, int event)
{
    struct speech speech = {.socket = socket, .link = link, .event = event};
    int result = accept_socket(&speech, heading);
    int done = result == 0 ? speak(&speech) : -1;
    if (done == 0) {
        result = part(&speech);
    }
    else if (done > 0) {
        result = conclude(&speech);
    }
    else {
        give_up(&speech);
        result = -1;
    }
    Py_XDECREF(speech.sending);
    return result;
}
