/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions as log entries and statuses.
 */
#include "error.h"

#include <string.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "interpreter.h"
#include "recipe.h"
#include "stream.h"

#include "../log.h"

/* ---- from exception to text --------------------------------------------- */

#if PY_VERSION_HEX >= 0x030c0000
PyObject *
error_take(void)
{
    return PyErr_GetRaisedException();
}
#else
PyObject *
error_take(void)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace != NULL) {
        PyException_SetTraceback(value, trace);
    }
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return value;
}
#endif

/* The text of a str in the pool, whatever is in it, or NULL. */
static char *
copy_text(apr_pool_t *pool, PyObject *text)
{
    PyObject *bytes =
        PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"); /* new */
    if (bytes == NULL) {
        return NULL;
    }
    char *copy = apr_pstrmemdup(pool, PyBytes_AS_STRING(bytes),
                                (apr_size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return copy;
}

/* str(exception) in the pool, or NULL: it is user code that may fail. */
static char *
copy_message(apr_pool_t *pool, PyObject *exception)
{
    PyObject *text = PyObject_Str(exception); /* new */
    if (text == NULL) {
        return NULL;
    }
    char *copy = copy_text(pool, text);
    Py_DECREF(text);
    return copy;
}

/* What traceback.format_exception makes of it, as one text; new. */
static PyObject *
format_exception(struct apache_state *state, PyObject *exception)
{
    PyObject *lines = NULL;                                /* new */
    PyObject *text = NULL;                                 /* new */
    PyObject *none = NULL;                                 /* new */
    PyObject *module = PyImport_ImportModule("traceback"); /* new */
    if (module == NULL) {
        return NULL;
    }
    lines = PyObject_CallMethodOneArg(module, state->names.format_exception,
                                      exception);
    none = PyUnicode_FromStringAndSize(NULL, 0);
    if (lines != NULL && none != NULL) {
        text = PyUnicode_Join(none, lines);
    }
    Py_XDECREF(none);
    Py_XDECREF(lines);
    Py_DECREF(module);
    return text;
}

/* The traceback in the pool, or NULL when even that fails (no memory, a
 * recursion limit, a broken __str__). */
static char *
copy_trace(struct apache_state *state, apr_pool_t *pool, PyObject *exception)
{
    char *copy = NULL;
    PyObject *text = format_exception(state, exception); /* new */
    if (text != NULL) {
        copy = copy_text(pool, text);
        Py_DECREF(text);
    }
    return copy;
}

/* The traceback of what made us refuse, or NULL. */
static char *
trace_of_cause(struct apache_state *state, apr_pool_t *pool,
               PyObject *exception)
{
    char *copy = NULL;
    PyObject *cause = PyException_GetCause(exception); /* new */
    if (cause != NULL) {
        copy = copy_trace(state, pool, cause);
        Py_DECREF(cause);
    }
    return copy;
}

/* The exception that is set, and sets none.  Returns new. */
static PyObject *
describe(struct apache_state *state, apr_pool_t *pool, const char *subject,
         struct error *error)
{
    PyObject *exception = error_take(); /* new */
    const char *message = NULL;
    if (state != NULL && state->refusal != NULL &&
        PyErr_GivenExceptionMatches(exception, state->refusal)) {
        message = copy_message(pool, exception);
        error->trace = trace_of_cause(state, pool, exception);
    }
    if (message == NULL) {
        message =
            apr_pstrcat(pool, "raised ", Py_TYPE(exception)->tp_name, NULL);
        error->trace = state != NULL ? copy_trace(state, pool, exception)
                                     : copy_message(pool, exception);
    }
    PyErr_Clear();
    error->head = apr_pstrcat(pool, subject, " ", message, NULL);
    return exception;
}

/* ---- from exception to status ------------------------------------------- */

/* The status of the innermost `raises` that fits, or 0. */
static int
find_status(const struct recipe *recipe)
{
    for (unsigned i = 0; i < recipe->n_raises; i++) {
        if (PyErr_ExceptionMatches(recipe->raises[i].exception)) {
            return recipe->raises[i].status;
        }
    }
    return 0;
}

PyObject *
error_of_call(struct apache_state *state, const struct recipe *recipe,
              apr_pool_t *pool, struct error *error)
{
    int status = find_status(recipe);
    if (status == 0) {
        status = stream_raised_status(state);
    }
    error->mapped = status != 0;
    error->status = status != 0 ? status : HTTP_INTERNAL_SERVER_ERROR;
    return describe(state, pool, recipe->subject, error);
}

void
error_of_result(struct apache_state *state, const char *subject,
                apr_pool_t *pool, struct error *error)
{
    error->mapped = 0;
    error->status = HTTP_INTERNAL_SERVER_ERROR;
    Py_DECREF(describe(state, pool, subject, error));
}

void
error_of_late(const char *subject, uint32_t time, apr_pool_t *pool,
              struct error *error)
{
    if (error->mapped) {
        return;
    }
    error->late = 1;
    error->status = HTTP_GATEWAY_TIME_OUT;
    error->head =
        apr_psprintf(pool, "%s ran past its limit of %u.%03u s", subject,
                     (unsigned)(time / 1000), (unsigned)(time % 1000));
}

/* ---- from text to log --------------------------------------------------- */

/* The last ERROR_MAX_LINES lines of a text; *left_out counts the others. */
static char *
last_lines(char *text, unsigned *left_out)
{
    unsigned lines = 0;
    for (const char *at = text; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    *left_out = lines > ERROR_MAX_LINES ? lines - ERROR_MAX_LINES : 0;
    for (unsigned i = 0; i < *left_out; i++) {
        text = strchr(text, '\n') + 1;
    }
    return text;
}

typedef void line_fn(void *data, const char *line);

/* Calls log for each line of the trace, which is cut into lines here. */
static void
each_line(char *trace, line_fn *log, void *data)
{
    unsigned left_out = 0;
    char *line = last_lines(trace, &left_out);
    if (left_out > 0) {
        log(data, "(the first lines of the traceback are left out)");
    }
    while (*line != '\0') {
        char *end = line + strcspn(line, "\n");
        int more = *end != '\0';
        *end = '\0';
        log(data, line);
        line = end + more;
    }
}

static void
log_request_line(void *data, const char *line)
{
    request_rec *r = data;
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, LOGNO(0121) "%s", line);
}

void
error_log(const struct error *error, request_rec *r)
{
    if (error->mapped) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      LOGNO(0122) "%s, answered %d", error->head,
                      error->status);
        return;
    }
    const char *id = log_request_id(r);
    const char *before = id != NULL ? ", request " : "";
    id = id != NULL ? id : "";
    if (error->late) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, LOGNO(0126) "%s%s%s",
                      error->head, before, id);
    }
    else {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, LOGNO(0120) "%s%s%s",
                      error->head, before, id);
    }
    if (error->trace != NULL) {
        each_line(error->trace, log_request_line, r);
    }
}

static void
log_server_line(void *data, const char *line)
{
    server_rec *server = data;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, LOGNO(0111) "%s", line);
}

void
error_log_bind(struct interpreter *interpreter, apr_pool_t *pool,
               server_rec *server, const char *subject)
{
    struct error error = {0};
    Py_DECREF(describe(interpreter->apache, pool, subject, &error));
    void *paused = interpreter_pause();
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                 LOGNO(0110) "%s (its routes answer 503)", error.head);
    if (error.trace != NULL) {
        each_line(error.trace, log_server_line, server);
    }
    interpreter_resume(paused);
}

void
error_log_start(struct interpreter *interpreter, apr_pool_t *pool)
{
    struct error error = {0};
    Py_DECREF(
        describe(interpreter->apache, pool, "the start of Python", &error));
    void *paused = interpreter_pause();
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, interpreter->server,
                 LOGNO(0107) "%s", error.head);
    if (error.trace != NULL) {
        each_line(error.trace, log_server_line, interpreter->server);
    }
    interpreter_resume(paused);
}
