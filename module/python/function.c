/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function or class of a table, found by its module and qualified name.
 */
#include "function.h"

#include <string.h>

#include "apache_module.h"

/* Returns new. */
static PyObject *
import(struct apache_state *state, PyObject *failed, const char *module_name)
{
    PyObject *module = NULL;                            /* new */
    PyObject *name = PyUnicode_FromString(module_name); /* new */
    if (name == NULL) {
        return NULL;
    }
    int known = PySet_Contains(failed, name);
    if (known > 0) {
        PyErr_Format(state->refusal,
                     "needs the module %U, which failed "
                     "before",
                     name);
    }
    else if (known == 0 && PySet_Add(failed, name) == 0) {
        module = PyImport_Import(name);
        if (module != NULL && PySet_Discard(failed, name) < 0) {
            Py_CLEAR(module);
        }
    }
    Py_DECREF(name);
    return module;
}

/* owner.name; new.  Takes the reference to owner. */
static PyObject *
get_member(struct apache_state *state, PyObject *owner, const char *name,
           size_t len)
{
    PyObject *member = NULL; /* new */
    PyObject *key = PyUnicode_FromStringAndSize(name, (Py_ssize_t)len);
    if (key != NULL) {
        member = PyObject_GetAttr(owner, key);
    }
    if (member == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        PyErr_Format(state->refusal, "is not there: %R has no \"%U\"", owner,
                     key);
    }
    Py_XDECREF(key);
    Py_DECREF(owner);
    return member;
}

PyObject *
function_find(struct apache_state *state, PyObject *failed, const char *module,
              const char *qualname)
{
    PyObject *found = import(state, failed, module); /* new */
    while (found != NULL && *qualname != '\0') {
        size_t len = strcspn(qualname, ".");
        found = get_member(state, found, qualname, len);
        qualname += len;
        qualname += *qualname == '.';
    }
    return found;
}

PyObject *
function_resolve(struct apache_state *state, PyObject *failed,
                 const char *module, const char *qualname)
{
    PyObject *found = function_find(state, failed, module, qualname); /* new */
    if (found != NULL && !PyCallable_Check(found)) {
        PyErr_Format(state->refusal, "is a %.80s, which can't be called",
                     Py_TYPE(found)->tp_name);
        Py_CLEAR(found);
    }
    return found;
}

PyObject *
function_resolve_exception(struct apache_state *state, PyObject *failed,
                           const char *module, const char *qualname)
{
    PyObject *found = function_find(state, failed, module, qualname); /* new */
    if (found != NULL && !PyExceptionClass_Check(found)) {
        PyErr_Format(state->refusal,
                     "raises %s.%s, which is no exception "
                     "class",
                     module, qualname);
        Py_CLEAR(found);
    }
    return found;
}
