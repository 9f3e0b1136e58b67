/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed value as a Python object.
 */
#include "object.h"

#include "apache_module.h"
#include "json_load.h"
#include "pyrequest.h"
#include "shape.h"
#include "stream.h"
#include "upload.h"

#include "../../runtime/table.h"

/* Arguments of a class that need no memory of their own. */
#define FEW_MEMBERS 16

/* Each of these returns new. */

/* What is known to be ASCII is copied; CPython has the shortest ones ready. */
static PyObject *
make_str(const struct routes_value *value)
{
    size_t len = value->u.text.len;
    if (!value->u.text.ascii || len < 2) {
        return PyUnicode_DecodeUTF8(value->u.text.at, (Py_ssize_t)len, NULL);
    }
    PyObject *str = PyUnicode_New((Py_ssize_t)len, 0x7F);
    if (str != NULL) {
        memcpy(PyUnicode_1BYTE_DATA(str), value->u.text.at, len);
    }
    return str;
}

static PyObject *
make_uuid(struct apache_state *state, const uint8_t *uuid)
{
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)uuid, 16);
    if (bytes == NULL) {
        return NULL;
    }
    PyObject *made = PyObject_Vectorcall(state->uuid_class, &bytes, 0,
                                         state->uuid_keywords);
    Py_DECREF(bytes);
    return made;
}

static PyObject *
make_decimal(struct apache_state *state, const char *text, size_t len)
{
    PyObject *str = PyUnicode_FromStringAndSize(text, (Py_ssize_t)len);
    if (str == NULL) {
        return NULL;
    }
    PyObject *made = PyObject_CallOneArg(state->decimal_class, str);
    Py_DECREF(str);
    return made;
}

static PyObject *
make_date(struct apache_state *state, const struct routes_time *time)
{
    PyDateTime_CAPI *api = state->datetime;
    return api->Date_FromDate(time->year, time->month, time->day,
                              api->DateType);
}

static PyObject *
make_zone(PyDateTime_CAPI *api, const struct routes_time *time)
{
    if (!time->has_offset) {
        return Py_NewRef(Py_None);
    }
    if (time->offset == 0) {
        return Py_NewRef(api->TimeZone_UTC);
    }
    PyObject *delta =
        api->Delta_FromDelta(0, time->offset, 0, 1, api->DeltaType);
    if (delta == NULL) {
        return NULL;
    }
    PyObject *zone = api->TimeZone_FromTimeZone(delta, NULL);
    Py_DECREF(delta);
    return zone;
}

static PyObject *
make_datetime(struct apache_state *state, const struct routes_time *time)
{
    PyDateTime_CAPI *api = state->datetime;
    PyObject *zone = make_zone(api, time);
    if (zone == NULL) {
        return NULL;
    }
    PyObject *made = api->DateTime_FromDateAndTime(
        time->year, time->month, time->day, time->hour, time->minute,
        time->second, time->microsecond, zone, api->DateTimeType);
    Py_DECREF(zone);
    return made;
}

static PyObject *
make_list(struct apache_state *state, const struct shape *shapes,
          const struct routes_value *items, size_t n)
{
    PyObject *list = PyList_New((Py_ssize_t)n);
    if (list == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        PyObject *item = object_of_value(state, shapes, &items[i]);
        if (item == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        PyList_SET_ITEM(list, (Py_ssize_t)i, item); /* stolen */
    }
    return list;
}

static int
add_entry(struct apache_state *state, const struct shape *shapes,
          const struct routes_entry *entry, PyObject *dict)
{
    PyObject *key = PyUnicode_DecodeUTF8(
        entry->key, (Py_ssize_t)entry->key_len, NULL); /* new, each */
    PyObject *value =
        key != NULL ? object_of_value(state, shapes, &entry->value) : NULL;
    int result = value != NULL ? PyDict_SetItem(dict, key, value) : -1;
    Py_XDECREF(value);
    Py_XDECREF(key);
    return result;
}

static PyObject *
make_map(struct apache_state *state, const struct shape *shapes,
         const struct routes_value *value)
{
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < value->u.map.n; i++) {
        if (add_entry(state, shapes, &value->u.map.entries[i], dict) != 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

/* Members that are absent stay away, so that a function can tell them from
 * null. */
static PyObject *
make_dict(struct apache_state *state, const struct shape *shapes,
          const struct shape *shape, const struct routes_value *members)
{
    PyObject *dict = PyDict_New();
    Py_ssize_t n = PyTuple_GET_SIZE(shape->names);
    for (Py_ssize_t i = 0; dict != NULL && i < n; i++) {
        if (members[i].kind == ROUTES_VALUE_ABSENT) {
            continue;
        }
        PyObject *value = object_of_value(state, shapes, &members[i]);
        if (value == NULL ||
            PyDict_SetItem(dict, PyTuple_GET_ITEM(shape->names, i), value) !=
                0) {
            Py_CLEAR(dict);
        }
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *
call_class(struct apache_state *state, const struct shape *shapes,
           const struct shape *shape, const struct routes_value *members,
           PyObject **args)
{
    PyObject *made = NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(shape->names);
    Py_ssize_t i = 0;
    for (; i < n; i++) {
        args[i] = members[i].kind == ROUTES_VALUE_ABSENT
                      ? Py_NewRef(Py_None)
                      : object_of_value(state, shapes, &members[i]);
        if (args[i] == NULL) {
            break;
        }
    }
    if (i == n) {
        made = PyObject_Vectorcall(shape->made, args, 0, shape->names);
    }
    while (i > 0) {
        Py_DECREF(args[--i]);
    }
    return made;
}

static PyObject *
make_object(struct apache_state *state, const struct shape *shapes,
            const struct shape *shape, const struct routes_value *members)
{
    PyObject *few[FEW_MEMBERS];
    Py_ssize_t n = PyTuple_GET_SIZE(shape->names);
    if (n <= FEW_MEMBERS) {
        return call_class(state, shapes, shape, members, few);
    }
    PyObject **many = PyMem_Malloc((size_t)n * sizeof *many);
    if (many == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *made = call_class(state, shapes, shape, members, many);
    PyMem_Free(many);
    return made;
}

static PyObject *
make_record(struct apache_state *state, const struct shape *shapes,
            const struct routes_value *value)
{
    const struct shape *shape = &shapes[value->u.record.row];
    const struct routes_value *members = value->u.record.members;
    return shape->made != NULL ? make_object(state, shapes, shape, members)
                               : make_dict(state, shapes, shape, members);
}

/* Of any kind but the most frequent one. */
static __attribute__((noinline)) PyObject *
make_other(struct apache_state *state, const struct shape *shapes,
           const struct routes_value *value)
{
    const char *text = value->u.text.at;
    Py_ssize_t len = (Py_ssize_t)value->u.text.len;
    switch (value->kind) {
    case ROUTES_VALUE_STR:
        return make_str(value);
    case ROUTES_VALUE_INT:
        return PyLong_FromLongLong(value->u.integer);
    case ROUTES_VALUE_NONE:
        return Py_NewRef(Py_None);
    case ROUTES_VALUE_BOOL:
        return PyBool_FromLong(value->u.boolean);
    case ROUTES_VALUE_FLOAT:
        return PyFloat_FromDouble(value->u.real);
    case ROUTES_VALUE_BYTES:
        return PyBytes_FromStringAndSize(text, len);
    case ROUTES_VALUE_DECIMAL:
        return make_decimal(state, text, value->u.text.len);
    case ROUTES_VALUE_UUID:
        return make_uuid(state, value->u.uuid);
    case ROUTES_VALUE_DATE:
        return make_date(state, &value->u.time);
    case ROUTES_VALUE_DATETIME:
        return make_datetime(state, &value->u.time);
    case ROUTES_VALUE_STREAM:
        return stream_create(state, value->u.stream);
    case ROUTES_VALUE_UPLOAD:
        return upload_create(state, value->u.upload);
    case ROUTES_VALUE_LIST:
        return make_list(state, shapes, value->u.list.items, value->u.list.n);
    case ROUTES_VALUE_MAP:
        return make_map(state, shapes, value);
    case ROUTES_VALUE_RECORD:
        return make_record(state, shapes, value);
    case ROUTES_VALUE_JSON:
        return json_load_object(value->u.json);
    case ROUTES_VALUE_WEBSOCKET:
        if (value->u.stream != NULL) {
            return Py_NewRef((PyObject *)value->u.stream);
        }
        break; /* the call is for no handshake */
    case ROUTES_VALUE_REQUEST:
        return pyrequest_current(state);
    case ROUTES_VALUE_PRINCIPAL:
        return pyrequest_principal(state, value->u.caller);
    case ROUTES_VALUE_ABSENT:
        break;
    }
    PyErr_SetString(PyExc_SystemError, "a value of no kind");
    return NULL;
}

PyObject *
object_of_value(struct apache_state *state, const struct shape *shapes,
                const struct routes_value *value)
{
    return value->kind == ROUTES_VALUE_STR ? make_str(value)
                                           : make_other(state, shapes, value);
}

PyObject *
object_of_constant(struct apache_state *state,
                   const struct routes_table *table,
                   const struct routes_arg *arg)
{
    struct routes_value value;
    if (table->consts[arg->constant].kind == ROUTES_CONST_EMPTY_LIST) {
        return NULL;
    }
    if (routes_value_constant(table, arg->type, arg->constant, &value) !=
        ROUTES_FAULT_NONE) {
        PyErr_SetString(PyExc_SystemError, "a constant of no value");
        return NULL;
    }
    return object_of_value(state, NULL, &value);
}

int
object_prepare(struct apache_state *state, const struct routes_table *table)
{
    for (uint32_t i = 1; i < table->n_types; i++) {
        uint8_t kind = table->types[i].kind;
        if (kind == ROUTES_TYPE_UUID && apache_module_need_uuid(state) != 0) {
            return -1;
        }
        if (kind == ROUTES_TYPE_DECIMAL &&
            apache_module_need_decimal(state) != 0) {
            return -1;
        }
    }
    return 0;
}
