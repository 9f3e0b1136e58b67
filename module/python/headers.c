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
#define GIVEN "gave "

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

/* Why a character can't stand in a header. */
static const char *
why_not(Py_UCS4 c, int is_name)
{
    if (c == '\r' || c == '\n') {
        return "would split the answer";
    }
    if (c > 0xff) {
        return "is no character of Latin-1";
    }
    return is_name ? "no name may have" : "is a control character";
}

/* Raises that the text, of which `what` (stolen) speaks, has a bad character
 * at the index. */
static void
refuse_character(PyObject *exception, PyObject *what, PyObject *text,
                 Py_ssize_t at, int is_name)
{
    Py_UCS4 c = PyUnicode_READ_CHAR(text, at);
    PyObject *character = PyUnicode_FromOrdinal((int)c); /* new */
    if (what != NULL && character != NULL) {
        PyErr_Format(exception, "%U has %A at %zd, which %s", what, character,
                     at, why_not(c, is_name));
    }
    Py_XDECREF(character);
    Py_XDECREF(what);
}

/* "gave the header "X-A", whose value", or of a name; new. */
static PyObject *
speak_of(const char *subject, PyObject *name)
{
    return name == NULL
               ? PyUnicode_FromFormat("%sa header whose name", subject)
               : PyUnicode_FromFormat("%sthe header \"%U\", whose value",
                                      subject, name);
}

static Py_ssize_t
find_wide(PyObject *text)
{
    Py_ssize_t at = 0;
    while (PyUnicode_READ_CHAR(text, at) <= 0xff) {
        at++;
    }
    return at;
}

/* A str as Latin-1 bytes, all of them accepted by scan (one of httpd's
 * ap_scan_http_*); name is the header's, NULL if text is that.  New, or NULL
 * with an exception, which never shows a value: it may be a secret. */
static PyObject *
encode(PyObject *exception, const char *subject, PyObject *name,
       PyObject *text, const char *(*scan)(const char *))
{
    if (!PyUnicode_Check(text)) {
        PyObject *what = speak_of(subject, name); /* new */
        PyErr_Format(exception, "%U is of type %.80s, not str", what,
                     Py_TYPE(text)->tp_name);
        Py_XDECREF(what);
        return NULL;
    }
    if (PyUnicode_MAX_CHAR_VALUE(text) > 0xff) {
        refuse_character(exception, speak_of(subject, name), text,
                         find_wide(text), name == NULL);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsLatin1String(text); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    const char *at = PyBytes_AS_STRING(bytes);
    Py_ssize_t good = scan(at) - at;
    if (good != PyBytes_GET_SIZE(bytes)) {
        refuse_character(exception, speak_of(subject, name), text, good,
                         name == NULL);
        Py_CLEAR(bytes);
    }
    return bytes;
}

static PyObject *
encode_name(PyObject *exception, const char *subject, PyObject *name)
{
    PyObject *bytes =
        encode(exception, subject, NULL, name, ap_scan_http_token); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    if (PyBytes_GET_SIZE(bytes) == 0) {
        PyErr_Format(exception, "%sa header that has no name", subject);
        Py_CLEAR(bytes);
    }
    else if (headers_is_reserved(PyBytes_AS_STRING(bytes))) {
        PyErr_Format(exception, "%sthe header \"%U\", which is httpd's to set",
                     subject, name);
        Py_CLEAR(bytes);
    }
    return bytes;
}

static PyObject *
encode_value(PyObject *exception, const char *subject, PyObject *name,
             PyObject *value)
{
    return encode(exception, subject, name, value, ap_scan_http_field_content);
}

int
headers_check(PyObject *exception, const char *subject, PyObject *name,
              PyObject *value)
{
    PyObject *bytes = encode_name(exception, subject, name); /* new */
    if (bytes != NULL) {
        Py_DECREF(bytes);
        bytes = encode_value(exception, subject, name, value);
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
    text = encode_value(refusal, GIVEN, name, value);
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
