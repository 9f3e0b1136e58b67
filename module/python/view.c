/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.table: one of a request's tables as a MutableMapping.
 *
 * C has the five methods that touch httpd's table, and those that a mapping
 * does not have (add, getlist); the rest is what collections.abc makes of
 * them.
 */
#include "view.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

#include <httpd.h>
#include <apr_tables.h>

#include "apache_module.h"
#include "headers.h"
#include "pyrequest.h"
#include "text.h"

struct view {
    PyObject_HEAD PyObject *request; /* owned */
    enum view_kind kind;
};

static void
free_view(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((struct view *)self)->request);
    type->tp_free(self);
    Py_DECREF(type);
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((struct view *)self)->request);
    return 0;
}

static int
clear(PyObject *self)
{
    Py_CLEAR(((struct view *)self)->request);
    return 0;
}

/* ---- httpd's side ------------------------------------------------------- */

/* The table, or NULL with an exception. */
static apr_table_t *
table_of(PyObject *self)
{
    const struct view *view = (const struct view *)self;
    const request_rec *r = pyrequest_use(view->request);
    if (r == NULL) {
        return NULL;
    }
    switch (view->kind) {
    case VIEW_HEADERS_IN:
        return r->headers_in;
    case VIEW_HEADERS_OUT:
        return r->headers_out;
    case VIEW_ERR_HEADERS_OUT:
        return r->err_headers_out;
    case VIEW_SUBPROCESS_ENV:
        return r->subprocess_env;
    case VIEW_NOTES:
        break;
    }
    return r->notes;
}

static int
is_answer(PyObject *self)
{
    enum view_kind kind = ((const struct view *)self)->kind;
    return kind == VIEW_HEADERS_OUT || kind == VIEW_ERR_HEADERS_OUT;
}

static int
is_headers(PyObject *self)
{
    return is_answer(self) ||
           ((const struct view *)self)->kind == VIEW_HEADERS_IN;
}

/* A name to write under, in the table's pool. */
static const char *
name_to_write(PyObject *self, PyObject *object, apr_pool_t *pool)
{
    const char *name = text_latin1(object, "name", pool);
    if (name == NULL) {
        return NULL;
    }
    if (is_headers(self) &&
        (*name == '\0' || *ap_scan_http_token(name) != '\0')) {
        PyErr_Format(PyExc_ValueError, "%R is no name of a header", object);
        return NULL;
    }
    if (is_answer(self) &&
        (headers_is_reserved(name) || strcasecmp(name, "Content-Type") == 0)) {
        PyErr_Format(PyExc_ValueError,
                     "the header %R is httpd's to set, or said by the answer",
                     object);
        return NULL;
    }
    return name;
}

/* A value is not shown: it may be a secret. */
static const char *
value_to_write(PyObject *self, const char *name, PyObject *object,
               apr_pool_t *pool)
{
    const char *what =
        is_headers(self)
            ? apr_psprintf(pool, "value of the header \"%.80s\"", name)
            : "value";
    const char *value = text_latin1(object, what, pool);
    if (value != NULL && is_headers(self) &&
        *ap_scan_http_field_content(value) != '\0') {
        PyErr_Format(PyExc_ValueError, "a control character in the %s", what);
        return NULL;
    }
    return value;
}

/* Writes with apr_table_set or apr_table_add. */
static int
write_pair(PyObject *self, PyObject *key, PyObject *object,
           void (*put)(apr_table_t *, const char *, const char *))
{
    apr_table_t *table = table_of(self);
    if (table == NULL) {
        return -1;
    }
    apr_pool_t *pool = apr_table_elts(table)->pool;
    const char *name = name_to_write(self, key, pool);
    const char *value =
        name == NULL ? NULL : value_to_write(self, name, object, pool);
    if (value == NULL) {
        return -1;
    }
    put(table, name, value);
    return 0;
}

/* A key to look for: UTF-8 or bytes, borrowed from it; NULL, without an
 * exception, for what no table has. */
static const char *
name_to_find(PyObject *key)
{
    if (PyBytes_Check(key)) {
        return PyBytes_AS_STRING(key);
    }
    if (!PyUnicode_Check(key) || !PyUnicode_IS_ASCII(key)) {
        return NULL;
    }
    return PyUnicode_AsUTF8(key);
}

static PyObject *
latin1(const char *text)
{
    return PyUnicode_DecodeLatin1(text, (Py_ssize_t)strlen(text), NULL);
}

/* ---- the mapping -------------------------------------------------------- */

static PyObject *
get(PyObject *self, PyObject *key)
{
    apr_table_t *table = table_of(self);
    if (table == NULL) {
        return NULL;
    }
    const char *name = name_to_find(key);
    const char *value = name == NULL ? NULL : apr_table_get(table, name);
    if (value == NULL) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return latin1(value);
}

static int
contains(PyObject *self, PyObject *key)
{
    apr_table_t *table = table_of(self);
    if (table == NULL) {
        return -1;
    }
    const char *name = name_to_find(key);
    return name != NULL && apr_table_get(table, name) != NULL;
}

static int
unset(PyObject *self, PyObject *key)
{
    int there = contains(self, key);
    if (there < 0) {
        return -1;
    }
    if (there == 0) {
        PyErr_SetObject(PyExc_KeyError, key);
        return -1;
    }
    apr_table_unset(table_of(self), name_to_find(key));
    return 0;
}

static int
set(PyObject *self, PyObject *key, PyObject *value)
{
    if (value == NULL) {
        return unset(self, key);
    }
    return write_pair(self, key, value, apr_table_set);
}

/* Whether the i-th entry is the first of its name. */
static int
is_first(const apr_array_header_t *entries, int i)
{
    const apr_table_entry_t *rows = (const apr_table_entry_t *)entries->elts;
    for (int j = 0; j < i; j++) {
        if (rows[j].key != NULL && strcasecmp(rows[j].key, rows[i].key) == 0) {
            return 0;
        }
    }
    return rows[i].key != NULL;
}

/* The names, each once, as a list; new. */
static PyObject *
list_names(PyObject *self)
{
    PyObject *names = PyList_New(0); /* new, and code may run meanwhile */
    apr_table_t *table = names == NULL ? NULL : table_of(self);
    if (table == NULL) {
        Py_XDECREF(names);
        return NULL;
    }
    const apr_array_header_t *entries = apr_table_elts(table);
    for (int i = 0; i < entries->nelts; i++) {
        if (!is_first(entries, i)) {
            continue;
        }
        PyObject *name =
            latin1(((const apr_table_entry_t *)entries->elts)[i].key);
        if (name == NULL || PyList_Append(names, name) != 0) {
            Py_XDECREF(name);
            Py_DECREF(names);
            return NULL;
        }
        Py_DECREF(name);
    }
    return names;
}

static PyObject *
iterate(PyObject *self)
{
    PyObject *names = list_names(self); /* new */
    if (names == NULL) {
        return NULL;
    }
    PyObject *iterator = PyObject_GetIter(names);
    Py_DECREF(names);
    return iterator;
}

static Py_ssize_t
count(PyObject *self)
{
    apr_table_t *table = table_of(self);
    Py_ssize_t n = 0;
    if (table == NULL) {
        return -1;
    }
    const apr_array_header_t *entries = apr_table_elts(table);
    for (int i = 0; i < entries->nelts; i++) {
        n += is_first(entries, i);
    }
    return n;
}

/* ---- what a mapping does not have --------------------------------------- */

static PyObject *
add(PyObject *self, PyObject *args)
{
    PyObject *key = NULL;   /* borrowed */
    PyObject *value = NULL; /* borrowed */
    if (!PyArg_ParseTuple(args, "OO:add", &key, &value) ||
        write_pair(self, key, value, apr_table_add) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static int
append_value(void *list, const char *key, const char *text)
{
    PyObject *value = latin1(text); /* new */
    (void)key;
    int done = value != NULL && PyList_Append(list, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *
get_list(PyObject *self, PyObject *key)
{
    PyObject *list = PyList_New(0); /* new, and code may run meanwhile */
    apr_table_t *table = list == NULL ? NULL : table_of(self);
    const char *name = table == NULL ? NULL : name_to_find(key);
    if (name != NULL) {
        apr_table_do(append_value, list, table, name, NULL);
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(list);
    }
    return list;
}

static PyObject *
repr(PyObject *self)
{
    PyObject *dict = PyObject_CallFunctionObjArgs((PyObject *)&PyDict_Type,
                                                  self, NULL); /* new */
    if (dict == NULL) {
        return NULL;
    }
    PyObject *text = PyUnicode_FromFormat("apache.table(%R)", dict);
    Py_DECREF(dict);
    return text;
}

/* ---- the type ----------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, "add(name, value): one more of this name"},
    {"getlist", get_list, METH_O, "getlist(name): all values, in order"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, free_view},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_repr, repr},
    {Py_tp_iter, iterate},
    {Py_mp_subscript, get},
    {Py_mp_ass_subscript, set},
    {Py_mp_length, count},
    {Py_sq_contains, contains},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "apache._table",
    .basicsize = sizeof(struct view),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

/* class NAME(base, MutableMapping): __slots__ = () */
static PyTypeObject *
derive(PyObject *base, PyObject *mapping, const char *name, const char *doc)
{
    PyObject *dict = Py_BuildValue("{s:(), s:s, s:s}", "__slots__",
                                   "__module__", "apache", "__doc__", doc);
    if (dict == NULL) {
        return NULL;
    }
    PyObject *made =
        PyObject_CallFunction((PyObject *)Py_TYPE(mapping), "s(OO)O", name,
                              base, mapping, dict); /* new */
    Py_DECREF(dict);
    return (PyTypeObject *)made;
}

PyTypeObject *
view_derive(PyObject *module, PyType_Spec *base_spec, const char *name,
            const char *doc)
{
    PyTypeObject *made = NULL; /* new, each */
    PyObject *base = PyType_FromModuleAndSpec(module, base_spec, NULL);
    PyObject *abc = PyImport_ImportModule("collections.abc");
    PyObject *mapping =
        abc == NULL ? NULL : PyObject_GetAttrString(abc, "MutableMapping");
    if (base != NULL && mapping != NULL) {
        made = derive(base, mapping, name, doc);
    }
    Py_XDECREF(mapping);
    Py_XDECREF(abc);
    Py_XDECREF(base);
    return made;
}

PyTypeObject *
view_make_type(PyObject *module)
{
    return view_derive(module, &spec, "table",
                       "One of a request's tables, live.");
}

PyObject *
view_make(struct apache_state *state, PyObject *request, enum view_kind kind)
{
    PyTypeObject *type = state->view_type;
    struct view *view = (struct view *)type->tp_alloc(type, 0);
    if (view != NULL) {
        view->request = Py_NewRef(request);
        view->kind = kind;
    }
    return (PyObject *)view;
}
