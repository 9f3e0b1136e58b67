/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs when a process starts and stops.
 */
#include "events.h"

#include "await.h"
#include "interpreter.h"

/* Whether a list, which is made at first, has the function; -1 with an
 * exception. */
static int
has(PyObject **list, PyObject *callable)
{
    if (*list == NULL) {
        *list = PyList_New(0);
    }
    return *list != NULL ? PySequence_Contains(*list, callable) : -1;
}

/* Calls a function, and waits for what it gives to be awaited. */
static int
run(struct interpreter *interpreter, PyObject *callable, int limit)
{
    PyObject *result = PyObject_CallNoArgs(callable); /* new */
    if (result != NULL && await_takes(result)) {
        Py_SETREF(result, await_alone(interpreter, result, limit));
    }
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

int
events_start(struct interpreter *interpreter, PyObject *callable)
{
    int known = has(&interpreter->started, callable);
    if (known != 0) {
        return known < 0 ? -1 : 0;
    }
    return run(interpreter, callable, -1) == 0
               ? PyList_Append(interpreter->started, callable)
               : -1;
}

int
events_keep(struct interpreter *interpreter, PyObject *callable)
{
    int known = has(&interpreter->stops, callable);
    if (known != 0) {
        return known < 0 ? -1 : 0;
    }
    return PyList_Append(interpreter->stops, callable);
}

void
events_stop(struct interpreter *interpreter)
{
    PyObject *stops = interpreter->stops; /* owned */
    Py_ssize_t n = stops != NULL ? PyList_GET_SIZE(stops) : 0;
    while (n > 0) {
        PyObject *callable = PyList_GET_ITEM(stops, --n); /* borrowed */
        if (run(interpreter, callable, EVENTS_STOP_LIMIT) != 0) {
            PyErr_WriteUnraisable(callable);
        }
    }
}
