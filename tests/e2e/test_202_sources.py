# SPDX-License-Identifier: Apache-2.0
"""Every source of an argument with every type: what Python gets of a good
value, and which fault a bad one is, with its place.

TEXT has what a source of text carries, JSON what stands in a body.  A path has
one spelling a value, and anything else there is a 404."""

import re
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import tree                                                     # noqa: E402
from conftest import problem                                    # noqa: E402

UTC = "tzinfo=datetime.timezone.utc"
UUID = "12345678-1234-1234-1234-123456789abc"

# name: (type, good {text: repr}, bad {text: code}, what a path does not take)
TEXT = {
    "str": ("str(..5)",
            {"abc": "'abc'", "é\U0001f600": "'é😀'", "a+b": "'a+b'"},
            {"abcdef": "length"}, {}),
    "slug": ('str matching r"[a-z]+"', {"abc": "'abc'"},
             {"aB": "pattern"}, {}),
    "int": ("int(-5..99)", {"7": "7", "-5": "-5", "0": "0", "99": "99"},
            {"100": "range", "-6": "range", "x": "type", "1.0": "type",
             "1e1": "type", "0x1": "type", "99999999999999999999": "range"},
            {"007", "+7"}),
    "float": ("float(0..9)", {"1.5": "1.5", "0": "0.0", "9": "9.0"},
              {"9.5": "range", "nan": "type", "inf": "type", "x": "type"},
              {"1e0", "1.50"}),
    "decimal": ("decimal(0..9)",
                {"1.5": "Decimal('1.5')", "9": "Decimal('9')"},
                {"9.01": "range", "NaN": "type", "x": "type"}, {"1.50"}),
    "bool": ("bool", {"true": "True", "false": "False"},
             {"yes": "type", "True": "type", "2": "type"},
             {"1", "0", "on", "off"}),
    "uuid": ("uuid", {UUID: f"UUID('{UUID}')"},
             {UUID[:-1]: "type", "x": "type"}, {UUID.upper()}),
    "date": ("date", {"2024-02-29": "datetime.date(2024, 2, 29)"},
             {"2023-02-29": "type", "2024-2-9": "type", "x": "type"}, {}),
    "datetime": ("datetime",
                 {"2024-02-29T10:00:00Z":
                  f"datetime.datetime(2024, 2, 29, 10, 0, {UTC})"},
                 {"2024-02-29T25:00:00Z": "type", "2024-02-29": "type"},
                 {}),
    "bytes": ("bytes(..3)", {"abc": "b'abc'"}, {"abcd": "length"}, {}),
    "enum": ('enum("red", "blue")', {"red": "'red'"},
             {"green": "enum", "Red": "enum"}, {}),
}
# name: (type, good {JSON: repr}, bad {JSON: (place below, code)})
JSON = {
    "list": ("list<int>(1..2)", {"[1]": "[1]", "[1,2]": "[1, 2]"},
             {"[]": ("", "length"), "[1,2,3]": ("", "length"),
              '["x"]': ("/0", "type"), "1": ("", "type"),
              "null": ("", "type")}),
    "map": ("map<str, int>(..1)", {"{}": "{}", '{"a":1}': "{'a': 1}"},
            {'{"a":1,"b":2}': ("", "length"), '{"a":"x"}': ("/*", "type"),
             "[]": ("", "type")}),
    "json": ("json", {'{"a":[1,null]}': "{'a': [1, None]}", "null": "None",
                      "[]": "[]"}, {"1e999": ("", "range")}),
    "record": ("Inner", {'{"a":1}': "{'a': 1, 'c': 5}",
                         '{"a":1,"b":null,"+1":2}':
                         "{'a': 1, 'b': None, 'c': 5, 'up': 2}"},
               {"{}": ("/a", "missing"), '{"a":1,"z":2}': ("", "unknown"),
                '{"a":"x"}': ("/a", "type"), '{"a":1,"b":2}': ("/b", "type"),
                "[]": ("", "type")}),
    "records": ("list<Inner>", {'[{"a":1}]': "[{'a': 1, 'c': 5}]"},
                {'[{"a":1},{"a":null}]': ("/1/a", "type")}),
    "named": ("map<str, Inner>", {'{"k":{"a":1}}':
                                  "{'k': {'a': 1, 'c': 5}}"},
              {'{"k":{}}': ("/*/a", "missing")}),
    "optional": ("int?", {"null": "None", "5": "5"},
                 {'"x"': ("", "type")}),
}
# What text sources take of a list: repeats, or items of a header.
LISTS = {"query", "form", "header", "argument"}
# What has tests of its own, for it is no value: who it is tested by.
ELSEWHERE = {"path": "test_100_routing", "rawpath": "test_100_routing",
             "upload": "test_222_multipart", "stream": "test_221_raw",
             "request": "test_500_request_object",
             "principal": "test_500_request_object",
             "method": "test_500_request_object"}
SOURCES = ("path", "query", "form", "header", "cookie", "argument", "body",
           "member")
OTHER_SOURCES = {"raw": "test_221_raw", "file": "test_222_multipart"}

HEAD = """\
routes 1
public
record Inner { a: int, b: str?, c: int = 5, up: int? from "+1" }
"""
CALLS = {
    "path": "GET /path/{n}/{{v:{t}}} -> app:show(v)",
    "query": "GET /query/{n} -> app:show(v: {t} from query)",
    "form": "POST /form/{n} -> app:show(v: {t} from form)",
    "header": 'GET /header/{n} -> app:show(v: {t} from header "X-V")',
    "cookie": "GET /cookie/{n} -> app:show(v: {t} from cookie)",
    "argument": "POST /argument/{n} -> app:show(v: {t})",
    "body": "POST /body/{n} -> app:show(v: {t} from body)",
    "member": "record M_{n} {{ v: {t} }}\n"
              "POST /member/{n} -> app:member(r: M_{n})",
}
PYTHON = """\
def show(v):
    return f"{v!r}"
def member(r):
    return show(r["v"])
"""


def routes():
    text = HEAD
    for name, (kind, *_) in TEXT.items():
        for source in SOURCES:
            path_kind = f"P_{name}"
            if source == "path":
                text += f"type {path_kind} = {kind}\n"
            text += CALLS[source].format(
                n=name, t=path_kind if source == "path" else kind) + "\n"
    for name, (kind, *_) in JSON.items():
        for source in ("body", "member"):
            text += CALLS[source].format(n=name, t=kind) + "\n"
    for source in sorted(LISTS):
        text += CALLS[source].format(n="texts", t="list<int(..9)>(..2)") + "\n"
        text += CALLS[source].format(n="maybe", t="int?") + "\n"
    return text


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(routes())


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED = {"Content-Type": "application/json"}


def send(server, source, name, *values):
    """The value, as text, in its source."""
    target = f"/{source}/{name}"
    fields = "&".join(f"v={quote(v)}" for v in values)
    if source == "path":
        return server.get(f"{target}/{quote(values[0])}")
    if source == "query":
        return server.get(f"{target}?{fields}")
    if source in ("form", "argument"):
        return server.request("POST", target, fields, FORM)
    if source == "header":
        return server.request("GET", target, headers={
            "X-V": ", ".join(values).encode()} if values else {})
    assert source == "cookie"
    return server.request("GET", target, headers={
        "Cookie": "; ".join(f"v={v}" for v in values).encode()})


def send_json(server, source, name, text):
    body = text if source == "body" else f'{{"v":{text}}}'
    return server.request("POST", f"/{source}/{name}", body.encode(), TYPED)


# A form's fields are in the body, under their names; JSON has pointers there.
PLACES = {"query": ("query", "v"), "form": ("body", "v"),
          "header": ("header", "X-V"), "cookie": ("cookie", "v"),
          "argument": ("body", "v")}
TEXTUAL = ("path", *PLACES)


@pytest.mark.parametrize("source", TEXTUAL)
@pytest.mark.parametrize("name", TEXT)
def test_text_becomes_its_type(server, source, name):
    for text, wanted in TEXT[name][1].items():
        answer = send(server, source, name, text)
        assert (answer.status, answer.text) == (200, wanted), text


@pytest.mark.parametrize("source", TEXTUAL)
@pytest.mark.parametrize("name", TEXT)
def test_bad_text_is_a_fault_at_its_place(server, source, name):
    for text, code in TEXT[name][2].items():
        answer = send(server, source, name, text)
        if source == "path":
            assert answer.status == 404, text
        else:
            assert problem(answer) == {(*PLACES[source], code)}, text
            assert text.encode() not in answer.body or len(text) < 3


@pytest.mark.parametrize("name", TEXT)
def test_a_path_has_one_spelling_and_other_sources_more(server, name):
    for text in TEXT[name][3]:
        assert send(server, "path", name, text).status == 404, text
        if not text.startswith("+") and not text.startswith("0"):
            assert send(server, "query", name, text).status == 200, text


def as_json(name, text):
    plain = name in ("int", "float", "decimal", "bool")
    return text if plain else '"' + text + '"'


@pytest.mark.parametrize("source", ["argument", "body", "member"])
@pytest.mark.parametrize("name", TEXT)
def test_a_scalar_of_json_becomes_its_type(server, source, name):
    for text, wanted in TEXT[name][1].items():
        answer = send_json(server, source, name, as_json(name, text))
        assert (answer.status, answer.text) == (200, wanted), text
    place = "" if source == "body" else "/v"
    for bad in ("[]", "{}", "null"):
        answer = send_json(server, source, name, bad)
        assert problem(answer) == {("body", place, "type")}, bad
    for text, code in TEXT[name][2].items():
        if not re.fullmatch(r"[\d.-]+|[a-z-]+", text) or text[:2] == "0x":
            continue
        literal = as_json(name, text)
        if literal == text and not re.fullmatch(r"-?\d+(\.\d+)?", text):
            literal, code = f'"{text}"', "type"
        answer = send_json(server, source, name, literal)
        assert problem(answer) == {("body", place, code)}, text


@pytest.mark.parametrize("source", ["body", "member"])
@pytest.mark.parametrize("name", JSON)
def test_json_becomes_its_type(server, source, name):
    _, good, bad = JSON[name]
    above = "" if source == "body" else "/v"
    for text, wanted in good.items():
        answer = send_json(server, source, name, text)
        assert (answer.status, answer.text) == (200, wanted), text
    for text, (place, code) in bad.items():
        answer = send_json(server, source, name, text)
        assert problem(answer) == {("body", above + place, code)}, text


@pytest.mark.parametrize("source", [s for s in TEXTUAL if s != "path"])
def test_absent_twice_and_bad_bytes(server, source):
    place = PLACES[source]
    absent = server.request("POST", f"/{source}/int") \
        if source in ("form", "argument") else server.get(f"/{source}/int")
    ((where, name, code),) = problem(absent)
    assert (name, code) == (place[1], "missing")
    if source != "header":
        twice = problem(send(server, source, "int", "1", "2"))
        assert twice == {(*place, "duplicate")}
    if source in ("query", "form", "argument"):
        for bad in ("%ff", "%c0%80", "%ed%a0%80", "%zz"):
            fields = f"v={bad}"
            answer = server.get(f"/query/str?{fields}") \
                if source == "query" else server.request(
                    "POST", f"/{source}/str", fields, FORM)
            assert problem(answer) == {(*place, "encoding")}, bad


@pytest.mark.parametrize("source", sorted(LISTS))
def test_a_list_takes_repeats(server, source):
    place = PLACES[source]
    assert send(server, source, "texts", "1", "2").text == "[1, 2]"
    assert problem(send(server, source, "texts", "1", "2", "3")) == \
        {(*place, "length")}
    assert problem(send(server, source, "texts", "1", "10")) == \
        {(place[0], place[1] + "[1]", "range")}
    assert send(server, source, "maybe", "1").text == "1"
    absent = server.request("POST", f"/{source}/maybe", "", FORM) \
        if source in ("form", "argument") else server.get(f"/{source}/maybe")
    assert absent.text == "None"


# ---- that nothing is left out -----------------------------------------------

def names_in(source, table, later=None):
    """The names of one of the compiler's tables that don't wait."""
    text = (tree.SOURCE / "dslc" / source).read_text()
    body = re.search(rf"\b{table}\[\] = {{\n(.*?)^}};", text, re.M | re.S)[1]
    rows = re.findall(r'{"(\w+)",([^}]*)}', body)
    return {name for name, rest in rows if later is None or later not in rest}


def test_every_type_of_the_compiler_is_here():
    here = {re.match(r"\w+", row[0])[0] for row in TEXT.values()} | \
        {re.match(r"\w+", row[0])[0] for row in JSON.values()} | \
        set(ELSEWHERE)
    missing = names_in("types.c", "builtins", "ROUTES_TYPE_NULL") - here
    assert not missing, "a type without a row in this table"


def test_every_source_of_the_compiler_is_here():
    here = set(SOURCES) | set(OTHER_SOURCES)
    missing = names_in("args.c", "sources", "ROUTES_FROM_NULL") - here
    assert not missing, "a source without a route in this table"


def test_what_is_tested_elsewhere_is_tested():
    for name in {*ELSEWHERE.values(), *OTHER_SOURCES.values()}:
        assert list(Path(__file__).parent.glob(f"{name}*.py")), name
