/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that Python makes while it is sent.
 */
#include "chunks.h"

#include "apache_module.h"
#include "await.h"
#include "files.h"
#include "interpreter.h"
#include "payload.h"

int
chunks_takes(PyObject *object, enum chunks_kind *kind)
{
    *kind = await_takes_chunks(object) ? CHUNKS_AWAIT : CHUNKS_NEXT;
    return *kind == CHUNKS_AWAIT || PyIter_Check(object);
}

struct embed_stream *
chunks_begin(struct interpreter *interpreter, const struct recipe *recipe,
             request_rec *r, PyObject *object, enum chunks_kind kind)
{
    PyObject *iterator = kind == CHUNKS_AWAIT
                             ? await_stream(interpreter, object)
                             : Py_NewRef(object); /* new */
    if (iterator == NULL) {
        return NULL;
    }
    struct embed_stream *stream = apr_pcalloc(r->pool, sizeof *stream);
    stream->interpreter = interpreter;
    stream->recipe = recipe;
    stream->r = r;
    stream->iterator = iterator;
    stream->kind = kind;
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

/* A chunk that says nothing is the end of a file. */
static PyObject *
read_chunk(PyObject *file)
{
    PyObject *chunk =
        PyObject_CallMethod(file, "read", "i", FILES_READ_SIZE); /* new */
    if (chunk != NULL && PyObject_IsTrue(chunk) <= 0) {
        Py_CLEAR(chunk);
    }
    return chunk;
}

/* The chunk out of its tuple; None is the end. */
static PyObject *
await_next(struct embed_stream *stream)
{
    if (stream->begun &&
        await_more(stream->interpreter, stream->iterator) != 0) {
        return NULL;
    }
    stream->begun = 1;
    PyObject *taken = await_chunk(stream->interpreter, stream->r,
                                  stream->iterator); /* new */
    stream->gone = taken == NULL && !PyErr_Occurred();
    PyObject *chunk = NULL;
    if (taken != NULL && taken != Py_None) {
        chunk = Py_NewRef(PyTuple_GET_ITEM(taken, 0));
    }
    Py_XDECREF(taken);
    return chunk;
}

static PyObject *
make_chunk(struct embed_stream *stream)
{
    switch (stream->kind) {
    case CHUNKS_NEXT:
        return PyIter_Next(stream->iterator);
    case CHUNKS_READ:
        return read_chunk(stream->iterator);
    case CHUNKS_AWAIT:
        return await_next(stream);
    }
    return NULL;
}

PyObject *
chunks_next(struct embed_stream *stream)
{
    PyObject *chunk = stream->iterator != NULL && !stream->gone
                          ? make_chunk(stream)
                          : NULL; /* new */
    return chunk != NULL ? fix_chunk(stream->interpreter->apache, chunk)
                         : NULL;
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
    if (stream->kind == CHUNKS_AWAIT) {
        int ended = await_end(stream->interpreter, stream->r, iterator);
        await_drop(iterator);
        return ended;
    }
    int result = files_close(iterator);
    Py_DECREF(iterator);
    return result;
}
