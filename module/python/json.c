/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of Python objects.
 *
 * No Python code runs while values of Python's own types are written (what is
 * derived from int, float and str is written as its base); that of other
 * values may (a tzinfo, a property), and may let other threads run.  So what
 * is being written is kept by a reference if it is no plain scalar, and a
 * container is asked anew for each item, which is safe whatever became of it.
 */
#include "json.h"

#include <string.h>

#include "apache_module.h"
#include "json_text.h"
#include "json_types.h"

/* ---- numbers ------------------------------------------------------------ */

/* A finite Decimal, digit for digit. */
static int
write_decimal(struct json_text *w, PyObject *decimal)
{
    Py_ssize_t len = 0;
    PyObject *digits = json_types_decimal(w->state, decimal); /* new */
    if (digits == NULL) {
        return -1;
    }
    const char *utf8 = PyUnicode_AsUTF8AndSize(digits, &len);
    int result = utf8 != NULL ? json_text_put(w, utf8, (size_t)len) : -1;
    Py_DECREF(digits);
    return result;
}

/* ---- containers --------------------------------------------------------- */

typedef int write_fn(struct json_text *w, PyObject *object);

static int write_value(struct json_text *w, PyObject *object);

static int
write_items(struct json_text *w, PyObject *sequence)
{
    if (json_text_char(w, '[') != 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++) {
        if ((i > 0 && json_text_char(w, ',') != 0) ||
            write_value(w, PySequence_Fast_GET_ITEM(sequence, i)) != 0) {
            return -1;
        }
    }
    return json_text_char(w, ']');
}

static int
write_member(struct json_text *w, PyObject *key, PyObject *value)
{
    if (!PyUnicode_Check(key)) {
        PyErr_Format(w->state->refusal,
                     "gave a dict whose key is of type "
                     "%.80s; JSON's keys are str",
                     Py_TYPE(key)->tp_name);
        return -1;
    }
    if (json_text_str(w, key) != 0 || json_text_char(w, ':') != 0) {
        return -1;
    }
    return write_value(w, value);
}

static int
write_members(struct json_text *w, PyObject *dict)
{
    Py_ssize_t at = 0;
    Py_ssize_t written = 0;
    Py_ssize_t size = PyDict_GET_SIZE(dict);
    PyObject *key = NULL;   /* borrowed */
    PyObject *value = NULL; /* borrowed */
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (json_text_char(w, written++ > 0 ? ',' : '{') != 0 ||
            write_member(w, key, value) != 0) {
            return -1;
        }
    }
    if (written != size || PyDict_GET_SIZE(dict) != size) {
        PyErr_SetString(w->state->refusal,
                        "gave a dict that changed while it was written");
        return -1;
    }
    return size == 0 ? json_text_put(w, "{}", 2) : json_text_char(w, '}');
}

static int
write_field(struct json_text *w, PyObject *object, PyObject *name)
{
    PyObject *value = PyObject_GetAttr(object, name); /* new */
    if (value == NULL) {
        return -1;
    }
    int result = write_member(w, name, value);
    Py_DECREF(value);
    return result;
}

static int
write_fields(struct json_text *w, PyObject *object)
{
    PyObject *names = json_types_fields(w->state, object); /* new */
    if (names == NULL) {
        return -1;
    }
    int result = json_text_char(w, '{');
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(names); i++) {
        if (i > 0) {
            result = json_text_char(w, ',');
        }
        if (result == 0) {
            result = write_field(w, object, PyList_GET_ITEM(names, i));
        }
    }
    Py_DECREF(names);
    return result == 0 ? json_text_char(w, '}') : -1;
}

static int
write_enum(struct json_text *w, PyObject *member)
{
    PyObject *value =
        PyObject_GetAttr(member, w->state->names.value); /* new */
    if (value == NULL) {
        return -1;
    }
    int result = write_value(w, value);
    Py_DECREF(value);
    return result;
}

/* One level more, of an object that is kept for as long. */
static inline int
write_nested(struct json_text *w, PyObject *object, write_fn *write)
{
    if (w->depth == JSON_MAX_DEPTH) {
        PyErr_Format(w->state->refusal,
                     "gave data that contains itself, or "
                     "is nested deeper than %d levels",
                     JSON_MAX_DEPTH);
        return -1;
    }
    w->depth++;
    Py_INCREF(object);
    int result = write(w, object);
    Py_DECREF(object);
    w->depth--;
    return result;
}

/* What the application says of an object that nobody here knows. */
static int
write_default(struct json_text *w, PyObject *object)
{
    PyObject *function = Py_NewRef(w->state->json_default);  /* new */
    PyObject *value = PyObject_CallOneArg(function, object); /* new */
    Py_DECREF(function);
    if (value == NULL) {
        return -1;
    }
    int result = write_value(w, value);
    Py_DECREF(value);
    return result;
}

/* ---- values ------------------------------------------------------------- */

/* Writes a str made for the purpose, or fails with it; takes the reference. */
static int
write_made(struct json_text *w, PyObject *str)
{
    if (str == NULL) {
        return -1;
    }
    int result = json_text_str(w, str);
    Py_DECREF(str);
    return result;
}

static int
write_as(struct json_text *w, PyObject *object, const PyTypeObject *type);

/* The one of Python's own types that the object's is derived from. */
static const PyTypeObject *
base_of(PyObject *object)
{
    if (PyUnicode_Check(object)) {
        return &PyUnicode_Type;
    }
    if (PyLong_Check(object)) {
        return &PyLong_Type;
    }
    if (PyFloat_Check(object)) {
        return &PyFloat_Type;
    }
    if (PyDict_Check(object)) {
        return &PyDict_Type;
    }
    return PyList_Check(object) ? &PyList_Type : &PyTuple_Type;
}

static int
write_of_type(struct json_text *w, PyObject *object, enum json_type type)
{
    switch (type) {
    case JSON_TYPE_DERIVED:
        return write_as(w, object, base_of(object));
    case JSON_TYPE_ENUM:
        return write_nested(w, object, write_enum);
    case JSON_TYPE_TIME:
        return write_made(w, json_types_time(w->state, object));
    case JSON_TYPE_UUID:
        return write_made(w, json_types_uuid(w->state, object));
    case JSON_TYPE_DECIMAL:
        return write_decimal(w, object);
    case JSON_TYPE_DATACLASS:
        return write_nested(w, object, write_fields);
    case JSON_TYPE_NONE:
        break;
    }
    if (w->state->json_default != NULL) {
        return write_nested(w, object, write_default);
    }
    PyErr_Format(w->state->refusal,
                 "gave a %.80s inside JSON, which has no "
                 "form for it",
                 Py_TYPE(object)->tp_name);
    return -1;
}

static int
write_other(struct json_text *w, PyObject *object)
{
    enum json_type type = JSON_TYPE_NONE;
    Py_INCREF(object);
    int result = json_types_find(w->state, object, &type);
    if (result == 0) {
        result = write_of_type(w, object, type);
    }
    Py_DECREF(object);
    return result;
}

/* As a value of the type, its own or the one that it is derived from. */
static int
write_as(struct json_text *w, PyObject *object, const PyTypeObject *type)
{
    if (type == &PyUnicode_Type) {
        return json_text_str(w, object);
    }
    if (object == Py_None) {
        return json_text_put(w, "null", 4);
    }
    if (type == &PyBool_Type) {
        return object == Py_True ? json_text_put(w, "true", 4)
                                 : json_text_put(w, "false", 5);
    }
    if (type == &PyLong_Type) {
        return json_text_int(w, object);
    }
    if (type == &PyFloat_Type) {
        return json_text_float(w, PyFloat_AS_DOUBLE(object));
    }
    if (type == &PyDict_Type) {
        return write_nested(w, object, write_members);
    }
    if (type == &PyList_Type || type == &PyTuple_Type) {
        return write_nested(w, object, write_items);
    }
    return write_other(w, object);
}

static int
write_value(struct json_text *w, PyObject *object)
{
    return write_as(w, object, Py_TYPE(object));
}

int
json_takes(struct apache_state *state, PyObject *object)
{
    enum json_type type = JSON_TYPE_NONE;
    if (PyDict_CheckExact(object) || PyList_CheckExact(object) ||
        PyLong_CheckExact(object) || PyFloat_CheckExact(object)) {
        return 1;
    }
    if (json_types_find(state, object, &type) != 0) {
        return -1;
    }
    return type != JSON_TYPE_NONE;
}

int
json_takes_any(const struct apache_state *state)
{
    return state->json_default != NULL;
}

PyObject *
json_set_default(PyObject *module, PyObject *function)
{
    struct apache_state *state = apache_module_state(module);
    if (function != Py_None && !PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError,
                        "json_default takes a function of one argument");
        return NULL;
    }
    PyObject *kept = function == Py_None ? NULL : Py_NewRef(function);
    Py_XSETREF(state->json_default, kept);
    return Py_NewRef(function);
}

int
json_put(struct json_text *w, PyObject *object)
{
    return write_value(w, object);
}

apr_bucket *
json_write(struct apache_state *state, PyObject *object, apr_pool_t *pool,
           apr_bucket_alloc_t *list, apr_off_t *length)
{
    struct json_text w;
    json_text_begin(&w, state, pool);
    if (write_value(&w, object) != 0) {
        json_text_drop(&w);
        return NULL;
    }
    *length = (apr_off_t)w.len;
    return json_text_bucket(&w, list);
}
