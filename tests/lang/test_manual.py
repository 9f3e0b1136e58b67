# SPDX-License-Identifier: Apache-2.0
"""The manual: its .routes texts are judged as it says, its list of what waits
is what `routesc` refuses with E019."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import manual  # noqa: E402
import tree  # noqa: E402


def diagnostics(folder, name="app.routes"):
    done = subprocess.run(
        [tree.routesc(), "check", "--no-python", "--format", "json", name],
        cwd=folder, stdout=subprocess.PIPE, timeout=30)
    return json.loads(done.stdout)["diagnostics"]


def judge(folder, text):
    (folder / "app.routes").write_text(text, encoding="utf-8")
    return diagnostics(folder)


@pytest.mark.parametrize("block", manual.fragments(), ids=repr)
def test_a_text_has_the_codes_that_stand_above_it(block, tmp_path):
    said = judge(tmp_path, block.text)
    assert {d["code"] for d in said} == block.codes


@pytest.mark.parametrize("part", manual.sites(),
                         ids=range(1, len(manual.sites()) + 1))
def test_nothing_is_said_of_a_site(part, tmp_path):
    manual.write(part, tmp_path)
    assert diagnostics(tmp_path) == []


def test_each_block_says_what_it_is():
    for block in manual.blocks(manual.text()):
        known = {"routes": True, "console": block.name is None}
        assert known.get(block.language, block.name is not None), block


def test_the_contents_name_each_section():
    prose = re.sub(r"^```.*?^```$", "", manual.text(), flags=re.M | re.S)
    before = prose.partition("\n## ")[0]
    for title in re.findall(r"^#{2,3} (.*)$", prose, re.M):
        anchor = re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        assert f"(#{anchor})" in before, title


def test_the_contents_lead_to_headings():
    text = manual.text()
    headings = {re.sub(r"[^\w -]", "", line).strip().lower()
                .replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text,
                                                          re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


# ---- reserved words ---------------------------------------------------------

ASSERTED = "assert every /** requires user{}\nGET / -> m:f auth s require user"

# A statement with each word; a new word of the language needs one, too.
WORDS = {
    "and": "GET / -> m:f auth s require user and role(a)",
    "as": "GET / -> m:f as name public",
    "assert": "assert GET / -> 404",
    "at": 'include "part.routes" at /x public',
    "auth": "GET / -> m:f auth s require user",
    "burst": "GET / -> m:f public limit rate 1/s burst 2",
    "by": "GET / by accept public { json -> m:f }",
    "cache": "GET / -> m:f public cache 60s",
    "consumes": "POST / -> m:f public consumes json",
    "cors": "GET / -> m:f public cors off",
    "csrf": "POST / -> m:f public csrf off",
    "deny": "location /x { deny as 404; GET . -> m:f public }",
    "deprecated": 'GET / -> m:f public deprecated "2030-01-01"',
    "error": "error 404 -> m:f",
    "every": ASSERTED.format(""),
    "except": ASSERTED.format(" except /x"),
    "false": "GET / -> m:f(a = false) public",
    "filter": "filter output text/html -> m:f",
    "from": "GET / -> m:f(a: str from query) public",
    "header": 'GET / -> m:f public header "X-A" "b"',
    "hook": "hook access -> m:f",
    "host": 'host "a.example" { GET / -> m:f public }',
    "import": "import a.b as b\nunused b",
    "include": 'include "part.routes" public',
    "interpreter": "interpreter shop { gil own }",
    "limit": "GET / -> m:f public limit body 1KB",
    "location": "location /x { GET . -> m:f public }",
    "matching": 'GET / -> m:f(a: str matching r"x") public',
    "method": "method PURGE",
    "mount": 'mount /x files "/srv" public',
    "not": "GET / -> m:f auth s require user and not role(a)",
    "null": "GET / -> m:f(a: str? = null) public",
    "on": "on child_start -> m:f",
    "only": "assert public only /",
    "option": 'GET / -> m:f public option dialect "x"',
    "or": "GET / -> m:f auth s require role(a) or role(b)",
    "override": "location /x { auth s; require user\n"
                "GET . -> m:f override public }",
    "per": "GET / -> m:f public limit rate 1/s per ip",
    "produces": "GET / -> m:f public produces json",
    "public": "GET / -> m:f public",
    "publish": "publish /x -> m { public; f() }",
    "query": "GET / -> m:f public query strict",
    "raises": "GET / -> m:f public raises KeyError as 404",
    "realm": 'realm t = basic { file "f" }\nunused t',
    "record": "record R { a: int }\nunused R",
    "redirect": "redirect /x 301 /y public",
    "require": "GET / -> m:f auth s require user",
    "requires": ASSERTED.format(""),
    "returns": "GET / -> m:f public returns json",
    "routes": "",
    "rule": "rule r = role(a)\nunused r",
    "setting": 'setting x: str = "a"\nunused x',
    "slash": "GET /x -> m:f public slash redirect",
    "strict": "GET / -> m:f public query strict",
    "true": "GET / -> m:f(a = true) public",
    "type": "type T = int\nunused T",
    "unmatched": "location /x { unmatched 404; GET . -> m:f public }",
    "unused": "type T = int\nunused T",
}
ROUTES = 'routes 1\nrealm s = basic { file "f" }\nunused s\n'


def said_of(folder, text):
    (folder / "part.routes").write_text("routes 1\nGET /p -> m:p\n")
    return judge(folder, ROUTES + text + "\n")


def waits(folder, text):
    return any(d["code"] == "E019" for d in said_of(folder, text))


def names_in(source, table):
    """The names of one of the compiler's tables."""
    text = (tree.SOURCE / "dslc" / source).read_text()
    body = re.search(rf"\b{table}\[\] = {{\n(.*?)^}};", text, re.M | re.S)[1]
    return re.findall(r'{"(\w+)",', body)


# What each item of the manual's list has: candidates, and a text with one.
KINDS = {
    "statements and clauses":
        (WORDS, WORDS.get),
    "types":
        (names_in("builtin.c", "builtins"),
         "POST / -> m:f(a: {}) public".format),
}


def listed():
    section = manual.text().partition("\n## Reserved words\n")[2]
    rows = re.findall(r"^- (.*?): ((?:`[\w-]+`\s+)+)", section, re.M)
    return {kind: set(re.findall(r"`([\w-]+)`", words))
            for kind, words in rows}


def test_each_word_of_the_language_has_its_statement():
    words = (tree.SOURCE / "grammar" / "keywords.def").read_text()
    assert re.findall(r'^KW\("(\w+)"', words, re.M) == sorted(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_statement_is_good_but_for_what_waits(word, tmp_path):
    said = said_of(tmp_path, WORDS[word])
    assert {d["code"] for d in said if d["severity"] == "error"} <= {"E019"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_lists_what_waits_and_nothing_else(kind, tmp_path):
    names, text = KINDS[kind]
    assert listed()[kind] == {n for n in names if waits(tmp_path, text(n))}


def test_every_item_of_the_list_is_checked():
    assert set(listed()) == set(KINDS)


# ---- where a clause may stand -----------------------------------------------

CLAUSES = {
    "`require`": "require user",
    "`public`": "public",
    "`auth`": "auth s",
    "`override …`": "override public",
    "`produces`": "produces json",
    "`csrf`": "csrf",
    "`cors`": 'cors { origins "*" }',
    "`consumes`": "consumes json",
    "`limit`": "limit body 1KB",
    "`header`": 'header "X-A" "b"',
    "`cache`": "cache 60s",
    "`slash`": "slash both",
    "`unmatched`": "unmatched 404",
    "`raises`": "raises KeyError as 404",
    "`returns`": "returns json",
    "`as`": "as name",
    "`deny`": "deny as 404",
    "`query`": "query strict",
    "`deprecated`": "deprecated",
}
PLACES = {
    "F": "{}\nGET / -> m:f",
    "H": 'host "a.example" {{ {}\nGET / -> m:f }}',
    "L": "location /x {{ {}\nGET . -> m:f }}",
    "I": 'include "part.routes" {{ {} }}',
    "R": "GET / -> m:f {{ {} }}",
    "P": "publish /x -> m {{ {}\nf() }}",
    "N": "publish /x -> m {{ f() {} }}",
    "M": "mount /x wsgi m:f {{ {} }}",
    "D": "redirect /x 301 /y {{ {} }}",
    "V": "GET / by query {{ a -> m:f {} }}",
}


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_stands_where_the_manual_says(clause, tmp_path):
    text = manual.text()
    places = re.search(r"^\| clause \| (.*) \| inner", text, re.M)[1]
    row = re.search(rf"^\| \[{clause}\]\(#[\w-]+\) \|(.*)\|.*\|$", text,
                    re.M)[1]
    allowed = {place for place, cell in zip(places.split(" | "),
                                            row.split("|"))
               if cell.strip()}
    assert set(places.split(" | ")) == set(PLACES)
    assert allowed == {
        place for place, around in PLACES.items()
        if all(d["code"] not in ("E015", "E321") for d in said_of(
            tmp_path, around.format(CLAUSES[clause])))}


def test_each_clause_stands_in_the_table():
    source = (tree.SOURCE / "dslc" / "clause.c").read_text()
    part = source.partition("/* clauses */")[2].partition("};")[0]
    known = {f"`{name.lower()}`" for name, row in re.findall(
        r"\[AST_(\w+)\] = \{(.*?)\}", part, re.S) if ".waits" not in row}
    rows = set(re.findall(r"^\| \[(`\w+(?: …)?`)\]\(#[\w-]+\) \|",
                          section("Places and clauses"), re.M))
    assert rows == known | {"`override …`"} == set(CLAUSES)


# ---- commands, directives ---------------------------------------------------

def routesc(*words):
    return subprocess.run([tree.routesc(), *words], text=True, check=True,
                          capture_output=True).stdout


def section(title):
    rest = manual.text().partition(f"\n## {title}\n")[2]
    return rest.partition("\n## ")[0]


def test_every_command_is_in_the_manual():
    rows = re.findall(r"^\| `([\w-]+) [^`]+` \|", section("Commands"), re.M)
    commands = re.findall(r"^  ([\w-]+) ", routesc("--help"), re.M)
    assert rows == commands
    for command in commands:
        for option in re.findall(r"--[\w-]+", routesc(command, "--help")):
            assert (option in section("Commands")
                    or option in ("--help", "--output")), option


def test_every_directive_is_in_the_manual():
    source = (tree.SOURCE / "module" / "conf.c").read_text()
    rows = re.findall(r'AP_INIT_\w+\("(\w+)", (\w+)', source)
    known = {name for name, setter in rows if setter != "set_later"}
    assert known == set(re.findall(r"\bRoutes[A-Z]\w+",
                                   section("Directives")))


# ---- limits -----------------------------------------------------------------

def defined():
    """The constants of all headers, as they are written there."""
    found = {}
    for folder in ("grammar", "dslc", "runtime", "module"):
        for header in (tree.SOURCE / folder).rglob("*.h"):
            found.update(re.findall(
                r"^#define ([A-Z_]+)\s+(\(?\d+[^/\n]*?)\s*(?:/\*.*)?$",
                header.read_text(encoding="utf-8"), re.M))
    return found


def test_the_limits_are_those_of_the_sources():
    section = manual.text().partition("\n## Limits\n")[2]
    rows = re.findall(r"\| ([\d,]+) \| `(\w+)` \|$", section, re.M)
    assert len(rows) > 20
    constants = defined()
    for number, name in rows:
        value = constants[name].replace("u", "")
        assert re.fullmatch(r"[\d *<()]+", value), name
        assert eval(value) == int(number.replace(",", "")), name
