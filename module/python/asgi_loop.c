/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of ASGI runs on the event loop.
 *
 *     application --send()--> sends --step()--> httpd's thread (asgi.c)
 *                 <-receive()-- given() <--give()--
 *
 * A message of the application waits in a Visit until httpd's thread has taken
 * it, and the application waits with it: that is the back-pressure.  Methods
 * of httpd's thread touch what is one step under the GIL; everything else is
 * handed to the loop.
 */
#include "asgi_loop.h"

#include "apache_module.h"
#include "asgi_message.h"
#include "asgi_socket_loop.h"
#include "await.h"
#include "interpreter.h"
#include "loop.h"

/* Milliseconds that a loop has which hangs in code of its own. */
#define ASGI_LOOP_SPARE 200

static const char source[] =
    "import collections\n"
    "\n"
    "own = contextvars.copy_context()\n"
    "detached = set()\n"
    "lives = {}\n"
    "lost += detached.clear, lives.clear\n"
    "GRACE = 5\n"
    "\n"
    "\n"
    "def resolve(future, result=None, error=None):\n"
    "    if future.done():\n"
    "        return\n"
    "    if error is None:\n"
    "        future.set_result(result)\n"
    "    else:\n"
    "        future.set_exception(error)\n"
    "\n"
    "\n"
    "def complain(what, error):\n"
    "    loop.call_exception_handler({'message': what, 'exception': error})\n"
    "\n"
    "\n"
    "def gone():\n"
    "    return ConnectionAbortedError('the client has gone away')\n"
    "\n"
    "\n"
    "class Visit:\n"
    "    heading = task = None\n"
    "    last = over = busy = cancelled = False\n"
    "\n"
    "    def __init__(self, app, scope, unread):\n"
    "        self.unread = unread        # None: nothing, which was not said\n"
    "        self.sends = collections.deque()\n"
    "        self.pieces = collections.deque()\n"
    "        self.reads = collections.deque()\n"
    "        self.bell = Bell()\n"
    "        self.event = self.bell.event\n"
    "        self.loop = loop\n"
    "        loop.call_soon_threadsafe(self.start, app, scope,\n"
    "                                  context=own.copy())\n"
    "\n"
    "    def start(self, app, scope):\n"
    "        self.task = loop.create_task(self.run(app, scope))\n"
    "        self.task.add_done_callback(self.wake)\n"
    "        if self.cancelled:\n"
    "            self.task.cancel()\n"
    "\n"
    "    async def run(self, app, scope):\n"
    "        receive, send, self = self.receive, self.send, None\n"
    "        await app(scope, receive, send)\n"
    "\n"
    "    def wake(self, task=None):\n"
    "        bell = self.bell\n"
    "        if bell is not None:\n"
    "            os.eventfd_write(bell.event, 1)\n"
    "\n"
    "    # for the application\n"
    "\n"
    "    async def receive(self):\n"
    "        # a future is a place in the row, not a piece: who is cancelled\n"
    "        # there takes nothing along\n"
    "        while not self.pieces:\n"
    "            if self.over:\n"
    "                return {'type': 'http.disconnect'}\n"
    "            if self.unread is None:\n"
    "                self.unread = False\n"
    "                return {'type': 'http.request', 'body': b'',\n"
    "                        'more_body': False}\n"
    "            await self.queue()\n"
    "        piece = self.pieces.popleft()\n"
    "        if self.reads and self.unread:\n"
    "            self.wake()\n"
    "        return piece\n"
    "\n"
    "    async def queue(self):\n"
    "        place = loop.create_future()\n"
    "        self.reads.append(place)\n"
    "        if self.unread:\n"
    "            self.wake()\n"
    "        try:\n"
    "            await place\n"
    "        except asyncio.CancelledError:\n"
    "            self.call_next()\n"
    "            raise\n"
    "\n"
    "    def call_next(self):\n"
    "        while self.reads and (self.pieces or self.over):\n"
    "            place = self.reads.popleft()\n"
    "            if not place.done():\n"
    "                place.set_result(None)\n"
    "                return\n"
    "\n"
    "    async def send(self, message):\n"
    "        kind = message['type']\n"
    "        if kind == 'http.response.start':\n"
    "            self.begin(message)\n"
    "        elif kind == 'http.response.body':\n"
    "            await self.push(message)\n"
    "        else:\n"
    "            raise ValueError(f'the message {kind!r} is none of an answer "
    "'\n"
    "                             'over HTTP')\n"
    "\n"
    "    def begin(self, message):\n"
    "        if self.heading is not None:\n"
    "            raise RuntimeError('http.response.start was sent twice')\n"
    "        self.heading = check_start(message)\n"
    "\n"
    "    async def push(self, message):\n"
    "        if self.heading is None:\n"
    "            raise RuntimeError('http.response.body was sent before '\n"
    "                               'http.response.start')\n"
    "        body = message.get('body', b'')\n"
    "        if isinstance(body, (bytearray, memoryview)):\n"
    "            body = bytes(body)\n"
    "        if type(body) is not bytes:\n"
    "            raise TypeError('a body of type ' + type(body).__name__ +\n"
    "                            ', not bytes')\n"
    "        if self.last:\n"
    "            await asyncio.sleep(0)      # to be ignored\n"
    "            return\n"
    "        if self.over:\n"
    "            raise gone()\n"
    "        self.last = not message.get('more_body', False)\n"
    "        await self.hand(body, self.last)\n"
    "\n"
    "    async def hand(self, *what):\n"
    "        sent = loop.create_future()\n"
    "        self.sends.append((sent, *what))\n"
    "        self.wake()\n"
    "        try:\n"
    "            await sent\n"
    "        finally:\n"
    "            sent = None     # its exception has this frame\n"
    "\n"
    "    # for httpd's thread\n"
    "\n"
    "    def step(self):\n"
    "        if self.sends:\n"
    "            return self.sends[0]\n"
    "        if self.is_done():\n"
    "            return False\n"
    "        return True if self.is_wanted() else None\n"
    "\n"
    "    def is_done(self):\n"
    "        if self.task is not None and self.task.done():\n"
    "            return True\n"
    "        return check(self)\n"
    "\n"
    "    def is_wanted(self):\n"
    "        return (self.unread and not self.busy and not self.pieces and\n"
    "                any(not place.done() for place in list(self.reads)))\n"
    "\n"
    "    def answer(self, error=None):\n"
    "        sent = self.sends.popleft()[0]\n"
    "        loop.call_soon_threadsafe(resolve, sent, None, error)\n"
    "\n"
    "    def finish(self, whole):\n"
    "        sent = self.sends.popleft()[0]\n"
    "        loop.call_soon_threadsafe(self.leave, self.task, whole, sent)\n"
    "\n"
    "    def give(self, body, more):\n"
    "        self.busy, self.unread = True, more\n"
    "        loop.call_soon_threadsafe(self.given, body, more)\n"
    "\n"
    "    def part(self):\n"
    "        loop.call_soon_threadsafe(self.end)\n"
    "\n"
    "    def cancel(self):\n"
    "        self.cancelled = True\n"
    "        loop.call_soon_threadsafe(self.stop)\n"
    "\n"
    "    def detach(self, whole):\n"
    "        loop.call_soon_threadsafe(self.leave, self.task, whole)\n"
    "\n"
    "    def result(self):\n"
    "        task, self = self.task, None\n"
    "        try:\n"
    "            return task.result()\n"
    "        finally:\n"
    "            task = None     # its exception has this frame, too\n"
    "\n"
    "    def settle(self):\n"
    "        pass        # nobody is there to be told\n"
    "\n"
    "    def close(self):\n"
    "        # an exception's frames have receive(), hence this object: not\n"
    "        # to be left to the garbage collector, nor what they hold\n"
    "        task, self.task, self.bell = self.task, None, None\n"
    "        if task is not None and task.done() and not task.cancelled():\n"
    "            task.exception()        # nobody else asks for it\n"
    "\n"
    "    # for the loop, on behalf of httpd's thread\n"
    "\n"
    "    def stop(self):\n"
    "        if self.task is not None:\n"
    "            self.task.cancel()\n"
    "\n"
    "    def given(self, body, more):\n"
    "        self.busy = False\n"
    "        piece = {'type': 'http.request', 'body': body, 'more_body': "
    "more}\n"
    "        self.pieces.append(piece)\n"
    "        self.call_next()\n"
    "\n"
    "    def end(self):\n"
    "        self.over = True\n"
    "        while self.reads:\n"
    "            resolve(self.reads.popleft())\n"
    "        while self.sends:\n"
    "            resolve(self.sends.popleft()[0], None, gone())\n"
    "\n"
    "    def leave(self, task, whole, sent=None):\n"
    "        if sent is not None:\n"
    "            resolve(sent)\n"
    "        self.end()\n"
    "        detached.add(task)\n"
    "        task.add_done_callback(self.reporter())\n"
    "        if not whole:\n"
    "            give_grace(task)\n"
    "\n"
    "    def reporter(self):\n"
    "        return report\n"
    "\n"
    "\n"
    "def give_grace(task):\n"
    "    # a timer that is not cancelled keeps what has ended long before it\n"
    "    timer = loop.call_later(GRACE, task.cancel)\n"
    "    task.add_done_callback(lambda task: timer.cancel())\n"
    "\n"
    "\n"
    "def report(task):\n"
    "    detached.discard(task)\n"
    "    error = None if task.cancelled() else task.exception()\n"
    "    if error is not None and not isinstance(error, ConnectionError):\n"
    "        complain('an ASGI application raised after its answer', error)\n"
    "\n"
    "\n"
    "class Life:\n"
    "    last = None\n"
    "\n"
    "    def __init__(self, app):\n"
    "        self.app = app\n"
    "        self.state = {}\n"
    "        self.events = asyncio.Queue()\n"
    "        self.started = loop.create_future()\n"
    "        self.stopped = loop.create_future()\n"
    "\n"
    "    async def receive(self):\n"
    "        return {'type': await self.events.get()}\n"
    "\n"
    "    async def send(self, message):\n"
    "        kind = message['type']\n"
    "        said = str(message.get('message', '')) or 'without a word'\n"
    "        if kind == 'lifespan.startup.complete':\n"
    "            resolve(self.started, True)\n"
    "        elif kind == 'lifespan.startup.failed':\n"
    "            resolve(self.started, None, Refusal(\n"
    "                'failed to start its lifespan: ' + said))\n"
    "        elif kind == 'lifespan.shutdown.complete':\n"
    "            resolve(self.stopped)\n"
    "        elif kind == 'lifespan.shutdown.failed':\n"
    "            resolve(self.stopped, None, RuntimeError(said))\n"
    "        else:\n"
    "            raise ValueError(f'the message {kind!r} is none of a "
    "lifespan')\n"
    "\n"
    "    async def run(self):\n"
    "        scope = {'type': 'lifespan', 'state': self.state,\n"
    "                 'asgi': {'version': '3.0', 'spec_version': '2.0'}}\n"
    "        try:\n"
    "            await self.app(scope, self.receive, self.send)\n"
    "        except Exception as error:\n"
    "            if self.started.done() and not self.stopped.done():\n"
    "                self.stopped.set_exception(error)\n"
    "                self.stopped.exception()    # it may be asked for later\n"
    "        finally:\n"
    "            resolve(self.started, False)\n"
    "            resolve(self.stopped)\n"
    "\n"
    "    async def start(self):\n"
    "        self.task = loop.create_task(self.run())\n"
    "        self.events.put_nowait('lifespan.startup')\n"
    "        return self.state if await self.started else None\n"
    "\n"
    "    def is_begun(self):\n"
    "        return (self.started.done() and not self.started.exception() "
    "and\n"
    "                self.started.result())\n"
    "\n"
    "    async def stop(self):\n"
    "        self.events.put_nowait('lifespan.shutdown')\n"
    "        try:\n"
    "            await self.stopped\n"
    "        except Exception as error:\n"
    "            complain('the lifespan of an ASGI application failed to '\n"
    "                     'shut down', error)\n"
    "\n"
    "\n"
    "async def begin_life(app):\n"
    "    life = lives.get(id(app))\n"
    "    if life is None:\n"
    "        life = lives[id(app)] = Life(app)\n"
    "        return await life.start()\n"
    "    return life.state if await life.started else None\n"
    "\n"
    "\n"
    "# In turn, each when the one before it has ended or had its share of "
    "the\n"
    "# time; what still starts is cancelled at the end of the loop.\n"
    "async def stop_lives(begun, end):\n"
    "    stops = []\n"
    "    for left in range(len(begun), 0, -1):\n"
    "        stops.append(loop.create_task(begun[-left].stop()))\n"
    "        share = (end - loop.time()) / left\n"
    "        await asyncio.wait(stops[-1:], timeout=max(share, 0))\n"
    "    return stops\n"
    "\n"
    "\n"
    "async def end_lives(limit):\n"
    "    begun = [l for l in reversed(lives.values()) if l.is_begun()]\n"
    "    end = loop.time() + limit\n"
    "    stops = await stop_lives(begun, end)\n"
    "    if stops:\n"
    "        await asyncio.wait(stops, timeout=max(end - loop.time(), 0))\n"
    "    for life, stop in zip(begun, stops):\n"
    "        if not stop.done():\n"
    "            loop.call_exception_handler({'message': 'the lifespan of an "
    "'\n"
    "                'ASGI application did not shut down in time: '\n"
    "                f'{life.app!r}'})\n"
    "\n"
    "\n"
    "def visit(given):\n"
    "    return Visit(*given)\n";

int
asgi_loop_need(struct interpreter *interpreter)
{
    static const char name[] = "check_start";
    if (interpreter->asgi_pool != NULL) {
        return 0;
    }
    if (loop_define(interpreter, source) != 0) {
        return -1;
    }
    PyObject *check = asgi_message_checker(interpreter); /* new */
    int result = check != NULL ? loop_set(interpreter, name, check) : -1;
    if (result == 0) {
        result =
            loop_set(interpreter, "Refusal", interpreter->apache->refusal);
    }
    Py_XDECREF(check);
    if (result == 0) {
        result = asgi_socket_loop_define(interpreter);
    }
    if (result == 0 &&
        apr_pool_create_unmanaged_ex(&interpreter->asgi_pool, NULL, NULL) !=
            APR_SUCCESS) {
        PyErr_NoMemory();
        return -1;
    }
    return result;
}

/* ---- lifespan ----------------------------------------------------------- */

/* Awaits what NAME(argument) of the text gives. */
static PyObject *
run(struct interpreter *interpreter, const char *name, PyObject *argument,
    int limit)
{
    PyObject *work = loop_submit(interpreter, name, argument); /* new */
    if (work == NULL) {
        return NULL;
    }
    PyObject *result = await_alone(interpreter, work, limit); /* new */
    Py_DECREF(work);
    return result;
}

PyObject *
asgi_loop_start(struct interpreter *interpreter, PyObject *app)
{
    return run(interpreter, "begin_life", app, -1);
}

void
asgi_loop_stop(struct interpreter *interpreter)
{
    if (interpreter->asgi_pool == NULL) {
        return;
    }
    PyObject *limit =
        PyFloat_FromDouble(ASGI_LOOP_STOP_LIMIT / 1000.0); /* new */
    PyObject *done =                                       /* new */
        limit != NULL ? run(interpreter, "end_lives", limit,
                            ASGI_LOOP_STOP_LIMIT + ASGI_LOOP_SPARE)
                      : NULL;
    if (done == NULL) {
        PyErr_WriteUnraisable(NULL);
    }
    Py_XDECREF(done);
    Py_XDECREF(limit);
}

/* ---- requests ----------------------------------------------------------- */

PyObject *
asgi_loop_visit(struct interpreter *interpreter, PyObject *app,
                PyObject *scope, int unread)
{
    PyObject *given = /* new */
        PyTuple_Pack(3, app, scope, unread ? Py_True : Py_None);
    if (given == NULL) {
        return NULL;
    }
    PyObject *visit = loop_submit(interpreter, "visit", given); /* new */
    Py_DECREF(given);
    return visit;
}
