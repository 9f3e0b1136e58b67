/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Python object as the text that a URL has for it.
 */
#include "spelling.h"

#include <string.h>

#include "apache_module.h"

#include "../../runtime/number.h"

#define ISO_MAX    64 /* more than isoformat() gives */
#define ISO_OFFSET 6  /* "+00:00" */

/* Each of these returns new. */

static PyObject *
refuse_class(PyObject *value)
{
    PyErr_Format(PyExc_TypeError, "of the class %s", Py_TYPE(value)->tp_name);
    return NULL;
}

static PyObject *
refuse_value(const char *why)
{
    PyErr_SetString(PyExc_ValueError, why);
    return NULL;
}

static PyObject *
spell_text(PyObject *value)
{
    return PyUnicode_Check(value) ? PyUnicode_AsUTF8String(value)
                                  : refuse_class(value);
}

static PyObject *
spell_bytes(PyObject *value)
{
    return PyObject_CheckBuffer(value) ? PyBytes_FromObject(value)
                                       : refuse_class(value);
}

/* What str() gives, as bytes. */
static PyObject *
spell_str_of(PyObject *value)
{
    PyObject *str = PyObject_Str(value);
    if (str == NULL) {
        return NULL;
    }
    PyObject *made = PyUnicode_AsUTF8String(str);
    Py_DECREF(str);
    return made;
}

/* int() first: a subclass, an IntEnum for instance, may say otherwise. */
static PyObject *
spell_int(PyObject *value)
{
    if (PyBool_Check(value) || !PyIndex_Check(value)) {
        return refuse_class(value);
    }
    PyObject *number = PyNumber_Index(value);
    if (number == NULL) {
        return NULL;
    }
    PyObject *digits = PyNumber_ToBase(number, 10);
    Py_DECREF(number);
    if (digits == NULL) {
        return NULL;
    }
    PyObject *made = PyUnicode_AsUTF8String(digits);
    Py_DECREF(digits);
    return made;
}

static PyObject *
spell_number(const char *text, size_t len)
{
    char plain[ROUTES_PLAIN_NUMBER];
    size_t n = routes_number_plain(text, len, plain);
    return n > 0 ? PyBytes_FromStringAndSize(plain, (Py_ssize_t)n)
                 : refuse_value("no number that a URL can carry");
}

static PyObject *
spell_float(PyObject *value)
{
    if (PyBool_Check(value) ||
        !(PyFloat_Check(value) || PyLong_Check(value))) {
        return refuse_class(value);
    }
    double number = PyFloat_AsDouble(value);
    if (number == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    char *text = PyOS_double_to_string(number, 'r', 0, 0, NULL);
    if (text == NULL) {
        return NULL;
    }
    PyObject *made = spell_number(text, strlen(text));
    PyMem_Free(text);
    return made;
}

static PyObject *
spell_decimal(struct apache_state *state, PyObject *value)
{
    if (apache_module_need_decimal(state) != 0) {
        return NULL;
    }
    int is_decimal = PyObject_IsInstance(value, state->decimal_class);
    if (is_decimal < 0) {
        return NULL;
    }
    if (!is_decimal && (PyBool_Check(value) || !PyLong_Check(value))) {
        return refuse_class(value);
    }
    PyObject *text = spell_str_of(value);
    if (text == NULL) {
        return NULL;
    }
    PyObject *made =
        spell_number(PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text));
    Py_DECREF(text);
    return made;
}

static PyObject *
spell_bool(PyObject *value)
{
    if (!PyBool_Check(value)) {
        return refuse_class(value);
    }
    return PyBytes_FromString(value == Py_True ? "true" : "false");
}

static PyObject *
spell_uuid(struct apache_state *state, PyObject *value)
{
    if (apache_module_need_uuid(state) != 0) {
        return NULL;
    }
    int is_uuid = PyObject_IsInstance(value, state->uuid_class);
    if (is_uuid < 0) {
        return NULL;
    }
    return is_uuid ? spell_str_of(value) : refuse_class(value);
}

static PyObject *
spell_isoformat(struct apache_state *state, PyObject *value)
{
    PyObject *str = PyObject_CallMethodNoArgs(value, state->names.isoformat);
    if (str == NULL) {
        return NULL;
    }
    PyObject *made = spell_text(str);
    Py_DECREF(str);
    return made;
}

static PyObject *
spell_date(struct apache_state *state, PyObject *value)
{
    if (!PyObject_TypeCheck(value, state->datetime->DateType) ||
        PyObject_TypeCheck(value, state->datetime->DateTimeType)) {
        return refuse_class(value);
    }
    return spell_isoformat(state, value);
}

/* "…:05.670000+00:00" is "…:05.67Z"; what is no such text the language of the
 * type refuses. */
static PyObject *
shorten_datetime(const char *iso, size_t len)
{
    char text[ISO_MAX];
    size_t n = len - ISO_OFFSET;
    const char *offset = iso + n;

    if (offset[0] != '+' && offset[0] != '-') {
        return refuse_value("without an offset of whole minutes");
    }
    memcpy(text, iso, n);
    if (memchr(text, '.', n) != NULL) {
        while (text[n - 1] == '0') {
            n--;
        }
    }
    if (strcmp(offset, "+00:00") == 0) {
        text[n++] = 'Z';
    }
    else {
        memcpy(text + n, offset, ISO_OFFSET);
        n += ISO_OFFSET;
    }
    return PyBytes_FromStringAndSize(text, (Py_ssize_t)n);
}

static PyObject *
spell_datetime(struct apache_state *state, PyObject *value)
{
    if (!PyObject_TypeCheck(value, state->datetime->DateTimeType)) {
        return refuse_class(value);
    }
    PyObject *iso = spell_isoformat(state, value);
    if (iso == NULL) {
        return NULL;
    }
    size_t len = (size_t)PyBytes_GET_SIZE(iso);
    PyObject *made = len > ISO_OFFSET && len < ISO_MAX
                         ? shorten_datetime(PyBytes_AS_STRING(iso), len)
                         : refuse_value("no datetime of RFC 3339");
    Py_DECREF(iso);
    return made;
}

PyObject *
spelling_of(struct apache_state *state, const struct routes_type *type,
            PyObject *value)
{
    switch ((enum routes_type_kind)type->kind) {
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_ENUM:
        return spell_text(value);
    case ROUTES_TYPE_INT:
        return spell_int(value);
    case ROUTES_TYPE_FLOAT:
        return spell_float(value);
    case ROUTES_TYPE_DECIMAL:
        return spell_decimal(state, value);
    case ROUTES_TYPE_BOOL:
        return spell_bool(value);
    case ROUTES_TYPE_UUID:
        return spell_uuid(state, value);
    case ROUTES_TYPE_DATE:
        return spell_date(state, value);
    case ROUTES_TYPE_DATETIME:
        return spell_datetime(state, value);
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_RAWPATH:
        return spell_bytes(value);
    case ROUTES_TYPE_NULL:
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
    case ROUTES_TYPE_RECORD:
    case ROUTES_TYPE_JSON:
    case ROUTES_TYPE_REQUEST:
    case ROUTES_TYPE_PRINCIPAL:
    case ROUTES_TYPE_METHOD:
    case ROUTES_TYPE_STREAM:
    case ROUTES_TYPE_UPLOAD:
    case ROUTES_TYPE_FILE:
    case ROUTES_TYPE_WEBSOCKET:
        break;
    }
    return refuse_value("of a type that no URL carries");
}
