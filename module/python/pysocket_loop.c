/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.AsyncWebSocket, and what of it runs on the event loop.
 *
 *     function --> AsyncWebSocket --> Talk <-- httpd's thread (asgi.c)
 *
 * A Talk is a Socket of asgi_socket_loop.c whose application is the function:
 * what is sent waits in it until httpd's thread has taken it, what comes is
 * given when it is asked for.
 */
#include "pysocket_loop.h"

#include "apache_module.h"
#include "asgi_loop.h"
#include "interpreter.h"
#include "loop.h"
#include "pysocket.h"

/* Run once an interpreter, when the module is made: there may be no loop. */
static const char classes[] =
    "class Disconnected(ConnectionError):\n"
    "    '''Disconnected(code=1006, reason=''): the websocket is closed.'''\n"
    "    __module__ = 'apache'\n"
    "\n"
    "    def __init__(self, code=1006, reason=''):\n"
    "        super().__init__(code, reason)\n"
    "        self.code, self.reason = code, reason\n"
    "\n"
    "    def __str__(self):\n"
    "        return f'the websocket is closed: {self.code} "
    "{self.reason}'.strip()\n"
    "\n"
    "\n"
    "class AsyncWebSocket:\n"
    "    '''The websocket of an `async def` function.'''\n"
    "    __module__ = 'apache'\n"
    "    __slots__ = '_talk', '__weakref__'\n"
    "\n"
    "    def __new__(cls):\n"
    "        raise TypeError('a function gets its websocket from httpd')\n"
    "\n"
    "    @property\n"
    "    def subprotocols(self):\n"
    "        return self._talk.offers\n"
    "\n"
    "    @property\n"
    "    def subprotocol(self):\n"
    "        return self._talk.protocol\n"
    "\n"
    "    @property\n"
    "    def close_code(self):\n"
    "        return self._talk.code if self._talk.over else None\n"
    "\n"
    "    @property\n"
    "    def close_reason(self):\n"
    "        return self._talk.reason if self._talk.over else None\n"
    "\n"
    "    async def accept(self, subprotocol=None):\n"
    "        'accept(subprotocol=None): answers the handshake.'\n"
    "        await self._talk.open(subprotocol)\n"
    "\n"
    "    async def receive(self):\n"
    "        'receive(): the next message, a str or bytes.'\n"
    "        return await self._talk.take()\n"
    "\n"
    "    async def send(self, message):\n"
    "        'send(message): returns when it has left.'\n"
    "        await self._talk.say(message)\n"
    "\n"
    "    async def close(self, code=1000, reason=''):\n"
    "        \"close(code=1000, reason=''): or refuses the handshake.\"\n"
    "        await self._talk.shut(code, reason)\n"
    "\n"
    "    def __aiter__(self):\n"
    "        return self\n"
    "\n"
    "    async def __anext__(self):\n"
    "        try:\n"
    "            return await self._talk.take()\n"
    "        except Disconnected:\n"
    "            raise StopAsyncIteration from None\n";

static const char source[] =
    "class Talk(Socket):\n"
    "    protocol = None\n"
    "    greeted = True      # it is told of no websocket.connect\n"
    "\n"
    "    def __init__(self, offers):\n"
    "        self.offers = offers\n"
    "\n"
    "    def begin(self, work, subject):\n"
    "        self.subject = subject\n"
    "        Visit.__init__(self, work, None, True)\n"
    "\n"
    "    def start(self, work, scope):\n"
    "        super().start(work, scope)\n"
    "        # one that was cancelled before it began is never awaited\n"
    "        self.task.add_done_callback(lambda task: work.close())\n"
    "\n"
    "    async def run(self, work, scope):\n"
    "        given = await work\n"
    "        if given is not None:\n"
    "            raise Refusal('gave back a value of type ' +\n"
    "                          type(given).__name__ + ', which nobody gets: "
    "'\n"
    "                          'what is sent over a websocket goes by "
    "send()')\n"
    "        await self.shut(1000, '')\n"
    "\n"
    "    # for the function\n"
    "\n"
    "    async def open(self, subprotocol):\n"
    "        if self.over:\n"
    "            raise Disconnected(self.code, self.reason)\n"
    "        if self.accepted or self.last:\n"
    "            raise RuntimeError('the websocket was accepted or closed '\n"
    "                               'before')\n"
    "        await self.accept({'subprotocol': subprotocol})\n"
    "\n"
    "    async def ready(self):\n"
    "        if self.over or self.closing:\n"
    "            raise Disconnected(self.code, self.reason)\n"
    "        if not self.accepted:\n"
    "            await self.open(None)\n"
    "\n"
    "    async def take(self):\n"
    "        if not self.pieces:\n"
    "            await self.ready()\n"
    "        piece = await self.receive()\n"
    "        if piece['type'] == 'websocket.disconnect':\n"
    "            raise Disconnected(self.code, self.reason)\n"
    "        return piece['text'] if 'text' in piece else piece['bytes']\n"
    "\n"
    "    async def say(self, message):\n"
    "        if not isinstance(message, (str, bytes, bytearray,\n"
    "                                    memoryview)):\n"
    "            raise TypeError('a message is a str or bytes, and not of '\n"
    "                            'type ' + type(message).__name__)\n"
    "        kind = 'text' if isinstance(message, str) else 'bytes'\n"
    "        what = take_message({kind: message})\n"
    "        await self.ready()\n"
    "        await self.deliver(*what)\n"
    "\n"
    "    async def shut(self, code, reason):\n"
    "        parting = take_close({'code': code, 'reason': reason})\n"
    "        if self.over or self.closing or self.last:\n"
    "            return\n"
    "        if not self.accepted:\n"
    "            self.last = True\n"
    "            await self.deliver(None, True)\n"
    "            return\n"
    "        self.closing, self.code, self.reason = True, code, reason\n"
    "        await self.deliver(*parting)\n"
    "\n"
    "    async def deliver(self, *what):\n"
    "        try:\n"
    "            await self.hand(*what)\n"
    "        except ConnectionAbortedError:\n"
    "            raise Disconnected(self.code, self.reason) from None\n"
    "\n"
    "    # for the loop, on behalf of httpd's thread\n"
    "\n"
    "    def reporter(self):\n"
    "        return lambda task, subject=self.subject: tell(task, subject)\n"
    "\n"
    "\n"
    "def tell(task, subject):\n"
    "    detached.discard(task)\n"
    "    error = None if task.cancelled() else task.exception()\n"
    "    if error is not None and not isinstance(error, ConnectionError):\n"
    "        complain(subject + ' raised after its websocket was closed',\n"
    "                 error)\n"
    "\n"
    "\n"
    "def make_socket(offers):\n"
    "    made = object.__new__(AsyncWebSocket)\n"
    "    made._talk = Talk(offers)\n"
    "    return made\n"
    "\n"
    "\n"
    "def talk(given):\n"
    "    made, work, subject = given\n"
    "    made._talk.begin(work, subject)\n"
    "    return made._talk\n";

/* ---- classes ------------------------------------------------------------ */

/* The names that the text defines; new, or NULL with an exception. */
static PyObject *
run_classes(void)
{
    PyObject *names =
        Py_BuildValue("{sOss}", "__builtins__", PyEval_GetBuiltins(),
                      "__name__", "apache"); /* new */
    PyObject *done =                         /* new */
        names != NULL ? PyRun_String(classes, Py_file_input, names, names)
                      : NULL;
    if (done == NULL) {
        Py_CLEAR(names);
    }
    Py_XDECREF(done);
    return names;
}

int
pysocket_loop_add_types(PyObject *module, struct apache_state *state)
{
    PyObject *names = run_classes(); /* new */
    if (names == NULL) {
        return -1;
    }
    state->disconnected =
        Py_XNewRef(PyDict_GetItemString(names, "Disconnected"));
    state->async_socket =
        Py_XNewRef(PyDict_GetItemString(names, "AsyncWebSocket"));
    Py_DECREF(names);
    if (PyModule_AddObjectRef(module, "Disconnected", state->disconnected) !=
        0) {
        return -1;
    }
    return PyModule_AddObjectRef(module, "AsyncWebSocket",
                                 state->async_socket);
}

/* ---- the loop ----------------------------------------------------------- */

int
pysocket_loop_need(struct interpreter *interpreter)
{
    struct apache_state *state = interpreter->apache;
    if (state->talks) {
        return 0;
    }
    if (loop_need(interpreter) != 0 || asgi_loop_need(interpreter) != 0 ||
        loop_set(interpreter, "Disconnected", state->disconnected) != 0 ||
        loop_set(interpreter, "AsyncWebSocket", state->async_socket) != 0 ||
        loop_define(interpreter, source) != 0) {
        return -1;
    }
    state->talks = 1;
    return 0;
}

PyObject *
pysocket_loop_make(struct interpreter *interpreter,
                   const struct embed_socket *socket)
{
    PyObject *offers = pysocket_offers(socket); /* new */
    PyObject *object =                          /* new */
        offers != NULL ? loop_submit(interpreter, "make_socket", offers)
                       : NULL;
    Py_XDECREF(offers);
    return object;
}

PyObject *
pysocket_loop_start(struct interpreter *interpreter, PyObject *object,
                    PyObject *awaitable, const char *subject)
{
    PyObject *given =
        Py_BuildValue("(OOs)", object, awaitable, subject); /* new */
    PyObject *link =                                        /* new */
        given != NULL ? loop_submit(interpreter, "talk", given) : NULL;
    Py_XDECREF(given);
    return link;
}
