# SPDX-License-Identifier: Apache-2.0
"""Realms that ask Python: `python { check }`, `basic { check }`.  What a
function does not say grants nothing, and what it gets wrong is no answer."""

import base64

import pytest

from conftest import Site

ROUTES = """\
routes 1
realm keys = python { check who:check; challenge "Key realm=\\"shop\\"" }
realm slow = python { check who:slow }
realm pam  = basic { check who:password; groups "groups"; title "Doors" }
realm odd  = basic { check who:odd }
location /key {
    auth keys
    require user
    GET /any   -> app:whoami(user: principal)
    GET /role  -> app:whoami(user: principal) require role(boss)
    GET /scope -> app:whoami(user: principal) require scope(write)
    GET /claim -> app:whoami(user: principal) require claim("team", "blue")
    GET /open  -> app:maybe(user: principal?) override public
    GET /not   -> app:hello() require not role(boss)
}
GET /slow  -> app:hello() auth slow require user
GET /pam   -> app:whoami(user: principal) auth pam require user
GET /pam/boss -> app:hello() auth pam require role(boss)
GET /pam/file -> app:hello() auth pam require role(filed)
GET /odd   -> app:hello() auth odd require user
GET /both  -> app:whoami(user: principal) auth keys or pam require user
realm late = python { check who:late }
realm long = python { check who:later }
realm door = basic { check who:long }
location /late {
    limit time 200ms
    auth late
    require user
    GET /key  -> app:hello()
    GET /long -> app:hello() override auth long
    GET /door -> app:hello() override auth door
    GET /both -> app:hello() override auth late or keys
    GET /open -> app:maybe(user: principal?) override public
    GET /not  -> app:hello() require not role(boss)
    GET /idle -> app:hello() override limit time off
}
"""

APP = """\
def hello():
    return "hello"

def whoami(user):
    claims = ",".join(f"{k}={v}" for k, v in sorted(user.claims.items()))
    return (f"{user.user} {user.realm} {'+'.join(sorted(user.roles))} "
            f"{'+'.join(sorted(user.scopes))} {claims}")

def maybe(user):
    return user.user if user else "nobody"
"""

WHO = """\
import apache
import asyncio
import time

CALLS = []

class Odd:
    def __bool__(self):
        return True

ANSWERS = {
    "none": None, "false": False, "true": True, "ada": "ada", "empty": "",
    "control": "a\\nb", "nul": "a\\0b", "surrogate": "\\udc80", "int": 1,
    "odd": Odd(), "list": ["ada"], "bytes": b"ada", "zero": 0,
    "boss": {"user": "eve", "roles": ["boss", "boss"]},
    "full": {"user": "eve", "roles": {"r"}, "scopes": ("write", "a"),
             "claims": {"team": ["red", "blue"], "n": 1}},
    "nameless": {"roles": ["boss"]}, "typo": {"user": "eve", "role": ["boss"]},
    "text-roles": {"user": "eve", "roles": "boss"},
    "int-roles": {"user": "eve", "roles": [1]},
    "none-user": {"user": None}, "list-claims": {"user": "e", "claims": []},
    "bad-claims": {"user": "e", "claims": {"x": object()}},
    "nan": {"user": "e", "claims": {"team": float("nan")}},
    "dict": {},
}

def check(request):
    key = request.headers_in.get("X-Key")
    if key is None:
        return None
    if key == "raise":
        raise RuntimeError("secret words")
    if key == "exit":
        raise SystemExit
    if key == "where":
        name = request.route and request.route.name
        return f"{request.uri}|{request.method}|{name}"
    return ANSWERS[key]

async def slow(request):
    await asyncio.sleep(0)
    return "ada" if request.headers_in.get("X-Key") == "yes" else False

def password(user, password):
    CALLS.append(user)
    if password == "raise":
        raise KeyError(user)
    if password == "dict":
        return {"roles": ["boss"]}
    if password == "other":
        return {"user": "other"}
    return password == "right-" + user

def odd(user, password):
    return user

def work(key, seconds=20):
    end = time.monotonic() + seconds
    while key != "quick" and time.monotonic() < end:
        time.sleep(0.01)
    return "ada"

def late(request):
    key = request.headers_in["X-Key"]
    try:
        return work(key, 0.4 if key == "idle" else 20)
    except apache.Timeout:
        if key == "caught":
            return False
        raise

async def later(request):
    if request.headers_in["X-Key"] != "quick":
        await asyncio.sleep(60)
    return "ada"

def long(user, password):
    return work(password) == "ada"
"""


@pytest.fixture(scope="module")
def server():
    site = Site(shared=True)
    site.write("app.py", APP)
    site.write("who.py", WHO)
    site.write("groups", "filed: eve ada\n")
    yield site.serve(ROUTES)
    site.close()


def basic(user, password):
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}"}


@pytest.mark.parametrize("key, status", [
    (None, 401), ("none", 401), ("false", 401), ("ada", 200), ("boss", 200),
    ("full", 200)])
def test_a_function_of_the_request_says_who_calls(server, key, status):
    headers = {} if key is None else {"X-Key": key}
    answer = server.request("GET", "/key/any", headers=headers)
    assert answer.status == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Key realm="shop"'


@pytest.mark.parametrize("key", [
    "true", "empty", "control", "nul", "surrogate", "int", "odd", "list",
    "bytes", "zero", "nameless", "typo", "text-roles", "int-roles",
    "none-user", "list-claims", "bad-claims", "dict", "unheard-of", "raise",
    "exit"])
@pytest.mark.parametrize("path", ["/key/any", "/key/open", "/key/not"])
def test_what_is_no_answer_is_500_and_never_granted(server, key, path):
    server.expect(r"ROUTES0(120|121|060)")
    answer = server.request("GET", path, headers={"X-Key": key})
    assert answer.status == 500
    assert b"secret words" not in answer.body


def test_roles_scopes_and_claims_are_judged(server):
    def status(path, key):
        return server.request("GET", path, headers={"X-Key": key}).status
    assert status("/key/role", "boss") == 200
    assert status("/key/role", "ada") == 403
    assert status("/key/scope", "full") == 200
    assert status("/key/scope", "boss") == 403
    assert status("/key/claim", "full") == 200
    assert status("/key/claim", "ada") == 403
    assert status("/key/claim", "nan") == 403
    assert status("/key/not", "boss") == 403
    assert status("/key/not", "ada") == 200
    assert status("/key/not", "none") == 401


def test_the_principal_is_what_the_function_said(server):
    answer = server.request("GET", "/key/any", headers={"X-Key": "full"})
    assert answer.text == "eve keys r a+write n=1,team=['red', 'blue']"


def test_a_public_route_takes_anybody(server):
    for key, user in ("none", "nobody"), ("false", "nobody"), ("ada", "ada"):
        answer = server.request("GET", "/key/open", headers={"X-Key": key})
        assert (answer.status, answer.text) == (200, user)


def test_the_function_sees_the_request(server):
    answer = server.request("GET", "/key/any?x=1", headers={"X-Key": "where"})
    assert answer.text.startswith("/key/any|GET|app.whoami keys")


def test_what_matches_no_route_is_asked_too(server):
    assert server.request("GET", "/key/nothing").status == 401
    assert server.request("GET", "/key/nothing",
                          headers={"X-Key": "where"}).status == 404


def test_a_coroutine_may_say_it(server):
    for key, status in ("yes", 200), ("no", 401):
        assert server.request("GET", "/slow",
                              headers={"X-Key": key}).status == status


@pytest.mark.parametrize("path", ["/late/key", "/late/long", "/late/door",
                                  "/late/both", "/late/open", "/late/not"])
def test_the_time_of_the_route_is_that_of_its_realms(server, path):
    """It says nothing then, which no other realm and no `public` makes up
    for."""
    def ask(key):
        return server.request("GET", path, headers={
            "X-Key": key, **basic("ada", key)}).status

    server.expect("ROUTES0126: .* who:.* ran past its limit of 0.200 s",
                  "ROUTES0121")
    assert ask("quick") == 200
    assert ask("slow") == 504
    assert ask("quick") == 200


def test_a_realm_that_catches_the_end_of_its_time_may_answer(server):
    def ask(path, key):
        return server.request("GET", path, headers={"X-Key": key}).status

    assert ask("/late/key", "caught") == 401
    assert ask("/late/open", "caught") == 200
    assert ask("/late/idle", "idle") == 200


@pytest.mark.parametrize("user, password, status", [
    ("ada", "right-ada", 200), ("ada", "wrong", 401), ("ada", "", 401),
    ("ü", "right-ü", 200), ("ada", "dict", 200), ("ada", "raise", 500)])
def test_basic_asks_a_function(server, user, password, status):
    if status == 500:
        server.expect(r"ROUTES012[01]")
    answer = server.request("GET", "/pam", headers=basic(user, password))
    assert answer.status == status
    if status == 200:
        assert answer.text.split()[:2] == [user, "pam"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith(
            'Basic realm="Doors"')


def test_basic_takes_roles_and_another_name(server):
    assert server.request("GET", "/pam/boss",
                          headers=basic("eve", "dict")).status == 200
    assert server.request("GET", "/pam/boss",
                          headers=basic("eve", "right-eve")).status == 403
    for password in "dict", "right-eve":
        assert server.request("GET", "/pam/file",
                              headers=basic("eve", password)).status == 200
    assert server.request("GET", "/pam", headers=basic(
        "eve", "other")).text.startswith("other pam")


def test_a_name_is_no_answer_to_a_password(server):
    server.expect(r"ROUTES012[01]")
    assert server.request("GET", "/odd", headers=basic("a", "b")).status == 500


def test_guessing_is_slowed_down(server):
    statuses = [server.request("GET", "/pam", headers=basic("mallory", str(i))
                               ).status for i in range(20)]
    assert statuses[0] == 401 and 429 in statuses


def test_realms_are_asked_in_order(server):
    assert server.request("GET", "/both", headers=basic(
        "eve", "right-eve")).text.startswith("eve pam")
    both = {"X-Key": "ada", **basic("eve", "right-eve")}
    assert server.request("GET", "/both",
                          headers=both).text.startswith("ada keys")
    answer = server.request("GET", "/both")
    assert [text.split()[0] for text in answer.headers.get_all(
        "WWW-Authenticate")] == ["Key", "Basic"]
    assert answer.status == 401


def test_a_function_that_is_missing_lets_nobody_in(site):
    site.write("app.py", APP)
    site.write("who.py", "def check(request, more):\n    return 'ada'\n")
    text = ("routes 1\nrealm a = python { check who:gone }\n"
            "realm b = python { check who:check }\n"
            "GET /a -> app:hello() auth a require user\n"
            "GET /b -> app:hello() auth b require user\n"
            "GET /c -> app:maybe(user: principal?) auth a public\n")
    site.write("app.routes", text)
    done = site.routesc("build", "--no-python", "app.routes")
    assert done.returncode == 0, done.stderr
    server = site.httpd([("app_routes_module", site.root / "mod_app.so")],
                        f"RoutesMount app\nRoutesPythonPath {site.root}")
    server.start()
    server.allowed.append("ROUTES011[01]")
    for path in "/a", "/b", "/c":
        assert server.request("GET", path).status == 503
