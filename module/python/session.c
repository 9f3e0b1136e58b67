/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Session: what functions keep for a browser; login and logout.
 *
 * An entry's name is in hexadecimal, its value in base64: see
 * module/session.c.
 */
#include "session.h"

#include <string.h>

#include <apr_encode.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "apache_module.h"
#include "interpreter.h"
#include "pyrequest.h"
#include "view.h"

struct session {
    PyObject_HEAD PyObject *request;       /* owned */
    const struct embed_sessions *sessions; /* borrowed */
    apr_table_t *entries;                  /* as long as the request */
};

static int
clear(PyObject *self)
{
    Py_CLEAR(((struct session *)self)->request);
    return 0;
}

static void
free_session(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((struct session *)self)->request);
    return 0;
}

/* ---- entries ------------------------------------------------------------ */

static struct session *
use(PyObject *self, apr_pool_t **pool)
{
    struct session *session = (struct session *)self;
    request_rec *r = pyrequest_use(session->request);
    if (r == NULL) {
        return NULL;
    }
    *pool = r->pool;
    return session;
}

/* The UTF-8 of a str, or NULL with an exception. */
static const char *
utf8_of(PyObject *object, const char *what, Py_ssize_t *len)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "a %s of a session is a str, not %.100s",
                     what, Py_TYPE(object)->tp_name);
        return NULL;
    }
    return PyUnicode_AsUTF8AndSize(object, len);
}

static const char *
entry_name(const struct session *session, PyObject *key, apr_pool_t *pool)
{
    Py_ssize_t len = 0;
    const char *text = utf8_of(key, "name", &len);
    if (text == NULL) {
        return NULL;
    }
    return apr_pstrcat(
        pool, session->sessions->prefix,
        len == 0 ? "" : apr_pescape_hex(pool, text, (apr_size_t)len, 0), NULL);
}

static PyObject *
decode_value(apr_pool_t *pool, const char *value)
{
    apr_size_t len = 0;
    const char *text =
        apr_pdecode_base64(pool, value + 1, APR_ENCODE_STRING, 0, &len);
    return PyUnicode_DecodeUTF8(text == NULL ? "" : text, (Py_ssize_t)len,
                                "replace");
}

static PyObject *
get(PyObject *self, PyObject *key)
{
    apr_pool_t *pool = NULL;
    const struct session *session = use(self, &pool);
    const char *name = session == NULL ? NULL : entry_name(session, key, pool);
    if (name == NULL) {
        return NULL;
    }
    const char *value = apr_table_get(session->entries, name);
    if (value == NULL || *value == '\0') {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return decode_value(pool, value);
}

static int
contains(PyObject *self, PyObject *key)
{
    apr_pool_t *pool = NULL;
    const struct session *session = use(self, &pool);
    if (session == NULL) {
        return -1;
    }
    if (!PyUnicode_Check(key)) {
        return 0;
    }
    const char *name = entry_name(session, key, pool);
    return name == NULL ? -1 : apr_table_get(session->entries, name) != NULL;
}

static int
count_bytes(void *sum, const char *name, const char *value)
{
    *(apr_size_t *)sum += strlen(name) + strlen(value) + 2;
    return 1;
}

/* Whether a session with one more entry fits into a cookie. */
static int
fits(const struct session *session, const char *name, const char *value)
{
    apr_size_t size = strlen(name) + strlen(value) + 2;
    const char *before = apr_table_get(session->entries, name);
    apr_table_do(count_bytes, &size, session->entries, NULL);
    if (before != NULL) {
        size -= strlen(name) + strlen(before) + 2;
    }
    if (size <= session->sessions->max_size) {
        return 1;
    }
    PyErr_Format(PyExc_ValueError, "a session has room for %zu bytes",
                 session->sessions->max_size);
    return 0;
}

/* The entries are changed with the GIL held, which keeps other threads away;
 * that they are to be saved may block. */
static int
touch(const struct session *session)
{
    void *paused = NULL;
    request_rec *r = pyrequest_leave(session->request, &paused);
    if (r == NULL) {
        return -1;
    }
    session->sessions->touch(r);
    pyrequest_return(session->request, paused);
    return 0;
}

static int
set(PyObject *self, PyObject *key, PyObject *value)
{
    apr_pool_t *pool = NULL;
    const struct session *session = use(self, &pool);
    const char *name = session == NULL ? NULL : entry_name(session, key, pool);
    if (name == NULL) {
        return -1;
    }
    if (value == NULL) {
        if (apr_table_get(session->entries, name) == NULL) {
            PyErr_SetObject(PyExc_KeyError, key);
            return -1;
        }
        apr_table_unset(session->entries, name);
        return touch(session);
    }
    Py_ssize_t len = 0;
    const char *text = utf8_of(value, "value", &len);
    if (text == NULL) {
        return -1;
    }
    /* an empty value would be lost */
    const char *made = apr_pstrcat(
        pool, "v",
        apr_pencode_base64(pool, text, (apr_ssize_t)len,
                           APR_ENCODE_URL | APR_ENCODE_NOPADDING, NULL),
        NULL);
    if (!fits(session, name, made)) {
        return -1;
    }
    apr_table_set(session->entries, name, made);
    return touch(session);
}

/* What functions call an entry; new.  NULL without an exception: it is none
 * of theirs. */
static PyObject *
name_of(const struct session *session, apr_pool_t *pool, const char *name)
{
    size_t prefix = strlen(session->sessions->prefix);
    apr_size_t len = 0;
    if (strncmp(name, session->sessions->prefix, prefix) != 0) {
        return NULL;
    }
    const char *text = name[prefix] == '\0'
                           ? ""
                           : apr_punescape_hex(pool, name + prefix, 0, &len);
    return PyUnicode_DecodeUTF8(text == NULL ? "" : text, (Py_ssize_t)len,
                                "replace");
}

/* The names as a list; new. */
static PyObject *
list_names(PyObject *self)
{
    apr_pool_t *pool = NULL;
    PyObject *names = PyList_New(0); /* new, and code may run meanwhile */
    const struct session *session = names == NULL ? NULL : use(self, &pool);
    if (session == NULL) {
        Py_XDECREF(names);
        return NULL;
    }
    const apr_array_header_t *rows = apr_table_elts(session->entries);
    for (int i = 0; i < rows->nelts && !PyErr_Occurred(); i++) {
        PyObject *name =
            name_of(session, pool,
                    APR_ARRAY_IDX(rows, i, apr_table_entry_t).key); /* new */
        if (name != NULL) {
            PyList_Append(names, name);
            Py_DECREF(name);
        }
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(names);
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
    PyObject *names = list_names(self); /* new */
    Py_ssize_t n = names == NULL ? -1 : PyList_GET_SIZE(names);
    Py_XDECREF(names);
    return n;
}

/* ---- the types ---------------------------------------------------------- */

static PyType_Slot slots[] = {
    {Py_tp_dealloc, free_session},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_iter, iterate},
    {Py_mp_subscript, get},
    {Py_mp_ass_subscript, set},
    {Py_mp_length, count},
    {Py_sq_contains, contains},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "apache._session",
    .basicsize = sizeof(struct session),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

static PyStructSequence_Field login_fields[] = {
    {"user", "who has logged in"},
    {"id", "another at each login"},
    {"since", "when, in seconds since 1970"},
    {NULL, NULL},
};

static PyStructSequence_Desc login_description = {
    .name = "apache.Login",
    .doc = "Who has logged in, as a realm's `load` is asked.",
    .fields = login_fields,
    .n_in_sequence = 3,
};

int
session_add_types(PyObject *module, struct apache_state *state)
{
    state->session_type = view_derive(
        module, &spec, "Session", "What is kept for a browser: text by name.");
    state->login_type = PyStructSequence_NewType(&login_description);
    if (state->session_type == NULL || state->login_type == NULL ||
        PyModule_AddObjectRef(module, "Login",
                              (PyObject *)state->login_type) != 0) {
        return -1;
    }
    return PyModule_AddType(module, state->session_type);
}

PyObject *
session_make_login(struct apache_state *state,
                   const struct embed_question *question)
{
    PyObject *made = PyStructSequence_New(state->login_type);
    if (made == NULL) {
        return NULL;
    }
    PyStructSequence_SET_ITEM(made, 0, PyUnicode_FromString(question->user));
    PyStructSequence_SET_ITEM(made, 1, PyUnicode_FromString(question->id));
    PyStructSequence_SET_ITEM(made, 2, PyLong_FromLongLong(question->since));
    if (PyErr_Occurred()) {
        Py_CLEAR(made);
    }
    return made;
}

PyObject *
session_make(struct apache_state *state, PyObject *request)
{
    const struct embed_sessions *sessions = state->interpreter->sessions;
    const char *fault = "there are no sessions here";
    void *paused = NULL;
    request_rec *r = pyrequest_leave(request, &paused);
    if (r == NULL) {
        return NULL;
    }
    apr_table_t *entries =
        sessions == NULL ? NULL : sessions->entries(r, &fault);
    pyrequest_return(request, paused);
    if (entries == NULL) {
        PyErr_SetString(PyExc_RuntimeError, fault);
        return NULL;
    }
    PyTypeObject *type = state->session_type;
    struct session *made = (struct session *)type->tp_alloc(type, 0);
    if (made != NULL) {
        made->request = Py_NewRef(request);
        made->sessions = sessions;
        made->entries = entries;
    }
    return (PyObject *)made;
}

/* ---- functions ---------------------------------------------------------- */

/* None, or ValueError with the fault. */
static PyObject *
answer(const char *fault)
{
    if (fault != NULL) {
        PyErr_SetString(PyExc_ValueError, fault);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* The request is left with the GIL released; NULL with an exception. */
static request_rec *
leave(struct apache_state *state, PyObject *request, void **paused)
{
    if (Py_TYPE(request) != state->request_type) {
        PyErr_Format(PyExc_TypeError, "expected the request, not %.100s",
                     Py_TYPE(request)->tp_name);
        return NULL;
    }
    if (state->interpreter->sessions == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "there are no sessions here");
        return NULL;
    }
    return pyrequest_leave(request, paused);
}

PyObject *
session_login(PyObject *module, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"request", "user", "realm", NULL};
    struct apache_state *state = apache_module_state(module);
    PyObject *request = NULL;
    const char *user = NULL; /* inside their objects, which args keeps */
    const char *realm = NULL;
    void *paused = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Os|$z:login", names,
                                     &request, &user, &realm)) {
        return NULL;
    }
    request_rec *r = leave(state, request, &paused);
    if (r == NULL) {
        return NULL;
    }
    const char *fault = state->interpreter->sessions->login(r, realm, user);
    pyrequest_return(request, paused);
    return answer(fault);
}

PyObject *
session_logout(PyObject *module, PyObject *request)
{
    struct apache_state *state = apache_module_state(module);
    void *paused = NULL;
    request_rec *r = leave(state, request, &paused);
    if (r == NULL) {
        return NULL;
    }
    const char *fault = state->interpreter->sessions->logout(r);
    pyrequest_return(request, paused);
    return answer(fault);
}

PyObject *
session_csrf_token(PyObject *module, PyObject *args)
{
    struct apache_state *state = apache_module_state(module);
    PyObject *request = pyrequest_current(state); /* new */
    PyObject *token = NULL;                       /* new */
    void *paused = NULL;
    (void)args;
    if (request == NULL) {
        return NULL;
    }
    request_rec *r = leave(state, request, &paused);
    if (r != NULL) {
        const char *text = state->interpreter->sessions->csrf_token(r);
        pyrequest_return(request, paused);
        token = text != NULL
                    ? PyUnicode_FromString(text)
                    : PyErr_Format(PyExc_RuntimeError, "no randomness");
    }
    Py_DECREF(request);
    return token;
}

/* A path that browsers take for one of this server: after '/' neither '/' nor
 * a backslash, which they read as one, and nothing that they leave out. */
static int
is_own(const char *text, Py_ssize_t len)
{
    if (len == 0 || text[0] != '/' || text[1] == '/') {
        return 0;
    }
    for (Py_ssize_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == '\\' ||
            text[i] == 0x7f) {
            return 0;
        }
    }
    return 1;
}

PyObject *
session_own_path(PyObject *module, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"text", "default", NULL};
    PyObject *text = NULL; /* borrowed */
    PyObject *other = NULL;
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|U:own_path", names,
                                     &text, &other)) {
        return NULL;
    }
    Py_ssize_t len = 0;
    const char *at =
        PyUnicode_Check(text) ? PyUnicode_AsUTF8AndSize(text, &len) : NULL;
    PyErr_Clear(); /* of a surrogate: it is no path */
    if (at != NULL && is_own(at, len)) {
        return Py_NewRef(text);
    }
    return other != NULL ? Py_NewRef(other) : PyUnicode_FromString("/");
}
