/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object of the standard library's classes is to JSON.
 *
 * Classes are found once an interpreter, in modules that have been imported:
 * before that there is no object of theirs.  datetime is always there.
 */
#include "json_types.h"

#include <string.h>

#include "apache_module.h"

/* ---- which -------------------------------------------------------------- */

/* Whether the object is of module.name, which is kept in *kept. */
static int
is_of(PyObject *object, PyObject **kept, PyObject *module, PyObject *name)
{
    if (*kept == NULL && apache_module_seek_class(kept, module, name) != 0) {
        return -1;
    }
    return *kept != NULL && PyObject_TypeCheck(object, (PyTypeObject *)*kept);
}

/* Enum's metaclass is its own: what has the usual one needs no search. */
static int
is_enum(struct apache_state *state, PyObject *object)
{
    return !Py_IS_TYPE(Py_TYPE(object), &PyType_Type) &&
           is_of(object, &state->enum_class, state->names.enum_,
                 state->names.Enum);
}

static int
is_derived(PyObject *object)
{
    return PyUnicode_Check(object) || PyLong_Check(object) ||
           PyDict_Check(object) || PyList_Check(object) ||
           PyTuple_Check(object) || PyFloat_Check(object);
}

static int
is_time(const struct apache_state *state, PyObject *object)
{
    return PyObject_TypeCheck(object, state->datetime->DateType) ||
           PyObject_TypeCheck(object, state->datetime->TimeType);
}

/* The fields of a dataclass as its decorator left them, or NULL; borrowed.
 * They are looked up in the type, as the interpreter does for its own names:
 * to ask the object could run its __getattr__. */
static PyObject *
fields_of(const struct apache_state *state, PyObject *object)
{
    PyObject *fields =
        _PyType_Lookup(Py_TYPE(object), state->names.dataclass_fields);
    return fields != NULL && PyDict_Check(fields) ? fields : NULL;
}

int
json_types_find(struct apache_state *state, PyObject *object,
                enum json_type *type)
{
    const struct apache_names *names = &state->names;
    *type = JSON_TYPE_NONE;
    int is = is_enum(state, object);
    if (is != 0) {
        *type = JSON_TYPE_ENUM;
        return is < 0 ? -1 : 0;
    }
    if (is_derived(object)) {
        *type = JSON_TYPE_DERIVED;
        return 0;
    }
    if (is_time(state, object)) {
        *type = JSON_TYPE_TIME;
        return 0;
    }
    if (fields_of(state, object) != NULL) {
        *type = JSON_TYPE_DATACLASS;
        return apache_module_need_dataclasses(state);
    }
    is = is_of(object, &state->uuid_class, names->uuid, names->UUID);
    if (is != 0) {
        *type = JSON_TYPE_UUID;
        return is < 0 ? -1 : 0;
    }
    is = is_of(object, &state->decimal_class, names->decimal, names->Decimal);
    if (is != 0) {
        *type = JSON_TYPE_DECIMAL;
    }
    return is < 0 ? -1 : 0;
}

/* ---- text --------------------------------------------------------------- */

PyObject *
json_types_time(struct apache_state *state, PyObject *time)
{
    PyObject *text =
        PyObject_CallMethodNoArgs(time, state->names.isoformat); /* new */
    if (text != NULL && !PyUnicode_Check(text)) {
        PyErr_Format(state->refusal,
                     "gave a %.80s whose isoformat() is a %.80s",
                     Py_TYPE(time)->tp_name, Py_TYPE(text)->tp_name);
        Py_CLEAR(text);
    }
    return text;
}

/* The two halves of the number that a UUID is. */
static int
read_uuid(PyObject *number, unsigned long long *high, unsigned long long *low)
{
    PyObject *shift = PyLong_FromLong(64); /* new, each */
    PyObject *rest = NULL;
    int result = -1;
    if (shift == NULL) {
        return -1;
    }
    *low = PyLong_AsUnsignedLongLongMask(number);
    if (!PyErr_Occurred()) {
        rest = PyNumber_Rshift(number, shift);
    }
    if (rest != NULL) {
        *high = PyLong_AsUnsignedLongLong(rest);
        result = PyErr_Occurred() ? -1 : 0;
    }
    Py_XDECREF(rest);
    Py_DECREF(shift);
    return result;
}

/* The last n digits of the number, up to `end`; returns where they begin. */
static char *
put_hex(char *end, unsigned long long number, int n)
{
    for (; n > 0; n--) {
        *--end = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    return end;
}

/* 8-4-4-4-12, from the right. */
static PyObject *
format_uuid(unsigned long long high, unsigned long long low)
{
    char text[36];
    char *at = put_hex(text + sizeof text, low, 12);
    *--at = '-';
    at = put_hex(at, low >> 48, 4);
    *--at = '-';
    at = put_hex(at, high, 4);
    *--at = '-';
    at = put_hex(at, high >> 16, 4);
    *--at = '-';
    put_hex(at, high >> 32, 8);
    return PyUnicode_FromStringAndSize(text, sizeof text);
}

PyObject *
json_types_uuid(struct apache_state *state, PyObject *uuid)
{
    unsigned long long high = 0;
    unsigned long long low = 0;
    PyObject *number = PyObject_GetAttr(uuid, state->names.int_); /* new */
    if (number == NULL) {
        return NULL;
    }
    int result = read_uuid(number, &high, &low);
    Py_DECREF(number);
    return result == 0 ? format_uuid(high, low) : NULL;
}

/* ---- numbers ------------------------------------------------------------ */

/* Decimal's own str, whatever a derived class makes of it, is in JSON's form,
 * "1E+3" and "-0.00" too, unless it is a word. */
PyObject *
json_types_decimal(struct apache_state *state, PyObject *decimal)
{
    const PyTypeObject *base = (PyTypeObject *)state->decimal_class;
    PyObject *text = base->tp_str(decimal); /* new */
    if (text == NULL) {
        return NULL;
    }
    Py_ssize_t len = 0;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &len); /* inside text */
    if (utf8 != NULL && strspn(utf8, "+-.0123456789Ee") != (size_t)len) {
        PyErr_SetString(state->refusal, "gave a Decimal that JSON has no "
                                        "form for: an infinity or NaN");
        utf8 = NULL;
    }
    if (utf8 == NULL) {
        Py_CLEAR(text);
    }
    return text;
}

/* ---- fields ------------------------------------------------------------- */

static int
is_private(PyObject *name)
{
    return PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) > 0 &&
           PyUnicode_READ_CHAR(name, 0) == '_';
}

/* Whether its Field stands for a value: not for a ClassVar, nor for an
 * argument of __init__ only. */
static int
has_value(struct apache_state *state, PyObject *field)
{
    PyObject *kind =
        PyObject_GetAttr(field, state->names.field_type); /* new */
    if (kind == NULL) {
        return -1;
    }
    int has = kind == state->field_kind;
    Py_DECREF(kind);
    return has;
}

static int
add_fields(struct apache_state *state, PyObject *list, PyObject *items)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i);
        PyObject *name = PyTuple_GET_ITEM(item, 0);
        int has = has_value(state, PyTuple_GET_ITEM(item, 1));
        if (has < 0 ||
            (has && !is_private(name) && PyList_Append(list, name) != 0)) {
            return -1;
        }
    }
    return 0;
}

PyObject *
json_types_fields(struct apache_state *state, PyObject *object)
{
    PyObject *list = PyList_New(0); /* new, each */
    PyObject *items = PyDict_Items(fields_of(state, object));
    if (list == NULL || items == NULL || add_fields(state, list, items) != 0) {
        Py_CLEAR(list);
    }
    Py_XDECREF(items);
    return list;
}
