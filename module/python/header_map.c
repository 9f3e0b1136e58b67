/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Headers.
 *
 * A list of (name, value) tuples, each checked when it comes in, so that the
 * function that sets a bad one is in the traceback.  Answers have few headers:
 * a search from the front is cheaper than a dict beside the list.
 */
#include "header_map.h"

#include <strings.h>

#include "headers.h"

struct header_map {
    PyObject ob_base;
    PyObject *pairs; /* owned: a list */
};

static PyObject *
pairs_of(PyObject *map)
{
    return ((struct header_map *)map)->pairs;
}

PyObject *
header_map_pairs(PyObject *map)
{
    return pairs_of(map);
}

/* ---- finding ------------------------------------------------------------ */

/* The name as a C string inside it, or NULL with a TypeError. */
static const char *
text_of(PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "a header's name is a str, not a %.80s",
                     Py_TYPE(name)->tp_name);
        return NULL;
    }
    return PyUnicode_AsUTF8(name);
}

static int
has_name(PyObject *pair, const char *name)
{
    const char *own = PyUnicode_AsUTF8(PyTuple_GET_ITEM(pair, 0));
    return own != NULL && strcasecmp(own, name) == 0;
}

/* The place of the next header of the name from `at` on, or the length. */
static Py_ssize_t
find(PyObject *pairs, const char *name, Py_ssize_t at)
{
    while (at < PyList_GET_SIZE(pairs) &&
           !has_name(PyList_GET_ITEM(pairs, at), name)) {
        at++;
    }
    return at;
}

/* The first value of the name; borrowed, NULL without an exception if there is
 * none. */
static PyObject *
first_value(PyObject *map, PyObject *name)
{
    const char *text = text_of(name);
    if (text == NULL) {
        return NULL;
    }
    PyObject *pairs = pairs_of(map);
    Py_ssize_t at = find(pairs, text, 0);
    return at < PyList_GET_SIZE(pairs)
               ? PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, at), 1)
               : NULL;
}

/* ---- changing ----------------------------------------------------------- */

int
header_map_add(PyObject *map, PyObject *name, PyObject *value)
{
    if (headers_check(PyExc_ValueError, "", name, value) != 0) {
        return -1;
    }
    PyObject *pair = PyTuple_Pack(2, name, value); /* new */
    if (pair == NULL) {
        return -1;
    }
    int result = PyList_Append(pairs_of(map), pair);
    Py_DECREF(pair);
    return result;
}

/* Returns how many headers of the name there were, or -1. */
static Py_ssize_t
remove_all(PyObject *map, PyObject *name)
{
    const char *text = text_of(name);
    if (text == NULL) {
        return -1;
    }
    PyObject *pairs = pairs_of(map);
    Py_ssize_t before = PyList_GET_SIZE(pairs);
    Py_ssize_t at = find(pairs, text, 0);
    while (at < PyList_GET_SIZE(pairs)) {
        if (PyList_SetSlice(pairs, at, at + 1, NULL) != 0) {
            return -1;
        }
        at = find(pairs, text, at);
    }
    return before - PyList_GET_SIZE(pairs);
}

int
header_map_set(PyObject *map, PyObject *name, PyObject *value)
{
    if (headers_check(PyExc_ValueError, "", name, value) != 0 ||
        remove_all(map, name) < 0) {
        return -1;
    }
    return header_map_add(map, name, value);
}

static int
add_dict(PyObject *map, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *name = NULL;  /* borrowed */
    PyObject *value = NULL; /* borrowed */
    while (PyDict_Next(dict, &at, &name, &value)) {
        if (header_map_add(map, name, value) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_pairs(PyObject *map, PyObject *source)
{
    PyObject *pairs = PySequence_Fast(
        source, "headers are a dict or a list of (name, value) pairs");
    int result = pairs != NULL ? 0 : -1;
    for (Py_ssize_t i = 0; result == 0 && i < PySequence_Fast_GET_SIZE(pairs);
         i++) {
        PyObject *pair = PySequence_Fast_GET_ITEM(pairs, i); /* borrowed */
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(PyExc_TypeError,
                            "a header is a tuple (name, value)");
            result = -1;
            break;
        }
        result = header_map_add(map, PyTuple_GET_ITEM(pair, 0),
                                PyTuple_GET_ITEM(pair, 1));
    }
    Py_XDECREF(pairs);
    return result;
}

static int
add_source(PyObject *map, PyObject *source)
{
    if (source == NULL || source == Py_None) {
        return 0;
    }
    if (PyDict_Check(source)) {
        return add_dict(map, source);
    }
    if (PyObject_TypeCheck(source, Py_TYPE(map))) {
        return add_pairs(map, pairs_of(source));
    }
    return add_pairs(map, source);
}

PyObject *
header_map_create(PyTypeObject *type, PyObject *source)
{
    PyObject *map = PyType_GenericAlloc(type, 0); /* new */
    if (map == NULL) {
        return NULL;
    }
    ((struct header_map *)map)->pairs = PyList_New(0);
    if (pairs_of(map) == NULL || add_source(map, source) != 0) {
        Py_CLEAR(map);
    }
    return map;
}

/* ---- as Python sees it -------------------------------------------------- */

static PyObject *
new_map(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"headers", NULL};
    PyObject *source = NULL; /* borrowed */
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O:Headers", names,
                                     &source)) {
        return NULL;
    }
    return header_map_create(type, source);
}

static void
dealloc(PyObject *map)
{
    PyTypeObject *type = Py_TYPE(map);
    Py_XDECREF(pairs_of(map));
    type->tp_free(map);
    Py_DECREF(type);
}

static Py_ssize_t
length(PyObject *map)
{
    return PyList_GET_SIZE(pairs_of(map));
}

static PyObject *
subscript(PyObject *map, PyObject *name)
{
    PyObject *value = first_value(map, name); /* borrowed */
    if (value == NULL && !PyErr_Occurred()) {
        PyErr_SetObject(PyExc_KeyError, name);
    }
    return Py_XNewRef(value);
}

static int
assign(PyObject *map, PyObject *name, PyObject *value)
{
    if (value != NULL) {
        return header_map_set(map, name, value);
    }
    Py_ssize_t removed = remove_all(map, name);
    if (removed == 0) {
        PyErr_SetObject(PyExc_KeyError, name);
    }
    return removed > 0 ? 0 : -1;
}

static int
contains(PyObject *map, PyObject *name)
{
    PyObject *value = first_value(map, name); /* borrowed */
    if (value == NULL && PyErr_Occurred()) {
        return -1;
    }
    return value != NULL;
}

static PyObject *
items(PyObject *map, PyObject *unused)
{
    (void)unused;
    return PyList_GetSlice(pairs_of(map), 0, PY_SSIZE_T_MAX);
}

/* The names, each as often as it is there. */
static PyObject *
iterate(PyObject *map)
{
    PyObject *pairs = pairs_of(map);
    PyObject *names = PyList_New(0); /* new */
    for (Py_ssize_t i = 0; names != NULL && i < PyList_GET_SIZE(pairs); i++) {
        PyObject *pair = PyList_GET_ITEM(pairs, i); /* borrowed */
        if (PyList_Append(names, PyTuple_GET_ITEM(pair, 0)) != 0) {
            Py_CLEAR(names);
        }
    }
    PyObject *iterator = names != NULL ? PyObject_GetIter(names) : NULL;
    Py_XDECREF(names);
    return iterator;
}

static PyObject *
add(PyObject *map, PyObject *args)
{
    PyObject *name = NULL;  /* borrowed */
    PyObject *value = NULL; /* borrowed */
    if (!PyArg_ParseTuple(args, "OO:add", &name, &value) ||
        header_map_add(map, name, value) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
get(PyObject *map, PyObject *args)
{
    PyObject *name = NULL;     /* borrowed */
    PyObject *other = Py_None; /* borrowed */
    if (!PyArg_ParseTuple(args, "O|O:get", &name, &other)) {
        return NULL;
    }
    PyObject *value = first_value(map, name); /* borrowed */
    if (value == NULL && PyErr_Occurred()) {
        return NULL;
    }
    return Py_NewRef(value != NULL ? value : other);
}

static PyObject *
get_list(PyObject *map, PyObject *name)
{
    const char *text = text_of(name);
    PyObject *pairs = pairs_of(map);
    PyObject *values = text != NULL ? PyList_New(0) : NULL; /* new */
    if (values == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = find(pairs, text, 0); i < PyList_GET_SIZE(pairs);
         i = find(pairs, text, i + 1)) {
        PyObject *pair = PyList_GET_ITEM(pairs, i); /* borrowed */
        if (PyList_Append(values, PyTuple_GET_ITEM(pair, 1)) != 0) {
            Py_DECREF(values);
            return NULL;
        }
    }
    return values;
}

static PyObject *
represent(PyObject *map)
{
    return PyUnicode_FromFormat("apache.Headers(%R)", pairs_of(map));
}

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS,
     "add(name, value): append a header, beside those of the name."},
    {"get", get, METH_VARARGS,
     "get(name, default=None): the first value of the name."},
    {"getlist", get_list, METH_O, "getlist(name): all values of the name."},
    {"items", items, METH_NOARGS, "items(): a list of (name, value)."},
    {0}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Headers(headers=()): headers of an answer; names in any "
                "case, h[name] = value replaces, add(name, value) appends."},
    {Py_tp_new, new_map},
    {Py_tp_dealloc, dealloc},
    {Py_tp_repr, represent},
    {Py_tp_iter, iterate},
    {Py_tp_methods, methods},
    {Py_mp_length, length},
    {Py_mp_subscript, subscript},
    {Py_mp_ass_subscript, assign},
    {Py_sq_contains, contains},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.Headers",
    .basicsize = sizeof(struct header_map),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

PyTypeObject *
header_map_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
