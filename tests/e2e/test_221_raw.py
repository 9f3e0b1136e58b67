# SPDX-License-Identifier: Apache-2.0
"""The body as it came: whole, or as a file that reads it."""

import gzip
import hashlib
import random
import socket
import threading

import pytest

from conftest import problem

ROUTES = """\
routes 1
public
limit body 4MB

POST /bytes -> app:show(v: bytes from raw)
POST /short -> app:show(v: bytes(..9) from raw)
POST /maybe -> app:show(v: bytes? from raw)
POST /str   -> app:show(v: str from raw)
POST /text  -> app:show(v: str(..5) = "none" from raw) consumes text/*
POST /hook  -> app:hook(raw: bytes from raw, v: str from form)
POST /json  -> app:hook(raw: bytes from raw, v: str)

PUT /read   -> app:read(data: stream from raw, how: str)
PUT /digest -> app:digest(data: stream from raw)
PUT /tight  -> app:digest(data: stream from raw) limit body 1KB
PUT /catch  -> app:catch(data: stream from raw) limit body 1KB
PUT /none   -> app:unread(data: stream from raw)
PUT /fail   -> app:fail(data: stream from raw)
PUT /keep   -> app:keep(data: stream from raw)
PUT /thread -> app:thread(data: stream from raw)
PUT /share  -> app:share(data: stream from raw)
PUT /behind -> app:behind(data: stream from raw)     returns stream
PUT /look   -> app:look(req: request, data: stream from raw)
PUT /late   -> app:late(data: stream from raw)       limit time 1s
PUT /watch  -> app:watch(data: stream from raw, req: request)
PUT /csv    -> app:table(data: stream from raw) consumes "text/csv"
GET /kept   -> app:kept
"""

PYTHON = r"""
import apache
import asyncio
import csv
import hashlib
import io
import sys
import threading

saved = []

def show(v):
    return f"{type(v).__name__} {v!r}"
def hook(raw, v):
    return [raw.decode(), v]
def read(data, how):
    def each(f):
        return [len(piece) for piece in iter(f, b"")]
    ways = {
        "all": lambda: [data.read(), data.read()],
        "none": lambda: data.read(0),
        "small": lambda: [data.read(3), data.read(1), data.read()],
        "line": lambda: [data.readline(), data.readline(2), data.readline()],
        "lines": lambda: list(data),
        "readlines": lambda: [data.readlines(1), data.readlines()],
        "read1": lambda: b"".join(iter(lambda: data.read1(2), b"")),
        "into": lambda: into(data),
        "buffered": lambda: io.BufferedReader(data).read(),
        "closed": lambda: [data.close(), data.closed, data.read()],
        "with": lambda: with_it(data),
        "bad": lambda: data.read("x"),
        "new": lambda: type(data)(),
        "attributes": lambda: [data.readable(), data.writable(),
                               data.seekable()],
    }
    try:
        return repr(ways[how]())
    except Exception as error:
        return f"{type(error).__name__}"
def into(data):
    room = bytearray(4)
    return [(data.readinto(room), bytes(room)) for _ in range(3)]
def with_it(data):
    with data as f:
        return f.read(), f.closed
def digest(data):
    found, size = hashlib.sha256(), 0
    while piece := data.read(100000):
        found.update(piece)
        size += len(piece)
    return {"size": size, "sha256": found.hexdigest()}
def catch(data):
    try:
        data.read()
    except apache.BodyError as error:
        try:
            data.read()
        except OSError as again:
            return 400, f"{error.status} {again.status}"
def unread(data):
    return "unread"
def fail(data):
    data.read(10)
    raise RuntimeError("no")
def keep(data):
    saved.append(data)
    return data.read(2)
def kept():
    data = saved.pop()
    try:
        data.read()
    except ValueError as error:
        return str(error)
def drain(data):
    return sum(len(piece) for piece in iter(data.read1, b""))
def thread(data):
    ways = [data.read, data.readline, lambda: data.readinto(bytearray(9)),
            lambda: next(data)]
    said = set()
    def work(way):
        try:
            way()
        except RuntimeError as error:
            said.add(str(error))
    workers = [threading.Thread(target=work, args=(way,)) for way in ways]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [drain(data), *said]
async def share(data):
    first = data.read(10)
    rest = await asyncio.gather(*(asyncio.to_thread(drain, data)
                                  for _ in range(4)))
    return len(first) + sum(rest)
async def behind(data):
    # what reads goes on while httpd sends
    drained = asyncio.create_task(asyncio.to_thread(drain, data))
    while not drained.done():
        yield b"." * 100000
        await asyncio.sleep(0)
    yield f" {drained.result()}"
async def look(req, data):
    reading = asyncio.create_task(asyncio.to_thread(data.read))
    said = None
    while said is None:
        try:
            req.headers_in.get("Host")
            await asyncio.sleep(0)
        except RuntimeError as error:
            said = str(error)
            print("looked", file=sys.stderr)
    return [said, len(await reading), req.uri]
async def late(data):
    try:
        await asyncio.to_thread(data.read)
    finally:
        print("cancelled", file=sys.stderr)
def watch(data, req):
    said = []
    def work():
        while not said:
            try:
                req.headers_in.get("Host")
            except RuntimeError as error:
                said.append(str(error))
                print("looked", file=sys.stderr)
    worker = threading.Thread(target=work)
    worker.start()
    got = len(data.read())
    worker.join()
    return [got, *said]
def table(data):
    return list(csv.reader(io.TextIOWrapper(data, "utf-8")))
"""

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, "Timeout 5")


def post(server, target, body, kind="application/octet-stream", **options):
    return server.request("POST", target, body, {"Content-Type": kind},
                          **options)


def put(server, target, body, **headers):
    return server.request("PUT", target, body, {
        "Content-Type": "application/octet-stream", **headers})


@pytest.mark.parametrize("target, body, text", [
    ("/bytes", b"a\x00\xff", "bytes b'a\\x00\\xff'"),
    ("/bytes", b"", "bytes b''"),
    ("/short", b"123456789", "bytes b'123456789'"),
    ("/maybe", b"", "NoneType None"),
    ("/maybe", b"a", "bytes b'a'"),
    ("/str", "é🐘".encode(), "str 'é🐘'"),
    ("/str", b"", "str ''"),
])
def test_the_raw_body_is_an_argument(server, target, body, text):
    answer = post(server, target, body)
    assert (answer.status, answer.text) == (200, text)


def test_a_raw_body_needs_no_type(server):
    answer = server.raw(b"POST /bytes HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
    assert answer.endswith(b"bytes b'hi'")


@pytest.mark.parametrize("target, body, code", [
    ("/short", b"1234567890", "length"), ("/str", b"\xff", "encoding"),
    ("/str", b"\xc0\xaf", "encoding"), ("/str", b"\xed\xa0\x80", "encoding"),
])
def test_a_raw_body_has_faults(server, target, body, code):
    assert problem(post(server, target, body)) == {("body", "", code)}


def test_consumes_holds_for_a_raw_body(server):
    assert post(server, "/text", b"abc", "text/plain").text == "str 'abc'"
    assert post(server, "/text", b"", "text/plain").text == "str 'none'"
    refused = post(server, "/text", b"abc")
    assert refused.status == 415 and refused.headers["Accept"] == "text/*"


def test_a_raw_body_may_stand_beside_what_is_decoded_from_it(server):
    answer = post(server, "/hook", b"v=a+b&w", FORM)
    assert answer.json == ["v=a+b&w", "a b"]
    answer = post(server, "/json", b'{"v": "x"}', "application/json")
    assert answer.json == ['{"v": "x"}', "x"]
    assert problem(post(server, "/json", b"anything")) == {
        ("body", "v", "missing")}


def test_a_compressed_body_stays_as_it_is(server):
    packed = gzip.compress(b"hello", mtime=0)
    answer = server.request("POST", "/bytes", packed, {
        "Content-Encoding": "gzip"})
    assert answer.text == f"bytes {packed!r}"


BODY = b"ab\ncde\n\nf"


@pytest.mark.parametrize("how, value", [
    ("all", [BODY, b""]), ("none", b""),
    ("small", [b"ab\n", b"c", b"de\n\nf"]),
    ("line", [b"ab\n", b"cd", b"e\n"]),
    ("lines", [b"ab\n", b"cde\n", b"\n", b"f"]),
    ("readlines", [[b"ab\n"], [b"cde\n", b"\n", b"f"]]),
    ("read1", BODY), ("buffered", BODY),
    ("into", [(4, b"ab\nc"), (4, b"de\n\n"), (1, b"fe\n\n")]),
    ("with", (BODY, False)), ("attributes", [True, False, False]),
])
def test_a_stream_is_a_readable_file(server, how, value):
    assert put(server, f"/read?how={how}", BODY).text == repr(value)


@pytest.mark.parametrize("how, error", [
    ("closed", "ValueError"), ("bad", "TypeError"), ("new", "TypeError"),
])
def test_a_stream_refuses_what_files_refuse(server, how, error):
    assert put(server, f"/read?how={how}", BODY).text == error


def test_text_can_be_read_from_a_stream(server):
    answer = put(server, "/csv", 'a,"b,c"\né,2\n'.encode(),
                 **{"Content-Type": "text/csv"})
    assert answer.json == [["a", "b,c"], ["é", "2"]]
    assert put(server, "/csv", b"a").status == 415


@pytest.mark.parametrize("size", [0, 1, 8191, 8192, 65536, 65537, 1 << 20,
                                  4 << 20])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_stream_gives_each_byte_once(server, size, chunked):
    data = random.Random(size).randbytes(size)
    body = iter([data[i:i + 7001] for i in range(0, size, 7001)]) \
        if chunked else data
    answer = server.request("PUT", "/digest", body, encode_chunked=chunked,
                            headers={"Transfer-Encoding": "chunked"}
                            if chunked else {})
    assert answer.json == {"size": size,
                           "sha256": hashlib.sha256(data).hexdigest()}


def test_a_stream_past_its_limit_is_413(server):
    assert put(server, "/tight", b"x" * 1024).json["size"] == 1024
    assert put(server, "/tight", b"x" * 1025).status == 413
    pieces = iter([b"x" * 600] * 3)
    answer = server.request("PUT", "/tight", pieces, encode_chunked=True,
                            headers={"Transfer-Encoding": "chunked"})
    assert answer.status == 413
    pieces = iter([b"x" * 600] * 3)
    answer = server.request("PUT", "/catch", pieces, encode_chunked=True,
                            headers={"Transfer-Encoding": "chunked"})
    assert (answer.status, answer.text) == (400, "413 413")


def test_a_stream_that_is_not_read_does_no_harm(server):
    link = server.connect()
    for _ in range(3):
        link.request("PUT", "/none", b"x" * 100000)
        response = link.getresponse()
        assert (response.status, response.read()) == (200, b"unread")
    link.close()


def test_an_exception_in_the_middle_of_a_stream_is_500(server):
    server.expect("ROUTES0120", "ROUTES0121")
    assert put(server, "/fail", b"x" * 1000).status == 500
    assert put(server, "/digest", b"abc").json["size"] == 3


def test_a_stream_is_over_with_its_request(server):
    link = server.connect()         # one connection stays in one process
    link.request("PUT", "/keep", b"x" * 100)
    assert link.getresponse().read() == b"xx"
    link.request("GET", "/kept")
    assert b"over" in link.getresponse().read()
    link.close()


def test_a_function_reads_in_its_own_thread(server):
    assert put(server, "/thread", b"x" * 3000000).json == [
        3000000,
        "only the thread that serves the request may read its body"]


def test_threads_may_share_the_stream_of_an_async_function(server):
    assert put(server, "/share", b"x" * 3000000).text == "3000000"


def test_a_thread_may_read_behind_an_async_stream(server):
    for _ in range(5):
        text = put(server, "/behind", b"x" * 3000000).text
        assert text.strip(".") == " 3000000"


def head(length, path="/digest"):
    return (f"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}"
            "\r\nConnection: close\r\n\r\n").encode()


def send_late(server, path, word):
    """The answer to a body whose last byte follows the word in the log."""
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(10, path) + b"x" * 9)
        server.expect(word)
        server.logged(word)
        link.sendall(b"x")
        return b"".join(iter(lambda: link.recv(65536), b""))


@pytest.mark.parametrize("path, answer", [
    ("/look",
     b'["another thread reads the body of the request",10,"/look"]'),
    ("/watch", b'[10,"another thread reads the body of the request"]')])
def test_nobody_looks_at_a_request_while_its_body_is_read(server, path,
                                                          answer):
    assert send_late(server, path, "looked").endswith(answer)


def test_a_function_that_is_late_waits_for_who_reads(server):
    server.expect("0126", "0121")
    assert b" 504 " in send_late(server, "/late", "cancelled")


@pytest.mark.parametrize("sent", [0, 1, 5000, 99999])
def test_a_client_that_hangs_up_is_a_clean_end(server, sent):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(100000) + b"x" * sent)
    assert put(server, "/digest", b"abc").json["size"] == 3


def test_a_client_that_stops_sending_gets_408(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(10) + b"x")
        assert link.recv(100).startswith(b"HTTP/1.1 408 ")


def test_the_gil_is_free_while_a_stream_waits(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head(10) + b"x")
        done = []
        others = [threading.Thread(target=lambda: done.append(
            put(server, "/digest", b"abc").status)) for _ in range(4)]
        for other in others:
            other.start()
        for other in others:
            other.join(10)
        assert done == [200] * 4
        link.sendall(b"x" * 9)
        assert link.recv(100).startswith(b"HTTP/1.1 200 ")
