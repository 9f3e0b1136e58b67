/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in module `apache`: multi-phase init, heap types, module state, so
 * that each interpreter may have one of its own.
 */
#include "apache_module.h"

#include "config.h"
#include "form.h"
#include "header_map.h"
#include "interpreter.h"
#include "principal.h"
#include "json.h"
#include "process.h"
#include "response.h"
#include "pyrequest.h"
#include "pysocket.h"
#include "session.h"
#include "stdio.h"
#include "stream.h"
#include "trouble.h"
#include "upload.h"
#include "url_for.h"
#include "view.h"
#include "wsgi_file.h"
#include "wsgi_start.h"

#include <httpd.h>
#include <http_log.h>

struct apache_state *
apache_module_state(PyObject *module)
{
    return PyModule_GetState(module);
}

static int
intern_names(struct apache_names *names)
{
#define NAME(name, text)                                                      \
    names->name = PyUnicode_InternFromString(text);                           \
    if (names->name == NULL) {                                                \
        return -1;                                                            \
    }
#include "names.def"
#undef NAME
    return 0;
}

/* The C interface of datetime by its capsule: the macros of datetime.h would
 * keep it in a static variable, for all interpreters. */
static int
get_datetime(struct apache_state *state)
{
    PyObject *module = PyImport_ImportModule("_datetime"); /* new */
    if (module == NULL) {
        return -1;
    }
    state->datetime_capsule = PyObject_GetAttrString(module, "datetime_CAPI");
    Py_DECREF(module);
    if (state->datetime_capsule == NULL) {
        return -1;
    }
    state->datetime =
        PyCapsule_GetPointer(state->datetime_capsule, PyDateTime_CAPSULE_NAME);
    return state->datetime != NULL ? 0 : -1;
}

/* What a body comes as. */
static int
add_bodies(PyObject *module, struct apache_state *state)
{
    state->body_stream_type = stream_make_type(module);
    state->upload_type = upload_make_type(module);
    state->form_type = form_make_type(module);
    state->body_error = stream_make_error();
    if (state->body_stream_type == NULL || state->upload_type == NULL ||
        state->form_type == NULL || state->body_error == NULL ||
        PyModule_AddType(module, state->form_type) != 0 ||
        PyModule_AddType(module, state->body_stream_type) != 0 ||
        PyModule_AddType(module, state->upload_type) != 0) {
        return -1;
    }
    return PyModule_AddObjectRef(module, "BodyError", state->body_error);
}

/* The types of mounted applications. */
static int
make_wsgi(PyObject *module, struct apache_state *state)
{
    state->wsgi_start_type = wsgi_start_make_type(module);
    state->wsgi_file_type = wsgi_file_make_type(module);
    return state->wsgi_start_type == NULL || state->wsgi_file_type == NULL ? -1
                                                                           : 0;
}

/* The types that Python code may name. */
static int
add_types(PyObject *module, struct apache_state *state)
{
    state->headers_type = header_map_make_type(module);
    state->response_type = response_make_type(module);
    if (state->headers_type == NULL || state->response_type == NULL ||
        PyModule_AddType(module, state->headers_type) != 0 ||
        PyModule_AddType(module, state->response_type) != 0) {
        return -1;
    }
    if (session_add_types(module, state) != 0 ||
        pysocket_add_types(module, state) != 0) {
        return -1;
    }
    return add_bodies(module, state);
}

static PyStructSequence_Field route_fields[] = {
    {"name", "`as NAME` of the route, or module.function"},
    {"pattern", "the path as it is written"},
    {"place", "where it is written: shop.routes:7"},
    {NULL, NULL},
};

static PyStructSequence_Desc route_description = {
    .name = "apache.Route",
    .doc = "What a route is called, and where it is written.",
    .fields = route_fields,
    .n_in_sequence = 3,
};

/* The types of a request and what it leads to. */
static int
make_types(PyObject *module)
{
    struct apache_state *state = apache_module_state(module);
    state->stream_type = stdio_make_type(module);
    state->request_type = pyrequest_make_type(module);
    state->view_type = view_make_type(module);
    state->principal_type = principal_make_type(module);
    state->route_type = PyStructSequence_NewType(&route_description);
    state->error_type = trouble_make_type();
    state->ended =
        PyErr_NewException("apache.RequestEnded", PyExc_RuntimeError, NULL);
    /* no Exception, so that `except Exception` lets it pass */
    state->timeout = PyErr_NewExceptionWithDoc(
        "apache.Timeout",
        "The time that the route's `limit time` gives a function is over.",
        PyExc_BaseException, NULL);
    return state->stream_type == NULL || state->request_type == NULL ||
                   state->view_type == NULL || state->principal_type == NULL ||
                   state->route_type == NULL || state->error_type == NULL ||
                   state->ended == NULL || state->timeout == NULL
               ? -1
               : 0;
}

static int
add_names(PyObject *module)
{
    static const struct {
        const char *name;
        int value;
    } levels[] = {
        {"LOG_EMERG", APLOG_EMERG},     {"LOG_ALERT", APLOG_ALERT},
        {"LOG_CRIT", APLOG_CRIT},       {"LOG_ERR", APLOG_ERR},
        {"LOG_WARNING", APLOG_WARNING}, {"LOG_NOTICE", APLOG_NOTICE},
        {"LOG_INFO", APLOG_INFO},       {"LOG_DEBUG", APLOG_DEBUG},
    };
    struct apache_state *state = apache_module_state(module);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (PyModule_AddIntConstant(module, levels[i].name, levels[i].value) !=
            0) {
            return -1;
        }
    }
    if (PyModule_AddType(module, state->request_type) != 0 ||
        PyModule_AddType(module, state->view_type) != 0 ||
        PyModule_AddType(module, state->principal_type) != 0 ||
        PyModule_AddType(module, state->error_type) != 0 ||
        PyModule_AddType(module, (PyTypeObject *)state->route_type) != 0 ||
        PyModule_AddObjectRef(module, "RequestEnded", state->ended) != 0 ||
        PyModule_AddObjectRef(module, "Timeout", state->timeout) != 0) {
        return -1;
    }
    return PyModule_AddStringConstant(module, "version", PACKAGE_VERSION);
}

static int
execute(PyObject *module)
{
    struct apache_state *state = apache_module_state(module);
    if (intern_names(&state->names) != 0 || get_datetime(state) != 0) {
        return -1;
    }
    state->uuid_keywords = PyTuple_Pack(1, state->names.bytes);
    state->refusal = PyErr_NewException("apache.Refusal", NULL, NULL);
    if (state->uuid_keywords == NULL || state->refusal == NULL ||
        make_types(module) != 0 || make_wsgi(module, state) != 0 ||
        add_types(module, state) != 0) {
        return -1;
    }
    return add_names(module);
}

static PyObject *
current_request(PyObject *module, PyObject *args)
{
    (void)args;
    return pyrequest_current(apache_module_state(module));
}

/* Calls visit for each object of the state. */
static int
traverse(PyObject *module, visitproc visit, void *arg)
{
    struct apache_state *state = apache_module_state(module);
#define NAME(name, text) Py_VISIT(state->names.name);
#include "names.def"
#undef NAME
    Py_VISIT(state->stream_type);
    Py_VISIT(state->headers_type);
    Py_VISIT(state->response_type);
    Py_VISIT(state->request_type);
    Py_VISIT(state->view_type);
    Py_VISIT(state->principal_type);
    Py_VISIT(state->route_type);
    Py_VISIT(state->error_type);
    Py_VISIT(state->session_type);
    Py_VISIT(state->login_type);
    Py_VISIT(state->ended);
    Py_VISIT(state->timeout);
    Py_VISIT(state->body_stream_type);
    Py_VISIT(state->form_type);
    Py_VISIT(state->upload_type);
    Py_VISIT(state->socket_type);
    Py_VISIT(state->async_socket);
    Py_VISIT(state->disconnected);
    Py_VISIT(state->wsgi_start_type);
    Py_VISIT(state->wsgi_file_type);
    Py_VISIT(state->body_error);
    Py_VISIT(state->refusal);
    Py_VISIT(state->datetime_capsule);
    Py_VISIT(state->uuid_class);
    Py_VISIT(state->decimal_class);
    Py_VISIT(state->enum_class);
    Py_VISIT(state->field_kind);
    Py_VISIT(state->uuid_keywords);
    Py_VISIT(state->json_default);
    Py_VISIT(state->fork_exec);
    return 0;
}

static int
clear(PyObject *module)
{
    struct apache_state *state = apache_module_state(module);
#define NAME(name, text) Py_CLEAR(state->names.name);
#include "names.def"
#undef NAME
    Py_CLEAR(state->stream_type);
    Py_CLEAR(state->headers_type);
    Py_CLEAR(state->response_type);
    Py_CLEAR(state->request_type);
    Py_CLEAR(state->view_type);
    Py_CLEAR(state->principal_type);
    Py_CLEAR(state->route_type);
    Py_CLEAR(state->error_type);
    Py_CLEAR(state->session_type);
    Py_CLEAR(state->login_type);
    Py_CLEAR(state->ended);
    Py_CLEAR(state->timeout);
    Py_CLEAR(state->body_stream_type);
    Py_CLEAR(state->form_type);
    Py_CLEAR(state->upload_type);
    Py_CLEAR(state->socket_type);
    Py_CLEAR(state->async_socket);
    Py_CLEAR(state->disconnected);
    Py_CLEAR(state->wsgi_start_type);
    Py_CLEAR(state->wsgi_file_type);
    Py_CLEAR(state->body_error);
    Py_CLEAR(state->refusal);
    Py_CLEAR(state->datetime_capsule);
    Py_CLEAR(state->uuid_class);
    Py_CLEAR(state->decimal_class);
    Py_CLEAR(state->enum_class);
    Py_CLEAR(state->field_kind);
    Py_CLEAR(state->uuid_keywords);
    Py_CLEAR(state->json_default);
    Py_CLEAR(state->fork_exec);
    return 0;
}

static void
free_state(void *module)
{
    clear(module);
}

/* METH_FASTCALL functions have another type than the field that holds them */
static PyMethodDef methods[] = {
    {"request", current_request, METH_NOARGS,
     "request(): the apache.Request that this thread serves"},
    {"json_default", json_set_default, METH_O,
     "json_default(function): what stands for an object that JSON has no form "
     "for is function(object); a TypeError says that nothing does."},
    {"url_for", (PyCFunction)(void (*)(void))url_for_make,
     METH_FASTCALL | METH_KEYWORDS,
     "url_for(name, /, *, _base=None, **values): the URL of a named route."},
    {"login", (PyCFunction)(void (*)(void))session_login,
     METH_VARARGS | METH_KEYWORDS,
     "login(request, user, *, realm=None): from the next request on user is "
     "who calls."},
    {"logout", session_logout, METH_O, "logout(request): nobody is any more."},
    {"csrf_token", session_csrf_token, METH_NOARGS,
     "csrf_token(): what `csrf token` asks of a form, for the browser that is "
     "answered"},
    {"own_path", (PyCFunction)(void (*)(void))session_own_path,
     METH_VARARGS | METH_KEYWORDS,
     "own_path(text, default='/'): text if it is a path of this server, where "
     "a browser may be sent; else default."},
    {NULL, NULL, 0, NULL}};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "apache",
    .m_doc = "httpd as seen from the functions that its routes call.",
    .m_size = sizeof(struct apache_state),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = free_state,
};

struct apache_state *
apache_module_of_type(PyTypeObject *type)
{
    PyObject *module = PyType_GetModuleByDef(type, &definition); /* borrowed */
    return module != NULL ? apache_module_state(module) : NULL;
}

/* By hand, not by PyImport_AppendInittab: that one must run before CPython
 * starts, and an adopted interpreter has started.  Returns new. */
static PyObject *
make_module(void)
{
    PyObject *machinery = PyImport_ImportModule("importlib.machinery");
    if (machinery == NULL) {
        return NULL;
    }
    PyObject *spec = PyObject_CallMethod(machinery, "ModuleSpec", "sO",
                                         definition.m_name, Py_None);
    Py_DECREF(machinery);
    if (spec == NULL) {
        return NULL;
    }
    PyObject *module = PyModule_FromDefAndSpec(&definition, spec);
    Py_DECREF(spec);
    if (module != NULL && PyModule_ExecDef(module, &definition) != 0) {
        Py_CLEAR(module);
    }
    return module;
}

int
apache_module_add(struct interpreter *interpreter)
{
    PyObject *module = make_module(); /* new */
    if (module == NULL) {
        return -1;
    }
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    if (PyDict_SetItemString(modules, definition.m_name, module) != 0) {
        Py_DECREF(module);
        return -1;
    }
    interpreter->module = module;
    interpreter->apache = apache_module_state(module);
    interpreter->apache->interpreter = interpreter;
    return 0;
}

int
apache_module_guard(struct interpreter *interpreter)
{
    if (stdio_replace(interpreter->apache) != 0) {
        return -1;
    }
    return process_guard(interpreter->module);
}

/* Sets *kept to module.name unless it is set: which another thread may have
 * done while the code of the import ran. */
static int
need(PyObject **kept, PyObject *module_name, PyObject *name)
{
    if (*kept != NULL) {
        return 0;
    }
    PyObject *module = PyImport_Import(module_name); /* new */
    if (module == NULL) {
        return -1;
    }
    PyObject *found = PyObject_GetAttr(module, name); /* new */
    Py_DECREF(module);
    if (found == NULL) {
        return -1;
    }
    Py_XSETREF(*kept, found);
    return 0;
}

int
apache_module_need_uuid(struct apache_state *state)
{
    return need(&state->uuid_class, state->names.uuid, state->names.UUID);
}

int
apache_module_need_decimal(struct apache_state *state)
{
    return need(&state->decimal_class, state->names.decimal,
                state->names.Decimal);
}

int
apache_module_need_dataclasses(struct apache_state *state)
{
    return need(&state->field_kind, state->names.dataclasses,
                state->names.FIELD);
}

int
apache_module_seek_class(PyObject **kept, PyObject *module_name,
                         PyObject *name)
{
    PyObject *module = PyImport_GetModule(module_name); /* new */
    if (module == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *found = PyObject_GetAttr(module, name); /* new */
    Py_DECREF(module);
    if (found != NULL && PyType_Check(found)) {
        Py_XSETREF(*kept, found);
        return 0;
    }
    Py_XDECREF(found);
    if (found == NULL && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return -1;
    }
    PyErr_Clear();
    return 0;
}
