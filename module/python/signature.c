/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parameters a callable has.
 *
 * A Python function's code object says it all, so the module inspect (which
 * costs a child more than a megabyte) is imported for other callables only.
 */
#include "signature.h"

#include <string.h>

#include <apr_strings.h>

#include "apache_module.h"

#define LAZY_FLAGS                                                            \
    (CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_GENERATOR | CO_ASYNC_GENERATOR)

static int
add_parameter(struct signature *signature, PyObject *name, long kind,
              int required)
{
    const char *text = PyUnicode_AsUTF8(name);
    if (text == NULL) {
        return -1;
    }
    struct signature_parameter *parameter =
        apr_array_push(signature->parameters);
    parameter->name = apr_pstrdup(signature->parameters->pool, text);
    parameter->kind = (enum signature_kind)kind;
    parameter->required = required;
    return 0;
}

/* ---- of code ------------------------------------------------------------ */

static int
add_positional(struct signature *signature, PyObject *function,
               const PyCodeObject *code, PyObject *names, int skip)
{
    PyObject *defaults = PyFunction_GetDefaults(function); /* borrowed */
    Py_ssize_t n_defaults = defaults != NULL ? PyTuple_GET_SIZE(defaults) : 0;
    for (int i = skip; i < code->co_argcount; i++) {
        enum signature_kind kind = i < code->co_posonlyargcount
                                       ? SIGNATURE_POSITIONAL_ONLY
                                       : SIGNATURE_PLAIN;
        if (add_parameter(signature, PyTuple_GET_ITEM(names, i), (long)kind,
                          i < code->co_argcount - n_defaults) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_keyword_only(struct signature *signature, PyObject *function,
                 const PyCodeObject *code, PyObject *names)
{
    PyObject *defaults = PyFunction_GetKwDefaults(function); /* borrowed */
    for (int i = 0; i < code->co_kwonlyargcount; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, code->co_argcount + i);
        int has = defaults != NULL ? PyDict_Contains(defaults, name) : 0;
        if (has < 0 || add_parameter(signature, name, SIGNATURE_KEYWORD_ONLY,
                                     !has) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_var_positional(struct signature *signature, const PyCodeObject *code,
                   PyObject *names)
{
    if ((code->co_flags & CO_VARARGS) == 0) {
        return 0;
    }
    int at = code->co_argcount + code->co_kwonlyargcount;
    return add_parameter(signature, PyTuple_GET_ITEM(names, at),
                         SIGNATURE_VAR_POSITIONAL, 0);
}

static int
add_var_keyword(struct signature *signature, const PyCodeObject *code,
                PyObject *names)
{
    if ((code->co_flags & CO_VARKEYWORDS) == 0) {
        return 0;
    }
    int at = code->co_argcount + code->co_kwonlyargcount +
             ((code->co_flags & CO_VARARGS) != 0);
    return add_parameter(signature, PyTuple_GET_ITEM(names, at),
                         SIGNATURE_VAR_KEYWORD, 0);
}

/* skip: 1 for a method, whose first parameter is bound. */
static int
read_code(struct signature *signature, PyObject *function, int skip)
{
    PyCodeObject *code =
        (PyCodeObject *)PyFunction_GetCode(function); /* borrowed */
    PyObject *names = PyCode_GetVarnames(code);       /* new */
    if (names == NULL) {
        return -1;
    }
    signature->source = SIGNATURE_OF_CODE;
    signature->lazy = code->co_flags & LAZY_FLAGS;
    int failed = add_positional(signature, function, code, names, skip) ||
                 add_var_positional(signature, code, names) ||
                 add_keyword_only(signature, function, code, names) ||
                 add_var_keyword(signature, code, names);
    Py_DECREF(names);
    return failed ? -1 : 0;
}

/* ---- of inspect --------------------------------------------------------- */

/* inspect.signature(callable, follow_wrapped=False).parameters.values() as a
 * list; new. */
static PyObject *
inspect(struct apache_state *state, PyObject *callable)
{
    const struct apache_names *names = &state->names;
    PyObject *found = NULL; /* new, each */
    PyObject *parameters = NULL;
    PyObject *values = NULL;
    PyObject *list = NULL;
    PyObject *keywords = PyTuple_Pack(1, names->follow_wrapped);
    PyObject *module = PyImport_ImportModule("inspect");
    if (keywords == NULL || module == NULL) {
        goto out;
    }
    PyObject *stack[] = {module, callable, Py_False}; /* borrowed */
    found = PyObject_VectorcallMethod(names->signature, stack, 2, keywords);
    if (found == NULL) {
        goto out;
    }
    parameters = PyObject_GetAttr(found, names->parameters);
    if (parameters == NULL) {
        goto out;
    }
    values = PyObject_CallMethodNoArgs(parameters, names->values);
    if (values != NULL) {
        list = PySequence_List(values);
    }
out:
    Py_XDECREF(values);
    Py_XDECREF(parameters);
    Py_XDECREF(found);
    Py_XDECREF(module);
    Py_XDECREF(keywords);
    return list;
}

/* Adds what an inspect.Parameter says. */
static int
add_inspected(struct apache_state *state, struct signature *signature,
              PyObject *parameter)
{
    const struct apache_names *names = &state->names;
    int result = -1;
    PyObject *name = PyObject_GetAttr(parameter, names->name); /* new, each */
    PyObject *kind = PyObject_GetAttr(parameter, names->kind);
    PyObject *value = PyObject_GetAttr(parameter, names->default_);
    PyObject *empty = PyObject_GetAttr(parameter, names->empty);
    if (name != NULL && kind != NULL && value != NULL && empty != NULL) {
        long number = PyLong_AsLong(kind);
        if (number >= 0) {
            result = add_parameter(signature, name, number, value == empty);
        }
    }
    Py_XDECREF(empty);
    Py_XDECREF(value);
    Py_XDECREF(kind);
    Py_XDECREF(name);
    return result;
}

/* C code whose signature nobody wrote down. */
static int
read_unknown(struct signature *signature, PyObject *callable)
{
    signature->source = SIGNATURE_UNKNOWN;
    if (PyCFunction_Check(callable) &&
        (PyCFunction_GET_FLAGS(callable) & METH_KEYWORDS) == 0) {
        signature->source = SIGNATURE_NO_NAMES;
    }
    return 0;
}

static int
read_inspect(struct apache_state *state, struct signature *signature,
             PyObject *callable)
{
    PyObject *list = inspect(state, callable); /* new */
    if (list == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError) &&
            !PyErr_ExceptionMatches(PyExc_TypeError)) {
            return -1;
        }
        PyErr_Clear();
        return read_unknown(signature, callable);
    }
    signature->source = SIGNATURE_OF_INSPECT;
    int failed = 0;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(list); i++) {
        failed = add_inspected(state, signature, PyList_GET_ITEM(list, i));
    }
    Py_DECREF(list);
    return failed ? -1 : 0;
}

int
signature_read(struct apache_state *state, apr_pool_t *pool,
               PyObject *callable, struct signature *signature)
{
    signature->lazy = 0;
    signature->parameters =
        apr_array_make(pool, 4, sizeof(struct signature_parameter));
    if (PyFunction_Check(callable)) {
        return read_code(signature, callable, 0);
    }
    if (PyMethod_Check(callable) &&
        PyFunction_Check(PyMethod_GET_FUNCTION(callable))) {
        return read_code(signature, PyMethod_GET_FUNCTION(callable), 1);
    }
    return read_inspect(state, signature, callable);
}

int
signature_takes_name(const struct signature *signature, const char *name)
{
    if (signature->source == SIGNATURE_UNKNOWN) {
        return 1;
    }
    for (int i = 0; i < signature->parameters->nelts; i++) {
        const struct signature_parameter *parameter = &APR_ARRAY_IDX(
            signature->parameters, i, struct signature_parameter);
        if (parameter->kind == SIGNATURE_VAR_KEYWORD) {
            return 1;
        }
        if ((parameter->kind == SIGNATURE_PLAIN ||
             parameter->kind == SIGNATURE_KEYWORD_ONLY) &&
            strcmp(parameter->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

int
signature_takes_positional(const struct signature *signature, int n)
{
    int room = 0;
    if (signature->source == SIGNATURE_UNKNOWN ||
        signature->source == SIGNATURE_NO_NAMES) {
        return 1;
    }
    for (int i = 0; i < signature->parameters->nelts; i++) {
        const struct signature_parameter *parameter = &APR_ARRAY_IDX(
            signature->parameters, i, struct signature_parameter);
        int by_position = parameter->kind == SIGNATURE_POSITIONAL_ONLY ||
                          parameter->kind == SIGNATURE_PLAIN;
        if (parameter->kind == SIGNATURE_VAR_POSITIONAL) {
            room = n;
        }
        else if (parameter->required && (!by_position || room >= n)) {
            return 0;
        }
        room += by_position && room < n;
    }
    return room >= n;
}
