# SPDX-License-Identifier: Apache-2.0
"""Under load: many requests at once, restarts meanwhile, no growth."""

import concurrent.futures
import http.client
import threading

import pytest

from httpd import children

ROUTES = """\
routes 1
public
GET  /echo/{n:int} -> app:echo(n, text: str = "x")
POST /echo/{n:int} -> app:echo(n, text: str)
GET  /boom         -> app:boom()
"""
PYTHON = """\
def echo(n, text="x"):
    return {"n": n, "text": text}
def boom():
    raise ValueError("boom")
"""


@pytest.fixture
def server(site, mpm):
    site.write("app.py", PYTHON)
    return site.serve(ROUTES, mpm=mpm)


def hammer(server, first, count):
    """`count` requests on one connection, each with an answer of its own."""
    link = server.connect()
    for number in range(first, first + count):
        if number % 2:
            link.request("POST", f"/echo/{number}", f"text=t{number}", {
                "Content-Type": "application/x-www-form-urlencoded"})
        else:
            link.request("GET", f"/echo/{number}?text=t{number}")
        response = link.getresponse()
        body = response.read()
        assert response.status == 200, body
        assert body.replace(b" ", b"") == \
            f'{{"n":{number},"text":"t{number}"}}'.encode()
    link.close()
    return count


def test_no_answer_is_mixed_up(server):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = pool.map(lambda i: hammer(server, i * 1000, 250), range(8))
        assert sum(done) == 2000


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_a_child_does_not_grow(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, "StartServers 1\nMinSpareServers 1\n"
                        "MaxSpareServers 1\n", mpm="prefork")
    hammer(server, 0, 1000)
    before = {pid: resident(pid) for pid in children(server.process.pid)}
    hammer(server, 0, 3000)
    for pid in children(server.process.pid):
        if pid in before:
            assert resident(pid) - before[pid] < 1 << 20


def test_graceful_restarts_under_load_lose_nothing(server):
    stop, faults, served = threading.Event(), [], []

    def client():
        while not stop.is_set():
            try:
                served.append(server.get("/echo/1").status)
            except (OSError, http.client.HTTPException) as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            server.graceful()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(served) == {200}, faults
    assert not faults


def test_clients_that_go_away_do_no_harm(server):
    for _ in range(50):
        link = server.connect()
        link.request("POST", "/echo/1", headers={"Content-Length": "100"})
        link.sock.send(b"text=")
        link.close()
    assert server.get("/echo/1").status == 200
