# SPDX-License-Identifier: Apache-2.0
"""As test_440_agreement, of requirements that ask httpd: client certificates
of two realms, one of which knows all that the other knows, with and without
TLS, and `apache("…")` of what a request and a user are.

ROUTES_PAIRS is how many pairs of a route and a caller are tried on each MPM;
`tests/run --agreement` sets it to 12,000.
"""

import hashlib
import http.client
import itertools
import os
import random
import ssl

import pytest

import tls
from test_431_kinds import make_ca, sign
from test_440_agreement import check, find_faults, listed, outcome, row_of
from test_440_agreement import satisfiable

PAIRS = int(os.environ.get("ROUTES_PAIRS", "1000"))
SEED = 20261126
HEAD = """\
routes 1
realm card = mtls { dn "OU=ops,O=Example" }
realm door = mtls { dn "O=Example"; ca "CN=Good CA,O=Example" }
realm web  = apikey { header "X-Api-Key"; file "web.keys" }
rule  flag = apache("env", "flag")
auth card or door or web
"""
REALMS = ("card", "door", "web")
ENV, NAMED = 'apache("env", "flag")', 'apache("user", "eve both")'
GROUP, VALID = 'apache("group", "crew")', 'apache("valid-user")'
POSTED, ALL = 'apache("method", "POST")', 'apache("all", "granted")'
PROVIDERS = (ENV, NAMED, GROUP, VALID, POSTED, ALL,
             'apache("all", "denied")', 'apache("user", "nobody")')
CONFIG = """
SetEnvIf X-Flag ^up$ flag
<Location />
    AuthGroupFile "{root}/crew"
</Location>
"""
TLS = """
    SSLCACertificateFile "{root}/good.pem"
    SSLVerifyClient optional
"""
MODULES = ["ssl", "authz_core", "authz_user", "authz_groupfile", "setenvif"]
SUBJECTS = {"ada": "/O=Example/OU=ops/CN=ada", "eve": "/O=Example/CN=eve"}
KEYS = {"none": (), "some": ("a",), "both": ("a", "b")}
CREW = ("ada", "some")


class Caller:
    """What somebody brings: a certificate, a key, TLS, a header field."""

    def __init__(self, certificate, key, tls_too, flag):
        self.certificate, self.key = certificate, key
        self.tls = tls_too or certificate is not None
        self.flag = flag
        self.name = f"{certificate}-{key}-{self.tls:d}-{flag:d}"

    def user_of(self, realms):
        """(realm, name) of the first of these that knows the caller, who is
        nobody else."""
        for realm in realms:
            if realm == "web" and self.key:
                return realm, self.key
            if realm == "door" and self.certificate or (
                    realm == "card" and self.certificate == "ada"):
                return realm, self.certificate
        return None, None

    def facts(self, realms, method):
        realm, name = self.user_of(realms)
        said = [("tls", self.tls), (ENV, self.flag), (ALL, True),
                (POSTED, method == "POST"), (GROUP, name in CREW),
                (NAMED, name in ("eve", "both")), (VALID, name is not None)]
        made = ["anonymous"] if name is None else ["user", f"realm({realm})"]
        if realm == "web":
            made += [f"role({role})" for role in KEYS[name]]
        return made + [fact for fact, holds in said if holds]

    def others(self, realms, method):
        """An expression that does not hold for this caller."""
        facts = self.facts(realms, method)
        if facts[0] == "anonymous":
            return "user"
        missing = [f"not {fact}" for fact in ("tls", *PROVIDERS, *(
            f"role({role})" for role in "ab")) if fact not in facts]
        return f"anonymous or not ({' and '.join(facts + missing)})"

    def headers(self):
        made = {"X-Flag": "up"} if self.flag else {}
        if self.key:
            made["X-Api-Key"] = secret(self.key)
        return made

    def connect(self, server, port):
        if not self.tls:
            return server.connect()
        context = ssl.create_default_context(
            cafile=server.root / "server.pem")
        if self.certificate:
            context.load_cert_chain(
                server.root / f"{self.certificate}.pem",
                server.root / f"{self.certificate}.key")
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=60,
                                           context=context)


def secret(key):
    return hashlib.sha256(key.encode()).hexdigest()


CALLERS = [Caller(*parts) for parts in itertools.product(
    (None, "ada", "eve"), (None, *KEYS), (False, True), (False, True))
    if parts[0] is None or parts[2]]


def realms(rng):
    return " or ".join(rng.sample(REALMS, rng.randrange(1, 4)))


def rule(rng, depth):
    kind = rng.randrange(3 if depth == 0 else 9)
    if kind < 2:
        return rng.choice([*PROVIDERS, *PROVIDERS, "flag", "flag", "tls"])
    if kind == 2:
        return rng.choice(["user", "anonymous", "role(a)", "role(b)",
                           "tls", *(f"realm({realm})" for realm in REALMS)])
    if kind == 3:
        return f"not ({rule(rng, depth - 1)})"
    word = " and " if kind < 6 else " or "
    return "(" + word.join(rule(rng, depth - 1)
                           for _ in range(rng.randrange(2, 4))) + ")"


def place(rng, n):
    auth = [f"    auth {realms(rng)}"] * rng.randrange(2)
    hide = ["    deny as 404"] * (rng.randrange(4) == 0)
    return [f"GET,POST /l{n}/r -> app:ok {{", *auth, *hide,
            f"    require {rule(rng, 3)}", "}"]


@pytest.fixture
def files(site):
    root = site.root
    site.write("app.py", "def ok():\n    return 'ok'\n")
    tls.certificate(root)
    make_ca(root, "good", "/O=Example/CN=Good CA")
    for name, subject in SUBJECTS.items():
        sign(root, "good", name, subject)
    for path in root.glob("*.key"):
        path.chmod(0o600)
    site.write("crew", f"crew: {' '.join(CREW)}\n")
    site.write("web.keys", "".join(
        f"{key}:{hashlib.sha256(secret(key).encode()).hexdigest()}:"
        f"{' '.join(roles)}\n" for key, roles in KEYS.items()))


def serve(server, port, asked, count):
    """The status of each (place, caller)."""
    answers = {}
    for caller in CALLERS:
        link = caller.connect(server, port)
        for n in range(count):
            link.request(*asked[n, caller.name], headers=caller.headers())
            answer = link.getresponse()
            answer.read()
            answers[n, caller.name] = answer.status
        link.close()
    return answers


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_what_httpd_says_is_agreed_on(site, files, mpm):
    rng = random.Random(f"{SEED}-{mpm}")
    count = -(-PAIRS // len(CALLERS))
    places = satisfiable(site, rng, count, place, HEAD)
    asked = {(n, caller.name): (rng.choice(["GET", "POST"]), f"/l{n}/r")
             for n in range(count) for caller in CALLERS}
    lines = [line for part in places for line in part]
    port, more = tls.config(TLS)
    server = site.serve("\n".join([HEAD.rstrip("\n"), *lines, ""]),
                        CONFIG + more, mpm=mpm, log_level="warn",
                        modules=MODULES)
    answers = serve(server, port, asked, count)
    assert set(answers.values()) == {200, 401, 403, 404}
    rows = listed(site)
    callers = {caller.name: caller for caller in CALLERS}

    def in_force(n):
        return [realm["name"] for realm in row_of(
            rows, n, asked[n, CALLERS[0].name][1])["realms"]]

    def facts(n, name):
        return " and ".join(callers[name].facts(in_force(n),
                                                asked[n, name][0]))

    assert check(site, lines + [
        "assert {} {} as {} -> {}".format(*asked[key], facts(*key),
                                          outcome(status))
        for key, status in answers.items()], HEAD) == []
    for n, name in rng.sample(sorted(answers), 40):
        said = site.routesc("explain", "app.routes", *asked[n, name],
                            "--as", facts(n, name)).stdout
        assert outcome(answers[n, name]) in said, said

    # the policy engine takes a provider for one that may have no answer, so
    # it may know less than it could, but never proves away who was served
    served = ["assert every {} {} requires {}".format(
        *asked[n, name], callers[name].others(in_force(n), asked[n, name][0]))
        for (n, name), status in answers.items() if status == 200]
    assert served
    assert find_faults(site, lines, served, HEAD) == set(range(len(served)))
