/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed value as a Python object.
 */
#include "object.h"

#include "apache_module.h"
#include "pyrequest.h"

#include "../../runtime/args.h"

/* Each of these returns new. */

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
make_list(struct apache_state *state, const struct routes_value *items,
          size_t n)
{
    PyObject *list = PyList_New((Py_ssize_t)n);
    if (list == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        PyObject *item = object_of_value(state, &items[i]);
        if (item == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        PyList_SET_ITEM(list, (Py_ssize_t)i, item); /* stolen */
    }
    return list;
}

PyObject *
object_of_value(struct apache_state *state, const struct routes_value *value)
{
    const char *text = value->u.text.at;
    Py_ssize_t len = (Py_ssize_t)value->u.text.len;
    switch (value->kind) {
    case ROUTES_VALUE_STR:
        return PyUnicode_DecodeUTF8(text, len, NULL);
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
    case ROUTES_VALUE_LIST:
        return make_list(state, value->u.list.items, value->u.list.n);
    case ROUTES_VALUE_REQUEST:
        return pyrequest_current(state);
    case ROUTES_VALUE_PRINCIPAL:
        return pyrequest_principal(state, value->u.caller);
    }
    PyErr_SetString(PyExc_SystemError, "a value of no kind");
    return NULL;
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
    if (routes_args_constant(table, arg, &value) != ROUTES_FAULT_NONE) {
        PyErr_SetString(PyExc_SystemError, "a constant of no value");
        return NULL;
    }
    return object_of_value(state, &value);
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
