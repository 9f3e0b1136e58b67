/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of a request as Python objects.
 *
 * Calls nest as deeply as the JSON does, which ROUTES_MAX_JSON_DEPTH bounds.
 */
#include "json_load.h"

#include <string.h>

#include "../../runtime/integer.h"
#include "../../runtime/number.h"

/* Each of these returns new. */

static PyObject *
load_integer(const struct routes_json *json)
{
    char text[ROUTES_MAX_NUMBER + 1];
    int64_t small = 0;
    if (routes_integer_read(json->at, json->len, 0, &small) ==
        ROUTES_INTEGER_OK) {
        return PyLong_FromLongLong(small);
    }
    size_t len = Py_MIN(json->len, ROUTES_MAX_NUMBER);
    memcpy(text, json->at, len);
    text[len] = '\0';
    return PyLong_FromString(text, NULL, 10);
}

static PyObject *
load_real(const struct routes_json *json)
{
    double number = 0;
    if (routes_number_read(json->at, json->len, &number) != ROUTES_NUMBER_OK) {
        PyErr_SetString(PyExc_SystemError, "a number that is none");
        return NULL;
    }
    return PyFloat_FromDouble(number);
}

static PyObject *
load_text(const struct routes_json *json)
{
    return PyUnicode_DecodeUTF8(json->at, (Py_ssize_t)json->len, NULL);
}

static PyObject *
load_array(const struct routes_json *json)
{
    PyObject *list = PyList_New((Py_ssize_t)json->len);
    const struct routes_json *item = json + 1;
    for (uint32_t i = 0; list != NULL && i < json->len; i++) {
        PyObject *made = json_load_object(item);
        if (made == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, (Py_ssize_t)i, made); /* stolen */
        item = routes_json_next(item);
    }
    return list;
}

static int
load_member(PyObject *dict, const struct routes_json *name)
{
    PyObject *key = load_text(name); /* new, each */
    PyObject *value = key != NULL ? json_load_object(name + 1) : NULL;
    int result = value != NULL ? PyDict_SetItem(dict, key, value) : -1;
    Py_XDECREF(value);
    Py_XDECREF(key);
    return result;
}

static PyObject *
load_members(const struct routes_json *json)
{
    PyObject *dict = PyDict_New();
    const struct routes_json *name = json + 1;
    for (uint32_t i = 0; dict != NULL && i < json->len; i++) {
        if (load_member(dict, name) != 0) {
            Py_CLEAR(dict);
            break;
        }
        name = routes_json_next(name + 1);
    }
    return dict;
}

PyObject *
json_load_object(const struct routes_json *json)
{
    switch ((enum routes_json_kind)json->kind) {
    case ROUTES_JSON_NULL:
        return Py_NewRef(Py_None);
    case ROUTES_JSON_FALSE:
        return Py_NewRef(Py_False);
    case ROUTES_JSON_TRUE:
        return Py_NewRef(Py_True);
    case ROUTES_JSON_INTEGER:
        return load_integer(json);
    case ROUTES_JSON_REAL:
        return load_real(json);
    case ROUTES_JSON_STRING:
        return load_text(json);
    case ROUTES_JSON_ARRAY:
        return load_array(json);
    case ROUTES_JSON_OBJECT:
        return load_members(json);
    }
    PyErr_SetString(PyExc_SystemError, "a JSON value of no kind");
    return NULL;
}
