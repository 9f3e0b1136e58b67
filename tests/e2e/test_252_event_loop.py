# SPDX-License-Identifier: Apache-2.0
"""What lives on the event loop, and what functions may do to it: no request
waits for a loop that has ended."""

import concurrent.futures

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
public
on child_start -> app:begin
GET /pool/{n:int} -> app:pool(n)
GET /queue    -> app:queue(n: int)
GET /gather   -> app:gather(n: int)
GET /group    -> app:group(n: int)
GET /timeout  -> app:timeout()
GET /context  -> app:context(value: str)
GET /harm     -> app:harm(how: str)
GET /begun    -> app:begun()
GET /wait     -> app:wait()
GET /stream   -> app:stream() returns stream
mount /asgi asgi app:application
"""

PYTHON = """\
import asyncio
import contextvars
import os
import sys
import threading

VALUE = contextvars.ContextVar("value", default="none")


class Pool:
    \"\"\"As those of database drivers: bound to the loop that made it.\"\"\"

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.lock = asyncio.Lock()
        self.free = asyncio.Queue()
        self.most = self.out = 0
        for n in range(2):
            self.free.put_nowait(n)

    async def __aenter__(self):
        assert asyncio.get_running_loop() is self.loop
        self.one = await self.free.get()
        async with self.lock:
            self.out += 1
            self.most = max(self.most, self.out)

    async def __aexit__(self, *_):
        self.out -= 1
        await self.free.put(0)


async def begin():
    global POOL, QUEUE
    POOL = Pool()
    QUEUE = asyncio.Queue(1)


async def pool(n):
    async with POOL:
        await asyncio.sleep(0.001)
    return [n, POOL.most, id(asyncio.get_running_loop()) == id(POOL.loop)]


async def queue(n):
    await QUEUE.put(n)
    await asyncio.sleep(0)
    return await QUEUE.get()


async def double(n):
    await asyncio.sleep(0)
    if n == 13:
        raise LookupError("thirteen")
    return 2 * n


async def gather(n):
    return await asyncio.gather(*(double(i) for i in range(n)))


async def group(n):
    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(double(i)) for i in range(n)]
    return [task.result() for task in made]


async def timeout():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        return "caught"


async def context(value):
    before = VALUE.get()
    VALUE.set(value)
    await asyncio.sleep(0.001)
    inner = await asyncio.create_task(see())
    return [before, VALUE.get(), inner, await asyncio.to_thread(VALUE.get)]


async def see():
    return VALUE.get()


async def harm(how):
    loop = asyncio.get_running_loop()
    if how == "stop":
        loop.stop()
    elif how == "close":
        loop.close()
    elif how == "exit":
        sys.exit()
    elif how == "callback":
        loop.call_soon(sys.exit)
        await asyncio.sleep(0.01)
    elif how == "thread":
        loop.call_soon(raises)
        await asyncio.sleep(0.01)
    elif how == "cancel":
        asyncio.current_task().cancel()
    elif how == "selector":
        loop.call_soon(loop._selector.close)
    elif how == "run":
        asyncio.run(double(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return "alive"


def raises():
    raise BaseException("in a callback")


def begun():
    return len(BEGUN)


BEGUN = []


async def wait():
    BEGUN.append(1)
    await asyncio.sleep(600)


async def stream():
    yield "first"
    await wait()


async def application(scope, receive, send):
    if scope["type"] == "http" and scope["query_string"]:
        await wait()
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"asgi"})
"""

ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, ONE)


def at_once(server, targets):
    with concurrent.futures.ThreadPoolExecutor(8) as workers:
        return list(workers.map(server.get, targets))


def test_a_pool_of_the_start_is_shared_by_requests(server):
    answers = at_once(server, [f"/pool/{n}" for n in range(24)])
    assert [a.json[0] for a in answers] == list(range(24))
    assert all(a.json[1] <= 2 and a.json[2] for a in answers)


def test_a_queue_of_the_start_wakes_requests(server):
    answers = at_once(server, [f"/queue?n={n}" for n in range(24)])
    assert sorted(a.json for a in answers) == list(range(24))


@pytest.mark.parametrize("how", ["gather", "group"])
def test_tasks_of_a_request(server, how):
    assert server.get(f"/{how}?n=5").json == [0, 2, 4, 6, 8]
    server.expect("ROUTES0120", "ROUTES0121")
    assert server.get(f"/{how}?n=14").status == 500
    assert server.get(f"/{how}?n=5").json == [0, 2, 4, 6, 8]


def test_a_timeout_inside_is_the_function_s_own(server):
    assert server.get("/timeout").text == "caught"


def test_each_request_has_its_context(server):
    names = [f"n{n}" for n in range(24)]
    answers = at_once(server, [f"/context?value={name}" for name in names])
    assert [a.json for a in answers] == [["none", n, n, n] for n in names]


@pytest.mark.parametrize("how, status", [
    ("stop", 200), ("close", 500), ("exit", 500), ("callback", 200),
    ("thread", 200), ("cancel", 500), ("run", 500)])
def test_a_function_does_not_end_the_loop_of_the_others(server, how, status):
    if status == 500:
        server.expect("ROUTES012[01]")
        server.allowed.append("ROUTES0131")
    if how == "thread":
        server.expect("ROUTES0131: .*in a callback")
        server.allowed.append("ROUTES0131")
    assert server.get(f"/harm?how={how}").status == status
    assert server.get("/gather?n=2").json == [0, 2]


def test_prefork_has_a_loop_in_each_child(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, "StartServers 2\nMaxRequestWorkers 30\n",
                        mpm="prefork")
    for n, answer in enumerate(at_once(server, [f"/pool/{n}"
                                                for n in range(12)])):
        assert answer.json == [n, 1, True]
    assert server.get("/context?value=a").json == ["none", "a", "a", "a"]


def test_nobody_waits_for_a_loop_that_has_ended(site):
    """All that wait are answered, within a second or so; those that come later
    have another loop."""
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, ONE)
    server.expect("ROUTES0128: .* another one serves", "ROUTES0120",
                  "ROUTES0131", "ROUTES0121")
    server.allowed.append("ROUTES0")
    link = server.connect()
    link.request("GET", "/stream")
    streamed = link.getresponse()
    assert streamed.read(5) == b"first"
    with concurrent.futures.ThreadPoolExecutor(3) as workers:
        waiting = [workers.submit(server.get, target)
                   for target in ("/wait", "/wait", "/asgi?waits")]
        wait_for(lambda: server.get("/begun").json == 4, "all that wait")
        assert server.get("/harm?how=selector").status == 500
        assert [each.result().status for each in waiting] == [500] * 3
    with pytest.raises(Exception):
        streamed.read()
    link.close()
    wait_for(lambda: server.get("/gather?n=2").status == 200, "a loop")
    assert server.get("/gather?n=2").json == [0, 2]
    assert server.get("/asgi").text == "asgi"
    assert server.get("/pool/1").status == 500      # of the first loop


def test_loops_that_break_again_and_again_are_not_replaced(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, ONE)
    server.expect("ROUTES0128: .* 500 for async functions")
    server.allowed.append("ROUTES0")
    for n in range(4):
        assert server.get("/harm?how=selector").status == 500
        wait_for(lambda: server.log().count("ROUTES0128") == n + 1, "its end")
    assert server.get("/gather?n=2").status == 500
    assert server.get("/asgi").status == 500
    assert server.get("/stream").status == 500
    assert server.get("/begun").json == 0


def test_prefork_replaces_a_child_whose_loop_has_ended(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, "StartServers 1\nServerLimit 1\n"
                        "MaxRequestWorkers 1\n", mpm="prefork")
    server.expect("ROUTES0128: .* replaced")
    server.allowed += ["ROUTES0", "AH00161"]
    assert server.get("/harm?how=selector").status == 500
    wait_for(lambda: server.get("/gather?n=2").status == 200, "another child")
    assert server.get("/gather?n=2").json == [0, 2]
