# SPDX-License-Identifier: Apache-2.0
"""What arrives in Python: query, form, JSON, their types and their faults."""

import json
import socket

import pytest

from conftest import problem

ROUTES = """\
routes 1
public

GET  /text      -> app:show(v: str)
GET  /opt       -> app:show(v: str?)
GET  /def       -> app:show(v: str = "default")
GET  /int       -> app:show(v: int)
GET  /range     -> app:show(v: int(1..10))
GET  /float     -> app:show(v: float)
GET  /decimal   -> app:show(v: decimal)
GET  /bool      -> app:show(v: bool)
GET  /uuid      -> app:show(v: uuid)
GET  /date      -> app:show(v: date)
GET  /datetime  -> app:show(v: datetime)
GET  /bytes     -> app:show(v: bytes)
GET  /enum      -> app:show(v: enum("red", "blue"))
GET  /sort      -> app:show(v: Sort = "newest")
GET  /slug      -> app:show(v: str matching r"[a-z]+")
GET  /len       -> app:show(v: str(2..4))
GET  /list      -> app:show(v: list<int>)
GET  /list2     -> app:show(v: list<str>(2..3))
GET  /const     -> app:show(v = "constant")
GET  /optint    -> app:show(v: int?)
GET  /two       -> app:two(a: int, b: int)
GET  /named     -> app:show(v: str from query "the-name")
GET  /path/{v:int} -> app:show(v)

POST /arg       -> app:show(v: str)
POST /argint    -> app:show(v: int)
POST /arglist   -> app:show(v: list<float>)
POST /form      -> app:show(v: str from form)
POST /query     -> app:show(v: str from query)
POST /both      -> app:two(a: int, b: int)
POST /none      -> app:nothing()
DELETE /arg     -> app:show(v: str)

type Sort = "price" | "name" | "newest"
publish /stats -> statistics {
    mean(data: list<float>(1..10000))
}
"""

PYTHON = """\
def show(v):
    return f"{type(v).__name__} {v!r}"
def two(a, b):
    return f"{a} {b}"
def nothing():
    return "nothing"
"""

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


def post(server, target, body, kind=FORM, **options):
    return server.request("POST", target, body, {"Content-Type": kind},
                          **options)


@pytest.mark.parametrize("target, text", [
    ("/text?v=a", "str 'a'"),
    ("/text?v=", "str ''"),
    ("/text?v", "str ''"),
    ("/text?v=a+b%20c", "str 'a b c'"),
    ("/text?v=%C3%A9", "str 'é'"),
    ("/text?v=%F0%9F%90%98", "str '🐘'"),
    ("/text?v=a%2Fb%26c%3Dd", "str 'a/b&c=d'"),
    ("/text?v=a=b", "str 'a=b'"),
    ("/text?other=1&v=a&more", "str 'a'"),
    ("/text?%76=a", "str 'a'"),
    ("/text?&&v=a&", "str 'a'"),
    ("/opt", "NoneType None"),
    ("/opt?v=", "str ''"),
    ("/def", "str 'default'"),
    ("/def?v=x", "str 'x'"),
    ("/int?v=5", "int 5"),
    ("/int?v=-9223372036854775808", "int -9223372036854775808"),
    ("/range?v=10", "int 10"),
    ("/float?v=2.5", "float 2.5"),
    ("/float?v=1e3", "float 1000.0"),
    ("/float?v=-3", "float -3.0"),
    ("/decimal?v=1.10", "Decimal Decimal('1.10')"),
    ("/bool?v=true", "bool True"), ("/bool?v=1", "bool True"),
    ("/bool?v=on", "bool True"), ("/bool?v=false", "bool False"),
    ("/bool?v=0", "bool False"), ("/bool?v=off", "bool False"),
    ("/uuid?v=12345678-1234-1234-1234-1234567890AB",
     "UUID UUID('12345678-1234-1234-1234-1234567890ab')"),
    ("/date?v=2024-02-29", "date datetime.date(2024, 2, 29)"),
    ("/datetime?v=2024-02-29T12:30:00",
     "datetime datetime.datetime(2024, 2, 29, 12, 30)"),
    ("/datetime?v=2024-02-29T12:30:00Z",
     "datetime datetime.datetime(2024, 2, 29, 12, 30, "
     "tzinfo=datetime.timezone.utc)"),
    ("/bytes?v=%FF%00a", "bytes b'\\xff\\x00a'"),
    ("/enum?v=red", "str 'red'"),
    ("/sort", "str 'newest'"),
    ("/sort?v=name", "str 'name'"),
    ("/slug?v=abc", "str 'abc'"),
    ("/len?v=%C3%A9%C3%A9", "str 'éé'"),
    ("/len?v=%F0%9F%90%98%F0%9F%90%98%F0%9F%90%98%F0%9F%90%98",
     "str '🐘🐘🐘🐘'"),
    ("/list?v=1&v=2&v=3", "list [1, 2, 3]"),
    ("/list?v=7", "list [7]"),
    ("/list2?v=a&v=b", "list ['a', 'b']"),
    ("/const?v=changed", "str 'constant'"),
    ("/optint", "NoneType None"),
    ("/optint?v=", "NoneType None"),
    ("/optint?v=4", "int 4"),
    ("/two?b=2&a=1", "1 2"),
    ("/named?the-name=x", "str 'x'"),
    ("/path/5?v=6", "int 5"),
    ("/stats/mean?data=1&data=2&data=6", "3.0"),
])
def test_a_query_becomes_typed_values(server, target, text):
    answer = server.get(target)
    assert (answer.status, answer.text) == (200, text)


@pytest.mark.parametrize("target, faults", [
    ("/text", {("query", "v", "missing")}),
    ("/text?V=a", {("query", "v", "missing")}),
    ("/text?v=a&v=b", {("query", "v", "duplicate")}),
    ("/text?v=%FF", {("query", "v", "encoding")}),
    ("/text?v=%ED%A0%80", {("query", "v", "encoding")}),
    ("/int?v=x", {("query", "v", "type")}),
    ("/int?v=", {("query", "v", "missing")}),
    ("/int?v=1.5", {("query", "v", "type")}),
    ("/range?v=0", {("query", "v", "range")}),
    ("/range?v=11", {("query", "v", "range")}),
    ("/float?v=x", {("query", "v", "type")}),
    ("/float?v=nan", {("query", "v", "type")}),
    ("/float?v=inf", {("query", "v", "type")}),
    ("/decimal?v=1e", {("query", "v", "type")}),
    ("/bool?v=yes", {("query", "v", "type")}),
    ("/uuid?v=1234", {("query", "v", "type")}),
    ("/date?v=2023-02-29", {("query", "v", "type")}),
    ("/datetime?v=2023-02-28T25:00:00", {("query", "v", "type")}),
    ("/enum?v=green", {("query", "v", "enum")}),
    ("/sort?v=worst", {("query", "v", "enum")}),
    ("/slug?v=ABC", {("query", "v", "pattern")}),
    ("/len?v=a", {("query", "v", "length")}),
    ("/len?v=abcde", {("query", "v", "length")}),
    ("/list?v=1&v=x", {("query", "v[1]", "type")}),
    ("/list2?v=a", {("query", "v", "length")}),
    ("/list2?v=a&v=b&v=c&v=d", {("query", "v", "length")}),
    ("/two", {("query", "a", "missing"), ("query", "b", "missing")}),
    ("/two?a=x&b=1&b=2", {("query", "a", "type"),
                          ("query", "b", "duplicate")}),
    ("/named?v=x", {("query", "the-name", "missing")}),
])
def test_all_faults_come_in_one_400(server, target, faults):
    assert problem(server.get(target)) == faults


def test_an_integer_beyond_64_bits_is_a_range_or_type_fault(server):
    faults = problem(server.get("/int?v=99999999999999999999"))
    assert faults <= {("query", "v", "range"), ("query", "v", "type")}


def test_a_fault_never_echoes_the_value(server):
    secret = "hunter2hunter2"
    for target in (f"/int?v={secret}", f"/enum?v={secret}",
                   f"/two?a={secret}&b={secret}"):
        answer = server.get(target)
        assert answer.status == 400 and secret not in answer.text


def test_a_fault_says_what_was_expected(server):
    error = server.get("/range?v=11").json["errors"][0]
    assert error["expected"] == "int(1..10)"


def test_a_browser_gets_the_faults_as_a_page(server):
    answer = server.get("/range?v=<script>",
                        Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.status == 400 and answer.type == "text/html"
    assert "int(1..10)" in answer.text and "<script>" not in answer.text


def test_a_broken_escape_in_the_query_is_400(server):
    assert server.get("/text?v=%zz").status == 400
    assert server.get("/text?v=%4").status == 400


# ---- bodies ----------------------------------------------------------------
@pytest.mark.parametrize("target, body, text", [
    ("/arg", "v=a+b%21", "str 'a b!'"),
    ("/arg", "v=", "str ''"),
    ("/arg", "v=%C3%A9", "str 'é'"),
    ("/argint", "v=5", "int 5"),
    ("/arglist", "v=1&v=2.5", "list [1.0, 2.5]"),
    ("/form", "v=x", "str 'x'"),
    ("/both", "a=1&b=2", "1 2"),
    ("/both?a=1", "b=2", "1 2"),
    ("/query?v=q", "v=f", "str 'q'"),
    ("/arg?v=q", "other=f", "str 'q'"),
    ("/stats/mean", "data=1&data=2&data=6", "3.0"),
])
def test_a_urlencoded_body_becomes_typed_values(server, target, body, text):
    answer = post(server, target, body)
    assert (answer.status, answer.text) == (200, text)


def test_the_charset_parameter_of_a_form_is_no_other_type(server):
    answer = post(server, "/arg", "v=a", f"{FORM}; charset=UTF-8")
    assert answer.text == "str 'a'"


@pytest.mark.parametrize("target, value, text", [
    ("/arg", {"v": "a b"}, "str 'a b'"),
    ("/arg", {"v": "é🐘"}, "str 'é🐘'"),
    ("/arg", {"v": ""}, "str ''"),
    ("/argint", {"v": 5}, "int 5"),
    ("/arglist", {"v": [1, 2.5]}, "list [1.0, 2.5]"),
    ("/arglist", {"v": []}, "list []"),
    ("/both", {"a": 1, "b": 2}, "1 2"),
    ("/stats/mean", {"data": [1, 2, 6]}, "3.0"),
])
def test_a_json_body_becomes_typed_values(server, target, value, text):
    answer = post(server, target, json.dumps(value), "application/json")
    assert (answer.status, answer.text) == (200, text)


def test_a_json_escape_is_text(server):
    answer = post(server, "/arg", r'{"v": "\u00e9\ud83d\udc18"}',
                  "application/json")
    assert answer.text == "str 'é🐘'"


@pytest.mark.parametrize("target, value, codes", [
    ("/argint", {"v": "5"}, {("v", "type")}),
    ("/argint", {"v": 5.5}, {("v", "type")}),
    ("/argint", {"v": True}, {("v", "type")}),
    ("/argint", {"v": None}, {("v", "type")}),
    ("/argint", {"v": [5]}, {("v", "type")}),
    ("/argint", {}, {("v", "missing")}),
    ("/arg", {"v": 5}, {("v", "type")}),
    ("/arglist", {"v": [1, "x"]}, {("v", "type")}),
    ("/both", {"a": "x"}, {("a", "type"), ("b", "missing")}),
])
def test_json_faults_come_in_one_400(server, target, value, codes):
    answer = post(server, target, json.dumps(value), "application/json")
    found = {(name.lstrip("/").split("/")[0], code)
             for _, name, code in problem(answer)}
    assert found == codes


@pytest.mark.parametrize("body", [
    "", "{", "[1, 2]", "5", "null", '"v"', '{"v": "a"} trailing',
    '{"v": "a", "v": "b"}', "{'v': 'a'}", '{"v": NaN}', '{"v": "\\ud800"}',
    b'{"v": "\xff"}', '{"v": "a\\u0000b"', "[" * 100000,
    '{"v":' * 10000 + "1" + "}" * 10000, "\ufeff{\"v\": 1}",
])
def test_json_that_is_none_is_400(server, body):
    if isinstance(body, str):
        body = body.encode()
    assert post(server, "/arg", body, "application/json").status == 400


@pytest.mark.parametrize("body", ["v=%FF", "v=%ED%A0%80", "v=%C0%AF",
                                  b"v=\xff", "v=%zz", "v=a&v=b", "w=a"])
def test_a_form_with_a_fault_is_400(server, body):
    assert post(server, "/arg", body).status == 400


def test_one_name_from_two_places_is_a_duplicate(server):
    faults = problem(post(server, "/arg?v=q", "v=f"))
    assert {(name, code) for _, name, code in faults} == {("v", "duplicate")}


def test_a_form_argument_is_not_taken_from_the_query(server):
    faults = problem(post(server, "/form?v=q", "w=1"))
    assert faults == {("body", "v", "missing")}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml",
                                  "application/jsonx", "x/y", "garbage"])
def test_a_body_of_an_unknown_media_type_is_415(server, kind):
    assert post(server, "/arg", "v=a", kind).status == 415


def test_a_chunked_body_is_read(server):
    answer = post(server, "/arg", iter([b"v=a", b"b", b"c%", b"41"]),
                  encode_chunked=True)
    assert answer.text == "str 'abcA'"


@pytest.mark.parametrize("kind, body", [
    (FORM, b"v=" + b"x" * (1 << 20)),
    ("application/json", b'{"v": "' + b"x" * (1 << 20) + b'"}'),
])
def test_a_body_over_one_megabyte_is_413(server, kind, body):
    assert post(server, "/arg", body, kind).status == 413


def test_a_chunked_body_over_one_megabyte_is_413(server):
    chunks = (b"x" * 65536 for _ in range(20))
    try:
        answer = post(server, "/arg", chunks, encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError):
        return                  # it was refused before we had sent it all
    assert answer.status == 413


def test_a_body_just_under_the_limit_is_read(server):
    size = (1 << 20) - 2
    answer = post(server, "/arg", b"v=" + b"x" * size)
    assert answer.status == 200 and len(answer.text) == size + len("str ''")


def test_a_length_that_is_a_lie_does_no_harm(server):
    answer = server.raw(b"POST /arg HTTP/1.1\r\nHost: a\r\nContent-Length: 50"
                        b"\r\nContent-Type: " + FORM.encode() +
                        b"\r\n\r\nv=short")
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert server.get("/def").status == 200


def test_expect_100_continue_is_answered(server):
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(b"POST /arg HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                     b"Content-Type: " + FORM.encode() + b"\r\n"
                     b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 100 ")
        link.sendall(b"v=a")
        rest = b"".join(iter(lambda: link.recv(65536), b""))
    assert rest.endswith(b"str 'a'")


def test_the_body_that_no_argument_wants_is_discarded(server):
    link = server.connect()
    for _ in range(3):
        link.request("POST", "/none", b"x" * 100000,
                     {"Content-Type": "application/octet-stream"})
        response = link.getresponse()
        assert (response.status, response.read()) == (200, b"nothing")
    link.close()


def test_delete_takes_its_arguments_from_the_query(server):
    assert server.request("DELETE", "/arg?v=x").text == "str 'x'"


def test_a_get_with_a_body_uses_the_query(server):
    answer = server.request("GET", "/def?v=q", b"v=f", {"Content-Type": FORM})
    assert answer.text == "str 'q'"


def test_very_many_fields_are_refused_or_ignored_quickly(server):
    answer = server.request("POST", "/arg", b"&".join([b"a=1"] * 200000),
                            {"Content-Type": FORM})
    assert answer.status == 400
    assert server.get("/list?" + "&".join(["v=1"] * 1000)).status in (200, 400)
