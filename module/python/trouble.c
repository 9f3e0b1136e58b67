/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Error: what an error page is called with.
 */
#include "trouble.h"

#include <apr_pools.h>

#include "apache_module.h"
#include "interpreter.h"
#include "pyrequest.h"

#include "../../runtime/table.h"

/* ---- the exception ------------------------------------------------------ */

/* What a function raised, between its call and the page. */
struct embed_exception {
    struct interpreter *interpreter; /* borrowed */
    PyObject *object;                /* owned, or NULL: given up */
};

/* A cleanup of r->pool, for a page that was not called.  Inside a signal
 * handler of a process that ends, the GIL may be held by the very code that
 * the signal interrupted.  GIL: not held. */
static apr_status_t
forget(void *data)
{
    struct embed_exception *kept = data;
    if (kept->object != NULL && !interpreter_stopping(kept->interpreter) &&
        interpreter_enter(kept->interpreter) != NULL) {
        trouble_drop(kept);
        interpreter_leave();
    }
    return APR_SUCCESS;
}

struct embed_exception *
trouble_keep(struct interpreter *interpreter, request_rec *r,
             PyObject *exception)
{
    struct embed_exception *kept = apr_palloc(r->pool, sizeof *kept);
    kept->interpreter = interpreter;
    kept->object = Py_NewRef(exception);
    apr_pool_cleanup_register(r->pool, kept, forget, apr_pool_cleanup_null);
    return kept;
}

void
trouble_drop(struct embed_exception *kept)
{
    if (kept != NULL) {
        Py_CLEAR(kept->object);
    }
}

/* ---- the error ---------------------------------------------------------- */

static PyStructSequence_Field fields[] = {
    {"status", "404"},
    {"reason", "Not Found"},
    {"errors", "a list of dicts: what is wrong with the request's arguments"},
    {"exception", "what the function or application raised, or None"},
    {"request", "the apache.Request"},
    {"route", "(name, pattern, place) of the route, or None"},
    {"params", "the parameters of its path as text, by name"},
    {NULL, NULL},
};

static PyStructSequence_Desc description = {
    .name = "apache.Error",
    .doc = "Why a request is not answered as its route would.",
    .fields = fields,
    .n_in_sequence = 7,
};

PyTypeObject *
trouble_make_type(void)
{
    return PyStructSequence_NewType(&description);
}

/* One fault as a problem document has it; new. */
static PyObject *
make_fault(const struct routes_problem *problem)
{
    const char *code = routes_fault_name(problem->fault);
    return problem->expected == NULL
               ? Py_BuildValue("{s:s,s:s,s:s}", "in", problem->in, "name",
                               problem->name, "code", code)
               : Py_BuildValue("{s:s,s:s,s:s,s:s}", "in", problem->in, "name",
                               problem->name, "code", code, "expected",
                               problem->expected);
}

/* New. */
static PyObject *
make_faults(const struct routes_problems *problems)
{
    PyObject *list = PyList_New(0);
    unsigned n = problems != NULL ? problems->n : 0;
    for (unsigned i = 0; list != NULL && i < n; i++) {
        PyObject *fault = make_fault(&problems->list[i]); /* new */
        if (fault == NULL || PyList_Append(list, fault) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(fault);
    }
    return list;
}

static int
add_param(PyObject *dict, const struct routes_table *table,
          struct routes_text name, const struct routes_capture *capture)
{
    PyObject *text = PyUnicode_DecodeUTF8(
        capture->at, (Py_ssize_t)capture->len, "surrogateescape"); /* new */
    int result =
        text != NULL
            ? PyDict_SetItemString(dict, routes_table_text(table, name), text)
            : -1;
    Py_XDECREF(text);
    return result;
}

/* New. */
static PyObject *
make_params(const struct routes_table *table, const struct routes_match *match)
{
    PyObject *dict = PyDict_New();
    const struct routes_route *route = &table->routes[match->route];
    uint32_t n = match->outcome == ROUTES_FOUND ? route->n_captures : 0;
    for (uint32_t i = 0; dict != NULL && i < n; i++) {
        if (add_param(dict, table, table->labels[route->params + i],
                      &match->captures[i]) != 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

static PyObject *
get_exception(const struct embed_exception *kept)
{
    return Py_NewRef(kept != NULL && kept->object != NULL ? kept->object
                                                          : Py_None);
}

PyObject *
trouble_make(struct apache_state *state, const struct routes_table *table,
             const struct embed_trouble *trouble)
{
    PyObject *made = PyStructSequence_New(state->error_type); /* new */
    if (made == NULL) {
        return NULL;
    }
    PyObject *items[] = {PyLong_FromLong(trouble->status), /* new, each */
                         PyUnicode_FromString(trouble->reason),
                         make_faults(trouble->problems),
                         get_exception(trouble->exception),
                         pyrequest_current(state),
                         pyrequest_route(state),
                         make_params(table, trouble->match)};
    int complete = 1;
    for (Py_ssize_t i = 0; i < description.n_in_sequence; i++) {
        complete &= items[i] != NULL;
        PyStructSequence_SetItem(made, i, items[i]); /* stolen */
    }
    if (!complete) {
        Py_CLEAR(made);
    }
    return made;
}
