/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that realms ask who calls.
 *
 * What is no answer is an exception: a dict with a key that nobody knows says
 * something that would be ignored, and the caller stays unknown.
 */
#include "ask.h"

#include <string.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "loop.h"
#include "pyrequest.h"
#include "session.h"

/* ---- at start ----------------------------------------------------------- */

/* The arguments by position that a function of this kind is called with. */
static int
count_arguments(enum embed_ask kind)
{
    switch (kind) {
    case EMBED_ASK_PASSWORD:
        return 2;
    case EMBED_ASK_REQUEST:
    case EMBED_ASK_SESSION:
        break;
    }
    return 1;
}

int
ask_make(struct apache_state *state, enum embed_ask kind, PyObject *callable,
         const struct signature *signature, struct ask *ask)
{
    int n = count_arguments(kind);
    if (!signature_takes_positional(signature, n)) {
        PyErr_Format(state->refusal,
                     "can't be called with %d argument%s by position, as its "
                     "realm does",
                     n, n == 1 ? "" : "s");
        return -1;
    }
    if ((signature->lazy & ~CO_GENERATOR) != 0 &&
        loop_need(state->interpreter) != 0) {
        return -1;
    }
    ask->callable = Py_NewRef(callable);
    return 0;
}

/* ---- the call ----------------------------------------------------------- */

static PyObject *
ask_password(const struct ask *ask, const struct embed_question *question)
{
    PyObject *result = NULL;                                       /* new */
    PyObject *user = PyUnicode_FromString(question->user);         /* new */
    PyObject *password = PyUnicode_FromString(question->password); /* new */
    if (user != NULL && password != NULL) {
        result =
            PyObject_CallFunctionObjArgs(ask->callable, user, password, NULL);
    }
    Py_XDECREF(password);
    Py_XDECREF(user);
    return result;
}

static PyObject *
ask_session(struct apache_state *state, const struct ask *ask,
            const struct embed_question *question)
{
    PyObject *login = session_make_login(state, question); /* new */
    if (login == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallOneArg(ask->callable, login);
    Py_DECREF(login);
    return result;
}

static PyObject *
ask_request(struct apache_state *state, const struct ask *ask)
{
    PyObject *request = pyrequest_current(state); /* new */
    if (request == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallOneArg(ask->callable, request);
    Py_DECREF(request);
    return result;
}

PyObject *
ask_call(struct apache_state *state, const struct ask *ask,
         const struct embed_question *question)
{
    switch (question->kind) {
    case EMBED_ASK_PASSWORD:
        return ask_password(ask, question);
    case EMBED_ASK_SESSION:
        return ask_session(state, ask, question);
    case EMBED_ASK_REQUEST:
        break;
    }
    return ask_request(state, ask);
}

/* ---- the answer --------------------------------------------------------- */

/* A copy of a str in pool, or NULL with an exception. */
static const char *
copy_text(apr_pool_t *pool, PyObject *object, const char *what)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s is %.100s, not a str", what,
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    Py_ssize_t len = 0;
    const char *text = PyUnicode_AsUTF8AndSize(object, &len);
    if (text == NULL) {
        return NULL;
    }
    if (strlen(text) != (size_t)len) {
        PyErr_Format(PyExc_ValueError, "%s has a NUL in it", what);
        return NULL;
    }
    return apr_pstrmemdup(pool, text, (apr_size_t)len);
}

static int
read_user(apr_pool_t *pool, PyObject *object, struct routes_caller *caller)
{
    caller->user = copy_text(pool, object, "the user");
    return caller->user == NULL ? -1 : 0;
}

/* The strs of an iterable, as const char *, or NULL with an exception.  A str
 * is none: its letters are no roles. */
static apr_array_header_t *
copy_names(apr_pool_t *pool, PyObject *object, const char *what)
{
    if (PyUnicode_Check(object) || PyBytes_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s are %.100s, not a list of str", what,
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    PyObject *list = PySequence_List(object); /* new */
    if (list == NULL) {
        return NULL;
    }
    apr_array_header_t *names =
        apr_array_make(pool, (int)PyList_GET_SIZE(list), sizeof(const char *));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        const char *name =
            copy_text(pool, PyList_GET_ITEM(list, i), "a role or scope");
        if (name == NULL) {
            names = NULL;
            break;
        }
        APR_ARRAY_PUSH(names, const char *) = name;
    }
    Py_DECREF(list);
    return names;
}

static int
read_roles(apr_pool_t *pool, PyObject *object, struct routes_caller *caller)
{
    apr_array_header_t *names = copy_names(pool, object, "the roles");
    if (names == NULL) {
        return -1;
    }
    routes_caller_set_roles(caller, names);
    return 0;
}

static int
read_scopes(apr_pool_t *pool, PyObject *object, struct routes_caller *caller)
{
    apr_array_header_t *names = copy_names(pool, object, "the scopes");
    if (names == NULL) {
        return -1;
    }
    routes_caller_set_scopes(caller, names);
    return 0;
}

/* As JSON, which requirements and functions read when they look at them. */
static int
read_claims(apr_pool_t *pool, PyObject *object, struct routes_caller *caller)
{
    if (!PyDict_Check(object)) {
        PyErr_Format(PyExc_TypeError, "the claims are %.100s, not a dict",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    PyObject *json = PyImport_ImportModule("json"); /* new */
    PyObject *text = json == NULL ? NULL
                                  : PyObject_CallMethod(json, "dumps", "O",
                                                        object); /* new */
    if (text != NULL) {
        caller->claims_json = copy_text(pool, text, "JSON of the claims");
    }
    Py_XDECREF(text);
    Py_XDECREF(json);
    return caller->claims_json == NULL ? -1 : 0;
}

typedef int
read_fn(apr_pool_t *pool, PyObject *object, struct routes_caller *caller);

static read_fn *
find_reader(PyObject *key)
{
    static const struct {
        const char *name;
        read_fn *read;
    } known[] = {
        {"user", read_user},
        {"roles", read_roles},
        {"scopes", read_scopes},
        {"claims", read_claims},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (PyUnicode_Check(key) &&
            PyUnicode_CompareWithASCIIString(key, known[i].name) == 0) {
            return known[i].read;
        }
    }
    PyErr_Format(PyExc_ValueError,
                 "the answer to a realm has the keys user, roles, scopes and "
                 "claims, not %R",
                 key);
    return NULL;
}

static int
read_dict(apr_pool_t *pool, PyObject *given, struct routes_caller *caller)
{
    PyObject *copy = PyDict_Copy(given); /* new: values may run code */
    PyObject *key = NULL;
    PyObject *value = NULL;
    Py_ssize_t at = 0;
    int result = copy == NULL ? -1 : 0;

    while (result == 0 && PyDict_Next(copy, &at, &key, &value)) {
        read_fn *read = find_reader(key);
        result = read == NULL ? -1 : read(pool, value, caller);
    }
    Py_XDECREF(copy);
    if (result == 0 && caller->user == NULL) {
        PyErr_SetString(PyExc_ValueError,
                        "the answer to a realm names no user");
        return -1;
    }
    return result;
}

static int
refuse_answer(PyObject *given)
{
    PyErr_Format(PyExc_TypeError, "answers its realm with %.100s",
                 Py_TYPE(given)->tp_name);
    return -1;
}

int
ask_read(struct apache_state *state, apr_pool_t *pool,
         const struct embed_question *question, PyObject *given,
         enum embed_word *word, struct routes_caller *caller)
{
    (void)state;
    *word = given == Py_None ? EMBED_NOTHING : EMBED_NO;
    if (given == Py_None || given == Py_False) {
        return 0;
    }
    *word = EMBED_YES;
    *caller = (struct routes_caller){.user = question->user};
    if (given == Py_True && question->user != NULL) {
        return 0;
    }
    if (PyDict_Check(given)) {
        return read_dict(pool, given, caller);
    }
    if (PyUnicode_Check(given) && question->kind != EMBED_ASK_PASSWORD) {
        return read_user(pool, given, caller);
    }
    return refuse_answer(given);
}
