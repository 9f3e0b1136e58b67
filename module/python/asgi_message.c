/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages http.response.start and websocket.accept of an ASGI
 * application.
 *
 * It is checked where it is sent, so that the application's own line raises,
 * and kept as tuples that nothing can change; the request's pool is httpd's
 * thread's, which reads it again.
 */
#include "asgi_message.h"

#include <strings.h>

#include "apache_module.h"
#include "heading.h"
#include "interpreter.h"

/* ---- headers ------------------------------------------------------------ */

/* Bytes of a header, new; NULL with an exception. */
static PyObject *
take_bytes(PyObject *part)
{
    if (!PyBytes_Check(part)) {
        PyErr_Format(PyExc_TypeError,
                     "a header's name or value of type %.80s, not bytes",
                     Py_TYPE(part)->tp_name);
        return NULL;
    }
    return Py_NewRef(part);
}

/* A pair, as a tuple; new. */
static PyObject *
take_pair(PyObject *pair)
{
    PyObject *taken = NULL; /* new, each */
    PyObject *name = NULL;
    PyObject *value = NULL;
    PyObject *parts = PySequence_Fast(pair, "a header is a pair"); /* new */
    if (parts == NULL) {
        return NULL;
    }
    if (PySequence_Fast_GET_SIZE(parts) != 2) {
        PyErr_SetString(PyExc_ValueError,
                        "a header is a pair of a name and a value");
        goto out;
    }
    name = take_bytes(PySequence_Fast_GET_ITEM(parts, 0));
    value =
        name != NULL ? take_bytes(PySequence_Fast_GET_ITEM(parts, 1)) : NULL;
    if (value != NULL) {
        taken = PyTuple_Pack(2, name, value);
    }
out:
    Py_XDECREF(value);
    Py_XDECREF(name);
    Py_DECREF(parts);
    return taken;
}

/* All pairs, as a list of tuples; new. */
static PyObject *
take_headers(PyObject *headers)
{
    PyObject *list = PyList_New(0); /* new */
    PyObject *each =                /* new */
        list != NULL ? PyObject_GetIter(headers) : NULL;
    PyObject *pair = NULL; /* new */
    while (each != NULL && (pair = PyIter_Next(each)) != NULL) {
        PyObject *taken = take_pair(pair); /* new */
        int added = taken != NULL ? PyList_Append(list, taken) : -1;
        Py_XDECREF(taken);
        Py_DECREF(pair);
        if (added != 0) {
            break;
        }
    }
    Py_XDECREF(each);
    if (PyErr_Occurred()) {
        Py_CLEAR(list);
    }
    return list;
}

static int
add_headers(struct heading *heading, PyObject *list)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *pair = PyList_GET_ITEM(list, i); /* borrowed, each */
        PyObject *name = PyTuple_GET_ITEM(pair, 0);
        PyObject *value = PyTuple_GET_ITEM(pair, 1);
        if (heading_add(heading, PyBytes_AS_STRING(name),
                        (size_t)PyBytes_GET_SIZE(name),
                        PyBytes_AS_STRING(value),
                        (size_t)PyBytes_GET_SIZE(value)) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- the message -------------------------------------------------------- */

/* message[key], new; NULL with an exception, or without one if there is
 * none. */
static PyObject *
get(PyObject *message, PyObject *key)
{
    PyObject *value = PyObject_GetItem(message, key); /* new */
    if (value == NULL && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
    }
    return value;
}

/* What it says of headers, an empty list if nothing; new. */
static PyObject *
get_headers(const struct apache_names *names, PyObject *message)
{
    PyObject *headers = get(message, names->headers); /* new */
    if (headers == NULL) {
        return PyErr_Occurred() ? NULL : PyList_New(0);
    }
    PyObject *list = take_headers(headers);
    Py_DECREF(headers);
    return list;
}

int
asgi_message_read(PyObject *checked, struct heading *heading)
{
    long status = PyLong_AsLong(PyTuple_GET_ITEM(checked, 0));
    if (status == -1 && PyErr_Occurred()) {
        return -1;
    }
    return heading_set_status(heading, status) == 0
               ? add_headers(heading, PyTuple_GET_ITEM(checked, 1))
               : -1;
}

/* Reads what was taken as httpd's thread will, out of any request. */
static int
try_reading(apr_pool_t *pool, PyObject *checked)
{
    struct heading heading;
    heading_begin(&heading, pool);
    int result = asgi_message_read(checked, &heading);
    apr_pool_clear(pool);
    return result;
}

static int
check_status(PyObject *status)
{
    if (status == NULL && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_KeyError, "status");
    }
    if (status == NULL) {
        return -1;
    }
    if (!PyLong_Check(status)) {
        PyErr_Format(PyExc_TypeError, "a status of type %.80s, not int",
                     Py_TYPE(status)->tp_name);
        return -1;
    }
    return 0;
}

/* (status, headers of the message); new. */
static PyObject *
check_headers(const struct apache_state *state, PyObject *status,
              PyObject *message)
{
    PyObject *checked = NULL; /* new, each */
    PyObject *headers = get_headers(&state->names, message);
    if (headers != NULL) {
        checked = PyTuple_Pack(2, status, headers);
    }
    if (checked != NULL &&
        try_reading(state->interpreter->asgi_pool, checked) != 0) {
        Py_CLEAR(checked);
    }
    Py_XDECREF(headers);
    return checked;
}

static PyObject *
check_start(PyObject *module, PyObject *message)
{
    const struct apache_state *state = apache_module_state(module);
    PyObject *checked = NULL; /* new, each */
    PyObject *status = get(message, state->names.status);
    if (check_status(status) == 0) {
        checked = check_headers(state, status, message);
    }
    Py_XDECREF(status);
    return checked;
}

/* ---- websocket.accept --------------------------------------------------- */

/* Whether a header is none of the application's where a connection becomes a
 * websocket. */
static int
is_of_handshake(const char *name)
{
    static const char prefix[] = "Sec-WebSocket-";
    return strncasecmp(name, prefix, sizeof prefix - 1) == 0 ||
           strcasecmp(name, "Content-Length") == 0 ||
           strcasecmp(name, "Content-Type") == 0;
}

/* 0, or -1 with a ValueError. */
static int
check_handshake(PyObject *headers)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(headers); i++) {
        PyObject *pair = PyList_GET_ITEM(headers, i); /* borrowed */
        const char *name = PyBytes_AS_STRING(PyTuple_GET_ITEM(pair, 0));
        if (is_of_handshake(name)) {
            PyErr_Format(PyExc_ValueError,
                         "the header \"%.80s\" is httpd's where a websocket "
                         "is accepted",
                         name);
            return -1;
        }
    }
    return 0;
}

static PyObject *
check_accept(PyObject *module, PyObject *message)
{
    const struct apache_state *state = apache_module_state(module);
    PyObject *status = PyLong_FromLong(HTTP_OK); /* new, each */
    PyObject *checked =
        status != NULL ? check_headers(state, status, message) : NULL;
    Py_XDECREF(status);
    if (checked != NULL &&
        check_handshake(PyTuple_GET_ITEM(checked, 1)) != 0) {
        Py_CLEAR(checked);
    }
    return checked;
}

PyObject *
asgi_message_accept_checker(struct interpreter *interpreter)
{
    static PyMethodDef method = {"check_accept", check_accept, METH_O, NULL};
    return PyCFunction_New(&method, interpreter->module);
}

PyObject *
asgi_message_checker(struct interpreter *interpreter)
{
    static PyMethodDef method = {"check_start", check_start, METH_O, NULL};
    return PyCFunction_New(&method, interpreter->module);
}
