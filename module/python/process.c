/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user code may do to httpd's process.
 */
#include "process.h"

#include "apache_module.h"

/* signal.signal works on the thread that started CPython, and that is the one
 * on which modules are imported and on which prefork serves: a handler there
 * would replace httpd's own.  None is what signal.signal returns for a handler
 * that Python did not install. */
static PyObject *
refuse_signal(PyObject *module, PyObject *args)
{
    (void)module;
    int number = 0;
    PyObject *handler = NULL; /* borrowed */
    if (!PyArg_ParseTuple(args, "iO:signal", &number, &handler)) {
        return NULL;
    }
    /* level 2: the caller of signal.py's wrapper */
    if (PyErr_WarnFormat(PyExc_RuntimeWarning, 2,
                         "signal.signal(%d, ...) has no effect: httpd owns "
                         "the signals of its processes",
                         number) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* httpd's threads block signals, and a child of subprocess inherits the mask:
 * terminate() would do nothing.  The mask is this thread's own and is empty
 * for the call only; httpd's thread that waits in sigwait still gets what is
 * sent to the process. */
static PyObject *
fork_exec(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    struct apache_state *state = apache_module_state(module);
    sigset_t none;
    sigset_t before;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, &before);
    PyObject *pid =
        PyObject_Vectorcall(state->fork_exec, args, (size_t)n, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static PyMethodDef signal_method = {
    "signal", refuse_signal, METH_VARARGS,
    "signal(number, handler): refused, httpd owns its processes' signals."};

/* METH_FASTCALL functions have another type than the field that holds them */
static PyMethodDef fork_exec_method = {
    "fork_exec", (PyCFunction)(void (*)(void))fork_exec, METH_FASTCALL,
    "fork_exec(*args): with no signal blocked in the child."};

/* Puts one of ours in the place of owner.name; *former, if not NULL, keeps
 * what stood there (new). */
static int
replace(PyObject *module, const char *owner_name, PyMethodDef *method,
        PyObject **former)
{
    PyObject *function = NULL; /* new */
    int result = -1;
    PyObject *owner = PyImport_ImportModule(owner_name); /* new */
    if (owner == NULL) {
        return -1;
    }
    function = PyCFunction_NewEx(method, module, NULL);
    if (function == NULL) {
        goto out;
    }
    if (former != NULL) {
        *former = PyObject_GetAttrString(owner, method->ml_name);
        if (*former == NULL) {
            goto out;
        }
    }
    result = PyObject_SetAttrString(owner, method->ml_name, function);
out:
    Py_XDECREF(function);
    Py_DECREF(owner);
    return result;
}

int
process_guard(PyObject *module)
{
    struct apache_state *state = apache_module_state(module);
    if (replace(module, "_signal", &signal_method, NULL) != 0) {
        return -1;
    }
    return replace(module, "_posixsubprocess", &fork_exec_method,
                   &state->fork_exec);
}

/* prefork ends a child inside the handler of SIGTERM, wherever it is: in the
 * middle of an import that would be inside the dynamic loader, or malloc.  And
 * a thread that user code starts at import should not take httpd's signals. */
void
process_hold_signals(sigset_t *before)
{
    static const int numbers[] = {SIGHUP,  SIGINT,  SIGTERM,
                                  SIGUSR1, SIGUSR2, SIGWINCH};
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(&held, numbers[i]);
    }
    pthread_sigmask(SIG_BLOCK, &held, before);
}

void
process_release_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}
