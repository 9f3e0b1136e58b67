/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Response.
 */
#include "response.h"

#include <stddef.h>

#include <structmember.h>

#include "apache_module.h"
#include "cookie.h"
#include "header_map.h"

struct response *
response_of(struct apache_state *state, PyObject *object)
{
    return PyObject_TypeCheck(object, state->response_type)
               ? (struct response *)object
               : NULL;
}

/* ---- making ------------------------------------------------------------- */

/* A subclass may define __init__ and not call ours: what is not given is as
 * harmless here as it is left out there. */
static PyObject *
new_response(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords;
    struct apache_state *state = apache_module_of_type(type);
    PyObject *self = state != NULL ? type->tp_alloc(type, 0) : NULL; /* new */
    if (self == NULL) {
        return NULL;
    }
    struct response *response = (struct response *)self;
    response->body = Py_NewRef(Py_None);
    response->status = Py_NewRef(Py_None);
    response->flush = 1;
    response->headers = header_map_create(state->headers_type, NULL);
    if (response->headers == NULL) {
        Py_CLEAR(self);
    }
    return self;
}

static int
set_type(struct response *response, PyObject *media)
{
    if (media == Py_None) {
        return 0;
    }
    PyObject *name = PyUnicode_FromString("Content-Type"); /* new */
    int result =
        name != NULL ? header_map_set(response->headers, name, media) : -1;
    Py_XDECREF(name);
    return result;
}

static int
init(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"body",         "status", "headers",
                            "content_type", "flush",  NULL};
    struct response *response = (struct response *)self;
    PyObject *body = Py_None; /* borrowed, each */
    PyObject *status = Py_None;
    PyObject *headers = Py_None;
    PyObject *media = Py_None;
    int flush = 1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OOO$Op:Response", names,
                                     &body, &status, &headers, &media,
                                     &flush)) {
        return -1;
    }
    PyObject *map =
        header_map_create(Py_TYPE(response->headers), headers); /* new */
    if (map == NULL) {
        return -1;
    }
    Py_XSETREF(response->headers, map);
    Py_XSETREF(response->body, Py_NewRef(body));
    Py_XSETREF(response->status, Py_NewRef(status));
    response->flush = (char)flush;
    return set_type(response, media);
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    struct response *response = (struct response *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(response->body);
    Py_VISIT(response->status);
    Py_VISIT(response->headers);
    return 0;
}

static int
clear(PyObject *self)
{
    struct response *response = (struct response *)self;
    Py_CLEAR(response->body);
    Py_CLEAR(response->status);
    Py_CLEAR(response->headers);
    return 0;
}

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- cookies ------------------------------------------------------------ */

static PyObject *
add_cookie(PyObject *self, const struct cookie *cookie)
{
    PyObject *done = NULL;                               /* borrowed */
    PyObject *value = cookie_format(cookie);             /* new */
    PyObject *name = PyUnicode_FromString("Set-Cookie"); /* new */
    if (value != NULL && name != NULL &&
        header_map_add(((struct response *)self)->headers, name, value) == 0) {
        done = Py_None;
    }
    Py_XDECREF(name);
    Py_XDECREF(value);
    return Py_XNewRef(done);
}

static PyObject *
set_cookie(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"name",     "value",    "path",
                            "domain",   "max_age",  "secure",
                            "httponly", "samesite", NULL};
    struct cookie cookie = {.value = "",
                            .path = "/",
                            .same_site = "Lax",
                            .max_age = Py_None,
                            .secure = 1,
                            .http_only = 1};
    if (!PyArg_ParseTupleAndKeywords(
            args, keywords, "s|s$zzOppz:set_cookie", names, &cookie.name,
            &cookie.value, &cookie.path, &cookie.domain, &cookie.max_age,
            &cookie.secure, &cookie.http_only, &cookie.same_site)) {
        return NULL;
    }
    return add_cookie(self, &cookie);
}

static PyObject *
delete_cookie(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"name", "path", "domain", NULL};
    struct cookie cookie = {.value = "",
                            .path = "/",
                            .secure = 1,
                            .http_only = 1,
                            .same_site = "Lax"};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "s|$zz:delete_cookie",
                                     names, &cookie.name, &cookie.path,
                                     &cookie.domain)) {
        return NULL;
    }
    cookie.max_age = PyLong_FromLong(0); /* new */
    if (cookie.max_age == NULL) {
        return NULL;
    }
    PyObject *done = add_cookie(self, &cookie);
    Py_DECREF(cookie.max_age);
    return done;
}

/* ---- as Python sees it -------------------------------------------------- */

static PyObject *
get_headers(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((struct response *)self)->headers);
}

static int
put_headers(PyObject *self, PyObject *value, void *unused)
{
    (void)unused;
    struct response *response = (struct response *)self;
    PyObject *map =
        header_map_create(Py_TYPE(response->headers), value); /* new */
    if (map == NULL) {
        return -1;
    }
    Py_SETREF(response->headers, map);
    return 0;
}

static PyMemberDef members[] = {
    {"body", T_OBJECT, offsetof(struct response, body), 0,
     "what is sent: any result, an iterator too"},
    {"status", T_OBJECT, offsetof(struct response, status), 0,
     "an int, or None: what the route says"},
    {"flush", T_BOOL, offsetof(struct response, flush), 0,
     "whether each chunk of a stream leaves at once"},
    {0}};

static PyGetSetDef properties[] = {
    {"headers", get_headers, put_headers, "an apache.Headers", NULL}, {0}};

static PyMethodDef methods[] = {
    {"set_cookie", (PyCFunction)(void (*)(void))set_cookie,
     METH_VARARGS | METH_KEYWORDS,
     "set_cookie(name, value='', *, path='/', domain=None, max_age=None, "
     "secure=True, httponly=True, samesite='Lax')"},
    {"delete_cookie", (PyCFunction)(void (*)(void))delete_cookie,
     METH_VARARGS | METH_KEYWORDS,
     "delete_cookie(name, *, path='/', domain=None)"},
    {0}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Response(body=None, status=None, headers=None, *, "
                "content_type=None, flush=True): a result with its status, "
                "headers and cookies."},
    {Py_tp_new, new_response},
    {Py_tp_init, init},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_dealloc, dealloc},
    {Py_tp_members, members},
    {Py_tp_getset, properties},
    {Py_tp_methods, methods},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.Response",
    .basicsize = sizeof(struct response),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

PyTypeObject *
response_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
