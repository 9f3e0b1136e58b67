# SPDX-License-Identifier: Apache-2.0
"""As test_440_agreement, of requirements that ask Python and of names that a
request completes: on routes, redirects, mounts, variants, in locations and
hosts with parameters, for callers whose names are made of what they ask for.

ROUTES_PAIRS is how many pairs of a route and a caller are tried on each MPM;
`tests/run --agreement` sets it to 12,000.
"""

import itertools
import json
import os
import random
import re

import pytest

from test_440_agreement import check as faults_of

PAIRS = int(os.environ.get("ROUTES_PAIRS", "1000"))
SEED = 20261124
TEAMS = ("a", "ops", "team-x")
NUMBERS = (1, 7)
HEAD = """\
routes 1
import az
realm key = python { check who:check; challenge "Key" }
rule owns(n: int)  -> az:owns
rule also(n: int)  -> az:owns
rule says(w: str)  -> az:says
rule pair(w: str, n: int) -> az:pair
rule vip           -> az:vip
rule wide(n: int)  = owns(n) or role(staff)
rule deep(w: str, n: int) = not says(w) and (wide(n) or role("{w}-{n}"))
rule of(w: str)    = role("t-{w}") or scope("s-{w}")
auth key
"""
AZ = """\
import json
import pathlib

TABLE = json.loads((pathlib.Path(__file__).parent / "table.json").read_text())

def asked(principal, *words):
    return list(words) in TABLE[principal.user]

def owns(principal, n):
    return asked(principal, "owns", n)

def says(principal, w):
    return asked(principal, "says", w)

async def pair(principal, w, n):
    return asked(principal, "pair", w, n)

def vip(principal):
    return asked(principal, "vip")
"""
WHO = """\
import json
import pathlib

PEOPLE = json.loads((pathlib.Path(__file__).parent / "people.json")
                    .read_text())

def check(request):
    return PEOPLE.get(request.headers_in.get("X-Code"))
"""
APP = """\
def ok(**params):
    return "ok"

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"wsgi"]
"""

# what a route writes, and what a caller with a capture has of it
NAMED = {"role(staff)": ("role", "staff"), 'role("t-ops")': ("role", "t-ops"),
         'role("t-{team}")': ("role", "t-{team}"),
         'role("{team}-{num}")': ("role", "{team}-{num}"),
         'role("ops-{num}")': ("role", "ops-{num}"),
         'role("{team}-7")': ("role", "{team}-7"),
         'role("ops-7")': ("role", "ops-7"),
         'scope("s-{team}")': ("scope", "s-{team}"),
         'scope("s-ops")': ("scope", "s-ops"),
         'scope("{num}")': ("scope", "{num}"),
         'claim("c-{team}", "{num}")': ("claim", "c-{team}", "{num}"),
         'claim("c", "{team}")': ("claim", "c", "{team}")}
ASKED = {"owns(num)": ("owns", "{num}"), "owns(7)": ("owns", "7"),
         "says(team)": ("says", "{team}"), 'says("ops")': ("says", "ops"),
         "pair(team, num)": ("pair", "{team}", "{num}"),
         "pair(team, 7)": ("pair", "{team}", "7"), "vip": ("vip",)}
ALIASES = ['group("t-{team}")', "also(num)", "wide(num)", "wide(7)",
           "deep(team, num)", 'deep("ops", num)', "of(team)", 'of("ops")']
VOCABULARY = {**NAMED, **ASKED}


def filled(words, team, num):
    return tuple(w.format(team=team, num=num) for w in words)


def fact(words):
    """A fact as `as` says it."""
    name, *given = words
    if not given:
        return name
    numbers = name in ("owns", "pair")
    return f"{name}(" + ", ".join(
        word if numbers and word.isdigit() else json.dumps(word)
        for word in given) + ")"


class Caller:
    """Somebody, or nobody, and all that is true of them."""

    def __init__(self, name=None, truths=()):
        self.name = name
        self.truths = set(truths)

    def person(self):
        def given(kind):
            return [words[1:] for words in self.truths if words[0] == kind]
        claims = {}
        for name, value in given("claim"):
            claims.setdefault(name, []).append(value)
        return {"user": self.name, "claims": claims,
                "roles": [w[0] for w in given("role")],
                "scopes": [w[0] for w in given("scope")]}

    def table(self):
        """To what Python says yes."""
        return [[w if i == 0 or not w.isdigit() else int(w)
                 for i, w in enumerate(words)] for words in self.truths
                if words[0] in ("owns", "says", "pair", "vip")]

    def facts(self):
        return " and ".join(["user", *map(fact, sorted(self.truths))]
                            if self.name else ["anonymous"])

    def others(self, team, num):
        """An expression that holds for everybody else, in the words of a
        route whose parameters are these."""
        if self.name is None:
            return "user"
        return "anonymous or not ({})".format(" and ".join(
            ("" if filled(words, team, num) in self.truths else "not ") + atom
            for atom, words in VOCABULARY.items()))


def everything():
    return sorted({filled(words, team, num) for words in VOCABULARY.values()
                   for team in TEAMS for num in NUMBERS})


def callers(rng):
    known = everything()
    made = [Caller(), Caller("nothing"), Caller("all", known)]
    for i in range(20):
        truths = [t for t in known if rng.random() < (0.15, 0.5, 0.85)[i % 3]]
        made.append(Caller(f"u{i}", truths))
    return made


def rule(rng, depth, words):
    kind = rng.randrange(2 if depth == 0 else 7)
    if kind < 2:
        return rng.choice(words)
    if kind == 2:
        return f"not ({rule(rng, depth - 1, words)})"
    word = " and " if kind < 5 else " or "
    return "(" + word.join(rule(rng, depth - 1, words)
                           for _ in range(rng.randrange(2, 4))) + ")"


WORDS = [*VOCABULARY, *VOCABULARY, *ALIASES, "user"]
FIXED = ['role("t-ops")', "role(staff)", "owns(7)", 'says("ops")', "vip",
         'of("ops")', "wide(7)", 'deep("ops", 7)', "user"]
OF_TEAM = [*FIXED, 'role("t-{team}")', 'scope("s-{team}")', "says(team)",
           'claim("c", "{team}")', "pair(team, 7)", "of(team)",
           "deep(team, 7)"]


def place(rng, n):
    """What stands below /lN: its lines, what answers, the host; whether its
    URLs are not all of one requirement."""
    path = f"/l{n}/{{team}}/{{num:int}}/r"
    own = f"require {rule(rng, 3, WORDS)}"
    hide = " deny as 404" * (rng.randrange(4) == 0)
    kind = rng.randrange(8)
    if kind == 0:
        return ([f"redirect {path} 308 /l{n} {own}"], "308", "", False)
    if kind == 1:
        return ([f"mount {path} wsgi app:wsgi {own}{hide}"], "app:wsgi", "",
                False)
    if kind == 2:
        outer = f"require {rule(rng, 2, WORDS)}"
        return ([f'GET {path} by query "v" {outer}{hide} {{',
                 "    other   -> app:ok",
                 f"    default -> app:ok {own}", "}"],
                "app:ok", "", True)
    if kind == 3:
        outer = f"require {rule(rng, 2, OF_TEAM)}"
        inner = rng.choice(["", "override "]) + own
        return ([f"location /l{n}/{{team}} {{", f"    {outer}", f"   {hide}",
                 f"    GET /{{num:int}}/r -> app:ok {inner}", "}"],
                "app:ok", "", True)
    if kind == 4:
        return (['host "{team}.example.com" {',
                 f"    GET /l{n}/{{num:int}}/r -> app:ok {own}{hide}", "}"],
                "app:ok", "{team}.example.com", False)
    return ([f"GET {path} -> app:ok {own}{hide}"], "app:ok", "", False)


def check(site, lines):
    return faults_of(site, lines, HEAD)


def satisfiable(site, rng, count):
    """Places that compile: what nobody can satisfy is an error (E306)."""
    places = []
    while len(places) < count:
        new = [place(rng, 1000 + i) for i in range(20)]
        starts = list(itertools.accumulate(
            [HEAD.count("\n") + 1, *(len(p[0]) for p in new)]))
        bad = set()
        for fault in check(site, [line for p in new for line in p[0]]):
            assert fault["code"] == "E306", fault
            at = fault["place"]["line"]
            bad |= {i for i in range(20)
                    if starts[i] <= at < starts[i + 1]}
        for i, (lines, *rest) in enumerate(new):
            if i not in bad:
                lines = [re.sub(r"/l10\d\d", f"/l{len(places)}", line)
                         for line in lines]
                places.append((lines, *rest))
    return places[:count]


def requests(rng, places, people):
    """What each caller asks of each place: the captures, a path, a host."""
    asked = {}
    for n, (lines, _, host, _) in enumerate(places):
        for caller in people:
            team, num = rng.choice(TEAMS), rng.choice(NUMBERS)
            path = f"/l{n}/{num}/r" if host else f"/l{n}/{team}/{num}/r"
            if lines[0].startswith("location") and rng.randrange(4) == 0:
                path = f"/l{n}/{team}/none"
            asked[n, caller.name] = (team, num, path, host.format(team=team))
    return asked


def serve(server, asked, places, people):
    """The status of each (place, caller)."""
    answers = {}
    for caller in people:
        link = server.connect()
        for n in range(len(places)):
            _, _, path, host = asked[n, caller.name]
            headers = {"X-Code": caller.name} if caller.name else {}
            link.request("GET", path, headers={
                **headers, **({"Host": host} if host else {})})
            answer = link.getresponse()
            answer.read()
            answers[n, caller.name] = answer.status
        link.close()
    return answers


def files(site, people):
    site.write("app.py", APP)
    site.write("az.py", AZ)
    site.write("who.py", WHO)
    known = [c for c in people if c.name]
    site.write("people.json", json.dumps({c.name: c.person() for c in known}))
    site.write("table.json", json.dumps({c.name: c.table() for c in known}))


def granted(status):
    return status in (200, 308)


def inside(host, assertion):
    """An assertion at the place of a host: a line."""
    return f'host "{{team}}.example.com" {{ {assertion}; }}' if host else (
        assertion)


def outcomes(places, people, asked, answers):
    """An assertion of each request whose host the compiler would take."""
    names = {caller.name: caller for caller in people}
    for (n, name), status in answers.items():
        team, _, path, host = asked[n, name]
        wanted = places[n][1] if granted(status) else str(status)
        if not host or team == "a":
            yield inside(host, f"assert GET {path} as "
                         f"{names[name].facts()} -> {wanted}")


def explain(site, caller, asked, wanted):
    _, _, path, host = asked
    url = f"http://{host}{path}" if host else path
    said = site.routesc("explain", "app.routes", "GET", url, "--as",
                        caller.facts()).stdout
    assert wanted in said, said


def engine_faults(site, lines, asserted):
    """Which assertions are said to be wrong, by number."""
    first = HEAD.count("\n") + 1 + len(lines)
    faults = set()
    for at in range(0, len(asserted), 60):
        faults |= {at + d["place"]["line"] - first
                   for d in check(site, lines + asserted[at:at + 60])}
    return faults


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_python_and_completed_names_are_agreed_on(site, mpm):
    rng = random.Random(f"{SEED}-{mpm}")
    people = callers(rng)
    files(site, people)
    places = satisfiable(site, rng, -(-PAIRS // len(people)))
    asked = requests(rng, places, people)
    lines = [line for part in places for line in part[0]]
    server = site.serve("\n".join([HEAD.rstrip("\n"), *lines, ""]), mpm=mpm,
                        log_level="warn")
    answers = serve(server, asked, places, people)
    assert set(answers.values()) == {200, 308, 401, 403, 404}
    names = {caller.name: caller for caller in people}

    assert check(site, lines + list(outcomes(places, people, asked,
                                             answers))) == []
    for n, name in rng.sample(sorted(answers, key=str), 40):
        status = answers[n, name]
        wanted = (("app:" if places[n][1] != "308" else "308")
                  if granted(status) else str(status))
        explain(site, names[name], asked[n, name], wanted)

    # the policy engine: granted is whom the server serves, and nobody else
    alone = {key: status for key, status in answers.items()
             if not places[key[0]][3]}
    asserted = []
    for n, name in alone:
        team, num, path, host = asked[n, name]
        glob = f"/l{n}/*/r" if host else f"/l{n}/*/*/r" + "/**" * (
            places[n][1] == "app:wsgi")
        asserted.append(inside(
            host, f"assert every GET {glob} requires "
            f"{names[name].others(team, num)}"))
    assert engine_faults(site, lines, asserted) == {
        i for i, status in enumerate(alone.values()) if granted(status)}
