/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that Python makes while it is sent.
 */
#include "chunks.h"

#include "apache_module.h"
#include "files.h"
#include "interpreter.h"
#include "payload.h"

int
chunks_takes(PyObject *object)
{
    return PyIter_Check(object);
}

struct embed_stream *
chunks_begin(struct interpreter *interpreter, const struct plan *plan,
             request_rec *r, PyObject *iterator, int reads)
{
    struct embed_stream *stream = apr_palloc(r->pool, sizeof *stream);
    stream->interpreter = interpreter;
    stream->plan = plan;
    stream->r = r;
    stream->iterator = Py_NewRef(iterator);
    stream->reads = reads;
    return stream;
}

/* What can change while it is sent is copied; a subclass may be changed, too.
 * Takes the reference; returns new. */
static PyObject *
fix_chunk(struct apache_state *state, PyObject *chunk)
{
    if (PyUnicode_Check(chunk) || PyBytes_CheckExact(chunk)) {
        return chunk;
    }
    PyObject *bytes = NULL; /* new */
    if (PyBytes_Check(chunk) || PyByteArray_Check(chunk) ||
        PyMemoryView_Check(chunk)) {
        bytes = PyBytes_FromObject(chunk);
    }
    else {
        PyErr_Format(state->refusal,
                     "gave a chunk of type %.80s: chunks are str or bytes",
                     Py_TYPE(chunk)->tp_name);
    }
    Py_DECREF(chunk);
    return bytes;
}

/* Takes the reference; new, or NULL without an exception: nothing was read,
 * which is the end. */
static PyObject *
end_of_file(PyObject *chunk)
{
    if (PyObject_IsTrue(chunk) <= 0) {
        Py_CLEAR(chunk);
    }
    return chunk;
}

PyObject *
chunks_next(struct embed_stream *stream)
{
    if (stream->iterator == NULL) {
        return NULL;
    }
    PyObject *chunk = stream->reads
                          ? PyObject_CallMethod(stream->iterator, "read", "i",
                                                FILES_READ_SIZE)
                          : PyIter_Next(stream->iterator); /* new */
    if (chunk == NULL) {
        return NULL;
    }
    chunk = fix_chunk(stream->interpreter->apache, chunk);
    return chunk != NULL && stream->reads ? end_of_file(chunk) : chunk;
}

apr_bucket *
chunks_bucket(struct embed_stream *stream, PyObject *chunk)
{
    Py_ssize_t len = 0;
    const char *bytes = NULL;
    if (PyUnicode_Check(chunk)) {
        bytes = PyUnicode_AsUTF8AndSize(chunk, &len);
        if (bytes == NULL) {
            return NULL;
        }
    }
    else {
        bytes = PyBytes_AS_STRING(chunk);
        len = PyBytes_GET_SIZE(chunk);
    }
    return payload_chunk(stream->interpreter, chunk, bytes, (size_t)len,
                         stream->r->connection->bucket_alloc);
}

int
chunks_end(struct embed_stream *stream)
{
    PyObject *iterator = stream->iterator; /* new */
    stream->iterator = NULL;
    if (iterator == NULL) {
        return 0;
    }
    struct apache_state *state = stream->interpreter->apache;
    PyObject *close = PyObject_GetAttr(iterator, state->names.close); /* new */
    PyObject *done = NULL;                                            /* new */
    if (close != NULL) {
        done = PyObject_CallNoArgs(close);
    }
    else if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        done = Py_NewRef(Py_None);
    }
    Py_XDECREF(close);
    Py_DECREF(iterator);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}
