# SPDX-License-Identifier: Apache-2.0
"""Every source of an argument with every type: what Python gets of a good
value, and which fault a bad one is, with its place.

TEXT has what a source of text carries, JSON what stands in a body.  A path has
one spelling a value, and anything else there is a 404; so has a host.  SOURCES
are those of the language, and the ways in which one of them comes: a form as
multipart, an argument of a GET, a record field by field."""

import json
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
    "sort": ("Sort", {"price": "'price'", "a+b": "'a+b'"},
             {"Price": "enum"}, {}),
    "tag": ("Tag", {"ab": "'ab'", "a-b": "'a-b'"},
            {"abcdefghi": "length", "a--b": "pattern"}, {}),
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
LISTS = {"query", "form", "header", "cookie", "argument", "parts", "argparts",
         "get", "delete", "fquery", "fform", "fparts", "fheader", "fcookie"}
# What has tests of its own, for it is no value: who it is tested by.
ELSEWHERE = {"path": "test_100_routing", "rawpath": "test_100_routing",
             "upload": "test_222_multipart", "stream": "test_221_raw",
             "request": "test_500_request_object",
             "principal": "test_500_request_object",
             "method": "test_500_request_object",
             "file": "test_240_file",
             "websocket": "test_282_websocket_routes"}
SOURCES = ("path", "query", "form", "header", "cookie", "argument", "body",
           "member", "parts", "argparts", "get", "delete", "fquery", "fform",
           "fparts", "fheader", "fcookie")
FIELDS = ("fquery", "fform", "fparts", "fheader", "fcookie")
OTHER_SOURCES = {"raw": "test_221_raw", "file": "test_222_multipart"}

HEAD = """\
routes 1
public
record Inner { a: int, b: str?, c: int = 5, up: int? from "+1" }
type Sort = "price" | "a+b"
type Tag = str(..8) matching r"[a-z0-9]+(-[a-z0-9]+)*"
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
    "parts": "POST /parts/{n} -> app:show(v: {t} from form)",
    "argparts": "POST /argparts/{n} -> app:show(v: {t})",
    "get": "GET /get/{n} -> app:show(v: {t})",
    "delete": "DELETE /delete/{n} -> app:show(v: {t})",
    "fquery": "GET /fquery/{n} -> app:member(r: M_{n} from query)",
    "fform": "POST /fform/{n} -> app:member(r: M_{n} from form)",
    "fparts": "POST /fparts/{n} -> app:member(r: M_{n} from form)",
    "fheader": "GET /fheader/{n} -> app:member(r: M_{n} from header)",
    "fcookie": "GET /fcookie/{n} -> app:member(r: M_{n} from cookie)",
}
HOST = 'host "{{v:P_{n}}}.{n}.example" {{ GET /host -> app:show(v) }}\n'
PYTHON = """\
def show(v=...):
    return f"{v!r}"
def member(r):
    return show(r.get("v"))
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
        text += HOST.format(n=name)
        for source in DEFAULTS:
            text += absent_routes(source, name, kind)
    for name, (kind, *_) in JSON.items():
        for source in ("argument", "body", "member"):
            text += CALLS[source].format(n=name, t=kind) + "\n"
    for name, kind in (("texts", "list<int(..9)>(..2)"), ("maybe", "int?")):
        text += f"record M_{name} {{ v: {kind} }}\n"
    for source in sorted(LISTS):
        text += CALLS[source].format(n="texts", t="list<int(..9)>(..2)") + "\n"
        text += CALLS[source].format(n="maybe", t="int?") + "\n"
    return text


# What an absent value is: a default's literal, and how Python shows it.
DEFAULTS = ("query", "form", "header", "cookie", "argument", "parts",
            "argparts", "get", "delete")
LITERALS = {
    "str": ('"x"', "'x'"), "slug": ('"x"', "'x'"), "int": ("7", "7"),
    "float": ("1.5", "1.5"), "decimal": ('"1.5"', "Decimal('1.5')"),
    "bool": ("true", "True"), "uuid": (f'"{UUID}"', f"UUID('{UUID}')"),
    "date": ('"2024-02-29"', "datetime.date(2024, 2, 29)"),
    "datetime": ('"2024-02-29T10:00:00Z"',
                 f"datetime.datetime(2024, 2, 29, 10, 0, {UTC})"),
    "bytes": ('"ab"', "b'ab'"), "enum": ('"blue"', "'blue'"),
    "sort": ('"price"', "'price'"), "tag": ('"a-b"', "'a-b'"),
}


def absent_routes(source, name, kind):
    """The same call, optional; and with a default."""
    call = CALLS[source]
    maybe = call.format(n=f"maybe_{name}", t=kind + "?")
    source_of = re.search(r"\{t\}( from [^)]*)?\)", call)[1] or ""
    default = call.replace("{t}" + source_of,
                           "{t} = {d}" + source_of).format(
        n=f"default_{name}", t=kind, d=LITERALS[name][0])
    return maybe + "\n" + default + "\n"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(routes())


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED = {"Content-Type": "application/json"}


PARTS = {"Content-Type": "multipart/form-data; boundary=xYz"}


def parts(values):
    return b"".join(
        b'--xYz\r\nContent-Disposition: form-data; name="v"\r\n\r\n'
        + value.encode() + b"\r\n" for value in values) + b"--xYz--\r\n"


def send(server, source, name, *values):
    """The value, as text, in its source."""
    target = f"/{source}/{name}"
    field = "v" if source in FIELDS else "X-V"
    source = source.removeprefix("f") if source in FIELDS else source
    if source in ("parts", "argparts"):
        return server.request("POST", target, parts(values), PARTS)
    fields = "&".join(f"v={quote(v)}" for v in values)
    if source == "path":
        return server.get(f"{target}/{quote(values[0])}")
    if source in ("query", "get", "delete"):
        method = "DELETE" if source == "delete" else "GET"
        return server.request(method, f"{target}?{fields}")
    if source in ("form", "argument"):
        return server.request("POST", target, fields, FORM)
    if source == "header":
        return server.request("GET", target, headers={
            field: ", ".join(values).encode()} if values else {})
    assert source == "cookie"
    return server.request("GET", target, headers={
        "Cookie": "; ".join(f"v={v}" for v in values).encode()})


# What is the whole body as an argument, too.
WHOLE = ("json", "record", "records")


def is_whole(source, name):
    return source == "body" or (source == "argument" and name in WHOLE)


def send_json(server, source, name, text):
    body = text if is_whole(source, name) else f'{{"v":{text}}}'
    return server.request("POST", f"/{source}/{name}", body.encode(), TYPED)


# A form's fields are in the body, under their names; JSON has pointers there.
PLACES = {"query": ("query", "v"), "form": ("body", "v"),
          "header": ("header", "X-V"), "cookie": ("cookie", "v"),
          "argument": ("body", "v"), "parts": ("body", "v"),
          "argparts": ("body", "v"), "get": ("query", "v"),
          "delete": ("query", "v"), "fquery": ("query", "v"),
          "fform": ("body", "v"), "fparts": ("body", "v"),
          "fheader": ("header", "v"), "fcookie": ("cookie", "v")}
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


@pytest.mark.parametrize("source", ["argument", "body", "member"])
@pytest.mark.parametrize("name", JSON)
def test_json_becomes_its_type(server, source, name):
    _, good, bad = JSON[name]
    above = "" if is_whole(source, name) else "/v"
    for text, wanted in good.items():
        answer = send_json(server, source, name, text)
        assert (answer.status, answer.text) == (200, wanted), text
    for text, (place, code) in bad.items():
        answer = send_json(server, source, name, text)
        assert problem(answer) == {("body", above + place, code)}, text


@pytest.mark.parametrize("source", [s for s in TEXTUAL if s != "path"])
def test_absent_twice_and_bad_bytes(server, source):
    place = PLACES[source]
    absent = send(server, source, "int")
    ((where, name, code),) = problem(absent)
    assert (name, code) == (place[1], "missing")
    if source not in ("header", "fheader"):
        twice = problem(send(server, source, "int", "1", "2"))
        assert twice == {(*place, "duplicate")}
    for bad in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"a\xf4\x90\x80\x80"):
        answer = send_bytes(server, source, bad)
        assert problem(answer) == {(*place, "encoding")}, bad


def send_bytes(server, source, value):
    """Bytes that are no text, where a str is wanted."""
    coded = "v=" + "".join(f"%{byte:02x}" for byte in value)
    target, way = f"/{source}/str", source.removeprefix("f")
    if source in ("query", "get", "delete", "fquery"):
        return server.request("DELETE" if source == "delete" else "GET",
                              f"{target}?{coded}")
    if source in ("form", "argument", "fform"):
        return server.request("POST", target, coded, FORM)
    if way in ("parts", "argparts"):
        return server.request("POST", target,
                              parts("?").replace(b"?", value), PARTS)
    name = {"header": b"X-V", "fheader": b"v"}.get(source, b"Cookie")
    line = value if name != b"Cookie" else b"v=" + value
    return server.request("GET", target, headers={name.decode(): line})


@pytest.mark.parametrize("source", DEFAULTS)
@pytest.mark.parametrize("name", TEXT)
def test_an_absent_value_is_none_or_the_default(server, source, name):
    shown = LITERALS[name][1]
    assert send(server, source, f"maybe_{name}").text == "None"
    assert send(server, source, f"default_{name}").text == shown
    text, wanted = next(iter(TEXT[name][1].items()))
    for given in ("maybe", "default"):
        answer = send(server, source, f"{given}_{name}", text)
        assert (answer.status, answer.text) == (200, wanted)
    if source in ("header", "cookie"):
        return
    # an empty value is none, but for a str
    for given, absent in (("maybe", "None"), ("default", shown)):
        answer = send(server, source, f"{given}_{name}", "")
        if name in ("slug", "tag"):
            assert problem(answer) == {(*PLACES[source], "pattern")}
        else:
            assert answer.text == ("''" if name == "str" else absent)


LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@pytest.mark.parametrize("name", TEXT)
def test_a_label_of_the_host_is_of_its_type(server, name):
    def ask(label):
        return server.request("GET", "/host", headers={
            "Host": f"{label}.{name}.example"})
    _, good, bad, others = TEXT[name]
    for text, wanted in good.items():
        if LABEL.fullmatch(text):
            assert ask(text).text == wanted, text
            assert ask(text.upper()).text == wanted, text
    for text in {*bad, *others}:
        if LABEL.fullmatch(text) and text.lower() not in good:
            assert ask(text).status == 404, text
    assert server.request("GET", "/host", headers={
        "Host": f"{name}.example"}).status == 404


@pytest.mark.parametrize("source", sorted(LISTS))
def test_a_list_takes_repeats(server, source):
    place = PLACES[source]
    assert send(server, source, "texts", "1", "2").text == "[1, 2]"
    assert problem(send(server, source, "texts", "1", "2", "3")) == \
        {(*place, "length")}
    assert problem(send(server, source, "texts", "1", "10")) == \
        {(place[0], place[1] + "[1]", "range")}
    assert send(server, source, "maybe", "1").text == "1"
    assert send(server, source, "maybe").text == "None"


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
    missing = names_in("builtin.c", "builtins", "ROUTES_TYPE_NULL") - here
    assert not missing, "a type without a row in this table"


def test_every_source_of_the_compiler_is_here():
    here = set(SOURCES) | set(OTHER_SOURCES)
    missing = names_in("args.c", "sources", "ROUTES_FROM_NULL") - here
    assert not missing, "a source without a route in this table"


# Of JSON, and of ELSEWHERE, what a source takes besides TEXT.  Lists and what
# is optional are "texts" and "maybe" here, a record is one field by field.
TAKES = {"path": {"path", "rawpath"}, "argument": {*JSON, "upload"},
         "argparts": {*JSON, "upload"}, "body": {*JSON}, "member": {*JSON},
         **{source: {"list", "optional"}
            for source in (*FIELDS, "header", "get", "delete")},
         **{source: {"list", "optional", "record"}
            for source in ("query", "form", "parts", "cookie")}}


@pytest.mark.parametrize("source", SOURCES)
def test_what_the_compiler_takes_is_here(site, source):
    kinds = {name: row[0] for name, row in {**TEXT, **JSON}.items()}
    kinds |= {name: name for name in ("path", "rawpath", "upload", "stream",
                                      "websocket")}
    text, lines = HEAD, {}
    for name, kind in kinds.items():
        made = CALLS[source].format(n=name, t=kind) + "\n"
        if source in FIELDS:
            made = f"record M_{name} {{ v: {kind} }}\n" + made
        for line in made.splitlines():
            text += line + "\n"
            lines[text.count("\n")] = name
    site.write("app.py", PYTHON)
    site.write("app.routes", text)
    said = json.loads(site.routesc("check", "--format", "json",
                                   "app.routes").stdout)
    assert said["not_shown"] == 0
    refused = {lines[one["place"]["line"]] for one in said["diagnostics"]
               if one["severity"] == "error"}
    assert set(kinds) - refused == {*TEXT, *TAKES[source]}


def test_what_is_tested_elsewhere_is_tested():
    for name in {*ELSEWHERE.values(), *OTHER_SOURCES.values()}:
        assert list(Path(__file__).parent.glob(f"{name}*.py")), name
