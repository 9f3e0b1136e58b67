/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interpreter of this process: how it starts, and how threads enter it.
 *
 * A thread state is made by PyThreadState_New on the thread that uses it and
 * freed when that thread ends.  That agrees with what PyGILState_Ensure of
 * extension modules expects on 3.11 to 3.13; a state from another thread
 * deadlocks there.
 */
#include "interpreter.h"

#include <dlfcn.h>
#include <unistd.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "error.h"
#include "signals.h"
#include "stdio.h"
#include "venv.h"

#include "../log.h"

#define BUILT_FOR                                                             \
    Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION) "."

/* ---- threads ------------------------------------------------------------ */

struct interpreter_thread *
interpreter_thread(struct interpreter *interpreter)
{
    struct interpreter_thread *thread = pthread_getspecific(interpreter->key);
    if (thread != NULL) {
        return thread;
    }
    thread = PyMem_RawCalloc(1, sizeof *thread); /* as long as the thread */
    if (thread == NULL) {
        return NULL;
    }
    thread->interpreter = interpreter;
    if (pthread_setspecific(interpreter->key, thread) != 0) {
        PyMem_RawFree(thread);
        return NULL;
    }
    return thread;
}

/* The destructor of the key, on the thread that ends. */
static void
free_thread(void *data)
{
    struct interpreter_thread *thread = data;
    if (interpreter_stopping(thread->interpreter)) {
        return;
    }
    stdio_end_thread(thread);
    if (thread->state != NULL && !thread->lasts) {
        PyEval_RestoreThread(thread->state);
        PyThreadState_Clear(thread->state);
        PyThreadState_DeleteCurrent();
    }
    PyMem_RawFree(thread);
}

/* A thread of an adopted interpreter may have a state already, which
 * PyGILState_Ensure will look for: a second one would deadlock there. */
static PyThreadState *
find_state(const struct interpreter *interpreter)
{
    PyThreadState *state = PyGILState_GetThisThreadState();
    if (state == NULL ||
        PyThreadState_GetInterpreter(state) != interpreter->state) {
        return NULL;
    }
    return state;
}

static struct interpreter_thread *
make_state(struct interpreter *interpreter)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    if (thread == NULL) {
        return NULL;
    }
    thread->state = find_state(interpreter);
    thread->lasts = thread->state != NULL;
    if (thread->state == NULL) {
        thread->state = PyThreadState_New(interpreter->state);
    }
    return thread->state == NULL ? NULL : thread;
}

struct interpreter_thread *
interpreter_enter(struct interpreter *interpreter)
{
    struct interpreter_thread *thread = pthread_getspecific(interpreter->key);
    if (thread == NULL || thread->state == NULL) {
        thread = make_state(interpreter);
        if (thread == NULL) {
            return NULL;
        }
    }
    signals_enter(thread->state);
    PyEval_RestoreThread(thread->state);
    return thread;
}

void
interpreter_leave(void)
{
    signals_leave(PyEval_SaveThread());
}

void *
interpreter_pause(void)
{
    PyThreadState *state = PyEval_SaveThread();
    signals_leave(state);
    return state;
}

void
interpreter_resume(void *paused)
{
    signals_enter(paused);
    PyEval_RestoreThread(paused);
}

void
interpreter_interrupt(unsigned long thread, PyObject *exception)
{
    PyThreadState_SetAsyncExc(thread, exception);
}

void
interpreter_where(PyThreadState *state, char *to, size_t size)
{
    /* a frame is made, and a collection would run code of anybody's */
    int collects = PyGC_Disable();
    PyFrameObject *frame = PyThreadState_GetFrame(state); /* new */
    if (collects) {
        PyGC_Enable();
    }
    to[0] = '\0';
    if (frame == NULL) {
        return;
    }
    PyCodeObject *code = PyFrame_GetCode(frame); /* new */
    const char *name = PyUnicode_AsUTF8(code->co_filename);
    if (name != NULL) {
        apr_snprintf(to, size, "%s:%d", name, PyFrame_GetLineNumber(frame));
    }
    PyErr_Clear();
    Py_DECREF(code);
    Py_DECREF(frame);
}

/* Makes the state that started CPython the one of this thread. */
static apr_status_t
keep_first_state(struct interpreter *interpreter)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    if (thread == NULL) {
        return APR_ENOMEM;
    }
    thread->state = PyThreadState_Get();
    thread->lasts = 1;
    return APR_SUCCESS;
}

/* ---- the start ---------------------------------------------------------- */

/* Symbols of libpython may come from another module's copy of another
 * version; calling on would crash later, or silently run the wrong Python. */
static apr_status_t
check_version(server_rec *server)
{
    const char *version = Py_GetVersion();
    if (strncmp(version, BUILT_FOR, strlen(BUILT_FOR)) == 0) {
        return APR_SUCCESS;
    }
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                 LOGNO(0100) "this process runs Python %.32s, but mod_routes "
                             "was built for " PY_VERSION
                             ": another module brought a "
                             "libpython of its own",
                 version);
    return APR_EMISMATCH;
}

static apr_status_t
refuse_start(server_rec *server, PyStatus status)
{
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                 LOGNO(0102) "Python did not start: %s%s%s",
                 status.func != NULL ? status.func : "",
                 status.func != NULL ? ": " : "",
                 status.err_msg != NULL ? status.err_msg : "it wants to exit");
    return APR_EGENERAL;
}

/* Isolated, because the server's environment is not the application's: no
 * PYTHON* variables, no user's site-packages, no working folder on sys.path,
 * no signal handlers.  Nothing compiled is written beside the sources: one
 * that changes twice in a second without growing would be taken for its older
 * version, and nobody but its owner should write there.  UTF-8 mode, because
 * httpd runs in the C locale, where open() would read ASCII. */
static PyStatus
initialise(const char *program)
{
    PyPreConfig pre;
    PyPreConfig_InitIsolatedConfig(&pre);
    pre.utf8_mode = 1;
    PyStatus status = Py_PreInitialize(&pre);
    if (PyStatus_Exception(status)) {
        return status;
    }
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.install_signal_handlers = 0;
    config.safe_path = 1;
    config.write_bytecode = 0;
    config.site_import = 1;
    status = PyConfig_SetBytesString(&config, &config.program_name, program);
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    return status;
}

static apr_status_t
start_own(struct interpreter *interpreter, apr_pool_t *pool, const char *home)
{
    const char *fault = NULL;
    const char *program = venv_program(pool, home, &fault);
    if (program == NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, interpreter->server,
                     LOGNO(0103) "%s", fault);
        return APR_EINVAL;
    }
    PyStatus status = initialise(program);
    if (PyStatus_Exception(status)) {
        return refuse_start(interpreter->server, status);
    }
    interpreter->state = PyInterpreterState_Get();
    return keep_first_state(interpreter);
}

/* Whether this thread holds the GIL.  PyGILState_Check says yes without
 * looking once there are sub-interpreters. */
#if PY_VERSION_HEX >= 0x030d0000
static int
is_entered(void)
{
    return PyThreadState_GetUnchecked() != NULL;
}
#else
static int
is_entered(void)
{
    PyThreadState *current = _PyThreadState_UncheckedGet();
    return current != NULL && current == PyGILState_GetThisThreadState();
}
#endif

/* Another module (mod_wsgi, mod_python) has started CPython in this process:
 * there can be only one main interpreter, and it is configured already. */
static apr_status_t
adopt_other(struct interpreter *interpreter, const char *home)
{
    if (is_entered()) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, interpreter->server,
                     LOGNO(0101) "another module started Python in this "
                                 "process and still holds its lock");
        return APR_EBUSY;
    }
    ap_log_error(APLOG_MARK, home != NULL ? APLOG_WARNING : APLOG_INFO, 0,
                 interpreter->server,
                 LOGNO(0106) "another module started Python in this process: "
                             "its interpreter is used as it is%s",
                 home != NULL ? ", RoutesPythonHome has no effect" : "");
    interpreter->state = PyInterpreterState_Main();
    return interpreter_enter(interpreter) != NULL ? APR_SUCCESS : APR_ENOMEM;
}

/* ---- what is set up in it ----------------------------------------------- */

static void
warn_unreadable(server_rec *server, const char *path)
{
    if (access(path, R_OK | X_OK) != 0) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, APR_FROM_OS_ERROR(errno),
                     server,
                     LOGNO(0104) "RoutesPythonPath %s can't be read by the "
                                 "user of this process",
                     path);
    }
}

static int
add_site_folder(PyObject *site, const char *path)
{
    PyObject *folder = PyUnicode_DecodeFSDefault(path); /* new */
    if (folder == NULL) {
        return -1;
    }
    PyObject *done = PyObject_CallMethod(site, "addsitedir", "O", folder);
    Py_DECREF(folder);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

/* Moves what stands from `at` on to the front, order kept. */
static int
move_to_front(PyObject *list, Py_ssize_t at)
{
    PyObject *tail = PyList_GetSlice(list, at, PY_SSIZE_T_MAX); /* new */
    if (tail == NULL) {
        return -1;
    }
    int failed = PyList_SetSlice(list, at, PY_SSIZE_T_MAX, NULL) ||
                 PyList_SetSlice(list, 0, 0, tail);
    Py_DECREF(tail);
    return failed ? -1 : 0;
}

/* site.addsitedir reads .pth files, but appends: an application's own modules
 * come before the library's, as those of a script's folder do. */
static int
extend_path(const apr_array_header_t *paths)
{
    PyObject *site = PyImport_ImportModule("site"); /* new */
    PyObject *list = PySys_GetObject("path");       /* borrowed */
    int result = -1;
    if (site == NULL || list == NULL || !PyList_Check(list)) {
        goto out;
    }
    Py_ssize_t before = PyList_GET_SIZE(list);
    for (int i = 0; i < paths->nelts; i++) {
        if (add_site_folder(site, APR_ARRAY_IDX(paths, i, char *)) != 0) {
            goto out;
        }
    }
    result = move_to_front(list, before);
out:
    Py_XDECREF(site);
    return result;
}

static int
set_up(struct interpreter *interpreter, const apr_array_header_t *paths,
       int own)
{
    if (apache_module_add(interpreter) != 0) {
        return -1;
    }
    if (own && apache_module_guard(interpreter) != 0) {
        return -1;
    }
    return paths != NULL ? extend_path(paths) : 0;
}

/* httpd unloads its modules when a child exits, while threads that user code
 * left running still execute in libpython, and the key's destructor may run in
 * us.  Pinning in the child alone costs nothing: the parent, which reloads
 * modules at each restart, is not touched. */
static void
pin(const void *symbol)
{
    Dl_info info;
    if (dladdr(symbol, &info) != 0 && info.dli_fname != NULL) {
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    }
}

static const char pinned[] = "mod_routes";

apr_status_t
interpreter_start(apr_pool_t *pool, apr_pool_t *scratch, server_rec *server,
                  const struct embed_options *options,
                  struct interpreter **result)
{
    *result = NULL;
    apr_status_t rv = check_version(server);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    struct interpreter *interpreter = apr_pcalloc(pool, sizeof *interpreter);
    interpreter->server = server;
    interpreter->caller_of = options->caller_of;
    interpreter->body_of = options->body_of;
    interpreter->about = options->about;
    if (pthread_key_create(&interpreter->key, free_thread) != 0) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                     LOGNO(0105) "no thread key is left for Python");
        return APR_EGENERAL;
    }
    for (int i = 0; options->paths && i < options->paths->nelts; i++) {
        warn_unreadable(server, APR_ARRAY_IDX(options->paths, i, char *));
    }
    int own = !Py_IsInitialized();
    rv = own ? start_own(interpreter, scratch, options->home)
             : adopt_other(interpreter, options->home);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    pin(pinned);
    pin(&PyType_Type);
    if (set_up(interpreter, options->paths, own) != 0) {
        error_log_start(interpreter, scratch);
        rv = APR_EGENERAL;
    }
    interpreter_leave();
    *result = rv == APR_SUCCESS ? interpreter : NULL;
    return rv;
}
