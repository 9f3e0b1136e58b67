# SPDX-License-Identifier: Apache-2.0
"""Routes for WEBSOCKET: their handshakes, and what functions of both kinds do
with a websocket."""

import asyncio
import os
import signal
import struct

import pytest
import websockets

from conftest import problem
from httpd import wait_for
from wsclient import (BINARY, CLOSE, CONTINUATION, TEXT, Client, closing,
                      frame)

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET  /log                  -> routed:log
POST /clear                -> routed:clear
GET  /page                 -> routed:page            returns html
"""

# for functions of each kind
KIND = """\
location /{kind} {{
WEBSOCKET /echo              -> {kind}:echo(ws: websocket)
WEBSOCKET /both              -> {kind}:echo(ws: websocket)
GET       /both              -> routed:plain
GET       /deep/lobby        -> routed:plain
WEBSOCKET /deep/{{room}}     -> {kind}:tells(room, ws: websocket)
WEBSOCKET /room/{{n:int}}    -> {kind}:room(n, who: str(..8), ws: websocket,
    tag: uuid? from header "X-Tag", lang: str = "en" from cookie)
WEBSOCKET /staff             -> {kind}:staff(ws: websocket, user: principal) {{
    auth staff
    require user
}}
WEBSOCKET /open              -> {kind}:staff(ws: websocket, user: principal) {{
    auth staff
    require user
    cors {{ origins "https://www.shop.example"; credentials true }}
}}
WEBSOCKET /hidden            -> {kind}:echo(ws: websocket) {{
    auth staff
    require user and role(boss)
    deny as 404
}}
WEBSOCKET /ruled             -> {kind}:echo(ws: websocket) {{
    require method(WEBSOCKET) and ip(127.0.0.1)
}}
WEBSOCKET /chooses           -> {kind}:chooses(ws: websocket, which: str?)
WEBSOCKET /refuses           -> {kind}:refuses(ws: websocket)
WEBSOCKET /idle              -> {kind}:idle(ws: websocket)
WEBSOCKET /fails             -> {kind}:fails(ws: websocket, when: str) {{
    raises LookupError as 404
}}
WEBSOCKET /says              -> {kind}:says(ws: websocket)
WEBSOCKET /closes            -> {kind}:closes(ws: websocket, code: int = 1000,
                                              reason: str = "")
WEBSOCKET /mistakes          -> {kind}:mistakes(ws: websocket)
WEBSOCKET /drains            -> {kind}:drains(ws: websocket)
WEBSOCKET /floods            -> {kind}:floods(ws: websocket)
WEBSOCKET /brims             -> {kind}:brims(ws: websocket)
WEBSOCKET /small             -> {kind}:echo(ws: websocket) limit body 1KB
WEBSOCKET /short             -> {kind}:stays(ws: websocket) limit time 400ms
WEBSOCKET /late              -> {kind}:hangs(ws: websocket) limit time 200ms
WEBSOCKET /few               -> {kind}:echo(ws: websocket) limit concurrency 1
WEBSOCKET /rare              -> {kind}:echo(ws: websocket) limit rate 1/h
WEBSOCKET /head              -> {kind}:echo(ws: websocket) {{
    header "X-Ours" "yes"
}}
WEBSOCKET /gives             -> {kind}:gives(ws: websocket)
WEBSOCKET /tells             -> {kind}:keeps(ws: websocket)
WEBSOCKET /kept              -> {kind}:kept(ws: websocket)
}}
"""

ROUTED = """\
PAGES = [[]]    # one for each test

def log():
    return PAGES[-1]

def clear():
    PAGES.append([])

def page():
    return "<title>page</title>"

def plain():
    return "plain"
"""

# An `async def` function, of which a `def` function is made by leaving words
# away: both are to do the same. Each writes into the page of the test that
# called it: one that is late with its end writes into no other's.
PYTHON = r'''
import asyncio
import contextlib
import time
import apache
from routed import PAGES

KEPT = []


async def echo(ws):
    page = PAGES[-1]
    async for message in ws:
        with contextlib.suppress(OSError):      # the loop ends with it
            await ws.send(message)
    page.append([ws.close_code, ws.close_reason])


async def tells(room, ws):
    await ws.send(room)


async def room(n, who, ws, tag, lang):
    await ws.send(f"{n} {who} {tag} {lang} {type(ws).__name__}")


async def staff(ws, user):
    await ws.send(user.user)


async def chooses(ws, which):
    page = PAGES[-1]
    before = (ws.subprotocols, ws.subprotocol, ws.close_code, ws.close_reason)
    try:
        await ws.accept(subprotocol=which)
    except ValueError as fault:
        await ws.close()
        page.append(str(fault))
        return
    try:
        await ws.accept()
    except RuntimeError:
        await ws.send(f"{before} {ws.subprotocol}")


async def refuses(ws):
    page = PAGES[-1]
    await ws.close(1008, "no")
    await ws.close()
    for use in (ws.receive, ws.accept):
        try:
            await use()
        except (RuntimeError, apache.Disconnected):
            page.append("refused")


async def idle(ws):
    pass


async def fails(ws, when):
    if when == "before":
        raise KeyError("before")
    if when == "fault":
        raise ZeroDivisionError("before")
    await ws.accept()
    if when == "message":
        await ws.receive()
    if when == "mapped":
        raise KeyError("later")
    raise ZeroDivisionError("later")


async def says(ws):
    for message in ("h\xe9llo", b"bytes", bytearray(b"array"),
                    memoryview(b"view"), "", b""):
        await ws.send(message)
    assert await ws.receive() == "\u20ac"
    assert await ws.receive() == b"\xff"


async def closes(ws, code, reason):
    page = PAGES[-1]
    await ws.accept()
    await ws.close(code, reason)
    await ws.close(3001)
    try:
        await ws.send("late")
    except apache.Disconnected as gone:
        page.append([gone.code, gone.reason, isinstance(gone, OSError)])


async def mistakes(ws):
    said = []
    for what in (1, None, "\ud800", ["a"]):
        try:
            await ws.send(what)
        except (TypeError, UnicodeEncodeError) as fault:
            said.append(type(fault).__name__)
    for code, reason in ((1005, ""), (99, ""), (2999, ""), (1000, "x" * 124)):
        try:
            await ws.close(code, reason)
        except ValueError:
            said.append(str(code))
    for make in (apache.WebSocket, apache.AsyncWebSocket):
        try:
            make()
        except TypeError:
            said.append("no")
    await ws.send(" ".join(said))


async def drains(ws):
    """What it has not received when the client closes is still there."""
    page = PAGES[-1]
    try:
        while True:
            page.append(await ws.receive())
    except apache.Disconnected as gone:
        page.append([gone.code, gone.reason])


async def floods(ws):
    page = PAGES[-1]
    sent = 0
    while sent < 64_000_000:
        await ws.send(b"x" * 100_000)
        sent += 100_000
        page[:] = [sent]


async def brims(ws):
    page = PAGES[-1]
    await ws.accept()
    page.append("waits")
    while page is PAGES[-1]:
        await asyncio.sleep(0.01)
    try:
        await ws.send(b"x" * 63_996)    # as much as leaves in one turn
        for _ in range(1000):
            await ws.send("for nobody")
        PAGES[-1].append("never told")
    except apache.Disconnected as gone:
        PAGES[-1].append(["told", gone.code])


async def stays(ws):
    await ws.send("open")
    await asyncio.sleep(0.8)
    await ws.send("still")


async def hangs(ws):
    for _ in range(600):
        await asyncio.sleep(0.05)


async def gives(ws):
    await ws.accept()
    return "something"


async def keeps(ws):
    KEPT[:] = [ws]
    await ws.send("kept")


async def kept(ws):
    try:
        await KEPT[0].send("x")
    except (apache.RequestEnded, apache.Disconnected) as fault:
        await ws.send(type(fault).__name__)
'''


def plain(text):
    """The same functions without `async`."""
    return (text.replace("async ", "").replace("await ", "")
            .replace("asyncio.sleep", "time.sleep"))


ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 24\nThreadsPerChild 24\nMaxRequestWorkers 24\n"
       'CustomLog "{root}/access.log" "%s %>s %r"\n'
       "LogLevel routes:info\n")
BASIC = {"Authorization": "Basic YWRhOng="}
KINDS = {"sync": plain(PYTHON), "loop": PYTHON}


def write(site):
    site.write("routed.py", ROUTED)
    site.htpasswd("staff.htpasswd", ada="x")
    for kind, text in KINDS.items():
        site.write(f"{kind}.py", text)
    return ROUTES + "".join(KIND.format(kind=kind) for kind in KINDS)


@pytest.fixture(scope="module")
def server(shared):
    return shared.serve(write(shared), ONE, modules=("log_config",))


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


@pytest.fixture
def log(server):
    assert server.request("POST", "/clear").status == 204

    def logged(*lines):
        """In this order; other clients of the test may be told of, too."""
        def found():
            left = iter(server.get("/log").json)
            return all(line in left for line in lines)
        wait_for(found, f"{lines} in the log")
    return logged


@pytest.fixture
def dial(server, kind):
    """Opens websockets below the kind's location, closed after the test."""
    clients = []

    def opened(target, fields=(), status=101, **words):
        client = Client(server.port, f"/{kind}{target}", fields, **words)
        clients.append(client)
        assert client.status == status, client.status
        return client
    yield opened
    for client in clients:
        client.link.close()


def end(client, code=1000):
    client.send(closing(code))
    assert client.read() == code
    assert client.at_end()


def expect_fault(server):
    """The line of .routes, and the traceback."""
    server.expect(r"ROUTES0120: app.routes:\d+: \w+:fails raised "
                  "ZeroDivisionError", "ROUTES0121: .*line .*, in fails",
                  "ROUTES0121: ")


# ---- the handshake ----------------------------------------------------------

def test_a_message_and_its_echo(dial, log):
    client = dial("/echo")
    for text in ("a", "", "h\xe9llo", "x" * 70000):
        client.say(text)
        assert client.read() == text
    client.send(frame(BINARY, b"\0\xff"))
    assert client.read() == b"\0\xff"
    client.send(closing(3000, b"why"))
    assert client.read() == 3000
    log([3000, "why"])


def test_parameters_are_decoded_and_passed(dial, kind):
    name = {"sync": "WebSocket", "loop": "AsyncWebSocket"}[kind]
    tag = "01234567-89ab-cdef-0123-456789abcdef"
    client = dial("/room/7?who=ada", {"X-Tag": tag, "Cookie": "lang=de"})
    assert client.read() == f"7 ada {tag} de {name}"
    assert client.read() == 1000
    assert dial("/room/7?who=").read() == f"7  None en {name}"


def test_faults_are_told_before_the_handshake(server, kind):
    head = {"Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

    def get(target, **more):
        return server.request("GET", f"/{kind}{target}",
                              headers={**head, **more})
    answer = get("/room/7?who=far-too-long", **{"X-Tag": "1"})
    assert problem(answer) == {("query", "who", "length"),
                               ("header", "X-Tag", "type")}
    assert problem(get("/room/7")) == {
        ("query", "who", "missing")}
    assert get("/room/x?who=a").status == 404


def test_a_plain_get_is_told_to_upgrade(server, kind):
    for method in ("GET", "HEAD"):
        answer = server.request(method, f"/{kind}/echo")
        assert answer.status == 426
        assert answer.headers["Upgrade"] == "websocket"
        assert "upgrade" in answer.headers["Connection"].lower()
    answer = server.request("POST", f"/{kind}/echo")
    assert answer.status == 405
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) >= {
        "GET", "HEAD", "OPTIONS"}
    assert "WEBSOCKET" not in answer.headers["Allow"]
    answer = server.request("OPTIONS", f"/{kind}/echo")
    assert answer.status == 204
    assert answer.headers["Allow"] == "GET,HEAD,OPTIONS"
    # no request has such a method
    assert server.request("WEBSOCKET", f"/{kind}/echo").status in (405, 501)


@pytest.mark.parametrize("fields, status", [
    ({"Sec-WebSocket-Version": "8"}, 426),
    ({"Sec-WebSocket-Key": None}, 400),
    ({"Sec-WebSocket-Key": "c2hvcnQ="}, 400),
    ({"Content-Length": "3"}, 400),
    ({"Sec-WebSocket-Protocol": "a b"}, 400),
    ({"Upgrade": None}, 426),
    ({"Upgrade": "h2c"}, 426),
    ({"Connection": "close"}, 426),
])
def test_a_wrong_handshake_is_none(dial, fields, status):
    client = dial("/echo", fields, status)
    if status == 426 and "Sec-WebSocket-Version" in fields:
        assert client.headers["sec-websocket-version"] == "13"


def test_of_one_path_the_handshake_chooses(server, dial, kind):
    assert server.get(f"/{kind}/both").text == "plain"
    assert server.request("HEAD", f"/{kind}/both").status == 200
    answer = server.request("POST", f"/{kind}/both")
    assert answer.status == 405
    client = dial("/both")
    client.say("x")
    assert client.read() == "x"


def test_a_more_specific_get_answers_a_handshake(server, dial, kind):
    """As it answers HEAD: path before method."""
    assert dial("/deep/cellar").read() == "cellar"
    client = dial("/deep/lobby", status=200)
    assert client.body() == b"plain"
    assert server.get(f"/{kind}/deep/cellar").status == 426


# ---- who may ----------------------------------------------------------------

def test_the_gate_comes_first(dial, log):
    client = dial("/staff", status=401)
    assert client.headers["www-authenticate"].startswith("Basic")
    assert dial("/staff", BASIC).read() == "ada"
    dial("/hidden", BASIC, 404)
    dial("/hidden", status=401)
    log()


def test_another_site_opens_none(dial, server):
    own = {"Origin": f"http://127.0.0.1:{server.port}",
           "Host": f"127.0.0.1:{server.port}"}
    foreign = {"Origin": "https://evil.example"}
    assert dial("/staff", {**BASIC, **own}).read() == "ada"
    dial("/staff", {**BASIC, **foreign}, 403)
    dial("/staff", {**BASIC, "Origin": "null"}, 403)
    dial("/staff", {**BASIC, "Sec-Fetch-Site": "cross-site"}, 403)
    dial("/open", {**BASIC, **foreign}, 403)
    listed = {"Origin": "https://www.shop.example"}
    assert dial("/open", {**BASIC, **listed}).read() == "ada"


def test_a_rule_knows_the_method(dial):
    client = dial("/ruled")
    client.say("x")
    assert client.read() == "x"


def test_a_masked_one_is_not_there(server, kind):
    """Nor does Allow, or 426, tell of it."""
    for method in ("GET", "POST", "OPTIONS"):
        hidden = server.request(method, f"/{kind}/hidden", headers=BASIC)
        other = server.request(method, f"/{kind}/nothing", headers=BASIC)
        assert hidden.status == other.status, method


# ---- what a function says ---------------------------------------------------

def test_subprotocols(dial, log):
    offers = {"Sec-WebSocket-Protocol": "chat, v2.chat"}
    client = dial("/chooses?which=v2.chat", offers)
    assert client.headers["sec-websocket-protocol"] == "v2.chat"
    assert client.read() == \
        "(('chat', 'v2.chat'), None, None, None) v2.chat"
    client = dial("/chooses", offers)
    assert "sec-websocket-protocol" not in client.headers
    assert client.read() == "(('chat', 'v2.chat'), None, None, None) None"
    dial("/chooses?which=v3", offers, 403)
    log("the subprotocol 'v3' was not offered by the client")


def test_closed_before_it_is_open_is_403(dial, log):
    dial("/refuses", status=403)
    log("refused", "refused")
    dial("/idle", status=403)


def test_what_it_raises_before_is_an_answer(dial, server, kind):
    dial("/fails?when=before", status=404)
    expect_fault(server)
    dial("/fails?when=fault", status=500)


@pytest.mark.parametrize("when", ["at-once", "message", "mapped"])
def test_what_it_raises_later_closes_with_1011(dial, server, kind, when):
    if when != "mapped":
        expect_fault(server)
    client = dial(f"/fails?when={when}")
    if when == "message":
        client.say("x")
    assert client.read() == 1011


def test_all_that_can_be_sent(dial):
    client = dial("/says")
    assert [client.read() for _ in range(6)] == [
        "h\xe9llo", b"bytes", b"array", b"view", "", b""]
    client.say("\u20ac")
    client.send(frame(BINARY, b"\xff"))
    assert client.read() == 1000


def test_a_code_and_a_reason(dial, log):
    client = dial("/closes?code=4001&reason=because")
    assert client.read() == 4001 and client.reason == "because"
    client.send(closing(4001))
    assert client.at_end()
    log([4001, "because", True])


def test_mistakes_are_told(dial):
    assert dial("/mistakes").read() == \
        "TypeError TypeError UnicodeEncodeError TypeError " \
        "1005 99 2999 1000 no no"


def test_what_it_gives_back_is_a_mistake(dial, server):
    server.expect("ROUTES0120: .*gave back a value of type str")
    client = dial("/gives")
    assert client.read() == 1011


def test_who_keeps_it_has_nothing_of_it(dial, kind):
    client = dial("/tells")
    assert client.read() == "kept"
    assert client.read() == 1000    # the function has returned,
    client.send(closing(1000))
    assert client.at_end()          # and its call is over
    client = dial("/kept")
    assert client.read() == {"sync": "RequestEnded",
                             "loop": "Disconnected"}[kind]


def test_a_header_of_the_place(dial):
    assert dial("/head").headers["x-ours"] == "yes"


# ---- limits -----------------------------------------------------------------

def test_a_message_has_a_limit(dial, log):
    client = dial("/small")
    client.say("x" * 1024)
    assert client.read() == "x" * 1024
    client.say("x" * 1025)
    assert client.read() == 1009
    log([1009, ""])
    client = dial("/small")     # in parts, and before they are whole
    client.send(frame(TEXT, b"x" * 1000, fin=False))
    client.send(frame(CONTINUATION, b"x" * 25, fin=False))
    assert client.read() == 1009


def test_time_ends_with_the_handshake(dial, server, kind):
    client = dial("/short")
    assert client.read() == "open"
    assert client.read() == "still"
    assert client.read() == 1000
    server.expect("ROUTES0126: ", "ROUTES0121: ")
    dial("/late", status=504)


def test_one_at_a_time(dial, log, server, kind):
    client = dial("/few")
    client.say("x")
    assert client.read() == "x"
    refused = dial("/few", status=503)
    assert refused.headers["retry-after"] == "1"
    end(client)
    log([1000, ""])
    wait_for(lambda: is_free(server, kind), "the place")


def is_free(server, kind):
    with Client(server.port, f"/{kind}/few") as client:
        return client.status == 101


def test_handshakes_have_a_rate(dial):
    dial("/rare")
    dial("/rare", status=429)


# ---- clients that are no friends --------------------------------------------

@pytest.mark.parametrize("name, bad, code", [
    ("unmasked", frame(TEXT, b"x", mask=False), 1002),
    ("reserved", frame(TEXT, b"x", rsv=4), 1002),
    ("opcode", frame(3, b"x"), 1002),
    ("continuation", frame(CONTINUATION, b"x"), 1002),
    ("utf8", frame(TEXT, b"\xff\xfe"), 1007),
    ("long-close", frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002),
    ("code", closing(1005), 1002),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_frame_closes(dial, log, name, bad, code):
    client = dial("/echo")
    client.send(bad)
    assert client.read() == code
    log([code, ""])


def test_a_client_that_vanishes(dial, log):
    client = dial("/echo")
    client.say("x")
    assert client.read() == "x"
    client.link.close()
    log([1006, ""])


def test_messages_before_a_close_are_given(dial, log):
    client = dial("/drains")
    client.send(frame(TEXT, b"a"), frame(TEXT, b"b"), closing(1001, b"bye"))
    assert client.read() == 1001
    log("a", "b", [1001, "bye"])


@pytest.mark.usefixtures("log")
def test_who_reads_nothing_holds_it_up(dial, server):
    """Not more is made than buffers of sockets take."""
    client = dial("/floods")
    seen = []

    def stands():
        seen.append(max([n for n in server.get("/log").json
                         if isinstance(n, int)], default=0))
        return len(seen) > 10 and seen[-1] == seen[-10] and seen[-1]
    wait_for(stands, "a standstill")
    assert seen[-1] < 20_000_000
    client.link.close()


def test_who_only_sends_is_told_of_a_close(dial, log, server):
    """Also where the close frame that answers has not left yet."""
    client = dial("/brims")
    log("waits")
    client.send(closing(1000))
    assert server.request("POST", "/clear").status == 204
    while client.read() != 1000:
        pass
    log(["told", 1000])


def test_a_message_of_a_megabyte_in_pieces(dial):
    """The default of `limit body`."""
    client = dial("/echo")
    data = os.urandom(1 << 20)
    for at in range(0, len(data), 1 << 16):
        last = at + (1 << 16) >= len(data)
        client.send(frame(BINARY if at == 0 else CONTINUATION,
                          data[at:at + (1 << 16)], fin=last))
    assert client.read() == data


def test_many_idle_ones_and_others(dial, server, kind):
    idle = [dial("/echo") for _ in range(12)]
    assert server.get("/log").status == 200
    for client in idle:
        client.say("x")
        assert client.read() == "x"


# ---- another client ---------------------------------------------------------

def test_the_client_of_websockets(server, kind):
    async def speak():
        url = f"ws://127.0.0.1:{server.port}/{kind}/echo"
        async with websockets.connect(url) as link:
            for message in ("text", b"bytes", "x" * 200000):
                await link.send(message)
                assert await link.recv() == message
            await (await link.ping())
    asyncio.run(speak())


# ---- processes --------------------------------------------------------------

@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_of_each_mpm(site, mpm):
    server = site.serve(write(site), "LogLevel routes:notice", mpm=mpm)
    for kind in KINDS:
        with Client(server.port, f"/{kind}/echo") as client:
            client.say("x")
            assert client.read() == "x"
            end(client)
    open_ones = [Client(server.port, f"/{kind}/echo") for kind in KINDS]
    for client in open_ones:
        client.say("x")
        assert client.read() == "x"
    server.process.send_signal(signal.SIGUSR1)
    for client in open_ones:
        assert client.read_frame() == (CLOSE, struct.pack("!H", 1001))
        client.send(closing(1001))
        assert client.at_end()
        client.link.close()
