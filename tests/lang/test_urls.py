# SPDX-License-Identifier: Apache-2.0
"""`routesc urls`: each URL that the module makes is the route's, with the
values it was made of.

`ROUTES_GOLDEN=write` writes down the messages; then read the difference."""

import ast
import builtins
import datetime
import decimal
import importlib.util
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

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
host "{tenant}.example.com" {
    GET /t/{id:int} -> m:f(tenant, id) as tenant_page
}
host "api.example.com" { GET /v -> m:f() as version }
host "a.example.org", "b.example.org" { GET /w -> m:f() as several }
"""
UTC = datetime.timezone.utc
FAR = datetime.timezone(datetime.timedelta(hours=-9, minutes=-30))


def urls(*words, cwd=None):
    return subprocess.run([tree.routesc(), "urls", *words], cwd=cwd,
                          capture_output=True, text=True, timeout=60)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("urls")
    (folder / "shop.routes").write_text(SHOP)
    done = urls("shop.routes", "-o", "made.py", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def made(shop):
    return load(shop / "made.py")


def ask(folder, url, method="GET"):
    """Which route a URL is, and its arguments, by the matcher itself."""
    words = []
    if url.startswith("//"):
        host, _, rest = url[2:].partition("/")
        url, words = "/" + rest, ["--host", host]
    done = subprocess.run(
        [tree.routesc(), "explain", "shop.routes", method, url, "--format",
         "json", *words], cwd=folder, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["answer"] == "route", (url, done.stdout)
    assert found["status"] == 200, (url, done.stdout)
    return found["route"]


def plain(value):
    """A value as explain says it, which escapes what is odd in a text."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), value) \
        if isinstance(value, str) else value


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
    ("tenant_page", ("acme", 5), {}, {"tenant": "acme", "id": 5}),
    ("version", (), {}, {}),
]


@pytest.mark.parametrize("name, args, more, values", ROUND)
def test_a_url_is_its_route_with_its_values(shop, made, name, args, more,
                                            values):
    url = getattr(made, name)(*args, **more)
    assert url.isascii() and url.isprintable() and " " not in url
    route = ask(shop, url)
    found = {arg["name"]: plain(arg.get("value"))
             for arg in route["arguments"]}
    assert route["name"] == name
    assert {key: found[key] for key in values} == values


def test_bytes_are_what_they_were(shop, made):
    every = [bytes([b]) for b in range(1, 256) if b not in b"/."]
    for name, value in [("by_bytes", b"\xff\x01% ."), ("raw", b"a/\xfe/"),
                        *[("by_bytes", one) for one in every[::17]]]:
        url = getattr(made, name)(value)
        assert ask(shop, url)["name"] == name, url


@pytest.mark.parametrize("name, args, more", [
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
    ("tenant_page", ("a.b", 5), {}), ("tenant_page", ("A", 5), {}),
    ("tenant_page", ("a/b", 5), {}), ("tenant_page", ("é", 5), {}),
])
def test_a_value_that_is_no_url_is_a_value_error(made, name, args, more):
    with pytest.raises(ValueError):
        getattr(made, name)(*args, **more)


@pytest.mark.parametrize("name, args, more", [
    ("order", ("1",), {}), ("order", (True,), {}), ("order", (1.0,), {}),
    ("order", (None,), {}), ("order", (1,), {"tags": "abc"}),
    ("order", (), {}),
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
])
def test_another_type_is_a_type_error(made, name, args, more):
    with pytest.raises(TypeError):
        getattr(made, name)(*args, **more)


def test_a_route_with_two_methods_leaves_its_argument_to_the_body(made):
    assert made.both() == "/both" and made.make() == "/orders"
    assert made.make(y=4) == "/orders?y=4"


def test_a_base_stands_before_the_path_instead_of_the_host(made):
    assert made.version() == "//api.example.com/v"
    assert made.version(_base="") == "/v"
    assert made.version(_base="https://x.example:8443/") == \
        "https://x.example:8443/v"
    assert made.home(_base="/shop") == "/shop/"
    assert made.several() == "/w"


def test_only_named_routes_have_functions(made):
    named = [line.rpartition(" as ")[2].split()[0].rstrip("}")
             for line in SHOP.replace("{\n    as", " as").split("\n")
             if " as " in line]
    functions = [name for name in vars(made) if not name.startswith("_") and
                 name != "annotations"]
    assert functions == named and "m_f" not in functions


def test_the_stub_says_the_same(shop):
    def signatures(path):
        tree_of = ast.parse(path.read_text())
        return [(node.name, ast.unparse(node.args), ast.unparse(node.returns))
                for node in tree_of.body if isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")]
    assert signatures(shop / "made.py") == signatures(shop / "made.pyi")


def test_the_names_that_the_module_uses_are_refused(shop, tmp_path):
    text = (shop / "made.py").read_text()
    used = {node.id for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Name) and hasattr(builtins, node.id)}
    used.add("annotations")
    used.remove("id")                                   # a parameter
    for name in sorted(used):
        (tmp_path / "x.routes").write_text(
            f"routes 1\npublic\nGET / -> m:f() as {name}\n")
        done = urls("x.routes", cwd=tmp_path)
        assert done.returncode == 1 and "E707" in done.stderr, name


def test_without_a_file_it_is_printed(shop):
    done = urls("shop.routes", cwd=shop)
    assert done.stdout == (shop / "made.py").read_text()


def test_the_same_file_gives_the_same_module(shop):
    before = (shop / "made.py").read_bytes()
    assert urls("shop.routes", "-o", "made.py", cwd=shop).returncode == 0
    assert (shop / "made.py").read_bytes() == before
    assert sorted(p.name for p in shop.iterdir()
                  if p.name != "__pycache__") == \
        ["made.py", "made.pyi", "shop.routes"]


@pytest.mark.parametrize("words, said", [
    (["-o", "urls.txt"], "urls.txt"), (["-o", "none/urls.py"], "none/urls.py"),
    (["-o", ".py"], ".py")])
def test_a_place_where_it_cannot_go_is_exit_2(shop, words, said):
    done = urls("shop.routes", *words, cwd=shop)
    assert done.returncode == 2 and said in done.stderr


def test_the_messages_are_those_beside_the_file(tmp_path):
    folder = HERE / "urls"
    done = urls("E707.routes", "-o", tmp_path / "made.py", cwd=folder)
    expect = folder / "E707.expect"
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(done.stderr, encoding="utf-8")
    assert done.returncode == 1 and done.stderr == expect.read_text()
    assert not (tmp_path / "made.py").exists()
