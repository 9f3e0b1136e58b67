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
    "datetime": "WHEN", "date": "WHEN.date()", "time": "WHEN.time()",
    "naive": "WHEN.replace(tzinfo=None, microsecond=0)",
    "uuid": "UUID(int=1)", "decimal": 'Decimal("12345678901234567890.10")',
    "enum": "Size.SMALL", "int_enum": "Level.HIGH", "str_enum": "Word.YES",
    "item": 'Item("a", Decimal("1.10"), UUID(int=2))',
    "items": '{"all": [Item("é", None, Size.SMALL), (Level.HIGH, Word.YES)]}',
    "nested": "Item(Item(Item(WHEN)))",
    "pair_item": '(201, Item("b"))', "pair_uuid": "(202, UUID(int=3))",
    "triple_enum": '(203, {"X-One": "1"}, Size.SMALL)',
    "subclasses": "[Text('é'), Number(7), Real(1.5), List([1]), "
                  "Map(a=1), Pair(1, 2)]",
    "huge": "[10 ** 60, -(2 ** 64), 2 ** 63]", "slotted": "Slotted('a', [2])",
    "level_list": "[Level.HIGH, Word.YES, Size.SMALL, True, None]",
    "str_key": "{Text('a'): 1, Word.YES: 2}",
    # what is no result
    "bool_key": "{True: 1}", "int_key": "{1: 1}", "none_key": "{None: 1}",
    "enum_key": "{Level.HIGH: 1}", "surrogate_key": '{"\\udcff": 1}',
    "surrogate_in": '["\\ud800"]', "nan_in": 'Item(Real("nan"))',
    "signalling": 'Decimal("sNaN")', "infinite": '[float("-inf")]',
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
    "nan_decimal": 'Decimal("NaN")', "infinity": '[Decimal("-Infinity")]',
    "cycle": "CYCLE", "deep_items": "DEEP_ITEMS", "late": "Late()",
    "delta": "timedelta(1)", "class_": "Item", "id_key": "{UUID(int=1): 1}",
    "object_enum": "Size.OBJECT", "secret": "Secret()",
}
BROKEN = ["bool_key", "int_key", "none_key", "enum_key", "surrogate_key",
          "surrogate_in", "nan_in", "signalling", "infinite", "object",
          "set_", "surrogate", "nan", "loop", "keys", "deep",
          "status", "status2", "status3", "four", "empty_", "split", "split2",
          "split3", "split4", "nul", "header_type", "switch", "nan_decimal",
          "infinity", "cycle", "deep_items", "late", "delta", "class_",
          "id_key", "object_enum", "secret"]

PYTHON = """\
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, ClassVar, NamedTuple
from uuid import UUID


class Size(Enum):
    SMALL = "s"
    OBJECT = object()


class Level(IntEnum):
    HIGH = 3


class Word(StrEnum):
    YES = "yes"


@dataclass
class Item:
    name: Any
    price: Any = 5
    id: Any = field(default=None, repr=False, compare=False)
    _stays: str = "r_stays"
    kind: ClassVar[str] = "r_kind"
    given: InitVar[str] = "r_given"


@dataclass(slots=True)
class Slotted:
    name: str
    more: list


class Text(str):
    def __str__(self):
        return "r_secret"


class Number(int):
    def __repr__(self):
        return "r_secret"


class Real(float):
    def __repr__(self):
        return "r_secret"


class List(list):
    def __iter__(self):
        return iter(["r_secret"])


class Map(dict):
    pass


class Pair(NamedTuple):
    a: int
    b: int


@dataclass
class Late:
    \"\"\"An attribute whose code fails.\"\"\"
    name: str = field(init=False)

    def __getattr__(self, name):
        raise RuntimeError("r_secret")


class Secret:
    def __str__(self):
        return "r_secret"

    __repr__ = __str__


WHEN = datetime(2024, 2, 29, 1, 2, 3, 500,
                timezone(timedelta(hours=-3, minutes=-30)))
CYCLE = Item([])
CYCLE.name.append({"item": CYCLE})
DEEP_ITEMS = None
for _ in range(10000):
    DEEP_ITEMS = Item(DEEP_ITEMS)
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
GET /word   -> app:r_str_enum() produces json
GET /ld     -> app:r_item() produces application/ld+json
GET /csv    -> app:r_item() produces text/csv
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


@pytest.mark.parametrize("name, status, body", [
    ("datetime", 200, '"2024-02-29T01:02:03.000500-03:30"'),
    ("naive", 200, '"2024-02-29T01:02:03"'),
    ("date", 200, '"2024-02-29"'),
    ("time", 200, '"01:02:03.000500"'),
    ("uuid", 200, '"00000000-0000-0000-0000-000000000001"'),
    ("decimal", 200, "12345678901234567890.10"),
    ("enum", 200, '"s"'),
    ("int_enum", 200, "3"),
    ("word", 200, '"yes"'),
    ("item", 200, '{"name":"a","price":1.10,'
                  '"id":"00000000-0000-0000-0000-000000000002"}'),
    ("items", 200, '{"all":[{"name":"é","price":null,"id":"s"},[3,"yes"]]}'),
    ("nested", 200, '{"name":{"name":{"name":'
                    '"2024-02-29T01:02:03.000500-03:30","price":5,"id":null},'
                    '"price":5,"id":null},"price":5,"id":null}'),
    ("pair_item", 201, '{"name":"b","price":5,"id":null}'),
    ("pair_uuid", 202, '"00000000-0000-0000-0000-000000000003"'),
    ("triple_enum", 203, '"s"'),
])
def test_the_library_s_objects_leave_as_json(server, name, status, body):
    answer = server.get("/" + name)
    assert (answer.status, answer.type) == (status, "application/json")
    assert answer.body.decode() == body
    json.loads(answer.body)


@pytest.mark.parametrize("name, body", [
    ("subclasses", '["é",7,1.5,[1],{"a":1},[1,2]]'),
    ("huge", f"[{10 ** 60},{-2 ** 64},{2 ** 63}]"),
    ("slotted", '{"name":"a","more":[2]}'),
    ("level_list", '[3,"yes","s",true,null]'),
    ("str_key", '{"a":1,"yes":2}'),
])
def test_what_is_derived_leaves_as_what_it_is_from(server, name, body):
    answer = server.get("/" + name)
    assert (answer.status, answer.type) == (200, "application/json"), answer
    assert answer.text.replace(", ", ",").replace(": ", ":") == body


def test_a_str_enum_is_text_as_any_str(server):
    answer = server.get("/str_enum")
    assert (answer.type, answer.body) == ("text/plain", b"yes")


def test_a_default_says_what_other_objects_are(site):
    site.write("app.py", """\
        import apache

        class Money:
            def __init__(self, cents):
                self.cents = cents

        class Odd: pass
        class Same: pass

        @apache.json_default
        def form(value):
            if isinstance(value, Money):
                return {"cents": value.cents}
            if isinstance(value, Same):
                return value
            raise TypeError(f"no form of {type(value).__name__}")

        def money(): return Money(5)
        def inside(): return [{"all": Money(7)}]
        def status(): return 201, Money(1)
        def same(): return Same()
        def odd(): return Odd()
        def bad():
            apache.json_default(5)
        def rows(): return iter(["a"])
        """)
    server = site.serve("routes 1\npublic\n" + "".join(
        f"GET /{name} -> app:{name}()\n" for name in
        ("money", "inside", "status", "same", "odd", "bad", "rows")))
    assert server.get("/money").json == {"cents": 5}
    assert server.get("/inside").json == [{"all": {"cents": 7}}]
    assert server.get("/status").json == {"cents": 1}
    assert server.get("/rows").body == b"a"
    server.expect("TypeError: no form of Odd", "data that contains itself",
                  "TypeError: json_default takes a function")
    server.allowed.append("ROUTES012[01]")
    for name in ("same", "odd", "bad"):
        assert server.get("/" + name).status == 500


def test_a_module_that_hides_the_library_s_does_no_harm(site):
    site.write("uuid.py", "text = 'mine'\n")
    site.write("app.py", "import uuid\nfrom decimal import Decimal\n"
                         "def f(): return Decimal(5)\n"
                         "def g(): return uuid\n")
    server = site.serve("routes 1\npublic\nGET /f -> app:f()\n"
                        "GET /g -> app:g()\n")
    assert server.get("/f").body == b"5"
    server.expect("gave a module, which is no answer")
    assert server.get("/g").status == 500


def test_an_object_keeps_a_declared_json_type(server):
    answer = server.get("/ld")
    assert (answer.type, answer.json["price"]) == ("application/ld+json", 1.1)
    server.expect(r"ROUTES0120: .* a media type that is no JSON")
    assert server.get("/csv").status == 500


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
