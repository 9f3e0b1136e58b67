/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Principal: who calls.
 *
 * Everything in it is copied and can't be changed, so that it may outlive the
 * request, go to other threads, and be believed by whoever gets it.
 */
#include "principal.h"

#include <stddef.h>
#include <string.h>

#include <structmember.h>

#include "apache_module.h"

struct principal {
    PyObject_HEAD PyObject *user; /* owned: str */
    PyObject *realm;              /* owned: str */
    PyObject *roles;              /* owned: frozenset */
    PyObject *scopes;             /* owned: frozenset */
    PyObject *claims; /* owned: a mapping; or bytes, JSON not yet read */
};

static void
free_principal(PyObject *self)
{
    struct principal *principal = (struct principal *)self;
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(principal->user);
    Py_XDECREF(principal->realm);
    Py_XDECREF(principal->roles);
    Py_XDECREF(principal->scopes);
    Py_XDECREF(principal->claims);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
repr(PyObject *self)
{
    const struct principal *principal = (const struct principal *)self;
    return PyUnicode_FromFormat("<apache.Principal %R of the realm %U>",
                                principal->user, principal->realm);
}

/* ---- claims ------------------------------------------------------------- */

/* A read-only view of a dict, whose reference is taken; new. */
static PyObject *
freeze(PyObject *dict)
{
    if (dict == NULL) {
        return NULL;
    }
    PyObject *proxy = PyDictProxy_New(dict);
    Py_DECREF(dict);
    return proxy;
}

/* What json.loads makes of the text; new. */
static PyObject *
read_json(PyObject *text)
{
    PyObject *json = PyImport_ImportModule("json"); /* new */
    if (json == NULL) {
        return NULL;
    }
    PyObject *object = PyObject_CallMethod(json, "loads", "O", text);
    Py_DECREF(json);
    if (object != NULL && !PyDict_Check(object)) {
        Py_DECREF(object);
        PyErr_SetString(PyExc_ValueError, "the claims are no JSON object");
        return NULL;
    }
    return object;
}

/* Most functions never look, so JSON is read when one does. */
static PyObject *
get_claims(PyObject *self, void *closure)
{
    struct principal *principal = (struct principal *)self;
    (void)closure;
    if (PyBytes_Check(principal->claims)) {
        /* another thread may look at the same time */
        PyObject *text = Py_NewRef(principal->claims); /* new, each */
        PyObject *claims = freeze(read_json(text));
        Py_DECREF(text);
        if (claims == NULL) {
            return NULL;
        }
        Py_SETREF(principal->claims, claims);
    }
    return Py_NewRef(principal->claims);
}

/* Adds one value: a second one of a name makes a list of them. */
static int
add_claim(PyObject *dict, const struct routes_claim *claim)
{
    int result = -1;
    PyObject *name = PyUnicode_FromString(claim->name); /* new, each */
    PyObject *value = PyUnicode_FromString(claim->value);
    PyObject *before =
        name == NULL ? NULL : PyDict_GetItemWithError(dict, name);
    if (name == NULL || value == NULL || PyErr_Occurred()) {
        goto out;
    }
    if (before == NULL) {
        result = PyDict_SetItem(dict, name, value);
    }
    else if (PyList_Check(before)) {
        result = PyList_Append(before, value);
    }
    else {
        PyObject *list = Py_BuildValue("[OO]", before, value); /* new */
        result = list == NULL ? -1 : PyDict_SetItem(dict, name, list);
        Py_XDECREF(list);
    }
out:
    Py_XDECREF(value);
    Py_XDECREF(name);
    return result;
}

static PyObject *
make_claims(const struct routes_caller *caller)
{
    if (caller->claims_json != NULL) {
        return PyBytes_FromString(caller->claims_json);
    }
    PyObject *dict = PyDict_New(); /* new */
    for (size_t i = 0; dict != NULL && i < caller->n_claims; i++) {
        if (add_claim(dict, &caller->claims[i]) != 0) {
            Py_CLEAR(dict);
        }
    }
    return freeze(dict);
}

/* ---- making one --------------------------------------------------------- */

/* A frozenset of names; new. */
static PyObject *
make_set(const char *const *names, size_t n)
{
    PyObject *set = PyFrozenSet_New(NULL);
    for (size_t i = 0; set != NULL && i < n; i++) {
        PyObject *name = PyUnicode_DecodeUTF8(
            names[i], (Py_ssize_t)strlen(names[i]), "surrogateescape");
        if (name == NULL || PySet_Add(set, name) != 0) {
            Py_CLEAR(set);
        }
        Py_XDECREF(name);
    }
    return set;
}

PyObject *
principal_make(struct apache_state *state, const struct routes_caller *caller,
               const char *realm)
{
    if (caller == NULL || caller->user == NULL) {
        return Py_NewRef(Py_None);
    }
    PyTypeObject *type = state->principal_type;
    struct principal *made = (struct principal *)type->tp_alloc(type, 0);
    if (made == NULL) {
        return NULL;
    }
    made->user = PyUnicode_FromString(caller->user);
    made->realm = PyUnicode_FromString(realm);
    made->roles = make_set(caller->roles, caller->n_roles);
    made->scopes = make_set(caller->scopes, caller->n_scopes);
    made->claims = make_claims(caller);
    if (made->user == NULL || made->realm == NULL || made->roles == NULL ||
        made->scopes == NULL || made->claims == NULL) {
        Py_DECREF(made);
        return NULL;
    }
    return (PyObject *)made;
}

/* ---- the type ----------------------------------------------------------- */

static PyMemberDef members[] = {
    {"user", T_OBJECT_EX, offsetof(struct principal, user), READONLY,
     "who calls"},
    {"realm", T_OBJECT_EX, offsetof(struct principal, realm), READONLY,
     "the name of the realm that knows them"},
    {"roles", T_OBJECT_EX, offsetof(struct principal, roles), READONLY,
     "a frozenset of names"},
    {"groups", T_OBJECT_EX, offsetof(struct principal, roles), READONLY,
     "the same as roles"},
    {"scopes", T_OBJECT_EX, offsetof(struct principal, scopes), READONLY,
     "a frozenset of names"},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef computed[] = {
    {"claims", get_claims, NULL, "a read-only mapping", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Who calls, as a realm knows them."},
    {Py_tp_dealloc, free_principal},
    {Py_tp_repr, repr},
    {Py_tp_members, members},
    {Py_tp_getset, computed},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "apache.Principal",
    .basicsize = sizeof(struct principal),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

PyTypeObject *
principal_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
