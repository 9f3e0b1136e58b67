/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Form, and what code that asks for it gets of a request itself.
 */
#include "form.h"

#include <string.h>

#include <structmember.h>

#include "apache_module.h"
#include "interpreter.h"
#include "json_load.h"
#include "pyrequest.h"
#include "stream.h"
#include "upload.h"

#include "../../runtime/args.h"
#include "../../runtime/cookie.h"
#include "../../runtime/form.h"
#include "../../runtime/json.h"
#include "../../runtime/parts.h"
#include "../../runtime/value_json.h"

struct form {
    PyObject_HEAD PyObject *lists; /* owned: {name: [value, ...]} */
    PyObject *files;               /* owned: a form of these, or NULL: it is
                                      one itself */
};

/* ---- the body ----------------------------------------------------------- */

/* What was read and decoded with the GIL released; memory is of r->pool. */
struct taken {
    struct embed_body body;
    const char *why;             /* what is wrong with it, or NULL */
    struct routes_field *fields; /* of a form */
    size_t n_fields;
    const struct routes_json *json;
};

static void
fail(struct taken *taken, int status, const char *why)
{
    taken->body.status = status;
    taken->why = why;
}

/* Counts, and then keeps, the fields. */
static void
decode_form(struct taken *taken, apr_pool_t *pool)
{
    const char *end = taken->body.at + taken->body.len;
    struct routes_field field;
    const char *at = taken->body.at;
    int found;

    for (; at < end && taken->n_fields <= ROUTES_MAX_FIELDS; at++) {
        taken->n_fields += *at == '&';
    }
    taken->fields =
        apr_palloc(pool, (taken->n_fields + 1) * sizeof *taken->fields);
    taken->n_fields = 0;
    at = taken->body.at;
    while ((found = routes_form_next(&at, end, pool, &field)) != 0) {
        if (found < 0 || taken->n_fields == ROUTES_MAX_FIELDS) {
            fail(taken, HTTP_BAD_REQUEST,
                 found < 0 ? "the form has a % that is no escape"
                           : "the form has too many fields");
            return;
        }
        taken->fields[taken->n_fields++] = field;
    }
}

static const char *
why_part(enum routes_fault fault)
{
    return fault == ROUTES_FAULT_TOO_MANY
               ? "the form has too many parts or files"
           : fault == ROUTES_FAULT_ENCODING
               ? "the form has a name or text that is no UTF-8"
               : "the body is no multipart/form-data that is whole";
}

/* What is wrong with the parts, if anything is. */
static void
check_parts(struct taken *taken)
{
    const struct routes_parts *parts = taken->body.parts;
    enum routes_fault fault = parts->fault;
    for (unsigned i = 0; i < parts->n && fault == ROUTES_FAULT_NONE; i++) {
        fault = parts->items[i].fault;
    }
    if (fault != ROUTES_FAULT_NONE) {
        fail(taken, HTTP_BAD_REQUEST, why_part(fault));
    }
}

static void
decode_json(struct taken *taken, apr_pool_t *pool)
{
    enum routes_fault fault = ROUTES_FAULT_NONE;
    taken->json =
        routes_json_read(taken->body.at, taken->body.len, pool, &fault);
    if (taken->json == NULL || !routes_value_json_numbers(taken->json)) {
        fail(taken, HTTP_BAD_REQUEST,
             fault == ROUTES_FAULT_TOO_MANY
                 ? "the body's JSON is too large or too deep"
             : fault == ROUTES_FAULT_DUPLICATE
                 ? "the body's JSON has a member twice"
             : fault == ROUTES_FAULT_ENCODING ? "the body is no UTF-8"
             : fault == ROUTES_FAULT_NONE
                 ? "the body's JSON has a number out of range"
                 : "the body is no JSON");
    }
}

static const char *
why_unread(int status)
{
    switch (status) {
    case HTTP_REQUEST_ENTITY_TOO_LARGE:
        return "the body is longer than its limit";
    case HTTP_UNSUPPORTED_MEDIA_TYPE:
        return "the body is compressed";
    case HTTP_INSUFFICIENT_STORAGE:
    case HTTP_INTERNAL_SERVER_ERROR:
        return "a file of the form could not be kept";
    default:
        return "the body could not be read to its end";
    }
}

/* Whether a body is read as a form or as JSON, whichever is asked for. */
static int
is_of_kind(const struct embed_body *body, enum routes_body kind)
{
    return body->kind == (int)kind ||
           (body->kind == ROUTES_BODY_PARTS && kind == ROUTES_BODY_FORM);
}

static void
decode(struct taken *taken, enum routes_body kind, apr_pool_t *pool)
{
    if (kind == ROUTES_BODY_RAW && taken->body.at != NULL) {
        taken->body.status = OK; /* of its parts nobody asks */
    }
    if (taken->body.status != OK) {
        taken->why = why_unread(taken->body.status);
    }
    else if (taken->body.kind == ROUTES_BODY_NONE) {
        if (kind == ROUTES_BODY_JSON) {
            fail(taken, HTTP_BAD_REQUEST, "the request has no body");
        }
    }
    else if (kind == ROUTES_BODY_RAW) {
        if (taken->body.at == NULL) {
            fail(taken, HTTP_UNSUPPORTED_MEDIA_TYPE,
                 "the body is a form of parts, which are in request.form");
        }
    }
    else if (!is_of_kind(&taken->body, kind)) {
        fail(taken, HTTP_UNSUPPORTED_MEDIA_TYPE,
             kind == ROUTES_BODY_JSON ? "the body is no application/json"
                                      : "the body is no form");
    }
    else if (kind == ROUTES_BODY_JSON) {
        decode_json(taken, pool);
    }
    else if (taken->body.kind == ROUTES_BODY_PARTS) {
        check_parts(taken);
    }
    else {
        decode_form(taken, pool);
    }
}

/* Fills *taken; -1 with an exception. */
static int
take(struct apache_state *state, PyObject *object, enum routes_body kind,
     struct taken *taken)
{
    embed_body_fn *body_of = state->interpreter->body_of;
    void *paused = NULL;
    *taken = (struct taken){.body = {.kind = ROUTES_BODY_NONE}};
    request_rec *r = pyrequest_leave(object, &paused);
    if (r == NULL) {
        return -1;
    }
    int known = body_of != NULL && body_of(r, &taken->body);
    if (known) {
        decode(taken, kind, r->pool);
    }
    pyrequest_return(object, paused);
    if (!known) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the body is not to be had here: an argument of the "
                        "function reads it, or the route is not served yet");
        return -1;
    }
    if (taken->why != NULL) {
        stream_raise(state, taken->body.status, taken->why);
        return -1;
    }
    return 0;
}

/* Text of the request as the one rule has it; new. */
static PyObject *
text_of(struct apache_state *state, const char *at, size_t len)
{
    PyObject *text = PyUnicode_DecodeUTF8(at, (Py_ssize_t)len, NULL);
    if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        PyErr_Clear();
        stream_raise(state, HTTP_BAD_REQUEST,
                     "the request's text is no UTF-8");
    }
    return text;
}

static int
add_value(PyObject *lists, PyObject *name, PyObject *value)
{
    PyObject *list = PyDict_GetItemWithError(lists, name); /* borrowed */
    if (list != NULL) {
        return PyList_Append(list, value);
    }
    if (PyErr_Occurred()) {
        return -1;
    }
    list = PyList_New(1); /* new */
    if (list == NULL) {
        return -1;
    }
    PyList_SET_ITEM(list, 0, Py_NewRef(value));
    int result = PyDict_SetItem(lists, name, list);
    Py_DECREF(list);
    return result;
}

/* Steals value, which may be NULL with an exception. */
static int
add_named(struct apache_state *state, PyObject *lists, const char *name,
          size_t len, PyObject *value)
{
    PyObject *key = value != NULL ? text_of(state, name, len) : NULL; /* new */
    int result = key != NULL ? add_value(lists, key, value) : -1;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return result;
}

static int
add_fields(struct apache_state *state, PyObject *form,
           const struct taken *taken)
{
    PyObject *lists = ((struct form *)form)->lists; /* borrowed */
    int result = 0;
    for (size_t i = 0; i < taken->n_fields && result == 0; i++) {
        const struct routes_field *field = &taken->fields[i];
        result = add_named(state, lists, field->name, field->name_len,
                           text_of(state, field->value, field->value_len));
    }
    return result;
}

/* Files go where texts do not: code that takes a text never gets a file. */
static int
add_part(struct apache_state *state, const struct form *form,
         const struct routes_item *item)
{
    if (item->upload != NULL) {
        return add_named(state, ((struct form *)form->files)->lists,
                         item->name, item->name_len,
                         upload_create(state, item->upload));
    }
    return add_named(
        state, form->lists, item->name, item->name_len,
        text_of(state, item->len > 0 ? item->text : "", item->len));
}

static int
add_parts(struct apache_state *state, PyObject *form,
          const struct routes_parts *parts)
{
    int result = 0;
    for (unsigned i = 0; i < parts->n && result == 0; i++) {
        result = add_part(state, (struct form *)form, &parts->items[i]);
    }
    return result;
}

/* An empty one, without files; new. */
static PyObject *
make_empty(struct apache_state *state)
{
    PyTypeObject *type = state->form_type;
    PyObject *lists = PyDict_New(); /* new, each */
    PyObject *made = lists != NULL ? type->tp_alloc(type, 0) : NULL;
    if (made == NULL) {
        Py_XDECREF(lists);
        return NULL;
    }
    ((struct form *)made)->lists = lists; /* kept */
    return made;
}

static PyObject *
make_form(struct apache_state *state, const struct taken *taken)
{
    PyObject *files = make_empty(state); /* new, each */
    PyObject *form = files != NULL ? make_empty(state) : NULL;
    if (form == NULL) {
        Py_XDECREF(files);
        return NULL;
    }
    ((struct form *)form)->files = files; /* kept */
    int result = taken->body.kind == ROUTES_BODY_PARTS
                     ? add_parts(state, form, taken->body.parts)
                     : add_fields(state, form, taken);
    if (result != 0) {
        Py_CLEAR(form);
    }
    return form;
}

PyObject *
form_of_body(struct apache_state *state, PyObject *object)
{
    struct taken taken;
    return take(state, object, ROUTES_BODY_FORM, &taken) == 0
               ? make_form(state, &taken)
               : NULL;
}

PyObject *
form_json_of_body(struct apache_state *state, PyObject *object)
{
    struct taken taken;
    return take(state, object, ROUTES_BODY_JSON, &taken) == 0
               ? json_load_object(taken.json)
               : NULL;
}

PyObject *
form_raw_body(struct apache_state *state, PyObject *object)
{
    struct taken taken;
    return take(state, object, ROUTES_BODY_RAW, &taken) == 0
               ? PyBytes_FromStringAndSize(taken.body.at,
                                           (Py_ssize_t)taken.body.len)
               : NULL;
}

/* ---- cookies ------------------------------------------------------------ */

/* The first of a name counts, as where arguments take them. */
static int
add_cookie(struct apache_state *state, PyObject *dict,
           const struct routes_field *field)
{
    PyObject *name = text_of(state, field->name, field->name_len);
    PyObject *value =
        name != NULL ? text_of(state, field->value, field->value_len) : NULL;
    PyObject *kept =
        value != NULL ? PyDict_SetDefault(dict, name, value) : NULL;
    Py_XDECREF(value);
    Py_XDECREF(name);
    return kept != NULL ? 0 : -1;
}

PyObject *
form_of_cookies(struct apache_state *state, PyObject *object)
{
    PyObject *dict = PyDict_New(); /* new, and code may run meanwhile */
    const request_rec *r = dict != NULL ? pyrequest_use(object) : NULL;
    if (r == NULL) {
        Py_XDECREF(dict);
        return NULL;
    }
    const char *at = apr_table_get(r->headers_in, "Cookie");
    const char *end = at != NULL ? at + strlen(at) : NULL;
    struct routes_field field;
    int found = 0;
    while (dict != NULL && at != NULL &&
           (found = routes_cookie_next(&at, end, &field)) != 0) {
        if (found < 0) {
            continue; /* what RFC 6265 does not allow is none */
        }
        if (add_cookie(state, dict, &field) != 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

/* ---- the type ----------------------------------------------------------- */

static PyObject *
lists_of(PyObject *self)
{
    return ((struct form *)self)->lists;
}

/* The first value of a name, borrowed; NULL, maybe with an exception. */
static PyObject *
first_of(PyObject *self, PyObject *name)
{
    PyObject *list = PyDict_GetItemWithError(lists_of(self), name);
    return list != NULL && PyList_GET_SIZE(list) > 0 ? PyList_GET_ITEM(list, 0)
                                                     : NULL;
}

static PyObject *
get_item(PyObject *self, PyObject *name)
{
    PyObject *value = first_of(self, name);
    if (value == NULL && !PyErr_Occurred()) {
        PyErr_SetObject(PyExc_KeyError, name);
    }
    return Py_XNewRef(value);
}

static PyObject *
get_first(PyObject *self, PyObject *args)
{
    PyObject *name = NULL; /* borrowed, each */
    PyObject *absent = Py_None;
    if (!PyArg_ParseTuple(args, "O|O:getfirst", &name, &absent)) {
        return NULL;
    }
    PyObject *value = first_of(self, name);
    return value == NULL && PyErr_Occurred()
               ? NULL
               : Py_NewRef(value != NULL ? value : absent);
}

static PyObject *
get_list(PyObject *self, PyObject *name)
{
    PyObject *list = PyDict_GetItemWithError(lists_of(self), name);
    if (list == NULL) {
        return PyErr_Occurred() ? NULL : PyList_New(0);
    }
    return PyList_GetSlice(list, 0, PyList_GET_SIZE(list));
}

static PyObject *
get_keys(PyObject *self, PyObject *args)
{
    (void)args;
    return PyDict_Keys(lists_of(self));
}

static Py_ssize_t
length(PyObject *self)
{
    return PyDict_GET_SIZE(lists_of(self));
}

static int
contains(PyObject *self, PyObject *name)
{
    return PyDict_Contains(lists_of(self), name);
}

static PyObject *
iterate(PyObject *self)
{
    return PyObject_GetIter(lists_of(self));
}

static PyObject *
repr(PyObject *self)
{
    return PyUnicode_FromFormat("<apache.Form of %zd>", length(self));
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((struct form *)self)->lists);
    Py_VISIT(((struct form *)self)->files);
    return 0;
}

static void
free_form(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((struct form *)self)->lists);
    Py_CLEAR(((struct form *)self)->files);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"getfirst", get_first, METH_VARARGS, "getfirst(name, default=None)"},
    {"get", get_first, METH_VARARGS, "get(name, default=None)"},
    {"getlist", get_list, METH_O, "getlist(name): all of its values"},
    {"keys", get_keys, METH_NOARGS, "keys(): the names, in their order"},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"files", T_OBJECT_EX, offsetof(struct form, files), READONLY,
     "its files, an apache.Form of apache.Upload"},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "The fields of a form: the first value of each name."},
    {Py_tp_dealloc, free_form},
    {Py_tp_traverse, traverse},
    {Py_tp_members, members},
    {Py_tp_repr, repr},
    {Py_tp_iter, iterate},
    {Py_tp_methods, methods},
    {Py_mp_subscript, get_item},
    {Py_mp_length, length},
    {Py_sq_contains, contains},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "apache.Form",
    .basicsize = sizeof(struct form),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

PyTypeObject *
form_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
