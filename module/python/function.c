/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function or class of a table, found by its module and qualified name.
 */
#include "function.h"

#include <string.h>

#include "apache_module.h"
#include "error.h"

/* Whether an import failed since there is no such module, or no package that
 * it is in; what it imports itself may be missing, too. */
static int
is_unknown(PyObject *error, PyObject *module_name)
{
    int unknown = 0;
    PyObject *name = NULL; /* new */
    if (PyErr_GivenExceptionMatches(error, PyExc_ModuleNotFoundError)) {
        name = PyObject_GetAttrString(error, "name");
        if (name == NULL) {
            PyErr_Clear();
        }
    }
    if (name != NULL && PyUnicode_Check(name)) {
        Py_ssize_t len = PyUnicode_GetLength(name);
        unknown = PyUnicode_Tailmatch(module_name, name, 0, len, -1) > 0 &&
                  (len == PyUnicode_GetLength(module_name) ||
                   PyUnicode_ReadChar(module_name, len) == '.');
    }
    Py_XDECREF(name);
    return unknown;
}

/* Puts a refusal in the place of what an import raised, which is its cause. */
static void
blame_import(struct apache_state *state, PyObject *name)
{
    PyObject *refusal = NULL;       /* new */
    PyObject *text = NULL;          /* new */
    PyObject *error = error_take(); /* new */
    int unknown = is_unknown(error, name);
    if (unknown) {
        text = PyUnicode_FromFormat("needs the module %U, which is in no "
                                    "folder of RoutesPythonPath",
                                    name);
    }
    else {
        text = PyUnicode_FromFormat("needs the module %U, which raised %s: %S",
                                    name, Py_TYPE(error)->tp_name, error);
    }
    if (text != NULL) {
        refusal = PyObject_CallOneArg(state->refusal, text);
    }
    if (refusal != NULL && !unknown) {
        PyException_SetCause(refusal, Py_NewRef(error));
    }
    if (refusal != NULL) {
        PyErr_SetObject(state->refusal, refusal);
    }
    Py_XDECREF(refusal);
    Py_XDECREF(text);
    Py_DECREF(error);
}

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
        if (module == NULL) {
            blame_import(state, name);
        }
        else if (PySet_Discard(failed, name) < 0) {
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
