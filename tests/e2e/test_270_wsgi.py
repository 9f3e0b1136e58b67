# SPDX-License-Identifier: Apache-2.0
"""mount wsgi: PEP 3333 rule by rule, as a server sees it and a client."""

import http.client
import json
import re
import socket

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
mount /app            wsgi wsgi_app:application
mount /checked        wsgi wsgi_app:checked
mount /objects/here   wsgi wsgi_app:Class.method
mount /t/{tenant}/app wsgi wsgi_app:application
mount /staff          wsgi wsgi_app:application auth staff require user
mount /partner        wsgi wsgi_app:application auth keys require user
mount /small          wsgi wsgi_app:application limit body 1KB
mount /short          wsgi wsgi_app:application limit time 300ms
"""

ROUTED = """\
import wsgi_app

def own():
    return "a route"

def log():
    return wsgi_app.LOG

def clear():
    wsgi_app.LOG.clear()
"""

PYTHON = r'''
import apache
import io
import json
import os
import sys
import tempfile
import threading
import weakref
from wsgiref.validate import validator

LOG = []
GO = threading.Event()
TEXT = [("Content-Type", "text/plain")]


class Body:
    """An iterable that tells what is done with it."""

    def __init__(self, chunks):
        self.chunks = iter(chunks)

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return next(self.chunks)
        except StopIteration:
            LOG.append("end")
            raise

    def close(self):
        LOG.append("close")


def hello(environ, start):
    start("200 OK", TEXT)
    return [b"hello"]


def environ(environ, start):
    start("200 OK", [("Content-Type", "application/json")])
    plain = {key: value for key, value in environ.items()
             if isinstance(value, (str, bool, tuple))}
    assert all(type(key) is str for key in environ)
    assert type(environ) is dict
    return [json.dumps(plain).encode()]


def echo(environ, start):
    """The body, read as the query says."""
    file, how = environ["wsgi.input"], environ["QUERY_STRING"]
    data = {"read": lambda: file.read(),
            "sized": lambda: b"".join(iter(lambda: file.read(3), b"")),
            "line": lambda: b"|".join(iter(file.readline, b"")),
            "lines": lambda: b"|".join(file.readlines()),
            "hint": lambda: b"|".join(file.readlines(4)),
            "limit": lambda: file.readline(2),
            "iter": lambda: b"|".join(file),
            "again": lambda: file.read() + b"+" + file.read() +
            file.readline(),
            "none": lambda: b"unread"}[how]()
    start("200 OK", TEXT)
    return [data]


def chunks(environ, start):
    start("200 OK", TEXT)
    return Body([b"a", b"", b"b" * 70000, b"c"])


def lazy(environ, start):
    LOG.append("called")
    start("201 Made so", TEXT + [("X-Lazy", "1")])
    yield b"one,"
    GO.wait(20)
    GO.clear()
    yield b"two"


def go(environ, start):
    GO.set()
    return hello(environ, start)


def listed(environ, start):
    start("200 OK", TEXT)
    return (b"a", b"b", b"c")


def empty(environ, start):
    start("200 OK", TEXT)
    return []


def nothing(environ, start):
    start("200 OK", TEXT)
    return Body([])


def write(environ, start):
    send = start("200 OK", TEXT)
    send(b"w1,")
    send(b"")
    send(b"w2,")
    return [b"r"]


def written(environ, start):
    start("200 OK", TEXT + [("Content-Length", "4")])(b"only")
    return []


def status(environ, start):
    line = environ["QUERY_STRING"].replace("+", " ")
    start(line, TEXT)
    return Body([b"body"])


def cookies(environ, start):
    start("200 OK", TEXT + [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
                            ("X-Latin", "caf\xe9")])
    return [b""]


def length(environ, start):
    said, given = environ["QUERY_STRING"].split(",")
    start("200 OK", TEXT + [("Content-Length", said)])
    return Body([b"x" * int(given)])


def headers(environ, start):
    bad = {
        "newline": [("X-A", "b\r\nX-C: d")], "nul": [("X-A", "b\0")],
        "name": [("X A", "b")], "colon": [("X-A:", "b")], "noname": [("", "")],
        "bytes": [(b"X-A", "b")], "value": [("X-A", b"b")],
        "wide": [("X-A", "\u20ac")], "list": [["X-A", "b"]],
        "tuple": (("X-A", "b"),), "connection": [("Connection", "close")],
        "coding": [("Transfer-Encoding", "chunked")],
        "upgrade": [("Upgrade", "x")],
        "proxy": [("Proxy-Authenticate", "Basic")],
        "length": [("Content-Length", "-1")],
        "words": [("Content-Length", "five")],
        "twice": [("Content-Length", "1"), ("Content-Length", "1")],
        "types": TEXT + TEXT,
        "many": [("X-%d" % i, "v" * 1000) for i in range(40)],
    }[environ["QUERY_STRING"]]
    try:
        start("200 OK", bad)
    except (TypeError, ValueError) as fault:
        start("500 As it should", TEXT)
        return [type(fault).__name__.encode()]
    return [b"taken"]


def lines(environ, start):
    bad = {"short": "200", "word": "OK", "dash": "200-OK", "two": "20 OK",
           "low": "199 Low", "high": "600 High", "newline": "200 O\r\nK",
           "bytes": b"200 OK", "number": 200, "wide": "200 \u20ac"}
    try:
        start(bad[environ["QUERY_STRING"]], TEXT)
    except (TypeError, ValueError) as fault:
        start("500 As it should", TEXT)
        return [type(fault).__name__.encode()]
    return [b"taken"]


def twice(environ, start):
    start("200 OK", TEXT)
    try:
        start("200 OK", TEXT)
    except AssertionError:
        return [b"refused"]
    return [b"taken"]


def replaced(environ, start):
    start("200 OK", TEXT + [("X-First", "1")])
    try:
        raise LookupError
    except LookupError:
        start("404 Not so", TEXT, sys.exc_info())
    return [b"replaced"]


def too_late(environ, start):
    start("200 OK", TEXT)(b"seen")
    try:
        raise LookupError("it is late")
    except LookupError:
        start("500 Late", TEXT, sys.exc_info())
    return [b"never"]


def raises(environ, start):
    if environ["QUERY_STRING"] == "before":
        raise KeyError("before")
    start("200 OK", TEXT)
    if environ["QUERY_STRING"] == "started":
        raise KeyError("started")

    def body():
        if environ["QUERY_STRING"] == "first":
            raise KeyError("first")
        yield b"some"
        raise KeyError("later")
    return Body(body())


class Held:
    alive = weakref.WeakSet()

    def __init__(self):
        self.alive.add(self)


def holds(environ, start):
    """What it raises holds its frame, and so what is in it."""
    held = Held()
    raise KeyError("held")


def held(environ, start):
    start("200 OK", TEXT)
    return [str(len(Held.alive)).encode()]


def silent(environ, start):
    return [b"no start"]


def kinds(environ, start):
    start("200 OK", TEXT)
    return {"str": "text", "bytes": b"text", "none": None, "int": 7,
            "chunk": ["text"],
            "second": [b"first", "text"]}[environ["QUERY_STRING"]]


def file(environ, start):
    how = environ["QUERY_STRING"]
    if how == "memory":
        made = io.BytesIO(b"0123456789" * 10000)
    else:
        made = tempfile.TemporaryFile()
        made.write(b"0123456789" * 10000)
        made.seek(4 if how == "part" else 0)
    if how == "text":
        made = io.StringIO("text")
    extra = {"short": [("Content-Length", "15")],
             "long": [("Content-Length", "100001")]}.get(how, [])
    start("200 OK", TEXT + extra)
    if how == "written":
        start("200 OK", TEXT, (KeyError, KeyError(), None))(b"before,")
    body = environ["wsgi.file_wrapper"](made, 4096)
    close = made.close
    if how != "text":
        environ["wsgi.errors"].flush()
    LOG.append(type(body).__name__)
    return body


def errors(environ, start):
    environ["wsgi.errors"].write("said by the application\n")
    environ["wsgi.errors"].writelines(["and ", "more\n"])
    environ["wsgi.errors"].flush()
    return hello(environ, start)


def endless(environ, start):
    start("200 OK", TEXT)
    return Body(b"x" * 65536 for _ in iter(int, 1))


def endless_write(environ, start):
    send = start("200 OK", TEXT)
    try:
        while True:
            send(b"x" * 65536)
    except OSError as fault:
        LOG.append(type(fault).__name__)
        raise


def keeps(environ, start):
    global KEPT
    KEPT = start("200 OK", TEXT), start, environ["wsgi.input"]
    return [b"kept"]


def uses(environ, start):
    said = []
    for use in (lambda: KEPT[0](b"x"), lambda: KEPT[1]("200 OK", []),
                lambda: KEPT[2].read(1)):
        try:
            use()
        except Exception as fault:
            said.append(type(fault).__name__)
    start("200 OK", TEXT)
    return [",".join(said).encode()]


def threads(environ, start):
    said = []

    def other():
        try:
            start("200 OK", TEXT)
        except RuntimeError:
            said.append("refused")
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    start("200 OK", TEXT)
    return [",".join(said).encode()]


def reads(environ, start):
    said = []

    def other():
        try:
            environ["wsgi.input"].read()
        except RuntimeError as error:
            said.append(str(error))
    thread = threading.Thread(target=other)
    start("200 OK", TEXT)
    thread.start()
    for _ in range(20):
        yield b"." * 100000
    thread.join()
    yield environ["wsgi.input"].read()
    yield ",".join(said).encode()


def looks(environ, start):
    req, said, over = apache.request(), set(), threading.Event()

    def other():
        while not over.is_set():
            try:
                said.add(req.headers_out.get("X-A", "-"))
            except RuntimeError as error:
                said.add(str(error))
    thread = threading.Thread(target=other)
    thread.start()
    start("200 OK", TEXT)
    try:
        while len(said) < 2:
            yield b"." * 1000
    finally:
        over.set()
        thread.join()
    yield ",".join(sorted(said)).encode()


def marked(environ, start):
    environ["wsgi.version"] = "mine"
    environ["mark"] = "x"
    return hello(environ, start)


def exits(environ, start):
    raise SystemExit(3)


def late(environ, start):
    start("200 OK", TEXT)
    if environ["QUERY_STRING"] == "late":
        yield b"begun"
    while True:
        pass


def closes(environ, start):
    class Odd:
        def __iter__(self):
            return iter([b"whole"])

        def close(self):
            raise KeyError("in close")
    start("200 OK", TEXT + [("Content-Length", "5")])
    return Odd()


def application(environ, start):
    name = environ["PATH_INFO"].lstrip("/").split("/")[0]
    return globals().get(name, globals()["environ"])(environ, start)


checked = validator(application)


class Class:
    @staticmethod
    def method(environ, start):
        return hello(environ, start)
'''


# one child, whose variables the tests look at
ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture(scope="module")
def server(shared):
    shared.write("wsgi_app.py", PYTHON)
    shared.write("routed.py", ROUTED)
    shared.htpasswd("staff.htpasswd", ada="x")
    shared.write("keys", "")
    return shared.serve(ROUTES, "SetEnv GIVEN by-server\n"
                        "SetEnvIf User-Agent (.*) REMOTE_USER=$1 "
                        "HTTP_FORGED=$1 AUTH_TYPE=$1\n"
                        "EnableSendfile On\n" + ONE,
                        modules=("env", "setenvif"))


@pytest.fixture
def log(server):
    assert server.request("POST", "/clear").status == 204

    def logged(*lines):
        """An application is closed after its answer was sent."""
        wait_for(lambda: server.get("/log").json == list(lines),
                 f"{lines} in the log")
    return logged


def environ(server, target, method="GET", body=None, **headers):
    answer = server.request(method, target, body, headers)
    assert answer.status == 200, answer
    return answer.json


# ---- the environ ------------------------------------------------------------

@pytest.mark.parametrize("target, script, info", [
    ("/app", "/app", ""),
    ("/app/", "/app", "/"),
    ("/app/a/b", "/app", "/a/b"),
    ("/app/a%20b/%C3%A9", "/app", "/a b/\xc3\xa9"),
    ("/app/%FF", "/app", "/\xff"),
    ("/app/x/../y//z", "/app", "/y/z"),
    ("/app/a;b=1", "/app", "/a;b=1"),
    ("/t/acme/app/x", "/t/acme/app", "/x"),
    ("/t/acme/app", "/t/acme/app", ""),
])
def test_script_name_and_path_info_are_latin_1(server, target, script, info):
    seen = environ(server, target)
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (script, info)
    assert seen["REQUEST_URI"] == target


def test_variables_of_the_request(server):
    seen = environ(server, "/app/x?a=1&b=%20", "POST", b"12345",
                   **{"Content-Type": "text/x"})
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["QUERY_STRING"] == "a=1&b=%20"
    assert seen["CONTENT_TYPE"] == "text/x"
    assert seen["CONTENT_LENGTH"] == "5"
    assert seen["SERVER_NAME"] == "127.0.0.1"
    assert seen["SERVER_PORT"] == str(server.port)
    assert seen["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert "Apache" in seen["SERVER_SOFTWARE"]
    assert seen["GATEWAY_INTERFACE"] == "CGI/1.1"
    assert seen["wsgi.version"] == [1, 0]
    assert seen["wsgi.url_scheme"] == "http"
    assert seen["wsgi.multithread"] is True
    assert seen["wsgi.multiprocess"] is False       # ServerLimit 1
    assert seen["wsgi.run_once"] is False
    assert seen["wsgi.input_terminated"] is True
    assert seen["GIVEN"] == "by-server"


def test_what_is_not_there_has_no_variable(server):
    seen = environ(server, "/app/x")
    assert seen["QUERY_STRING"] == ""
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_USER", "AUTH_TYPE",
                 "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
        assert name not in seen


def test_headers(server):
    seen = environ(server, "/app/x", **{"X-Ab-C": "d", "Cookie": "a=b; c=d",
                                        "X-Latin": b"caf\xe9",
                                        "X-Empty": ""})
    assert seen["HTTP_X_AB_C"] == "d"
    assert seen["HTTP_COOKIE"] == "a=b; c=d"
    assert seen["HTTP_X_LATIN"] == "caf\xe9"
    assert seen["HTTP_X_EMPTY"] == ""
    assert seen["HTTP_HOST"] == f"127.0.0.1:{server.port}"


def test_no_header_passes_for_another(server):
    seen = environ(server, "/app/x", **{
        "X_User": "forged", "X-User": "meant", "X.Y": "dot", "Proxy": "evil",
        "Proxy-Authorization": "Basic eDp5", "Remote-User": "forged",
        "User-Agent": "forged"})
    assert seen["HTTP_X_USER"] == "meant"
    for name in ("HTTP_PROXY", "HTTP_PROXY_AUTHORIZATION", "HTTP_X_Y",
                 "REMOTE_USER", "AUTH_TYPE", "HTTP_FORGED"):
        assert name not in seen
    assert seen["HTTP_REMOTE_USER"] == "forged"     # another variable


def test_each_request_has_its_own_environ(server):
    assert server.get("/app/marked").text == "hello"
    seen = environ(server, "/app/x")
    assert seen["wsgi.version"] == [1, 0] and "mark" not in seen


def test_who_calls_is_what_the_gate_found(server):
    basic = {"Authorization": "Basic YWRhOng="}
    seen = environ(server, "/staff/x", **basic)
    assert seen["REMOTE_USER"] == "ada"
    assert seen["AUTH_TYPE"] == "Basic"
    assert "HTTP_AUTHORIZATION" not in seen
    assert server.get("/staff/x").status == 401
    # no realm asks here, so it is the application's
    seen = environ(server, "/app/x", **basic)
    assert seen["HTTP_AUTHORIZATION"] == "Basic YWRhOng="
    assert "REMOTE_USER" not in seen


# ---- the body of a request --------------------------------------------------

@pytest.mark.parametrize("how, expected", [
    ("read", b"ab\ncdef\n\nx"), ("sized", b"ab\ncdef\n\nx"),
    ("line", b"ab\n|cdef\n|\n|x"), ("lines", b"ab\n|cdef\n|\n|x"),
    ("hint", b"ab\n|cdef\n"), ("limit", b"ab"),
    ("iter", b"ab\n|cdef\n|\n|x"), ("again", b"ab\ncdef\n\nx+"),
    ("none", b"unread")])
@pytest.mark.parametrize("chunked", [False, True])
def test_input(server, how, expected, chunked):
    data = b"ab\ncdef\n\nx"
    link = server.connect()
    link.request("POST", f"/app/echo?{how}",
                 iter([data[:4], data[4:]]) if chunked else data,
                 encode_chunked=chunked, headers={
                     "Transfer-Encoding": "chunked"} if chunked else {})
    assert link.getresponse().read() == expected
    link.request("GET", "/app/hello")       # the rest was not taken for one
    assert link.getresponse().read() == b"hello"
    link.close()


def test_no_body_is_an_empty_one(server):
    assert server.get("/app/echo?read").body == b""


def test_100_continue_comes_when_the_application_reads(server):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        head = (b"POST /app/echo?%s HTTP/1.1\r\nHost: x\r\n"
                b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        link.sendall(head % b"none")
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(head % b"read")
        assert link.recv(4096).startswith(b"HTTP/1.1 100")
        link.sendall(b"abc")
        assert b"abc" in link.recv(4096)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_a_413(server, chunked):
    link = server.connect()
    link.request("POST", "/small/echo?read",
                 iter([b"x" * 2000]) if chunked else b"x" * 2000,
                 encode_chunked=chunked, headers={
                     "Transfer-Encoding": "chunked"} if chunked else {})
    assert link.getresponse().status == 413
    link.close()
    assert server.request("POST", "/small/echo?read",
                          b"x" * 1000).status == 200


# ---- the answer -------------------------------------------------------------

def test_a_list_of_one_has_a_length(server):
    answer = server.get("/app/hello")
    assert (answer.body, answer.headers["Content-Length"]) == (b"hello", "5")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_chunks(server, log):
    answer = server.get("/app/chunks")
    assert answer.body == b"a" + b"b" * 70000 + b"c"
    assert answer.headers["Transfer-Encoding"] == "chunked"
    log("end", "close")
    assert server.get("/app/listed").body == b"abc"


def test_no_body_has_the_length_0(server, log):
    for target in ("/app/empty", "/app/nothing"):
        answer = server.get(target)
        assert (answer.body, answer.headers["Content-Length"]) == (b"", "0")
    log("end", "close")


def test_a_generator_is_asked_when_its_chunk_has_left(server, log):
    link = server.connect()
    link.request("GET", "/app/lazy")
    answer = link.getresponse()
    assert (answer.status, answer.reason) == (201, "Made so")
    assert answer.read1() == b"one,"
    assert server.get("/app/go").text == "hello"
    assert answer.read() == b"two"
    link.close()


def test_write(server):
    assert server.get("/app/write").body == b"w1,w2,r"
    answer = server.get("/app/written")
    assert (answer.body, answer.headers["Content-Length"]) == (b"only", "4")


@pytest.mark.parametrize("line", [
    "200 OK", "200 ", "201 Made so", "404 Not here", "418 Tea", "299 Odd",
    "500 Own words", "599 Last", "401 Who"])
def test_a_status_keeps_its_reason(server, line):
    answer = server.get("/app/status?" + line.replace(" ", "+"))
    assert (answer.status, answer.reason) == (int(line[:3]), line[4:])
    assert answer.body == b"body"


@pytest.mark.parametrize("line", ["204+No", "304+Same"])
def test_some_statuses_have_no_body(server, log, line):
    link = server.connect()
    for _ in range(2):                      # the connection is fine
        link.request("GET", "/app/status?" + line)
        answer = link.getresponse()
        assert (answer.status, answer.read()) == (int(line[:3]), b"")
    link.close()
    log("close", "close")


def test_head(server, log):
    for target, length in (("/app/hello", "5"), ("/app/chunks", None),
                           ("/app/length?7,7", "7"), ("/app/file", "100000")):
        answer = server.request("HEAD", target)
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["Content-Length"] == length
    log("close", "close", "FileWrapper")


def test_headers_of_the_answer(server):
    answer = server.get("/app/cookies")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers["X-Latin"] == "caf\xe9"


@pytest.mark.parametrize("bad", [
    "newline", "nul", "name", "colon", "noname", "bytes", "value", "wide",
    "list", "tuple", "connection", "coding", "upgrade", "proxy", "length",
    "words", "twice", "types", "many"])
def test_bad_headers_are_refused(server, bad):
    answer = server.get("/app/headers?" + bad)
    assert answer.status == 500, answer
    assert answer.text in ("TypeError", "ValueError", "UnicodeEncodeError")
    assert "X-C" not in answer.headers


@pytest.mark.parametrize("bad", [
    "short", "word", "dash", "two", "low", "high", "newline", "bytes",
    "number", "wide"])
def test_bad_status_lines_are_refused(server, bad):
    answer = server.get("/app/lines?" + bad)
    assert (answer.status, answer.reason) == (500, "As it should")
    assert answer.text in ("TypeError", "ValueError", "UnicodeEncodeError")


def test_start_response_twice(server):
    assert server.get("/app/twice").text == "refused"
    answer = server.get("/app/replaced")
    assert (answer.status, answer.text) == (404, "replaced")
    assert "X-First" not in answer.headers


def broken(server, target):
    """What of an answer came before it broke off."""
    link = server.connect()
    link.request("GET", target)
    answer = link.getresponse()
    with pytest.raises(http.client.IncompleteRead) as caught:
        answer.read()
    link.close()
    return answer.status, caught.value.partial


def test_it_is_too_late_for_an_error(server):
    server.expect("application raised LookupError", "it is late", "0121")
    assert broken(server, "/app/too_late") == (200, b"seen")


@pytest.mark.parametrize("when", ["before", "started", "first"])
def test_an_error_before_the_first_byte_is_a_500(server, log, when):
    server.expect("raised KeyError", "0121")
    assert server.get("/app/raises?" + when).status == 500
    log(*["close"][:when == "first"])


def test_nothing_is_kept_of_an_error(server):
    server.expect("raised KeyError", "0121")
    assert server.get("/app/holds").status == 500
    assert server.get("/app/held").text == "0"


def test_an_error_later_breaks_the_answer_off(server, log):
    server.expect("raised KeyError", "0121")
    assert broken(server, "/app/raises?later") == (200, b"some")
    log("close")


@pytest.mark.parametrize("target, why", [
    ("/app/silent", "without a call of start_response"),
    ("/app/kinds?str", "gave a str"), ("/app/kinds?bytes", "gave a bytes"),
    ("/app/kinds?none", "NoneType|not iterable"),
    ("/app/kinds?int", "not iterable|int"),
    ("/app/kinds?chunk", "chunk of type str"),
    ("/app/kinds?second", "chunk of type str"),
    ("/app/exits", "raised SystemExit")])
def test_what_is_no_answer_is_a_500(server, target, why):
    server.expect(why, "01(20|21)")
    assert server.get(target).status == 500


def test_an_application_that_runs_too_long_is_a_504(server):
    server.expect("0120|ROUTES01|late")
    assert server.get("/short/hello").status == 200
    assert server.get("/short/late?first").status == 504
    assert broken(server, "/short/late?late") == (200, b"begun")


def test_too_many_bytes_are_cut(server, log):
    server.expect("more bytes than the 3")
    link = server.connect()
    link.request("GET", "/app/length?3,5")
    assert link.getresponse().read() == b"xxx"
    link.close()
    log("close")


def test_too_few_bytes_break_the_answer_off(server):
    server.expect("gave 3 bytes, and not the 5")
    assert broken(server, "/app/length?5,3") == (200, b"xxx")


def test_an_error_in_close_is_logged(server):
    server.expect("in close", "0120", "0121")
    link = server.connect()
    link.request("GET", "/app/closes")
    assert link.getresponse().read() == b"whole"
    link.close()


DIGITS = b"0123456789" * 10000


@pytest.mark.parametrize("how, expected", [
    ("whole", DIGITS), ("part", DIGITS[4:]), ("memory", DIGITS),
    ("short", DIGITS[:15]), ("written", b"before," + DIGITS)],
    ids=["whole", "part", "memory", "short", "written"])
def test_file_wrapper(server, log, how, expected):
    answer = server.get("/app/file?" + how)
    assert answer.body == expected
    if how not in ("memory", "written"):
        assert answer.headers["Content-Length"] == str(len(expected))
    log("FileWrapper")


def test_file_wrapper_of_what_is_too_short_or_text(server):
    server.expect("gave 100000 bytes, and not the 100001", "text", "0120")
    assert server.get("/app/file?long").status == 500   # nothing had left
    assert server.get("/app/file?text").status == 500


def test_errors_go_to_the_log(server):
    server.expect("said by the application", "and more")
    assert server.get("/app/errors").text == "hello"


# ---- clients that go away, code that stays ----------------------------------

@pytest.mark.parametrize("target, said", [
    ("/app/endless", "close"), ("/app/endless_write",
                                "ConnectionAbortedError")])
def test_a_client_that_goes_away_ends_it(server, log, target, said):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
    log(said)


def test_what_is_kept_raises_later(server):
    assert server.get("/app/keeps").text == "kept"
    assert server.get("/app/uses").text == \
        "RequestEnded,RequestEnded,ValueError"


def test_another_thread_may_not_answer(server):
    assert server.get("/app/threads").text == "refused"


def test_another_thread_may_not_read(server):
    assert server.request("POST", "/app/reads", b"body").text.strip(".") == \
        "bodyonly the thread that serves the request may read its body"


def test_another_thread_may_not_look_while_it_is_answered(server):
    assert server.get("/app/looks").text.strip(".") == \
        "-,the thread that serves the request is working on it"


# ---- wsgiref.validate, and what is beside it --------------------------------

@pytest.mark.parametrize("method, target, body", [
    ("GET", "/checked/hello", None), ("HEAD", "/checked/hello", None),
    ("POST", "/checked/echo?sized", b"abcdef"),
    ("PUT", "/checked/echo?line", b"a\nb"),
    ("PATCH", "/checked/echo?iter", b"a\nb"),
    ("DELETE", "/checked/hello", None), ("OPTIONS", "/checked/hello", None),
    ("GET", "/checked/chunks", None), ("GET", "/checked/write", None),
    ("GET", "/checked/environ", None), ("GET", "/checked", None),
    ("GET", "/checked/status?404+Not+here", None)])
def test_wsgiref_validate_has_nothing_to_say(server, method, target, body):
    assert server.request(method, target, body).status in (200, 404)


def test_routes_beside_a_mount(server):
    assert server.get("/app/own").text == "a route"
    assert server.get("/application").status == 404
    assert server.get("/objects/here/x").text == "hello"
