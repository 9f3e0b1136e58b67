# SPDX-License-Identifier: Apache-2.0
"""Each code of a fault, from each place it can come from; all of a request in
one document, which tells nothing of what was sent."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import tree                                                     # noqa: E402
from conftest import problem                                    # noqa: E402

ROUTES = """\
routes 1
public
record Closed { a: int, tags: list<str(..3)>(..2)?, to: Place? }
record Place { x: int(0..9), kind: enum("p", "q") = "p" }
record Open { a: int, ... }
POST /form   -> app:show(a: int(0..9), b: str(..3)?, c: enum("x", "y")?,
                         d: str(..9) matching r"[a-z]*",
                         e: list<int>(..2) = [])
POST /closed -> app:body(a: Closed)
POST /open   -> app:body(a: Open)
POST /all/{n} -> app:all(n, r: Closed, q: int from query,
                         h: int from header "X-H", c: int from cookie)
GET  /strict -> app:one(a: int = 1) query strict
POST /raw    -> app:one(a: str(..3) from raw)
POST /many   -> app:one(a: list<int> from body)
POST /file   -> app:one(a: upload(..9, "image/*") from file)
"""
PYTHON = """\
def show(a, b, c, d, e):
    return f"{a!r} {b!r} {c!r} {d!r} {e!r}"
def body(a):
    return a
def all(n, r, q, h, c):
    return n
def one(a):
    return "fine"
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
PARTS = {"Content-Type": "multipart/form-data; boundary=b"}


def file_part(name, data, kind="image/png", filename="n"):
    return (f'--b\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
            f"{data}\r\n--b--\r\n").encode()


# code: [(target, body, headers, place, name)]
CASES = {
    "missing": [("/form", b"d=a", FORM, "body", "a"),
                ("/form?b=1", b"", FORM, "query", "a"),
                ("/closed", b"{}", JSON, "body", "/a"),
                ("/closed", b"", {}, "body", ""),
                ("/closed", b'{"a":1,"to":{}}', JSON, "body", "/to/x"),
                ("/open", b'{"b":1}', JSON, "body", "/a"),
                ("/file", b"--b--\r\n", PARTS, "body", "a")],
    "type": [("/form", b"a=x&d=", FORM, "body", "a"),
             ("/form?a=x", b"d=", FORM, "query", "a"),
             ("/closed", b'{"a":"x"}', JSON, "body", "/a"),
             ("/closed", b'{"a":true}', JSON, "body", "/a"),
             ("/closed", b'{"a":1.5}', JSON, "body", "/a"),
             ("/closed", b"[1]", JSON, "body", ""),
             ("/closed", b"{", JSON, "body", ""),
             ("/closed", b'{"a":1}x', JSON, "body", ""),
             ("/closed", b'{"a":1,"tags":[null]}', JSON, "body", "/tags/0"),
             ("/file", file_part("a", "x", "text/html"), PARTS, "body", "a")],
    "range": [("/form", b"a=10&d=", FORM, "body", "a"),
              ("/form", b"a=" + b"9" * 40 + b"&d=", FORM, "body", "a"),
              ("/closed", b'{"a":1,"to":{"x":-1}}', JSON, "body", "/to/x")],
    "length": [("/form", b"a=1&d=&b=abcd", FORM, "body", "b"),
               ("/form", b"a=1&d=&e=1&e=2&e=3", FORM, "body", "e"),
               ("/closed", b'{"a":1,"tags":["abcd"]}', JSON, "body",
                "/tags/0"),
               ("/closed", b'{"a":1,"tags":["","",""]}', JSON, "body",
                "/tags"),
               ("/raw", b"abcd", {"Content-Type": "text/plain"}, "body", "")],
    "pattern": [("/form", b"a=1&d=A", FORM, "body", "d")],
    "enum": [("/form", b"a=1&d=&c=z", FORM, "body", "c"),
             ("/closed", b'{"a":1,"to":{"x":1,"kind":"z"}}', JSON, "body",
              "/to/kind")],
    "duplicate": [("/form", b"a=1&a=1&d=", FORM, "body", "a"),
                  ("/form?a=1", b"a=1&d=", FORM, "body", "a"),
                  ("/closed", b'{"a":1,"a":1}', JSON, "body", ""),
                  ("/closed", rb'{"a":1,"\u0061":1}', JSON, "body", "")],
    "unknown": [("/closed", b'{"a":1,"b":1}', JSON, "body", ""),
                ("/strict?b=1", None, {}, "query", "")],
    "encoding": [("/form", b"a=1&d=%ff", FORM, "body", "d"),
                 ("/form", b"a=1&d=\xc0\x80", FORM, "body", "d"),
                 ("/closed", b'{"a":1,"tags":["\xff"]}', JSON, "body", ""),
                 ("/raw", b"\xff", {"Content-Type": "text/plain"}, "body",
                  "")],
    "too-many": [("/form", b"x=&" * 10_001, FORM, "body", ""),
                 ("/form", b"x" * 1025 + b"=", FORM, "body", ""),
                 ("/closed", b"[" * 65 + b"]" * 65, JSON, "body", ""),
                 ("/form?" + "x=&" * 2500, b"x=&" * 10_001, FORM, "body",
                  "")],
}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("code, case", [
    (code, case) for code, cases in CASES.items() for case in cases])
def test_a_fault_has_its_code_and_its_place(server, code, case):
    target, body, headers, where, name = case
    answer = server.request("GET" if body is None else "POST", target, body,
                            dict(headers))
    faults = problem(answer)
    assert code in {fault[2] for fault in faults}, faults
    if name:
        assert (where, name, code) in faults
    assert all(fault[0] == where or fault[2] == "missing" for fault in faults)


def test_the_codes_are_those_of_the_runtime():
    text = "".join(path.read_text() for path in sorted(
        (tree.SOURCE / "runtime").glob("*.c")))
    names = re.search(r"^routes_fault_name\(.*?^}", text, re.S | re.M)[0]
    assert set(re.findall(r'"([a-z-]+)"', names)) == {*CASES, "none"}


def test_all_faults_of_a_request_are_in_one_document(server):
    answer = server.request(
        "POST", "/all/SECRET1?q=SECRET2", b'{"a":"SECRET3","to":{"x":77}}',
        {**JSON, "X-H": "SECRET4", "Cookie": "c=SECRET5"})
    assert problem(answer) == {
        ("query", "q", "type"), ("header", "X-H", "type"),
        ("cookie", "c", "type"), ("body", "/a", "type"),
        ("body", "/to/x", "range")}
    assert b"SECRET" not in answer.body and b"77" not in answer.body
    page = server.request(
        "POST", "/all/SECRET1?q=SECRET2", b'{"a":"SECRET3"}',
        {**JSON, "X-H": "<b>SECRET4", "Cookie": "c=SECRET5",
         "Accept": "text/html"})
    assert page.status == 400 and page.type == "text/html"
    for word in (b"X-H", b"/a", b"missing" if b"missing" in page.body
                 else b"type"):
        assert word in page.body
    assert b"SECRET" not in page.body


def test_of_very_many_faults_as_many_are_told_as_are_read(server):
    body = b"[" + b",".join([b'"x"'] * 500) + b"]"
    answer = server.request("POST", "/many", body, dict(JSON))
    assert len(answer.json["errors"]) == 64


def test_an_open_record_drops_what_it_does_not_declare(server):
    answer = server.request("POST", "/open", b'{"a":1,"b":{"c":[1]}}',
                            dict(JSON))
    assert answer.json == {"a": 1}
