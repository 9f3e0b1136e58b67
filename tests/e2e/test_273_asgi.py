# SPDX-License-Identifier: Apache-2.0
"""mount asgi: ASGI 3.0 over HTTP, message by message, as an application sees
it and a client."""

import http.client
import json
import socket
import struct

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
realm keys  = apikey { header "Partner-Key"; file "keys" }
public
GET   /app/own        -> routed:own
GET   /log            -> routed:log
POST  /clear          -> routed:clear
on child_start -> routed:start
mount /app            asgi asgi_app:application
mount /objects/here   asgi asgi_app:Class.method
mount /class          asgi asgi_app:Endpoint
mount /t/{tenant}/app asgi asgi_app:application
mount /strip          asgi asgi_app:application { strip true }
mount /staff          asgi asgi_app:application auth staff require user
mount /partner        asgi asgi_app:application auth keys require user
mount /small          asgi asgi_app:application limit body 1KB
mount /short          asgi asgi_app:application limit time 300ms
mount /few            asgi asgi_app:application limit concurrency 1
"""

ROUTED = """\
import asgi_app

def own():
    return "a route"

def log():
    return asgi_app.LOG

def clear():
    asgi_app.LOG.clear()

def start():
    asgi_app.VALUE.set("of the start")
"""

PYTHON = r'''
import asyncio
import contextvars
import json
import random
import threading
import weakref

LOG = []
EVENTS = {}
VALUE = contextvars.ContextVar("VALUE", default="none")
TEXT = [(b"content-type", b"text/plain")]


def event(name):
    return EVENTS.setdefault(name, asyncio.Event())


async def start(send, status=200, headers=TEXT):
    await send({"type": "http.response.start", "status": status,
                "headers": headers})


async def body(send, data=b"", more=False):
    await send({"type": "http.response.body", "body": data,
                "more_body": more})


async def say(send, text):
    await start(send)
    await body(send, text.encode())


async def hello(scope, receive, send):
    await say(send, "hello")


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
    assert type(scope) is dict
    await start(send, headers=[(b"content-type", b"application/json")])
    await body(send, json.dumps(plain(scope)).encode())


async def whole(receive):
    data, pieces = b"", 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return data, message["type"]
        data += message["body"]
        pieces += 1
        if not message["more_body"]:
            return data, pieces


async def echo(scope, receive, send):
    data, _ = await whole(receive)
    await start(send)
    await body(send, data)


async def unread(scope, receive, send):
    await say(send, "unread")


async def sums(scope, receive, send):
    """A large body, whose pieces are small."""
    total = largest = 0
    more = True
    while more:
        message = await receive()
        total += len(message["body"])
        largest = max(largest, len(message["body"]))
        more = message["more_body"]
    await say(send, f"{total} {largest <= 65536}")


async def chunks(scope, receive, send):
    await start(send)
    for chunk in (b"a", b"", b"b" * 70000, b"c"):
        await body(send, chunk, True)
    await body(send)


async def early(scope, receive, send):
    """The headers leave with an empty piece."""
    await start(send, 201)
    await body(send, b"", True)
    await event("early").wait()
    event("early").clear()
    await body(send, b"later")


async def go(scope, receive, send):
    event(scope["query_string"].decode()).set()
    await hello(scope, receive, send)


async def duplex(scope, receive, send):
    """Answers each piece of the body before the next one comes."""
    await start(send)
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        if message["body"]:
            await body(send, b"<" + message["body"] + b">", True)
    await body(send)


async def both(scope, receive, send):
    """A task that receives while another one sends."""
    async def listen():
        kinds = []
        while not kinds or kinds[-1] != "http.disconnect":
            kinds.append((await receive())["type"])
        LOG.append(",".join(kinds))
    listener = asyncio.create_task(listen())
    await start(send)
    for i in range(3):
        await asyncio.sleep(0)
        await body(send, b"%d," % i, True)
    await body(send)
    await listener


async def cancelled(scope, receive, send):
    """A receive that is cancelled loses nothing."""
    waiting = asyncio.create_task(receive())
    await asyncio.sleep(0)
    waiting.cancel()
    event("cancelled").set()
    await echo(scope, receive, send)


async def hasty(scope, receive, send):
    """Several wait at once, and all are cancelled at any time."""
    taken, more, turns = b"", True, random.Random(1)
    while more:
        waiting = [asyncio.create_task(receive()) for _ in range(3)]
        for _ in range(turns.randrange(5)):
            await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        for given in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(given, dict):
                taken += given["body"]
                more = more and given["more_body"]
    await start(send)
    await body(send, taken)


async def status(scope, receive, send):
    await start(send, int(scope["query_string"]))
    await body(send, b"body")


async def cookies(scope, receive, send):
    await start(send, headers=iter([
        [b"Set-Cookie", b"a=1"], (b"set-cookie", b"b=2"),
        (b"x-latin", b"caf\xe9")]))
    await body(send)


async def length(scope, receive, send):
    said, given = scope["query_string"].split(b",")
    await start(send, headers=TEXT + [(b"content-length", said)])
    await body(send, b"x" * int(given), True)
    await body(send)


async def views(scope, receive, send):
    await start(send)
    await body(send, bytearray(b"ab"), True)
    await body(send, memoryview(b"cd"))


async def default(scope, receive, send):
    await send({"type": "http.response.start", "status": 203})
    await send({"type": "http.response.body"})


BAD = {
    "newline": [(b"x-a", b"b\r\nx-c: d")], "nul": [(b"x-a", b"b\0")],
    "name": [(b"x a", b"b")], "colon": [(b"x-a:", b"b")],
    "noname": [(b"", b"")], "str": [("x-a", b"b")], "value": [(b"x-a", "b")],
    "three": [(b"x-a", b"b", b"c")], "number": 7, "single": [b"x-a"],
    "connection": [(b"connection", b"close")],
    "coding": [(b"transfer-encoding", b"chunked")],
    "upgrade": [(b"upgrade", b"x")], "length": [(b"content-length", b"-1")],
    "words": [(b"content-length", b"five")],
    "twice": [(b"content-length", b"1"), (b"content-length", b"1")],
    "types": TEXT + TEXT,
    "many": [(b"x-%d" % i, b"v" * 1000) for i in range(40)],
}


async def headers(scope, receive, send):
    try:
        await start(send, headers=BAD[scope["query_string"].decode()])
    except (TypeError, ValueError) as fault:
        await start(send, 500)
        await body(send, type(fault).__name__.encode())
    else:
        await body(send, b"taken")


async def statuses(scope, receive, send):
    bad = {"low": 199, "high": 600, "str": "200", "none": None,
           "float": 200.0}
    try:
        await start(send, bad[scope["query_string"].decode()])
    except (TypeError, ValueError) as fault:
        await start(send, 500)
        await body(send, type(fault).__name__.encode())


async def order(scope, receive, send):
    """Messages out of turn, each refused, and then a good answer."""
    said = []

    async def attempt(message):
        try:
            await send(message)
            said.append("taken")
        except Exception as fault:
            said.append(type(fault).__name__)
    await attempt({"type": "http.response.body", "body": b"early"})
    await attempt({"type": "http.response.start"})
    await attempt({"status": 200})
    await attempt({"type": "http.response.trailers"})
    await attempt({"type": "websocket.accept"})
    await attempt(None)
    await start(send)
    await attempt({"type": "http.response.start", "status": 404})
    await attempt({"type": "http.response.body", "body": "text"})
    await attempt({"type": "http.response.body", "body": None})
    await body(send, ",".join(said).encode())
    await attempt({"type": "http.response.body", "body": b"ignored"})
    # httpd's thread may not have come to the end yet: there is no body
    while (kind := (await receive())["type"]) == "http.request":
        pass
    LOG.append(said[-1] + "," + kind)


async def raises(scope, receive, send):
    when = scope["query_string"]
    if when == b"before":
        raise KeyError("before")
    await start(send)
    if when == b"started":
        raise KeyError("started")
    await body(send, b"some", True)
    raise KeyError("later")


class Held:
    alive = weakref.WeakSet()

    def __init__(self):
        self.alive.add(self)


async def holds(scope, receive, send):
    """What it raises holds its frame, and so what is in it."""
    held = Held()
    raise KeyError("held")


async def held(scope, receive, send):
    await say(send, str(len(Held.alive)))


async def silent(scope, receive, send):
    if scope["query_string"]:
        await start(send)


async def half(scope, receive, send):
    await start(send)
    await body(send, b"some", True)


async def after(scope, receive, send):
    await hello(scope, receive, send)
    await event("after").wait()
    LOG.append("after")
    if scope["query_string"]:
        raise KeyError("afterwards")


async def exits(scope, receive, send):
    raise SystemExit(3)


async def endless(scope, receive, send):
    await start(send)
    try:
        while True:
            await body(send, b"x" * 100000, True)
    except OSError as fault:
        LOG.append(type(fault).__name__)
        LOG.append((await receive())["type"])


async def waits(scope, receive, send):
    """A long poll that hears of its client's end."""
    LOG.append("waits")
    await receive()
    LOG.append((await receive())["type"])


async def deaf(scope, receive, send):
    """One that does not listen is cancelled after a while."""
    LOG.append("deaf")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        LOG.append("cancelled")
        raise


async def late(scope, receive, send):
    if scope["query_string"]:
        await start(send)
        await body(send, b"begun", True)
    try:
        await asyncio.sleep(60)
    finally:
        LOG.append("late")


async def context(scope, receive, send):
    before = VALUE.get()
    VALUE.set("of a request")
    await say(send, before)


async def thread(scope, receive, send):
    loop = asyncio.get_running_loop()
    name = await loop.run_in_executor(None, lambda: "executor")
    await say(send, f"{name} {threading.current_thread() is LOOP}")


LOOP = None


async def application(scope, receive, send):
    global LOOP
    if scope["type"] != "http":
        raise ValueError("HTTP only")
    LOOP = LOOP or threading.current_thread()
    path = scope["path"]
    if path.startswith(scope["root_path"] + "/"):
        path = path[len(scope["root_path"]):]
    name = path.lstrip("/").split("/")[0]
    await globals().get(name, globals()["scope"])(scope, receive, send)


class Class:
    @staticmethod
    async def method(scope, receive, send):
        await hello(scope, receive, send)


class Endpoint:
    def __init__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.send = send

    def __await__(self):
        return say(self.send, "endpoint").__await__()
'''

# one child, whose variables the tests look at
ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture(scope="module")
def server(shared):
    shared.write("asgi_app.py", PYTHON)
    shared.write("routed.py", ROUTED)
    shared.htpasswd("staff.htpasswd", ada="x")
    shared.write("keys", "")
    return shared.serve(ROUTES, ONE)


@pytest.fixture
def log(server):
    assert server.request("POST", "/clear").status == 204

    def logged(*lines):
        """What an application does when its answer has left is seen later."""
        wait_for(lambda: server.get("/log").json == list(lines),
                 f"{lines} in the log, not {server.get('/log').json}")
    return logged


def scope(server, target, method="GET", body=None, **headers):
    answer = server.request(method, target, body, headers)
    assert answer.status == 200, answer
    return answer.json


def exchange(server, data):
    """What comes back for bytes from a client that goes on listening."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(data)
        return b"".join(iter(lambda: link.recv(65536), b""))


def pairs(seen):
    return dict(map(tuple, seen["headers"]))


# ---- the scope --------------------------------------------------------------

@pytest.mark.parametrize("target, root, path", [
    ("/app", "/app", "/app"),
    ("/app/", "/app", "/app/"),
    ("/app/a/b", "/app", "/app/a/b"),
    ("/app/a%20b/%C3%A9", "/app", "/app/a b/\xe9"),
    ("/app/x/../y//z", "/app", "/app/y/z"),
    ("/app/a;b=1", "/app", "/app/a;b=1"),
    ("/t/acme/app/x", "/t/acme/app", "/t/acme/app/x"),
    ("/strip/a/b", "/strip", "/a/b"),
    ("/strip/", "/strip", "/"),
    ("/strip", "/strip", "/"),
])
def test_path_begins_with_root_path(server, target, root, path):
    seen = scope(server, target)
    assert (seen["root_path"], seen["path"]) == (root, path)


@pytest.mark.parametrize("target, raw", [
    ("/app", "/app"),
    ("/app/a%20b/%C3%A9", "/app/a%20b/%C3%A9"),
    ("/app/%61;b=1/c%3Fd", "/app/%61;b=1/c%3Fd"),
    ("/app/x/../y//z", "/app/y/z"),
    ("/staff/%2e%2e/app/%C3%A9", "/app/%C3%A9"),
    ("/app/own/../x", "/app/x"),
])
def test_raw_path_leads_nowhere_else(server, target, raw):
    assert scope(server, target)["raw_path"] == "b:" + raw


def test_a_path_that_is_no_text_is_a_400(server):
    assert server.get("/app/%FF").status == 400
    assert server.get("/app/%C0%AF").status == 400


def test_a_target_with_an_authority_has_a_raw_path(server):
    seen = json.loads(exchange(
        server, b"GET http://x.example/app/a%20b?q HTTP/1.0\r\n\r\n"
    ).split(b"\r\n\r\n", 1)[1])
    assert seen["raw_path"] == "b:/app/a%20b"
    assert seen["query_string"] == "b:q"


def test_keys_of_the_scope(server):
    seen = scope(server, "/app/x?a=1&b=%20", "POST", b"12345")
    assert seen["type"] == "http"
    assert seen["asgi"] == {"version": "3.0", "spec_version": "2.4"}
    assert seen["http_version"] == "1.1"
    assert seen["method"] == "POST"
    assert seen["scheme"] == "http"
    assert seen["query_string"] == "b:a=1&b=%20"
    assert seen["client"][0] == "127.0.0.1" and seen["client"][1] > 1023
    assert seen["server"] == ["127.0.0.1", server.port]
    assert seen["extensions"] == {}
    assert seen["routes.user"] is None
    assert seen["routes.principal"] is None
    assert "state" not in seen              # it has no lifespan
    assert scope(server, "/app/x")["query_string"] == "b:"


def test_headers_are_small_bytes(server):
    seen = scope(server, "/app/x", **{
        "X-Ab-C": "d", "Cookie": "a=b; c=d", "X-Latin": b"caf\xe9",
        "X-Empty": ""})
    assert pairs(seen)["b:x-ab-c"] == "b:d"
    assert pairs(seen)["b:cookie"] == "b:a=b; c=d"
    assert pairs(seen)["b:x-latin"] == "b:caf\xe9"
    assert pairs(seen)["b:x-empty"] == "b:"
    assert pairs(seen)["b:host"] == f"b:127.0.0.1:{server.port}"


def test_no_header_passes_for_another(server):
    seen = pairs(scope(server, "/app/x", **{
        "X_User": "forged", "X-User": "meant", "X.Y": "dot", "Proxy": "evil",
        "Proxy-Authorization": "Basic eDp5", "Routes.User": "forged"}))
    assert seen["b:x-user"] == "b:meant"
    assert not {"b:x_user", "b:x.y", "b:proxy", "b:proxy-authorization",
                "b:routes.user"} & set(seen)


def test_who_calls_is_what_the_gate_found(server):
    basic = {"Authorization": "Basic YWRhOng="}
    seen = scope(server, "/staff/x", **basic)
    assert seen["routes.user"] == "ada"
    assert seen["routes.principal"] == "Principal:ada"
    assert "b:authorization" not in pairs(seen)
    assert server.get("/staff/x").status == 401
    # no realm asks here, so it is the application's
    seen = scope(server, "/app/x", **basic)
    assert pairs(seen)["b:authorization"] == "b:Basic YWRhOng="
    assert seen["routes.user"] is None


def test_other_objects_can_be_applications(server):
    assert server.get("/objects/here").text == "hello"
    assert server.get("/class/x").text == "endpoint"


def test_routes_win_over_the_mount(server):
    assert server.get("/app/own").text == "a route"
    assert server.request("PURGE", "/app/hello").text == "hello"
    assert server.request("OPTIONS", "/app/hello").text == "hello"


def test_an_upgrade_to_anything_else_is_a_plain_request(server):
    seen = scope(server, "/app/x", **{"Connection": "Upgrade",
                                      "Upgrade": "other"})
    assert seen["type"] == "http"


# ---- the body of a request --------------------------------------------------

def chunked(*chunks):
    return {"body": iter(chunks), "encode_chunked": True,
            "headers": {"Transfer-Encoding": "chunked"}}


def test_a_body(server):
    assert server.request("POST", "/app/echo", b"abc").body == b"abc"
    assert server.request("POST", "/app/echo",
                          **chunked(b"ab", b"c" * 9000)).body == \
        b"ab" + b"c" * 9000
    assert server.get("/app/echo").body == b""
    assert server.request("POST", "/app/echo", b"").body == b""


def test_what_is_not_read_is_no_request(server):
    link = server.connect()
    for options in ({"body": b"GET /evil HTTP/1.1\r\n\r\n"},
                    chunked(b"GET /evil HTTP/1.1\r\n\r\n")):
        link.request("POST", "/app/unread", **options)
        assert link.getresponse().read() == b"unread"
    link.request("GET", "/app/hello")
    assert link.getresponse().read() == b"hello"
    link.close()


def test_a_large_body_comes_in_pieces(server):
    answer = server.request("POST", "/app/sums", b"x" * 1000000)
    assert answer.text == "1000000 True"


def test_a_body_and_its_answer_may_alternate(server):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /app/duplex HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n")
        read = b""
        for word in (b"one", b"two", b"six"):
            link.sendall(b"3\r\n" + word + b"\r\n")
            while b"<" + word + b">" not in read:
                read += link.recv(4096)
        link.sendall(b"0\r\n\r\n")
        while not read.endswith(b"0\r\n\r\n"):
            read += link.recv(4096)


def test_a_chunk_may_come_in_parts(server):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        for part in (b"POST /app/echo HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n", b"5", b"\r", b"\n",
                     b"he", b"llo\r\n", b"0\r\n", b"\r\n"):
            link.sendall(part)
            assert server.get("/app/hello").text == "hello"
        assert b"hello" in link.recv(4096)


def test_a_cancelled_receive_loses_nothing(server):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /app/cancelled HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 6\r\n\r\nabc")
        assert server.get("/app/hello").text == "hello"
        link.sendall(b"def")
        read = b""
        while b"abcdef" not in read:
            more = link.recv(4096)
            assert more
            read += more


def test_receives_that_are_cancelled_together_lose_nothing(server):
    words = b"".join(b"%07d\n" % n for n in range(40000))
    answer = server.request("POST", "/app/hasty", body=(
        words[at:at + 200] for at in range(0, len(words), 200)),
        encode_chunked=True)
    assert answer.body == words


def test_100_continue_comes_when_the_application_reads(server):
    head = (b"POST /app/%s HTTP/1.1\r\nHost: x\r\n"
            b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(head % b"unread")
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(head % b"echo")
        assert link.recv(4096).startswith(b"HTTP/1.1 100")
        link.sendall(b"abc")
        assert b"abc" in link.recv(4096)


def test_a_body_over_the_limit_is_a_413(server):
    assert server.request("POST", "/small/echo", b"x" * 2000).status == 413
    link = server.connect()
    link.request("POST", "/small/echo", **chunked(b"x" * 2000))
    assert link.getresponse().status == 413
    link.close()
    assert server.request("POST", "/small/echo", b"x" * 1000).status == 200


def test_a_broken_body_is_a_400(server):
    answer = exchange(server, b"POST /app/echo HTTP/1.1\r\nHost: x\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\nno number\r\n")
    assert answer.startswith(b"HTTP/1.1 400")


# ---- the answer -------------------------------------------------------------

def test_one_message_has_a_length(server):
    answer = server.get("/app/hello")
    assert (answer.body, answer.headers["Content-Length"]) == (b"hello", "5")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_several_messages(server):
    answer = server.get("/app/chunks")
    assert answer.body == b"a" + b"b" * 70000 + b"c"
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert server.get("/app/views").body == b"abcd"


def test_what_a_message_does_not_say(server):
    answer = server.get("/app/default")
    assert (answer.status, answer.body) == (203, b"")
    assert answer.headers["Content-Length"] == "0"


def test_an_empty_piece_sends_the_headers(server):
    link = server.connect()
    link.request("GET", "/app/early")
    answer = link.getresponse()
    assert answer.status == 201
    assert server.get("/app/go?early").text == "hello"
    assert answer.read() == b"later"
    link.close()


@pytest.mark.parametrize("status", [200, 201, 404, 418, 299, 500, 599])
def test_statuses(server, status):
    answer = server.get(f"/app/status?{status}")
    assert (answer.status, answer.body) == (status, b"body")


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(server, status):
    link = server.connect()
    for _ in range(2):                      # the connection is fine
        link.request("GET", f"/app/status?{status}")
        answer = link.getresponse()
        assert (answer.status, answer.read()) == (status, b"")
    link.close()


def test_head(server):
    for target, length in (("/app/hello", "5"), ("/app/chunks", None),
                           ("/app/length?7,7", "7")):
        answer = server.request("HEAD", target)
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["Content-Length"] == length


def test_a_stream_without_an_end_has_one_for_head(server, log):
    assert server.request("HEAD", "/app/endless").status == 200
    log("ConnectionAbortedError", "http.disconnect")


def test_headers_of_the_answer(server):
    answer = server.get("/app/cookies")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers["X-Latin"] == "caf\xe9"


@pytest.mark.parametrize("bad", [
    "newline", "nul", "name", "colon", "noname", "str", "value", "three",
    "number", "single", "connection", "coding", "upgrade", "length", "words",
    "twice", "types", "many"])
def test_bad_headers_are_refused(server, bad):
    answer = server.get("/app/headers?" + bad)
    assert answer.status == 500, answer
    assert answer.text in ("TypeError", "ValueError")
    assert "X-C" not in answer.headers


@pytest.mark.parametrize("bad", ["low", "high", "str", "none", "float"])
def test_bad_statuses_are_refused(server, bad):
    answer = server.get("/app/statuses?" + bad)
    assert answer.status == 500
    assert answer.text in ("TypeError", "ValueError")


def test_messages_out_of_turn(server, log):
    assert server.get("/app/order").text == (
        "RuntimeError,KeyError,KeyError,ValueError,ValueError,TypeError,"
        "RuntimeError,TypeError,TypeError")
    log("taken,http.disconnect")


def test_one_task_receives_while_another_sends(server, log):
    assert server.get("/app/both").text == "0,1,2,"
    log("http.request,http.disconnect")
    answer = server.request("POST", "/app/both", b"abc")
    assert answer.text == "0,1,2,"


# ---- exceptions -------------------------------------------------------------

def broken(server, target):
    """What of an answer came before it broke off."""
    link = server.connect()
    link.request("GET", target)
    answer = link.getresponse()
    with pytest.raises(http.client.IncompleteRead) as caught:
        answer.read()
    link.close()
    return answer.status, caught.value.partial


@pytest.mark.parametrize("when", ["before", "started"])
def test_an_error_before_the_first_byte_is_a_500(server, when):
    server.expect("raised KeyError", "0121")
    assert server.get("/app/raises?" + when).status == 500


def test_nothing_is_kept_of_an_error(server):
    server.expect("raised KeyError", "0121")
    assert server.get("/app/holds").status == 500
    wait_for(lambda: server.get("/app/held").text == "0", "the end of it")


def test_an_error_later_breaks_the_answer_off(server):
    server.expect("raised KeyError", "0121")
    assert broken(server, "/app/raises?later") == (200, b"some")


@pytest.mark.parametrize("target, why", [
    ("/app/silent", "returned without an answer"),
    ("/app/silent?start", "returned without an answer"),
    ("/app/exits", "raised SystemExit")])
def test_no_answer_is_a_500(server, target, why):
    server.expect(why, "01(20|21)")
    assert server.get(target).status == 500


def test_half_an_answer_breaks_off(server):
    server.expect("returned before its answer was whole")
    assert broken(server, "/app/half") == (200, b"some")


def test_too_many_bytes_are_cut(server):
    server.expect("more bytes than the 3")
    link = server.connect()
    link.request("GET", "/app/length?3,5")
    assert link.getresponse().read() == b"xxx"
    server.logged("more bytes than the 3")  # by who had not gone yet
    link.close()


def test_too_few_bytes_break_the_answer_off(server):
    server.expect("gave 3 bytes, and not the 5")
    assert broken(server, "/app/length?5,3") == (200, b"xxx")


def test_the_answer_ends_before_the_application(server, log):
    assert server.get("/few/after").text == "hello"
    assert server.get("/few/hello").text == "hello"     # it counts no more
    assert server.get("/app/go?after").text == "hello"
    log("after")
    server.expect("raised after its answer", "afterwards", "0131")
    assert server.get("/app/after?raise").text == "hello"


def test_an_application_that_runs_too_long_is_a_504(server, log):
    server.expect("0126", "0121")
    assert server.get("/short/hello").status == 200
    assert server.get("/short/late").status == 504
    assert broken(server, "/short/late?begun") == (200, b"begun")
    log("late", "late")


# ---- clients that go away ---------------------------------------------------

def hang_up(server, target, until=b""):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % target.encode())
        if until:
            assert link.recv(4096).startswith(until)
        else:
            wait_for(lambda: server.get("/log").json, "the call")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))


def test_send_raises_when_the_client_has_gone(server, log):
    hang_up(server, "/app/endless", b"HTTP/1.1 200")
    log("ConnectionAbortedError", "http.disconnect")


def test_receive_tells_of_the_client_s_end(server, log):
    hang_up(server, "/app/waits")
    log("waits", "http.disconnect")


def test_who_does_not_listen_is_cancelled(server, log):
    hang_up(server, "/app/deaf")
    log("deaf", "cancelled")


# ---- the loop ---------------------------------------------------------------

def test_each_request_has_its_own_context(server):
    for _ in range(20):
        assert server.get("/app/context").text == "of the start"


def test_threads_of_the_application(server):
    assert server.get("/app/thread").text == "executor True"
