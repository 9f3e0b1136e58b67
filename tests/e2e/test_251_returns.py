# SPDX-License-Identifier: Apache-2.0
"""`returns Type`: what leaves is what the route declares, and nothing else."""

import re

import pytest

TYPES = {
    "str": "str", "short": "str(1..3)", "slug": 'str matching r"[a-z]+"',
    "int": "int", "small": "int(1..9)",
    "even": 'int matching r"[0-9]*[02468]"',
    "float": "float", "unit": "float(0..1)",
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
record User  { name: str, mail: str? }
record Open  { name: str, ... }
record Item  { price: decimal(0..), up: int? from "+1" }
record Order { id: int, items: list<Item>, by: User, state: str = "new",
               tags: list<str> = [], paid: bool? }
record Tree  { name: str, kids: list<Tree> = [] }
record Odd   { v: int from "\\"<é" }

GET  /user    -> app:give(e: str)            returns User
GET  /open    -> app:give(e: str)            returns Open
GET  /users   -> app:give(e: str)            returns list<User>
GET  /later   -> app:later(e: str)           returns list<User>
GET  /order   -> app:give(e: str)            returns Order, 404
GET  /tree    -> app:give(e: str)            returns Tree
GET  /odd     -> app:give(e: str)            returns Odd
POST /order   -> app:give(e: str from query) returns 201 User, 409, 422 Inner
GET  /maybe   -> app:give(e: str)            returns User?
GET  /page    -> app:give(e: str)            returns html, 404 Inner
GET  /text    -> app:give(e: str)            returns str(..3)
GET  /quoted  -> app:give(e: str)            returns str(..3) produces json
GET  /color   -> app:give(e: str)            returns enum("red", "blue")
GET  /raw     -> app:give(e: str)            returns bytes(..3)
GET  /number  -> app:give(e: str)            returns int(1..9)
GET  /vendor  -> app:give(e: str)            returns User {
    produces "application/vnd.user+json; v=1"
}
location /csv {
    produces text/csv
    GET /user -> app:give(e: str)            returns User
    GET /text -> app:give(e: str)            returns str(..3)
}
""" + "".join(
    f"record T_{n} {{ v: {t} }}\nGET /t/{n} -> app:give(e: str) "
    f"returns T_{n}\n" for n, t in TYPES.items())

PYTHON = """\
import enum, datetime, decimal, sqlite3, types, uuid
from collections import namedtuple, OrderedDict, UserDict
from dataclasses import dataclass, field
from datetime import date, datetime as moment, timedelta, timezone
from decimal import Decimal
import apache

class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    SEVEN = 7
class Number(enum.IntEnum):
    SEVEN = 7
class Word(str):
    pass
class Count(int):
    def __repr__(self):
        return "no"

@dataclass
class Point:
    x: int
    y: float = 0.5
    label: str | None = None
    secret: str = "hash"

@dataclass
class Person:
    name: str
    mail: str | None = None
    password_hash: str = "hash"

class Plain:
    kind = "hash"
    def __init__(self, **members):
        self.__dict__.update(members)
class Slots:
    __slots__ = ("name", "mail", "password_hash")
class Lazy:
    password_hash = "hash"
    @property
    def name(self):
        return "ann"
    @property
    def mail(self):
        return self.nothing
class Broken:
    @property
    def name(self):
        raise ZeroDivisionError("broken")
Pair = namedtuple("Pair", "name mail hash")

def slots(name):
    made = Slots()
    made.name, made.password_hash = name, "hash"
    return made
def row():
    base = sqlite3.connect(":memory:")
    base.row_factory = sqlite3.Row
    return base.execute("select 'ann' name, 'a@b' mail, 'hash' pw").fetchone()
def circle():
    made = {"name": "a", "kids": []}
    made["kids"].append(made)
    return made
def deep(n):
    made = {"name": "end"}
    for _ in range(n):
        made = {"name": "n", "kids": [made]}
    return made
class Growing(dict):
    pass
def user(**more):
    return {"name": "ann", "mail": None, "password_hash": "hash", **more}

def give(e):
    return eval(e)
async def later(e):
    return eval(e)
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


def ask(server, path, expression, method="GET"):
    from urllib.parse import quote
    return server.request(method, f"{path}?e={quote(expression)}")


# ---- every type, good values: what is written of it ------------------------

@pytest.mark.parametrize("name, expression, written", [
    ("str", "'aé\\n\"'", '"aé\\n\\""'),
    ("str", "Word('a')", '"a"'),
    ("str", "Color.RED", '"red"'),
    ("short", "'\U0001f600é'", '"\U0001f600é"'),
    ("slug", "'abc'", '"abc"'),
    ("int", "-2**63", "-9223372036854775808"),
    ("int", "Count(3)", "3"),
    ("int", "Number.SEVEN", "7"),
    ("int", "Color.SEVEN", "7"),
    ("small", "9", "9"),
    ("even", "12", "12"),
    ("float", "1.5", "1.5"),
    ("float", "7", "7"),
    ("float", "1e300", "1e+300"),
    ("unit", "0.1", "0.1"),
    ("decimal", "Decimal('1.10')", "1.10"),
    ("decimal", "Decimal('1E+3')", "1E+3"),
    ("decimal", "5", "5"),
    ("price", "Decimal('100')", "100"),
    ("bool", "True", "true"),
    ("uuid", "uuid.UUID(int=1)", '"00000000-0000-0000-0000-000000000001"'),
    ("date", "date(2024, 2, 29)", '"2024-02-29"'),
    ("datetime", "moment(2024, 2, 29, 1, 2, 3)", '"2024-02-29T01:02:03"'),
    ("datetime", "moment(2024, 2, 29, tzinfo=timezone.utc)",
     '"2024-02-29T00:00:00+00:00"'),
    ("bytes", "b'a\\xc3\\xa9'", '"aé"'),
    ("enum", "'red'", '"red"'),
    ("enum", "Color.RED", '"red"'),
    ("opt", "None", "null"),
    ("opt", "5", "5"),
    ("list", "[]", "[]"),
    ("list", "(1, 2)", "[1,2]"),
    ("lists", "[['a'], ()]", '[["a"],[]]'),
    ("nulls", "[1, None]", "[1,null]"),
    ("map", "{'a': 1, '': 2}", '{"a":1,"":2}'),
    ("maps", "OrderedDict(a={'b': True})", '{"a":{"b":true}}'),
    ("json", "{'a': [1, None, date(2024, 1, 1)]}",
     '{"a":[1,null,"2024-01-01"]}'),
    ("json", "None", "null"),
    ("inner", "{'a': 1, 'c': 2}", '{"a":1}'),
    ("inner", "{'a': 1, 'b': None}", '{"a":1,"b":null}'),
    ("inners", "[{'a': 1}, Plain(a=2, b='x', c=3)]",
     '[{"a":1},{"a":2,"b":"x"}]'),
    ("named", "{'k': {'a': 1}}", '{"k":{"a":1}}'),
    ("point", "Point(1)", '{"x":1,"y":0.5,"label":null}'),
    ("point", "{'x': 1}", '{"x":1,"y":0.5}'),
])
def test_a_member_leaves_as_its_type(server, name, expression, written):
    answer = ask(server, f"/t/{name}", f"{{'v': {expression}}}")
    assert (answer.status, answer.text) == (200, f'{{"v":{written}}}')
    assert answer.type == "application/json"


def test_every_type_of_the_table_has_a_good_and_a_bad_value():
    marks = [test_a_member_leaves_as_its_type, test_a_misfit_does_not_leave]
    for test in marks:
        (mark,) = test.pytestmark
        assert {row[0] for row in mark.args[1]} >= set(TYPES) - {"json"}


# ---- bad values: a 500, and the place in the log ---------------------------

@pytest.mark.parametrize("name, expression, said", [
    ("str", "5", "expected str, got int"),
    ("str", "None", "expected str, got NoneType"),
    ("str", "b'a'", "expected str, got bytes"),
    ("str", "'\\ud800'", "expected str, got str that has no form in JSON"),
    ("str", "Color.SEVEN", "expected str, got Color"),
    ("short", "''", "expected str(1..3), got str of another length"),
    ("short", "'éééé'", "expected str(1..3), got str of another length"),
    ("slug", "'aB'",
     'expected str matching r"[a-z]+", got str that does not match'),
    ("int", "1.0", "expected int, got float"),
    ("int", "True", "expected int, got bool"),
    ("int", "'1'", "expected int, got str"),
    ("int", "2**63", "expected int, got int out of its range"),
    ("small", "0", "expected int(1..9), got int out of its range"),
    ("even", "3",
     'expected int matching r"[0-9]*[02468]", got int that does not match'),
    ("float", "float('nan')", "expected float, got float that has no form"),
    ("float", "float('inf')", "expected float, got float that has no form"),
    ("float", "Decimal(1)", "expected float, got decimal.Decimal"),
    ("unit", "1.5", "expected float(0..1), got float out of its range"),
    ("decimal", "1.5", "expected decimal, got float"),
    ("decimal", "'1.5'", "expected decimal, got str"),
    ("decimal", "Decimal('NaN')",
     "expected decimal, got decimal.Decimal that has no form"),
    ("price", "Decimal('-1')",
     "expected decimal(0..100), got decimal.Decimal out of its range"),
    ("bool", "1", "expected bool, got int"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'",
     "expected uuid, got str"),
    ("date", "moment(2024, 1, 1)", "expected date, got datetime.datetime"),
    ("date", "'2024-01-01'", "expected date, got str"),
    ("datetime", "date(2024, 1, 1)", "expected datetime, got datetime.date"),
    ("datetime", "moment(2024, 1, 1, tzinfo=timezone(timedelta(seconds=1)))",
     "expected datetime, got datetime.datetime that has no form"),
    ("bytes", "b'\\xff'", "expected bytes(..4), got bytes that is no UTF-8"),
    ("bytes", "b'abcde'", "expected bytes(..4), got bytes of another length"),
    ("bytes", "'a'", "expected bytes(..4), got str"),
    ("enum", "'green'",
     'expected enum("red", "blue"), got str that is none of these'),
    ("enum", "Color.GREEN",
     'expected enum("red", "blue"), got str that is none of these'),
    ("opt", "'x'", "expected int?, got str"),
    ("list", "[1, 2, 3, 4]", "expected list<int>(..3), got list of another"),
    ("list", "{1}", "expected list<int>(..3), got set"),
    ("list", "(i for i in range(2))",
     "expected list<int>(..3), got generator"),
    ("list", "[1, 'x']", "[1]: expected int, got str"),
    ("lists", "[['a'], [1]]", "[1][0]: expected str, got int"),
    ("nulls", "[None, 'a']", "[1]: expected int?, got str"),
    ("map", "{'a': 'x'}", "['a']: expected int, got str"),
    ("map", "{1: 1}", "expected keys of type str, got int"),
    ("map", "{'a': 1, 'b': 2, 'c': 3}", "got dict of another length"),
    ("map", "[]", "expected map<str, int>(..2), got list"),
    ("maps", "{'a': {'b': 1}}", "['a']['b']: expected bool, got int"),
    ("json", "{1, 2}", "expected json, got set that has no form"),
    ("inner", "{'b': 'x'}", ".a: expected int, missing"),
    ("inner", "[]", "expected Inner, got list"),
    ("inner", "'x'", "expected Inner, got str"),
    ("inner", "Plain", "expected Inner, got type"),
    ("inners", "[{'a': 1}, {'a': 'x'}]", "[1].a: expected int, got str"),
    ("named", "{'k': {'a': None}}", "['k'].a: expected int, got NoneType"),
    ("point", "Point('x')", ".x: expected int, got str"),
])
def test_a_misfit_does_not_leave(server, name, expression, said):
    pattern = re.escape(said).replace('"', r'\\?"')
    server.expect(r"app\.routes:\d+: app:give gave what does not fit "
                  rf"`returns T_{name}`: v.*{pattern}")
    answer = ask(server, f"/t/{name}", f"{{'v': {expression}}}")
    assert (answer.status, answer.type) == (500, "text/html")
    assert "fit" not in answer.text


# ---- what a record does not declare never leaves ---------------------------

@pytest.mark.parametrize("expression, written", [
    ("user()", '{"name":"ann","mail":null}'),
    ("Person('ann')", '{"name":"ann","mail":null}'),
    ("Person('ann', 'a@b')", '{"name":"ann","mail":"a@b"}'),
    ("Plain(name='ann', password_hash='hash')", '{"name":"ann"}'),
    ("slots('ann')", '{"name":"ann"}'),
    ("row()", '{"name":"ann","mail":"a@b"}'),
    ("Pair('ann', None, 'hash')", '{"name":"ann","mail":null}'),
    ("UserDict(user())", '{"name":"ann","mail":null}'),
    ("Growing(user())", '{"name":"ann","mail":null}'),
    ("types.SimpleNamespace(**user())", '{"name":"ann","mail":null}'),
    ("types.MappingProxyType(user())", '{"name":"ann","mail":null}'),
    ("apache.Response(user())", '{"name":"ann","mail":null}'),
    ("(200, user())", '{"name":"ann","mail":null}'),
    ("(200, {'X-A': 'b'}, Person('ann'))", '{"name":"ann","mail":null}'),
    ("(202, user())", '{"name":"ann","mail":null}'),
    ("apache.Response(user(), status=203)", '{"name":"ann","mail":null}'),
])
def test_a_password_hash_does_not_leave(server, expression, written):
    answer = ask(server, "/user", expression)
    assert answer.status in (200, 202, 203)
    assert answer.text == written


def test_an_open_record_drops_what_it_does_not_declare(server):
    assert ask(server, "/open", "user()").text == '{"name":"ann"}'


@pytest.mark.parametrize("expression", [
    "'{\"name\":\"ann\",\"password_hash\":\"hash\"}'", "b'hash'",
    "(user() for _ in 'ab')", "iter([b'hash'])", "open('/etc/hostname', 'rb')",
    "__import__('pathlib').Path('/etc/hostname')", "None", "[user()]", "1",
    "(201, 'hash')", "(200, b'hash')", "apache.Response(b'hash')",
])
def test_no_other_body_goes_past_the_record(server, expression):
    server.expect("gave what does not fit `returns User`: expected User, got")
    answer = ask(server, "/user", expression)
    assert answer.status == 500 and "hash" not in answer.text


def test_a_coroutine_s_result_is_checked_too(server):
    assert ask(server, "/later", "[user(), Person('bob')]").text == \
        '[{"name":"ann","mail":null},{"name":"bob","mail":null}]'
    server.expect(r"`returns list<User>`: \[1\].name: expected str, missing")
    assert ask(server, "/later", "[user(), {}]").status == 500


# ---- records in records ----------------------------------------------------

ORDER = "{{'id': 1, 'items': [{{'price': Decimal(1), 'up': 2}}, {}], " \
        "'by': user()}}"


def test_defaults_and_names_on_the_wire_are_those_of_requests(server):
    answer = ask(server, "/order",
                 ORDER.format("Plain(price=Decimal('2.50'))"))
    assert answer.text == (
        '{"id":1,"items":[{"price":1,"+1":2},{"price":2.50}],'
        '"by":{"name":"ann","mail":null},"state":"new","tags":[]}')


def test_the_log_names_the_place_in_the_record(server):
    server.expect(r"app:give gave what does not fit `returns Order`: "
                  r"items\[1\]\.price: expected decimal\(0\.\.\), got str$")
    answer = ask(server, "/order", ORDER.format("{'price': 'hash'}"))
    assert answer.status == 500
    assert "hash" not in server.log()


def test_a_name_of_the_wire_is_escaped(server):
    assert ask(server, "/odd", "{'v': 1}").text == '{"\\"<é":1}'


def test_an_attribute_that_is_not_there_says_why(server):
    server.expect(r"`returns User`: name: expected str, missing \('Plain' "
                  "object has no attribute 'name'")
    assert ask(server, "/user", "Plain()").status == 500


def test_an_optional_property_that_fails_is_absent(server):
    assert ask(server, "/user", "Lazy()").text == '{"name":"ann"}'


def test_what_a_property_raises_is_logged_with_its_traceback(server):
    server.expect("app:give .*", "ZeroDivisionError: broken")
    server.allowed.append(r"routes:error\]")
    assert ask(server, "/user", "Broken()").status == 500


@pytest.mark.parametrize("expression", ["circle()", "deep(150)"])
def test_a_record_without_end_is_refused(server, expression):
    server.expect("nested too deeply")
    assert ask(server, "/tree", expression).status == 500


def test_a_deep_record_leaves(server):
    assert ask(server, "/tree", "deep(90)").text.count("end") == 1


# ---- statuses --------------------------------------------------------------

def test_a_type_belongs_to_its_status(server):
    made = ask(server, "/order", "user()", "POST")
    assert (made.status, made.text) == (201, '{"name":"ann","mail":null}')
    free = ask(server, "/order", "(409, {'any': 'thing'})", "POST")
    assert (free.status, free.text) == (409, '{"any":"thing"}')
    other = ask(server, "/order", "(422, {'a': 1, 'hash': 2})", "POST")
    assert (other.status, other.text) == (422, '{"a":1}')
    unlisted = ask(server, "/order", "(200, user())", "POST")
    assert (unlisted.status, unlisted.text) == \
        (200, '{"name":"ann","mail":null}')
    assert ask(server, "/order", "(400, 'no')", "POST").text == "no"
    assert ask(server, "/order", "(404, None)").status == 404
    moved = ask(server, "/order", "(303, {'Location': '/x'}, None)", "POST")
    assert moved.status == 303


def test_a_type_of_another_status_is_checked_beside_html(server):
    page = ask(server, "/page", "'<p>'")
    assert (page.type, page.text) == ("text/html", "<p>")
    lost = ask(server, "/page", "(404, {'a': 1, 'hash': 2})")
    assert (lost.status, lost.type, lost.text) == \
        (404, "application/json", '{"a":1}')


def test_none_is_204_where_the_type_is_optional(server):
    answer = ask(server, "/maybe", "None")
    assert (answer.status, answer.body) == (204, b"")
    assert ask(server, "/maybe", "user()").status == 200


# ---- scalars as answers ----------------------------------------------------

@pytest.mark.parametrize("path, expression, kind, written", [
    ("/text", "'aé'", "text/plain", "aé"),
    ("/text", "Color.RED", "text/plain", "red"),
    ("/quoted", "'aé'", "application/json", '"aé"'),
    ("/color", "'red'", "text/plain", "red"),
    ("/color", "Color.RED", "text/plain", "red"),
    ("/raw", "b'abc'", "application/octet-stream", "abc"),
    ("/raw", "memoryview(b'abc')", "application/octet-stream", "abc"),
    ("/number", "7", "application/json", "7"),
    ("/vendor", "user()", "application/vnd.user+json",
     '{"name":"ann","mail":null}'),
    ("/csv/user", "user()", "application/json", '{"name":"ann","mail":null}'),
    ("/csv/text", "'a,b'", "text/csv", "a,b"),
])
def test_a_type_has_its_media_type(server, path, expression, kind, written):
    answer = ask(server, path, expression)
    assert (answer.status, answer.type, answer.text) == (200, kind, written)


@pytest.mark.parametrize("path, expression, said", [
    ("/text", "'abcd'", r"expected str\(..3\), got str of another length"),
    ("/text", "5", r"expected str\(..3\), got int"),
    ("/quoted", "'abcd'", r"expected str\(..3\), got str of another length"),
    ("/color", "Color.GREEN", "got str that is none of these"),
    ("/raw", "b'abcd'", "got bytes of another length"),
    ("/raw", "'a'", r"expected bytes\(..3\), got str"),
    ("/number", "12", "got int out of its range"),
    ("/number", "True", "got bool"),
])
def test_a_scalar_is_checked_as_a_member_is(server, path, expression, said):
    server.expect(said)
    assert ask(server, path, expression).status == 500


def test_head_has_the_headers_of_get(server):
    answer = ask(server, "/user", "user()", "HEAD")
    assert answer.headers["Content-Length"] == "26" and answer.body == b""
