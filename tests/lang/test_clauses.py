# SPDX-License-Identifier: Apache-2.0
"""Where each clause may stand: the table of LANGUAGE.md, cell by cell, read
from its text, so that what is expected is not the compiler's own table."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import tree  # noqa: E402

# A text of each clause.
TEXTS = {
    "require": "require user", "public": "public", "auth": "auth staff",
    "override public": "override public", "limit": "limit body 1KB",
    "override require": "override require user",
    "override auth": "override auth staff",
    "override limit": "override limit body 2KB", "deny": "deny as 404",
    "produces": "produces json", "consumes": "consumes json",
    "query": "query strict", "slash": "slash both", "cache": "cache 60s",
    "cors": "cors off", "csrf": "csrf off", "interpreter": "interpreter main",
    "deprecated": "deprecated", "unmatched": "unmatched 404",
    "header": 'header "X-A" "b"', "option": "option a",
    "raises": "raises KeyError as 404", "returns": "returns json",
    "as": "as name", "hook": "hook log -> m:f",
    "filter": "filter output -> m:f", "error": "error 404 -> m:f",
    "on": "on child_start -> m:f",
}

# A file with the clause in each place.
PLACES = {
    "F": "{}\nGET /x -> m:f\n",
    "H": 'host "a.example" {{ {}\nGET /x -> m:f }}\n',
    "L": "location /x {{ {}\nGET . -> m:f }}\n",
    "I": 'include "part.routes" {{ {} }}\n',
    "R": "GET /x -> m:f {{ {} }}\n",
    "P": "publish /x -> m {{ {}\nf() }}\n",
    "M": 'mount /x files "/srv" {{ {} }}\n',
    "D": "redirect /x 301 /y {{ {} }}\n",
    "V": 'GET /x by query "a" {{ a -> m:f {}; default -> m:g }}\n',
}
LINE = "publish /x -> m {{ f() {} }}\n"     # where only `P lines` are allowed
ONLY_LINES = {"returns", "as"}
# Clauses that may stand twice in a block, and what are no clauses.
REPEATED = {"require", "header", "raises", "option"}
PHASES = {"hook", "filter", "error", "on"}


def cells():
    """The rows of the table: a clause and the letters of its places."""
    text = (tree.SOURCE / "grammar" / "LANGUAGE.md").read_text()
    table = text.partition("| clause | where |")[2].partition("\n\n")[0]
    found = {}
    for row in table.split("\n")[2:]:
        names, where = [part.strip() for part in row.split("|")[1:3]]
        for name in expand(names):
            own, _, also = where.partition("; `")
            found[name] = letters(name, own)
            if also.startswith(name + "` also"):
                found[name] |= letters(name, also)
    return found


def expand(names):
    for name in re.findall(r"`([^`]+)`", names):
        if name.startswith("override "):
            for word in name.removeprefix("override ").split(" / "):
                yield "override " + word
        else:
            yield name


def letters(name, where):
    plain = re.sub(r"\(.*?\)", "", where)
    found = set(re.findall(r"\b[FHLIRPMDV]\b", plain))
    if "blocks of R and M" in where:
        found |= {"R", "M"}
    if name in re.findall(r"`?(\w+)`?(?=[^()]*also V)", where):
        found.add("V")
    if "(limit not D)" in where and name == "override limit":
        found.discard("D")
    return found


CELLS = {name: places for name, places in cells().items() if name in TEXTS}


def said(folder, text):
    """The codes of all messages, but of what a kind of mount can't keep."""
    (folder / "part.routes").write_text("routes 1\nGET /p -> m:p\n")
    (folder / "app.routes").write_text(
        'routes 1\nrealm staff = basic { file "f" }\nunused staff\n' + text)
    done = subprocess.run(
        [tree.routesc(), "check", "--no-python", "--format", "json",
         "app.routes"], cwd=folder, stdout=subprocess.PIPE, timeout=30)
    return [d["code"] for d in json.loads(done.stdout)["diagnostics"]
            if "not allowed in a mount of" not in d["message"]]


def test_the_table_has_every_clause():
    assert set(CELLS) == set(TEXTS)
    assert CELLS["require"] >= set("FHLIRPMDV")
    assert CELLS["on"] == {"F"}


@pytest.mark.parametrize("name", TEXTS)
def test_a_clause_stands_where_the_table_has_it_and_nowhere_else(name,
                                                                 tmp_path):
    stands = set()
    for place, text in PLACES.items():
        if place == "P" and name in ONLY_LINES:
            text = LINE
        codes = said(tmp_path, text.format(TEXTS[name]))
        if not {"E015", "E321", "E007"} & set(codes):
            stands.add(place)
    assert stands == CELLS[name]


@pytest.mark.parametrize("name", sorted(set(TEXTS) - PHASES))
def test_a_clause_stands_once_in_a_block(name, tmp_path):
    place = "L" if "L" in CELLS[name] else "R"
    twice = TEXTS[name] + "; " + TEXTS[name]
    codes = said(tmp_path, PLACES[place].format(twice))
    more = TEXTS[name].replace("option a", "option a; option b").replace(
        'header "X-A" "b"', 'header "X-A" "b"; header "X-B" "c"').replace(
        "raises KeyError as 404",
        "raises KeyError as 404; raises ValueError as 422")
    if name in REPEATED:
        assert "E018" not in said(tmp_path, PLACES[place].format(more))
    else:
        assert "E018" in codes


@pytest.mark.parametrize("name", sorted(set(TEXTS) - PHASES - ONLY_LINES))
def test_a_clause_after_a_route_governs_nothing(name, tmp_path):
    codes = said(tmp_path, "location /x {\nGET . -> m:f public\n"
                           + TEXTS[name] + "\n}\n")
    assert "E014" in codes


@pytest.mark.parametrize("one, other", [
    ("public", "require user"), ("override public", "require user"),
    ("override require user", "public"), ("override require user",
                                          "require role(a)")])
def test_two_decisions_are_no_decision(one, other, tmp_path):
    codes = said(tmp_path,
                 f"location /x {{\n{one}\n{other}\nGET . -> m:f\n}}\n")
    assert "E319" in codes
