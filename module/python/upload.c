/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Upload: an uploaded file, as a binary file of io's.
 *
 *     Upload (io.BufferedReader) --> io.FileIO, which owns the descriptor
 *                                \-> io.BytesIO
 *
 * Nothing of it lies in the request's memory, so one that is kept longer than
 * the request is a closed file and nothing worse.
 */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <httpd.h>

#include "apache_module.h"
#include "interpreter.h"

#include "../../runtime/upload.h"
#include "../../runtime/write.h"

/* ---- save --------------------------------------------------------------- */

static int
get_data(PyObject *raw, struct routes_content *content, PyObject **owner)
{
    char *data = NULL;
    Py_ssize_t len = 0;
    *owner = PyObject_CallMethod(raw, "getvalue", NULL);
    if (*owner == NULL || PyBytes_AsStringAndSize(*owner, &data, &len) != 0) {
        return -1;
    }
    content->data = data;
    content->len = (size_t)len;
    return 0;
}

/* A copy of the descriptor: the other may be closed meanwhile. */
static int
get_file(PyObject *raw, struct routes_content *content)
{
    int fd = PyObject_AsFileDescriptor(raw);
    if (fd < 0) {
        return -1;
    }
    content->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (content->fd < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

/* What to write: *owner, new, keeps its data, or the content's fd is the
 * caller's.  Returns -1 with an exception. */
static int
get_content(PyObject *self, struct routes_content *content, PyObject **owner)
{
    PyObject *raw = PyObject_GetAttrString(self, "raw"); /* new */
    if (raw == NULL) {
        return -1;
    }
    int result = PyObject_HasAttrString(raw, "getvalue")
                     ? get_data(raw, content, owner)
                     : get_file(raw, content);
    Py_DECREF(raw);
    return result;
}

/* 0 or errno, without the GIL meanwhile. */
static int
write_content(const struct routes_content *content, const char *path)
{
    void *paused = interpreter_pause();
    int error = routes_write_file(content, path);
    if (content->fd >= 0) {
        close(content->fd);
    }
    interpreter_resume(paused);
    return error;
}

/* The path as bytes, which must begin at the root; new. */
static PyObject *
get_path(PyObject *target)
{
    PyObject *path = NULL;
    if (!PyUnicode_FSConverter(target, &path)) {
        return NULL;
    }
    if (*PyBytes_AS_STRING(path) != '/') {
        PyErr_Format(PyExc_ValueError,
                     "the path %R is relative: the working folder of httpd "
                     "is no folder of yours",
                     target);
        Py_CLEAR(path);
    }
    return path;
}

static int
check_open(PyObject *self)
{
    PyObject *closed = PyObject_GetAttrString(self, "closed"); /* new */
    int is_closed = closed != NULL ? PyObject_IsTrue(closed) : -1;
    Py_XDECREF(closed);
    if (is_closed > 0) {
        PyErr_SetString(PyExc_ValueError, "save of a closed upload");
    }
    return is_closed == 0 ? 0 : -1;
}

static PyObject *
do_save(PyObject *self, PyObject *target)
{
    struct routes_content content = {.fd = -1};
    PyObject *done = NULL;  /* new, each */
    PyObject *owner = NULL; /* of the content */
    PyObject *path = check_open(self) == 0 ? get_path(target) : NULL;
    if (path == NULL || get_content(self, &content, &owner) != 0) {
        goto out;
    }
    int error = write_content(&content, PyBytes_AS_STRING(path));
    if (error != 0) {
        errno = error;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, target);
        goto out;
    }
    done = Py_NewRef(Py_None);
out:
    Py_XDECREF(owner);
    Py_XDECREF(path);
    return done;
}

/* ---- the type ----------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"save", do_save, METH_O,
     "save(path): makes it the file of that name, whole or not at all."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A file that a form brought: filename, content_type, size."},
    {Py_tp_methods, methods},
    {0, NULL}};

/* of the base's size */
static PyType_Spec spec = {
    .name = "apache.Upload",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

PyTypeObject *
upload_make_type(PyObject *module)
{
    PyObject *io = PyImport_ImportModule("_io"); /* new, each */
    PyObject *base =
        io != NULL ? PyObject_GetAttrString(io, "BufferedReader") : NULL;
    PyObject *bases = base != NULL ? PyTuple_Pack(1, base) : NULL;
    PyObject *type =
        bases != NULL ? PyType_FromModuleAndSpec(module, &spec, bases) : NULL;
    Py_XDECREF(bases);
    Py_XDECREF(base);
    Py_XDECREF(io);
    return (PyTypeObject *)type;
}

/* ---- the end of the request --------------------------------------------- */

struct kept {
    struct interpreter *interpreter; /* borrowed */
    PyObject *upload;                /* owned */
};

/* Its first object is the one for all who ask; the cleanup keeps it. */
static PyObject *
made_before(const struct routes_upload *upload)
{
    const struct kept *kept = upload->user;
    return kept != NULL ? Py_NewRef(kept->upload) : NULL;
}

/* The cleanup of the request.  GIL: not held. */
static apr_status_t
close_upload(void *data)
{
    struct kept *kept = data;
    /* a process that ends may hold the GIL where it was interrupted */
    if (interpreter_stopping(kept->interpreter) ||
        interpreter_enter(kept->interpreter) == NULL) {
        return APR_SUCCESS;
    }
    PyObject *done = PyObject_CallMethod(kept->upload, "close", NULL);
    if (done == NULL) {
        PyErr_Clear();
    }
    Py_XDECREF(done);
    Py_DECREF(kept->upload);
    interpreter_leave();
    return APR_SUCCESS;
}

static void
close_at_end(struct apache_state *state, apr_pool_t *pool, PyObject *object,
             struct routes_upload *upload)
{
    struct kept *kept = apr_palloc(pool, sizeof *kept);
    kept->interpreter = state->interpreter;
    kept->upload = Py_NewRef(object);
    upload->user = kept;
    apr_pool_cleanup_register(pool, kept, close_upload, apr_pool_cleanup_null);
}

/* ---- making one --------------------------------------------------------- */

/* The file below, which owns the upload's descriptor; new. */
static PyObject *
make_raw(struct routes_upload *upload)
{
    PyObject *io = PyImport_ImportModule("_io"); /* new */
    PyObject *raw = NULL;
    if (io == NULL) {
        return NULL;
    }
    if (upload->fd < 0) {
        raw = PyObject_CallMethod(io, "BytesIO", "y#",
                                  upload->held > 0 ? upload->data : "",
                                  (Py_ssize_t)upload->held);
    }
    else if (lseek(upload->fd, 0, SEEK_SET) == 0) {
        raw = PyObject_CallMethod(io, "FileIO", "is", upload->fd, "rb");
        upload->fd = raw != NULL ? -1 : upload->fd;
    }
    else {
        PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_DECREF(io);
    return raw;
}

/* Steals value, which may be NULL with an exception. */
static int
set_attribute(PyObject *upload, PyObject *name, PyObject *value)
{
    int result = value != NULL ? PyObject_SetAttr(upload, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

static int
set_attributes(struct apache_state *state, PyObject *object,
               const struct routes_upload *upload)
{
    return set_attribute(object, state->names.filename,
                         PyUnicode_FromString(upload->filename)) == 0 &&
                   set_attribute(object, state->names.content_type,
                                 PyUnicode_FromString(upload->type)) == 0 &&
                   set_attribute(object, state->names.size,
                                 PyLong_FromLongLong(upload->size)) == 0
               ? 0
               : -1;
}

/* New. */
static PyObject *
make_object(struct apache_state *state, struct routes_upload *upload)
{
    PyObject *raw = make_raw(upload); /* new */
    if (raw == NULL) {
        return NULL;
    }
    PyObject *object =
        PyObject_CallOneArg((PyObject *)state->upload_type, raw); /* new */
    Py_DECREF(raw);
    if (object != NULL && set_attributes(state, object, upload) != 0) {
        Py_CLEAR(object);
    }
    return object;
}

PyObject *
upload_create(struct apache_state *state, struct routes_upload *upload)
{
    struct interpreter_thread *thread = interpreter_thread(state->interpreter);
    PyObject *object = made_before(upload); /* new */
    if (object != NULL) {
        return object;
    }
    object = make_object(state, upload);
    if (object != NULL && thread != NULL && thread->scope.request != NULL) {
        close_at_end(state, thread->scope.request->pool, object, upload);
    }
    return object;
}
