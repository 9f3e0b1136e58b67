# SPDX-License-Identifier: Apache-2.0
"""async def: one loop a process, cancelled when a client goes."""

import concurrent.futures
import http.client
import socket
import subprocess
import textwrap

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
public
raises LookupError as 404
GET /value   -> app:value(x: int)
GET /data    -> app:data
GET /triple  -> app:triple
GET /future  -> app:future
GET /thread  -> app:thread
GET /hidden  -> app:hidden
GET /rows    -> app:rows(n: int)      returns text/csv
GET /later   -> app:later             returns stream
GET /own     -> app:own
GET /fail    -> app:fail(kind: str)
GET /early   -> app:early             returns stream
GET /late    -> app:late(kind: str)   returns stream
GET /meet    -> app:meet
GET /sleep   -> app:sleep(name: str)
GET /paced   -> app:paced             returns stream
GET /endless -> app:endless           returns stream
GET /context -> app:context(value: str)
GET /variable -> app:variable         returns stream
GET /log     -> app:log
GET /clear   -> app:clear
GET /first   -> app:first             returns stream
GET /open    -> app:opened
GET /holds   -> app:holds
GET /held    -> app:held
POST /go     -> app:go
"""

PYTHON = """\
import apache
import asyncio
import contextvars
import gc
import os
import threading
import weakref

LOG = []
ALIVE = weakref.WeakSet()
WAITING = []
VALUE = contextvars.ContextVar("value", default="none")


async def value(x):
    await asyncio.sleep(0)
    return x + 1


async def data():
    return {"a": [1]}


async def triple():
    return 203, {"X-One": "1"}, "x"


def future():
    return Wrapped()


class Wrapped:
    def __await__(self):
        return value(1).__await__()


async def thread():
    return [threading.current_thread() is threading.main_thread(),
            id(asyncio.get_running_loop())]


def hidden():
    return value(4)


async def rows(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield f"{i}\\n"


async def later():
    return rows(2)


def own():
    return apache.Response(rows(2), 202, content_type="text/csv")


async def fail(kind):
    await asyncio.sleep(0)
    if kind == "lookup":
        {}["r_x"]
    if kind == "exit":
        raise SystemExit
    if kind == "cancel":
        raise asyncio.CancelledError
    if kind == "result":
        return object()
    1 / 0


async def early():
    {}["r_x"]
    yield "never"


async def late(kind):
    try:
        yield "r_first"
        await asyncio.sleep(0)
        if kind == "chunk":
            yield 5
        if kind == "exit":
            raise SystemExit
        1 / 0
    finally:
        LOG.append("late " + kind)


async def meet():
    WAITING.append(asyncio.get_running_loop().create_future())
    if len(WAITING) == 5:
        for future in WAITING:
            future.set_result(None)
        WAITING.clear()
    else:
        await WAITING[-1]
    return "met"


async def sleep(name):
    LOG.append("began " + name)
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        LOG.append("cancelled " + name)


async def paced():
    yield "one"
    future = asyncio.get_running_loop().create_future()
    WAITING.append(future)
    LOG.append("paced waits")
    try:
        await future
    finally:
        LOG.append("paced ends")
    yield "two"


async def endless():
    sent = 0
    try:
        while True:
            yield b"x" * 100_000
            sent += 1
    finally:
        LOG.append(f"closed after {sent}")


async def context(value):
    before = VALUE.get()
    VALUE.set(value)
    await asyncio.sleep(0)
    return [before, VALUE.get()]


async def variable():
    VALUE.set("kept")
    yield "a"
    async with asyncio.timeout(60):
        yield VALUE.get()


def log():
    return list(LOG)


def clear():
    LOG.clear()


async def never():
    await sleep("first")
    yield "never"


def first():
    return apache.Response(never(), flush=False)


class Held:
    pass


async def holds():
    held = Held()
    ALIVE.add(held)
    raise KeyError


def held():
    gc.disable()
    return len(ALIVE)


def opened():
    gc.disable()
    folder = "/proc/self/fd"
    links = [os.path.join(folder, name) for name in os.listdir(folder)]
    return sum("eventfd" in os.readlink(link)
               for link in links if os.path.lexists(link))


async def go():
    for future in WAITING:
        if not future.done():
            future.set_result(None)
    WAITING.clear()
"""

ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, ONE + "LogLevel routes:debug\n")


@pytest.fixture(autouse=True)
def clean(request):
    if "server" in request.fixturenames:
        request.getfixturevalue("server").get("/clear")


def logged(server, line):
    return wait_for(lambda: line in str(server.get("/log").json), line)


@pytest.mark.parametrize("path, status, kind, body", [
    ("/value?x=4", 200, "application/json", b"5"),
    ("/data", 200, "application/json", b'{"a":[1]}'),
    ("/triple", 203, "text/plain", b"x"),
    ("/future", 200, "application/json", b"2"),
    ("/hidden", 200, "application/json", b"5"),
    ("/rows?n=3", 200, "text/csv", b"0\n1\n2\n"),
    ("/rows?n=0", 200, "text/csv", b""),
    ("/later", 200, "text/plain", b"0\n1\n"),
    ("/own", 202, "text/csv", b"0\n1\n"),
    ("/variable", 200, "text/plain", b"akept"),
])
def test_what_it_gives_is_the_answer(server, path, status, kind, body):
    answer = server.get(path)
    assert (answer.status, answer.type, answer.body) == (status, kind, body)


def test_there_is_one_loop_in_a_thread_of_its_own(server):
    seen = {tuple(server.get("/thread").json) for _ in range(5)}
    assert len(seen) == 1 and not seen.pop()[0]


def test_requests_run_beside_each_other(server):
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: server.get("/meet").body, range(5)))
    assert answers == [b"met"] * 5


def test_context_variables_are_a_request_s_own(server):
    for _ in range(3):
        assert server.get("/context?value=x").json == ["none", "x"]


@pytest.mark.parametrize("kind, status", [
    ("zero", 500), ("lookup", 404), ("exit", 500), ("cancel", 500),
    ("result", 500)])
def test_an_exception_is_a_status(server, kind, status):
    if status == 500:
        server.expect("ROUTES0120: app.routes:.* app:fail ")
        server.allowed.append("ROUTES0121")
    answer = server.get("/fail?kind=" + kind)
    assert answer.status == status and b"r_" not in answer.body
    assert server.get("/value?x=1").body == b"2"


def test_an_exception_before_the_first_chunk_is_a_status(server):
    assert server.get("/early").status == 404


@pytest.mark.parametrize("kind", ["zero", "chunk", "exit"])
def test_an_exception_later_cuts_the_connection(server, kind):
    server.expect("ROUTES0120")
    server.allowed.append("ROUTES012[01]")
    link = server.connect()
    link.request("GET", f"/late?kind={kind}")
    with pytest.raises(http.client.IncompleteRead) as cut:
        link.getresponse().read()
    assert cut.value.partial == b"r_first"
    link.close()
    assert logged(server, "late " + kind)
    assert server.get("/value?x=1").body == b"2"


def ask(server, path):
    link = socket.create_connection(("127.0.0.1", server.port), 30)
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return link


def test_a_client_that_goes_away_cancels_the_function(server):
    link = ask(server, "/sleep?name=a")
    assert logged(server, "began a")
    link.close()
    assert logged(server, "cancelled a")
    assert server.logged("ROUTES0124")


def test_a_client_that_goes_away_cancels_a_stream_that_waits(server):
    link = ask(server, "/paced")
    seen = b""
    while b"one" not in seen:
        seen += link.recv(1000)
    assert logged(server, "paced waits")
    link.close()
    assert logged(server, "paced ends")
    server.request("POST", "/go")


def test_a_client_that_goes_before_the_first_chunk_is_no_fault(server):
    link = ask(server, "/first")
    assert logged(server, "began first")
    link.close()
    assert logged(server, "cancelled first")
    assert server.logged("ROUTES0042")


@pytest.mark.parametrize("path", ["/fail?kind=lookup", "/early"])
def test_an_exception_leaves_no_descriptor_open(server, path):
    before = server.get("/open").json       # and no collector helps
    for _ in range(20):
        assert server.get(path).status == 404
    assert server.get("/open").json == before


def test_nothing_is_kept_of_an_exception(server):
    before = server.get("/held").json       # here, too
    for _ in range(5):
        assert server.get("/holds").status == 404
    wait_for(lambda: server.get("/held").json == before, "the end of it")


def test_each_chunk_leaves_at_once(server):
    link = server.connect()
    link.request("GET", "/paced")
    response = link.getresponse()
    assert response.read1(100) == b"one"
    wait_for(lambda: server.request("POST", "/go").status == 204, "go")
    assert response.read() == b"two"
    link.close()


def test_a_client_that_does_not_read_stops_the_generator(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        link.recv(10)
        assert server.get("/value?x=1").body == b"2"    # the loop is free
    line = wait_for(lambda: server.get("/log").json, "the end")[0]
    assert int(line.split()[-1]) < 500


def test_head_closes_the_generator(server):
    assert server.request("HEAD", "/endless").body == b""
    assert logged(server, "closed after 0")


def test_every_mpm_runs_a_loop_and_ends_it(site, mpm):
    site.write("app.py", """\
        import asyncio
        import atexit
        import os

        async def rest():
            try:
                await asyncio.sleep(60)
            finally:
                print("background cancelled", flush=True)

        async def value():
            asyncio.get_running_loop().rest = asyncio.create_task(rest())
            await asyncio.sleep(0)
            return os.getpid()

        atexit.register(print, "atexit ran", flush=True)
        """)
    server = site.serve("routes 1\npublic\nGET /value -> app:value()\n",
                        mpm=mpm)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        load = [pool.submit(server.get, "/value") for _ in range(40)]
        server.graceful()
        assert all(one.result().status == 200 for one in load)
    assert server.get("/value").status == 200
    server.stop()
    log = server.log()
    assert "background cancelled" in log and "atexit ran" in log
    assert "exit signal" not in log


def test_a_stop_cancels_what_is_awaited(site, mpm):
    site.write("app.py", """\
        import asyncio

        async def sleep():
            print("began", flush=True)
            try:
                await asyncio.sleep(60)
            finally:
                print("cancelled", flush=True)
        """)
    server = site.serve("routes 1\npublic\nGET /sleep -> app:sleep()\n",
                        mpm=mpm)
    with ask(server, "/sleep"):
        server.logged("began")
        server.stop()
    assert "cancelled" in server.log()
    assert "exit signal" not in server.log()


def curl(server, path, *words):
    return subprocess.run(
        ["curl", "-s", "--max-time", "30", "--http2-prior-knowledge", *words,
         f"http://127.0.0.1:{server.port}{path}"], capture_output=True)


def test_http_2_has_streams_files_and_cuts(site):
    site.write("app.py", PYTHON + textwrap.dedent("""\

        from pathlib import Path

        def whole(n):
            for i in range(n):
                yield "x" * 1000

        def broken():
            yield "first"
            1 / 0

        def file():
            return Path(__file__)
        """))
    server = site.serve(ROUTES + "GET /whole  -> app:whole(n: int) returns "
                        "stream\nGET /broken -> app:broken returns stream\n"
                        "GET /file -> app:file\n",
                        ONE + "Protocols h2c http/1.1\n", modules=("http2",))
    assert curl(server, "/whole?n=500").stdout == b"x" * 500_000
    assert curl(server, "/rows?n=3").stdout == b"0\n1\n2\n"
    assert curl(server, "/value?x=1").stdout == b"2"
    assert curl(server, "/file", "-r", "0-5").stdout == b"import"
    server.expect("ZeroDivisionError")
    server.allowed.append("ROUTES012[01]")
    for path in ("/broken", "/late?kind=zero"):
        assert curl(server, path).returncode != 0
    assert curl(server, "/value?x=1").stdout == b"2"
    taken = subprocess.Popen(
        ["curl", "-s", "--http2-prior-knowledge",
         f"http://127.0.0.1:{server.port}/sleep?name=h2"])
    logged(server, "began h2")
    taken.kill()
    taken.wait()
    assert logged(server, "cancelled h2")


def test_without_an_async_function_there_is_no_loop(site):
    site.write("app.py", "import sys\n"
                         "def f(): return 'asyncio' in sys.modules\n")
    server = site.serve("routes 1\npublic\nGET /f -> app:f()\n")
    assert server.get("/f").json is False
