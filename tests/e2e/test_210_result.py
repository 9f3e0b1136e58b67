# SPDX-License-Identifier: Apache-2.0
"""What leaves Python: types, statuses, headers, and results that are none."""

import json
import math

import pytest

RESULTS = {
    "text": '"text é"', "empty": '""', "none": "None",
    "bytes": 'b"\\xff\\x00"', "dict": '{"a": [1, 2.5, None, True, "é"]}',
    "list": "[1, 2, 3]", "number": "204", "real": "3.0", "truth": "True",
    "pair": '(201, "made")', "pair_json": '(202, {"a": 1})',
    "pair_none": "(404, None)", "pair_int": "(200, 5)",
    "triple": '(303, {"Location": "/there"}, None)',
    "typed": '(200, {"Content-Type": "text/csv"}, "a,b")',
    "headers": '(200, {"X-One": "1", "X-Two": "zwei"}, b"x")',
    "nosniff": '(200, {"X-Content-Type-Options": "other"}, "x")',
    "repeated": '(200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], "x")',
    "big": '"x" * 3_000_000',
    "tags": '"<b>&\\""',
    # what is no result
    "object": "object()", "set_": "{1, 2}", "surrogate": '"\\ud800"',
    "nan": 'float("nan")', "loop": "LOOP", "keys": "{(1, 2): 3}",
    "deep": "DEEP", "status": '(99, "x")', "status2": '(1000, "x")',
    "status3": '("200", "x")', "four": '(200, {}, "x", 1)', "empty_": "()",
    "split": '(200, {"X-A": "a\\r\\nSet-Cookie: b=1"}, "x")',
    "split2": '(200, {"X-A\\r\\nB": "a"}, "x")',
    "split3": '(200, {"X A": "a"}, "x")', "split4": '(200, {"": "a"}, "x")',
    "nul": '(200, {"X-A": "a\\0b"}, "x")',
    "header_type": '(200, {"X-A": 5.5j}, "x")',
    "switch": '(101, "x")',
}
BROKEN = ["object", "set_", "surrogate", "nan", "loop", "keys", "deep",
          "status", "status2", "status3", "four", "empty_", "split", "split2",
          "split3", "split4", "nul", "header_type", "switch"]

PYTHON = """\
LOOP = []
LOOP.append(LOOP)
DEEP = []
for _ in range(100000):
    DEEP = [DEEP]
""" + "".join(f"def r_{name}():\n    return {value}\n"
              for name, value in RESULTS.items())

ROUTES = "routes 1\npublic\n" + "".join(
    f"GET /{name} -> app:r_{name}()\n" for name in RESULTS) + """\
GET /html   -> app:r_tags() returns html
GET /json   -> app:r_text() produces json
POST /made  -> app:r_dict() returns 201
GET /gone   -> app:r_none() returns 204
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("name, status, kind, body", [
    ("text", 200, "text/plain", "text é".encode()),
    ("empty", 200, "text/plain", b""),
    ("bytes", 200, "application/octet-stream", b"\xff\x00"),
    ("pair", 201, "text/plain", b"made"),
    ("typed", 200, "text/csv", b"a,b"),
    ("tags", 200, "text/plain", b'<b>&"'),
    ("html", 200, "text/html", b'<b>&"'),
    ("big", 200, "text/plain", b"x" * 3_000_000),
])
def test_text_and_bytes(server, name, status, kind, body):
    answer = server.get("/" + name)
    assert (answer.status, answer.type) == (status, kind)
    assert answer.body == body
    assert answer.headers["Content-Length"] == str(len(body))
    if kind.startswith("text/") and name != "typed":
        assert answer.headers.get_content_charset() == "utf-8"


@pytest.mark.parametrize("name, status, value", [
    ("dict", 200, {"a": [1, 2.5, None, True, "é"]}),
    ("list", 200, [1, 2, 3]),
    ("number", 200, 204),
    ("real", 200, 3.0),
    ("truth", 200, True),
    ("pair_json", 202, {"a": 1}),
    ("pair_int", 200, 5),
    ("json", 200, "text é"),
])
def test_values_leave_as_json(server, name, status, value):
    answer = server.get("/" + name)
    assert (answer.status, answer.type) == (status, "application/json")
    assert json.loads(answer.body) == value


@pytest.mark.parametrize("name, status", [("none", 204), ("gone", 204),
                                          ("pair_none", 404)])
def test_none_has_no_body(server, name, status):
    answer = server.get("/" + name)
    assert (answer.status, answer.body) == (status, b"")


def test_the_first_status_of_returns_is_the_plain_result_s(server):
    assert server.request("POST", "/made").status == 201


def test_headers_of_a_triple_are_sent(server):
    answer = server.get("/triple")
    assert answer.status == 303
    assert answer.headers["Location"].endswith("/there")
    answer = server.get("/headers")
    assert answer.headers["X-One"] == "1" and answer.headers["X-Two"] == "zwei"


def test_a_header_may_repeat(server):
    answer = server.get("/repeated")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_nosniff_is_sent_unless_set(server):
    name = "X-Content-Type-Options"
    assert server.get("/text").headers.get_all(name) == ["nosniff"]
    assert server.get("/nosniff").headers.get_all(name) == ["other"]


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_result_is_a_logged_500(server, name):
    server.expect(r"ROUTES\d{4}")
    answer = server.get("/" + name)
    assert answer.status == 500
    assert "Set-Cookie" not in answer.headers and "X-A" not in answer.headers
    assert b"Traceback" not in answer.body and b"r_" not in answer.body


def test_head_sends_the_length_of_what_get_sends(server):
    answer = server.request("HEAD", "/big")
    assert answer.headers["Content-Length"] == "3000000"
    assert answer.body == b""


def test_a_status_of_their_own_error_keeps_its_body(server):
    assert math.isclose(server.get("/real").json, 3.0)
    answer = server.get("/pair_none")
    assert answer.status == 404
