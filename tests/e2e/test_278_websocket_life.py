# SPDX-License-Identifier: Apache-2.0
"""Websockets over TLS, in a browser, of a framework; idle ones, and what
becomes of them when a process ends."""

import contextlib
import signal
import ssl
import time

import pytest

import tls
from conftest import RUNNING
from httpd import children, wait_for
from wsclient import CLOSE, PING, TEXT, Client, closing, frame

ROUTES = """\
routes 1
realm web = session { cookie "sid" }
public
GET  /page              -> pages:page                returns html
POST /enter             -> pages:enter(req: request)
mount /app              asgi socket_app:app
mount /mine             asgi socket_app:app auth web require user
mount /star             asgi star_app:app { strip true }
"""

# for servers of one test
PLAIN = """\
routes 1
public
mount /app asgi socket_app:app
"""

PAGES = """\
import apache

def page():
    return "<title>page</title>"

def enter(req):
    apache.login(req, "ada")
    return "in"
"""

PYTHON = """\
import asyncio
import contextlib
import os
import socket

def patience():
    \"\"\"The longest that a socket of the process has.\"\"\"
    found = []
    for entry in os.scandir("/proc/self/fd"):
        with contextlib.suppress(OSError):      # closed, or not of TCP
            if os.readlink(entry.path).startswith("socket:"):
                link = socket.socket(fileno=os.dup(int(entry.name)))
                with link:
                    found.append(link.getsockopt(socket.IPPROTO_TCP,
                                                 socket.TCP_USER_TIMEOUT))
    return max(found)

async def deaf():
    try:
        await asyncio.sleep(60)
    finally:
        print("cancelled")

async def big(send):
    try:
        await send({"type": "websocket.send", "bytes": b"x" * SIZE})
    except OSError:
        print("gave up")

SIZE = 64_000_000

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        message = await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    if scope["path"] == "/app/deaf":
        await deaf()
    if scope["path"] == "/app/big":
        await big(send)
    message = await receive()
    while message["type"] == "websocket.receive":
        if message.get("text") == "scheme":
            message["text"] = scope["scheme"]
        elif message.get("text") == "patience":
            message["text"] = str(patience())
        with contextlib.suppress(OSError):      # receive() tells of an end
            await send({**message, "type": "websocket.send"})
        message = await receive()
    print("closed with", message["code"])
"""

STARLETTE = """\
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

async def chat(websocket):
    await websocket.accept(subprotocol="chat")
    async for message in websocket.iter_json():
        await websocket.send_json({"said": message,
                                   "user": websocket.scope["routes.user"]})

async def refuse(websocket):
    await websocket.close(code=1008)

class Echo(WebSocketEndpoint):
    encoding = "bytes"

    async def on_receive(self, websocket, data):
        await websocket.send_bytes(data)

app = Starlette(routes=[WebSocketRoute("/chat/{room}", chat),
                        WebSocketRoute("/refuse", refuse),
                        WebSocketRoute("/echo", Echo)])
"""
CONFIG = """
Session On
SessionCookieName sid path=/
SessionCryptoPassphrase "correct horse"
LogLevel routes:notice
RequestReadTimeout header=5 body=2
"""
MODULES = ("session", "session_cookie", "session_crypto", "request",
           "reqtimeout", *tls.MODULES)


class Sites:
    def __init__(self, server, secure):
        self.server = server
        self.secure = secure


def write(site):
    site.write("pages.py", PAGES)
    site.write("socket_app.py", PYTHON)
    site.write("star_app.py", STARLETTE)


@pytest.fixture(scope="module")
def sites(shared):
    write(shared)
    tls.certificate(shared.root)
    port, config = tls.config()
    server = shared.httpd(
        [shared.build("app", ROUTES)],
        f'RoutesMount app\nRoutesPythonPath "{shared.root}"\n{CONFIG}'
        + config, modules=MODULES)
    RUNNING.append(server)
    server.start()
    return Sites(server, port)


@pytest.fixture
def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


# ---- TLS --------------------------------------------------------------------

def test_wss_is_the_same_over_tls(sites, context):
    with Client(sites.secure, "/app/x", context=context) as client:
        assert client.status == 101
        client.say("scheme")
        assert client.read() == "wss"
        data = bytes(range(256)) * 3900
        for _ in range(5):
            client.send(frame(2, data))
            assert client.read() == data
        # more records than are read at a time, more messages than one
        client.send(*[frame(TEXT, b"m" * 50)] * 2000)
        assert all(client.read() == "m" * 50 for _ in range(2000))
        client.send(closing(1000))
        assert client.read() == 1000
        assert client.at_end()


def test_bytes_behind_the_handshake_over_tls(sites, context):
    with Client(sites.secure, "/app/x", context=context,
                behind=frame(TEXT, b"a") * 3) as client:
        assert [client.read() for _ in range(3)] == ["a"] * 3


def test_a_client_over_tls_that_vanishes(sites, context):
    def told():
        return sites.server.log().count("closed with 1006")
    before = told()
    with Client(sites.secure, "/app/x", context=context) as client:
        client.say("x")
        assert client.read() == "x"
    wait_for(lambda: told() > before, "the end")


def test_a_body_s_time_is_none_of_a_websocket_s(sites):
    """mod_reqtimeout gives a body two seconds."""
    with Client(sites.server.port, "/app/x") as client:
        time.sleep(2.5)
        client.say("x")
        assert client.read() == "x"


# ---- a browser --------------------------------------------------------------

SCRIPT = """new Promise(resolve => {
    const link = new WebSocket("%s");
    const got = [];
    link.onopen = () => { link.send("h\\u00e9llo"); };
    link.onmessage = event => { got.push(event.data); link.close(3000, "x"); };
    link.onclose = event => resolve([got, event.code, event.wasClean]);
})"""


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_page_opens_a_websocket(page, sites, scheme):
    port = sites.secure if scheme == "wss" else sites.server.port
    page.open(f"http{scheme[2:]}://127.0.0.1:{port}/page")
    assert page.run(SCRIPT % f"{scheme}://127.0.0.1:{port}/app/x") == \
        [["h\xe9llo"], 3000, True]


def test_a_page_of_another_site_opens_none(page, sites):
    own = f"127.0.0.1:{sites.server.port}"
    page.open(f"http://{own}/page")
    assert page.run(SCRIPT % f"ws://{own}/mine/x")[1] == 1006
    assert page.run("fetch('/enter', {method: 'POST'}).then(r => r.status)") \
        == 200
    assert page.run(SCRIPT % f"ws://{own}/mine/x") == \
        [["h\xe9llo"], 3000, True]
    # the cookie goes along, whatever the port; localhost is another site
    page.open(f"https://127.0.0.1:{sites.secure}/page")
    page.open(f"http://localhost:{sites.server.port}/page")
    assert page.run(SCRIPT % f"ws://{own}/app/x")[0] == ["h\xe9llo"]
    assert page.run(SCRIPT % f"ws://{own}/mine/x") == [[], 1006, False]


# ---- a framework ------------------------------------------------------------

def test_starlette_as_it_is(sites):
    port = sites.server.port
    with Client(port, "/star/chat/7",
                {"Sec-WebSocket-Protocol": "chat"}) as client:
        assert client.headers["sec-websocket-protocol"] == "chat"
        client.say('{"a": 1}')
        assert client.read() in ('{"said": {"a": 1}, "user": null}',
                                 '{"said":{"a":1},"user":null}')
        client.send(closing(1000))
        assert client.read() == 1000
    with Client(port, "/star/echo") as client:
        client.send(frame(2, b"bytes"))
        assert client.read() == b"bytes"
        sites.server.expect("ROUTES0131: .*RuntimeError: Expected bytes")
        sites.server.expect("ROUTES0131: ")
        client.say("text")
        assert client.read() == 1003
    assert Client(port, "/star/refuse").status == 403
    assert Client(port, "/star/none").status == 403


# ---- idleness ---------------------------------------------------------------

@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_a_silent_client_is_asked_and_given_up(site, mpm):
    write(site)
    server = site.serve(PLAIN, "Timeout 2\nLogLevel routes:notice", mpm=mpm)
    with Client(server.port, "/app/x") as client:
        for _ in range(3):          # it answers, for longer than Timeout
            assert client.read_frame() == (PING, b"")
            client.send(frame(10))
        client.say("x")
        assert client.read() == "x"
        assert client.read_frame() == (PING, b"")
        assert client.at_end()      # and now it does not
    wait_for(lambda: "closed with 1006" in server.log(), "its end")


def test_a_client_is_asked_while_nobody_receives(site):
    """And noticed when it has gone."""
    write(site)
    server = site.serve(PLAIN, "Timeout 2\nLogLevel routes:notice")
    with Client(server.port, "/app/deaf") as client:
        client.send(*[frame(TEXT, b"x")] * 100)
        for _ in range(5):          # no pong comes through
            assert client.read_frame() == (PING, b"")
        assert "cancelled" not in server.log()
    wait_for(lambda: "cancelled" in server.log(), "its end")


def test_a_timeout_of_weeks_is_not_cut_to_less_than_a_second(site):
    """In milliseconds it is more than fits into 32 bits."""
    write(site)
    server = site.serve(PLAIN, "Timeout 4294968\nLogLevel routes:notice")
    with Client(server.port, "/app/x") as client:
        client.say("patience")
        assert client.read() == str(2 ** 31 - 1)


def test_a_message_has_its_time_before_a_close(site):
    write(site)
    server = site.serve(PLAIN, "Timeout 2\nLogLevel routes:notice")
    with Client(server.port, "/app/big") as client:
        client.more()
        client.send(closing(1000))

        def trickles():             # more slowly than would do
            with contextlib.suppress(EOFError, ConnectionError):
                client.more()
                time.sleep(0.1)
            return "gave up" in server.log()
        wait_for(trickles, "its end")
        with pytest.raises((EOFError, ConnectionError)):
            while True:
                client.more()
        assert len(client.data) < 64_000_000


# ---- the end of a process ---------------------------------------------------

@pytest.mark.parametrize("mpm", ["prefork", "worker", "event"])
def test_a_graceful_restart_closes_with_1001(site, mpm):
    write(site)
    server = site.serve(PLAIN, "LogLevel routes:notice", mpm=mpm)
    before = set(children(server.process.pid))
    client = Client(server.port, "/app/x")
    client.say("x")
    assert client.read() == "x"
    deaf = Client(server.port, "/app/x")    # one that answers no close frame
    deaf.say("x")
    assert deaf.read() == "x"
    server.process.send_signal(signal.SIGUSR1)
    begun = time.monotonic()
    assert client.read_frame() == (CLOSE, b"\x03\xe9")
    client.send(closing(1001))
    assert client.at_end()
    client.link.close()
    wait_for(lambda: not before & set(children(server.process.pid)),
             "the end of the old processes", 20)
    assert time.monotonic() - begun < 15
    deaf.link.close()
    wait_for(lambda: server.log().count("closed with 1001") == 2,
             "what the applications are told")
    with Client(server.port, "/app/x") as other:
        other.say("again")
        assert other.read() == "again"


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_a_stop_waits_for_nobody(site, mpm):
    write(site)
    server = site.serve(PLAIN, "LogLevel routes:notice", mpm=mpm)
    client = Client(server.port, "/app/x")
    client.say("x")
    assert client.read() == "x"
    begun = time.monotonic()
    server.terminate()
    server.process.wait(15)
    assert time.monotonic() - begun < 10
    client.link.close()
