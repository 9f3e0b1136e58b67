# SPDX-License-Identifier: Apache-2.0
"""Streams: iterators leave chunk by chunk, as fast as the client reads."""

import http.client
import socket

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
public
raises LookupError as 404
GET /rows    -> app:rows(n: int)      returns text/csv
GET /bytes   -> app:chunks            returns stream
GET /text    -> app:text              returns stream
GET /page    -> app:page              returns html
GET /mixed   -> app:mixed             returns stream
GET /empty   -> app:empty             returns stream
GET /status  -> app:status            returns stream
GET /own     -> app:own
GET /map     -> app:mapped
GET /gather  -> app:gather            returns text/plain
GET /early   -> app:early(kind: str)  returns stream
GET /late    -> app:late(kind: str)   returns stream
GET /json    -> app:hidden            produces json
GET /none    -> app:hidden()          returns 204
GET /number  -> app:number            returns stream
GET /fails   -> app:fails             returns stream
GET /endless -> app:endless(size: int) returns stream
GET /paced   -> app:paced(kind: str)  returns stream
GET /log     -> app:log
GET /clear   -> app:clear
POST /go     -> app:go
GET /closes  -> app:closes            returns stream
"""

PYTHON = """\
import apache
import threading

GO = threading.Event()
LOG = []


def rows(n):
    for i in range(n):
        yield f"{i},é\\n"


def chunks():
    yield b"a"
    yield bytearray(b"b")
    yield memoryview(b"c")
    yield b""
    yield b"d" * 100_000
    yield b"e" * 5_000


def text():
    yield "x"


def page():
    yield "<p>"


def mixed():
    yield b"\\xff"
    yield "é"


def empty():
    return
    yield


def status():
    return 203, {"X-One": "1"}, rows(2)


def own():
    return apache.Response(rows(2), 202, content_type="text/csv")


def mapped():
    return map(str, range(3))


def gather():
    return apache.Response(rows(20_000), flush=False)


def early(kind):
    if kind == "lookup":
        {}["r_x"]
    if kind == "chunk":
        yield 5
    if kind == "surrogate":
        yield "\\ud800"
    1 / 0
    yield "never"


def late(kind):
    try:
        yield "r_first"
        if kind == "chunk":
            yield None
        if kind == "surrogate":
            yield "\\ud800"
        if kind == "exit":
            raise SystemExit
        1 / 0
        yield "never"
    finally:
        LOG.append("late " + kind)


def hidden():
    return rows(2)


def number():
    return iter([1, 2])


class Fails:
    def __iter__(self):
        return self

    def __next__(self):
        raise OSError("r_gone")


def fails():
    return Fails()


def endless(size):
    sent = 0
    try:
        while True:
            yield b"x" * size
            sent += 1
    finally:
        LOG.append(f"closed after {sent}")


def paced(kind):
    yield "one" + kind
    GO.wait(30)
    GO.clear()
    yield "two"


class Closes:
    def __init__(self):
        self.left = 3

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return "x"

    def close(self):
        LOG.append("close was called")
        raise ValueError("r_close")


def closes():
    return Closes()


def log():
    return list(LOG)


def clear():
    LOG.clear()


def go():
    GO.set()
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, "StartServers 1\nServerLimit 1\n"
                        "MinSpareThreads 1\nMaxSpareThreads 16\n"
                        "ThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture(autouse=True)
def clean(server):
    server.get("/clear")


def logged(server, line):
    return wait_for(lambda: line in str(server.get("/log").json), line)


@pytest.mark.parametrize("path, status, kind, body", [
    ("/rows?n=3", 200, "text/csv", "0,é\n1,é\n2,é\n".encode()),
    ("/rows?n=0", 200, "text/csv", b""),
    ("/bytes", 200, "application/octet-stream",
     b"abc" + b"d" * 100_000 + b"e" * 5_000),
    ("/text", 200, "text/plain", b"x"),
    ("/page", 200, "text/html", b"<p>"),
    ("/mixed", 200, "application/octet-stream", b"\xff\xc3\xa9"),
    ("/empty", 200, "text/plain", b""),
    ("/status", 203, "text/plain", "0,é\n1,é\n".encode()),
    ("/own", 202, "text/csv", "0,é\n1,é\n".encode()),
    ("/map", 200, "text/plain", b"012"),
])
def test_the_chunks_are_the_body(server, path, status, kind, body):
    answer = server.get(path)
    assert (answer.status, answer.type) == (status, kind)
    assert answer.body == body
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stream_is_chunked_and_the_connection_stays(server):
    link = server.connect()
    for _ in range(3):
        link.request("GET", "/rows?n=2")
        response = link.getresponse()
        assert response.getheader("Transfer-Encoding") == "chunked"
        assert response.getheader("Content-Length") is None
        assert response.read() == "0,é\n1,é\n".encode()
    link.close()


def test_a_client_of_http_1_0_reads_until_the_end(server):
    answer = server.raw(b"GET /rows?n=2 HTTP/1.0\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head and body == "0,é\n1,é\n".encode()


def test_head_has_the_headers_of_get_and_closes_the_generator(server):
    get, head = server.get("/own"), server.request("HEAD", "/own")
    assert (head.status, head.body) == (202, b"")
    assert head.headers["Content-Length"] is None
    assert head.type == get.type
    assert server.request("HEAD", "/endless?size=9").body == b""
    assert logged(server, "closed after 0")


def test_each_chunk_leaves_at_once(server):
    link = server.connect()
    link.request("GET", "/paced?kind=x")
    response = link.getresponse()
    assert response.read1(100) == b"onex"
    assert server.request("POST", "/go").status == 204
    assert response.read() == b"two"
    link.close()


def test_what_does_not_flush_is_gathered(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(b"GET /gather HTTP/1.1\r\nHost: a\r\n"
                     b"Connection: close\r\n\r\n")
        data = b"".join(iter(lambda: link.recv(65536), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    first = int(body.split(b"\r\n")[0], 16)
    assert 16384 <= first < 16384 + 100
    assert data.endswith(b"\r\n0\r\n\r\n")
    assert len(server.get("/gather").body) == sum(
        len(f"{i},é\n".encode()) for i in range(20_000))


@pytest.mark.parametrize("path, status", [
    ("/early?kind=zero", 500), ("/early?kind=lookup", 404),
    ("/early?kind=chunk", 500), ("/early?kind=surrogate", 500),
    ("/json", 500), ("/none", 500), ("/number", 500), ("/fails", 500),
])
def test_what_goes_wrong_before_the_first_chunk_is_a_status(server, path,
                                                            status):
    if status == 500:
        server.expect("ROUTES012[01]")
    answer = server.get(path)
    assert answer.status == status and b"r_" not in answer.body


@pytest.mark.parametrize("kind", ["zero", "chunk", "surrogate", "exit"])
def test_what_goes_wrong_later_cuts_the_connection(server, kind):
    server.expect(r"ROUTES0120: app.routes:\d+: app:late ")
    server.allowed.append("ROUTES0121")
    link = server.connect()
    link.request("GET", f"/late?kind={kind}")
    response = link.getresponse()
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead) as cut:
        response.read()
    assert cut.value.partial == b"r_first"
    link.close()
    assert logged(server, "late " + kind)


def test_a_client_that_goes_away_closes_the_generator(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(b"GET /endless?size=10000 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert link.recv(100000)
    assert logged(server, "closed after")
    assert server.get("/text").status == 200


def test_a_client_that_does_not_read_stops_the_generator(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.sendall(b"GET /endless?size=1000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        link.recv(10)
        assert server.get("/text").body == b"x"     # the GIL is free
    line = wait_for(lambda: server.get("/log").json, "the end")[0]
    assert int(line.split()[-1]) < 50       # what kernels keep, and no more


def test_an_iterator_s_close_is_called_and_its_failure_logged(server):
    server.expect("ROUTES0121: ValueError: r_close")
    server.allowed.append("ROUTES012[01]")
    assert server.get("/closes").body == b"xxx"
    assert logged(server, "close was called")
