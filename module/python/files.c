/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that are files.
 *
 * A descriptor may stand in for an object only if nothing is between them: a
 * GzipFile has one, too, and reads other bytes than it.  So the types of io
 * that add nothing but a buffer are known by their exact type.
 */
#include "files.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "interpreter.h"

/* ---- what it is --------------------------------------------------------- */

/* Sets *value, new, or NULL: there is none.  What an attribute's code raises
 * besides is no answer, apache.Timeout least of all: -1. */
static int
find_attribute(PyObject *object, const char *name, PyObject **value)
{
    *value = PyObject_GetAttrString(object, name);
    if (*value != NULL) {
        return 1;
    }
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return -1;
    }
    PyErr_Clear();
    return 0;
}

static int
has_attribute(PyObject *object, const char *name)
{
    PyObject *value = NULL; /* new */
    int found = find_attribute(object, name, &value);
    Py_XDECREF(value);
    return found;
}

static enum files_kind
kind_of(int found, enum files_kind kind)
{
    return found < 0 ? FILES_FAILED : found > 0 ? kind : FILES_NONE;
}

enum files_kind
files_find(PyObject *object)
{
    if (PyType_Check(object)) {
        return FILES_NONE;
    }
    int found = has_attribute((PyObject *)Py_TYPE(object), "__fspath__");
    if (found != 0) {
        return kind_of(found, FILES_PATH);
    }
    found = has_attribute(object, "read");
    if (found > 0) {
        found = has_attribute(object, "close");
    }
    return kind_of(found, FILES_OPEN);
}

int
files_close(PyObject *object)
{
    PyObject *close = NULL; /* new */
    int found = find_attribute(object, "close", &close);
    if (found <= 0) {
        return found;
    }
    PyObject *done = PyObject_CallNoArgs(close); /* new */
    Py_DECREF(close);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

/* Whether the object is exactly of this type of io, or with `derived` of one
 * derived from it; -1 with an exception. */
static int
is_of(PyObject *object, const char *name, int derived)
{
    PyObject *io = PyImport_ImportModule("_io"); /* new */
    PyObject *type = io != NULL ? PyObject_GetAttrString(io, name) : NULL;
    int result = -1;
    if (type != NULL && PyType_Check(type)) {
        result = Py_IS_TYPE(object, (PyTypeObject *)type) ||
                 (derived && PyObject_TypeCheck(object, (PyTypeObject *)type));
    }
    Py_XDECREF(type);
    Py_XDECREF(io);
    return result;
}

static int
is_buffered(struct apache_state *state, PyObject *object)
{
    if (Py_IS_TYPE(object, state->upload_type)) {
        return 1;
    }
    int reader = is_of(object, "BufferedReader", 0);
    return reader != 0 ? reader : is_of(object, "BufferedRandom", 0);
}

/* Whether the object reads what its descriptor has. */
static int
is_plain(struct apache_state *state, PyObject *object)
{
    int plain = is_buffered(state, object);
    if (plain <= 0) {
        return plain < 0 ? -1 : is_of(object, "FileIO", 0);
    }
    PyObject *raw = PyObject_GetAttrString(object, "raw"); /* new */
    if (raw == NULL) {
        return -1;
    }
    plain = is_of(raw, "FileIO", 0);
    Py_DECREF(raw);
    return plain;
}

/* ---- paths -------------------------------------------------------------- */

int
files_put_path(struct apache_state *state, apr_pool_t *pool, PyObject *object,
               struct reply *reply)
{
    PyObject *bytes = NULL; /* new */
    if (!PyUnicode_FSConverter(object, &bytes)) {
        return -1;
    }
    const char *path = PyBytes_AS_STRING(bytes);
    if (*path == '/') {
        reply->path = apr_pstrdup(pool, path);
    }
    else {
        PyErr_Format(state->refusal,
                     "gave the relative path %R: the working folder of httpd "
                     "is no folder of yours",
                     object);
    }
    Py_DECREF(bytes);
    return reply->path != NULL ? 0 : -1;
}

/* ---- open files --------------------------------------------------------- */

static apr_status_t
close_descriptor(void *data)
{
    close((int)(intptr_t)data);
    return APR_SUCCESS;
}

/* A copy of the descriptor if it is of a regular file, whose size it sets;
 * else -1. */
static int
copy_descriptor(int descriptor, apr_off_t *size)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        return -1;
    }
    *size = info.st_size;
    return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

/* Where a file stands, or -1 with an exception. */
static long long
ask_offset(PyObject *file)
{
    PyObject *number = PyObject_CallMethod(file, "tell", NULL); /* new */
    if (number == NULL) {
        return -1;
    }
    long long offset = PyLong_AsLongLong(number);
    Py_DECREF(number);
    if (offset < 0 && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "a file's tell() is negative");
    }
    return offset;
}

static int
call(PyObject *object, const char *method)
{
    PyObject *done = PyObject_CallMethod(object, method, NULL); /* new */
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

/* Sets *text to the name that a file was opened by, in pool; it stays NULL for
 * one without, or whose name is no text.  Returns -1 with an exception. */
static int
find_name(apr_pool_t *pool, PyObject *file, const char **text)
{
    PyObject *name = NULL; /* new */
    int found = find_attribute(file, "name", &name);
    if (found > 0 && PyUnicode_Check(name)) {
        const char *utf8 = PyUnicode_AsUTF8(name);
        *text = utf8 != NULL ? apr_pstrdup(pool, utf8) : NULL;
        PyErr_Clear(); /* of surrogates */
    }
    Py_XDECREF(name);
    return found < 0 ? -1 : 0;
}

/* Fills the reply from a file that is_plain: 1, 0 if its descriptor is of no
 * regular file, -1 with an exception. */
static int
take_plain(request_rec *r, PyObject *file, struct reply *reply)
{
    if (call(file, "flush") != 0) {
        return -1;
    }
    long long offset = 0;
    apr_off_t size = 0;
    int descriptor = PyObject_AsFileDescriptor(file);
    if (descriptor < 0) {
        return -1;
    }
    void *paused = interpreter_pause();
    int copy = copy_descriptor(descriptor, &size);
    interpreter_resume(paused);
    if (copy < 0) {
        return 0;
    }
    apr_pool_cleanup_register(r->pool, (void *)(intptr_t)copy,
                              close_descriptor, close_descriptor);
    offset = ask_offset(file);
    if (offset < 0) {
        return -1;
    }
    reply->file = copy;
    reply->offset = (apr_off_t)offset;
    reply->length = size > reply->offset ? size - reply->offset : 0;
    return find_name(r->pool, file, &reply->path) == 0 ? 1 : -1;
}

/* The file inside a wrapper, as tempfile makes them, or the object itself;
 * new. */
static PyObject *
unwrap(PyObject *object)
{
    int own = is_of(object, "_IOBase", 1);
    if (own < 0) {
        return NULL;
    }
    PyObject *inner = NULL; /* new */
    int found = own ? 0 : find_attribute(object, "file", &inner);
    return found == 0 ? Py_NewRef(object) : inner;
}

int
files_borrow(struct apache_state *state, request_rec *r, PyObject *object,
             struct reply *reply)
{
    PyObject *file = unwrap(object); /* new */
    if (file == NULL) {
        return -1;
    }
    int taken = is_of(file, "_TextIOBase", 1);
    if (taken > 0) {
        PyErr_Format(state->refusal,
                     "gave a %.80s, a file of text: open it in binary mode",
                     Py_TYPE(file)->tp_name);
        taken = -1;
    }
    else if (taken == 0) {
        taken = is_plain(state, file);
    }
    if (taken > 0) {
        taken = take_plain(r, file, reply);
    }
    Py_DECREF(file);
    return taken;
}

int
files_take(struct apache_state *state, request_rec *r, PyObject *object,
           struct reply *reply)
{
    int taken = files_borrow(state, r, object, reply);
    return taken > 0 && call(object, "close") != 0 ? -1 : taken;
}
