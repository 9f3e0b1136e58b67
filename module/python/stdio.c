/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys.stdout and sys.stderr: text that goes to the error log line by line.
 *
 * A line begins in one write and ends in another (print writes text and
 * newline apart), so each thread keeps its unfinished lines: those of two
 * requests never mix.  The GIL is released while a line is logged.
 */
#include "stdio.h"

#include <string.h>

#include "apache_module.h"
#include "interpreter.h"

#include "../log.h"

/* Bytes of one line of the log; httpd cuts at 8192, escapes included. */
#define STDIO_MAX_LINE 2048

enum stream_kind {
    STREAM_OUT,
    STREAM_ERR,
    N_STREAMS
};

struct stdio_line {
    size_t len;
    char text[STDIO_MAX_LINE];
};

struct stdio_lines {
    struct stdio_line line[N_STREAMS];
};

struct stream {
    PyObject_HEAD enum stream_kind kind;
    struct interpreter *interpreter; /* borrowed: as long as the process */
};

/* ---- lines -------------------------------------------------------------- */

static void
log_out(const struct interpreter_thread *thread, const struct stdio_line *line)
{
    int len = (int)line->len;
    if (thread->scope.request != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, thread->scope.request,
                      LOGNO(0130) "%.*s", len, line->text);
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, thread->interpreter->server,
                     LOGNO(0130) "%.*s", len, line->text);
    }
}

static void
log_err(const struct interpreter_thread *thread, const struct stdio_line *line)
{
    int len = (int)line->len;
    if (thread->scope.request != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, thread->scope.request,
                      LOGNO(0131) "%.*s", len, line->text);
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, thread->interpreter->server,
                     LOGNO(0131) "%.*s", len, line->text);
    }
}

static void
end_line(struct interpreter_thread *thread, enum stream_kind kind)
{
    struct stdio_line *line = &thread->lines->line[kind];
    if (line->len > 0) {
        (kind == STREAM_OUT ? log_out : log_err)(thread, line);
    }
    line->len = 0;
}

/* Adds text without a newline; a line that grows too long is broken. */
static void
add_text(struct interpreter_thread *thread, enum stream_kind kind,
         const char *text, size_t len)
{
    struct stdio_line *line = &thread->lines->line[kind];
    while (len > 0) {
        size_t n = STDIO_MAX_LINE - line->len;
        n = len < n ? len : n;
        memcpy(line->text + line->len, text, n);
        line->len += n;
        text += n;
        len -= n;
        if (line->len == STDIO_MAX_LINE) {
            end_line(thread, kind);
        }
    }
}

static void
add_lines(struct interpreter_thread *thread, enum stream_kind kind,
          const char *text, size_t len)
{
    const char *end = text + len;
    for (;;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        if (newline == NULL) {
            break;
        }
        add_text(thread, kind, text, (size_t)(newline - text));
        end_line(thread, kind);
        text = newline + 1;
    }
    add_text(thread, kind, text, (size_t)(end - text));
}

/* The thread with room for its lines, or NULL with an exception. */
static struct interpreter_thread *
thread_of(struct interpreter *interpreter)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    if (thread != NULL && thread->lines == NULL) {
        thread->lines = PyMem_RawCalloc(1, sizeof *thread->lines);
    }
    if (thread == NULL || thread->lines == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    return thread;
}

void
stdio_end_request(struct interpreter_thread *thread)
{
    if (thread->lines != NULL) {
        end_line(thread, STREAM_OUT);
        end_line(thread, STREAM_ERR);
    }
}

void
stdio_end_thread(struct interpreter_thread *thread)
{
    stdio_end_request(thread);
    PyMem_RawFree(thread->lines);
    thread->lines = NULL;
}

/* ---- the type ----------------------------------------------------------- */

static PyObject *
stream_write(PyObject *self, PyObject *text)
{
    struct stream *stream = (struct stream *)self;
    if (!PyUnicode_Check(text)) {
        return PyErr_Format(PyExc_TypeError, "write() takes a str, not %.80s",
                            Py_TYPE(text)->tp_name);
    }
    struct interpreter_thread *thread = thread_of(stream->interpreter);
    if (thread == NULL) {
        return NULL;
    }
    PyObject *bytes =
        PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    void *paused = interpreter_pause();
    if (!interpreter_stopped(stream->interpreter)) {
        add_lines(thread, stream->kind, PyBytes_AS_STRING(bytes),
                  (size_t)PyBytes_GET_SIZE(bytes));
    }
    interpreter_resume(paused);
    Py_DECREF(bytes);
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
}

static PyObject *
stream_writelines(PyObject *self, PyObject *lines)
{
    PyObject *iterator = PyObject_GetIter(lines); /* new */
    if (iterator == NULL) {
        return NULL;
    }
    PyObject *done = Py_NewRef(Py_None); /* new, or NULL */
    while (done != NULL) {
        PyObject *line = PyIter_Next(iterator); /* new */
        if (line == NULL) {
            break;
        }
        Py_SETREF(done, stream_write(self, line));
        Py_DECREF(line);
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred()) {
        Py_CLEAR(done);
        return NULL;
    }
    Py_DECREF(done);
    Py_RETURN_NONE;
}

/* A line reaches the log when it ends: half a line is not worth an entry. */
static PyObject *
stream_flush(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_NONE;
}

static PyObject *
stream_false(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_FALSE;
}

static PyObject *
stream_true(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_TRUE;
}

static PyObject *
stream_fileno(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    PyErr_SetString(PyExc_OSError, "the error log has no descriptor here");
    return NULL;
}

static void
stream_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef stream_methods[] = {
    {"write", stream_write, METH_O, "write(text): its lines go to the log."},
    {"writelines", stream_writelines, METH_O, "writelines(texts)"},
    {"flush", stream_flush, METH_NOARGS, "flush(): no effect."},
    {"isatty", stream_false, METH_NOARGS, "isatty(): False."},
    {"readable", stream_false, METH_NOARGS, "readable(): False."},
    {"seekable", stream_false, METH_NOARGS, "seekable(): False."},
    {"writable", stream_true, METH_NOARGS, "writable(): True."},
    {"fileno", stream_fileno, METH_NOARGS, "fileno(): raises OSError."},
    {NULL, NULL, 0, NULL},
};

static PyObject *
stream_text(PyObject *self, void *text)
{
    (void)self;
    return PyUnicode_FromString(text);
}

static PyObject *
stream_closed(PyObject *self, void *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_FALSE;
}

static PyObject *
stream_name(PyObject *self, void *unused)
{
    (void)unused;
    const struct stream *stream = (struct stream *)self;
    return PyUnicode_FromString(stream->kind == STREAM_OUT ? "<stdout>"
                                                           : "<stderr>");
}

static char utf8[] = "utf-8";
static char backslashreplace[] = "backslashreplace";
static char mode[] = "w";

static PyGetSetDef stream_members[] = {
    {"encoding", stream_text, NULL, NULL, utf8},
    {"errors", stream_text, NULL, NULL, backslashreplace},
    {"mode", stream_text, NULL, NULL, mode},
    {"name", stream_name, NULL, NULL, NULL},
    {"closed", stream_closed, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot stream_slots[] = {
    {Py_tp_doc, "A stream whose lines go to httpd's error log."},
    {Py_tp_dealloc, stream_free},
    {Py_tp_methods, stream_methods},
    {Py_tp_getset, stream_members},
    {0, NULL},
};

static PyType_Spec stream_spec = {
    .name = "apache.LogStream",
    .basicsize = sizeof(struct stream),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = stream_slots,
};

PyTypeObject *
stdio_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &stream_spec,
                                                    NULL);
}

static int
replace(struct apache_state *state, enum stream_kind kind, const char *name,
        const char *original)
{
    PyTypeObject *type = state->stream_type;
    struct stream *stream = (struct stream *)type->tp_alloc(type, 0); /* new */
    if (stream == NULL) {
        return -1;
    }
    stream->kind = kind;
    stream->interpreter = state->interpreter;
    int failed = PySys_SetObject(name, (PyObject *)stream) ||
                 PySys_SetObject(original, (PyObject *)stream);
    Py_DECREF(stream);
    return failed ? -1 : 0;
}

int
stdio_replace(struct apache_state *state)
{
    if (replace(state, STREAM_OUT, "stdout", "__stdout__") != 0) {
        return -1;
    }
    return replace(state, STREAM_ERR, "stderr", "__stderr__");
}
