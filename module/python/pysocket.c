/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.WebSocket: the websocket of a request as its `def` function has it.
 *
 *     pysocket --socket--> embed_socket (r->pool)
 *
 * The handshake is answered by the first use, so that until then the function
 * may refuse it, or raise.
 */
#include "pysocket.h"

#include <apr_tables.h>

#include "apache_module.h"
#include "embed.h"
#include "interpreter.h"
#include "pyrequest.h"
#include "pysocket_loop.h"

#define NORMAL_CLOSURE 1000 /* RFC 6455, 7.4.1 */

struct pysocket {
    PyObject ob_base;
    struct embed_socket *socket; /* borrowed; NULL: the function has ended */
    struct interpreter_thread *server; /* borrowed: it alone may use it */
    PyObject *offers;                  /* owned: a tuple */
    PyObject *protocol;                /* owned: a str or None */
    PyObject *reason;                  /* owned: of the close, or NULL */
    unsigned code;                     /* of the close, or 0 */
    int refused;                       /* it was closed before it was open */
};

/* ---- the close ---------------------------------------------------------- */

/* Sets Disconnected with code and reason. */
static void
raise_disconnected(struct apache_state *state, const struct pysocket *self)
{
    PyObject *error = PyObject_CallFunction(
        state->disconnected, "IO", self->code, self->reason); /* new */
    if (error != NULL) {
        PyErr_SetObject(state->disconnected, error);
        Py_DECREF(error);
    }
}

/* Keeps why it is closed, once it is.  -1 with an exception. */
static int
keep_close(struct pysocket *self)
{
    const struct embed_socket *socket = self->socket;
    if (!socket->closed || self->reason != NULL) {
        return 0;
    }
    self->code = socket->code;
    self->reason = PyUnicode_FromString(socket->reason);
    return self->reason != NULL ? 0 : -1;
}

/* ---- use ---------------------------------------------------------------- */

static struct apache_state *
state_of(PyObject *object)
{
    PyObject *module = PyType_GetModule(Py_TYPE(object)); /* borrowed */
    return apache_module_state(module);
}

/* The object for the thread that serves, or NULL with an exception. */
static struct pysocket *
use(PyObject *object)
{
    struct pysocket *self = (struct pysocket *)object;
    struct apache_state *state = state_of(object);
    if (self->socket == NULL) {
        PyErr_SetString(state->ended, "the function of this websocket has "
                                      "ended");
        return NULL;
    }
    if (self->server != interpreter_thread(state->interpreter)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "only the thread that serves a websocket may use it: "
                        "write the function as `async def` where others "
                        "send, too");
        return NULL;
    }
    return self;
}

/* Sends and receives what can be, or sleeps until it can. */
static int
take_turn(struct pysocket *self)
{
    pyrequest_go(self->server);
    void *paused = interpreter_pause();
    self->socket->turn(self->socket, -1);
    interpreter_resume(paused);
    pyrequest_come_back(self->server);
    return keep_close(self);
}

/* Answers the handshake; the function's time ends here: a websocket may be
 * open for hours. */
static int
open_socket(PyObject *object, const char *protocol)
{
    struct pysocket *self = (struct pysocket *)object;
    struct embed_socket *socket = self->socket;
    if (deadline_end(self->server)) {
        PyErr_SetNone(state_of(object)->timeout);
        return -1;
    }
    const apr_table_t *none =
        apr_table_make(self->server->scope.request->pool, 1);
    pyrequest_go(self->server);
    void *paused = interpreter_pause();
    socket->accept(socket, protocol, none);
    interpreter_resume(paused);
    pyrequest_come_back(self->server);
    return 0;
}

/* The object, open; NULL with an exception. */
static struct pysocket *
use_open(PyObject *object)
{
    struct pysocket *self = use(object);
    if (self == NULL) {
        return NULL;
    }
    if (self->refused) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the websocket was closed before it was open");
        return NULL;
    }
    return self->socket->open || open_socket(object, NULL) == 0 ? self : NULL;
}

static PyObject *
accept_socket(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"subprotocol", NULL};
    PyObject *wanted = Py_None; /* borrowed */
    const char *protocol = NULL;
    struct pysocket *self = use(object);
    if (self == NULL || !PyArg_ParseTupleAndKeywords(
                            args, keywords, "|O:accept", names, &wanted)) {
        return NULL;
    }
    if (self->socket->open || self->refused) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the websocket was accepted or closed before");
        return NULL;
    }
    if (wanted != Py_None) {
        protocol = pysocket_protocol(self->socket, wanted);
        if (protocol == NULL) {
            PyErr_Format(PyExc_ValueError,
                         "the subprotocol %R was not offered by the client",
                         wanted);
            return NULL;
        }
    }
    if (open_socket(object, protocol) != 0) {
        return NULL;
    }
    Py_SETREF(self->protocol, Py_NewRef(wanted));
    return Py_NewRef(Py_None);
}

/* ---- messages ----------------------------------------------------------- */

/* The next message, new; NULL without an exception: it is closed. */
static PyObject *
take_message(struct pysocket *self)
{
    struct embed_socket *socket = self->socket;
    while (socket->message == EMBED_NO_MESSAGE && !socket->closed) {
        if (take_turn(self) != 0) {
            return NULL;
        }
    }
    if (socket->message == EMBED_NO_MESSAGE) {
        keep_close(self);
        return NULL;
    }
    PyObject *message = /* new */
        socket->message == EMBED_TEXT
            ? PyUnicode_DecodeUTF8(socket->at, (Py_ssize_t)socket->len, NULL)
            : PyBytes_FromStringAndSize(socket->at, (Py_ssize_t)socket->len);
    if (message != NULL) {
        socket->take(socket);
    }
    return message;
}

static PyObject *
next_message(PyObject *object)
{
    struct pysocket *self = use_open(object);
    return self != NULL ? take_message(self) : NULL;
}

static PyObject *
receive(PyObject *object, PyObject *unused)
{
    struct pysocket *self = use_open(object);
    (void)unused;
    PyObject *message = self != NULL ? take_message(self) : NULL; /* new */
    if (message == NULL && !PyErr_Occurred()) {
        raise_disconnected(state_of(object), self);
    }
    return message;
}

/* Sends bytes that stay where they are; returns when they have left, or it is
 * closed: while it closes they are dropped, and that needs turns, too. */
static int
send_bytes(struct pysocket *self, enum embed_message kind, const char *at,
           Py_ssize_t len)
{
    struct embed_socket *socket = self->socket;
    int closes = socket->code != 0;
    if (!closes) {
        socket->send(socket, kind, at, (apr_size_t)len);
    }
    while ((socket->sending || closes) && !socket->closed) {
        if (take_turn(self) != 0) {
            return -1;
        }
    }
    return keep_close(self);
}

static int
send_text(struct pysocket *self, PyObject *text)
{
    Py_ssize_t len = 0;
    const char *at = PyUnicode_AsUTF8AndSize(text, &len); /* of text */
    return at != NULL ? send_bytes(self, EMBED_TEXT, at, len) : -1;
}

static int
send_buffer(struct pysocket *self, PyObject *message)
{
    Py_buffer view;
    if (PyObject_GetBuffer(message, &view, PyBUF_SIMPLE) != 0) {
        PyErr_Format(PyExc_TypeError,
                     "a message is a str or bytes, and not of type %s",
                     Py_TYPE(message)->tp_name);
        return -1;
    }
    int result = send_bytes(self, EMBED_BINARY, view.buf, view.len);
    PyBuffer_Release(&view);
    return result;
}

static PyObject *
send_message(PyObject *object, PyObject *message)
{
    struct pysocket *self = use_open(object);
    if (self == NULL) {
        return NULL;
    }
    int result = PyUnicode_Check(message) ? send_text(self, message)
                                          : send_buffer(self, message);
    if (result == 0 && self->socket->closed) {
        raise_disconnected(state_of(object), self);
        result = -1;
    }
    return result == 0 ? Py_NewRef(Py_None) : NULL;
}

/* Whether a close frame of ours may have the code. */
static int
is_code(int code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static int
close_open(struct pysocket *self, int code, const char *reason, Py_ssize_t len)
{
    struct embed_socket *socket = self->socket;
    socket->close(socket, (unsigned)code, reason, (apr_size_t)len);
    while (!socket->closed) {
        if (take_turn(self) != 0) {
            return -1;
        }
        if (socket->message != EMBED_NO_MESSAGE) {
            socket->take(socket); /* nobody asks for it any more */
        }
    }
    return keep_close(self);
}

static PyObject *
close_socket(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"code", "reason", NULL};
    int code = NORMAL_CLOSURE;
    const char *reason = "";
    Py_ssize_t len = 0;
    struct pysocket *self = use(object);
    if (self == NULL ||
        !PyArg_ParseTupleAndKeywords(args, keywords, "|is#:close", names,
                                     &code, &reason, &len)) {
        return NULL;
    }
    if (!is_code(code) || len > EMBED_REASON_MAX) {
        PyErr_Format(PyExc_ValueError,
                     "%d is no code of a close frame, or its reason has more "
                     "than %d bytes",
                     code, EMBED_REASON_MAX);
        return NULL;
    }
    if (!self->socket->open) {
        self->refused = 1;
    }
    else if (!self->socket->closed &&
             close_open(self, code, reason, len) != 0) {
        return NULL;
    }
    return Py_NewRef(Py_None);
}

/* ---- the type ----------------------------------------------------------- */

static PyObject *
get_offers(PyObject *object, void *unused)
{
    (void)unused;
    return Py_NewRef(((struct pysocket *)object)->offers);
}

static PyObject *
get_protocol(PyObject *object, void *unused)
{
    (void)unused;
    return Py_NewRef(((struct pysocket *)object)->protocol);
}

static PyObject *
get_code(PyObject *object, void *unused)
{
    const struct pysocket *self = (const struct pysocket *)object;
    (void)unused;
    return self->reason != NULL ? PyLong_FromUnsignedLong(self->code)
                                : Py_NewRef(Py_None);
}

static PyObject *
get_reason(PyObject *object, void *unused)
{
    const struct pysocket *self = (const struct pysocket *)object;
    (void)unused;
    return Py_NewRef(self->reason != NULL ? self->reason : Py_None);
}

static void
dealloc(PyObject *object)
{
    struct pysocket *self = (struct pysocket *)object;
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(self->offers);
    Py_XDECREF(self->protocol);
    Py_XDECREF(self->reason);
    type->tp_free(object);
    Py_DECREF(type);
}

#define WITH_KEYWORDS(function)                                               \
    (PyCFunction)(void (*)(void)) function, METH_VARARGS | METH_KEYWORDS

static PyMethodDef methods[] = {
    {"accept", WITH_KEYWORDS(accept_socket),
     "accept(subprotocol=None): answers the handshake, which the first use "
     "does, too."},
    {"receive", receive, METH_NOARGS,
     "receive(): the next message, a str or bytes; Disconnected once it is "
     "closed."},
    {"send", send_message, METH_O,
     "send(message): a str or bytes; returns when it has left."},
    {"close", WITH_KEYWORDS(close_socket),
     "close(code=1000, reason=''): of one that is not open yet, 403."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef members[] = {
    {"subprotocols", get_offers, NULL, "What the client offers, a tuple.",
     NULL},
    {"subprotocol", get_protocol, NULL, "The one that was chosen, or None.",
     NULL},
    {"close_code", get_code, NULL, "Why it is closed, or None.", NULL},
    {"close_reason", get_reason, NULL, "The same in words.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "The websocket of a `def` function."},
    {Py_tp_dealloc, dealloc},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_message},
    {Py_tp_methods, methods},
    {Py_tp_getset, members},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.WebSocket",
    .basicsize = sizeof(struct pysocket),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int
pysocket_add_types(PyObject *module, struct apache_state *state)
{
    state->socket_type =
        (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    if (state->socket_type == NULL ||
        PyModule_AddType(module, state->socket_type) != 0) {
        return -1;
    }
    return pysocket_loop_add_types(module, state);
}

/* ---- life --------------------------------------------------------------- */

PyObject *
pysocket_offers(const struct embed_socket *socket)
{
    PyObject *offers = PyTuple_New(socket->offers->nelts); /* new */
    for (int i = 0; offers != NULL && i < socket->offers->nelts; i++) {
        PyObject *offer = PyUnicode_FromString(
            APR_ARRAY_IDX(socket->offers, i, const char *)); /* new */
        if (offer == NULL) {
            Py_CLEAR(offers);
            break;
        }
        PyTuple_SET_ITEM(offers, i, offer); /* stolen */
    }
    return offers;
}

const char *
pysocket_protocol(const struct embed_socket *socket, PyObject *protocol)
{
    for (int i = 0; i < socket->offers->nelts; i++) {
        const char *offer = APR_ARRAY_IDX(socket->offers, i, const char *);
        if (PyUnicode_Check(protocol) &&
            PyUnicode_CompareWithASCIIString(protocol, offer) == 0) {
            return offer;
        }
    }
    return NULL;
}

PyObject *
pysocket_make(struct apache_state *state, struct embed_socket *socket)
{
    PyObject *offers = pysocket_offers(socket); /* new */
    struct pysocket *self =
        offers != NULL ? PyObject_New(struct pysocket, state->socket_type)
                       : NULL; /* new */
    if (self == NULL) {
        Py_XDECREF(offers);
        return NULL;
    }
    self->socket = socket;
    self->server = interpreter_thread(state->interpreter);
    self->offers = offers;
    self->protocol = Py_NewRef(Py_None);
    self->reason = NULL;
    self->code = 0;
    self->refused = 0;
    return (PyObject *)self;
}

void
pysocket_end(PyObject *object)
{
    ((struct pysocket *)object)->socket = NULL;
}
