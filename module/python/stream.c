/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Stream: a request's body as a readable file.
 *
 *     Stream --> reader (r->pool) --> httpd's input filters
 *       |
 *       at, left: what is not taken of the reader's last piece
 *
 * The lock guards all of this, and with it what else httpd has for the
 * request, whose pool and buckets know no threads: the thread that serves has
 * it from the first to the last, but while it waits for an async function.
 * Nobody waits for it, or reads, with the GIL.  When the request ends, leave()
 * takes the reader away.
 */
#include "stream.h"

#include <string.h>

#include <http_protocol.h>

#include "apache_module.h"
#include "interpreter.h"
#include "pyrequest.h"

#include "../reader.h"

#define FIRST_SIZE 8192 /* of a bytes object whose length is not known */
#define GONE       (-1) /* a status: the request is over */

struct stream {
    PyObject ob_base;
    struct interpreter *interpreter; /* borrowed */
    struct reader *reader;           /* borrowed, or NULL: the request ended */
    PyThread_type_lock lock;         /* owned */
    const char *at;                  /* borrowed from the reader */
    size_t left;
    int closed;
    const struct interpreter_thread *server; /* borrowed: it serves; NULL: the
                                                request ended */
    int held;    /* that thread has the lock; it alone writes this */
    int shared;  /* other threads may wait for the lock */
    int readers; /* that wait for the lock or read */
};

/* ---- reading, without the GIL ------------------------------------------- */

/* What a pull is to get, and what came of it. */
struct pull {
    char *to;
    size_t room;
    int line;   /* stop behind a newline */
    int once;   /* stop behind the first piece */
    size_t got; /* less than room at the end of the body */
    int ended;  /* as it was told to, or with the body */
    int status; /* OK, GONE, or that of the reader */
};

/* Copies what is there of the last piece. */
static void
take(struct stream *stream, struct pull *pull)
{
    size_t room = pull->room - pull->got;
    size_t len = stream->left < room ? stream->left : room;
    const char *newline =
        pull->line && len > 0 ? memchr(stream->at, '\n', len) : NULL;
    if (newline != NULL) {
        len = (size_t)(newline - stream->at) + 1;
    }
    if (len > 0) {
        memcpy(pull->to + pull->got, stream->at, len);
    }
    pull->got += len;
    stream->at += len;
    stream->left -= len;
    pull->ended = newline != NULL || (pull->once && pull->got > 0);
}

static void
read_pieces(struct stream *stream, struct pull *pull)
{
    while (!pull->ended && pull->got < pull->room) {
        apr_size_t len = stream->left;
        if (stream->reader == NULL) {
            pull->status = GONE;
            return;
        }
        if (len == 0) {
            pull->status =
                stream->reader->next(stream->reader, &stream->at, &len);
            stream->left = len;
        }
        if (pull->status != OK) {
            return;
        }
        take(stream, pull);
        pull->ended |= len == 0;
    }
}

void
stream_raise(struct apache_state *state, int status, const char *why)
{
    PyObject *number = PyLong_FromLong(status); /* new, each */
    PyObject *exception = PyObject_CallFunction(state->body_error, "s", why);
    if (number != NULL && exception != NULL &&
        PyObject_SetAttr(exception, state->names.status, number) == 0) {
        PyErr_SetObject(state->body_error, exception);
    }
    Py_XDECREF(number);
    Py_XDECREF(exception);
}

static int
raise_status(struct stream *stream, int status)
{
    PyObject *module = PyType_GetModule(Py_TYPE(stream)); /* borrowed */
    if (status == GONE) {
        PyErr_SetString(PyExc_ValueError,
                        "the request of this stream is over");
        return -1;
    }
    stream_raise(apache_module_state(module),
                 status == AP_FILTER_ERROR ? HTTP_BAD_REQUEST : status,
                 status == HTTP_REQUEST_ENTITY_TOO_LARGE
                     ? "the body is longer than its limit"
                     : "the body could not be read to its end");
    return -1;
}

/* Whether the calling thread has the lock: it serves the request. */
static int
is_held_here(const struct stream *stream)
{
    return stream->server != NULL && stream->held &&
           stream->server == interpreter_thread(stream->interpreter);
}

/* Fills what the pull has room for.  Returns -1 with an exception. */
static int
run_pull(struct stream *stream, struct pull *pull)
{
    int held = is_held_here(stream);
    if (!held && !stream->shared && stream->server != NULL) {
        PyErr_SetString(PyExc_RuntimeError,
                        "only the thread that serves the request may read "
                        "its body");
        return -1;
    }
    stream->readers++;
    void *paused = interpreter_pause();
    if (!held) {
        PyThread_acquire_lock(stream->lock, WAIT_LOCK);
    }
    read_pieces(stream, pull);
    if (!held) {
        PyThread_release_lock(stream->lock);
    }
    interpreter_resume(paused);
    stream->readers--;
    return pull->status == OK ? 0 : raise_status(stream, pull->status);
}

int
stream_is_busy(PyObject *object)
{
    const struct stream *stream = (const struct stream *)object;
    return stream->readers > 0 && !is_held_here(stream);
}

/* ---- lending ------------------------------------------------------------ */

void
stream_share(PyObject *object)
{
    ((struct stream *)object)->shared = 1;
}

void
stream_lend(PyObject *object)
{
    struct stream *stream = (struct stream *)object;
    if (stream->held) {
        stream->held = 0;
        PyThread_release_lock(stream->lock);
    }
}

void
stream_take_back(PyObject *object)
{
    struct stream *stream = (struct stream *)object;
    if (!stream->held) {
        void *paused = interpreter_pause();
        PyThread_acquire_lock(stream->lock, WAIT_LOCK);
        interpreter_resume(paused);
        stream->held = 1;
    }
}

/* ---- bytes -------------------------------------------------------------- */

static int
check_open(const struct stream *stream)
{
    if (stream->closed) {
        PyErr_SetString(PyExc_ValueError, "read of a closed stream");
        return -1;
    }
    return 0;
}

/* Makes room in *bytes for more, at most limit. */
static int
grow(PyObject **bytes, struct pull *pull, size_t limit)
{
    size_t room = pull->room < limit / 2 ? 2 * pull->room : limit;
    if (_PyBytes_Resize(bytes, (Py_ssize_t)room) != 0) {
        return -1;
    }
    pull->to = PyBytes_AS_STRING(*bytes);
    pull->room = room;
    return 0;
}

/* At most limit bytes, as the pull has it; new. */
static PyObject *
read_bytes(struct stream *stream, size_t limit, struct pull pull)
{
    PyObject *bytes = NULL; /* new */
    if (check_open(stream) != 0) {
        return NULL;
    }
    pull.room = limit < FIRST_SIZE ? limit : FIRST_SIZE;
    bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)pull.room);
    if (bytes == NULL) {
        return NULL;
    }
    pull.to = PyBytes_AS_STRING(bytes);
    while (run_pull(stream, &pull) == 0) {
        if (pull.ended || pull.room == limit) {
            _PyBytes_Resize(&bytes, (Py_ssize_t)pull.got);
            return bytes;
        }
        if (grow(&bytes, &pull, limit) != 0) {
            return NULL; /* _PyBytes_Resize has released it */
        }
    }
    Py_DECREF(bytes);
    return NULL;
}

/* The argument `size`: absent, None or negative is all. */
static int
get_limit(PyObject *const *args, Py_ssize_t n, size_t *limit)
{
    *limit = PY_SSIZE_T_MAX;
    if (n > 1) {
        PyErr_SetString(PyExc_TypeError, "at most one argument: the size");
        return -1;
    }
    if (n == 0 || args[0] == Py_None) {
        return 0;
    }
    Py_ssize_t size = PyNumber_AsSsize_t(args[0], PyExc_OverflowError);
    if (size == -1 && PyErr_Occurred()) {
        return -1;
    }
    *limit = size < 0 ? PY_SSIZE_T_MAX : (size_t)size;
    return 0;
}

static PyObject *
do_read(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    size_t limit = 0;
    return get_limit(args, n, &limit) == 0
               ? read_bytes((struct stream *)self, limit, (struct pull){0})
               : NULL;
}

static PyObject *
do_read1(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    size_t limit = 0;
    if (get_limit(args, n, &limit) != 0) {
        return NULL;
    }
    limit = limit < FIRST_SIZE ? limit : FIRST_SIZE;
    return read_bytes((struct stream *)self, limit, (struct pull){.once = 1});
}

static PyObject *
do_readline(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    size_t limit = 0;
    return get_limit(args, n, &limit) == 0
               ? read_bytes((struct stream *)self, limit,
                            (struct pull){.line = 1})
               : NULL;
}

static PyObject *
do_readinto(PyObject *self, PyObject *target)
{
    struct stream *stream = (struct stream *)self;
    PyObject *got = NULL; /* new */
    Py_buffer view;
    if (check_open(stream) != 0 ||
        PyObject_GetBuffer(target, &view, PyBUF_WRITABLE) != 0) {
        return NULL;
    }
    struct pull pull = {.to = view.buf, .room = (size_t)view.len};
    if (run_pull(stream, &pull) == 0) {
        got = PyLong_FromSize_t(pull.got);
    }
    PyBuffer_Release(&view);
    return got;
}

static PyObject *
next_line(PyObject *self)
{
    PyObject *line = read_bytes((struct stream *)self, PY_SSIZE_T_MAX,
                                (struct pull){.line = 1}); /* new */
    if (line != NULL && PyBytes_GET_SIZE(line) == 0) {
        Py_CLEAR(line);
    }
    return line;
}

static PyObject *
do_readlines(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    size_t left = 0;
    if (get_limit(args, n, &left) != 0) {
        return NULL;
    }
    PyObject *lines = PyList_New(0); /* new */
    while (lines != NULL && left > 0) {
        PyObject *line = next_line(self); /* new */
        if (line == NULL) {
            break;
        }
        size_t len = (size_t)PyBytes_GET_SIZE(line);
        left = len < left ? left - len : 0;
        if (PyList_Append(lines, line) != 0) {
            left = 0;
        }
        Py_DECREF(line);
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(lines);
    }
    return lines;
}

/* ---- what a file has besides -------------------------------------------- */

static PyObject *
do_close(PyObject *self, PyObject *unused)
{
    (void)unused;
    ((struct stream *)self)->closed = 1;
    return Py_NewRef(Py_None);
}

static PyObject *
do_enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(self);
}

static PyObject *
do_exit(PyObject *self, PyObject *unused)
{
    return do_close(self, unused);
}

static PyObject *
say_true(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_NewRef(Py_True);
}

static PyObject *
say_false(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_NewRef(Py_False);
}

static PyObject *
get_closed(PyObject *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(((struct stream *)self)->closed);
}

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyThread_free_lock(((struct stream *)self)->lock);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- the type ----------------------------------------------------------- */

#define FAST(function) (PyCFunction)(void (*)(void)) function, METH_FASTCALL

static PyMethodDef methods[] = {
    {"read", FAST(do_read), "read(size=-1): bytes; fewer at the end."},
    {"read1", FAST(do_read1), "read1(size=-1): the bytes that are there."},
    {"readinto", do_readinto, METH_O, "readinto(buffer): how many it took."},
    {"readline", FAST(do_readline), "readline(size=-1): with its newline."},
    {"readlines", FAST(do_readlines), "readlines(hint=-1): a list."},
    {"close", do_close, METH_NOARGS, "close(): no more is read."},
    {"readable", say_true, METH_NOARGS, NULL},
    {"writable", say_false, METH_NOARGS, NULL},
    {"seekable", say_false, METH_NOARGS, NULL},
    {"isatty", say_false, METH_NOARGS, NULL},
    {"__enter__", do_enter, METH_NOARGS, NULL},
    {"__exit__", do_exit, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef members[] = {
    {"closed", get_closed, NULL, "Whether close() was called.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "The body of a request, read as it arrives."},
    {Py_tp_dealloc, dealloc},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_line},
    {Py_tp_methods, methods},
    {Py_tp_getset, members},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.Stream",
    .basicsize = sizeof(struct stream),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

PyTypeObject *
stream_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

PyObject *
stream_make_error(void)
{
    return PyErr_NewExceptionWithDoc(
        "apache.BodyError",
        "The body of a request ended before its end, or passed its limit; "
        "status is the answer's.",
        PyExc_OSError, NULL);
}

/* ---- life --------------------------------------------------------------- */

/* The cleanup of the request: no reads from here on.  GIL: not held. */
static apr_status_t
leave(void *data)
{
    struct stream *stream = data;
    struct interpreter *interpreter = stream->interpreter;
    /* a process that ends may hold the lock and the GIL where it was
     * interrupted */
    if (interpreter_stopping(interpreter)) {
        return APR_SUCCESS;
    }
    if (!stream->held) {
        PyThread_acquire_lock(stream->lock, WAIT_LOCK);
    }
    stream->reader = NULL;
    stream->left = 0;
    stream->held = 0;
    PyThread_release_lock(stream->lock);
    if (interpreter_enter(interpreter) != NULL) {
        stream->server = NULL;
        Py_DECREF(stream);
        interpreter_leave();
    }
    return APR_SUCCESS;
}

/* Of nobody else so far, so that the lock is there to be taken. */
static void
give_to_server(struct stream *stream)
{
    struct interpreter_thread *thread =
        interpreter_thread(stream->interpreter);
    PyThread_acquire_lock(stream->lock, WAIT_LOCK);
    stream->held = 1;
    stream->server = thread;
    thread->scope.body = (PyObject *)stream;
    pyrequest_know_body(thread);
}

PyObject *
stream_create(struct apache_state *state, struct reader *reader)
{
    struct stream *stream =
        PyObject_New(struct stream, state->body_stream_type); /* new */
    if (stream == NULL) {
        return NULL;
    }
    stream->interpreter = state->interpreter;
    stream->reader = reader;
    stream->at = NULL;
    stream->left = 0;
    stream->closed = 0;
    stream->shared = 0;
    stream->readers = 0;
    stream->lock = PyThread_allocate_lock();
    if (stream->lock == NULL) {
        PyObject_Free(stream);
        return PyErr_NoMemory();
    }
    give_to_server(stream);
    reader->user = Py_NewRef((PyObject *)stream);
    reader->leave = leave;
    apr_pool_cleanup_register(reader->r->pool, stream, leave,
                              apr_pool_cleanup_null);
    return (PyObject *)stream;
}

int
stream_raised_status(struct apache_state *state)
{
    if (state == NULL || state->body_error == NULL ||
        !PyErr_ExceptionMatches(state->body_error)) {
        return 0;
    }
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    PyObject *status = PyObject_GetAttr(value, state->names.status); /* new */
    long number = status != NULL ? PyLong_AsLong(status) : 0;
    Py_XDECREF(status);
    PyErr_Clear();
    PyErr_Restore(type, value, trace); /* stolen */
    return number >= 400 && number <= 599 ? (int)number : 0;
}
