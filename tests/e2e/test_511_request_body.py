# SPDX-License-Identifier: Apache-2.0
"""request.form, request.json() and request.cookies: what code that asks for
the body itself gets, and what a body that is bad comes to."""

import json
import socket

import pytest

ROUTES = """\
routes 1
public
limit body 200KB
POST /form   -> app:form(req: request)
POST /fields -> app:fields(req: request)
POST /json   -> app:load(req: request)
POST /both   -> app:both(req: request, a: str from form)
POST /object -> app:object(req: request, v: json)
POST /raw    -> app:load(req: request, _raw: bytes from raw)
POST /stream -> app:load(req: request, _raw: stream from raw)
POST /caught -> app:caught(req: request)
POST /small  -> app:load(req: request) limit body 10B
POST /later  -> app:later(req: request)
POST /twice  -> app:twice(req: request)
POST /unread -> app:unread(req: request)
GET  /cookies -> app:cookies(req: request)
GET  /none   -> app:both_none(req: request)
"""

PYTHON = """\
import apache
KEPT = []

def form(req):
    f = req.form
    assert req.form is f
    return {name: f.getlist(name) for name in f}
def fields(req):
    f = req.form
    KEPT.append(req)
    return [f["a"], f.getfirst("b"), f.get("c", 5), f.getlist("zz"),
            len(f), "a" in f, "zz" in f, f.keys(), repr(f)]
def load(req, _raw=None):
    value = req.json()
    assert req.json() is value
    return [value, type(value).__name__]
def both(req, a):
    return [a, req.form["a"]]
def object(req, v):
    return v == req.json()
def caught(req):
    try:
        req.json()
    except apache.BodyError as error:
        try:
            req.json()
        except apache.BodyError as again:
            return [error.status, again.status, str(error)]
async def later(req):
    return req.json()
def twice(req):
    return [len(req.form), read_json(req)]
def read_json(req):
    try:
        return req.json()
    except apache.BodyError as error:
        return error.status
def unread(req):
    return "unread"
def cookies(req):
    assert req.cookies is req.cookies
    return req.cookies
def both_none(req):
    return [len(req.form), read_json(req)]
"""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


def post(server, path, body, kind=FORM, **options):
    return server.request("POST", path, body, {"Content-Type": kind},
                          **options)


@pytest.mark.parametrize("body, fields", [
    ("a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}),
    ("", {}),
    ("a", {"a": [""]}),
    ("a=", {"a": [""]}),
    ("=b", {"": ["b"]}),
    ("a=%C3%A9+%26", {"a": ["é &"]}),
    ("%61=b", {"a": ["b"]}),
    ("a=1&&b=2&", {"a": ["1"], "b": ["2"]}),
    ("a=%00", {"a": ["\0"]}),
])
def test_a_form_is_its_fields(server, body, fields):
    assert post(server, "/form", body).json == fields
    assert post(server, "/form", [body.encode()] if body else b"",
                encode_chunked=bool(body),
                kind=FORM + "; charset=utf-8").json == fields


def test_a_form_is_a_mapping(server):
    assert post(server, "/fields", "a=1&a=2&b=3").json == [
        "1", "3", 5, [], 2, True, False, ["a", "b"], "<apache.Form of 2>"]


@pytest.mark.parametrize("text", [
    '{"a": [1, 2.5, "é", null, true]}', "7", "null", '"x"', "[]",
    "123456789012345678901234567890",
])
def test_json_is_its_value(server, text):
    value = json.loads(text)
    assert post(server, "/json", text.encode(), JSON).json == \
        [value, type(value).__name__]


@pytest.mark.parametrize("path, body, kind, status", [
    ("/form", b"a=%zz", FORM, 400),
    ("/form", b"a=%ff", FORM, 400),
    ("/form", b"%ff=a", FORM, 400),
    ("/form", b"a=%c0%80", FORM, 400),
    ("/form", b"&".join([b"a=1"] * 10000), FORM, 200),
    ("/form", b"&".join([b"a=1"] * 10001), FORM, 400),
    ("/form", b"{}", JSON, 415),
    ("/form", b"a=1", FORM + "; charset=latin1", 415),
    ("/form", b"a=1", "multipart/form-data; boundary=x", 400),
    ("/form", b"a=1", "multipart/mixed; boundary=x", 415),
    ("/json", b"{}", "text/plain", 415),
    ("/json", b"{}", JSON + "; charset=utf-16", 415),
    ("/json", b"{", JSON, 400),
    ("/json", b'{"a":1,"a":2}', JSON, 400),
    ("/json", b"NaN", JSON, 400),
    ("/json", b'"\xff"', JSON, 400),
    ("/json", b'"\xc0\x80"', JSON, 400),
    ("/json", b'"\\ud800"', JSON, 400),
    ("/json", b"1e999", JSON, 400),
    ("/json", b"9" * 5000, JSON, 400),
    ("/json", b"[" * 64 + b"]" * 64, JSON, 200),
    ("/json", b"[" * 65 + b"]" * 65, JSON, 400),
    ("/json", b"[" * 90000, JSON, 400),
    ("/json", b"", JSON, 400),
    ("/json", b" " * 200_000, JSON, 400),
    ("/json", b" " * 300_000, JSON, 413),
    ("/small", b"[1,2,3,4]", JSON, 200),
    ("/small", b"[1,2,3,4,5]", JSON, 413),
])
def test_a_bad_body_is_the_right_answer(server, path, body, kind, status):
    assert post(server, path, body, kind).status == status
    if body:
        assert post(server, path, [body], kind,
                    encode_chunked=True).status == status
    assert post(server, "/json", b"1", JSON).status == 200


def test_the_exception_says_the_status(server):
    assert post(server, "/caught", b"{", JSON).json == \
        [400, 400, "the body is no JSON"]
    assert post(server, "/caught", b"a", FORM).json == \
        [415, 415, "the body is no application/json"]
    assert post(server, "/caught", [b" " * 300_000], JSON,
                encode_chunked=True).json == \
        [413, 413, "the body is longer than its limit"]


def test_the_body_is_shared_with_the_arguments(server):
    assert post(server, "/both", "a=1&b=2").json == ["1", "1"]
    assert post(server, "/object", b'{"a":[1]}', JSON).json is True
    assert post(server, "/raw", b"[1]", JSON).json == [[1], "list"]
    assert post(server, "/twice", b"a=1").json == [1, 415]


def test_a_stream_is_not_read_behind_the_function_s_back(server):
    server.expect("RuntimeError: the body is not to be had here: an argument "
                  "of the function reads it")
    server.allowed.append(r"routes:error\]")
    assert post(server, "/stream", b"[1]", JSON).status == 500


def test_the_loop_s_thread_does_not_read(server):
    server.expect("RuntimeError: only the thread that serves the request")
    server.allowed.append(r"routes:error\]")
    assert post(server, "/later", b"[1]", JSON).status == 500


def test_no_body_is_an_empty_form_and_no_json(server):
    assert server.get("/none").json == [0, 400]


def test_a_body_that_nobody_asks_for_is_no_matter(server):
    link = server.connect()
    for body in (b"x" * 1000, [b"y" * 1000]):
        link.request("POST", "/unread", body, {"Content-Type": JSON},
                     encode_chunked=isinstance(body, list))
        assert link.getresponse().read() == b"unread"
    link.close()


@pytest.mark.parametrize("header, cookies", [
    ("a=1; b=2", {"a": "1", "b": "2"}),
    ("a=1; a=2", {"a": "1"}),
    ('a="x"', {"a": "x"}),
    ("a=é", {"a": "é"}),
    ("a=", {"a": ""}),
    ("nonsense; a=1", {"a": "1"}),
    ("", {}),
])
def test_cookies_are_a_dict(server, header, cookies):
    answer = server.request("GET", "/cookies",
                            headers={"Cookie": header.encode()})
    assert answer.json == cookies


def test_a_cookie_that_is_no_utf_8_is_a_400(server):
    answer = server.request("GET", "/cookies", headers={"Cookie": b"a=\xff"})
    assert answer.status == 400


def test_nothing_is_read_before_it_is_asked_for(server):
    """100 Continue comes from the read, not before."""
    head = (b"POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
            b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
            b"Connection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head % b"json")
        assert link.recv(100).startswith(b"HTTP/1.1 100")
        link.sendall(b"[1]")
        assert b'[[1],"list"]' in b"".join(iter(lambda: link.recv(4096), b""))
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head % b"unread")
        assert link.recv(100).startswith(b"HTTP/1.1 200")


def test_a_truncated_body_is_a_400_at_every_cut(server):
    whole = b'{"a": "\\u00e9", "b": [1, 2, 3]}'
    for cut in range(len(whole)):
        said = server.raw(
            b"POST /json HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n"
            b"Content-Type: application/json\r\n\r\n" % len(whole)
            + whole[:cut])
        assert said.startswith(b"HTTP/1.1 400"), cut
    assert post(server, "/json", whole, JSON).status == 200
