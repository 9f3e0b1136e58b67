# SPDX-License-Identifier: Apache-2.0
"""Websockets over HTTP/2 (RFC 8441): streams of one connection."""

import contextlib
import signal
import struct

import pytest

import h2
import tls
from conftest import RUNNING
from httpd import children, wait_for
from wsclient import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Client,
                      closing, frame)

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET   /page        -> pages:page        returns html
GET   /log         -> socket_app:log
mount /app         asgi socket_app:app
mount /small       asgi socket_app:app limit body 1KB
mount /staff       asgi socket_app:app auth staff require user
mount /hidden      asgi socket_app:app {
    auth staff
    require user
    deny as 404
}
"""
PAGES = 'def page():\n    return "<title>page</title>"\n'
PYTHON = r'''
import contextlib

LOG = []


def log():
    return LOG


async def app(scope, receive, send):
    global LOG
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"http"})
        return
    mine = LOG = []     # one that is late with its end writes into its own
    await receive()
    if scope["path"].endswith("/no"):
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept",
                "subprotocol": (*scope["subprotocols"], None)[0]})
    try:
        await talk(scope, receive, send, mine)
    except OSError:
        mine.append("gone")


async def talk(scope, receive, send, mine):
    if scope["path"].endswith("/floods"):
        while True:
            await send({"type": "websocket.send", "bytes": b"x" * 100_000})
    if scope["path"].endswith("/ends"):
        return
    message = await receive()
    if scope["path"].endswith("/big"):
        message["bytes"] *= 50
    while message["type"] == "websocket.receive":
        if message.get("text") == "scope":
            message["text"] = " ".join(
                (scope["http_version"], scope["scheme"],
                 scope["routes.user"] or "nobody"))
        with contextlib.suppress(OSError):      # receive() tells of an end
            await send({**message, "type": "websocket.send"})
        message = await receive()
    mine.append(message["code"])
'''
HTTP2 = """
Protocols h2c http/1.1
H2WebSockets on
"""
CONFIG = HTTP2 + """
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
"""
BASIC = ("authorization", "Basic YWRhOng=")


class Link(Client):
    """A websocket in a stream of HTTP/2."""

    def __init__(self, port, path, *fields, version="13"):
        self.stream = h2.Stream(port)
        self.link = self.stream.link
        self.data = b""
        self.stream.ask("CONNECT", path, [
            (":protocol", "websocket"), ("sec-websocket-version", version),
            *fields])
        while self.stream.status is None and self.stream.reset is None:
            self.stream.take_any()
        self.status = self.stream.status

    def more(self):
        if self.stream.ended or self.stream.reset is not None:
            raise EOFError
        if self.stream.take_any() != h2.DATA or not self.stream.last:
            return
        self.data += self.stream.last
        size = struct.pack(">I", len(self.stream.last))
        for number in (0, 1):
            self.stream.send(h2.WINDOW_UPDATE, 0, size, stream=number)

    def send(self, *frames):
        self.stream.write(b"".join(frames))

    def at_end(self):
        try:
            while not self.data:
                self.more()
        except (EOFError, ConnectionError):
            return True
        return False


@pytest.fixture(scope="module")
def sites(shared):
    shared.write("socket_app.py", PYTHON)
    shared.write("pages.py", PAGES)
    shared.htpasswd("staff.htpasswd", ada="x")
    tls.certificate(shared.root)
    secure, config = tls.config("H2WebSockets on")
    server = shared.httpd(
        [shared.build("app", ROUTES)],
        f'RoutesMount app\nRoutesPythonPath "{shared.root}"\n{CONFIG}'
        + config, modules=("http2", *tls.MODULES))
    RUNNING.append(server)
    server.start()
    server.secure = secure
    return server


@pytest.fixture
def dial(sites):
    links = []

    def opened(path, *fields, status=200, **words):
        link = Link(sites.port, path, *fields, **words)
        links.append(link)
        assert link.status == status
        return link
    yield opened
    for link in links:
        link.link.close()


@pytest.fixture
def log(sites):
    return lambda *lines: wait_for(
        lambda: sites.get("/log").json == list(lines), lines)


def test_a_stream_is_a_websocket(dial, log):
    link = dial("/app/x")
    link.say("scope")
    assert link.read() == "2 ws nobody"
    link.send(frame(PING, b"p"))
    assert link.read_frame() == (PONG, b"p")
    link.send(frame(TEXT, b"a", fin=False), frame(0, b"b"))
    assert link.read() == "ab"
    for i in range(50):
        link.send(frame(BINARY, b"%d" % i * 1000))
        assert link.read() == b"%d" % i * 1000
    link.send(closing(1000))
    assert link.read() == 1000
    assert link.at_end() and link.stream.ended
    log(1000)


def test_the_handshake_is_a_websocket_s(dial):
    link = dial("/app/x", ("sec-websocket-protocol", "b, a"))
    link.say("x")
    assert link.read() == "x"
    dial("/app/x", version="8", status=426)
    dial("/app/x", ("sec-websocket-protocol", '"a"'), status=400)
    dial("/app/x", ("content-length", "3"), status=400)
    dial("/app/no", status=403)
    dial("/nothing", status=404)
    dial("/page", status=502)       # mod_http2's, for a 200


def test_the_gate_comes_first(dial):
    dial("/staff/x", status=401)
    dial("/staff/x", ("authorization", "Basic YWRhOnk="), status=401)
    dial("/hidden/x", BASIC, status=200)
    link = dial("/staff/x", BASIC)
    link.say("scope")
    assert link.read() == "2 ws ada"


@pytest.mark.parametrize("origin, status", [
    ("https://evil.example", 403), ("null", 403), ("http://127.0.0.1", 403),
    ("own", 200)])
def test_another_site_opens_none(sites, dial, origin, status):
    origin = f"http://127.0.0.1:{sites.port}" if origin == "own" else origin
    dial("/staff/x", BASIC, ("origin", origin), status=status)
    if status == 403:
        dial("/app/x", ("origin", origin))


def test_a_field_of_a_connection_opens_none(sites):
    """Upgrade is no field of HTTP/2, whoever sends it."""
    with h2.Stream(sites.port) as link:
        link.ask("GET", "/app/x", [("upgrade", "websocket"),
                                   ("sec-websocket-version", "13")], end=True)
        try:
            while link.status is None and link.reset is None:
                link.take_any()
        except EOFError:
            return
        assert link.status != 200 and link.status != 101


@pytest.mark.parametrize("frames, code", [
    (frame(TEXT, b"x", mask=False), 1002), (frame(TEXT, b"\xff"), 1007),
    (frame(BINARY, b"x" * 1025), 1009)], ids=["mask", "text", "size"])
def test_faults_close_with_their_code(dial, log, frames, code):
    link = dial("/small/x")
    link.send(frames)
    assert link.read() == code
    assert link.at_end()
    log(code)


def test_returning_closes(dial):
    link = dial("/app/ends")
    assert link.read() == 1000
    link.send(closing(1000))
    assert link.at_end()


@pytest.mark.parametrize("how", ["reset", "ended", "closed"])
def test_a_client_that_vanishes_is_1006(dial, log, how):
    link = dial("/app/x")
    link.say("x")
    assert link.read() == "x"
    if how == "reset":
        link.stream.cancel()
    elif how == "ended":
        link.stream.write(b"", end=True)
    else:
        link.link.close()
    log(1006)


@pytest.mark.parametrize("how", ["reset", "closed"])
def test_so_is_one_that_reads_nothing(dial, log, how):
    link = dial("/app/floods")
    while not link.data:
        link.stream.take_any()      # its window stays closed from here on
        link.data += link.stream.last
    if how == "reset":
        link.stream.cancel()
    else:
        link.link.close()
    log("gone")


def test_big_messages_go_both_ways(dial):
    link = dial("/app/big")
    for i in range(4):          # within the window of a new connection
        link.send(frame(CONTINUATION if i else BINARY, b"y" * 16_000,
                        fin=i == 3))
    assert link.read() == b"y" * 64_000 * 50
    link.send(closing(1000))
    assert link.read() == 1000


def test_a_silent_client_is_asked_and_given_up(site):
    site.write("socket_app.py", PYTHON)
    site.write("pages.py", PAGES)
    site.htpasswd("staff.htpasswd", ada="x")
    server = site.serve(ROUTES, "Timeout 2" + CONFIG, modules=["http2"])
    link = Link(server.port, "/app/x")
    assert link.read_frame() == (PING, b"")
    assert link.at_end()
    link.link.close()
    wait_for(lambda: server.get("/log").json == [1006], "its end")


def test_a_graceful_restart_closes_with_1001(site):
    site.write("socket_app.py", PYTHON)
    site.write("pages.py", PAGES)
    site.htpasswd("staff.htpasswd", ada="x")
    server = site.serve(ROUTES, HTTP2, modules=["http2"])
    link = Link(server.port, "/app/x")
    link.stream.patient = True
    link.say("x")
    assert link.read() == "x"
    before = set(children(server.process.pid))
    server.process.send_signal(signal.SIGUSR1)
    assert link.read_frame() == (CLOSE, b"\x03\xe9")
    with contextlib.suppress(OSError):
        link.send(closing(1001))
    assert link.at_end()
    link.link.close()
    wait_for(lambda: not before & set(children(server.process.pid)),
             "the end of the old processes")


# ---- a browser --------------------------------------------------------------

SCRIPT = """new Promise(resolve => {
    const link = new WebSocket("%s");
    const got = [];
    link.onopen = () => { link.send("scope"); };
    link.onmessage = event => { got.push(event.data); link.close(3000, "x"); };
    link.onclose = event => resolve([...got, event.code, event.wasClean]);
})"""


def test_a_page_opens_one_beside_its_other_requests(page, sites):
    page.open(f"https://127.0.0.1:{sites.secure}/page")
    assert page.run(SCRIPT % f"wss://127.0.0.1:{sites.secure}/app/x") == \
        ["2 wss nobody", 3000, True]
