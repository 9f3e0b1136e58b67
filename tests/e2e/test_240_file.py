# SPDX-License-Identifier: Apache-2.0
"""Files that a function gives, paths and open ones, as httpd sends its own."""

import os

import pytest

from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
public
GET /path    -> app:path(name: str)
GET /bytes   -> app:bytes_path
GET /open    -> app:opened(kind: str)
GET /csv     -> app:path(name: str)    returns text/csv
GET /typed   -> app:typed
GET /status  -> app:status
GET /etag    -> app:etag
GET /kept    -> app:kept
GET /bad     -> app:bad(kind: str)
GET /closed  -> app:closed
GET /slow    -> app:bad(kind: str) limit time 300ms
location /said {
    produces application/xml
    GET  /path  -> app:path(name: str)  returns file, 404
    GET  /open  -> app:opened(kind: str) returns file
    GET  /etag  -> app:etag             returns file
    GET  /kept  -> app:kept             returns 200, 404 file
    POST /made  -> app:path(name: str from query) returns 201 file, 409 text
    GET  /other -> app:other(kind: str) returns file, 404
    GET  /maybe -> app:other(kind: str) returns file?
    GET  /later -> app:later(kind: str) returns file
    GET  /by by query {
        name    -> app:path(name: str from query "name") returns file
        default -> app:other(kind: str)
    }
}
"""

PYTHON = """\
import apache
import gzip
import io
import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "data"
OPEN = []


def path(name):
    return HERE / name


class Bytes:
    def __fspath__(self):
        return bytes(HERE / "a.txt")


def bytes_path():
    return Bytes()


def temporary(maker, text=b"0123456789"):
    file = maker()
    file.write(text)
    file.seek(0)
    return file


def at(file, place):
    file.seek(place)
    return file


OPENERS = {
    "plain": lambda: open(HERE / "a.txt", "rb"),
    "raw": lambda: open(HERE / "a.txt", "rb", buffering=0),
    "both": lambda: open(HERE / "a.txt", "r+b"),
    "name": lambda: open(HERE / "page.html", "rb"),
    "temporary": lambda: temporary(tempfile.TemporaryFile),
    "named": lambda: temporary(tempfile.NamedTemporaryFile),
    "spooled": lambda: temporary(tempfile.SpooledTemporaryFile),
    "middle": lambda: at(open(HERE / "a.txt", "rb"), 4),
    "behind": lambda: at(open(HERE / "a.txt", "rb"), 400),
    "memory": lambda: io.BytesIO(b"0123456789"),
    "gzip": lambda: gzip.open(HERE / "a.gz", "rb"),
    "layers": lambda: io.BufferedReader(gzip.open(HERE / "a.gz", "rb")),
    "pipe": lambda: subprocess.Popen(["echo", "-n", "0123456789"],
                                     stdout=subprocess.PIPE).stdout,
    "big": lambda: io.BytesIO(b"x" * 1_000_000),
}


def opened(kind):
    OPEN[:] = [OPENERS[kind]()]
    return OPEN[0]


def closed():
    return OPEN[0].closed


def typed():
    return apache.Response(HERE / "a.txt", content_type="image/png",
                           headers={"Content-Disposition": "attachment"})


def status():
    return 203, HERE / "a.txt"


def etag():
    return apache.Response(HERE / "a.txt", headers={"ETag": '"mine"'})


def kept():
    return 404, open(HERE / "a.txt", "rb")


OTHERS = {
    "none": lambda: None,
    "str": lambda: "/etc/passwd",
    "bytes": lambda: b"/etc/passwd",
    "dict": lambda: {"path": "/etc/passwd"},
    "chunks": lambda: iter(["a", "b"]),
    "type": lambda: Path,
    "accepted": lambda: (202, "no file"),
    "lost": lambda: (404, "<Lost/>"),
    "plain": lambda: Path(HERE / "a.txt"),
}


def other(kind):
    return OTHERS[kind]()


async def later(kind):
    return OTHERS[kind]()


class Odd:
    # a file of which one attribute can not be had

    def __init__(self, kind):
        self.kind = kind

    def __getattr__(self, name):
        if self.kind == "loop" and name == "file":
            while True:
                pass
        if name == self.kind:
            raise ValueError("odd " + name)
        if name in ("read", "close"):
            return bytes
        raise AttributeError(name)


def bad(kind):
    if kind.startswith("odd-"):
        return Odd(kind[4:])
    if kind == "relative":
        return Path("data/a.txt")
    if kind == "nul":
        return Path("/x\\0y")
    if kind == "text":
        return open(HERE / "a.txt")
    if kind == "closed":
        file = open(HERE / "a.txt", "rb")
        file.close()
        return file
    if kind == "content":
        return 204, open(HERE / "a.txt", "rb")
    if kind == "fspath":
        class Wrong:
            def __fspath__(self):
                return 5
        return Wrong()
    if kind in ("fileno", "tell"):
        file = open(HERE / "a.txt", "rb")
        setattr(file, kind, lambda: -1)
        return file
    return HERE / kind
"""

TEN = b"0123456789"


@pytest.fixture(scope="module")
def server(shared):
    import gzip
    shared.write("app.py", PYTHON)
    data = shared.root / "data"
    data.mkdir()
    (data / "a.txt").write_bytes(TEN)
    (data / "page.html").write_bytes(b"<p>")
    (data / "odd.unknown").write_bytes(b"?")
    (data / "empty.txt").write_bytes(b"")
    (data / "é #?%2e.txt").write_bytes(b"name")
    (data / "big.txt").write_bytes(TEN * 1_000_000)
    (data / "x.shtml").write_bytes(b'<!--#echo var="DATE_LOCAL" -->')
    (data / "a.gz").write_bytes(gzip.compress(TEN))
    os.symlink("a.txt", data / "link.txt")
    os.mkfifo(data / "fifo")
    for item in data.iterdir():
        os.chmod(item, 0o644 if item.is_file() else 0o755)
    return shared.serve(
        ROUTES, "EnableSendfile On\nOptions +Includes\n"
        "AddOutputFilter INCLUDES shtml\nAddHandler server-status txt\n"
        "ErrorDocument 404 /kept\n"
        "StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
        "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n",
        modules=("include",))


@pytest.mark.parametrize("path, kind, body", [
    ("/path?name=a.txt", "text/plain", TEN),
    ("/path?name=page.html", "text/html", b"<p>"),
    ("/path?name=odd.unknown", "application/octet-stream", b"?"),
    ("/path?name=empty.txt", "text/plain", b""),
    ("/path?name=link.txt", "text/plain", TEN),
    ("/path?name=%C3%A9%20%23%3F%252e.txt", "text/plain", b"name"),
    ("/path?name=x.shtml", "text/html", b'<!--#echo var="DATE_LOCAL" -->'),
    ("/path?name=big.txt", "text/plain", TEN * 1_000_000),
    ("/bytes", "text/plain", TEN),
    ("/csv?name=a.txt", "text/csv", TEN),
    ("/typed", "image/png", TEN),
])
def test_a_path_is_sent(server, path, kind, body):
    answer = server.get(path)
    assert (answer.status, answer.type) == (200, kind)
    assert answer.body == body
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("path, kind, body", [
    ("/said/path?name=a.txt", "text/plain", TEN),
    ("/said/path?name=odd.unknown", "application/octet-stream", b"?"),
    ("/said/open?kind=name", "text/html", b"<p>"),
    ("/said/open?kind=gzip", "application/octet-stream", TEN),
    ("/said/open?kind=memory", "application/octet-stream", TEN),
    ("/said/later?kind=plain", "text/plain", TEN),
    ("/said/maybe?kind=plain", "text/plain", TEN),
    ("/said/by?name=a.txt", "text/plain", TEN),
    ("/said/by?kind=str", "application/xml", b"/etc/passwd"),
])
def test_a_declared_file_has_its_own_type(server, path, kind, body):
    answer = server.get(path)
    assert (answer.status, answer.type) == (200, kind)
    assert answer.body == body


def test_a_declared_file_has_ranges_and_validators(server):
    answer = server.get("/said/path?name=a.txt", Range="bytes=2-4")
    assert (answer.status, answer.body) == (206, b"234")
    assert server.get("/said/etag", If_None_Match='"mine"').status == 304
    assert server.get("/said/path?name=nothing").status == 404


def test_the_type_file_belongs_to_its_status(server):
    answer = server.get("/said/other?kind=lost")
    assert (answer.status, answer.type, answer.body) == (
        404, "application/xml", b"<Lost/>")
    answer = server.request("POST", "/said/made?name=a.txt")
    assert (answer.status, answer.body) == (201, TEN)
    assert server.get("/said/maybe?kind=none").status == 204
    assert (server.get("/said/kept").status, answer.body) == (404, TEN)


@pytest.mark.parametrize("kind", ["none", "str", "bytes", "dict", "chunks",
                                  "type", "accepted"])
@pytest.mark.parametrize("path", ["other", "later"])
def test_a_declared_file_that_is_none_is_a_logged_500(server, path, kind):
    server.expect("does not fit `returns file`: expected a pathlib.Path")
    answer = server.get(f"/said/{path}?kind={kind}")
    assert answer.status == 500 and b"passwd" not in answer.body


@pytest.mark.parametrize("kind, type_, body, length", [
    ("plain", "text/plain", TEN, "10"),
    ("raw", "text/plain", TEN, "10"),
    ("both", "text/plain", TEN, "10"),
    ("name", "text/html", b"<p>", "3"),
    ("temporary", "application/octet-stream", TEN, "10"),
    ("named", "application/octet-stream", TEN, "10"),
    ("spooled", "application/octet-stream", TEN, None),
    ("middle", "text/plain", b"456789", "6"),
    ("behind", "text/plain", b"", "0"),
    ("memory", "application/octet-stream", TEN, None),
    ("gzip", "application/octet-stream", TEN, None),
    ("layers", "application/octet-stream", TEN, None),
    ("pipe", "application/octet-stream", TEN, None),
    ("big", "application/octet-stream", b"x" * 1_000_000, None),
])
def test_an_open_file_is_sent_and_closed(server, kind, type_, body, length):
    if kind == "both":
        os.chmod(server.root / "data" / "a.txt", 0o666)
    answer = server.get("/open?kind=" + kind)
    assert (answer.status, answer.type) == (200, type_)
    assert answer.body == body
    assert answer.headers["Content-Length"] == length
    wait_for(lambda: server.get("/closed").json is True, "the file's close")


def test_no_descriptor_is_left(server):
    pid, = children(server.process.pid)
    wait_for(lambda: not [name for name in descriptors(pid)
                          if "/data/" in name or "/tmp/tmp" in name],
             "closed descriptors")


@pytest.mark.parametrize("asked, status, body, said", [
    ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
    ("bytes=7-", 206, b"789", "bytes 7-9/10"),
    ("bytes=-3", 206, b"789", "bytes 7-9/10"),
    ("bytes=2-400", 206, b"23456789", "bytes 2-9/10"),
    ("bytes=20-30", 416, None, None),
    ("lines=1-2", 200, TEN, None),
])
@pytest.mark.parametrize("path", ["/path?name=a.txt", "/open?kind=plain"])
def test_a_range_is_sent(server, path, asked, status, body, said):
    answer = server.get(path, Range=asked)
    assert answer.status == status
    assert answer.headers["Content-Range"] == said
    assert body is None or answer.body == body


def test_several_ranges_are_parts(server):
    answer = server.get("/path?name=a.txt", Range="bytes=0-1,5-6")
    assert answer.status == 206 and answer.type == "multipart/byteranges"
    for part in (b"\r\n\r\n01\r\n", b"\r\n\r\n56\r\n"):
        assert part in answer.body


def test_what_the_client_has_is_not_sent_again(server):
    os.utime(server.root / "data" / "a.txt", (1_700_000_000,) * 2)
    first = server.get("/path?name=a.txt")
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert tag and date == "Tue, 14 Nov 2023 22:13:20 GMT"
    for header, value, status in (
            ("If-None-Match", tag, 304), ("If-None-Match", "*", 304),
            ("If-None-Match", '"x"', 200), ("If-Modified-Since", date, 304),
            ("If-Modified-Since", "Tue, 14 Nov 2022 22:13:20 GMT", 200),
            ("If-Match", tag, 200), ("If-Match", '"x"', 412),
            ("If-Unmodified-Since", "Tue, 14 Nov 2022 22:13:20 GMT", 412)):
        answer = server.get("/path?name=a.txt", **{header: value})
        assert answer.status == status, header
        if status == 304:
            assert answer.headers["ETag"] == tag and answer.body == b""
    part = server.get("/path?name=a.txt", Range="bytes=0-1", If_Range=tag)
    assert part.status == 206
    part = server.get("/path?name=a.txt", Range="bytes=0-1", If_Range='"x"')
    assert part.status == 200


def test_a_temporary_file_has_no_validators(server):
    for kind in ("temporary", "middle", "memory"):
        headers = server.get("/open?kind=" + kind).headers
        assert headers["ETag"] is None and headers["Last-Modified"] is None


def test_headers_of_the_function_win(server):
    assert server.get("/etag").headers["ETag"] == '"mine"'
    assert server.get("/etag", If_None_Match='"mine"').status == 304
    answer = server.get("/typed")
    assert answer.headers["Content-Disposition"] == "attachment"


def test_another_status_is_kept(server):
    answer = server.get("/status", If_None_Match="*", Range="bytes=0-1")
    assert answer.status in (203, 304)
    answer = server.get("/kept")
    assert (answer.status, answer.body) == (404, TEN)


def test_head_has_the_headers_of_get(server):
    answer = server.request("HEAD", "/path?name=big.txt")
    assert answer.headers["Content-Length"] == "10000000"
    assert answer.body == b"" and answer.type == "text/plain"


def test_a_missing_file_is_404(server):
    for name in ("nothing", "a.txt/x"):
        assert server.get("/path?name=" + name).status == 404


@pytest.mark.parametrize("kind, said", [
    ("relative", "the relative path"), ("nul", "embedded null"),
    ("text", "open it in binary mode"), ("closed", "closed file"),
    ("content", "admits no body"), ("fspath", "TypeError"),
    ("fifo", "regular files"), (".", "regular files"),
    ("fileno", "negative integer"), ("tell", "is negative"),
    ("odd-read", "odd read"), ("odd-close", "odd close"),
    ("odd-file", "odd file"),
])
def test_what_is_no_file_is_a_logged_500(server, kind, said):
    server.expect(said)
    server.allowed.append("ROUTES0(12[01]|044)")
    answer = server.get("/bad?kind=" + kind)
    assert answer.status == 500 and TEN not in answer.body


def test_the_time_holds_while_a_file_is_looked_at(server):
    server.expect("ROUTES0126")
    server.allowed.append("ROUTES012")
    assert server.get("/slow?kind=odd-loop").status == 504
