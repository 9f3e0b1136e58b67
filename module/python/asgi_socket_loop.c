/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an ASGI application's websocket runs on the event loop.
 *
 * Until it is accepted a Socket is a Visit that may be answered as any request
 * is, by the messages of the extension "websocket.http.response".  From then
 * on what it sends waits in `sends` as (future, what), and what comes is given
 * when it is asked for: a text, bytes, or the pair of a close frame.
 */
#include "asgi_socket_loop.h"

#include "apache_module.h"
#include "asgi_message.h"
#include "interpreter.h"
#include "loop.h"

static const char source[] =
    "START, ACCEPT = 'http.response.start', 'websocket.accept'\n"
    "\n"
    "\n"
    "class Socket(Visit):\n"
    "    greeted = accepted = closing = False\n"
    "    code, reason = 1006, ''\n"
    "\n"
    "    def __init__(self, app, scope):\n"
    "        self.offers = tuple(scope['subprotocols'])\n"
    "        super().__init__(app, scope, True)\n"
    "\n"
    "    # for the application\n"
    "\n"
    "    async def receive(self):\n"
    "        if not self.greeted:\n"
    "            self.greeted = True\n"
    "            return {'type': 'websocket.connect'}\n"
    "        while not self.pieces:\n"
    "            if self.over:\n"
    "                return {'type': 'websocket.disconnect',\n"
    "                        'code': self.code, 'reason': self.reason}\n"
    "            await self.queue()\n"
    "        piece = self.pieces.popleft()\n"
    "        if self.reads:\n"
    "            self.wake()\n"
    "        return piece\n"
    "\n"
    "    async def send(self, message):\n"
    "        kind = message['type']\n"
    "        if self.over:\n"
    "            raise gone()\n"
    "        if self.accepted:\n"
    "            await self.speak(kind, message)\n"
    "        elif kind == ACCEPT:\n"
    "            await self.accept(message)\n"
    "        elif kind == 'websocket.close':\n"
    "            if self.heading is not None:\n"
    "                raise RuntimeError('an answer was begun')\n"
    "            self.last = True\n"
    "            await self.hand(None, True)\n"
    "        elif kind == 'websocket.http.response.start':\n"
    "            self.begin(message)\n"
    "        elif kind == 'websocket.http.response.body':\n"
    "            await self.push(message)\n"
    "        else:\n"
    "            raise RuntimeError(f'the message {kind!r} was sent before '\n"
    "                               'websocket.accept')\n"
    "\n"
    "    async def accept(self, message):\n"
    "        if self.heading is not None or self.sends:\n"
    "            raise RuntimeError('an answer was begun')\n"
    "        protocol = message.get('subprotocol')\n"
    "        if protocol is not None and protocol not in self.offers:\n"
    "            raise ValueError(f'the subprotocol {protocol!r} was not '\n"
    "                             'offered by the client')\n"
    "        self.protocol = protocol\n"
    "        self.heading = check_accept(message)\n"
    "        self.accepted = True\n"
    "        await self.hand(None, False)\n"
    "\n"
    "    async def speak(self, kind, message):\n"
    "        if self.closing:\n"
    "            raise RuntimeError(f'the message {kind!r} was sent after '\n"
    "                               'websocket.close')\n"
    "        if kind == 'websocket.send':\n"
    "            await self.hand(*take_message(message))\n"
    "        elif kind == 'websocket.close':\n"
    "            parting = take_close(message)\n"
    "            self.closing = True\n"
    "            await self.hand(*parting)\n"
    "        else:\n"
    "            raise RuntimeError(f'the message {kind!r} is none of an '\n"
    "                               'accepted websocket')\n"
    "\n"
    "    # for httpd's thread\n"
    "\n"
    "    def next(self):\n"
    "        return self.sends[0] if self.sends else None\n"
    "\n"
    "    def is_wanted(self):\n"
    "        return False        # there is no body\n"
    "\n"
    "    def wants(self):\n"
    "        return (not self.busy and not self.pieces and\n"
    "                any(not place.done() for place in list(self.reads)))\n"
    "\n"
    "    def tell(self, what):\n"
    "        self.busy = True\n"
    "        loop.call_soon_threadsafe(self.told, what)\n"
    "\n"
    "    def lose(self, code, reason):\n"
    "        loop.call_soon_threadsafe(self.lost, code, reason)\n"
    "\n"
    "    # for the loop, on behalf of httpd's thread\n"
    "\n"
    "    def told(self, what):\n"
    "        self.busy = False\n"
    "        kind = 'text' if isinstance(what, str) else 'bytes'\n"
    "        self.pieces.append({'type': 'websocket.receive', kind: what})\n"
    "        self.call_next()\n"
    "\n"
    "    def lost(self, code, reason):\n"
    "        self.code, self.reason = code, reason\n"
    "        self.end()\n"
    "\n"
    "\n"
    "def take_message(message):\n"
    "    text, data = message.get('text'), message.get('bytes')\n"
    "    if (text is None) == (data is None):\n"
    "        raise ValueError('websocket.send has either text or bytes')\n"
    "    if isinstance(data, (bytearray, memoryview)):\n"
    "        data = bytes(data)\n"
    "    if type(text) is not str and type(data) is not bytes:\n"
    "        raise TypeError('text is a str, bytes are bytes')\n"
    "    return data if text is None else text.encode(), text is not None\n"
    "\n"
    "\n"
    "def take_close(message):\n"
    "    code = message.get('code', 1000)\n"
    "    reason = message.get('reason') or ''\n"
    "    if type(code) is not int or not (\n"
    "            code == 1000 or code == 1001 or 1007 <= code <= 1014 or\n"
    "            code == 1002 or code == 1003 or 3000 <= code <= 4999):\n"
    "        raise ValueError(f'{code!r} is no code of a close frame')\n"
    "    reason = reason.encode()\n"
    "    if len(reason) > 123:\n"
    "        raise ValueError('the reason has more than 123 bytes')\n"
    "    return reason, code\n"
    "\n"
    "\n"
    "def visit_socket(given):\n"
    "    return Socket(*given)\n";

int
asgi_socket_loop_define(struct interpreter *interpreter)
{
    static const char name[] = "check_accept";
    PyObject *check = asgi_message_accept_checker(interpreter); /* new */
    int result = check != NULL ? loop_set(interpreter, name, check) : -1;
    Py_XDECREF(check);
    return result == 0 ? loop_define(interpreter, source) : -1;
}

PyObject *
asgi_socket_loop_visit(struct interpreter *interpreter, PyObject *app,
                       PyObject *scope)
{
    PyObject *given = PyTuple_Pack(2, app, scope); /* new */
    if (given == NULL) {
        return NULL;
    }
    PyObject *visit =
        loop_submit(interpreter, "visit_socket", given); /* new */
    Py_DECREF(given);
    return visit;
}
