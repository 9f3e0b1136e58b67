/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions behind rules.
 */
#include "verdict.h"

#include "apache_module.h"
#include "loop.h"
#include "object.h"
#include "pyrequest.h"

/* ---- at start ----------------------------------------------------------- */

int
verdict_make(struct apache_state *state, PyObject *callable,
             const struct signature *signature, struct verdict *verdict)
{
    int n = (int)verdict->n_args + 1;
    if (!signature_takes_positional(signature, n)) {
        PyErr_Format(state->refusal,
                     "can't be called with %d argument%s by position, as its "
                     "rule does",
                     n, n == 1 ? "" : "s");
        return -1;
    }
    if ((signature->lazy & (CO_GENERATOR | CO_ASYNC_GENERATOR)) != 0) {
        PyErr_SetString(state->refusal,
                        "is a generator, which is true whatever it yields");
        return -1;
    }
    if (signature->lazy != 0 && loop_need(state->interpreter) != 0) {
        return -1;
    }
    verdict->callable = Py_NewRef(callable);
    return 0;
}

/* ---- the call ----------------------------------------------------------- */

PyObject *
verdict_call(struct apache_state *state, const struct shape *shapes,
             const struct verdict *verdict, const struct embed_case *about)
{
    /* the place before the first is the callee's, for a bound method's self */
    PyObject *stack[2 + ROUTES_MAX_CAPTURES]; /* new, each */
    PyObject **args = stack + 1;
    PyObject *result = NULL; /* new */
    unsigned made = 0;
    args[made] = pyrequest_principal(state, about->caller);
    while (args[made] != NULL) {
        made++;
        if (made > verdict->n_args) {
            break;
        }
        args[made] = object_of_value(state, shapes, &about->values[made - 1]);
    }
    if (made > verdict->n_args) {
        result =
            PyObject_Vectorcall(verdict->callable, args,
                                made | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    while (made > 0) {
        made--;
        Py_DECREF(args[made]);
    }
    return result;
}

/* ---- the answer --------------------------------------------------------- */

/* Whether its type says what truth is. */
static int
has_truth(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    return (type->tp_as_number != NULL &&
            type->tp_as_number->nb_bool != NULL) ||
           (type->tp_as_mapping != NULL &&
            type->tp_as_mapping->mp_length != NULL) ||
           (type->tp_as_sequence != NULL &&
            type->tp_as_sequence->sq_length != NULL);
}

/* What was meant to be called, awaited or gone through first: without that it
 * is true always. */
static int
is_unfinished(PyObject *object)
{
    return PyCallable_Check(object) || PyIter_Check(object) ||
           (Py_TYPE(object)->tp_as_async != NULL &&
            (Py_TYPE(object)->tp_as_async->am_await != NULL ||
             Py_TYPE(object)->tp_as_async->am_anext != NULL));
}

int
verdict_read(PyObject *given)
{
    if (given == Py_True || given == Py_False || given == Py_None) {
        return given == Py_True;
    }
    if (given == Py_NotImplemented ||
        (!has_truth(given) && is_unfinished(given))) {
        PyErr_Format(PyExc_TypeError,
                     "answers its rule with %.100s, which is neither true "
                     "nor false",
                     Py_TYPE(given)->tp_name);
        return -1;
    }
    return PyObject_IsTrue(given);
}
