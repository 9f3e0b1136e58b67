# SPDX-License-Identifier: Apache-2.0
"""Bodies whose framing is broken: httpd answers them itself while they are
read, and nothing is taken for their end, nor follows that answer."""

import re
import socket

import pytest

ROUTES = """\
routes 1
public
POST /swallow -> app:swallow(data: stream from raw)
POST /raise   -> app:fail(data: stream from raw) raises KeyError as 404
POST /file    -> app:file(data: stream from raw)
POST /stream  -> app:stream(data: stream from raw) returns stream
POST /body    -> app:body(req: request)
POST /whole   -> app:whole(raw: bytes from raw)
GET  /log     -> app:log()
mount /wsgi  wsgi app:wsgi
mount /early wsgi app:early
mount /asgi  asgi app:asgi
"""

PYTHON = """\
LOG = []

def read(data):
    try:
        return b"WHOLE " + data.read()
    except Exception as error:
        LOG.append(type(error).__name__)
        return b"SWALLOWED"

def log():
    said = list(LOG)
    LOG.clear()
    return said

def swallow(data):
    return read(data)

def fail(data):
    read(data)
    raise KeyError

def file(data):
    read(data)
    return open(__file__, "rb")

def stream(data):
    yield b"first"
    yield read(data)
    yield b"LAST"

def body(req):
    try:
        return b"WHOLE " + req.body()
    except Exception as error:
        LOG.append(type(error).__name__)
        return b"SWALLOWED"

def whole(raw):
    LOG.append("called")
    return raw

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [read(environ["wsgi.input"])]

def early(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"first" * 4000
    yield read(environ["wsgi.input"])
    yield b"LAST"

async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first",
                "more_body": True})
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    LOG.append(message["type"])
    await send({"type": "http.response.body", "body": b"WHOLE"})
"""

BROKEN = {"no length": b"zz\r\nabc\r\n0\r\n\r\n",
          "too long a length": b"FFFFFFFFFFFFFFFFF\r\nabc\r\n"}
SMUGGLED = b"POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, """
        StartServers 1
        ServerLimit 1
        MinSpareThreads 1
        MaxSpareThreads 16
        ThreadsPerChild 16
        MaxRequestWorkers 16""")


def exchange(server, path, broken):
    """What comes back; the broken chunk is sent when the first was taken, and
    the answer has begun, if it does before the end of the body."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                     % path.encode())
        said = b""
        if path in ("/stream", "/early", "/asgi"):
            while b"first" not in said:
                said += link.recv(65536)
        link.sendall(broken + SMUGGLED)
        return said + b"".join(iter(lambda: link.recv(65536), b""))


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", ["/swallow", "/raise", "/file", "/body",
                                  "/whole", "/wsgi"])
def test_one_answer_is_sent(server, path, broken):
    head, body = exchange(server, path, broken).split(b"\r\n\r\n", 1)
    assert re.match(rb"HTTP/1\.1 4(00|13) ", head)
    assert body.endswith(b"</html>\n") and body.count(b"<html>") == 1
    assert server.get("/log").json == (
        [] if path == "/whole" else ["BodyError"])


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path, seen", [
    ("/stream", "BodyError"), ("/early", "BodyError"),
    ("/asgi", "http.disconnect")])
def test_an_answer_that_has_begun_ends(server, path, seen, broken):
    head, body = exchange(server, path, broken).split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert not re.search(b"WHOLE|SWALLOWED|LAST|HTTP/1|abc|zz|FFF", body)
    assert re.fullmatch(
        rb"(?:[0-9a-f]+\r\n(?:first)+\r\n)+(?:0\r\n\r\n)?", body)
    assert server.get("/log").json == [seen]
