# SPDX-License-Identifier: Apache-2.0
"""apache.Response: status, headers, cookies, and what it refuses."""

import pytest

ROUTES = """\
routes 1
public
GET /made   -> app:made   returns 201
GET /plain  -> app:plain
GET /page   -> app:page   returns html
GET /none   -> app:none
GET /kept   -> app:kept
GET /own    -> app:own
GET /sub    -> app:sub
GET /data   -> app:data
GET /cookies -> app:cookies
GET /map    -> app:header_map
GET /bad    -> app:bad(kind: str)
GET /gone   -> app:gone
GET /say    -> app:say(value: str)
GET /cookie -> app:cookie(value: str)
GET,POST /held -> app:held(kind: str from query) { error 500 -> app:page_of }
"""

PYTHON = """\
import apache
from datetime import timedelta


class Mine(apache.Response):
    def __init__(self, text):
        super().__init__(text, 202)
        self.headers["X-Mine"] = "yes"


def made():
    return apache.Response({"id": 1})


def plain():
    return apache.Response("é", 203, {"X-One": "1"})


def page():
    return apache.Response("<p>")


def none():
    return apache.Response()


def kept():
    return apache.Response(None, 404)


def own():
    return apache.Response(b"a,b", content_type="text/csv; charset=utf-8",
                           headers=[("X-Two", "a"), ("X-Two", "b")])


def sub():
    return Mine("sub")


def data():
    response = apache.Response()
    response.body, response.status = [1, 2], 226
    response.headers = {"X-Three": "3"}
    return response


def cookies():
    response = apache.Response("x")
    response.set_cookie("plain", "a1")
    response.set_cookie("long", "b", path="/a b", domain="example.com",
                        max_age=timedelta(hours=1), secure=False,
                        httponly=False, samesite="strict")
    response.set_cookie("bare", path=None, samesite=None, secure=False,
                        httponly=False)
    response.set_cookie("__Host-s", "c", max_age=5, samesite="none")
    response.delete_cookie("old", path="/old")
    return response


def header_map():
    h = apache.Headers({"X-A": "1"})
    h.add("x-a", "2")
    h["B"] = "3"
    before = h.items()
    assert h["x-A"] == "1" and h.getlist("X-a") == ["1", "2"]
    assert "b" in h and "c" not in h and h.get("c") is None
    assert h.get("c", 5) == 5 and list(h) == ["X-A", "x-a", "B"]
    h["x-a"] = "4"
    assert h.getlist("X-A") == ["4"] and len(h) == 2
    del h["b"]
    for wrong in (lambda: h["b"], lambda: h.__delitem__("b")):
        try:
            wrong()
        except KeyError:
            continue
        assert False
    assert len(apache.Headers(h)) == 1
    return before


BAD = {
    "crlf": lambda r: r.headers.add("X-A", "1\\r\\nX-B: 2"),
    "lf": lambda r: r.headers.__setitem__("X-A", "1\\n2"),
    "nul": lambda r: r.headers.add("X-A", "1\\0"),
    "name": lambda r: r.headers.add("X A", "1"),
    "name2": lambda r: r.headers.add("X-A:1\\r\\nX-B", "1"),
    "empty": lambda r: r.headers.add("", "1"),
    "number": lambda r: r.headers.add("X-A", 1),
    "wide": lambda r: r.headers.add("X-A", "\\u20ac"),
    "length": lambda r: r.headers.add("content-length", "1"),
    "coding": lambda r: r.headers.add("Transfer-Encoding", "chunked"),
    "connection": lambda r: r.headers.add("Connection", "close"),
    "huge": lambda r: r.headers.add("X-A", "x" * 40000),
    "many": lambda r: [r.headers.add("X-A", "x" * 100) for _ in range(400)],
    "pairs": lambda r: setattr(r, "headers", ["X-A"]),
    "status": lambda r: setattr(r, "status", 101),
    "status2": lambda r: setattr(r, "status", "200"),
    "status3": lambda r: setattr(r, "status", True),
    "body": lambda r: setattr(r, "body", object()),
    "itself": lambda r: setattr(r, "body", r),
    "cookie name": lambda r: r.set_cookie("a b", "x"),
    "cookie name2": lambda r: r.set_cookie("", "x"),
    "cookie value": lambda r: r.set_cookie("a", "x; Domain=evil.example"),
    "cookie value2": lambda r: r.set_cookie("a", "x\\r\\nX-B: 2"),
    "cookie value3": lambda r: r.set_cookie("a", "\\u00e9"),
    "cookie value4": lambda r: r.set_cookie("a", "a\\0b"),
    "cookie path": lambda r: r.set_cookie("a", "x", path="/;Secure"),
    "cookie path2": lambda r: r.set_cookie("a", "x", path="a"),
    "cookie domain": lambda r: r.set_cookie("a", "x", domain="a;b"),
    "cookie site": lambda r: r.set_cookie("a", "x", samesite="Maybe"),
    "cookie none": lambda r: r.set_cookie("a", samesite="None", secure=False),
    "cookie age": lambda r: r.set_cookie("a", max_age=-1),
    "cookie age2": lambda r: r.set_cookie("a", max_age="5"),
    "cookie age3": lambda r: r.set_cookie("a", max_age=10**30),
    "cookie size": lambda r: r.set_cookie("a", "x" * 5000),
    "cookie host": lambda r: r.set_cookie("__Host-a", "x", path="/a"),
    "cookie host2": lambda r: r.set_cookie("__Host-a", domain="a.example"),
    "cookie secure": lambda r: r.set_cookie("__Secure-a", secure=False),
}


def bad(kind):
    response = apache.Response("secret", headers={"X-Before": "1"})
    BAD[kind](response)
    return response


def gone():
    response = apache.Response("x", 201)
    del response.body, response.status
    return response


def say(value):
    response = apache.Response("x")
    response.headers["X-Say"] = value
    return response


def cookie(value):
    response = apache.Response("x")
    response.set_cookie("a", value)
    return response


TAG = {"ETag": '"1"'}
DATE = {"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}


def chunks():
    try:
        yield "a"
        yield "b"
    finally:
        print("the chunks were closed")


HELD = {
    "tag": lambda: (200, TAG, "ab"),
    "weak": lambda: (200, {"ETag": 'W/"1"'}, "ab"),
    "date": lambda: (200, DATE, "ab"),
    "both": lambda: (200, {**TAG, **DATE, "X-One": "1"}, {"a": 1}),
    "neither": lambda: "ab",
    "lost": lambda: (404, TAG, "ab"),
    "chunks": lambda: apache.Response(chunks(), headers=TAG),
    "path": lambda: (200, TAG, __import__("pathlib").Path(__file__)),
    "error": lambda: None + 1,
}


def held(kind):
    return HELD[kind]()


def page_of(error):
    return 200, TAG, "page"
"""

BAD = [line.split('"')[1] for line in PYTHON.split("\n")
       if ": lambda r" in line]


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("path, status, kind, body", [
    ("/made", 201, "application/json", b'{"id":1}'),
    ("/plain", 203, "text/plain", "é".encode()),
    ("/page", 200, "text/html", b"<p>"),
    ("/kept", 404, None, b""),
    ("/none", 204, None, b""),
    ("/gone", 204, None, b""),
    ("/own", 200, "text/csv", b"a,b"),
    ("/sub", 202, "text/plain", b"sub"),
    ("/data", 226, "application/json", b"[1,2]"),
])
def test_a_response_is_a_result_with_a_status(server, path, status, kind,
                                              body):
    answer = server.get(path)
    assert (answer.status, answer.body) == (status, body)
    if kind is not None:
        assert answer.type == kind


@pytest.mark.parametrize("path, name, values", [
    ("/plain", "X-One", ["1"]), ("/own", "X-Two", ["a", "b"]),
    ("/sub", "X-Mine", ["yes"]), ("/data", "X-Three", ["3"]),
    ("/own", "Content-Type", ["text/csv; charset=utf-8"]),
])
def test_its_headers_are_sent(server, path, name, values):
    assert server.get(path).headers.get_all(name) == values


def test_cookies_are_sent_safe_unless_told_otherwise(server):
    assert server.get("/cookies").headers.get_all("Set-Cookie") == [
        "plain=a1; Path=/; Secure; HttpOnly; SameSite=Lax",
        "long=b; Path=/a b; Domain=example.com; Max-Age=3600; SameSite=Strict",
        "bare=",
        "__Host-s=c; Path=/; Max-Age=5; Secure; HttpOnly; SameSite=None",
        "old=; Path=/old; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
    ]


def test_headers_are_a_map_whose_names_have_no_case(server):
    assert server.get("/map").json == [["X-A", "1"], ["x-a", "2"], ["B", "3"]]


@pytest.mark.parametrize("kind", BAD)
def test_what_can_t_be_sent_is_a_logged_500_and_nothing_leaves(server, kind):
    server.expect(r"ROUTES0120: app\.routes:\d+: app:bad ")
    server.allowed.append("ROUTES0121")
    answer = server.get("/bad?kind=" + kind.replace(" ", "%20"))
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert not {"X-Before", "X-A", "X-B", "Set-Cookie"} & set(answer.headers)


@pytest.mark.parametrize("code", [*range(1, 9), *range(10, 32), 127, 0])
def test_no_control_character_of_a_caller_splits_an_answer(server, code):
    server.expect("ROUTES012[01]")
    for path in ("say", "cookie"):
        answer = server.get(f"/{path}?value=a%{code:02x}Set-Cookie:%20b=1")
        assert answer.status == 500 and "Set-Cookie" not in answer.headers


BEFORE = "Mon, 14 Nov 2022 22:13:20 GMT"
AFTER = "Fri, 15 Nov 2024 00:00:00 GMT"
SAME = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize("kind, header, value, status", [
    ("tag", "If-None-Match", '"1"', 304), ("tag", "If-None-Match", "*", 304),
    ("tag", "If-None-Match", '"0", W/"1"', 304),
    ("tag", "If-None-Match", '"2"', 200), ("tag", "If-Match", '"1"', 200),
    ("tag", "If-Match", '"2"', 412), ("tag", "If-Match", "*", 200),
    ("tag", "If-Modified-Since", AFTER, 200),
    ("tag", "If-Unmodified-Since", BEFORE, 200),
    ("weak", "If-None-Match", '"1"', 304), ("weak", "If-Match", 'W/"1"', 412),
    ("date", "If-Modified-Since", SAME, 304),
    ("date", "If-Modified-Since", BEFORE, 200),
    ("date", "If-Modified-Since", "yesterday", 200),
    ("date", "If-Unmodified-Since", BEFORE, 412),
    ("date", "If-Unmodified-Since", AFTER, 200),
    ("both", "If-None-Match", '"1"', 304),
    ("neither", "If-None-Match", "*", 200),
    ("neither", "If-Match", '"1"', 200),
    ("neither", "If-Modified-Since", AFTER, 200),
    ("lost", "If-None-Match", '"1"', 404), ("lost", "If-Match", '"2"', 404),
    ("path", "If-None-Match", '"1"', 304), ("path", "If-Match", '"2"', 412)])
def test_an_answer_with_a_validator_is_sent_to_whom_it_is_new(
        server, kind, header, value, status):
    full = server.get(f"/held?kind={kind}")
    for method in ("GET", "HEAD"):
        answer = server.request(method, f"/held?kind={kind}", None,
                                {header: value})
        assert answer.status == status
        if status == 304:
            assert answer.body == b""
            assert answer.headers["ETag"] == full.headers["ETag"]
            assert answer.headers["X-One"] == full.headers["X-One"]
    # what a method has done is done
    answer = server.request("POST", f"/held?kind={kind}", b"",
                            {header: value})
    assert (answer.status, answer.body) == (full.status, full.body)


def test_a_tag_comes_before_a_time(server):
    def ask(**headers):
        return server.get("/held?kind=both", **headers).status
    assert ask(If_None_Match='"2"', If_Modified_Since=SAME) == 200
    assert ask(If_None_Match='"1"', If_Modified_Since=BEFORE) == 304
    assert ask(If_Match='"1"', If_Unmodified_Since=BEFORE) == 200
    assert ask(If_Match='"2"', If_None_Match='"1"') == 412


def test_chunks_that_the_client_has_are_closed(server):
    answer = server.get("/held?kind=chunks", If_None_Match='"1"')
    assert (answer.status, answer.body) == (304, b"")
    server.logged("the chunks were closed")


def test_a_page_is_sent_whatever_the_client_has(server):
    server.expect("ROUTES0120", "ROUTES0121")
    answer = server.get("/held?kind=error", If_None_Match='"1"')
    assert (answer.status, answer.text) == (200, "page")
