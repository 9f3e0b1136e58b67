/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start_response of PEP 3333, and write().
 */
#include "wsgi_start.h"

#include <apr_strings.h>

#include "apache_module.h"
#include "interpreter.h"
#include "outlet.h"

struct wsgi_start {
    PyObject_HEAD struct apache_state *state; /* borrowed */
    struct outlet *outlet; /* borrowed, or NULL: the request is over */
};

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The outlet, if this thread serves its request; NULL with an exception. */
static struct outlet *
use(const struct wsgi_start *start)
{
    const struct interpreter_thread *thread =
        interpreter_thread(start->state->interpreter);
    if (start->outlet == NULL) {
        PyErr_SetString(start->state->ended, "the request has ended");
        return NULL;
    }
    if (thread == NULL || thread->scope.request != start->outlet->r) {
        PyErr_SetString(PyExc_RuntimeError,
                        "only the thread that serves the request may do "
                        "this");
        return NULL;
    }
    return start->outlet;
}

/* ---- status and headers ------------------------------------------------- */

/* A native string as its bytes; new, or NULL with an exception. */
static PyObject *
encode(PyObject *text, const char *what)
{
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "%s of type %.80s, not str", what,
                     Py_TYPE(text)->tp_name);
        return NULL;
    }
    return PyUnicode_AsLatin1String(text);
}

/* "404 Not here": three digits, a space, a reason that may be empty. */
static int
read_line(struct heading *heading, const char *line, size_t len)
{
    if (len < 4 || line[3] != ' ' || !Py_ISDIGIT(line[0]) ||
        !Py_ISDIGIT(line[1]) || !Py_ISDIGIT(line[2]) ||
        ap_scan_http_field_content(line) != line + len) {
        PyErr_Format(PyExc_ValueError,
                     "a status is three digits, a space and a reason: %.80s",
                     line);
        return -1;
    }
    heading->line = apr_pstrmemdup(heading->pool, line, len);
    return heading_set_status(heading, (line[0] - '0') * 100L +
                                           (line[1] - '0') * 10L +
                                           (line[2] - '0'));
}

static int
read_status(struct heading *heading, PyObject *status)
{
    PyObject *bytes = encode(status, "a status"); /* new */
    if (bytes == NULL) {
        return -1;
    }
    int result = read_line(heading, PyBytes_AS_STRING(bytes),
                           (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return result;
}

static int
add_header(struct heading *heading, PyObject *pair)
{
    PyObject *name = NULL;  /* new */
    PyObject *value = NULL; /* new */
    int result = -1;
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
        PyErr_SetString(PyExc_TypeError,
                        "headers are a list of tuples (name, value)");
        return -1;
    }
    name = encode(PyTuple_GET_ITEM(pair, 0), "a header's name");
    value = name != NULL
                ? encode(PyTuple_GET_ITEM(pair, 1), "a header's value")
                : NULL;
    if (value != NULL) {
        result = heading_add(
            heading, PyBytes_AS_STRING(name), (size_t)PyBytes_GET_SIZE(name),
            PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
    }
    Py_XDECREF(value);
    Py_XDECREF(name);
    return result;
}

static int
read_headers(struct heading *heading, PyObject *headers)
{
    if (!PyList_Check(headers)) {
        PyErr_Format(PyExc_TypeError, "headers of type %.80s, not a list",
                     Py_TYPE(headers)->tp_name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(headers); i++) {
        if (add_header(heading, PyList_GET_ITEM(headers, i)) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- start_response(status, headers, exc_info=None) --------------------- */

/* Raises what the application has caught: it is too late for an answer to
 * it. */
static int
raise_again(PyObject *info)
{
    PyObject *type = PyTuple_GET_ITEM(info, 0);
    PyObject *value = PyTuple_GET_ITEM(info, 1);
    PyObject *trace = PyTuple_GET_ITEM(info, 2);
    PyErr_Restore(Py_NewRef(type), Py_NewRef(value),
                  trace == Py_None ? NULL : Py_NewRef(trace));
    return -1;
}

static int
is_info(PyObject *info)
{
    return PyTuple_Check(info) && PyTuple_GET_SIZE(info) == 3 &&
           PyExceptionClass_Check(PyTuple_GET_ITEM(info, 0));
}

/* Whether a heading may be given now; -1 with an exception. */
static int
check_turn(const struct outlet *outlet, PyObject *info)
{
    if (info == Py_None && outlet->said) {
        PyErr_SetString(PyExc_AssertionError,
                        "start_response was called twice, the second time "
                        "without exc_info");
        return -1;
    }
    if (info != Py_None && !is_info(info)) {
        PyErr_SetString(PyExc_TypeError,
                        "exc_info is what sys.exc_info() gives");
        return -1;
    }
    return info != Py_None && outlet->begun ? raise_again(info) : 0;
}

static int
read_heading(struct outlet *outlet, PyObject *status, PyObject *headers)
{
    struct heading heading;
    heading_begin(&heading, outlet->r->pool);
    if (read_status(&heading, status) != 0 ||
        read_headers(&heading, headers) != 0) {
        return -1;
    }
    outlet->heading = heading;
    outlet->said = 1;
    return 0;
}

static PyObject *
call(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"status", "headers", "exc_info", NULL};
    PyObject *status = NULL; /* borrowed, each */
    PyObject *headers = NULL;
    PyObject *info = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OO|O:start_response",
                                     names, &status, &headers, &info)) {
        return NULL;
    }
    struct outlet *outlet = use((struct wsgi_start *)self);
    if (outlet == NULL || check_turn(outlet, info) != 0 ||
        read_heading(outlet, status, headers) != 0) {
        return NULL;
    }
    return PyObject_GetAttrString(self, "write");
}

/* ---- write(bytes) ------------------------------------------------------- */

static PyObject *
write_bytes(PyObject *self, PyObject *data)
{
    struct outlet *outlet = use((struct wsgi_start *)self);
    if (outlet == NULL) {
        return NULL;
    }
    if (!PyBytes_Check(data)) {
        PyErr_Format(PyExc_TypeError, "write() takes bytes, not %.80s",
                     Py_TYPE(data)->tp_name);
        return NULL;
    }
    if (outlet_send(outlet, data, PyBytes_AS_STRING(data),
                    (size_t)PyBytes_GET_SIZE(data), 1) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- the type ----------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"write", write_bytes, METH_O, "write(data): sends bytes at once."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "start_response(status, headers, exc_info=None) of PEP 3333."},
    {Py_tp_dealloc, dealloc},
    {Py_tp_call, call},
    {Py_tp_methods, methods},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.StartResponse",
    .basicsize = sizeof(struct wsgi_start),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

PyTypeObject *
wsgi_start_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

PyObject *
wsgi_start_create(struct apache_state *state, struct outlet *outlet)
{
    PyTypeObject *type = state->wsgi_start_type;
    struct wsgi_start *start =
        (struct wsgi_start *)type->tp_alloc(type, 0); /* new */
    if (start != NULL) {
        start->state = state;
        start->outlet = outlet;
    }
    return (PyObject *)start;
}

void
wsgi_start_end(PyObject *start)
{
    ((struct wsgi_start *)start)->outlet = NULL;
}
