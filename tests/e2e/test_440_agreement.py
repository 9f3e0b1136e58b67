# SPDX-License-Identifier: Apache-2.0
"""Random requirements and callers: the running server, `explain --as`, an
assertion of the request and the policy engine say the same of each.

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

PAIRS = int(os.environ.get("ROUTES_PAIRS", "700"))
SEED = 20261123
ROLES = ("a", "b", "c")
HEAD = """\
routes 1
realm staff = basic { file "staff.htpasswd"; groups "staff.groups" }
realm web = apikey { header "X-Api-Key"; file "web.keys" }
rule office = ip(10.0.0.0/8, 192.168.0.0/16)
rule inner  = role(a) and office
auth staff or web
"""
PROXY = """
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 127.0.0.1
"""
ADDRESSES = ("10.0.0.7", "10.1.2.3", "192.168.3.4", "192.0.2.1",
             "2001:db8::7", "2001:db9::1", "127.0.0.2")
REALMS = {"staff": ("staff",), "web": ("web",), "staff or web": ("staff",
                                                                 "web")}


class Caller:
    """Somebody, or nobody: the facts that describe them, what they send."""

    def __init__(self, realm=None, roles=(), address=ADDRESSES[0]):
        self.realm = realm
        self.address = address
        self.roles = roles
        self.ip = f'ip("{address}")'
        self.name = (realm or "nobody") + "-" + "".join(roles) + "-" + str(
            ADDRESSES.index(address))
        self.key = hashlib.sha256(self.name.encode()).hexdigest()
        self.facts = " and ".join(
            ["user", f"realm({realm})", *(f"role({r})" for r in roles)]
            if realm else ["anonymous"]) + " and " + self.ip

    @property
    def headers(self):
        headers = {"X-Forwarded-For": self.address}
        if self.realm == "web":
            headers["X-Api-Key"] = self.key
        if self.realm == "staff":
            code = base64.b64encode(f"{self.name}:{self.key[:20]}".encode())
            headers["Authorization"] = "Basic " + code.decode()
        return headers

    def exactly(self):
        """An expression that holds for this user alone."""
        parts = [("" if r in self.roles else "not ") + f"role({r})"
                 for r in (*ROLES, "nobody")]
        return " and ".join([f"realm({self.realm})", self.ip, *parts])

    def others(self):
        """An expression that holds for everybody else."""
        if self.realm is None:
            return f"user or tls or not {self.ip}"
        return (f"anonymous or not ({self.exactly()} and not tls and "
                'not scope(x) and not claim("n", "v"))')


SETS = [c for n in range(4) for c in itertools.combinations(ROLES, n)]
CALLERS = [Caller(address=address) for address in ADDRESSES] + [
    Caller(realm, roles, ADDRESSES[(i + 3 * (realm == "web")) %
                                   len(ADDRESSES)])
    for realm in ("staff", "web") for i, roles in enumerate(SETS)]


def rule(rng, depth):
    kind = rng.randrange(3 if depth == 0 else 9)
    if kind == 0:
        return rng.choice(["user", "user", "anonymous", "tls",
                           "realm(staff)", "realm(web)", "scope(x)",
                           'claim("n", "v")', "office", "inner",
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
    return ["    deny as 404"] * (rng.randrange(4) == 0)


def route(rng, n):
    """A route by itself: its lines."""
    auth = [f"    auth {rng.choice(list(REALMS))}"] * rng.randrange(2)
    return [f"GET,POST /l{n}/r -> app:ok {{", *auth, *hidden(rng),
            *(f"    require {rule(rng, 3)}" for _ in range(rng.choice(
                (1, 1, 2)))), "}"]


def place(rng, n):
    """A location with one route in it: its lines."""
    if rng.randrange(2):
        return route(rng, n)
    outer = rng.choice(["public", f"require {rule(rng, 2)}"])
    inner = [f"auth {rng.choice(list(REALMS))}"] * rng.randrange(2)
    deep = [f"auth {rng.choice(['staff', 'web'])}"] * (
        not inner and rng.randrange(3) == 0)
    own = rng.choice(["", f"require {rule(rng, 3)}",
                      f"override require {rule(rng, 3)}"])
    if own.startswith("override") and outer == "public":
        own = own[len("override "):]
    return [f"location /l{n} {{", *("    " + line for line in inner),
            f"    {outer}", *hidden(rng),
            f"    GET,POST /r -> app:ok {' '.join(deep)} {own}".rstrip(), "}"]


def check(site, lines):
    site.write("app.routes", "\n".join([HEAD.rstrip("\n"), *lines, ""]))
    done = subprocess.run([tree.routesc(), "check", "--format", "json",
                           "--no-python", "app.routes"], text=True,
                          capture_output=True, cwd=site.root)
    said = json.loads(done.stdout)
    return [d for d in said["diagnostics"] if d["severity"] == "error"]


def satisfiable(site, rng, count):
    """Places that compile: what nobody can satisfy is an error (E306)."""
    places = []
    while len(places) < count:
        new = [place(rng, len(places) + i) for i in range(20)]
        starts = list(itertools.accumulate([HEAD.count("\n") + 1,
                                            *map(len, new)]))
        bad = set()
        for fault in check(site, [line for p in new for line in p]):
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
    site.write("app.py", "def ok():\n    return 'ok'\n")
    staff = [c for c in CALLERS if c.realm == "staff"]
    site.htpasswd("staff.htpasswd", **{c.name: c.key[:20] for c in staff})
    site.write("staff.groups", "".join(
        f"{role}: {' '.join(c.name for c in staff if role in c.roles)}\n"
        for role in ROLES))
    site.write("web.keys", "".join(
        f"{c.name}:{hashlib.sha256(c.key.encode()).hexdigest()}:"
        f"{' '.join(c.roles)}\n" for c in CALLERS if c.realm == "web"))


def requests(rng, places):
    """What each caller asks of each place: a method and a path."""
    return {(n, caller.name): (
        rng.choice(["GET", "POST"]),
        f"/l{n}/" + ("r" if part[0].startswith("GET") or rng.randrange(4)
                     else "none"))
            for n, part in enumerate(places) for caller in CALLERS}


def serve(server, asked, count):
    """The status of each (place, caller)."""
    answers = {}
    for caller in CALLERS:
        link = server.connect()
        for n in range(count):
            link.request(*asked[n, caller.name], headers=caller.headers)
            answer = link.getresponse()
            answer.read()
            answers[n, caller.name] = answer.status
        link.close()
    return answers


def outcome(status):
    return "app:ok" if status == 200 else str(status)


def every(asked, n, caller, lines):
    """That the request of a caller is granted to others only.  Whom no realm
    in force knows is nobody there."""
    method, path = asked[n, caller.name]
    realms = [line.split("auth ")[1] for line in lines
              if line.strip().startswith("auth ")]
    if realms and caller.realm not in REALMS[realms[0]]:
        caller = Caller(address=caller.address)
    return f"assert every {method} {path} requires {caller.others()}"


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_server_compiler_and_policy_agree(site, mpm):
    rng = random.Random(f"{SEED}-{mpm}")
    count = -(-PAIRS // len(CALLERS))
    files(site)
    places = satisfiable(site, rng, count)
    asked = requests(rng, places)
    lines = [line for part in places for line in part]
    text = "\n".join([HEAD.rstrip("\n"), *lines, ""])
    server = site.serve(text, PROXY, mpm=mpm, log_level="warn",
                        modules=["remoteip"])
    answers = serve(server, asked, count)
    assert set(answers.values()) == {200, 401, 403, 404}
    by_name = {caller.name: caller for caller in CALLERS}

    # assertions of each request: what `explain --as` says, too
    assert check(site, lines + [
        "assert {} {} as {} -> {}".format(*asked[n, name],
                                          by_name[name].facts,
                                          outcome(status))
        for (n, name), status in answers.items()]) == []
    for n, name in rng.sample(sorted(answers), 40):
        said = site.routesc("explain", "app.routes", *asked[n, name],
                            "--as", by_name[name].facts).stdout
        wanted = "app:ok" if answers[n, name] == 200 else str(
            answers[n, name])
        assert wanted in said, said

    # the policy engine grants nobody whom the server refuses, and everybody
    # whom it serves (to a location all its URLs count, so it is asked about
    # routes that stand by themselves)
    alone = {key: status for key, status in answers.items()
             if places[key[0]][0].startswith("GET")}
    refused = [every(asked, n, by_name[name], places[n])
               for (n, name), status in alone.items() if status != 200]
    granted = [every(asked, n, by_name[name], places[n])
               for (n, name), status in alone.items() if status == 200]
    assert refused and granted
    assert check(site, lines + refused) == []
    for at in range(0, len(granted), 40):
        part = granted[at:at + 40]
        said = {d["place"]["line"] for d in check(site, lines + part)}
        first = HEAD.count("\n") + 1 + len(lines)
        assert [line for i, line in enumerate(part)
                if first + i not in said] == []
