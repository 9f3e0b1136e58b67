# SPDX-License-Identifier: Apache-2.0
"""Random programs and assertions: what the policy engine says of each, and
what trying every caller, URL and method says, on the requirements that `list
--auth` shows. A caller that is printed must be one, too.

ROUTES_POLICIES is how many programs are tried (8).
"""

import itertools
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import tree  # noqa: E402

POLICIES = int(os.environ.get("ROUTES_POLICIES", "8"))
SEED = 20261125
HEAD = """\
routes 1
import az
realm staff = basic { file "/etc/routes/passwd" }
realm ops = apikey { header "X-Key"; file "/etc/routes/keys" }
type Two = "red" | "blue"
type Pat = str(..1) matching r"[xy]"
rule owns(n: int)     -> az:owns
rule says(w: str)     -> az:says
rule like(t: Two)     -> az:like
rule vip              -> az:vip
rule wide(n: int)     = owns(n) or role(staff)
unused owns, says, like, vip, wide
auth staff or ops
"""
# what a segment can be: BAD is no text, LONG makes no name
BAD, LONG = "\0bad", "\0long"
LANGUAGES = {"Two": ("red", "blue"), "int(1..2)": ("1", "2"),
             "Pat": ("x", "y"),
             "int": ("1", "2", "7", "8"), "bool": ("true", "false"),
             "str": ("red", "1", "x", "zz", BAD, LONG)}
REST = ("", "red", "zz/1")
KINDS = {"t": "Two", "k": "int(1..2)", "p": "Pat", "n": "int", "b": "bool",
         "s": "str", "h": "Two"}
NETWORKS = {"ip(10.0.0.0/8)": ("10.9.9.9", "10.0.0.0/8"),
            "ip(10.1.0.0/16)": ("10.1.2.3", "10.1.0.0/16")}
ADDRESSES = ("10.9.9.9", "10.1.2.3", "192.0.2.1")
DENIED, NO_USER, GRANTED = range(3)


# ---- requirements -----------------------------------------------------------

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()]|,|[^\s(),"]+)')


class Parser:
    def __init__(self, text):
        self.tokens = TOKEN.findall(text)

    def peek(self):
        return self.tokens[0] if self.tokens else None

    def take(self):
        return self.tokens.pop(0)

    def either(self):
        return self.joined("or", lambda: self.joined("and", self.one))

    def joined(self, word, part):
        parts = [part()]
        while self.peek() == word:
            self.take()
            parts.append(part())
        return (word, *parts) if len(parts) > 1 else parts[0]

    def one(self):
        word = self.take()
        if word == "not":
            return ("not", self.one())
        if word == "(":
            inner = self.either()
            assert self.take() == ")"
            return inner
        args = []
        if self.peek() == "(":
            self.take()
            while self.peek() != ")":
                args.append(self.take())
                if self.peek() == ",":
                    self.take()
            self.take()
        return ("atom", word, *args)


def parse(text):
    parser = Parser(text)
    tree_ = parser.either()
    assert not parser.tokens, text
    return tree_


def atoms(expr):
    if expr[0] == "atom":
        yield expr
    else:
        for part in expr[1:]:
            yield from atoms(part)


def ground(atom, fill):
    """What an atom asks on a URL; None: there is no value to ask about."""
    _, name, *args = atom
    if name in ("role", "scope", "claim", "apache"):
        made = []
        for arg in args:
            text = arg.strip('"')
            for param in re.findall(r"\{(\w+)\}", text):
                if fill.get(param, "") in (BAD, LONG):
                    return None
                if param in fill:
                    text = text.replace("{%s}" % param, fill[param])
            made.append(text)
        return (name, *made)
    wanted = {"owns": "int", "says": "str", "like": "Two"}.get(name)
    made = []
    for arg in args:
        if wanted and not arg.startswith('"') and arg in fill and (
                KINDS[arg] == wanted):
            if fill[arg] == BAD:
                return None
            arg = fill[arg]
        elif wanted and re.match(r"[a-z]", arg):
            arg = "{%s}" % arg
        made.append(arg.strip('"'))
    return (name, *made)


class Caller:
    def __init__(self, realm, truths, address, method):
        self.realm, self.truths = realm, truths
        self.address, self.method = address, method

    def bounds(self, atom, fill):
        """Between which verdicts an atom lies."""
        _, name, *args = atom
        user = self.realm is not None
        if name in ("public", "user", "anonymous"):
            return {"public": GRANTED, "user": GRANTED if user else NO_USER,
                    "anonymous": DENIED if user else GRANTED}[name]
        if name == "realm":
            return (NO_USER if not user else
                    GRANTED if self.realm == args[0] else DENIED)
        if name == "method":
            return GRANTED if self.method in args else DENIED
        if name == "ip":
            inside = {"10.0.0.0/8": self.address.startswith("10."),
                      "10.1.0.0/16": self.address.startswith("10.1.")}
            return GRANTED if any(inside[a] for a in args) else DENIED
        if name not in ("tls", "apache") and not user:
            return NO_USER
        asked = ground(atom, fill)
        if asked is None:
            return None
        return self.truths.get(asked, DENIED)

    def judge(self, expr, fill):
        """The lowest and the highest verdict."""
        if expr[0] == "atom":
            verdict = self.bounds(expr, fill)
            return (DENIED, GRANTED) if verdict is None else (verdict, verdict)
        parts = [self.judge(part, fill) for part in expr[1:]]
        if expr[0] == "not":
            low, high = parts[0]
            return 2 - high, 2 - low
        pick = min if expr[0] == "and" else max
        return pick(p[0] for p in parts), pick(p[1] for p in parts)

    def granted(self, expr, fill):
        return self.judge(expr, fill)[0] == GRANTED


def callers(exprs, fill, realms, methods):
    """Everybody whom these expressions tell apart on a URL."""
    found = [atom for expr in exprs for atom in atoms(expr)]
    names = {atom[1] for atom in found}
    addresses = ADDRESSES if "ip" in names else ADDRESSES[:1]
    for realm in (None, *realms):
        asked = sorted({g for a in found if a[1] in (
            "role", "scope", "claim", "tls", "apache", "owns", "says", "like",
            "vip") for g in [ground(a, fill)] if g and (
                realm or a[1] in ("tls", "apache"))})
        ways = [(DENIED, GRANTED) if g[0] != "apache" else
                (DENIED, GRANTED, None) if realm else
                (DENIED, GRANTED, None, NO_USER) for g in asked]
        for values in itertools.product(*ways):
            for address in addresses:
                for method in methods:
                    yield Caller(realm, dict(zip(asked, values)), address,
                                 method)


# ---- paths ------------------------------------------------------------------

def segments(path):
    return path.strip("/").split("/") if path != "/" else [""]


def tails(text):
    """What a rest can be so that a path is in the globs of a text."""
    made = set(REST)
    for one in re.findall(r"/\S*", text):
        words = [{"*": "zz", "**": "zz"}.get(w, w)
                 for w in segments(one.rstrip(","))]
        made |= {"/".join(words[i:]) for i in range(len(words))}
    return sorted(made)


def urls(path, rests=REST):
    """URLs of a path as `list` shows it: segments and what parameters are."""
    choices = []
    for segment in segments(path):
        param = re.fullmatch(r"\{(\w+)(?::(.*))?\}", segment)
        if segment == "**" or (param and param[2] == "path"):
            choices.append([(word, param and param[1]) for word in rests])
        elif param:
            choices.append([(word, param[1])
                            for word in LANGUAGES[param[2] or "str"]])
        else:
            choices.append([(segment, None)])
    for words in itertools.product(*choices):
        yield (tuple(x for w, _ in words for x in w.split("/")),
               {name: word for word, name in words if name})
    if segments(path)[-1] == "**":
        yield from urls(path[:-3], rests)


def in_glob(url, glob):
    parts = segments(glob)
    below = parts[-1] == "**"
    parts = parts[:-1] if below else parts
    if len(url) < len(parts) or (not below and len(url) != len(parts)):
        return False
    return all(p == u or (p == "*" and u != "") for p, u in zip(parts, url))


# ---- programs ---------------------------------------------------------------

def atom(rng, params):
    made = ["role(staff)", 'role("x-red")', 'role("red")', 'scope("1")', "vip",
            "tls", "user", "anonymous", "realm(ops)", "method(GET)",
            *NETWORKS, 'apache("env", "A")', "owns(7)", 'says("zz")',
            'like("red")', "wide(7)", 'claim("c", "red")']
    for param in params:
        made += [f'role("x-{{{param}}}")', f'role("{{{param}}}")',
                 f'scope("{{{param}}}")', f'claim("c", "{{{param}}}")']
    made += [f'role("{{{a}}}-{{{b}}}")'
             for a, b in itertools.permutations(params, 2)]
    made += ["owns(n)", "wide(n)"] * 2 * ("n" in params)
    made += ["says(s)"] * 3 * ("s" in params)
    made += ["like(t)"] * 3 * ("t" in params)
    return rng.choice(made)


def rule(rng, depth, params):
    kind = rng.randrange(3 if depth == 0 else 7)
    if kind < 3:
        return atom(rng, params)
    if kind == 3:
        return f"not ({rule(rng, depth - 1, params)})"
    word = " and " if kind == 4 else " or "
    return "(" + word.join(rule(rng, depth - 1, params)
                           for _ in range(2)) + ")"


def written(param):
    return "{%s}" % param if KINDS[param] == "str" else (
        "{%s:%s}" % (param, KINDS[param]))


def place(rng, n):
    """What stands below /lN, and the parameters that its paths have."""
    params = rng.sample("tkpnbs", rng.randrange(3))
    tail = "".join("/" + written(p) for p in params)
    own = f"require {rule(rng, 2, params)}"
    methods = rng.choice(["GET", "GET,POST", "ANY", "DELETE"])
    auth = rng.choice(["", "", " auth ops"])
    kind = rng.randrange(10)
    if kind == 0:
        return [f"redirect /l{n}{tail}/r 308 /x {own}"], params, ""
    if kind == 1:
        return [f"mount /l{n}{tail}/m wsgi app:wsgi {own}{auth}"], params, ""
    if kind == 2:
        return [f"publish /l{n} -> app {{", f"    f(a: int) {own}",
                "    g() require user", "}"], [], ""
    if kind == 3:
        return [f'{methods} /l{n}{tail}/v by query "q" {{',
                f"    one     -> app:ok {own}",
                "    default -> app:ok require user", "}"], params, ""
    if kind == 4:
        return ['host "{h:Two}.example.com" {',
                f"    {methods} /l{n}/r -> app:ok require "
                f"{rule(rng, 2, ['h'])}", "}"], ["h"], "host"
    if kind == 5:
        outer = rng.choice(["public", f"require {rule(rng, 1, params[:1])}"])
        head = "".join("/" + written(p) for p in params[:1])
        rest = "".join("/" + written(p) for p in params[1:])
        word = "override " if outer == "public" or rng.randrange(2) else ""
        word = "" if outer == "public" else word
        return [f"location /l{n}{head} {{", f"    {outer}",
                *["    deny as 404"] * rng.randrange(2),
                *["    unmatched pass"] * (rng.randrange(3) == 0),
                f"    {methods} {rest}/r -> app:ok {word}{own}",
                "    GET /z -> app:ok override public" if outer != "public"
                else "    GET /z -> app:ok", "}"], params, ""
    if kind == 6:
        return [f"GET /l{n}{tail}/{{rest:path}} -> app:ok {own}"], params, ""
    if kind == 7:
        return [f"GET /l{n}{tail}/a, /l{n}{tail}/b -> app:ok {own}",
                f"POST /l{n}{tail}/a -> app:ok require vip"], params, ""
    return [f"{methods} /l{n}{tail}/r -> app:ok {own}{auth}"], params, ""


def glob(rng, n, params):
    words = [rng.choice(["*", "*", "*", "red", "1", "x"]) for _ in params]
    return "/".join([f"/l{n}", *words, *rng.choice(
        [["**"], ["**"], ["r"], ["*"], ["a"], ["z"]])])


def assertion(rng, n, params):
    if rng.randrange(5) == 0:
        return "assert public only /**/".replace("/**/", rng.choice(
            [f"/l{n}/r", f"/l{n}/**", "/l0/**, /l1/*/**"]))
    methods = rng.choice(["", "GET ", "POST,DELETE ", "ANY "])
    globs = rng.choice([f"/l{n}/**", glob(rng, n, params)])
    text = f"assert every {methods}{globs} requires {rule(rng, 2, params)}"
    if rng.randrange(4) == 0:
        text += f" except {glob(rng, n, params)}"
    return text


# ---- the two answers --------------------------------------------------------

def run(site, command, *args):
    return json.loads(subprocess.run(
        [tree.routesc(), command, *args, "--format", "json", "p.routes"],
        cwd=site, capture_output=True, text=True).stdout)


def faults(site, lines):
    (site / "p.routes").write_text("\n".join([HEAD.rstrip("\n"), *lines, ""]))
    return [d for d in run(site, "check", "--no-python")["diagnostics"]
            if d["severity"] == "error"]


def program(site, rng):
    """Places that compile, each with its lines."""
    kept = []
    while len(kept) < 12:
        one = place(rng, len(kept))
        if not faults(site, one[0]):
            kept.append(one)
    return kept


ANY = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def methods_of(names):
    made = set()
    for name in names:
        made |= ANY - {"OPTIONS"} if name == "ANY" else {name}
    return made - {"HEAD"}


class Subject:
    """A row of `list --auth` on one of its paths."""

    def __init__(self, row, path):
        self.row = row
        self.kept = row["kind"] == "kept"
        self.methods = {"GET"} if self.kept else methods_of(row["methods"])
        self.path = path
        self.realms = [realm["name"] for realm in row["realms"]]
        self.expr = parse(row["requirement"] or "public")

    def urls(self, text):
        """Its URLs, those in a glob of the text among them."""
        hosts = [{}]
        if any("{h:Two}" in host for host in self.row["hosts"]):
            hosts = [{"h": h} for h in LANGUAGES["Two"]]
        return [(url, {**fill, **host}) for url, fill in urls(
            self.path, tails(text)) for host in hosts]

    def granted(self, text, methods, among):
        """Whether somebody is granted who does not keep what is required."""
        required = parse(text)
        for url, fill in among:
            for caller in callers([self.expr, required], fill, self.realms,
                                  sorted(self.methods & methods)):
                if caller.granted(self.expr, fill) and not caller.granted(
                        required, fill):
                    return True
        return False

    def public(self):
        return any(caller.granted(self.expr, fill)
                   for _, fill in self.urls("")
                   for caller in callers([self.expr], fill, [],
                                         sorted(self.methods)))


def subjects(site):
    rows = run(site, "list", "--auth")
    return [Subject(row, path) for row in rows if row["kind"] != "passed"
            for path in row["paths"]]


EVERY = re.compile(r"assert every (?:([A-Z,]+) )?(\S+) requires (.*?)"
                   r"(?: except (\S+))?$")


def expand(text):
    """Without declared rules, as `list` shows a requirement."""
    return re.sub(r"wide\((\w+)\)", r"(owns(\1) or role(staff))", text)


def judge(text, everything):
    """The code that an assertion deserves, or None."""
    only = re.fullmatch("assert public only (.*)", text)
    if only:
        listed = only[1].split(", ")
        return "E603" if any(
            subject.public() and not any(
                all(in_glob(url, one) for url, _ in subject.urls(text))
                for one in listed) for subject in everything) else None
    methods, pattern, required, less = EVERY.fullmatch(text).groups()
    methods = ANY if not methods else methods_of(methods.split(","))
    met = False
    for subject in everything:
        among = [(u, f) for u, f in subject.urls(text) if in_glob(u, pattern)]
        if not among or not subject.methods & methods:
            continue
        met = True
        if less and all(in_glob(url, less) for url, _ in subject.urls(text)):
            continue
        if subject.granted(expand(required), methods, among):
            return "E601"
    return None if met else "E602"


# ---- who is printed ---------------------------------------------------------

def printed(text):
    """A caller as a message has it, and what its parameters are."""
    text, _, where = text.partition(", where ")
    fill = dict(re.findall(r"\{(\w+)\} is (\S+?)(?= and \{|$)", where))
    realm, truths, address, method = None, {}, "192.0.2.1", None
    first, *facts = re.split(r", (?![^(]*\))", text)
    if first != "anonymous":
        realm = first[len("user of "):] if " of " in first else "staff"
    for fact in facts:
        name, _, value = fact.partition(": ")
        if fact.startswith("from "):
            address = {"10.0.0.0": "10.9.9.9"}.get(
                fact[5:].split("/")[0], fact[5:].split("/")[0])
        elif fact.startswith("by "):
            method = fact[3:]
        elif fact.startswith("without "):
            return None
        elif name == "claim":
            truths["claim", *value.split(" = ")] = GRANTED
        elif name in ("role", "scope"):
            truths[name, value] = GRANTED
        else:
            truths[fact] = GRANTED
    return realm, truths, address, method, fill


def shown(text, message, everything):
    """Whether the caller whom an E601 prints is granted, and shouldn't be, on
    a route of that path."""
    path, caller = re.match(
        r"(?:`.*?(/\S*)`.*|the 404 of location `\S+`) is granted to \{(.*)\}$",
        message).groups()
    said = printed(caller)
    if path is None or said is None or "{" in caller.split(", where")[0]:
        return None
    methods, pattern, required, _ = EVERY.fullmatch(text).groups()
    realm, truths, address, method, fixed = said
    required = parse(expand(required))
    for subject in everything:
        if path not in subject.row["paths"]:
            continue
        for url, fill in subject.urls(text):
            if not in_glob(url, pattern) or any(
                    fill.get(k) != v for k, v in fixed.items()):
                continue
            own = {ground(parse(fact), fill) if isinstance(fact, str)
                   else fact: value for fact, value in truths.items()}
            for one in [method] if method else sorted(
                    subject.methods & (methods_of(methods.split(","))
                                       if methods else ANY)):
                found = Caller(realm, own, address, one)
                if found.granted(subject.expr, fill) and not found.granted(
                        required, fill):
                    return True
    return False


@pytest.mark.parametrize("number", range(POLICIES))
def test_the_engine_agrees_with_every_caller(tmp_path, number):
    rng = random.Random(f"{SEED}-{number}")
    places = program(tmp_path, rng)
    lines = [line for part in places for line in part[0]]
    assert faults(tmp_path, lines) == []
    everything = subjects(tmp_path)
    asserted = []
    while len(asserted) < 45:
        n = rng.randrange(len(places))
        text = assertion(rng, n, places[n][1])
        if not [d for d in faults(tmp_path, lines + [text])
                if d["code"] not in ("E601", "E602", "E603")]:
            asserted.append(text)
    said = {}
    first = HEAD.count("\n") + 1 + len(lines)
    for fault in faults(tmp_path, lines + asserted):
        said[fault["place"]["line"] - first] = fault
    for i, text in enumerate(asserted):
        wanted = judge(text, everything)
        found = said.get(i)
        assert (found["code"] if found else None) == wanted, (
            text, found and found["message"], [
                s.row["requirement"] for s in everything
                if text.split("/l")[1].split("/")[0] in s.path], lines)
        if wanted == "E601":
            assert shown(text, found["message"], everything) is not False, (
                "\n".join((text, found["message"], *lines)))


BELOW = """\
routes 1
realm staff = basic { file "/etc/routes/passwd" }
type Two = "red" | "blue"
auth staff
location /l/{t:Two} {
    require role("t-{t}")
    include "below.routes" at /inc
}
GET /l/{s}/inc/x   -> m:other public
GET /l/red/inc/y   -> m:other public
GET /l/green/inc/x -> m:other public
"""


@pytest.mark.parametrize("text, codes", [
    ('assert every /x requires role("t-{t}")', []),
    ('assert every /** requires user except /y', []),
    ('assert every /x requires role("t-red") or role("t-blue")', []),
    ('assert public only /y', []),
    ('assert every /x requires role("t-red")', ["E601"]),
    ('assert every /** requires user', ["E601"]),
    ('assert public only /x', ["E603"]),
    ('assert every /z requires user except /**', []),
    ('assert GET /x -> m:x', ["E015"])])
def test_an_included_file_asserts_below_a_parameter(tmp_path, text, codes):
    (tmp_path / "p.routes").write_text(BELOW)
    (tmp_path / "below.routes").write_text(
        "routes 1\nGET /x -> m:x\nGET /y -> m:y override public\n"
        f"{text}\n")
    said = [d for d in run(tmp_path, "check", "--no-python")["diagnostics"]
            if d["severity"] == "error"]
    assert [(d["code"], d["place"]["file"]) for d in said] == [
        (code, "below.routes") for code in codes], said
