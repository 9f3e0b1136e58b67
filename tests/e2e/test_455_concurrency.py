# SPDX-License-Identifier: Apache-2.0
"""limit concurrency: as many calls run at a time, in all processes, and a
child that is killed takes none with it."""

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from httpd import children, wait_for

ROUTES = """\
routes 1
public
limit concurrency 3
GET /hold/{name}   -> app:hold(name)
GET /one           -> app:hold(name = "one") limit concurrency 1
GET /async/{name}  -> app:wait(name)
GET /stream/{name} -> app:stream(name) returns stream
GET /large         -> app:large        limit concurrency 1
GET /fails         -> app:fails limit concurrency 1 raises KeyError as 409
GET /free          -> app:hold(name = "free") override limit concurrency off
GET /pid           -> app:pid          override limit concurrency off
"""
PYTHON = """\
import asyncio
import os
import time
from pathlib import Path

FOLDER = Path(__file__).parent / "marks"


def begin(name):
    (FOLDER / f"{name}-{os.getpid()}-{time.monotonic_ns()}").touch()
    return FOLDER / f"go-{name}"


def hold(name):
    go = begin(name)
    while not go.exists():
        time.sleep(0.01)
    return name


async def wait(name):
    go = begin(name)
    while not go.exists():
        await asyncio.sleep(0.01)
    return name


def stream(name):
    yield "begins"
    yield hold(name)


def large():
    return b"x" * 20_000_000


def fails():
    raise KeyError


def pid():
    return os.getpid()
"""
PROCESSES = {
    "prefork": "StartServers 8\nMinSpareServers 8\nMaxSpareServers 16\n"
               "MaxRequestWorkers 16\n",
    "event": "StartServers 2\nServerLimit 6\nThreadsPerChild 8\n"
             "MaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16\n",
}


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(shared, request):
    shared.write("app.py", PYTHON)
    marks = shared.root / "marks"
    if marks.exists():
        shutil.rmtree(marks)
    shared.writable("marks")
    server = shared.serve(ROUTES, PROCESSES[request.param], mpm=request.param)
    server.marks = marks
    yield server
    server.stop()


def begun(server, name):
    return [path for path in server.marks.iterdir()
            if path.name.startswith(name + "-")]


def release(server, name):
    (server.marks / f"go-{name}").touch()


def hold(server, name, n, target=None):
    """Calls that run until they are released."""
    links = [server.connect() for _ in range(n)]
    for link in links:
        link.request("GET", target or f"/hold/{name}")
    wait_for(lambda: len(begun(server, name)) == n, "all calls")
    return links


def end(server, name, links):
    release(server, name)
    return [(link.getresponse().read(), link.close())[0] for link in links]


@pytest.mark.parametrize("kind", ["hold", "async", "stream"])
def test_so_many_run_at_a_time_and_the_next_waits_for_none(server, kind):
    links = hold(server, kind, 3, f"/{kind}/{kind}")
    for _ in range(5):
        answer = server.get(f"/{kind}/never")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert not begun(server, "never")
    assert server.get("/large").status == 200   # another route is free
    assert all(body.endswith(kind.encode())
               for body in end(server, kind, links))
    wait_for(lambda: server.get(f"/{kind}/{kind}").status == 200, "a place")


def test_of_many_at_once_as_many_run_as_may(server):
    release(server, "one")
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: server.get("/one").status,
                                 range(40)))
    assert set(statuses) <= {200, 503} and statuses.count(200) > 0
    names = hold(server, "c", 3)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: server.get("/hold/c").status,
                            range(24))) == {503}
    end(server, "c", names)


def test_a_call_that_fails_gives_its_place_back(server):
    assert [server.get("/fails").status for _ in range(3)] == [409] * 3


def test_a_client_that_reads_slowly_holds_no_place(server):
    link = server.connect()
    link.request("GET", "/large")
    answer = link.getresponse()
    assert server.get("/large").status == 200
    answer.read()
    link.close()


def test_a_client_that_goes_gives_its_place_back(server):
    for link in hold(server, "d", 3, "/async/d"):
        link.sock.close()
        link.close()
    release(server, "e")
    wait_for(lambda: server.get("/async/e").status == 200, "a place")


def test_what_a_killed_child_held_is_free(server):
    links = hold(server, "f", 3)
    for path in begun(server, "f"):
        pid = int(path.name.split("-")[1])
        if pid in children(server.process.pid):
            os.kill(pid, signal.SIGKILL)
    for link in links:
        link.close()
    release(server, "g")
    wait_for(lambda: server.get("/hold/g").status == 200, "a place")
    links = hold(server, "h", 3)
    assert server.get("/hold/h").status == 503
    end(server, "h", links)


def test_a_graceful_restart_counts_what_still_runs(server):
    links = hold(server, "i", 3)
    before = {str(pid) for pid in children(server.process.pid)}
    server.seen.update(map(int, before))
    server.process.send_signal(signal.SIGUSR1)  # whose old processes wait
    wait_for(lambda: server.get("/pid").text not in before, "a new process")
    assert server.get("/hold/i").status == 503
    end(server, "i", links)
    wait_for(lambda: server.get("/hold/i").status == 200, "a place")
