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

struct reader {
    struct apache_state *state;
    apr_pool_t *pool;
    apr_table_t *headers; /* being filled */
    const char *media;
};

/* What the connection and the body's framing say is httpd's alone. */
static int
is_reserved(const char *name)
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

/* A str as Latin-1 text of the pool, all of it accepted by scan (one of
 * httpd's ap_scan_http_*), or NULL with an exception. */
static const char *
copy_text(struct reader *reader, PyObject *text, const char *what,
          const char *(*scan)(const char *))
{
    if (!PyUnicode_Check(text)) {
        PyErr_Format(reader->state->refusal,
                     "gave a header whose %s is of "
                     "type %.80s, not str",
                     what, Py_TYPE(text)->tp_name);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsLatin1String(text); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    size_t len = (size_t)PyBytes_GET_SIZE(bytes);
    const char *copy =
        apr_pstrmemdup(reader->pool, PyBytes_AS_STRING(bytes), len);
    Py_DECREF(bytes);
    if (scan(copy) != copy + len) {
        PyErr_Format(reader->state->refusal, "gave a header whose %s is %R",
                     what, text);
        return NULL;
    }
    return copy;
}

static int
refuse(struct reader *reader, const char *name, const char *why)
{
    PyErr_Format(reader->state->refusal, "gave the header \"%s\", %s", name,
                 why);
    return -1;
}

static int
add(struct reader *reader, const char *name, const char *value)
{
    if (*name == '\0') {
        return refuse(reader, name, "which has no name");
    }
    if (is_reserved(name)) {
        return refuse(reader, name, "which is httpd's to set");
    }
    if (strcasecmp(name, "Content-Type") != 0) {
        apr_table_addn(reader->headers, name, value);
        return 0;
    }
    if (reader->media != NULL) {
        return refuse(reader, name, "twice");
    }
    reader->media = value;
    return 0;
}

static int
add_header(struct reader *reader, PyObject *name, PyObject *value)
{
    const char *key = copy_text(reader, name, "name", ap_scan_http_token);
    if (key == NULL) {
        return -1;
    }
    const char *text =
        copy_text(reader, value, "value", ap_scan_http_field_content);
    return text != NULL ? add(reader, key, text) : -1;
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
