# SPDX-License-Identifier: Apache-2.0
"""mount asgi: websockets, frame by frame and message by message."""

import asyncio
import json
import os
import re
import socket
import struct
import time

import pytest
import websockets

from httpd import wait_for
from wsclient import (BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT,
                      Client, accepted, closing, frame)

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET   /log            -> routed:log
POST  /clear          -> routed:clear
GET   /plain          -> routed:plain
GET   /links          -> routed:links
mount /app            asgi socket_app:application
mount /wsgi           wsgi routed:wsgi
mount /small          asgi socket_app:application limit body 1KB
mount /short          asgi socket_app:application limit time 300ms
mount /few            asgi socket_app:application limit concurrency 1
mount /staff          asgi socket_app:application auth staff require user
mount /open           asgi socket_app:application {
    auth staff
    require user
    cors { origins "https://www.shop.example"; credentials true }
}
mount /token          asgi socket_app:application {
    auth staff
    require user
    csrf token
}
mount /off            asgi socket_app:application {
    auth staff
    require user
    csrf off
}
mount /hidden         asgi socket_app:application {
    auth staff
    require user and role(boss)
    deny as 404
}
mount /head           asgi socket_app:application { header "X-Ours" "yes" }
"""

ROUTED = """\
import gc
import socket_app

def log():
    return socket_app.PAGES[-1]

def clear():
    socket_app.PAGES.append([])

def links():
    # visits of either kind that nobody collects
    gc.disable()
    names = [type(each).__name__ for each in gc.get_objects()]
    return names.count("Socket") + names.count("Visit")

def plain():
    return "plain"

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ.get("HTTP_UPGRADE", "none").encode()]
"""

PYTHON = r'''
import asyncio
import contextlib
import contextvars
import json

PAGES = [[]]
PAGE = contextvars.ContextVar("PAGE")
EVENTS = {}


class Log:
    """The page of the test in which the websocket was opened: one that is
    late with its end writes into no other's."""

    def append(self, what):
        PAGE.get().append(what)

    def __getitem__(self, key):
        return PAGE.get()[key]

    def __setitem__(self, key, what):
        PAGE.get()[key] = what


LOG = Log()


def event(name):
    return EVENTS.setdefault(name, asyncio.Event())


async def accept(receive, send, **words):
    assert (await receive()) == {"type": "websocket.connect"}
    await send({"type": "websocket.accept", **words})


async def say(send, what):
    kind = "text" if isinstance(what, str) else "bytes"
    await send({"type": "websocket.send", kind: what})


async def close(send, code=1000, reason=""):
    await send({"type": "websocket.close", "code": code, "reason": reason})


async def scope(scope, receive, send):
    def plain(value):
        if isinstance(value, bytes):
            return "b:" + value.decode("latin-1")
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(one) for one in value]
        if isinstance(value, (str, int, type(None))):
            return value
        return f"{type(value).__name__}:{value.user}"
    await accept(receive, send)
    await say(send, json.dumps(plain(scope)))


async def echo(scope, receive, send):
    await accept(receive, send)
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            if scope["query_string"]:
                LOG.append([message["code"], message["reason"]])
            return
        with contextlib.suppress(OSError):      # receive() tells of an end
            await send({**message, "type": "websocket.send"})


async def gathers(scope, receive, send):
    await accept(receive, send)
    await gather(receive)


async def gather(receive):
    message, texts = await receive(), []
    while message["type"] == "websocket.receive":
        texts.append(message["text"])
        message = await receive()
    LOG.append([*texts, message["code"]])


async def chosen(scope, receive, send):
    protocol = scope["query_string"].decode() or None
    try:
        await accept(receive, send, subprotocol=protocol)
    except ValueError:
        await accept(lambda: asyncio.sleep(0, {"type": "websocket.connect"}),
                     send)
        await close(send, 4000, "ValueError")


BAD = {
    "newline": [(b"x-a", b"b\r\nx-c: d")], "nul": [(b"x-a", b"b\0")],
    "name": [(b"x a", b"b")], "str": [("x-a", "b")],
    "accept": [(b"sec-websocket-accept", b"x")],
    "protocol": [(b"Sec-WebSocket-Protocol", b"x")],
    "extensions": [(b"sec-websocket-extensions", b"permessage-deflate")],
    "upgrade": [(b"upgrade", b"x")], "connection": [(b"connection", b"x")],
    "length": [(b"content-length", b"0")],
    "type": [(b"content-type", b"text/plain")],
    "coding": [(b"transfer-encoding", b"chunked")],
}


async def headers(scope, receive, send):
    name = scope["query_string"].decode()
    await receive()
    try:
        await send({"type": "websocket.accept", "headers":
                    BAD.get(name, [(b"set-cookie", b"a=1"),
                                   (b"set-cookie", b"b=2")])})
    except (ValueError, TypeError) as fault:
        await send({"type": "websocket.accept"})
        await close(send, 4000, type(fault).__name__)


async def no(scope, receive, send):
    await receive()
    await close(send, 4001)
    LOG.append((await receive())["type"])


async def denial(scope, receive, send):
    await receive()
    await send({"type": "websocket.http.response.start", "status": 418,
                "headers": [(b"x-why", b"tea")]})
    await send({"type": "websocket.http.response.body", "body": b"a "
                if scope["query_string"] else b"a pot", "more_body":
                bool(scope["query_string"])})
    if scope["query_string"]:
        await send({"type": "websocket.http.response.body", "body": b"pot"})


async def raises(scope, receive, send):
    when = scope["query_string"]
    if when == b"before":
        raise KeyError("before")
    await accept(receive, send)
    if when == b"message":
        await receive()
    raise KeyError("later")


async def silent(scope, receive, send):
    if scope["query_string"]:
        await accept(receive, send)


async def exits(scope, receive, send):
    await accept(receive, send)
    raise SystemExit(3)


async def ends(scope, receive, send):
    await accept(receive, send)
    code, _, reason = scope["query_string"].decode().partition(",")
    try:
        await close(send, int(code), reason * 124 if reason == "x"
                    else reason)
    except (ValueError, RuntimeError) as fault:
        await close(send, 4000, type(fault).__name__)
        return
    message = await receive()
    LOG.append([message["type"], message["code"]])
    try:
        await say(send, "late")
    except OSError as fault:
        LOG.append(type(fault).__name__)


async def order(scope, receive, send):
    said = []

    async def attempt(message):
        try:
            await send(message)
            said.append("taken")
        except Exception as fault:
            said.append(type(fault).__name__)
    await attempt({"type": "websocket.send", "text": "early"})
    await attempt({"type": "http.response.start", "status": 200})
    await attempt({"type": "websocket.http.response.body", "body": b"x"})
    await accept(receive, send)
    await attempt({"type": "websocket.accept"})
    await attempt({"type": "websocket.http.response.start", "status": 200})
    await attempt({"type": "websocket.send"})
    await attempt({"type": "websocket.send", "text": "a", "bytes": b"b"})
    await attempt({"type": "websocket.send", "text": b"a"})
    await attempt({"type": "websocket.send", "bytes": "a"})
    await attempt({"type": "websocket.send", "text": "\ud800"})
    await attempt({"type": "websocket.send", "text": "ok", "bytes": None})
    await attempt({"type": "websocket.send", "bytes": memoryview(b"ok")})
    await say(send, ",".join(said))


async def waits(scope, receive, send):
    """Cancelled receives lose nothing, and tasks may send at once."""
    await accept(receive, send)
    for _ in range(3):
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0.01)
        waiting.cancel()
    await say(send, "ready")
    message = await receive()
    await asyncio.gather(*(say(send, message["text"] + str(i))
                           for i in range(5)))


async def pushes(scope, receive, send):
    """Never receives."""
    await accept(receive, send)
    try:
        while True:
            await say(send, "x")
            await asyncio.sleep(0.02)
    except OSError as fault:
        LOG.append(type(fault).__name__)


async def slow(scope, receive, send):
    """Takes a message when it is told to."""
    await accept(receive, send)
    while True:
        await event("slow").wait()
        event("slow").clear()
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await say(send, str(len(message["bytes"])))


async def go(scope, receive, send):
    event(scope["query_string"].decode()).set()
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


async def floods(scope, receive, send):
    """How many bytes a client that does not read makes it send."""
    await accept(receive, send)
    sent = 0
    try:
        while sent < 64_000_000:
            await say(send, b"x" * 100_000)
            sent += 100_000
            LOG[:] = [sent]
    except OSError:
        LOG.append("gone")


async def drips(scope, receive, send):
    """How many messages it has sent, for all it knows."""
    await accept(receive, send)
    LOG.append(0)
    try:
        while True:
            await say(send, b"x" * 5000)
            LOG[0] += 1
    except OSError:
        LOG.append("gone")


async def late(scope, receive, send):
    """Receives when it is told to."""
    await accept(receive, send)
    await event("late").wait()
    event("late").clear()
    await gather(receive)


async def pours(scope, receive, send):
    """The same for an answer over HTTP."""
    await send({"type": "http.response.start", "status": 200})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 100_000,
                    "more_body": True})


async def breaks(scope, receive, send):
    """What comes can't be told while a message is being sent."""
    await accept(receive, send)
    loop = asyncio.get_running_loop()

    def broken(call, *words, **more):
        if getattr(call, "__name__", "") == "told":
            raise ZeroDivisionError
        return type(loop).call_soon_threadsafe(loop, call, *words, **more)

    async def listen():
        LOG.append((await receive())["code"])
    listening = asyncio.create_task(listen())
    loop.call_soon_threadsafe = broken
    try:
        await say(send, b"x" * 32_000_000)
    except OSError as fault:
        LOG.append(type(fault).__name__)
    finally:
        del loop.call_soon_threadsafe
    await listening


async def deaf(scope, receive, send):
    await accept(receive, send)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        if scope["query_string"]:
            LOG.append("cancelled")
        raise


async def hangs(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
    await asyncio.sleep(60)


async def stays(scope, receive, send):
    await accept(receive, send)
    await say(send, "open")
    await asyncio.sleep(0.6)
    await say(send, "still")
    await receive()


async def after(scope, receive, send):
    """Goes on when its websocket is closed."""
    await accept(receive, send)
    await close(send, 3000, "done")
    await asyncio.sleep(0.05)
    LOG.append("after")


async def plain(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"http"})


async def application(scope, receive, send):
    PAGE.set(PAGES[-1])
    path = scope["path"]
    if path.startswith(scope["root_path"] + "/"):
        path = path[len(scope["root_path"]):]
    name = path.lstrip("/").split("/")[0]
    if scope["type"] == "http" and name not in ("go", "hangs",
                                                     "pours"):
        name = "plain"
    await globals().get(name, globals()["scope"])(scope, receive, send)
'''

ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n"
       'CustomLog "{root}/access.log" "%s %>s %r"\n')
BASIC = {"Authorization": "Basic YWRhOng="}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("socket_app.py", PYTHON)
    shared.write("routed.py", ROUTED)
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(ROUTES, ONE, modules=("log_config",))


@pytest.fixture
def log(server):
    assert server.request("POST", "/clear").status == 204

    def logged(*lines):
        wait_for(lambda: server.get("/log").json == list(lines),
                 f"{lines} in the log, not {server.get('/log').json}")
    return logged


@pytest.fixture
def dial(server):
    """Opens websockets, closed after the test."""
    clients = []

    def opened(target, fields=(), status=101, **words):
        client = Client(server.port, target, fields, **words)
        clients.append(client)
        assert client.status == status, client.headers
        return client
    yield opened
    for client in clients:
        client.link.close()


# ---- the handshake ----------------------------------------------------------

def test_the_handshake_is_answered(server, dial):
    client = dial("/app/echo")
    assert client.headers["upgrade"] == "websocket"
    assert client.headers["connection"] == "Upgrade"
    assert client.headers["sec-websocket-accept"] == accepted(KEY)
    assert "sec-websocket-protocol" not in client.headers
    assert "sec-websocket-extensions" not in client.headers
    assert "content-length" not in client.headers
    assert "transfer-encoding" not in client.headers
    client.say("h\xe9llo \U0001f600")
    assert client.read() == "h\xe9llo \U0001f600"
    client.send(frame(BINARY, b"\0\xff"))
    assert client.read() == b"\0\xff"
    client.send(closing(1000))
    assert client.read() == 1000
    assert client.at_end()
    wait_for(lambda: "101 101 GET /app/echo" in
             (server.root / "access.log").read_text(), "the log of access")


@pytest.mark.parametrize("fields", [
    {"Connection": "keep-alive, Upgrade"}, {"Upgrade": "WebSocket"},
    {"Connection": "upgrade"}, {"Content-Length": "0"},
    {"Sec-WebSocket-Extensions": "permessage-deflate"},
    {"Expect": "100-continue"},
])
def test_handshakes_of_many_clients_are_taken(dial, fields):
    client = dial("/app/echo", fields)
    client.say("x")
    assert client.read() == "x"
    assert "sec-websocket-extensions" not in client.headers


@pytest.mark.parametrize("fields, status", [
    ({"Sec-WebSocket-Key": None}, 400),
    ({"Sec-WebSocket-Key": "dG9vIHNob3J0"}, 400),
    ({"Sec-WebSocket-Key": KEY[:-1]}, 400),
    ({"Sec-WebSocket-Key": KEY + "\r\nSec-WebSocket-Key: " + KEY}, 400),
    ({"Sec-WebSocket-Key": KEY.replace("=", "*")}, 400),
    ({"Sec-WebSocket-Protocol": "a b"}, 400),
    ({"Sec-WebSocket-Protocol": "a, a"}, 400),
    ({"Sec-WebSocket-Protocol": '"a"'}, 400),
    ({"Content-Length": "3"}, 400),
    ({"Transfer-Encoding": "chunked"}, 400),
    ({"Sec-WebSocket-Version": None}, 426),
    ({"Sec-WebSocket-Version": "8"}, 426),
    ({"Sec-WebSocket-Version": "13, 8"}, 426),
    ({"Host": None}, 400),
])
def test_bad_handshakes_are_refused(dial, fields, status):
    client = dial("/app/echo", fields, status, behind=b"0\r\n\r\n"
                  if "Transfer-Encoding" in fields else
                  b"abc" if fields.get("Content-Length") == "3" else b"")
    assert (client.headers.get("sec-websocket-version") == "13") == \
        (status == 426)


@pytest.mark.parametrize("fields, words", [
    ({"Connection": None}, {}), ({"Connection": "close"}, {}),
    ({"Upgrade": None}, {}), ({"Upgrade": "h2c"}, {}),
    ({}, {"method": "POST"}), ({}, {"version": "1.0"}),
    ({}, {"method": "DELETE"}),
])
def test_what_does_not_ask_is_a_plain_request(dial, fields, words):
    client = dial("/app/echo", fields, 200, **words)
    assert client.take(4) == b"http"


def test_others_have_no_websockets(dial):
    assert dial("/plain", (), 200).body() == b"plain"
    assert dial("/wsgi", (), 200).body() == b"websocket"
    dial("/nothing", (), 404)


def test_a_connection_goes_on_where_there_is_no_websocket(dial):
    for target, status in (("/app/no", 403), ("/app/denial", 418),
                           ("/staff/echo", 401), ("/nothing", 404)):
        client = dial(target, (), status)
        client.body()
        client.link.sendall(b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        client.read_head()
        assert client.body() == b"plain", target


def test_bytes_behind_the_handshake_are_frames(dial):
    client = dial("/app/echo", behind=frame(TEXT, b"at once") +
                  frame(TEXT, b"and"))
    assert client.read() == "at once"
    assert client.read() == "and"


def test_keys_of_the_scope(server, dial):
    client = dial("/app/x%20y?a=1&b=%20", {
        "Sec-WebSocket-Protocol": "b.v2, a", "X-Ab": "c", "X_Ab": "forged",
        "Cookie": "a=b"})
    seen = json.loads(client.read())
    assert seen["type"] == "websocket"
    assert seen["asgi"] == {"version": "3.0", "spec_version": "2.4"}
    assert seen["http_version"] == "1.1"
    assert seen["scheme"] == "ws"
    assert seen["path"] == "/app/x y" and seen["raw_path"] == "b:/app/x%20y"
    assert seen["root_path"] == "/app"
    assert seen["query_string"] == "b:a=1&b=%20"
    assert seen["subprotocols"] == ["b.v2", "a"]
    assert seen["client"][0] == "127.0.0.1"
    assert seen["server"] == ["127.0.0.1", server.port]
    assert seen["extensions"] == {"websocket.http.response": {}}
    assert "method" not in seen
    headers = dict(map(tuple, seen["headers"]))
    assert headers["b:x-ab"] == "b:c" and headers["b:cookie"] == "b:a=b"
    assert "b:x_ab" not in headers
    assert client.read() == 1000
    dial("/app/%FF", (), 400)


@pytest.mark.parametrize("query, offers, chosen", [
    ("", "a, b", None), ("b", "a, b", "b"), ("a", "a", "a")])
def test_a_subprotocol_is_one_of_the_offers(dial, query, offers, chosen):
    client = dial("/app/chosen?" + query, {"Sec-WebSocket-Protocol": offers})
    assert client.headers.get("sec-websocket-protocol") == chosen
    assert client.read() == 1000


@pytest.mark.parametrize("query", ["c", "A", "a,b", "a%0d%0aX:y"])
def test_no_other_subprotocol_is_sent(dial, query):
    client = dial("/app/chosen?" + query, {"Sec-WebSocket-Protocol": "a, b"})
    assert "sec-websocket-protocol" not in client.headers
    assert (client.read(), client.reason) == (4000, "ValueError")


def test_headers_go_with_the_handshake(dial):
    client = dial("/app/headers")
    assert client.headers["set-cookie"] == "b=2"
    assert client.read() == 1000
    assert dial("/head/echo").headers["x-ours"] == "yes"


@pytest.mark.parametrize("name", [
    "newline", "nul", "name", "str", "accept", "protocol", "extensions",
    "upgrade", "connection", "length", "type", "coding"])
def test_headers_are_checked_where_they_are_sent(dial, name):
    client = dial("/app/headers?" + name)
    assert client.read() == 4000
    assert client.reason == ("TypeError" if name == "str" else "ValueError")
    assert set(client.headers) == {"upgrade", "connection",
                                   "sec-websocket-accept"}


# ---- who may ----------------------------------------------------------------

def test_the_gate_comes_first(dial):
    client = dial("/staff/echo", (), 401)
    assert "sec-websocket-accept" not in client.headers
    dial("/staff/echo", {"Authorization": "Basic YWRhOnk="}, 401)
    dial("/staff/echo", {"Sec-WebSocket-Version": "8"}, 401)
    dial("/staff/echo", BASIC).say("x")
    dial("/hidden/echo", BASIC, 404)
    dial("/hidden/echo", {**BASIC, "Sec-WebSocket-Key": "bad"}, 404)


def test_who_calls_is_in_the_scope(dial):
    seen = json.loads(dial("/staff/x", BASIC).read())
    assert seen["routes.user"] == "ada"
    assert seen["routes.principal"] == "Principal:ada"
    assert "b:authorization" not in dict(map(tuple, seen["headers"]))


@pytest.mark.parametrize("target, fields, status", [
    ("/staff/echo", {"Origin": "https://evil.example"}, 403),
    ("/staff/echo", {"Origin": "null"}, 403),
    ("/staff/echo", {"Origin": "http://127.0.0.1.evil.example"}, 403),
    ("/staff/echo", {"Origin": "http://127.0.0.1"}, 101),
    # as behind a proxy that undoes TLS
    ("/staff/echo", {"Origin": "https://127.0.0.1"}, 101),
    ("/staff/echo", {"Origin": "https://127.0.0.1:8443"}, 403),
    ("/staff/echo", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("/staff/echo", {"Sec-Fetch-Site": "same-origin"}, 101),
    ("/staff/echo", {"Origin": "https://evil.example",
                     "Sec-Fetch-Site": "same-origin"}, 403),
    ("/staff/echo", {"Origin": "http://127.0.0.1",
                     "Sec-Fetch-Site": "cross-site"}, 101),
    ("/staff/echo", {}, 101),
    ("/open/echo", {"Origin": "https://www.shop.example"}, 101),
    ("/open/echo", {"Origin": "https://evil.example"}, 403),
    ("/token/echo", {"Origin": "https://evil.example"}, 403),
    ("/token/echo", {"Origin": "http://127.0.0.1"}, 101),
    ("/off/echo", {"Origin": "https://evil.example"}, 101),
    ("/app/echo", {"Origin": "https://evil.example"}, 101),
])
def test_another_site_opens_nothing(dial, target, fields, status):
    client = dial(target, {**BASIC, **fields}, status)
    if status == 101:
        client.say("x")
        assert client.read() == "x"


def test_another_site_may_still_get(dial):
    evil = {**BASIC, "Origin": "https://evil.example", "Connection": None}
    assert dial("/staff/echo", evil, 200).take(4) == b"http"


def test_an_application_may_refuse(dial, log):
    assert dial("/app/no", (), 403).headers["content-type"].startswith("text")
    log("websocket.disconnect")
    client = dial("/app/denial", (), 418)
    assert client.headers["x-why"] == "tea" and client.body() == b"a pot"
    client = dial("/app/denial?parts", (), 418)
    assert client.until(b"0\r\n\r\n") == b"2\r\na \r\n3\r\npot\r\n"


# ---- frames -----------------------------------------------------------------

def test_fragments_are_one_message(dial):
    client = dial("/app/echo")
    client.send(frame(TEXT, b"a\xc3", fin=False),
                frame(PING, b"between"),
                frame(CONTINUATION, b"\xa9", fin=False),
                frame(CONTINUATION, b"", fin=False),
                frame(PONG, b"unasked"),
                frame(CONTINUATION, b"b"))
    assert client.read_frame() == (PONG, b"between")
    assert client.read() == "a\xe9b"
    client.send(frame(BINARY, b"x", fin=False), frame(CONTINUATION))
    assert client.read() == b"x"
    client.send(frame(TEXT), frame(BINARY))
    assert (client.read(), client.read()) == ("", b"")


def test_a_frame_may_come_byte_by_byte(dial):
    client = dial("/app/echo")
    client.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(TEXT, b"x" * 200):
        client.link.sendall(bytes([byte]))
    assert client.read() == "x" * 200


@pytest.mark.parametrize("size", [125, 126, 127, 4096, 65535, 65536, 70000])
def test_messages_of_each_length(dial, size):
    client = dial("/app/echo")
    client.send(frame(BINARY, b"x" * size))
    assert client.read() == b"x" * size


def start(opcode, data, size):
    """A frame's beginning that announces size bytes."""
    return bytes([0x80 | opcode, 0xff]) + struct.pack("!Q", size) + \
        b"\0\0\0\0" + data


@pytest.mark.parametrize("name, frames, code", [
    ("unmasked", frame(TEXT, b"x", mask=False), 1002),
    ("unmasked close", frame(CLOSE, b"\x03\xe8", mask=False), 1002),
    ("unmasked, empty", frame(TEXT, mask=False), 1002),
    ("rsv1", frame(TEXT, b"x", rsv=4), 1002),
    ("rsv3", frame(TEXT, b"x", rsv=1), 1002),
    ("rsv of control", frame(PING, b"x", rsv=2), 1002),
    ("opcode 3", frame(3, b"x"), 1002),
    ("opcode 11", frame(11, b"x"), 1002),
    ("fragmented ping", frame(PING, b"x", fin=False), 1002),
    ("fragmented close", frame(CLOSE, b"\x03\xe8", fin=False), 1002),
    ("long ping", frame(PING, b"x" * 126), 1002),
    ("long close", frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002),
    ("continuation of nothing", frame(CONTINUATION, b"x"), 1002),
    ("text in text", frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002),
    ("length in too many bytes", frame(TEXT, b"x", length=8), 1002),
    ("length in two too many", frame(TEXT, b"x", length=2), 1002),
    ("negative length", start(TEXT, b"x", 1 << 63), 1002),
    ("close of a byte", frame(CLOSE, b"\x03"), 1002),
    ("close 999", closing(999), 1002), ("close 1004", closing(1004), 1002),
    ("close 1005", closing(1005), 1002), ("close 1006", closing(1006), 1002),
    ("close 1015", closing(1015), 1002), ("close 2000", closing(2000), 1002),
    ("close 5000", closing(5000), 1002), ("close 0", closing(0), 1002),
    ("reason", closing(1000, b"\xff"), 1007),
    ("text", frame(TEXT, b"a\xff"), 1007),
    ("half a character", frame(TEXT, b"\xc3"), 1007),
    ("overlong", frame(TEXT, b"\xc0\xaf"), 1007),
    ("surrogate", frame(TEXT, b"\xed\xa0\x80"), 1007),
    ("split", frame(TEXT, b"\xc3", fin=False) + frame(CONTINUATION, b"x"),
     1007),
    ("too big", frame(BINARY, b"x" * 1025), 1009),
    ("announced", start(BINARY, b"x", 1 << 62), 1009),
    ("parts too big", frame(BINARY, b"x" * 1000, fin=False) +
     frame(CONTINUATION, b"x" * 25), 1009),
    ("wrapping", frame(BINARY, b"x", fin=False) +
     start(CONTINUATION, b"x", (1 << 63) - 1), 1009),
], ids=lambda value: value if isinstance(value, str) else "")
def test_faults_close_with_their_code(dial, log, name, frames, code):
    client = dial("/small/echo?log")
    client.send(frames)
    assert client.read() == code
    assert client.at_end()
    log([code, ""])


def test_a_message_may_be_as_long_as_the_limit(dial):
    client = dial("/small/echo")
    client.send(frame(BINARY, b"x" * 1024))
    assert client.read() == b"x" * 1024


@pytest.mark.parametrize("frames, code, told", [
    (closing(), 1005, [1005, ""]),
    (closing(1000, b"bye"), 1000, [1000, "bye"]),
    (closing(1001), 1001, [1001, ""]),
    (closing(1013), 1013, [1013, ""]),
    (closing(4999, b"x" * 123), 4999, [4999, "x" * 123]),
    (closing(1000) + frame(TEXT, b"behind"), 1000, [1000, ""]),
], ids=["none", "reason", "going", "later", "own", "more"])
def test_a_close_is_answered_in_kind(dial, log, frames, code, told):
    client = dial("/app/echo?log")
    client.send(frames)
    assert client.read() == code
    assert client.at_end()
    log(told)


def test_pings_are_answered_while_nobody_receives(dial):
    client = dial("/app/deaf")
    for i in range(100):
        client.send(frame(PING, b"%d" % i))
        assert client.read_frame() == (PONG, b"%d" % i)


def test_pings_behind_messages_are_answered_too(dial):
    client = dial("/app/deaf")
    client.send(*[frame(TEXT, b"x" * 4000)] * 10, frame(PING, b"p"))
    assert client.read_frame() == (PONG, b"p")


def test_a_flood_of_pings_is_no_flood_of_pongs(dial):
    client = dial("/app/echo")
    client.send(*[frame(PING, b"p" * 125)] * 5000, frame(TEXT, b"x"))
    opcode, pongs = PONG, 0
    while opcode == PONG:
        opcode, data = client.read_frame()
        pongs += 1
    assert (opcode, data) == (TEXT, b"x") and pongs <= 5001


# ---- the end ----------------------------------------------------------------

@pytest.mark.parametrize("query, code, reason", [
    ("1000,", 1000, ""), ("1001,bye", 1001, "bye"), ("3000,", 3000, ""),
    ("4999,x", 4000, "ValueError"), ("1005,", 4000, "ValueError"),
    ("1006,", 4000, "ValueError"), ("1015,", 4000, "ValueError"),
    ("999,", 4000, "ValueError"), ("70000,", 4000, "ValueError")])
def test_an_application_closes(dial, query, code, reason):
    client = dial("/app/ends?" + query)
    assert (client.read(), client.reason) == (code, reason)
    client.send(closing(code))
    assert client.at_end()


def test_nothing_is_sent_behind_a_close(dial, log):
    client = dial("/app/ends?3001,")
    assert client.read() == 3001
    client.send(frame(TEXT, b"dropped") * 1000, closing(3001))
    assert client.at_end()
    log(["websocket.disconnect", 3001], "ConnectionAbortedError")


def test_an_application_goes_on_when_it_has_closed(dial, log):
    client = dial("/app/after")
    assert client.read() == 3000
    client.send(closing(3000))
    assert client.at_end()
    log("after")


def test_returning_closes(dial):
    client = dial("/app/silent?accept")
    assert client.read() == 1000
    client.send(closing(1000))
    assert client.at_end()


def expect_fault(server, *words):
    server.expect(r"ROUTES0120: app.routes:8: socket_app:application")
    for word in words:
        server.expect("ROUTES0121: .*" + word)


@pytest.mark.parametrize("target, words", [
    ("/app/raises?before", ["KeyError: 'before'", ""]), ("/app/silent", [])])
def test_before_the_handshake_an_exception_is_a_500(server, dial, target,
                                                    words):
    expect_fault(server, *words)
    dial(target, (), 500)


@pytest.mark.parametrize("target", ["/app/raises?after", "/app/exits"])
def test_behind_it_it_is_1011(server, dial, target):
    expect_fault(server, "KeyError|SystemExit", "")
    client = dial(target)
    assert client.read() == 1011
    client.send(closing(1011))
    assert client.at_end()


def test_its_traceback_is_logged_with_the_request(server, dial):
    expect_fault(server, "line .*, in raises", "")
    client = dial("/app/raises?message")
    client.say("x")
    assert client.read() == 1011


@pytest.mark.parametrize("how", ["shut", "closed", "reset"])
def test_a_client_that_vanishes_is_1006(dial, log, how):
    client = dial("/app/echo?log")
    client.say("x")
    assert client.read() == "x"
    if how == "shut":
        client.link.shutdown(socket.SHUT_WR)
        assert client.at_end()
    elif how == "reset":
        client.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
    client.link.close()
    log([1006, ""])


def test_who_only_sends_learns_that_nobody_is_there(dial, log):
    client = dial("/app/pushes?log")
    assert client.read() == "x"
    client.send(closing(1000))
    log("ConnectionAbortedError")


def test_what_came_before_the_end_is_received(dial, log):
    client = dial("/app/gathers", behind=frame(TEXT, b"a") * 50 +
                  closing(1000))
    assert client.read() == 1000
    log(["a"] * 50 + [1000])


def test_what_waits_is_received_when_the_client_has_closed(server, dial, log):
    client = dial("/app/late")
    client.send(*[frame(TEXT, text) for text in (b"a", b"b", b"c")],
                closing(1000))
    assert client.read() == 1000
    assert server.get("/app/go?late").status == 204
    log(["a", "b", "c", 1000])


def test_who_does_not_listen_is_cancelled(dial, log):
    client = dial("/app/deaf?log")
    client.send(closing())
    assert client.read() == 1005
    assert client.at_end()
    log("cancelled")


def test_messages_out_of_turn_raise(dial):
    client = dial("/app/order")
    assert client.read() == "ok" and client.read() == b"ok"
    assert client.read() == ",".join(
        ["RuntimeError"] * 5 + ["ValueError"] * 2 + ["TypeError"] * 2 +
        ["UnicodeEncodeError"] + ["taken"] * 2)


def test_tasks_send_and_receive_at_once(dial):
    client = dial("/app/waits")
    assert client.read() == "ready"
    client.say("m")
    assert sorted(client.read() for _ in range(5)) == [
        f"m{i}" for i in range(5)]


# ---- limits -----------------------------------------------------------------

def test_a_limit_of_time_is_of_the_handshake(server, dial):
    server.expect("ROUTES0126")
    server.expect("ROUTES0121")
    dial("/short/hangs", (), 504)
    client = dial("/short/stays")
    assert client.read() == "open"
    assert client.read() == "still"


def test_an_open_websocket_counts_as_a_call(dial):
    client = dial("/few/echo")
    dial("/few/echo", (), 503)
    client.send(closing())
    assert client.read() == 1005

    def again():
        other = Client(client.link.getpeername()[1], "/few/echo")
        other.link.close()
        return other.status == 101
    wait_for(again, "the place of a call")


def test_the_client_waits_for_who_does_not_receive(server, dial):
    client = dial("/app/slow", timeout=3)
    client.link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    sent = 0
    client.link.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while sent < 200_000_000:
            client.send(frame(BINARY, b"x" * 500_000))
            sent += 500_000
    client.link.settimeout(20)
    assert server.get("/app/go?slow").status == 204
    assert client.read() == "500000"


@pytest.mark.parametrize("target, fields, status", [
    ("/app/floods", {}, 101), ("/app/pours", {"Upgrade": None}, 200)])
def test_who_sends_to_nobody_leaves_nothing_behind(server, target, fields,
                                                   status):
    before = server.get("/links").json
    for _ in range(5):
        with Client(server.port, target, fields) as client:
            assert client.status == status
            client.more()
    wait_for(lambda: server.get("/links").json <= before, "their end")


def test_a_fault_while_a_message_is_sent_sends_nothing_else(server, dial, log):
    client = dial("/app/breaks")
    client.more()       # it is being sent
    client.say("x")
    log(1011, "ConnectionAbortedError")
    expect_fault(server, "ZeroDivisionError", "")
    head, got = client.data[:10], client.data[10:]
    try:
        while piece := client.link.recv(1 << 20):
            got += piece
    except ConnectionError:
        pass
    assert head[1] == 127 and len(got) < 32_000_000
    assert not got.strip(b"x")
    assert server.get("/plain").text == "plain"


def test_who_sends_waits_for_the_client(server, dial, log):
    client = dial("/app/floods")

    def stands():
        before = server.get("/log").json
        time.sleep(0.2)
        return before and server.get("/log").json == before
    wait_for(stands, "back-pressure")
    assert server.get("/log").json[0] < 40_000_000
    for _ in range(50):
        assert client.read() == b"x" * 100_000


def test_what_was_queued_leaves_before_a_close(server, dial, log):
    client = dial("/app/drips")

    def stands():
        before = server.get("/log").json
        time.sleep(0.2)
        return before and server.get("/log").json == before
    wait_for(stands, "back-pressure")
    client.send(closing(1000))
    got = 0
    while (message := client.read()) != 1000:
        assert message == b"x" * 5000
        got += 1
    log(got, "gone")


# ---- a real client ----------------------------------------------------------

def memory(server):
    """Kilobytes of the child."""
    from httpd import children
    child, = children(server.process.pid)
    with open(f"/proc/{child}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def test_many_messages_of_a_real_client(server):
    async def talk():
        url = f"ws://127.0.0.1:{server.port}/app/echo"
        async with websockets.connect(url, max_size=None) as link:
            for i in range(1000):
                await link.send(f"message {i}")
                assert await link.recv() == f"message {i}"
            await (await link.ping())
        return link.close_code
    assert asyncio.run(talk()) == 1000


def test_big_messages_leave_memory_flat(server):
    async def talk(times):
        url = f"ws://127.0.0.1:{server.port}/app/echo"
        data = bytes(range(256)) * 3900
        async with websockets.connect(url, max_size=None) as link:
            for _ in range(times):
                await link.send(data)
                assert await link.recv() == data
    asyncio.run(talk(10))
    before = memory(server)
    asyncio.run(talk(60))
    if "ROUTES_PRELOAD" not in os.environ:  # AddressSanitizer keeps it
        assert memory(server) < before + 6000
