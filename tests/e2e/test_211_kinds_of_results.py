# SPDX-License-Identifier: Apache-2.0
"""Each kind of result against each thing that a route may say of results:
the status and type that leave, or a 500 that the log explains."""

import pytest

KINDS = {
    "str": "'text'", "bytes": "b'raw'", "int": "7", "float": "1.5",
    "bool": "True", "none": "None", "dict": "{'name': 'a'}", "list": "[1]",
    "dataclass": "Item('a')", "datetime": "datetime(2026, 1, 2)",
    "uuid": "UUID(int=1)", "decimal": "Decimal('1.10')", "enum": "Size.BIG",
    "pair": "(202, 'text')", "pair_dict": "(202, {'name': 'a'})",
    "triple": "(203, {'X-A': 'b'}, b'raw')",
    "response": "Response('text', 202)",
    "path": "PATH", "file": "open(PATH, 'rb')",
    "generator": "(c for c in ('on', 'e'))", "async": "agen()",
    "iterator": "iter([b'on', b'e'])",
}
SAYS = {
    "plain": "", "html": "returns html", "json": "produces json",
    "csv": "produces text/csv", "record": "returns Item",
    "none": "returns 204", "stream": "returns stream",
}
PYTHON = """\
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from uuid import UUID

from apache import Response


class Size(Enum):
    BIG = "big"


@dataclass
class Item:
    name: str


async def agen():
    yield "on"
    yield "e"


PATH = Path(__file__).with_name("some.txt")
""" + "".join(f"def r_{kind}():\n    return {value}\n"
              for kind, value in KINDS.items())
ROUTES = ("routes 1\npublic\nrecord Item { name: str }\n" +
          "".join(f"GET /{kind}/{say} -> app:r_{kind}() {clause}\n"
                  for kind in KINDS for say, clause in SAYS.items()))


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.write("some.txt", "some")
    return shared.serve(ROUTES)


JSON = "application/json"
TEXT, HTML, CSV = "text/plain", "text/html", "text/csv"
BYTES = "application/octet-stream"
# what leaves under each clause of SAYS: a type, or the status it has instead
TEXTS = (TEXT, HTML, JSON, CSV, 500, 204, TEXT)
OCTETS = (BYTES, HTML, BYTES, CSV, 500, 204, BYTES)
VALUES = (JSON, JSON, JSON, 500, 500, 204, JSON)
SHAPED = (JSON, JSON, JSON, 500, JSON, 204, JSON)
CHUNKS = (TEXT, HTML, 500, CSV, 500, 500, TEXT)
FILES = (TEXT, HTML, JSON, CSV, 500)
TABLE = {
    # kind: what leaves, its status, its body
    "str": (TEXTS, 200, "text"), "bytes": (OCTETS, 200, "raw"),
    "int": (VALUES, 200, "7"), "float": (VALUES, 200, "1.5"),
    "bool": (VALUES, 200, "true"),
    "none": ((204, 204, 204, 204, 500, 204, 204), 204, ""),
    "dict": (SHAPED, 200, '{"name":"a"}'), "list": (VALUES, 200, "[1]"),
    "dataclass": (SHAPED, 200, '{"name":"a"}'),
    "datetime": (VALUES, 200, '"2026-01-02T00:00:00"'),
    "uuid": (VALUES, 200, '"00000000-0000-0000-0000-000000000001"'),
    "decimal": (VALUES, 200, "1.10"), "enum": (VALUES, 200, '"big"'),
    # a status of its own goes over that of the route
    "pair": (TEXTS[:5] + (TEXT, TEXT), 202, "text"),
    "pair_dict": (SHAPED[:5] + (JSON, JSON), 202, '{"name":"a"}'),
    "triple": (OCTETS[:5] + (BYTES, BYTES), 203, "raw"),
    "response": (TEXTS[:5] + (TEXT, TEXT), 202, "text"),
    "path": (FILES + (204, TEXT), 200, "some"),
    "file": (FILES + (500, TEXT), 200, "some"),
    "generator": (CHUNKS, 200, "one"), "async": (CHUNKS, 200, "one"),
    "iterator": ((BYTES, *CHUNKS[1:6], BYTES), 200, "one"),
}


def test_the_table_is_whole():
    assert set(TABLE) == set(KINDS)
    assert all(len(leaves) == len(SAYS) for leaves, *_ in TABLE.values())


@pytest.mark.parametrize("kind, say", [
    (kind, say) for kind in TABLE for say in SAYS
    if (kind, say) != ("enum", "record")])
def test_what_leaves_is_what_the_route_says(server, kind, say):
    leaves, status, body = TABLE[kind]
    wanted = dict(zip(SAYS, leaves))[say]
    if wanted == 500:
        server.expect(rf"ROUTES012\d: .*app:r_{kind} ")
    answer = server.get(f"/{kind}/{say}")
    if isinstance(wanted, int):
        assert answer.status == wanted
        assert wanted == 500 or answer.body == b""
        return
    assert (answer.status, answer.type) == (status, wanted)
    quoted = wanted == JSON and body == "text"
    assert answer.text == (f'"{body}"' if quoted else body)


def test_a_member_of_an_enum_has_a_name(server):
    """It is an object like others to a record, which wants attributes."""
    assert server.get("/enum/record").text == '{"name":"BIG"}'
