/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result as the type that its route declares.
 *
 * Scalars are written first and what was written is then read as the type by
 * the runtime, which reads requests too: so what leaves is what could come in.
 *
 * As in json.c Python code may run while an object is asked for its members,
 * and containers may change: each value is kept by a reference while it is
 * written, and a container is asked anew for each item.
 */
#include "shaped.h"

#include "apache_module.h"
#include "json.h"
#include "json_text.h"
#include "json_types.h"
#include "object.h"
#include "shape.h"

#include "../../runtime/language.h"
#include "../../runtime/table.h"
#include "../../runtime/value.h"

/* Where a value stands in the result: a member, an entry, or an item. */
struct place {
    const struct place *up; /* NULL: the result itself */
    const char *member;
    PyObject *key; /* borrowed */
    Py_ssize_t index;
};

struct writer {
    const struct shaped *shaped;
    struct json_text *text;
    uint32_t root; /* types[]: that of the result */
};

static const struct routes_type *
type_at(const struct writer *w, uint32_t type)
{
    return &w->shaped->table->types[type];
}

static const char *
spelling_of(const struct writer *w, uint32_t type)
{
    return routes_table_text(w->shaped->table, type_at(w, type)->spelling);
}

/* ---- misfits ------------------------------------------------------------ */

/* "items[3].price: "; new. */
static PyObject *
path_of(const struct place *place)
{
    if (place->up == NULL) {
        return PyUnicode_FromString("");
    }
    PyObject *path = NULL;
    PyObject *above = path_of(place->up); /* new, each */
    PyObject *key =
        place->key != NULL ? PyUnicode_Type.tp_repr(place->key) : NULL;
    if (above == NULL || (place->key != NULL && key == NULL)) {
        goto out;
    }
    if (place->member != NULL) {
        path = PyUnicode_FromFormat(
            "%U%s%s", above, place->up->up != NULL ? "." : "", place->member);
    }
    else if (key != NULL) {
        path = PyUnicode_FromFormat("%U[%.60U]", above, key);
    }
    else {
        path = PyUnicode_FromFormat("%U[%zd]", above, place->index);
    }
out:
    Py_XDECREF(key);
    Py_XDECREF(above);
    return path;
}

/* Raises what the value at the place is: takes the text. */
static int
refuse(const struct writer *w, const struct place *place, PyObject *what)
{
    PyObject *path = what != NULL ? path_of(place) : NULL; /* new */
    if (path != NULL) {
        PyErr_Format(w->shaped->state->refusal,
                     "gave what does not fit `returns %s`: %U%s%U",
                     spelling_of(w, w->root), path,
                     place->up != NULL ? ": " : "", what);
    }
    Py_XDECREF(path);
    Py_XDECREF(what);
    return -1;
}

static int
misfit(const struct writer *w, const struct place *place, uint32_t type,
       PyObject *object, const char *but)
{
    return refuse(w, place,
                  PyUnicode_FromFormat("expected %s, got %.80s%s",
                                       spelling_of(w, type),
                                       Py_TYPE(object)->tp_name, but));
}

static int
misfit_by(const struct writer *w, const struct place *place, uint32_t type,
          PyObject *object, enum routes_fault fault)
{
    switch (fault) {
    case ROUTES_FAULT_RANGE:
        return misfit(w, place, type, object, " out of its range");
    case ROUTES_FAULT_LENGTH:
        return misfit(w, place, type, object, " of another length");
    case ROUTES_FAULT_PATTERN:
        return misfit(w, place, type, object, " that does not match");
    case ROUTES_FAULT_ENUM:
        return misfit(w, place, type, object, " that is none of these");
    case ROUTES_FAULT_NONE:
    case ROUTES_FAULT_MISSING:
    case ROUTES_FAULT_TYPE:
    case ROUTES_FAULT_DUPLICATE:
    case ROUTES_FAULT_UNKNOWN:
    case ROUTES_FAULT_ENCODING:
    case ROUTES_FAULT_TOO_MANY:
        break;
    }
    return misfit(w, place, type, object, " that has no form in JSON");
}

/* ---- text --------------------------------------------------------------- */

/* Whether the bytes of an object, its UTF-8 or its own, are of the type. */
static int
check_bytes(const struct writer *w, uint32_t type, PyObject *object,
            const char *bytes, Py_ssize_t len, const struct place *place)
{
    struct routes_value value;
    enum routes_fault fault = routes_value_text(w->shaped->table, type, bytes,
                                                (size_t)len, 0, &value);
    return fault == ROUTES_FAULT_NONE
               ? 0
               : misfit_by(w, place, type, object, fault);
}

static int
check_str(const struct writer *w, uint32_t type, PyObject *str,
          const struct place *place)
{
    const struct routes_type *row = type_at(w, type);
    if (row->kind == ROUTES_TYPE_STR && row->dfa == 0) {
        return routes_language_bounds(row, PyUnicode_GET_LENGTH(str))
                   ? 0
                   : misfit_by(w, place, type, str, ROUTES_FAULT_LENGTH);
    }
    Py_ssize_t len = 0;
    const char *utf8 = PyUnicode_AsUTF8AndSize(str, &len); /* inside str */
    if (utf8 == NULL) {
        PyErr_Clear();
        return misfit_by(w, place, type, str, ROUTES_FAULT_ENCODING);
    }
    return check_bytes(w, type, str, utf8, len, place);
}

/* ---- scalars ------------------------------------------------------------ */

static int
is_int(PyObject *object)
{
    return PyLong_Check(object) && !PyBool_Check(object);
}

static int
is_of_class(PyObject *object, PyObject *class)
{
    return class != NULL && PyObject_TypeCheck(object, (PyTypeObject *)class);
}

/* Whether an object may be a value of a kind that is written as it is. */
static int
suits(const struct apache_state *state, enum routes_type_kind kind,
      PyObject *object)
{
    switch (kind) {
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_ENUM:
    case ROUTES_TYPE_PATH:
        return PyUnicode_Check(object);
    case ROUTES_TYPE_INT:
        return is_int(object);
    case ROUTES_TYPE_FLOAT:
        return PyFloat_Check(object) || is_int(object);
    case ROUTES_TYPE_DECIMAL:
        return is_int(object) || is_of_class(object, state->decimal_class);
    case ROUTES_TYPE_BOOL:
        return PyBool_Check(object);
    case ROUTES_TYPE_UUID:
        return is_of_class(object, state->uuid_class);
    case ROUTES_TYPE_DATE:
        return PyObject_TypeCheck(object, state->datetime->DateType) &&
               !PyObject_TypeCheck(object, state->datetime->DateTimeType);
    case ROUTES_TYPE_DATETIME:
        return PyObject_TypeCheck(object, state->datetime->DateTimeType);
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_RAWPATH:
        return PyBytes_Check(object);
    default:
        return 0;
    }
}

/* What json.h writes, or a misfit where it finds no form. */
static int
put(const struct writer *w, uint32_t type, PyObject *object,
    const struct place *place)
{
    if (json_put(w->text, object) == 0) {
        return 0;
    }
    if (!PyErr_ExceptionMatches(w->shaped->state->refusal)) {
        return -1;
    }
    PyErr_Clear();
    return misfit_by(w, place, type, object, ROUTES_FAULT_TYPE);
}

static int
write_bytes(const struct writer *w, uint32_t type, PyObject *bytes,
            const struct place *place)
{
    const char *at = PyBytes_AS_STRING(bytes);
    Py_ssize_t len = PyBytes_GET_SIZE(bytes);
    if (check_bytes(w, type, bytes, at, len, place) != 0) {
        return -1;
    }
    PyObject *str = PyUnicode_DecodeUTF8(at, len, NULL); /* new */
    if (str == NULL) {
        PyErr_Clear();
        return misfit(w, place, type, bytes, " that is no UTF-8");
    }
    int result = json_text_str(w->text, str);
    Py_DECREF(str);
    return result;
}

/* What has been written since `from` is read again as the type. */
static int
check_written(const struct writer *w, uint32_t type, PyObject *object,
              size_t from, const struct place *place)
{
    const char *at = w->text->text + from;
    size_t len = w->text->len - from;
    if (len >= 2 && *at == '"') {
        at++;
        len -= 2;
    }
    return check_bytes(w, type, object, at, (Py_ssize_t)len, place);
}

static int
write_int(const struct writer *w, uint32_t type, PyObject *number,
          const struct place *place)
{
    const struct routes_type *row = type_at(w, type);
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    size_t from = w->text->len;
    if (overflow || !routes_language_bounds(row, value)) {
        return misfit_by(w, place, type, number, ROUTES_FAULT_RANGE);
    }
    if (json_text_int(w->text, number) != 0) {
        return -1;
    }
    return row->dfa == 0 ? 0 : check_written(w, type, number, from, place);
}

static int
write_scalar(const struct writer *w, uint32_t type, PyObject *object,
             const struct place *place)
{
    enum routes_type_kind kind = (enum routes_type_kind)type_at(w, type)->kind;
    size_t from = w->text->len;
    if (kind == ROUTES_TYPE_INT) {
        return write_int(w, type, object, place);
    }
    if (PyUnicode_Check(object)) {
        return check_str(w, type, object, place) == 0
                   ? put(w, type, object, place)
                   : -1;
    }
    if (PyBytes_Check(object)) {
        return write_bytes(w, type, object, place);
    }
    if (put(w, type, object, place) != 0) {
        return -1;
    }
    return kind == ROUTES_TYPE_BOOL
               ? 0
               : check_written(w, type, object, from, place);
}

/* The value of an enumeration's member, the object itself of any other; new.
 */
static PyObject *
unwrap(const struct writer *w, PyObject *object)
{
    struct apache_state *state = w->shaped->state;
    enum json_type type = JSON_TYPE_NONE;
    if (json_types_find(state, object, &type) != 0) {
        return NULL;
    }
    return type == JSON_TYPE_ENUM
               ? PyObject_GetAttr(object, state->names.value)
               : Py_NewRef(object);
}

static int
write_one(const struct writer *w, uint32_t type, PyObject *object,
          const struct place *place)
{
    const struct apache_state *state = w->shaped->state;
    enum routes_type_kind kind = (enum routes_type_kind)type_at(w, type)->kind;
    if (suits(state, kind, object)) {
        return write_scalar(w, type, object, place);
    }
    PyObject *value = unwrap(w, object); /* new */
    if (value == NULL) {
        return -1;
    }
    int result = suits(state, kind, value)
                     ? write_scalar(w, type, value, place)
                     : misfit(w, place, type, object, "");
    Py_DECREF(value);
    return result;
}

/* ---- lists and maps ----------------------------------------------------- */

static int write_value(const struct writer *w, uint32_t type, PyObject *object,
                       const struct place *place);

/* Takes the reference. */
static int
write_kept(const struct writer *w, uint32_t type, PyObject *object,
           const struct place *place)
{
    int result = write_value(w, type, object, place);
    Py_DECREF(object);
    return result;
}

static int
write_list(const struct writer *w, uint32_t type, PyObject *sequence,
           const struct place *place)
{
    const struct routes_type *row = type_at(w, type);
    struct place inner = {.up = place};
    if (!PyList_Check(sequence) && !PyTuple_Check(sequence)) {
        return misfit(w, place, type, sequence, "");
    }
    if (json_text_char(w->text, '[') != 0) {
        return -1;
    }
    Py_ssize_t i = 0;
    for (; i < PySequence_Fast_GET_SIZE(sequence); i++) {
        inner.index = i;
        if ((i > 0 && json_text_char(w->text, ',') != 0) ||
            write_kept(w, row->item,
                       Py_NewRef(PySequence_Fast_GET_ITEM(sequence, i)),
                       &inner) != 0) {
            return -1;
        }
    }
    return routes_language_bounds(row, i)
               ? json_text_char(w->text, ']')
               : misfit_by(w, place, type, sequence, ROUTES_FAULT_LENGTH);
}

static int
write_entry(const struct writer *w, uint32_t type, PyObject *key,
            PyObject *value, const struct place *place)
{
    struct place inner = {.up = place, .key = key};
    if (!PyUnicode_Check(key)) {
        return refuse(w, place,
                      PyUnicode_FromFormat("expected keys of type str, got "
                                           "%.80s",
                                           Py_TYPE(key)->tp_name));
    }
    if (json_text_str(w->text, key) != 0 ||
        json_text_char(w->text, ':') != 0) {
        return -1;
    }
    return write_value(w, type, value, &inner);
}

static int
write_map(const struct writer *w, uint32_t type, PyObject *dict,
          const struct place *place)
{
    const struct routes_type *row = type_at(w, type);
    Py_ssize_t at = 0;
    Py_ssize_t written = 0;
    PyObject *key = NULL;   /* borrowed, then kept */
    PyObject *value = NULL; /* the same */
    if (!PyDict_Check(dict)) {
        return misfit(w, place, type, dict, "");
    }
    Py_ssize_t size = PyDict_GET_SIZE(dict);
    if (!routes_language_bounds(row, size)) {
        return misfit_by(w, place, type, dict, ROUTES_FAULT_LENGTH);
    }
    if (json_text_char(w->text, '{') != 0) {
        return -1;
    }
    while (PyDict_Next(dict, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        int result = written++ > 0 ? json_text_char(w->text, ',') : 0;
        if (result == 0) {
            result = write_entry(w, row->item, key, value, place);
        }
        Py_DECREF(value);
        Py_DECREF(key);
        if (result != 0) {
            return -1;
        }
    }
    if (written != size || PyDict_GET_SIZE(dict) != size) {
        return misfit(w, place, type, dict, " that changed meanwhile");
    }
    return json_text_char(w->text, '}');
}

/* ---- records ------------------------------------------------------------ */

/* How a member is asked for: returns new, or NULL; an exception that is
 * missing's says that there is none, or none is set. */
typedef PyObject *get_fn(PyObject *object, PyObject *name);

static PyObject *
get_item(PyObject *dict, PyObject *name)
{
    return Py_XNewRef(PyDict_GetItemWithError(dict, name));
}

static PyObject *
get_entry(PyObject *mapping, PyObject *name)
{
    PyObject *value = PyObject_GetItem(mapping, name);
    if (value == NULL && PyErr_ExceptionMatches(PyExc_LookupError)) {
        PyErr_Clear();
    }
    return value;
}

/* What a type says of itself, without code of the object's. */
static int
type_has(PyObject *object, PyObject *name)
{
    return _PyType_Lookup(Py_TYPE(object), name) != NULL;
}

/* Such as sqlite3.Row, as dict() tells them.  What is derived from tuple has
 * attributes: a named tuple. */
static int
is_mapping(const struct apache_state *state, PyObject *object)
{
    return PyMapping_Check(object) && !PyTuple_Check(object) &&
           type_has(object, state->names.keys) &&
           !type_has(object, state->names.dataclass_fields);
}

/* What is no object with members, though it may have a `name`: a value, a
 * container, a class, a generator, a file, a path. */
static int
is_other(const struct apache_state *state, PyObject *object)
{
    return object == Py_None || PyUnicode_Check(object) ||
           PyLong_Check(object) || PyFloat_Check(object) ||
           PyBytes_Check(object) || PyList_Check(object) ||
           PyTuple_CheckExact(object) || PyAnySet_Check(object) ||
           PyType_Check(object) || PyIter_Check(object) ||
           PyObject_CheckBuffer(object) ||
           type_has(object, state->names.fspath);
}

static get_fn *
getter_of(const struct writer *w, PyObject *object)
{
    if (PyDict_Check(object)) {
        return get_item;
    }
    if (is_other(w->shaped->state, object)) {
        return NULL;
    }
    return is_mapping(w->shaped->state, object) ? get_entry : PyObject_GetAttr;
}

/* A record's member that the object does not have; an AttributeError of it may
 * be set, and is told. */
static int
say_missing(const struct writer *w, uint32_t type, const struct place *place)
{
    PyObject *class = NULL; /* new, each */
    PyObject *why = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&class, &why, &trace);
    PyObject *what = why != NULL
                         ? PyUnicode_FromFormat("expected %s, missing (%S)",
                                                spelling_of(w, type), why)
                         : PyUnicode_FromFormat("expected %s, missing",
                                                spelling_of(w, type));
    Py_XDECREF(class);
    Py_XDECREF(why);
    Py_XDECREF(trace);
    return refuse(w, place, what);
}

/* What stands for a member that is absent: 1 and nothing, or its default. */
static int
write_absent(const struct writer *w, const struct routes_member *member,
             const struct place *place, PyObject **value)
{
    struct routes_value constant;
    *value = NULL;
    if (!routes_value_absent(w->shaped->table, member, &constant)) {
        return say_missing(w, member->type, place);
    }
    PyErr_Clear();
    if (constant.kind == ROUTES_VALUE_ABSENT) {
        return 0;
    }
    *value = object_of_value(w->shaped->state, w->shaped->shapes, &constant);
    return *value != NULL ? 0 : -1;
}

/* *value is new, or NULL where an optional one is left out. */
static int
get_member(const struct writer *w, const struct routes_member *member,
           get_fn *get, PyObject *object, PyObject *name,
           const struct place *place, PyObject **value)
{
    *value = get(object, name);
    if (*value != NULL) {
        return 0;
    }
    if (PyErr_Occurred() && !(get == PyObject_GetAttr &&
                              PyErr_ExceptionMatches(PyExc_AttributeError))) {
        return -1;
    }
    return write_absent(w, member, place, value);
}

static int
write_member(const struct writer *w, const struct routes_member *member,
             const struct shape_key *key, PyObject *value, int first,
             const struct place *place)
{
    if (json_text_put(w->text, key->at + first, key->len - (size_t)first) !=
        0) {
        Py_DECREF(value);
        return -1;
    }
    return write_kept(w, member->type, value, place);
}

static int
write_members(const struct writer *w, const struct routes_record *record,
              const struct shape *shape, get_fn *get, PyObject *object,
              const struct place *place)
{
    int first = 1;
    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *member =
            &w->shaped->table->members[record->members + i];
        PyObject *name = PyTuple_GET_ITEM(shape->names, (Py_ssize_t)i);
        struct place inner = {
            .up = place,
            .member = routes_table_text(w->shaped->table, member->name)};
        PyObject *value = NULL; /* new */
        if (get_member(w, member, get, object, name, &inner, &value) != 0) {
            return -1;
        }
        if (value == NULL) {
            continue;
        }
        if (write_member(w, member, &shape->keys[i], value, first, &inner) !=
            0) {
            return -1;
        }
        first = 0;
    }
    return 0;
}

static int
write_record(const struct writer *w, uint32_t type, PyObject *object,
             const struct place *place)
{
    uint32_t row = type_at(w, type)->item;
    get_fn *get = getter_of(w, object);
    if (get == NULL) {
        return misfit(w, place, type, object, "");
    }
    if (json_text_char(w->text, '{') != 0 ||
        write_members(w, &w->shaped->table->records[row],
                      &w->shaped->shapes[row], get, object, place) != 0) {
        return -1;
    }
    return json_text_char(w->text, '}');
}

/* ---- values ------------------------------------------------------------- */

static int
write_container(const struct writer *w, uint32_t type, PyObject *object,
                const struct place *place)
{
    switch (type_at(w, type)->kind) {
    case ROUTES_TYPE_LIST:
        return write_list(w, type, object, place);
    case ROUTES_TYPE_MAP:
        return write_map(w, type, object, place);
    case ROUTES_TYPE_RECORD:
        return write_record(w, type, object, place);
    default:
        return put(w, type, object, place);
    }
}

static int
write_value(const struct writer *w, uint32_t type, PyObject *object,
            const struct place *place)
{
    const struct routes_type *row = type_at(w, type);
    if (object == Py_None && (row->flags & ROUTES_TYPE_OPTIONAL) != 0) {
        return json_text_put(w->text, "null", 4);
    }
    if (row->kind < ROUTES_TYPE_LIST) {
        return write_one(w, type, object, place);
    }
    if (w->text->depth == JSON_MAX_DEPTH) {
        return misfit(w, place, type, object, " nested too deeply");
    }
    w->text->depth++;
    int result = write_container(w, type, object, place);
    w->text->depth--;
    return result;
}

apr_bucket *
shaped_write(const struct shaped *shaped, uint32_t type, PyObject *object,
             apr_pool_t *pool, apr_bucket_alloc_t *list, apr_off_t *length)
{
    struct json_text text;
    struct writer w = {.shaped = shaped, .text = &text, .root = type};
    struct place root = {.up = NULL};
    json_text_begin(&text, shaped->state, pool);
    if (write_value(&w, type, object, &root) != 0) {
        json_text_drop(&text);
        return NULL;
    }
    *length = (apr_off_t)text.len;
    return json_text_bucket(&text, list);
}

/* ---- answers that are no JSON ------------------------------------------- */

int
shaped_is_plain(const struct routes_table *table, uint32_t type)
{
    return table->types[type].kind == ROUTES_TYPE_STR ||
           table->types[type].kind == ROUTES_TYPE_ENUM ||
           table->types[type].kind == ROUTES_TYPE_BYTES;
}

/* Takes the reference, and gives it back if the str is of the type. */
static PyObject *
keep_str(const struct writer *w, uint32_t type, PyObject *str,
         const struct place *place)
{
    if (PyUnicode_Check(str) ? check_str(w, type, str, place) != 0
                             : misfit(w, place, type, str, "") != 0) {
        Py_CLEAR(str);
    }
    return str;
}

static PyObject *
keep_bytes(const struct writer *w, uint32_t type, PyObject *object,
           const struct place *place)
{
    if (!PyBytes_Check(object) && !PyByteArray_Check(object) &&
        !PyMemoryView_Check(object)) {
        misfit(w, place, type, object, "");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromObject(object); /* new */
    if (bytes != NULL && check_bytes(w, type, object, PyBytes_AS_STRING(bytes),
                                     PyBytes_GET_SIZE(bytes), place) != 0) {
        Py_CLEAR(bytes);
    }
    return bytes;
}

PyObject *
shaped_plain(const struct shaped *shaped, uint32_t type, PyObject *object)
{
    struct writer w = {.shaped = shaped, .root = type};
    struct place root = {.up = NULL};
    if (shaped->table->types[type].kind == ROUTES_TYPE_BYTES) {
        return keep_bytes(&w, type, object, &root);
    }
    PyObject *value = PyUnicode_Check(object) ? Py_NewRef(object)
                                              : unwrap(&w, object); /* new */
    return value != NULL ? keep_str(&w, type, value, &root) : NULL;
}
