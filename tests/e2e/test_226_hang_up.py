# SPDX-License-Identifier: Apache-2.0
"""Clients that lie about their body, or hang up: the right answer or none,
nothing is left behind, and the next request is served."""

import os
import socket
from pathlib import Path

import pytest

from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
public
limit body 50KB
record Item { name: str, qty: int }
POST /form  -> app:show(a: str from form, b: int from form)
POST /item  -> app:show(a: Item)
POST /raw   -> app:show(a: bytes from raw)
POST /ask   -> app:ask(req: request)
POST /file  -> app:show(a: upload(..20KB) from file)
"""

PYTHON = """\
def show(a, b=None):
    return "done"
def ask(req):
    return str(len(req.json()))
"""
BOUNDARY = b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"'
BODIES = {
    "/form": ("application/x-www-form-urlencoded", b"a=%C3%A9&b=12"),
    "/item": ("application/json", b'{"name": "a\\u00e9", "qty": 3}'),
    "/raw": ("application/octet-stream", b"0123456789"),
    "/ask": ("application/json", b'{"a": [1, 2], "b": null}'),
    "/file": ("multipart/form-data; boundary=x",
              BOUNDARY + b"\r\n\r\nabc\r\n--x--\r\n"),
}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(
        ROUTES, "StartServers 1\nServerLimit 1\nThreadsPerChild 32\n"
        "ThreadLimit 32\nMinSpareThreads 1\nMaxSpareThreads 32\n"
        "MaxRequestWorkers 32\nRequestReadTimeout body=1",
        modules=("reqtimeout",))


def head(path, length=None):
    framing = b"Transfer-Encoding: chunked" if length is None \
        else b"Content-Length: %d" % length
    return (f"POST {path} HTTP/1.1\r\nHost: a\r\n"
            f"Content-Type: {BODIES[path][0]}\r\n").encode() + framing + \
        b"\r\n\r\n"


def is_fine(server, path):
    kind, body = BODIES[path]
    return server.request("POST", path, body,
                          {"Content-Type": kind}).status == 200


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_cut_anywhere_is_a_400(server, path):
    body = BODIES[path][1]
    for cut in range(len(body)):
        said = server.raw(head(path, len(body)) + body[:cut])
        assert said.startswith(b"HTTP/1.1 400"), (cut, said[:80])
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    for cut in range(0, len(chunked), 3):
        said = server.raw(head(path) + chunked[:cut])
        assert said.startswith(b"HTTP/1.1 400"), (cut, said[:80])
    assert is_fine(server, path)


@pytest.mark.parametrize("path", BODIES)
def test_a_length_that_lies(server, path):
    """A longer one is a body that doesn't come; behind a shorter one stands
    what is read as the next request, and is none."""
    body = BODIES[path][1]
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(path, len(body) + 10) + body)
        assert link.recv(4096).startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))
    said = server.raw(head(path, len(body) - 1) + body)
    assert b"HTTP/1.1 200" not in said[20:]
    assert is_fine(server, path)


@pytest.mark.parametrize("path", BODIES)
def test_who_sends_too_much_sees_413_while_sending(server, path):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(path, 10_000_000))
        assert link.recv(4096).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(path))
        part = b" " * 8000 if path != "/file" else \
            BOUNDARY + b"\r\n\r\n" + b" " * 8000
        for _ in range(12):
            link.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            part = b" " * 8000
        assert link.recv(4096).startswith(b"HTTP/1.1 413")
    assert is_fine(server, path)


def memory(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0])


def hang_up(server, rounds):
    for n in range(rounds):
        path = list(BODIES)[n % len(BODIES)]
        body = BODIES[path][1]
        data = head(path, len(body)) + body
        with socket.create_connection(("127.0.0.1", server.port), 30) as link:
            link.sendall(data[:1 + n * 37 % len(data)])


def test_clients_that_hang_up_leave_nothing_behind(server):
    (child,) = children(server.process.pid)
    hang_up(server, 200)
    assert is_fine(server, "/file")
    before, held = memory(child), len(descriptors(child))
    hang_up(server, 2000)
    assert all(is_fine(server, path) for path in BODIES)
    wait_for(lambda: len(descriptors(child)) <= held + 2, "closed files")
    assert not [name for name in descriptors(child) if "deleted" in name]
    if "ROUTES_PRELOAD" not in os.environ:  # AddressSanitizer keeps it
        assert memory(child) < before + 2000
