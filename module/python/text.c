/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text between httpd's structures and Python.
 */
#include "text.h"

#include <string.h>

#include <apr_strings.h>

PyObject *
text_of_url(const char *text)
{
    if (text == NULL) {
        return Py_NewRef(Py_None);
    }
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text),
                                "surrogateescape");
}

/* The bytes of a str or bytes; new. */
static PyObject *
encode(PyObject *object, const char *what)
{
    if (PyBytes_Check(object)) {
        return Py_NewRef(object);
    }
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "the %s must be str, not %.80s", what,
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    return PyUnicode_AsLatin1String(object);
}

/* Whether a byte would end the line, or the text, that it stands in. */
static int
breaks(const char *bytes, size_t len)
{
    return memchr(bytes, '\r', len) != NULL ||
           memchr(bytes, '\n', len) != NULL ||
           memchr(bytes, '\0', len) != NULL;
}

const char *
text_latin1(PyObject *object, const char *what, apr_pool_t *pool)
{
    PyObject *bytes = encode(object, what); /* new */
    const char *copy = NULL;
    if (bytes == NULL) {
        return NULL;
    }
    size_t len = (size_t)PyBytes_GET_SIZE(bytes);
    if (breaks(PyBytes_AS_STRING(bytes), len)) {
        PyErr_Format(PyExc_ValueError,
                     "a CR, LF or NUL in the %s: it would end the line", what);
    }
    else {
        copy = apr_pstrmemdup(pool, PyBytes_AS_STRING(bytes), len);
    }
    Py_DECREF(bytes);
    return copy;
}
