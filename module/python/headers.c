/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers that a function sets.
 */
#include "headers.h"

#include <string.h>
#include <strings.h>

#include <httpd.h>
#include <apr_strings.h>

#include "apache_module.h"

/* How the log speaks of a header of a result. */
#define GIVEN "gave a header"

struct reader {
    struct apache_state *state;
    apr_pool_t *pool;
    apr_table_t *headers; /* being filled */
    const char *media;
    size_t len; /* of all names and values so far */
};

int
headers_is_reserved(const char *name)
{
    static const char *const names[] = {"Connection",
                                        "Content-Length",
                                        "Keep-Alive",
                                        "Proxy-Connection",
                                        "TE",
                                        "Trailer",
                                        "Transfer-Encoding",
                                        "Upgrade"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(names[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A str as Latin-1 bytes, all of them accepted by scan (one of httpd's
 * ap_scan_http_*); new, or NULL with an exception. */
static PyObject *
encode(PyObject *exception, const char *subject, const char *part,
       PyObject *text, const char *(*scan)(const char *))
{
    if (!PyUnicode_Check(text)) {
        PyErr_Format(exception, "%s whose %s is of type %.80s, not str",
                     subject, part, Py_TYPE(text)->tp_name);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsLatin1String(text); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    const char *at = PyBytes_AS_STRING(bytes);
    if (scan(at) != at + PyBytes_GET_SIZE(bytes)) {
        PyErr_Format(exception, "%s whose %s is %.200R", subject, part, text);
        Py_CLEAR(bytes);
    }
    return bytes;
}

static PyObject *
encode_name(PyObject *exception, const char *subject, PyObject *name)
{
    PyObject *bytes =
        encode(exception, subject, "name", name, ap_scan_http_token); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    if (PyBytes_GET_SIZE(bytes) == 0) {
        PyErr_Format(exception, "%s that has no name", subject);
        Py_CLEAR(bytes);
    }
    else if (headers_is_reserved(PyBytes_AS_STRING(bytes))) {
        PyErr_Format(exception, "%s \"%U\", which is httpd's to set", subject,
                     name);
        Py_CLEAR(bytes);
    }
    return bytes;
}

static PyObject *
encode_value(PyObject *exception, const char *subject, PyObject *value)
{
    return encode(exception, subject, "value", value,
                  ap_scan_http_field_content);
}

int
headers_check(PyObject *exception, const char *subject, PyObject *name,
              PyObject *value)
{
    PyObject *bytes = encode_name(exception, subject, name); /* new */
    if (bytes != NULL) {
        Py_DECREF(bytes);
        bytes = encode_value(exception, subject, value);
    }
    Py_XDECREF(bytes);
    return bytes != NULL ? 0 : -1;
}

static const char *
copy(struct reader *reader, PyObject *bytes)
{
    size_t len = (size_t)PyBytes_GET_SIZE(bytes);
    reader->len += len;
    return apr_pstrmemdup(reader->pool, PyBytes_AS_STRING(bytes), len);
}

static int
add(struct reader *reader, const char *name, const char *value)
{
    if (reader->len > HEADERS_MAX_BYTES) {
        PyErr_Format(reader->state->refusal,
                     "gave headers of more than %d bytes", HEADERS_MAX_BYTES);
        return -1;
    }
    if (strcasecmp(name, "Content-Type") != 0) {
        apr_table_addn(reader->headers, name, value);
        return 0;
    }
    if (reader->media != NULL) {
        PyErr_SetString(reader->state->refusal,
                        "gave the header \"Content-Type\" twice");
        return -1;
    }
    reader->media = value;
    return 0;
}

static int
add_header(struct reader *reader, PyObject *name, PyObject *value)
{
    PyObject *refusal = reader->state->refusal;
    int result = -1;
    PyObject *text = NULL;                             /* new */
    PyObject *key = encode_name(refusal, GIVEN, name); /* new */
    if (key == NULL) {
        return -1;
    }
    text = encode_value(refusal, GIVEN, value);
    if (text != NULL) {
        result = add(reader, copy(reader, key), copy(reader, text));
    }
    Py_XDECREF(text);
    Py_DECREF(key);
    return result;
}

static int
read_dict(struct reader *reader, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *name = NULL;  /* borrowed */
    PyObject *value = NULL; /* borrowed */
    while (PyDict_Next(dict, &at, &name, &value)) {
        if (add_header(reader, name, value) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
read_pairs(struct reader *reader, PyObject *pairs)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(pairs); i++) {
        PyObject *pair = PySequence_Fast_GET_ITEM(pairs, i); /* borrowed */
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(reader->state->refusal,
                            "gave headers that are no (name, value) pairs");
            return -1;
        }
        if (add_header(reader, PyTuple_GET_ITEM(pair, 0),
                       PyTuple_GET_ITEM(pair, 1)) != 0) {
            return -1;
        }
    }
    return 0;
}

int
headers_read(struct apache_state *state, apr_pool_t *pool, PyObject *object,
             apr_table_t **headers, const char **media)
{
    struct reader reader = {
        .state = state, .pool = pool, .headers = apr_table_make(pool, 4)};
    int result = -1;
    if (PyDict_Check(object)) {
        result = read_dict(&reader, object);
    }
    else if (PyList_Check(object) || PyTuple_Check(object)) {
        result = read_pairs(&reader, object);
    }
    else {
        PyErr_Format(state->refusal,
                     "gave headers of type %.80s, neither a "
                     "dict nor a list of pairs",
                     Py_TYPE(object)->tp_name);
    }
    *headers = reader.headers;
    if (reader.media != NULL) {
        *media = reader.media;
    }
    return result;
}
