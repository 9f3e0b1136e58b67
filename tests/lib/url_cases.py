# SPDX-License-Identifier: Apache-2.0
"""Named routes of every type, values that their URLs carry, and values that
no URL of theirs can: for the module that routesc writes, and for
apache.url_for."""

import datetime
import decimal
import uuid

SHOP = r"""routes 1
public
type Slug = str(..64) matching r"[a-z0-9]+(-[a-z0-9]+)*"
type Sort = "price" | "na\"me" | "é \\"
GET / -> m:f() as home
GET /orders/{id:int(1..99)}, /o/{id:int(1..99)} -> m:f(id,
    page: int(1..1000) = 1, sort: Sort = "price", q: str?,
    tags: list<str>(..3) = []) as order
GET /café/img-{id:int}.png -> m:f(id, full: bool from query "full size") {
    as picture
}
GET /c/{slug:Slug} -> m:f as catalog
GET /dot/.{x} -> m:f as dotted
GET /one/{x} -> m:f as one
GET /f/{rest:path} -> m:f as file
GET /r/{rest:rawpath(..9)} -> m:f as raw
GET /u/{x:uuid} -> m:f as by_uuid
GET /d/{x:date} -> m:f as by_date
GET /t/{x:datetime} -> m:f as by_time
GET /n/{x:float} -> m:f as by_float
GET /e/{x:decimal} -> m:f as by_decimal
GET /b/{x:bool} -> m:f as by_bool
GET /y/{x:bytes(..9)} -> m:f as by_bytes
GET /s/{x:Sort} -> m:f as by_sort
GET /q -> m:f(i: int?, f: float(0..1)?, d: decimal?, b: bool?, u: uuid?,
    a: date?, t: datetime?, s: Slug?, y: bytes?, l: list<int>?) as query
POST /orders -> m:f(x: int, y: int = 3 from query) as make
GET,POST /both -> m:f(x: int) as both
GET /quiet -> m:f
record Span { low: int = 0, high: int? }
GET /door/{id:int}, /gate/{id:int} by query "action" {
    open -> m:f(id, v = "open", n: int(1..9) = 1) as door_open
    "a&b=c é" -> m:f(id, v = "odd", action: str) as door_odd
    default -> m:f(id, v = "rest", action: str?) as door_other
}
GET /obj/{key:path} by query {
    default -> m:f(key, v = "rest", q: str?) as obj
    acl -> m:f(key, v = "acl", acl: str, tags: int?) as obj_acl
    tags -> m:f(key, v = "tags", most: int = 3, versions: bool?) as obj_tags
    "x y" -> m:f(key, v = "x y", w: list<int>(..3) from query "x y") as obj_xy
    versions -> m:f(key, v = "versions", versions: int?) as obj_versions
    low -> m:f(key, v = "low", s: Span from query) as obj_low
}
POST /obj by query {
    acl -> m:f(v = "acl") as acl_set
    default -> m:f(v = "rest", acl: str, q: int = 1 from query) as obj_set
}
GET /pick/{id:int} by query "how" as picked {
    one     -> m:f(id, v = "one", n: int)
    default -> m:f(id, v = "rest", q: int?)
}
GET /by by header "X-Event" { push -> m:f(v = "push", n: int?) as by_header }
host "{tenant}.example.com" {
    GET /t/{id:int} -> m:f(tenant, id) as tenant_page
}
host "api.example.com" { GET /v -> m:f() as version }
host "a.example.org", "b.example.org" { GET /w -> m:f() as several }
"""
UTC = datetime.timezone.utc
FAR = datetime.timezone(datetime.timedelta(hours=-9, minutes=-30))

# name, values by position and by name, what arrives
ROUND = [
    ("home", (), {}, {}),
    ("order", (1,), {}, {"id": 1, "page": 1, "tags": []}),
    ("order", (99,), {"page": 1000, "sort": "é \\", "q": "a&b=c+d #%é",
                      "tags": ["", "x y", "\n"]},
     {"id": 99, "page": 1000, "sort": "é \\", "q": "a&b=c+d #%é",
      "tags": ["", "x y", "\n"]}),
    ("order", (7,), {"q": ""}, {"q": ""}),
    ("picture", (-9223372036854775808,), {"full": True},
     {"id": -9223372036854775808, "full": True}),
    ("catalog", ("a-b-1",), {}, {"slug": "a-b-1"}),
    ("dotted", ("a.",), {}, {"x": "a."}),
    ("one", ("...",), {}, {"x": "..."}),
    ("one", ("a b%2Fc;d?é\\\"<",), {}, {"x": "a b%2Fc;d?é\\\"<"}),
    ("file", ("",), {}, {"rest": ""}),
    ("file", ("a b/c.d/...",), {}, {"rest": "a b/c.d/..."}),
    ("file", ("é/",), {}, {"rest": "é/"}),
    ("by_uuid", (uuid.UUID(int=0xabc),), {},
     {"x": "00000000-0000-0000-0000-000000000abc"}),
    ("by_date", (datetime.date(9, 2, 28),), {}, {"x": "0009-02-28"}),
    ("by_time", (datetime.datetime(2026, 1, 2, 3, 4, 5, 670000, UTC),), {},
     {"x": "2026-01-02T03:04:05.670000+00:00"}),
    ("by_time", (datetime.datetime(2026, 1, 2, 3, 4, 5, 0, FAR),), {},
     {"x": "2026-01-02T03:04:05-09:30"}),
    ("by_float", (1e22,), {}, {"x": 1e22}),
    ("by_float", (-1.5e-7,), {}, {"x": -1.5e-7}),
    ("by_float", (-0.0,), {}, {"x": 0.0}),
    ("by_float", (3,), {}, {"x": 3.0}),
    ("by_decimal", (decimal.Decimal("1.50E+3"),), {}, {"x": "1500"}),
    ("by_decimal", (decimal.Decimal("-0.0010"),), {}, {"x": "-0.001"}),
    ("by_bool", (False,), {}, {"x": False}),
    ("by_sort", ("é \\",), {}, {"x": "é \\"}),
    ("query", (), {"i": -5, "f": 0.5, "d": decimal.Decimal("0.10"),
                   "b": False, "u": uuid.UUID(int=1), "s": "a-b",
                   "a": datetime.date(2026, 2, 28),
                   "t": datetime.datetime(2026, 1, 2, tzinfo=UTC),
                   "l": [1, 2]},
     {"i": -5, "f": 0.5, "d": "0.1", "b": False, "s": "a-b", "l": [1, 2],
      "u": "00000000-0000-0000-0000-000000000001", "a": "2026-02-28",
      "t": "2026-01-02T00:00:00+00:00"}),
    ("both", (), {"x": 1}, {"x": 1}),
    ("door_open", (7,), {}, {"id": 7, "v": "open", "n": 1}),
    ("door_open", (7,), {"n": 9}, {"v": "open", "n": 9}),
    ("door_odd", (7,), {}, {"v": "odd", "action": "a&b=c é"}),
    ("door_other", (7,), {}, {"v": "rest"}),
    ("door_other", (7,), {"action": ""}, {"v": "rest", "action": ""}),
    ("door_other", (7,), {"action": "Open"}, {"v": "rest", "action": "Open"}),
    ("obj", ("a/b",), {"q": "acl&tags=1"}, {"v": "rest", "q": "acl&tags=1"}),
    ("obj_acl", ("k",), {"acl": ""}, {"v": "acl", "acl": ""}),
    ("obj_acl", ("k",), {"acl": "x", "tags": 3},
     {"v": "acl", "acl": "x", "tags": 3}),
    ("obj_tags", ("k",), {}, {"v": "tags", "most": 3}),
    ("obj_tags", ("k",), {"most": 4, "versions": True},
     {"v": "tags", "most": 4, "versions": True}),
    ("obj_xy", ("k",), {"w": [1, 2]}, {"v": "x y", "w": [1, 2]}),
    ("obj_versions", ("k",), {"versions": 2}, {"v": "versions",
                                               "versions": 2}),
    ("obj_low", ("k",), {"low": -1, "high": 5}, {"v": "low"}),
    ("tenant_page", ("acme", 5), {}, {"tenant": "acme", "id": 5}),
    ("version", (), {}, {}),
]

WRONG_VALUES = [
    ("order", (0,), {}), ("order", (100,), {}), ("order", (10 ** 30,), {}),
    ("order", (1,), {"sort": "name"}), ("order", (1,), {"page": 0}),
    ("order", (1,), {"tags": ["a"] * 4}),
    ("picture", (2 ** 63,), {"full": True}),
    ("catalog", ("a--b",), {}), ("catalog", ("a\n",), {}),
    ("catalog", ("a" * 65,), {}), ("catalog", ("",), {}),
    ("one", ("",), {}), ("one", (".",), {}), ("one", ("..",), {}),
    ("one", ("a/b",), {}), ("one", ("a\nb",), {}), ("one", ("\x7f",), {}),
    ("one", ("\0",), {}), ("one", ("\ud800",), {}), ("dotted", (".",), {}),
    ("file", ("/a",), {}), ("file", ("a//b",), {}), ("file", ("../a",), {}),
    ("file", ("a/..",), {}), ("file", ("./a",), {}), ("file", ("a\r",), {}),
    ("raw", (b"0123456789",), {}), ("raw", (b"a\0",), {}),
    ("by_bytes", (b"a/b",), {}), ("query", (), {"y": b""}),
    ("query", (), {"s": "A"}), ("query", (), {"f": 1.5}),
    ("door_other", (7,), {"action": "open"}),
    ("door_other", (7,), {"action": "a&b=c é"}),
    ("obj_xy", ("k",), {"w": []}), ("obj_xy", ("k",), {"w": [1] * 4}),
    ("tenant_page", ("a.b", 5), {}), ("tenant_page", ("A", 5), {}),
    ("tenant_page", ("a/b", 5), {}), ("tenant_page", ("é", 5), {}),
]

WRONG_TYPES = [
    ("door_odd", (7,), {"action": "a&b=c é"}), ("obj", ("k",), {"acl": "x"}),
    ("obj_acl", ("k",), {}), ("obj_acl", ("k",), {"acl": None}),
    ("obj_versions", ("k",), {}), ("obj_low", ("k",), {"high": 5}),
    ("obj_set", (), {"acl": "x"}), ("acl_set", (), {"acl": "x"}),
    ("order", ("1",), {}), ("order", (True,), {}), ("order", (1.0,), {}),
    ("order", (None,), {}), ("order", (1,), {"tags": "abc"}),
    ("order", (), {}),
    ("picked", (7,), {"n": 1}), ("picked", (7,), {"how": 1}),
    ("order", (1, 2), {}), ("order", (1,), {"colour": 1}),
    ("one", (b"a",), {}), ("by_bytes", ("a",), {}), ("by_bool", (1,), {}),
    ("by_date", (datetime.datetime(2026, 1, 1),), {}),
    ("by_time", (datetime.datetime(2026, 1, 1),), {}),
    ("by_time", (datetime.datetime(
        1900, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=9))),),
     {}),
    ("by_uuid", ("00000000-0000-0000-0000-000000000001",), {}),
    ("by_float", (float("nan"),), {}), ("by_float", (float("inf"),), {}),
    ("by_decimal", (decimal.Decimal("NaN"),), {}), ("picture", (1,), {}),
]
