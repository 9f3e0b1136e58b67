/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop of an interpreter.
 *
 * asyncio is Python, and so is what speaks to it: the text below is run once,
 * in the loop's thread.  httpd's threads make a Link by call or stream, and
 * sleep on its event, without the GIL.
 */
#include "loop.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <mpm_common.h>

#include "apache_module.h"
#include "interpreter.h"
#include "thread.h"

#include "../log.h"

/* A task is made inside the context of the thread that asked for it, which
 * call_soon_threadsafe copies.  A stream is one task from its first chunk to
 * its last, so that timeouts and context variables of a generator hold over
 * its yields; it is resumed when httpd wants more, never before. */
static const char source[] =
    "import asyncio\n"
    "import contextvars\n"
    "import os\n"
    "\n"
    "loop = asyncio.new_event_loop()\n"
    "stopping = ended = False\n"
    "broken = []     # loops that ended: their files may be others' by now\n"
    "lost = []       # what is to be forgotten with one\n"
    "BREAKS = 3\n"
    "\n"
    "\n"
    "def check(link):\n"
    "    if ended or link.loop is not loop:\n"
    "        raise RuntimeError('the event loop of this process has ended')\n"
    "\n"
    "\n"
    "class Bell:\n"
    "    # outlives who rings it just now: the number may be another file's\n"
    "    # as soon as it is closed\n"
    "\n"
    "    def __init__(self):\n"
    "        self.event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)\n"
    "\n"
    "    def __del__(self):\n"
    "        os.close(self.event)\n"
    "\n"
    "\n"
    "class Link:\n"
    "    chunk = taken = task = None\n"
    "    cancelled = False\n"
    "\n"
    "    def __init__(self, work, context=None):\n"
    "        self.bell = Bell()\n"
    "        self.event = self.bell.event\n"
    "        self.loop = loop\n"
    "        loop.call_soon_threadsafe(self.start, work, context=context)\n"
    "\n"
    "    def start(self, work):\n"
    "        self.task = loop.create_task(work(self))\n"
    "        self.task.add_done_callback(self.wake)\n"
    "        if self.cancelled:\n"
    "            self.task.cancel()\n"
    "\n"
    "    def wake(self, task=None):\n"
    "        bell = self.bell\n"
    "        if bell is not None:\n"
    "            os.eventfd_write(bell.event, 1)\n"
    "\n"
    "    def give(self, chunk):\n"
    "        self.chunk = (chunk,)\n"
    "        self.taken = loop.create_future()\n"
    "        self.wake()\n"
    "        return self.taken\n"
    "\n"
    "    def resume(self):\n"
    "        if self.taken is not None and not self.taken.done():\n"
    "            self.taken.set_result(None)\n"
    "\n"
    "    def stop(self):\n"
    "        if self.task is not None:\n"
    "            self.task.cancel()\n"
    "\n"
    "    # from here on for httpd's thread\n"
    "\n"
    "    def is_done(self):\n"
    "        if self.task is not None and self.task.done():\n"
    "            return True\n"
    "        return check(self)\n"
    "\n"
    "    def is_ready(self):\n"
    "        return self.chunk is not None or self.is_done()\n"
    "\n"
    "    # a traceback keeps the variables of its frames, and a task its\n"
    "    # exception: none of them may hold the link, whose event is open,\n"
    "    # nor this frame the task\n"
    "\n"
    "    def result(self):\n"
    "        task, self = self.task, None\n"
    "        try:\n"
    "            return task.result()\n"
    "        finally:\n"
    "            task = None\n"
    "\n"
    "    def more(self):\n"
    "        loop.call_soon_threadsafe(self.resume)\n"
    "\n"
    "    def take(self):\n"
    "        chunk, self.chunk = self.chunk, None\n"
    "        task, self = self.task, None\n"
    "        try:\n"
    "            return chunk if chunk is not None else task.result()\n"
    "        finally:\n"
    "            task = None\n"
    "\n"
    "    def cancel(self):\n"
    "        self.cancelled = True\n"
    "        loop.call_soon_threadsafe(self.stop)\n"
    "\n"
    "    def settle(self):\n"
    "        task, self = self.task, None\n"
    "        try:\n"
    "            if not task.cancelled():\n"
    "                task.result()\n"
    "        finally:\n"
    "            task = None\n"
    "\n"
    "    def close(self):\n"
    "        # a task that was cancelled before it ran has the link in its\n"
    "        # frame, whatever is done there\n"
    "        self.task = self.taken = self.bell = None\n"
    "\n"
    "\n"
    "async def wait(awaitable):\n"
    "    return await awaitable\n"
    "\n"
    "\n"
    "async def pump(link, chunks):\n"
    "    try:\n"
    "        async for chunk in chunks:\n"
    "            await link.give(chunk)\n"
    "    finally:\n"
    "        link = None\n"
    "        close = getattr(chunks, 'aclose', None)\n"
    "        if close is not None:\n"
    "            await close()\n"
    "\n"
    "\n"
    "def call(awaitable):\n"
    "    if asyncio.iscoroutine(awaitable):\n"
    "        return Link(lambda link: awaitable)\n"
    "    return Link(lambda link: wait(awaitable))\n"
    "\n"
    "\n"
    "def stream(chunks):\n"
    "    return Link(lambda link: pump(link, chunks))\n"
    "\n"
    "\n"
    "async def finish():\n"
    "    tasks = asyncio.all_tasks(loop) - {asyncio.current_task()}\n"
    "    for task in tasks:\n"
    "        task.cancel()\n"
    "    if tasks:\n"
    "        await asyncio.wait(tasks, timeout=1)\n"
    "    await loop.shutdown_asyncgens()\n"
    "\n"
    "\n"
    "def serve():\n"
    "    asyncio.set_event_loop(loop)\n"
    "    while not stopping:\n"
    "        try:\n"
    "            loop.run_forever()\n"
    "        except (SystemExit, KeyboardInterrupt):\n"
    "            pass    # of a task: its request is told\n"
    "    loop.run_until_complete(finish())\n"
    "    loop.close()\n"
    "\n"
    "\n"
    "def run():\n"
    "    global ended\n"
    "    try:\n"
    "        serve()\n"
    "    finally:\n"
    "        ended = True\n"
    "\n"
    "\n"
    "def renew():\n"
    "    global loop, ended\n"
    "    broken.append(loop)\n"
    "    if stopping or len(broken) > BREAKS:\n"
    "        return False\n"
    "    loop = asyncio.new_event_loop()\n"
    "    for forget in lost:\n"
    "        forget()\n"
    "    ended = False\n"
    "    return True\n"
    "\n"
    "\n"
    "def stop():\n"
    "    global stopping\n"
    "    stopping = True\n"
    "    loop.call_soon_threadsafe(loop.stop)\n";

enum phase {
    LOOP_STARTS,
    LOOP_RUNS,
    LOOP_FAILED,
    LOOP_ENDED
};

struct loop {
    struct interpreter *interpreter; /* borrowed */
    pthread_mutex_t lock;            /* of the phase; taken without the GIL, or
                                        for a moment */
    pthread_cond_t changed;
    enum phase phase;
    PyObject *names; /* owned: what the source defines, once it runs */
    PyObject *fault; /* owned: why it failed */
};

/* ---- its thread --------------------------------------------------------- */

static void
set_phase(struct loop *loop, enum phase phase)
{
    pthread_mutex_lock(&loop->lock);
    loop->phase = phase;
    pthread_cond_broadcast(&loop->changed);
    pthread_mutex_unlock(&loop->lock);
}

/* What the source defines; new, or NULL with an exception. */
static PyObject *
run_source(void)
{
    PyObject *names = PyDict_New(); /* new */
    PyObject *code =                /* new */
        Py_CompileString(source, "<mod_routes loop>", Py_file_input);
    PyObject *name = PyUnicode_FromString("mod_routes_loop"); /* new */
    PyObject *done = NULL;                                    /* new */
    if (names != NULL && code != NULL && name != NULL &&
        PyDict_SetItemString(names, "__name__", name) == 0 &&
        PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) ==
            0) {
        done = PyEval_EvalCode(code, names, names);
    }
    if (done == NULL) {
        Py_CLEAR(names);
    }
    Py_XDECREF(done);
    Py_XDECREF(name);
    Py_XDECREF(code);
    return names;
}

static PyObject *
call_name(const struct loop *loop, const char *name, PyObject *argument)
{
    PyObject *function =
        PyDict_GetItemString(loop->names, name); /* borrowed */
    if (function == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the event loop has ended");
        return NULL;
    }
    return argument != NULL ? PyObject_CallOneArg(function, argument)
                            : PyObject_CallNoArgs(function);
}

static PyObject *
take_fault(void)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return value;
}

/* Runs until the process ends.  Returns -1 if the loop ended before: something
 * is broken that all tasks need, and their requests are told within
 * AWAIT_LOOK.  GIL: held. */
static int
run(const struct loop *loop)
{
    PyObject *done = call_name(loop, "run", NULL); /* new */
    if (done == NULL) {
        PyErr_WriteUnraisable(NULL);
        return -1;
    }
    Py_DECREF(done);
    return 0;
}

enum remedy {
    REMEDY_NONE,
    REMEDY_CHILD, /* another child */
    REMEDY_LOOP   /* another loop in this one */
};

static void
say_ended(const struct loop *loop, enum remedy remedy)
{
    static const char *const words[] = {
        [REMEDY_NONE] = "this process answers 500 for async functions until "
                        "it is restarted",
        [REMEDY_CHILD] = "this process is replaced",
        [REMEDY_LOOP] = "another one serves from now on, and what was made on "
                        "the first one at the start of this process is of no "
                        "use until it is restarted"};
    void *paused = interpreter_pause();
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, loop->interpreter->server,
                 LOGNO(0128) "the event loop has ended, with all that ran on "
                             "it: %s",
                 words[remedy]);
    interpreter_resume(paused);
}

/* A child of prefork ends when it is told so, after the request that it has;
 * those of other MPMs take no signal, and go on with another loop.  GIL: held,
 * released in between. */
static enum remedy
find_remedy(const struct loop *loop)
{
    if (!loop->interpreter->about.threads) {
        return REMEDY_CHILD;
    }
    PyObject *renewed = call_name(loop, "renew", NULL); /* new */
    int done = renewed != NULL ? PyObject_IsTrue(renewed) : -1;
    if (done < 0) {
        PyErr_WriteUnraisable(NULL);
    }
    Py_XDECREF(renewed);
    return done > 0 ? REMEDY_LOOP : REMEDY_NONE;
}

/* Runs one loop after the other.  GIL: held, released in between. */
static void
keep_running(const struct loop *loop)
{
    enum remedy remedy = REMEDY_LOOP;
    while (remedy == REMEDY_LOOP && run(loop) != 0) {
        remedy = find_remedy(loop);
        say_ended(loop, remedy);
        if (remedy == REMEDY_CHILD) {
            kill(getpid(), AP_SIG_GRACEFUL);
        }
    }
}

static void
serve(void *data)
{
    struct loop *loop = data;
    if (interpreter_enter(loop->interpreter) == NULL) {
        set_phase(loop, LOOP_FAILED);
        return;
    }
    loop->names = run_source();
    if (loop->names == NULL) {
        loop->fault = take_fault();
        set_phase(loop, LOOP_FAILED);
    }
    else {
        set_phase(loop, LOOP_RUNS);
        keep_running(loop);
        set_phase(loop, LOOP_ENDED);
    }
    interpreter_leave();
}

/* ---- its life ----------------------------------------------------------- */

/* As long as the process: tasks may outlive whoever asked for them. */
static struct loop *
make_loop(struct interpreter *interpreter)
{
    struct loop *loop = PyMem_RawCalloc(1, sizeof *loop);
    if (loop == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    loop->interpreter = interpreter;
    pthread_mutex_init(&loop->lock, NULL);
    pthread_cond_init(&loop->changed, NULL);
    int fault = thread_start(serve, loop);
    if (fault != 0) {
        errno = fault;
        PyErr_SetFromErrno(PyExc_OSError);
        PyMem_RawFree(loop);
        return NULL;
    }
    return loop;
}

/* Waits while the loop is in the phase, at most as many milliseconds. */
static enum phase
wait_while(struct loop *loop, enum phase phase, int limit)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += limit / 1000;
    end.tv_nsec += limit % 1000 * 1000000L;
    end.tv_sec += end.tv_nsec / 1000000000L;
    end.tv_nsec %= 1000000000L;
    void *paused = interpreter_pause();
    int fault = 0;
    pthread_mutex_lock(&loop->lock);
    while (loop->phase == phase && fault == 0) {
        fault = pthread_cond_timedwait(&loop->changed, &loop->lock, &end);
    }
    enum phase now = loop->phase;
    pthread_mutex_unlock(&loop->lock);
    interpreter_resume(paused);
    return now;
}

int
loop_need(struct interpreter *interpreter)
{
    /* the GIL makes the first one alone here */
    if (interpreter->loop == NULL) {
        interpreter->loop = make_loop(interpreter);
    }
    struct loop *loop = interpreter->loop;
    if (loop == NULL) {
        return -1;
    }
    if (wait_while(loop, LOOP_STARTS, LOOP_START_LIMIT) == LOOP_RUNS) {
        return 0;
    }
    if (loop->fault != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(loop->fault), loop->fault);
    }
    else {
        PyErr_SetString(interpreter->apache->refusal,
                        "needs the event loop, which does not run");
    }
    return -1;
}

int
loop_define(struct interpreter *interpreter, const char *text)
{
    if (loop_need(interpreter) != 0) {
        return -1;
    }
    PyObject *names = interpreter->loop->names; /* borrowed */
    PyObject *done = NULL;                      /* new */
    PyObject *code =                            /* new */
        Py_CompileString(text, "<mod_routes loop>", Py_file_input);
    if (code != NULL) {
        done = PyEval_EvalCode(code, names, names);
    }
    Py_XDECREF(code);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

int
loop_set(struct interpreter *interpreter, const char *name, PyObject *value)
{
    return PyDict_SetItemString(interpreter->loop->names, name, value);
}

PyObject *
loop_submit(struct interpreter *interpreter, const char *name,
            PyObject *argument)
{
    return loop_need(interpreter) == 0
               ? call_name(interpreter->loop, name, argument)
               : NULL;
}

void
loop_stop(struct interpreter *interpreter)
{
    struct loop *loop = interpreter->loop;
    if (loop == NULL || loop->names == NULL) {
        return;
    }
    PyObject *done = call_name(loop, "stop", NULL); /* new */
    if (done != NULL) {
        Py_DECREF(done);
        wait_while(loop, LOOP_RUNS, LOOP_STOP_LIMIT);
    }
    PyErr_Clear();
}
