# SPDX-License-Identifier: Apache-2.0
"""Random requirements and callers of realms of five kinds: the running server,
`explain --as`, an assertion of the request, the policy engine and `list
--auth` say the same of each.

ROUTES_PAIRS is how many pairs of a route and a caller are tried on each MPM;
`tests/run --agreement` sets it to 12,000.
"""

import base64
import hashlib
import itertools
import json
import os
import random
import re
import subprocess

import pytest

import tree
from test_432_tokens import SECRET, own_token

PAIRS = int(os.environ.get("ROUTES_PAIRS", "1000"))
SEED = 20261123
ROLES = ("a", "b", "c")
REALMS = ("staff", "web", "api", "code", "site")
RICH = ("api", "code", "site")      # they know of scopes and claims
HEAD = """\
routes 1
realm staff = basic { file "staff.htpasswd"; groups "staff.groups" }
realm web = apikey { header "X-Api-Key"; file "web.keys" }
realm api = jwt { issuer "me"; audience "shop"; secret file "secret" }
realm code = python { check app:check }
realm site = session { cookie "sid"; load app:load }
rule office = ip(10.0.0.0/8, 192.168.0.0/16)
rule inner  = role(a) and office
auth staff or web or api or code or site
POST /login -> app:login(req: request, user: str from form) public
"""
PYTHON = """\
import json
import pathlib
import apache

PEOPLE = json.loads((pathlib.Path(__file__).parent / "people.json")
                    .read_text())

def ok():
    return "ok"

def check(request):
    return PEOPLE.get(request.headers_in.get("X-Code"))

def load(login):
    return PEOPLE[login.user]

def login(req, user):
    apache.login(req, user)
"""
CONFIG = """
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 127.0.0.1
    Session On
    SessionCookieName sid
    SessionCryptoPassphrase "correct horse"
"""
MODULES = ["remoteip", "session", "session_cookie", "session_crypto",
           "request"]
ADDRESSES = ("10.0.0.7", "10.1.2.3", "192.168.3.4", "192.0.2.1",
             "2001:db8::7", "2001:db9::1", "127.0.0.2")
CLAIM = 'claim("n", "v")'


class Caller:
    """Somebody, or nobody: the facts that describe them, what they send."""

    def __init__(self, realm=None, roles=(), address=ADDRESSES[0],
                 scope=False, claim=False):
        self.realm = realm
        self.address = address
        self.roles = roles
        self.ip = f'ip("{address}")'
        self.more = [*["scope(x)"] * scope, *[CLAIM] * claim]
        self.name = "-".join((realm or "nobody", "".join(roles), str(
            ADDRESSES.index(address)), str(len(self.more))))
        self.key = hashlib.sha256(self.name.encode()).hexdigest()
        self.facts = " and ".join(
            ["user", f"realm({realm})", *(f"role({r})" for r in roles),
             *self.more] if realm else ["anonymous"]) + " and " + self.ip
        self.cookie = None

    def person(self):
        """Who it is, as functions say it."""
        return {"user": self.name, "roles": list(self.roles),
                "scopes": ["x"] * ("scope(x)" in self.more),
                "claims": {"n": "v"} if CLAIM in self.more else {}}

    def token(self, root):
        return own_token(root, sub=self.name, roles=list(self.roles),
                         scope="x" if "scope(x)" in self.more else "y",
                         **({"n": "v"} if CLAIM in self.more else {}))

    def headers(self, root):
        headers = {"X-Forwarded-For": self.address}
        if self.realm == "staff":
            code = base64.b64encode(f"{self.name}:{self.key[:20]}".encode())
            headers["Authorization"] = "Basic " + code.decode()
        elif self.realm == "web":
            headers["X-Api-Key"] = self.key
        elif self.realm == "api":
            headers["Authorization"] = "Bearer " + self.token(root)
        elif self.realm == "code":
            headers["X-Code"] = self.name
        elif self.realm == "site":
            headers["Cookie"] = self.cookie
        return headers

    def seen_by(self, realms):
        """As whom these realms see the caller."""
        return self if self.realm in realms else Caller(address=self.address)

    def exactly(self):
        """An expression that holds for this user alone."""
        parts = [("" if r in self.roles else "not ") + f"role({r})"
                 for r in (*ROLES, "nobody")]
        parts += [("" if more in self.more else "not ") + more
                  for more in ("scope(x)", CLAIM)]
        return " and ".join([f"realm({self.realm})", self.ip, *parts])

    def others(self):
        """An expression that holds for everybody else."""
        if self.realm is None:
            return f"user or tls or not {self.ip}"
        return f"anonymous or not ({self.exactly()} and not tls)"


class Pair(Caller):
    """Somebody with the credentials of two realms: of those in force the first
    that is asked says who it is."""

    def __init__(self, *callers):
        first, second = callers
        self.callers = callers
        self.address = first.address
        self.name = f"{first.name}+{second.name}"

    def headers(self, root):
        return {**self.callers[1].headers(root),
                **self.callers[0].headers(root)}

    def seen_by(self, realms):
        for realm in realms:
            for caller in self.callers:
                if caller.realm == realm:
                    return caller
        return Caller(address=self.address)


SETS = [c for n in range(4) for c in itertools.combinations(ROLES, n)]
PEOPLE = [
    Caller(realm, roles, ADDRESSES[(i + 3 * k) % len(ADDRESSES)],
           realm in RICH and i % 2 == 0, realm in RICH and i % 3 == 0)
    for k, realm in enumerate(REALMS) for i, roles in enumerate(SETS)]


def find(realm, i):
    """Somebody of a realm, by the number of the roles, anywhere."""
    caller = PEOPLE[REALMS.index(realm) * len(SETS) + i]
    return Caller(realm, caller.roles, ADDRESSES[1],
                  "scope(x)" in caller.more, CLAIM in caller.more)


PAIRED = [Pair(find("web", 7), find("staff", 1)),
          Pair(find("code", 0), find("web", 2)),
          Pair(find("site", 3), find("api", 0)),
          Pair(find("staff", 4), find("site", 7))]
KNOWN = PEOPLE + [caller for pair in PAIRED for caller in pair.callers]
CALLERS = [Caller(address=address) for address in ADDRESSES] + PEOPLE + PAIRED


def realms(rng):
    return " or ".join(rng.sample(REALMS, rng.randrange(1, 4)))


def rule(rng, depth):
    kind = rng.randrange(3 if depth == 0 else 9)
    if kind == 0:
        return rng.choice(["user", "user", "anonymous", "tls",
                           *(f"realm({realm})" for realm in REALMS),
                           "scope(x)", "scope(x)", CLAIM, CLAIM, "office",
                           "inner",
                           "ip(10.0.0.0/8)", "ip(10.1.0.0/16)",
                           'ip("2001:db8::/32", 192.0.2.1)', "method(GET)",
                           "method(POST)"])
    if kind < 3:
        return f"role({rng.choice((*ROLES, 'nobody'))})"
    if kind == 3:
        return f"not ({rule(rng, depth - 1)})"
    word = " and " if kind < 6 else " or "
    return "(" + word.join(rule(rng, depth - 1)
                           for _ in range(rng.randrange(2, 4))) + ")"


def hidden(rng):
    return ["    deny as 404"] * (rng.randrange(4) == 0) + [
        "    csrf off"] * (rng.randrange(6) == 0)


def route(rng, n):
    """A route by itself: its lines."""
    auth = [f"    auth {realms(rng)}"] * rng.randrange(2)
    return [f"GET,POST /l{n}/r -> app:ok {{", *auth, *hidden(rng),
            *(f"    require {rule(rng, 3)}" for _ in range(rng.choice(
                (1, 1, 2)))), "}"]


def place(rng, n):
    """A location with one route in it: its lines."""
    if rng.randrange(2):
        return route(rng, n)
    outer = rng.choice(["public", f"require {rule(rng, 2)}"])
    inner = [f"auth {realms(rng)}"] * rng.randrange(2)
    deep = [f"auth {realms(rng)}"] * (
        not inner and rng.randrange(3) == 0)
    own = rng.choice(["", f"require {rule(rng, 3)}",
                      f"override require {rule(rng, 3)}"])
    if own.startswith("override") and outer == "public":
        own = own[len("override "):]
    return [f"location /l{n} {{", *("    " + line for line in inner),
            f"    {outer}", *hidden(rng),
            f"    GET,POST /r -> app:ok {' '.join(deep)} {own}".rstrip(), "}"]


def check(site, lines, head=HEAD):
    site.write("app.routes", "\n".join([head.rstrip("\n"), *lines, ""]))
    done = subprocess.run([tree.routesc(), "check", "--format", "json",
                           "--no-python", "app.routes"], text=True,
                          capture_output=True, cwd=site.root)
    said = json.loads(done.stdout)
    return [d for d in said["diagnostics"] if d["severity"] == "error"]


def satisfiable(site, rng, count, make=place, head=HEAD):
    """Places that compile: what nobody can satisfy is an error (E306)."""
    places = []
    while len(places) < count:
        new = [make(rng, len(places) + i) for i in range(20)]
        starts = list(itertools.accumulate([head.count("\n") + 1,
                                            *map(len, new)]))
        bad = set()
        for fault in check(site, [line for p in new for line in p], head):
            assert fault["code"] == "E306", fault
            at = fault["place"]["line"]
            bad |= {i for i in range(20)
                    if starts[i] <= at < starts[i + 1]}
        kept = [p for i, p in enumerate(new) if i not in bad]
        places += [[re.sub(r"/l\d+", f"/l{len(places) + i}", p[0]), *p[1:]]
                   for i, p in enumerate(kept)]
    return places[:count]


def files(site):
    """What the realms read."""
    site.write("app.py", PYTHON)
    site.write("people.json", json.dumps({
        c.name: c.person() for c in KNOWN if c.realm in ("code", "site")}))
    site.write("secret", SECRET + "\n")
    staff = [c for c in KNOWN if c.realm == "staff"]
    site.htpasswd("staff.htpasswd", **{c.name: c.key[:20] for c in staff})
    site.write("staff.groups", "".join(
        f"{role}: {' '.join(c.name for c in staff if role in c.roles)}\n"
        for role in ROLES))
    site.write("web.keys", "".join({
        f"{c.name}:{hashlib.sha256(c.key.encode()).hexdigest()}:"
        f"{' '.join(c.roles)}\n" for c in KNOWN if c.realm == "web"}))


def log_in(server):
    for caller in KNOWN:
        if caller.realm == "site":
            answer = server.request(
                "POST", "/login", f"user={caller.name}", {
                    "Content-Type": "application/x-www-form-urlencoded"})
            caller.cookie = answer.headers["Set-Cookie"].split(";")[0]


def listed(site):
    """What `list --auth` says, by path."""
    rows = json.loads(site.routesc("list", "--auth", "--format", "json",
                                   "app.routes").stdout)
    return {row["paths"][0]: row for row in rows}


def requests(rng, places):
    """What each caller asks of each place: a method and a path."""
    return {(n, caller.name): (
        rng.choice(["GET", "POST"]),
        f"/l{n}/" + ("r" if part[0].startswith("GET") or rng.randrange(4)
                     else "none"))
            for n, part in enumerate(places) for caller in CALLERS}


def serve(server, asked, count, **more):
    """The status of each (place, caller)."""
    answers = {}
    for caller in CALLERS:
        link = server.connect()
        headers = {**caller.headers(server.root), **more}
        for n in range(count):
            link.request(*asked[n, caller.name], headers=headers)
            answer = link.getresponse()
            answer.read()
            answers[n, caller.name] = answer.status
        link.close()
    return answers


def row_of(rows, n, path):
    """The row that answers a path below a place: its route, or what the place
    keeps."""
    return rows.get(path) or rows[f"/l{n}/**"]


def outcome(status):
    return "app:ok" if status == 200 else str(status)


def find_faults(site, lines, assertions, head=HEAD):
    """Which of the assertions are said to be wrong, by number."""
    first = head.count("\n") + 1 + len(lines)
    faults = set()
    for at in range(0, len(assertions), 40):
        faults |= {at + d["place"]["line"] - first
                   for d in check(site, lines + assertions[at:at + 40], head)}
    return faults


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_server_compiler_and_policy_agree(site, mpm):
    rng = random.Random(f"{SEED}-{mpm}")
    count = -(-PAIRS // len(CALLERS))
    files(site)
    places = satisfiable(site, rng, count)
    asked = requests(rng, places)
    lines = [line for part in places for line in part]
    text = "\n".join([HEAD.rstrip("\n"), *lines, ""])
    server = site.serve(text, CONFIG, mpm=mpm, log_level="warn",
                        modules=MODULES)
    log_in(server)
    answers = serve(server, asked, count)
    assert set(answers.values()) == {200, 401, 403, 404}
    rows = listed(site)
    by_name = {caller.name: caller for caller in CALLERS}
    seen = {(n, name): by_name[name].seen_by(
        [realm["name"] for realm in row_of(
            rows, n, asked[n, name][1])["realms"]])
        for n, name in answers}

    # assertions of each request: what `explain --as` says, too
    assert check(site, lines + [
        "assert {} {} as {} -> {}".format(*asked[key], seen[key].facts,
                                          outcome(status))
        for key, status in answers.items()]) == []
    for n, name in rng.sample(sorted(answers), 40):
        said = site.routesc("explain", "app.routes", *asked[n, name],
                            "--as", seen[n, name].facts).stdout
        wanted = "app:ok" if answers[n, name] == 200 else str(
            answers[n, name])
        assert wanted in said, said

    # the matrix: nobody whom no realm knows is let in where it says so, and
    # everybody where it says that; csrf refuses another site's POST there
    forged = serve(server, asked, count, **{"Sec-Fetch-Site": "cross-site"})
    for (n, name), status in answers.items():
        method, path = asked[n, name]
        row = row_of(rows, n, path)
        if seen[n, name].realm is None and path.endswith("/r"):
            assert status == 200 or row["anyone"] != "yes"
            assert status != 200 or row["anyone"] != "no"
        refused = method == "POST" and status == 200 and row["csrf"] == "on"
        assert forged[n, name] == (403 if refused else status), (n, name)

    # the policy engine grants nobody whom the server refuses, and everybody
    # whom it serves (to a location all its URLs count, so it is asked about
    # routes that stand by themselves)
    alone = {key: status for key, status in answers.items()
             if places[key[0]][0].startswith("GET")}

    def every(granted):
        return ["assert every {} {} requires {}".format(
                    *asked[key], seen[key].others())
                for key, status in alone.items() if (status == 200) == granted]

    assert every(True) and every(False)
    assert check(site, lines + every(False)) == []
    assert find_faults(site, lines, every(True)) == set(
        range(len(every(True))))
