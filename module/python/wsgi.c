/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A WSGI application's answer to one request.
 */
#include "wsgi.h"

#include "apache_module.h"
#include "files.h"
#include "interpreter.h"
#include "outlet.h"
#include "wsgi_environ.h"
#include "wsgi_file.h"
#include "wsgi_start.h"

static int
refuse(const struct outlet *outlet, const char *what, PyObject *object)
{
    PyErr_Format(outlet->interpreter->apache->refusal, what,
                 Py_TYPE(object)->tp_name);
    return -1;
}

/* ---- chunks ------------------------------------------------------------- */

/* Not before the first chunk is there: a generator runs no line earlier. */
static int
check_said(const struct outlet *outlet)
{
    if (outlet->said) {
        return 0;
    }
    PyErr_SetString(outlet->interpreter->apache->refusal,
                    "gave a body without a call of start_response");
    return -1;
}

static int
send_chunk(struct outlet *outlet, PyObject *chunk, int flush)
{
    if (check_said(outlet) != 0) {
        return -1;
    }
    if (!PyBytes_Check(chunk)) {
        return refuse(outlet,
                      "gave a chunk of type %.80s: an application gives an "
                      "iterable of bytes",
                      chunk);
    }
    return outlet_send(outlet, chunk, PyBytes_AS_STRING(chunk),
                       (size_t)PyBytes_GET_SIZE(chunk), flush);
}

/* Whether what the iterable would still give is sent to nobody. */
static int
is_over(const struct outlet *outlet)
{
    return outlet->said && heading_is_bodiless(&outlet->heading, outlet->r);
}

/* A body that is whole has a length, and no reason to leave in parts. */
static int
send_list(struct outlet *outlet, PyObject *list)
{
    Py_ssize_t n = PySequence_Fast_GET_SIZE(list);
    if (n == 1 && outlet->said && !outlet->begun &&
        outlet->heading.length == HEADING_NO_LENGTH &&
        PyBytes_Check(PySequence_Fast_GET_ITEM(list, 0))) {
        outlet->heading.length =
            PyBytes_GET_SIZE(PySequence_Fast_GET_ITEM(list, 0));
    }
    int result = 0;
    for (Py_ssize_t i = 0;
         result == 0 && i < PySequence_Fast_GET_SIZE(list) && !is_over(outlet);
         i++) {
        PyObject *chunk = Py_NewRef(PySequence_Fast_GET_ITEM(list, i));
        result = send_chunk(outlet, chunk, 0);
        Py_DECREF(chunk);
    }
    return result;
}

/* Each chunk leaves before the next one is asked for. */
static int
send_iterator(struct outlet *outlet, PyObject *iterator)
{
    int result = 0;
    while (result == 0) {
        PyObject *chunk = PyIter_Next(iterator); /* new */
        if (chunk == NULL) {
            return PyErr_Occurred() ? -1 : 0;
        }
        result = send_chunk(outlet, chunk, 1);
        Py_DECREF(chunk);
        if (is_over(outlet)) {
            break;
        }
    }
    return result;
}

/* A file from its descriptor: 1, 0 if it must be read, -1 with an
 * exception. */
static int
send_file(struct outlet *outlet, PyObject *file)
{
    struct reply reply = {.file = -1};
    if (check_said(outlet) != 0) {
        return -1;
    }
    int taken =
        files_borrow(outlet->interpreter->apache, outlet->r, file, &reply);
    if (taken <= 0) {
        return taken;
    }
    return outlet_send_file(outlet, &reply) == 0 ? 1 : -1;
}

static int
send_body(struct outlet *outlet, PyObject *body)
{
    PyObject *file =
        wsgi_file_of(outlet->interpreter->apache, body); /* borrowed */
    int sent = file != NULL ? send_file(outlet, file) : 0;
    if (sent != 0) {
        return sent > 0 ? 0 : -1;
    }
    if (PyList_CheckExact(body) || PyTuple_CheckExact(body)) {
        return send_list(outlet, body);
    }
    if (PyUnicode_Check(body) || PyBytes_Check(body)) {
        return refuse(outlet,
                      "gave a %.80s, whose chunks would be single characters: "
                      "an application gives an iterable of bytes, such as a "
                      "list",
                      body);
    }
    PyObject *iterator = PyObject_GetIter(body); /* new */
    int result = iterator != NULL ? send_iterator(outlet, iterator) : -1;
    Py_XDECREF(iterator);
    return result;
}

/* ---- the end ------------------------------------------------------------ */

/* What tidies up has some time left. */
static void
extend_time(const struct outlet *outlet)
{
    struct interpreter_thread *thread =
        interpreter_thread(outlet->interpreter);
    if (thread->scope.left != 0) {
        deadline_end(thread);
        deadline_extend(&thread->scope.left);
        deadline_begin(thread);
    }
}

/* Closes what the application gave; what went wrong first is told. */
static int
close_body(const struct outlet *outlet, PyObject *body, int result)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    extend_time(outlet);
    int closed = files_close(body);
    if (result == 0) {
        return closed;
    }
    PyErr_Restore(type, value, trace);
    return result;
}

static int
finish(struct outlet *outlet)
{
    return check_said(outlet) != 0 ? -1 : outlet_finish(outlet);
}

static int
call_app(struct outlet *outlet, PyObject *app, PyObject *variables,
         PyObject *start)
{
    PyObject *const args[] = {variables, start};
    PyObject *body = PyObject_Vectorcall(app, args, 2, NULL); /* new */
    if (body == NULL) {
        return -1;
    }
    int result = send_body(outlet, body);
    if (result == 0) {
        result = finish(outlet);
    }
    result = close_body(outlet, body, result);
    Py_DECREF(body);
    return result;
}

int
wsgi_run(struct outlet *outlet, PyObject *base, PyObject *app,
         const struct embed_visit *visit)
{
    struct apache_state *state = outlet->interpreter->apache;
    int result = -1;
    PyObject *start = NULL; /* new */
    PyObject *variables = wsgi_environ_make(state, base, outlet->r, visit);
    if (variables == NULL) {
        return -1;
    }
    start = wsgi_start_create(state, outlet);
    if (start != NULL) {
        result = call_app(outlet, app, variables, start);
        wsgi_start_end(start);
        Py_DECREF(start);
    }
    Py_DECREF(variables);
    return result;
}
