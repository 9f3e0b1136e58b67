# SPDX-License-Identifier: Apache-2.0
"""Clients that hang up wherever a request is: in its parts, in its answer, in
a stream, while a coroutine or an ASGI application works.  On prefork, too."""

import os
import socket

import pytest

from conftest import Site
from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
public
limit body 500KB
POST /parts  -> app:parts(a: upload(..400KB) from file, b: str from form)
POST /large  -> app:large()
POST /stream -> app:stream()  returns stream
POST /later  -> app:later()
POST /agen   -> app:agen()    returns stream
POST /file   -> app:send()
GET  /open   -> app:opened()
GET  /fine   -> app:fine()
mount /asgi asgi app:application
"""

PYTHON = """\
import asyncio
import gc
import pathlib

LIVE = set()
gc.disable()    # what ends is gone without it


def parts(a, b):
    return f"{a.size} {b}"


def large():
    return b"x" * 5_000_000


def send():
    return pathlib.Path(__file__).with_name("large.bin")


def stream():
    LIVE.add("stream")
    try:
        for _ in range(500):
            yield b"x" * 10_000
    finally:
        LIVE.discard("stream")


async def later():
    task = asyncio.current_task()
    LIVE.add(task)
    try:
        await asyncio.sleep(0.05)
    finally:
        LIVE.discard(task)
    return b"x" * 5_000_000


async def agen():
    task = asyncio.current_task()
    LIVE.add(task)
    try:
        for _ in range(500):
            await asyncio.sleep(0)
            yield b"x" * 10_000
    finally:
        LIVE.discard(task)


async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    task = asyncio.current_task()
    LIVE.add(task)
    try:
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0.02)
        await send({"type": "http.response.start", "status": 200})
        for _ in range(500):
            await send({"type": "http.response.body", "body": b"x" * 10_000,
                        "more_body": True})
        await send({"type": "http.response.body"})
    finally:
        LIVE.discard(task)


def opened():
    return len(LIVE)


def fine():
    return "fine"
"""

PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
BODY = (PART % (b"b", b"", b"text") +
        PART % (b"a", b'; filename="f"', b"y" * 300_000) + b"--x--\r\n")
TARGETS = ["/parts", "/large", "/stream", "/later", "/agen", "/file", "/asgi"]
CONFIG = {
    "event": "StartServers 1\nServerLimit 1\nThreadsPerChild 16\n"
             "ThreadLimit 16\nMinSpareThreads 1\nMaxSpareThreads 16\n"
             "MaxRequestWorkers 16\n",
    "prefork": "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\n"
               "MaxRequestWorkers 1\nServerLimit 1\n",
}


@pytest.fixture(scope="module", params=CONFIG)
def server(request):
    site = Site(shared=True)
    site.write("app.py", PYTHON)
    (site.root / "large.bin").write_bytes(b"z" * 5_000_000)
    started = site.serve(ROUTES, CONFIG[request.param], mpm=request.param)
    yield started
    site.close()


@pytest.fixture(autouse=True)
def allow(server):
    server.allowed.append("AH00161")


def request_of(target):
    return (f"POST {target} HTTP/1.1\r\nHost: a\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n").encode() + BODY


def cut_sending(server, target, length):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(request_of(target)[:length])


def cut_reading(server, target, length):
    """Closed with the rest unread, so that the server gets a reset."""
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(request_of(target))
        left = length
        while left > 0:
            data = link.recv(left)
            assert data
            left -= len(data)


def is_clean(server, held):
    (child,) = children(server.process.pid)
    names = descriptors(child)
    return len(names) <= held and \
        not [name for name in names if "deleted" in name]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_left_of_who_hung_up(server, target):
    assert server.request("POST", target, BODY, {
        "Content-Type": "multipart/form-data; boundary=x"}).status == 200
    (child,) = children(server.process.pid)
    held = len(descriptors(child))
    for length in (10, 80, 150, 200, 220, 400, 20_000, 299_000,
                   len(request_of(target)) - 3):
        cut_sending(server, target, length)
    for length in (0, 1, 300, 30_000) if target != "/parts" else (0, 1):
        cut_reading(server, target, length)
    assert server.get("/fine").text == "fine"
    wait_for(lambda: server.get("/open").json == 0, "the end of all calls")
    wait_for(lambda: server.get("/open").json == 0 and
             is_clean(server, held), "closed files")
    assert children(server.process.pid) == [child]
    assert os.listdir(server.root / "run") == ["httpd.pid"]
