# SPDX-License-Identifier: Apache-2.0
"""The ways to a route for WEBSOCKET: TLS, HTTP/2, and a browser."""

import ssl

import pytest

import h2
import tls
from conftest import RUNNING
from wsclient import BINARY, Client, closing, frame
from test_278_websocket_http2 import Link

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET  /page                 -> routed:page             returns html
"""
KIND = """\
location /{kind} {{
WEBSOCKET /echo/{{n:int}}    -> {kind}:echo(n, ws: websocket, who: str = "-")
WEBSOCKET /over            -> {kind}:echo(ws: websocket) {{
    auth staff
    require user
}}
GET       /over            -> routed:page             returns html
WEBSOCKET /tls             -> {kind}:echo(ws: websocket) require tls
WEBSOCKET /refuses         -> {kind}:refuses(ws: websocket)
}}
"""
PAGE = 'def page():\n    return "<title>page</title>"\n'
PYTHON = """\
async def echo(ws, n=0, who="-"):
    await ws.send(f"{n} {who}")
    async for message in ws:
        await ws.send(message)

async def refuses(ws):
    await ws.close()
"""
KINDS = {"loop": PYTHON,
         "sync": PYTHON.replace("async ", "").replace("await ", "")}
CONFIG = """
Protocols h2c http/1.1
H2WebSockets on
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
"""
BASIC = "Basic YWRhOng="


@pytest.fixture(scope="module")
def server(shared):
    shared.write("routed.py", PAGE)
    shared.htpasswd("staff.htpasswd", ada="x")
    for kind, text in KINDS.items():
        shared.write(f"{kind}.py", text)
    tls.certificate(shared.root)
    secure, config = tls.config("H2WebSockets on")
    text = ROUTES + "".join(KIND.format(kind=kind) for kind in KINDS)
    server = shared.httpd(
        [shared.build("app", text)],
        f'RoutesMount app\nRoutesPythonPath "{shared.root}"\n{CONFIG}'
        + config, modules=("http2", *tls.MODULES))
    RUNNING.append(server)
    server.start()
    server.secure = secure
    return server


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


def talk(link, first):
    assert link.read() == first
    for text in ("a", "h\xe9llo", "x" * 10_000):
        link.say(text)
        assert link.read() == text
    link.send(frame(BINARY, b"\0\xff"))
    assert link.read() == b"\0\xff"
    link.send(closing(3000))
    assert link.read() == 3000
    assert link.at_end()


def test_over_tls(server, kind):
    context = ssl.create_default_context(
        cafile=f"{server.root}/server.pem")

    def dial(target, fields=()):
        return Client(server.secure, target, fields, context=context)
    with dial(f"/{kind}/echo/7?who=ada") as link:
        talk(link, "7 ada")
    with dial(f"/{kind}/tls") as link:
        talk(link, "0 -")
    with dial(f"/{kind}/over") as link:
        assert link.status == 401
    own = {"Authorization": BASIC, "Host": f"localhost:{server.secure}"}
    for scheme, status in (("http", 403), ("https", 101)):
        origin = {"Origin": f"{scheme}://localhost:{server.secure}"}
        with dial(f"/{kind}/over", {**own, **origin}) as link:
            assert link.status == status, scheme
    with Client(server.port, f"/{kind}/tls") as link:
        assert link.status == 403


def test_over_http_2(server, kind):
    def dial(target, *fields, **words):
        return Link(server.port, f"/{kind}{target}", *fields, **words)
    link = dial("/echo/7?who=ada")
    assert link.status == 200
    talk(link, "7 ada")
    link.link.close()
    basic = ("authorization", BASIC)
    for target, fields, words, status in (
            ("/over", [], {}, 401),
            ("/over", [basic], {}, 200),
            ("/over", [basic, ("origin", "https://evil.example")], {}, 403),
            ("/echo/7", [], {"version": "12"}, 426),
            ("/echo/x", [], {}, 404),
            ("/refuses", [], {}, 403)):
        link = dial(target, *fields, **words)
        assert link.status == status, (target, fields)
        link.link.close()


@pytest.mark.parametrize("target, status", [("/over", 200),
                                            ("/echo/7", 426)])
def test_a_stream_that_does_not_ask_is_a_get(server, kind, target, status):
    with h2.Stream(server.port) as link:
        link.ask("GET", f"/{kind}{target}", [], end=True)
        while link.status is None and link.reset is None:
            link.take_any()
        assert link.status == status


SCRIPT = """new Promise(resolve => {
    const link = new WebSocket("%s");
    const got = [];
    link.onopen = () => { link.send("x"); };
    link.onmessage = event => {
        got.push(event.data);
        if (got.length == 2) link.close(3000, "x");
    };
    link.onclose = event => resolve([...got, event.code, event.wasClean]);
})"""


def test_a_page_opens_one(page, server, kind):
    page.open(f"https://127.0.0.1:{server.secure}/page")
    url = f"wss://127.0.0.1:{server.secure}/{kind}"
    assert page.run(SCRIPT % f"{url}/echo/7?who=ada") == \
        ["7 ada", "x", 3000, True]
    assert page.run(SCRIPT % f"{url}/refuses") == [1006, False]
