/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of Python objects.
 *
 * No Python code runs while values of Python's own types are written (what is
 * derived from int, float and str is written as its base); that of other
 * values may (a tzinfo, a property), and may let other threads run.  So what
 * is being written is kept by a reference if it is no plain scalar, and a
 * container is asked anew for each item, which is safe whatever became of it.
 *
 * The text begins in the request's pool; one that grows moves to memory of its
 * own, which the bucket then frees: a pool would keep each of the smaller
 * copies until the request ends.
 */
#include "json.h"

#include <string.h>

#include "apache_module.h"
#include "json_types.h"

/* Bytes of a text that never leaves the pool. */
#define JSON_POOL_SIZE 1024

struct writer {
    struct apache_state *state; /* borrowed */
    char *text;                 /* pool, or owned if `moved` */
    size_t len;
    size_t size;
    int moved;
    int depth;
};

/* ---- bytes -------------------------------------------------------------- */

static int
grow(struct writer *w, size_t more)
{
    size_t size = w->size * 2;
    while (size - w->len < more) {
        size *= 2;
    }
    char *text = PyMem_RawRealloc(w->moved ? w->text : NULL, size);
    if (text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (!w->moved) {
        memcpy(text, w->text, w->len);
    }
    w->text = text;
    w->size = size;
    w->moved = 1;
    return 0;
}

/* Makes room for as many bytes; the caller writes them. */
static inline int
reserve(struct writer *w, size_t more)
{
    return w->size - w->len >= more ? 0 : grow(w, more);
}

static int
put(struct writer *w, const char *text, size_t len)
{
    if (reserve(w, len) != 0) {
        return -1;
    }
    memcpy(w->text + w->len, text, len);
    w->len += len;
    return 0;
}

static int
put_char(struct writer *w, char c)
{
    return put(w, &c, 1);
}

/* ---- strings ------------------------------------------------------------ */

/* The longest form of one character: \u001f. */
#define MAX_CHAR 6
/* Characters for which room is made at once. */
#define CHUNK 128

static char *
put_escape(char *at, Py_UCS4 c)
{
    static const char hex[] = "0123456789abcdef";
    static const char names[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *named = c != 0 ? strchr(names, (int)c) : NULL;
    *at++ = '\\';
    if (named != NULL) {
        *at++ = letters[named - names];
        return at;
    }
    memcpy(at, "u00", 3);
    at[3] = hex[c >> 4];
    at[4] = hex[c & 15];
    return at + 5;
}

static inline char
low_bits(Py_UCS4 c, unsigned shift)
{
    return (char)(0x80 | ((c >> shift) & 0x3f));
}

static char *
put_utf8(char *at, Py_UCS4 c)
{
    if (c < 0x800) {
        *at++ = (char)(0xc0 | (c >> 6));
    }
    else if (c < 0x10000) {
        *at++ = (char)(0xe0 | (c >> 12));
        *at++ = low_bits(c, 6);
    }
    else {
        *at++ = (char)(0xf0 | (c >> 18));
        *at++ = low_bits(c, 12);
        *at++ = low_bits(c, 6);
    }
    *at++ = low_bits(c, 0);
    return at;
}

static inline int
is_plain(Py_UCS4 c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Characters from `from` to `to`, for which there is room. */
static int
write_chars(struct writer *w, PyObject *str, Py_ssize_t from, Py_ssize_t to)
{
    int kind = PyUnicode_KIND(str);
    const void *data = PyUnicode_DATA(str);
    char *at = w->text + w->len;
    for (Py_ssize_t i = from; i < to; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (is_plain(c)) {
            *at++ = (char)c;
        }
        else if (c < 0x80) {
            at = put_escape(at, c);
        }
        else if (!Py_UNICODE_IS_SURROGATE(c)) {
            at = put_utf8(at, c);
        }
        else {
            PyErr_Format(w->state->refusal,
                         "gave a str with a lone surrogate "
                         "at %zd, which has no form in UTF-8",
                         i);
            return -1;
        }
    }
    w->len = (size_t)(at - w->text);
    return 0;
}

static int
write_str(struct writer *w, PyObject *str)
{
    Py_ssize_t len = PyUnicode_GET_LENGTH(str);
    Py_ssize_t from = 0;
    if (put_char(w, '"') != 0) {
        return -1;
    }
    do {
        Py_ssize_t to = Py_MIN(from + CHUNK, len);
        if (reserve(w, (size_t)(to - from) * MAX_CHAR + 1) != 0 ||
            write_chars(w, str, from, to) != 0) {
            return -1;
        }
        from = to;
    } while (from < len);
    w->text[w->len++] = '"'; /* there is room for one character more */
    return 0;
}

/* ---- numbers ------------------------------------------------------------ */

static int
write_small_int(struct writer *w, long long value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    unsigned long long rest = value < 0 ? 0ULL - (unsigned long long)value
                                        : (unsigned long long)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        *--at = '-';
    }
    return put(w, at, (size_t)(digits + sizeof digits - at));
}

/* int's own repr, whatever a derived class makes of it. */
static int
write_int(struct writer *w, PyObject *number)
{
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (!overflow) {
        return write_small_int(w, value);
    }
    PyObject *repr = PyLong_Type.tp_repr(number); /* new */
    if (repr == NULL) {
        return -1;
    }
    int result =
        put(w, PyUnicode_DATA(repr), (size_t)PyUnicode_GET_LENGTH(repr));
    Py_DECREF(repr);
    return result;
}

static int
write_float(struct writer *w, double value)
{
    if (!Py_IS_FINITE(value)) {
        PyErr_SetString(w->state->refusal, "gave a float that JSON has no "
                                           "form for: an infinity or NaN");
        return -1;
    }
    char *repr = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (repr == NULL) {
        return -1;
    }
    int result = put(w, repr, strlen(repr));
    PyMem_Free(repr);
    return result;
}

/* A finite Decimal, digit for digit. */
static int
write_decimal(struct writer *w, PyObject *decimal)
{
    Py_ssize_t len = 0;
    PyObject *digits = json_types_decimal(w->state, decimal); /* new */
    if (digits == NULL) {
        return -1;
    }
    const char *utf8 = PyUnicode_AsUTF8AndSize(digits, &len);
    int result = utf8 != NULL ? put(w, utf8, (size_t)len) : -1;
    Py_DECREF(digits);
    return result;
}

/* ---- containers --------------------------------------------------------- */

typedef int write_fn(struct writer *w, PyObject *object);

static int write_value(struct writer *w, PyObject *object);

static int
write_items(struct writer *w, PyObject *sequence)
{
    if (put_char(w, '[') != 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++) {
        if ((i > 0 && put_char(w, ',') != 0) ||
            write_value(w, PySequence_Fast_GET_ITEM(sequence, i)) != 0) {
            return -1;
        }
    }
    return put_char(w, ']');
}

static int
write_member(struct writer *w, PyObject *key, PyObject *value)
{
    if (!PyUnicode_Check(key)) {
        PyErr_Format(w->state->refusal,
                     "gave a dict whose key is of type "
                     "%.80s; JSON's keys are str",
                     Py_TYPE(key)->tp_name);
        return -1;
    }
    if (write_str(w, key) != 0 || put_char(w, ':') != 0) {
        return -1;
    }
    return write_value(w, value);
}

static int
write_members(struct writer *w, PyObject *dict)
{
    Py_ssize_t at = 0;
    Py_ssize_t written = 0;
    Py_ssize_t size = PyDict_GET_SIZE(dict);
    PyObject *key = NULL;   /* borrowed */
    PyObject *value = NULL; /* borrowed */
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (put_char(w, written++ > 0 ? ',' : '{') != 0 ||
            write_member(w, key, value) != 0) {
            return -1;
        }
    }
    if (written != size || PyDict_GET_SIZE(dict) != size) {
        PyErr_SetString(w->state->refusal,
                        "gave a dict that changed while it was written");
        return -1;
    }
    return size == 0 ? put(w, "{}", 2) : put_char(w, '}');
}

static int
write_field(struct writer *w, PyObject *object, PyObject *name)
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
write_fields(struct writer *w, PyObject *object)
{
    PyObject *names = json_types_fields(w->state, object); /* new */
    if (names == NULL) {
        return -1;
    }
    int result = put_char(w, '{');
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(names); i++) {
        if (i > 0) {
            result = put_char(w, ',');
        }
        if (result == 0) {
            result = write_field(w, object, PyList_GET_ITEM(names, i));
        }
    }
    Py_DECREF(names);
    return result == 0 ? put_char(w, '}') : -1;
}

static int
write_enum(struct writer *w, PyObject *member)
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
write_nested(struct writer *w, PyObject *object, write_fn *write)
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
write_default(struct writer *w, PyObject *object)
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
write_made(struct writer *w, PyObject *str)
{
    if (str == NULL) {
        return -1;
    }
    int result = write_str(w, str);
    Py_DECREF(str);
    return result;
}

static int
write_as(struct writer *w, PyObject *object, const PyTypeObject *type);

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
write_of_type(struct writer *w, PyObject *object, enum json_type type)
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
write_other(struct writer *w, PyObject *object)
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
write_as(struct writer *w, PyObject *object, const PyTypeObject *type)
{
    if (type == &PyUnicode_Type) {
        return write_str(w, object);
    }
    if (object == Py_None) {
        return put(w, "null", 4);
    }
    if (type == &PyBool_Type) {
        return object == Py_True ? put(w, "true", 4) : put(w, "false", 5);
    }
    if (type == &PyLong_Type) {
        return write_int(w, object);
    }
    if (type == &PyFloat_Type) {
        return write_float(w, PyFloat_AS_DOUBLE(object));
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
write_value(struct writer *w, PyObject *object)
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

apr_bucket *
json_write(struct apache_state *state, PyObject *object, apr_pool_t *pool,
           apr_bucket_alloc_t *list, apr_off_t *length)
{
    struct writer w = {.state = state,
                       .text = apr_palloc(pool, JSON_POOL_SIZE),
                       .size = JSON_POOL_SIZE};
    if (write_value(&w, object) != 0) {
        if (w.moved) {
            PyMem_RawFree(w.text);
        }
        return NULL;
    }
    *length = (apr_off_t)w.len;
    if (w.moved) {
        return apr_bucket_heap_create(w.text, w.len, PyMem_RawFree, list);
    }
    return apr_bucket_transient_create(w.text, w.len, list);
}
