/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Request: a request as the function that it calls sees it.
 */
#include "pyrequest.h"

#include <stddef.h>
#include <unistd.h>

#include <http_config.h>
#include <http_log.h>
#include <http_ssl.h>
#include <apr_strings.h>
#include <structmember.h>

#include "apache_module.h"
#include "form.h"
#include "interpreter.h"
#include "principal.h"
#include "session.h"
#include "stream.h"
#include "text.h"
#include "view.h"

#include "../../runtime/table.h"
#include "../log.h"

struct pyrequest {
    PyObject_HEAD struct apache_state *state; /* borrowed */
    request_rec *r;                   /* borrowed; NULL: it has ended */
    const struct routes_table *table; /* borrowed */
    uint32_t route;
    uint32_t format;
    int away;       /* the thread that serves it is out of Python with it */
    PyObject *body; /* owned: its apache.Stream, or NULL */
    PyObject *dict; /* owned: what functions keep with the request */
    PyObject *form; /* owned, each, or NULL: not asked for so far */
    PyObject *json;
    PyObject *cookies;
};

static int
clear(PyObject *self)
{
    Py_CLEAR(((struct pyrequest *)self)->body);
    Py_CLEAR(((struct pyrequest *)self)->dict);
    Py_CLEAR(((struct pyrequest *)self)->form);
    Py_CLEAR(((struct pyrequest *)self)->json);
    Py_CLEAR(((struct pyrequest *)self)->cookies);
    return 0;
}

static void
free_request(PyObject *self)
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
    Py_VISIT(((struct pyrequest *)self)->body);
    Py_VISIT(((struct pyrequest *)self)->dict);
    Py_VISIT(((struct pyrequest *)self)->form);
    Py_VISIT(((struct pyrequest *)self)->json);
    Py_VISIT(((struct pyrequest *)self)->cookies);
    return 0;
}

/* ---- reaching httpd's structures ---------------------------------------- */

request_rec *
pyrequest_use(PyObject *object)
{
    struct pyrequest *request = (struct pyrequest *)object;
    if (request->r == NULL) {
        PyErr_SetString(request->state->ended,
                        "the request has ended, and what httpd kept of it "
                        "is gone");
        return NULL;
    }
    if (request->away) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the thread that serves the request is working on "
                        "it");
        return NULL;
    }
    if (request->body != NULL && stream_is_busy(request->body)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "another thread reads the body of the request");
        return NULL;
    }
    return request->r;
}

request_rec *
pyrequest_leave(PyObject *object, void **paused)
{
    struct pyrequest *request = (struct pyrequest *)object;
    request_rec *r = pyrequest_use(object);
    const struct interpreter_thread *thread =
        interpreter_thread(request->state->interpreter);
    if (r == NULL) {
        return NULL;
    }
    if (thread == NULL || thread->scope.request != r) {
        PyErr_SetString(PyExc_RuntimeError,
                        "only the thread that serves the request may do "
                        "this");
        return NULL;
    }
    request->away = 1;
    *paused = interpreter_pause();
    return r;
}

void
pyrequest_return(PyObject *object, void *paused)
{
    interpreter_resume(paused);
    ((struct pyrequest *)object)->away = 0;
}

/* ---- one a request ------------------------------------------------------ */

static PyObject *
make_request(struct apache_state *state,
             const struct interpreter_thread *thread)
{
    PyTypeObject *type = state->request_type;
    struct pyrequest *made = (struct pyrequest *)type->tp_alloc(type, 0);
    if (made != NULL) {
        made->state = state;
        made->r = thread->scope.request;
        made->table = thread->scope.table;
        made->route = thread->scope.route;
        made->format = thread->scope.format;
        made->body = Py_XNewRef(thread->scope.body);
    }
    return (PyObject *)made;
}

PyObject *
pyrequest_current(struct apache_state *state)
{
    struct interpreter_thread *thread = interpreter_thread(state->interpreter);
    if (thread == NULL || thread->scope.request == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this thread serves no request");
        return NULL;
    }
    if (thread->scope.object == NULL) {
        thread->scope.object = make_request(state, thread); /* kept */
    }
    return Py_XNewRef(thread->scope.object);
}

void
pyrequest_know_body(struct interpreter_thread *thread)
{
    struct pyrequest *request = (struct pyrequest *)thread->scope.object;
    if (request != NULL) {
        Py_XSETREF(request->body, Py_NewRef(thread->scope.body));
    }
}

void
pyrequest_go(const struct interpreter_thread *thread)
{
    if (thread->scope.object != NULL) {
        ((struct pyrequest *)thread->scope.object)->away = 1;
    }
}

void
pyrequest_come_back(const struct interpreter_thread *thread)
{
    if (thread->scope.object != NULL) {
        ((struct pyrequest *)thread->scope.object)->away = 0;
    }
}

void
pyrequest_resume(struct interpreter_thread *thread)
{
    if (thread->scope.object != NULL) {
        ((struct pyrequest *)thread->scope.object)->r = thread->scope.request;
    }
}

void
pyrequest_suspend(struct interpreter_thread *thread, int lasts)
{
    if (thread->scope.object == NULL) {
        return;
    }
    ((struct pyrequest *)thread->scope.object)->r = NULL;
    if (!lasts) {
        thread->scope.request = NULL; /* for what is run by the end of dict */
        Py_CLEAR(thread->scope.object);
    }
}

static PyObject *
make_principal(struct apache_state *state, const struct routes_table *table,
               const struct routes_caller *caller)
{
    const struct routes_realm *realm =
        &table->realms[caller == NULL ? 0 : caller->realm];
    return principal_make(state, caller,
                          routes_table_text(table, realm->name));
}

PyObject *
pyrequest_principal(struct apache_state *state,
                    const struct routes_caller *caller)
{
    const struct interpreter_thread *thread =
        interpreter_thread(state->interpreter);
    if (thread == NULL || thread->scope.table == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this thread serves no request");
        return NULL;
    }
    return make_principal(state, thread->scope.table, caller);
}

/* ---- members ------------------------------------------------------------ */

/* One of request_rec's, at the offset that the closure is. */
static const void *
member_at(PyObject *self, void *closure)
{
    const char *r = (const char *)pyrequest_use(self);
    return r == NULL ? NULL : r + (size_t)closure;
}

static PyObject *
get_text(PyObject *self, void *closure)
{
    const char *const *member = member_at(self, closure);
    return member == NULL ? NULL : text_of_url(*member);
}

static PyObject *
get_int(PyObject *self, void *closure)
{
    const int *member = member_at(self, closure);
    return member == NULL ? NULL : PyLong_FromLong(*member);
}

static PyObject *
get_flag(PyObject *self, void *closure)
{
    const int *member = member_at(self, closure);
    return member == NULL ? NULL : PyBool_FromLong(*member);
}

static PyObject *
get_request_time(PyObject *self, void *closure)
{
    const request_rec *r = pyrequest_use(self);
    (void)closure;
    return r == NULL ? NULL
                     : PyFloat_FromDouble((double)r->request_time /
                                          APR_USEC_PER_SEC);
}

static PyObject *
get_bytes_sent(PyObject *self, void *closure)
{
    const request_rec *r = pyrequest_use(self);
    (void)closure;
    return r == NULL ? NULL : PyLong_FromLongLong(r->bytes_sent);
}

/* The id that the error log gives the request: a module's, the one that a line
 * has had, or one that the lines to come will have. */
static const char *
find_id(request_rec *r)
{
    if (r->log_id == NULL) {
        ap_run_generate_log_id(r->connection, r, &r->log_id);
    }
    if (r->log_id == NULL) {
        r->log_id = apr_psprintf(r->pool, "%" APR_UINT64_T_HEX_FMT "-%lx-%lx",
                                 (apr_uint64_t)r->request_time,
                                 (unsigned long)getpid(),
                                 (unsigned long)r->connection->id);
    }
    return r->log_id;
}

static PyObject *
get_id(PyObject *self, void *closure)
{
    request_rec *r = pyrequest_use(self);
    (void)closure;
    return r == NULL ? NULL : text_of_url(find_id(r));
}

static PyObject *
get_table(PyObject *self, void *closure)
{
    struct pyrequest *request = (struct pyrequest *)self;
    return view_make(request->state, self, (enum view_kind)(size_t)closure);
}

static PyObject *
get_principal(PyObject *self, void *closure)
{
    const struct pyrequest *request = (const struct pyrequest *)self;
    const request_rec *r = pyrequest_use(self);
    (void)closure;
    if (r == NULL) {
        return NULL;
    }
    const struct routes_caller *caller =
        request->state->interpreter->caller_of(r);
    /* a collection runs code, in which the request may end */
    int collects = PyGC_Disable();
    PyObject *made = make_principal(request->state, request->table, caller);
    if (collects) {
        PyGC_Enable();
    }
    return made;
}

/* (name, pattern, "shop.routes:7"), None where no route matched; new. */
static PyObject *
make_route(struct apache_state *state, const struct routes_table *table,
           uint32_t index)
{
    const struct routes_route *route = &table->routes[index];
    if (index == 0) {
        return Py_NewRef(Py_None);
    }
    PyObject *place = PyUnicode_FromFormat(
        "%s:%u", routes_table_text(table, table->files[route->file].path),
        (unsigned)route->line); /* new */
    PyObject *made = PyStructSequence_New(state->route_type);
    if (made == NULL || place == NULL) {
        Py_XDECREF(made);
        Py_XDECREF(place);
        return NULL;
    }
    PyStructSequence_SET_ITEM(
        made, 0, PyUnicode_FromString(routes_table_text(table, route->name)));
    PyStructSequence_SET_ITEM(
        made, 1,
        PyUnicode_FromString(routes_table_text(table, route->pattern)));
    PyStructSequence_SET_ITEM(made, 2, place); /* stolen */
    if (PyErr_Occurred()) {
        Py_CLEAR(made);
    }
    return made;
}

static PyObject *
get_route(PyObject *self, void *closure)
{
    const struct pyrequest *request = (const struct pyrequest *)self;
    (void)closure;
    return pyrequest_use(self) == NULL
               ? NULL
               : make_route(request->state, request->table, request->route);
}

PyObject *
pyrequest_route(struct apache_state *state)
{
    const struct interpreter_thread *thread =
        interpreter_thread(state->interpreter);
    if (thread == NULL || thread->scope.table == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this thread serves no request");
        return NULL;
    }
    return make_route(state, thread->scope.table, thread->scope.route);
}

/* The media type of plain results: that which the request chose, or the
 * route's only one; None where the result itself says it. */
static PyObject *
get_format(PyObject *self, void *closure)
{
    const struct pyrequest *request = (const struct pyrequest *)self;
    const struct routes_table *table = request->table;
    (void)closure;
    if (pyrequest_use(self) == NULL) {
        return NULL;
    }
    if (request->format != 0) {
        return PyUnicode_FromString(
            routes_table_text(table, table->formats[request->format].media));
    }
    const struct routes_route *route = &table->routes[request->route];
    switch ((enum routes_produce)route->produce) {
    case ROUTES_PRODUCE_HTML:
        return PyUnicode_FromString("text/html");
    case ROUTES_PRODUCE_TEXT:
        return PyUnicode_FromString("text/plain");
    case ROUTES_PRODUCE_JSON:
        return PyUnicode_FromString("application/json");
    case ROUTES_PRODUCE_MEDIA:
        return PyUnicode_FromString(routes_table_text(table, route->media));
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return Py_NewRef(Py_None);
}

static PyObject *
get_session(PyObject *self, void *closure)
{
    (void)closure;
    return session_make(((struct pyrequest *)self)->state, self);
}

/* ---- what it sent ------------------------------------------------------- */

/* Made once; other code of the request may have made it meanwhile. */
static PyObject *
keep(PyObject **kept, PyObject *made)
{
    if (*kept == NULL) {
        *kept = Py_XNewRef(made);
    }
    Py_XDECREF(made);
    return Py_XNewRef(*kept);
}

static PyObject *
get_form(PyObject *self, void *closure)
{
    struct pyrequest *request = (struct pyrequest *)self;
    (void)closure;
    return request->form != NULL
               ? Py_NewRef(request->form)
               : keep(&request->form, form_of_body(request->state, self));
}

static PyObject *
get_cookies(PyObject *self, void *closure)
{
    struct pyrequest *request = (struct pyrequest *)self;
    const request_rec *r = pyrequest_use(self);
    (void)closure;
    if (r == NULL) {
        return NULL;
    }
    return request->cookies != NULL
               ? Py_NewRef(request->cookies)
               : keep(&request->cookies,
                      form_of_cookies(request->state, self));
}

static PyObject *
load_json(PyObject *self, PyObject *args)
{
    struct pyrequest *request = (struct pyrequest *)self;
    (void)args;
    return request->json != NULL
               ? Py_NewRef(request->json)
               : keep(&request->json, form_json_of_body(request->state, self));
}

static PyObject *
load_body(PyObject *self, PyObject *args)
{
    (void)args;
    return form_raw_body(((struct pyrequest *)self)->state, self);
}

/* ---- methods ------------------------------------------------------------ */

static PyObject *
is_https(PyObject *self, PyObject *args)
{
    const request_rec *r = pyrequest_use(self);
    (void)args;
    return r == NULL ? NULL
                     : PyBool_FromLong(ap_ssl_conn_is_ssl(r->connection));
}

static PyObject *
log_error(PyObject *self, PyObject *args)
{
    const char *message = NULL; /* inside its object, which args keeps */
    int level = APLOG_ERR;
    void *paused = NULL;
    if (!PyArg_ParseTuple(args, "s|i:log_error", &message, &level)) {
        return NULL;
    }
    request_rec *r = pyrequest_leave(self, &paused);
    if (r == NULL) {
        return NULL;
    }
    ap_log_rerror(APLOG_MARK, level & APLOG_LEVELMASK, 0, r, "%s", message);
    pyrequest_return(self, paused);
    Py_RETURN_NONE;
}

static PyObject *
repr(PyObject *self)
{
    const request_rec *r = ((const struct pyrequest *)self)->r;
    if (r == NULL) {
        return PyUnicode_FromString("<apache.Request that has ended>");
    }
    return PyUnicode_FromFormat("<apache.Request %s %s>", r->method, r->uri);
}

/* ---- the type ----------------------------------------------------------- */

#define AT(member) ((void *)offsetof(request_rec, member))
#define TEXT(member, doc)                                                     \
    {                                                                         \
#member, get_text, NULL, doc, AT(member)                              \
    }
#define TABLE(member, kind)                                                   \
    {                                                                         \
#member, get_table, NULL, NULL, (void *)(size_t)(kind)                \
    }

static PyGetSetDef members[] = {
    TEXT(the_request, "the request's first line"),
    TEXT(method, "GET, POST, ..."),
    TEXT(unparsed_uri, "what stands in the first line"),
    TEXT(uri, "the path, as the router saw it"),
    TEXT(args, "the raw query string, or None"),
    TEXT(protocol, "HTTP/1.1"),
    TEXT(hostname, "the host that was asked for, or None"),
    TEXT(filename, NULL),
    TEXT(path_info, NULL),
    TEXT(handler, NULL),
    TEXT(user, "who httpd says calls, or None"),
    TEXT(ap_auth_type, NULL),
    TEXT(useragent_ip, "the caller's address"),
    TEXT(range, NULL),
    {"method_number", get_int, NULL, NULL, AT(method_number)},
    {"proto_num", get_int, NULL, "1001 for HTTP/1.1", AT(proto_num)},
    {"status", get_int, NULL, NULL, AT(status)},
    {"header_only", get_flag, NULL, "whether it is HEAD", AT(header_only)},
    {"request_time", get_request_time, NULL, "seconds since 1970", NULL},
    {"bytes_sent", get_bytes_sent, NULL, NULL, NULL},
    {"id", get_id, NULL, "the id that log lines have as %L", NULL},
    {"form", get_form, NULL, "the fields of the body, an apache.Form", NULL},
    {"cookies", get_cookies, NULL, "a dict of its cookies", NULL},
    {"principal", get_principal, NULL, "an apache.Principal, or None", NULL},
    {"route", get_route, NULL, "(name, pattern, place), or None", NULL},
    {"format", get_format, NULL, "the media type of its answer, or None",
     NULL},
    {"session", get_session, NULL, "an apache.Session: text by name", NULL},
    TABLE(headers_in, VIEW_HEADERS_IN),
    TABLE(headers_out, VIEW_HEADERS_OUT),
    TABLE(err_headers_out, VIEW_ERR_HEADERS_OUT),
    TABLE(subprocess_env, VIEW_SUBPROCESS_ENV),
    TABLE(notes, VIEW_NOTES),
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef methods[] = {
    {"body", load_body, METH_NOARGS, "body(): the bytes of the body"},
    {"json", load_json, METH_NOARGS, "json(): the value of a JSON body"},
    {"is_https", is_https, METH_NOARGS, "is_https(): over TLS?"},
    {"log_error", log_error, METH_VARARGS,
     "log_error(message, level=apache.LOG_ERR)"},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef offsets[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(struct pyrequest, dict), READONLY,
     NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A request, for as long as its function runs."},
    {Py_tp_dealloc, free_request},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_repr, repr},
    {Py_tp_getset, members},
    {Py_tp_members, offsets},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "apache.Request",
    .basicsize = sizeof(struct pyrequest),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

PyTypeObject *
pyrequest_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
