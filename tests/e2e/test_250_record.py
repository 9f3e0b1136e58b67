# SPDX-License-Identifier: Apache-2.0
"""Records, maps and JSON: what arrives in Python, and which faults."""

import json

import pytest

from conftest import problem

TYPES = {
    "str": "str", "short": "str(1..3)", "slug": 'str matching r"[a-z]+"',
    "int": "int", "small": "int(1..9)", "float": "float",
    "unit": "float(0..1)",
    "decimal": "decimal", "price": "decimal(0..100)", "bool": "bool",
    "uuid": "uuid", "date": "date", "datetime": "datetime",
    "bytes": "bytes(..4)", "enum": 'enum("red", "blue")', "opt": "int?",
    "list": "list<int>(..3)", "lists": "list<list<str>>",
    "nulls": "list<int?>",
    "map": "map<str, int>(..2)", "maps": "map<str, map<str, bool>>",
    "json": "json", "inner": "Inner", "inners": "list<Inner>",
    "named": "map<str, Inner>", "point": "Point",
}

ROUTES = """\
routes 1
public
record Inner { a: int, b: str? }
record Point -> app:Point { x: int, y: float = 0.5, label: str? }
record Checked -> app:Checked { low: int, high: int }
record Wide -> app:Wide { WIDE }
record Order {
    sku: str(1..8)
    qty: int(1..99) = 1
    up: int? from "+1"
    tags: list<str> = []
    ...
}
record Tree { name: str, kids: list<Tree> = [] }
record Page { page: int(1..) = 1, tag: list<int>(..2)?, q: str? }
record Client { user_agent: str, if_match: str? from "If-Match" }
record Prefs { theme: enum("light", "dark") = "light", size: int? }

POST  /order   -> app:show(v: Order)
POST  /orders  -> app:show(v: list<Order>(..2))
POST  /tree    -> app:show(v: Tree)
POST  /json    -> app:show(v: json)
POST  /maybe   -> app:show(v: Inner?)
POST  /number  -> app:show(v: int from body)
POST  /mixed   -> app:two(v: Inner, w: int)
POST  /members -> app:two(v: map<str, list<int>>, w: int)
POST  /checked -> app:show(v: Checked) raises ValueError as 422
POST  /wide    -> app:show(v: Wide)
DELETE /gone   -> app:show(v: Inner from body)
GET   /page    -> app:show(v: Page from query)
POST  /form    -> app:show(v: Inner from form)
GET   /client  -> app:show(v: Client from header)
GET   /prefs   -> app:show(v: Prefs from cookie)
POST  /small   -> app:show(v: json) limit body 1KB
"""
ROUTES = ROUTES.replace(
    "WIDE", ", ".join(f"m{i}: int = {i}" for i in range(40))) + "".join(
    f"record T_{n} {{ v: {t} }}\nPOST /t/{n} -> app:member(r: T_{n})\n"
    for n, t in TYPES.items())

PYTHON = """\
from dataclasses import dataclass

@dataclass
class Point:
    x: int
    y: float
    label: str | None

class Checked:
    def __init__(self, low, high):
        if low > high:
            raise ValueError("secret")
        self.low, self.high = low, high
    def __repr__(self):
        return f"{self.low}..{self.high}"

class Wide:
    def __init__(self, **members):
        self.members = members
    def __repr__(self):
        return f"Wide {sum(self.members.values())}"

def show(v):
    return f"{v!r}"
def member(r):
    v = r["v"]
    return f"{type(v).__name__} {v!r}"
def two(v, w):
    return f"{v!r} {w!r}"
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


def send(server, target, body, kind="application/json", method="POST"):
    if isinstance(body, str):
        body = body.encode()
    return server.request(method, target, body, {"Content-Type": kind})


@pytest.mark.parametrize("name, text, wanted", [
    ("str", '"a\\u00e9\\n"', "str 'aé\\n'"),
    ("str", '"\\ud83d\\ude00"', "str '😀'"),
    ("str", '"a\\u0000b"', "str 'a\\x00b'"),
    ("short", '"éé"', "str 'éé'"),
    ("slug", '"abc"', "str 'abc'"),
    ("int", "-9223372036854775808", "int -9223372036854775808"),
    ("small", "9", "int 9"),
    ("float", "1e3", "float 1000.0"),
    ("float", "7", "float 7.0"),
    ("unit", "0.1", "float 0.1"),
    ("decimal", "1.10", "Decimal Decimal('1.10')"),
    ("decimal", '"1.10"', "Decimal Decimal('1.10')"),
    ("decimal", "0.12345678901234567890123",
     "Decimal Decimal('0.12345678901234567890123')"),
    ("decimal", "123456789012345678901234567890",
     "Decimal Decimal('123456789012345678901234567890')"),
    ("price", "100", "Decimal Decimal('100')"),
    ("bool", "true", "bool True"),
    ("uuid", '"12345678-1234-1234-1234-123456789ABC"',
     "UUID UUID('12345678-1234-1234-1234-123456789abc')"),
    ("date", '"2024-02-29"', "date datetime.date(2024, 2, 29)"),
    ("datetime", '"2024-02-29T10:00:00Z"',
     "datetime datetime.datetime(2024, 2, 29, 10, 0, "
     "tzinfo=datetime.timezone.utc)"),
    ("bytes", '"ab"', "bytes b'ab'"),
    ("enum", '"red"', "str 'red'"),
    ("opt", "null", "NoneType None"),
    ("opt", "5", "int 5"),
    ("list", "[ ]", "list []"),
    ("list", "[1,2,3]", "list [1, 2, 3]"),
    ("lists", '[["a"],[]]', "list [['a'], []]"),
    ("nulls", "[1,null]", "list [1, None]"),
    ("map", '{"a":1,"":2}', "dict {'a': 1, '': 2}"),
    ("maps", '{"a":{"b":true}}', "dict {'a': {'b': True}}"),
    ("json", '{"a":[1,2.50,"x",null,true,{}],"b":12345678901234567890}',
     "dict {'a': [1, 2.5, 'x', None, True, {}], 'b': 12345678901234567890}"),
    ("json", "null", "NoneType None"),
    ("inner", '{"a":1}', "dict {'a': 1}"),
    ("inner", '{"b":null,"a":1}', "dict {'a': 1, 'b': None}"),
    ("inners", '[{"a":1},{"a":2,"b":""}]',
     "list [{'a': 1}, {'a': 2, 'b': ''}]"),
    ("named", '{"k":{"a":1}}', "dict {'k': {'a': 1}}"),
    ("point", '{"x":1}', "Point Point(x=1, y=0.5, label=None)"),
    ("point", '{"x":1,"y":2,"label":"p"}',
     "Point Point(x=1, y=2.0, label='p')"),
])
def test_a_member_arrives_as_its_type(server, name, text, wanted):
    answer = send(server, f"/t/{name}", f'{{"v": {text}}}')
    assert (answer.status, answer.text) == (200, wanted)


@pytest.mark.parametrize("name, text, place, code", [
    ("str", "5", "/v", "type"),
    ("str", "null", "/v", "type"),
    ("str", '["a"]', "/v", "type"),
    ("short", '""', "/v", "length"),
    ("short", '"abcd"', "/v", "length"),
    ("slug", '"aB"', "/v", "pattern"),
    ("int", "1.0", "/v", "type"),
    ("int", "1e2", "/v", "type"),
    ("int", '"1"', "/v", "type"),
    ("int", "true", "/v", "type"),
    ("int", "9223372036854775808", "/v", "range"),
    ("small", "0", "/v", "range"),
    ("float", '"1"', "/v", "type"),
    ("float", "1e999", "/v", "range"),
    ("unit", "1.1", "/v", "range"),
    ("decimal", '"x"', "/v", "type"),
    ("decimal", '"NaN"', "/v", "type"),
    ("price", "100.01", "/v", "range"),
    ("bool", "1", "/v", "type"),
    ("bool", '"true"', "/v", "type"),
    ("uuid", '"1234"', "/v", "type"),
    ("date", '"2023-02-29"', "/v", "type"),
    ("datetime", '"2023-02-28"', "/v", "type"),
    ("bytes", '"abcde"', "/v", "length"),
    ("enum", '"green"', "/v", "enum"),
    ("opt", '"5"', "/v", "type"),
    ("list", "1", "/v", "type"),
    ("list", "null", "/v", "type"),
    ("list", "[1,2,3,4]", "/v", "length"),
    ("list", "[1,null]", "/v/1", "type"),
    ("lists", '[[],["a",1]]', "/v/1/1", "type"),
    ("map", "[]", "/v", "type"),
    ("map", '{"a":1,"b":2,"c":3}', "/v", "length"),
    ("map", '{"secret":"x"}', "/v/*", "type"),
    ("maps", '{"a":{"b":1}}', "/v/*/*", "type"),
    ("json", "[1e999]", "/v", "range"),
    ("inner", "[]", "/v", "type"),
    ("inner", "{}", "/v/a", "missing"),
    ("inner", '{"a":1,"secret":2}', "/v", "unknown"),
    ("inners", '[{"a":1},{"a":"1"}]', "/v/1/a", "type"),
    ("named", '{"k":{}}', "/v/*/a", "missing"),
    ("point", '{"x":1,"y":null}', "/v/y", "type"),
])
def test_a_wrong_member_is_named(server, name, text, place, code):
    answer = send(server, f"/t/{name}", f'{{"v": {text}}}')
    assert problem(answer) == {("body", place, code)}
    assert "secret" not in answer.text


@pytest.mark.parametrize("target, text, wanted", [
    ("/order", '{"sku":"a"}', "{'sku': 'a', 'qty': 1, 'tags': []}"),
    ("/order", '{"+1":2,"sku":"a","qty":3,"tags":["x"],"more":[{}]}',
     "{'sku': 'a', 'qty': 3, 'up': 2, 'tags': ['x']}"),
    ("/orders", "[]", "[]"),
    ("/tree", '{"name":"a","kids":[{"name":"b"}]}',
     "{'name': 'a', 'kids': [{'name': 'b', 'kids': []}]}"),
    ("/json", "[]", "[]"),
    ("/json", '"x"', "'x'"),
    ("/json", " 0 ", "0"),
    ("/json", "9" * 1024, "9" * 1024),
    ("/maybe", "null", "None"),
    ("/number", "7", "7"),
    ("/mixed?w=5", '{"a":1}', "{'a': 1} 5"),
    ("/members", '{"v":{"a":[1]},"w":5,"x":{}}', "{'a': [1]} 5"),
    ("/members?w=5", '{"v":{}}', "{} 5"),
    ("/checked", '{"low":1,"high":2}', "1..2"),
    ("/wide", '{"m0":100}', f"Wide {sum(range(40)) + 100}"),
])
def test_a_body_is_a_record(server, target, text, wanted):
    answer = send(server, target, text)
    assert (answer.status, answer.text) == (200, wanted)


@pytest.mark.parametrize("target, text, faults", [
    ("/order", "", {("", "missing")}),
    ("/order", "[]", {("", "type")}),
    ("/order", "{", {("", "type")}),
    ("/order", '{"sku":"a"}x', {("", "type")}),
    ("/order", '{"sku":"a",}', {("", "type")}),
    ("/order", '{"sku":"a","sku":"a"}', {("", "duplicate")}),
    ("/order", '{"x":{"y":1,"y":1},"sku":"a"}', {("", "duplicate")}),
    ("/order", '{"sku":"","qty":0,"+1":"x","tags":[1]}',
     {("/sku", "length"), ("/qty", "range"), ("/+1", "type"),
      ("/tags/0", "type")}),
    ("/order", '{"sku":"\\ud800"}', {("", "encoding")}),
    ("/orders", '[{"sku":"a"},{"qty":1},{"sku":"a"}]', {("", "length")}),
    ("/orders", '[{"sku":"a"},{"qty":1}]', {("/1/sku", "missing")}),
    ("/tree", '{"name":"a","kids":[{"kids":[{"name":1}]}]}',
     {("/kids/0/kids/0/name", "type"), ("/kids/0/name", "missing")}),
    ("/json", "9" * 1025, {("", "range")}),
    ("/json", "[" * 65 + "]" * 65, {("", "too-many")}),
    ("/json", "[" * 100000, {("", "too-many")}),
    ("/number", '"7"', {("", "type")}),
    ("/members", '[]', {("", "type")}),
    ("/members", '{"v":{"a":[1,"2"]},"w":1}', {("/v/*/1", "type")}),
])
def test_all_faults_of_a_body_come_in_one_400(server, target, text, faults):
    wanted = {("body", name, code) for name, code in faults}
    assert problem(send(server, target, text)) == wanted


def test_bytes_that_are_no_text_are_refused(server):
    answer = send(server, "/json", b'"\xed\xa0\x80"')
    assert problem(answer) == {("body", "", "encoding")}


def test_faults_of_body_and_query_come_together(server):
    assert problem(send(server, "/mixed?w=x", '{"a":"1"}')) == {
        ("body", "/a", "type"), ("query", "w", "type")}


def test_an_unknown_member_is_told_what_there_is(server):
    answer = send(server, "/maybe", '{"a":1,"c":2}')
    [error] = json.loads(answer.text)["errors"]
    assert error["expected"] == "a, b" and "c" not in error["name"]


def test_what_a_class_raises_is_the_calls_exception(server):
    answer = send(server, "/checked", '{"low":2,"high":1}')
    assert answer.status == 422 and "secret" not in answer.text


@pytest.mark.parametrize("kind, status", [
    ("application/json", 200),
    ("application/json; charset=utf-8", 200),
    ("application/merge-patch+json", 200),
    ("application/json; charset=latin-1", 415),
    ("application/x-www-form-urlencoded", 415),
    ("text/plain", 415),
    ("application/jsonx", 415),
    ("application/+json", 415),
])
def test_a_record_is_taken_from_json_only(server, kind, status):
    answer = send(server, "/maybe", '{"a":1}', kind)
    assert answer.status == status
    if status == 415:
        assert answer.headers["Accept"] == "application/json"


def test_delete_may_have_a_body(server):
    answer = send(server, "/gone", '{"a":1}', method="DELETE")
    assert answer.text == "{'a': 1}"


def test_json_past_the_limit_is_413(server):
    assert send(server, "/small", "[" + "1," * 600 + "1]").status == 413


@pytest.mark.parametrize("target, wanted", [
    ("/page", "{'page': 1}"),
    ("/page?tag=1&q=&tag=2&page=3&z=1",
     "{'page': 3, 'tag': [1, 2], 'q': ''}"),
    ("/page?page=&tag=", "{'page': 1}"),
])
def test_a_record_comes_from_the_query(server, target, wanted):
    assert server.get(target).text == wanted


@pytest.mark.parametrize("target, faults", [
    ("/page?page=0&q=%ff", {("page", "range"), ("q", "encoding")}),
    ("/page?page=1&page=2", {("page", "duplicate")}),
    ("/page?tag=1&tag=x", {("tag[1]", "type")}),
    ("/page?tag=1&tag=2&tag=3", {("tag", "length")}),
])
def test_faults_of_a_record_from_the_query(server, target, faults):
    assert problem(server.get(target)) == {
        ("query", name, code) for name, code in faults}


def test_a_record_comes_from_a_form(server):
    form = "application/x-www-form-urlencoded"
    assert send(server, "/form", "a=1&b=x", form).text == "{'a': 1, 'b': 'x'}"
    assert problem(send(server, "/form", "b=x", form)) == {
        ("body", "a", "missing")}
    assert send(server, "/form", '{"a":1}').status == 415


def test_a_record_comes_from_headers_and_cookies(server):
    answer = server.request("GET", "/client", headers={
        "User-Agent": "me", "If-Match": '"x"'})
    assert answer.text == "{'user_agent': 'me', 'if_match': '\"x\"'}"
    answer = server.request("GET", "/prefs", headers={
        "Cookie": "theme=dark; size=3; other=1"})
    assert answer.text == "{'theme': 'dark', 'size': 3}"
    answer = server.request("GET", "/prefs", headers={"Cookie": "theme=red"})
    assert problem(answer) == {("cookie", "theme", "enum")}


def test_a_class_that_does_not_fit_leaves_the_other_routes(site):
    good = ("class Bad:\n    def __init__(self, b): pass\n"
            "def f(r=None): return 'fine'\n")
    site.write("app.py", good)
    site.write("gone.py", "class Gone:\n    def __init__(self, b): pass\n")
    table = site.build("app", """\
routes 1
public
record Bad -> app:Bad { b: int }
record Outer { bads: list<Bad> }
record Gone -> gone:Gone { b: int }
POST /bad -> app:f(r: Bad)
POST /outer -> app:f(r: Outer)
POST /gone -> app:f(r: Gone)
GET /fine -> app:f()
""")
    site.write("app.py", good.replace("(self, b)", "(self, c)"))
    site.write("gone.py", "")
    with site.httpd([table],
                    f'RoutesMount app\nRoutesPythonPath "{site.root}"\n'
                    ) as server:
        assert send(server, "/bad", '{"b":1}').status == 503
        assert send(server, "/outer", '{"bads":[]}').status == 503
        assert send(server, "/gone", '{"b":1}').status == 503
        assert send(server, "/gone", '{}').status == 400
        assert server.get("/fine").text == "fine"
        server.expect(r"ROUTES\d{4}.*app\.routes:\d+: (app:Bad|gone:Gone|"
                      r"app:f)")
