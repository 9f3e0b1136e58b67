# SPDX-License-Identifier: Apache-2.0
"""Rules that Python decides: what they are called with, when, how often; and
what is no answer grants nothing."""

import json
import threading

import pytest

from conftest import Site

ROUTES = """\
routes 1
import rules.az as az
setting limit: int = 3
realm key = python { check who:check; challenge "Key" }
realm other = python { check who:other; challenge "Other" }
rule owns(order: int) -> az:owns
rule also(o: int)     -> az:owns
rule vip              -> az:vip
rule says(word: str)  -> az:says
rule on(d: date)      -> az:on
rule shape(a: str, b: int, c: uuid, d: bytes) -> az:shape
rule late(w: str)     -> az:late
rule async_says(word: str) -> az:async_says
rule both(o: int)     = owns(o) and vip
rule wide(o: int)     = role(staff) or owns(o)
auth key
GET,POST /orders/{id:int} -> app:ok          require owns(id)
GET /not/{id:int}         -> app:ok          require not owns(id)
GET /or/{id:int}          -> app:ok          require owns(id) or role(staff)
GET /and/{id:int}         -> app:ok          require owns(id) and role(staff)
GET /wide/{id:int}        -> app:ok          require wide(id)
GET /both/{id:int}        -> app:ok          require both(id)
GET /seven                -> app:ok          require owns(7)
GET /limit                -> app:ok          require owns($limit)
GET /vip                  -> app:ok          require vip
GET /twice/{id:int} -> app:ok {
    require owns(id) and (also(id) or role(staff))
    require not (not owns(id)) and (owns(id) or owns(7))
}
GET /says/{word}     -> app:ok               require says(word)
GET /unless/{word}   -> app:ok               require not says(word)
GET /perhaps/{word}  -> app:ok               require says(word) or user
GET /async/{word}    -> app:ok               require async_says(word)
GET /on/{day:date}   -> app:ok               require on(day)
GET /off/{day:date}  -> app:ok               require not on(day)
GET /shape/{a}/{b:int}/{c:uuid} -> app:ok   require shape(a, b, c, "d\\n{a}")
GET /late/{word} -> app:ok require late(word) limit time 200ms
GET /by/{word}/{id:int}, /turned/{id:int}/{word} -> app:pair(id, word) {
    require owns(id) and role("of:{word}")
}
location /deep/{id:int} {
    require owns(id)
    GET .   -> app:ok
    PUT /x  -> app:ok
}
location /hidden/{word} {
    deny as 404
    require says(word)
    GET . -> app:ok
}
location /part/{id:int} {
    override auth key or other
    require user
    GET . -> app:ok
    POST . -> app:ok require owns(id) deny as 404
}
GET /v/{id:int} by query "action" require user {
    own     -> app:ok                        require owns(id)
    default -> app:ok
}
redirect /old/{id:int} 308 /orders/{id}      require owns(id)
mount /app/{id:int} wsgi app:wsgi            require owns(id)
mount /files/{id:int} files "@/files"        require owns(id)
location /t/{tenant} {
    GET /role  -> app:ok require role("tenant:{tenant}:admin")
    GET /scope -> app:ok require scope("{tenant}:read")
    GET /claim -> app:ok require claim("in-{tenant}", "{tenant}")
    GET /not   -> app:ok require not role("banned:{tenant}")
    GET /raw/{rest:rawpath} -> app:ok require role("x:{rest}")
    GET /unraw/{rest:rawpath} -> app:ok require not role("x:{rest}")
}
host "{tenant}.example.com" {
    GET /host -> app:ok                      require role("host:{tenant}")
}
"""

APP = """\
def ok(**params):
    return "ok"

def pair(id, word):
    return f"{id + 0} of {word}"

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"wsgi"]
"""

WHO = """\
import json

def check(request):
    key = request.headers_in.get("X-Key")
    return None if key is None else json.loads(key)

def other(request):
    key = request.headers_in.get("X-Other")
    return None if key is None else json.loads(key)
"""

AZ = """\
import asyncio
import time
from pathlib import Path

LOG = Path(__file__).resolve().parents[1] / "log" / "calls"

def note(*words):
    with open(LOG, "a") as log:
        log.write(repr(words) + "\\n")

def owns(principal, order):
    note("owns", principal.user, order)
    for name, value in (("roles", {"staff"}), ("user", "root")):
        try:
            setattr(principal, name, value)
        except AttributeError:
            pass
    return order in (7, 3) or str(order) == principal.user

def vip(principal):
    return "vip" in principal.scopes

def on(principal, day):
    note("on", day)
    return day.year == 2026

def shape(principal, a, b, c, d):
    note("shape", a, b, c, d)
    return True

def late(principal, word):
    end = time.monotonic() + 20
    while word == "slow" and time.monotonic() < end:
        time.sleep(0.01)
    return True

async def async_says(principal, word):
    await asyncio.sleep(0)
    return says(principal, word)

class Broken:
    def __bool__(self):
        raise ValueError("secret words")

class Long:
    def __len__(self):
        return 2

class Callable:
    def __call__(self):
        return False

class Truth(Callable):
    def __bool__(self):
        return True

def generator():
    yield False

async def coroutine():
    return False

async def true_later():
    return True

async def raise_later():
    raise KeyError("later")

async def chunks():
    yield False

def deep():
    return deep()

def raising(exception):
    raise exception

ANSWERS = {
    "true": lambda p: True, "one": lambda p: 1, "text": lambda p: "x",
    "list": lambda p: [0], "object": lambda p: object(),
    "long": lambda p: Long(), "callable-true": lambda p: Truth(),
    "later": lambda p: true_later(),
    "false": lambda p: False, "none": lambda p: None, "zero": lambda p: 0,
    "empty": lambda p: "", "nothing": lambda p: [],
    "coroutine": lambda p: coroutine(),
    "broken": lambda p: Broken(), "generator": lambda p: generator(),
    "iterator": lambda p: iter([0]), "chunks": lambda p: chunks(),
    "function": lambda p: note, "method": lambda p: p.user.islower,
    "class": lambda p: Broken, "callable": lambda p: Callable(),
    "not-implemented": lambda p: NotImplemented,
    "raise": lambda p: raising(KeyError("secret words")),
    "exit": lambda p: raising(SystemExit(0)),
    "interrupt": lambda p: raising(KeyboardInterrupt()),
    "base": lambda p: raising(BaseException("odd")),
    "recursion": lambda p: deep(), "raise-later": lambda p: raise_later(),
}

def says(principal, word):
    note("says", word)
    return ANSWERS[word](principal)
"""

YES = ["true", "one", "text", "list", "object", "long", "callable-true",
       "later"]
NO = ["false", "none", "zero", "empty", "nothing", "coroutine"]
FAULTS = ["broken", "generator", "iterator", "chunks", "function", "method",
          "class", "callable", "not-implemented", "raise", "exit", "interrupt",
          "base", "recursion", "raise-later", "unheard-of"]


class Server:
    def __init__(self):
        self.site = Site(shared=True)
        self.site.write("app.py", APP)
        self.site.write("who.py", WHO)
        self.site.write("rules/__init__.py", "")
        self.site.write("rules/az.py", AZ)
        self.site.write("files/a.txt", "a file\n")
        self.calls = self.site.writable("log") / "calls"
        self.httpd = self.site.serve(
            ROUTES.replace("@", str(self.site.root)),
            "AllowEncodedSlashes NoDecode\n"
            "ErrorDocument 403 /orders/7\n"
            "<Location /orders>\n  ErrorDocument 403 default\n</Location>")

    def ask(self, path, user=None, method="GET", headers=None, **caller):
        headers = dict(headers or {})
        if user is not None:
            headers["X-Key"] = json.dumps({"user": user, **caller})
        return self.httpd.request(method, path, headers=headers)

    def count(self, *words):
        if not self.calls.exists():
            return 0
        return self.calls.read_text().count(repr(words) + "\n")


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.site.close()


# ---- who may ----------------------------------------------------------------

@pytest.mark.parametrize("path, user, status", [
    ("/orders/7", "ada", 200), ("/orders/12", "12", 200),
    ("/orders/12", "ada", 403), ("/orders/7", None, 401),
    ("/not/7", "ada", 403), ("/not/12", "ada", 200), ("/not/12", None, 401),
    ("/or/12", "ada", 403), ("/or/7", "ada", 200), ("/or/12", "12", 200),
    ("/and/7", "ada", 403), ("/seven", "ada", 200), ("/limit", "ada", 200),
    ("/vip", "ada", 403), ("/both/7", "ada", 403), ("/wide/7", "ada", 200),
    ("/wide/12", "ada", 403), ("/twice/7", "ada", 200),
    ("/twice/12", "ada", 403)])
def test_a_rule_in_python_decides(server, path, user, status):
    assert server.ask(path, user).status == status


def test_roles_scopes_and_python_are_weighed_together(server):
    ask = server.ask
    assert ask("/or/12", "ada", roles=["staff"]).status == 200
    assert ask("/and/7", "ada", roles=["staff"]).status == 200
    assert ask("/and/12", "ada", roles=["staff"]).status == 403
    assert ask("/vip", "ada", scopes=["vip"]).status == 200
    assert ask("/both/7", "ada", scopes=["vip"]).status == 200
    assert ask("/both/12", "ada", scopes=["vip"]).status == 403


def test_paths_of_one_route_may_have_the_parameters_in_any_order(server):
    for path in ("/by/12/7", "/turned/7/12"):
        answer = server.ask(path, "ada", roles=["of:12"])
        assert (answer.status, answer.body) == (200, b"7 of 12")
        assert server.ask(path, "ada", roles=["of:7"]).status == 403
        assert server.ask(path, "12", roles=[]).status == 403
    for path in ("/by/7/12", "/turned/12/7"):
        assert server.ask(path, "ada", roles=["of:7", "of:12"]).status == 403


def test_a_function_can_not_change_whom_it_is_asked_about(server):
    # owns() tries to make the caller staff, and root
    assert server.ask("/and/7", "mallory").status == 403
    assert server.ask("/twice/70", "mallory").status == 403


# ---- when, and how often ----------------------------------------------------

def test_it_is_asked_once_a_request_whatever_asks_it(server):
    assert server.ask("/twice/501", "501").status == 200
    assert server.count("owns", "501", 501) == 1


def test_nobody_is_asked_about_an_anonymous_caller(server):
    for path in ("/orders/502", "/not/502", "/or/502", "/deep/502",
                 "/deep/502/none", "/twice/502", "/app/502/", "/old/502"):
        assert server.ask(path).status == 401
    log = server.calls.read_text() if server.calls.exists() else ""
    assert "502" not in log


def test_it_is_not_asked_where_the_rest_decides(server):
    assert server.ask("/or/503", "ada", roles=["staff"]).status == 200
    assert server.ask("/and/503", "ada").status == 403
    assert server.count("owns", "ada", 503) == 0
    before = server.count("says", "raise")
    assert server.ask("/perhaps/raise", "ada").status == 200
    assert server.count("says", "raise") == before


def test_each_request_asks_anew(server):
    for _ in range(3):
        assert server.ask("/orders/504", "504").status == 200
    assert server.count("owns", "504", 504) == 3


def test_arguments_are_what_a_call_would_get(server):
    code = "12345678-1234-5678-1234-567812345678"
    assert server.ask(f"/shape/%C3%A9%2F/-5/{code}", "ada").status == 200
    line = server.calls.read_text().splitlines()[-1]
    assert line == f"('shape', 'é%2F', -5, UUID('{code}'), b'd\\n{{a}}')"


# ---- places, methods, what is mounted ---------------------------------------

@pytest.mark.parametrize("method, path, mine, others", [
    ("HEAD", "/orders/{}", 200, 403), ("POST", "/orders/{}", 200, 403),
    ("PATCH", "/deep/{}", 405, 403), ("OPTIONS", "/deep/{}", 204, 403),
    ("GET", "/deep/{}", 200, 403), ("GET", "/deep/{}/none", 404, 403),
    ("GET", "/deep/{}/x", 405, 403), ("PUT", "/deep/{}/x", 200, 403),
    ("GET", "/old/{}", 308, 403), ("GET", "/app/{}/x", 200, 403),
    ("GET", "/app/{}", 200, 403), ("GET", "/files/{}/a.txt", 200, 403),
    ("GET", "/files/{}/none", 404, 403), ("GET", "/v/{}?action=own", 200, 403),
    ("GET", "/v/{}", 200, 200)])
def test_every_way_to_a_place_is_guarded(server, method, path, mine, others):
    assert server.ask(path.format(601), "601", method).status == mine
    assert server.ask(path.format(601), "ada", method).status == others


def test_methods_that_are_hidden_are_shown_to_whom_python_admits(server):
    def allowed(user, **options):
        answer = server.ask("/part/602", user, "PUT", **options)
        assert answer.status == 405
        return answer.headers["Allow"]
    assert "POST" in allowed("602")
    assert "POST" not in allowed("ada")
    assert server.ask("/part/602", "ada", "POST").status == 404
    assert server.ask("/part/602", "602", "POST").status == 200


def test_a_caller_of_another_realm_is_asked_about(server):
    headers = {"X-Other": json.dumps({"user": "603"})}
    for method in ("GET", "POST"):
        assert server.ask("/part/603", method=method,
                          headers=headers).status == 200
    assert server.ask("/part/604", method="POST",
                      headers=headers).status == 404


def test_an_error_document_is_asked_about_by_itself(server):
    # the document of a 403 is /orders/7, for whom owns(7) holds
    answer = server.ask("/not/7", "605")
    assert (answer.status, answer.text) == (403, "ok")
    assert server.count("owns", "605", 7) == 2


@pytest.mark.parametrize("path, status", [
    ("/orders/606%2f", 404), ("/orders/x/../606", 403), ("//orders//606", 403),
    ("/orders/606/", 404), ("/orders/0606", 404), ("/orders/606;x", 404),
    ("/Orders/606", 404), ("/orders/6%306", 403), ("/orders/+606", 404)])
def test_another_spelling_is_no_way_round(server, path, status):
    assert server.ask(path, "ada").status == status


# ---- what is no answer ------------------------------------------------------

@pytest.mark.parametrize("word", YES)
def test_truth_grants(server, word):
    assert server.ask(f"/says/{word}", "ada").status == 200
    assert server.ask(f"/unless/{word}", "ada").status == 403


@pytest.mark.parametrize("word", NO)
def test_what_is_not_true_denies(server, word):
    assert server.ask(f"/says/{word}", "ada").status == 403
    assert server.ask(f"/unless/{word}", "ada").status == 200


@pytest.mark.parametrize("word", FAULTS)
def test_what_is_no_answer_is_500_and_never_granted(server, word):
    server.httpd.expect(r"ROUTES0(120|121)")
    for path in ("/says/", "/unless/"):
        answer = server.ask(path + word, "ada")
        assert answer.status == 500
        assert "secret" not in answer.text


@pytest.mark.parametrize("word, status", [
    ("true", 200), ("false", 403), ("method", 500), ("raise", 500),
    ("exit", 500)])
def test_an_async_function_is_waited_for(server, word, status):
    if status == 500:
        server.httpd.expect(r"ROUTES0(120|121)")
    assert server.ask(f"/async/{word}", "ada").status == status


def test_a_fault_is_logged_with_its_rule_route_and_traceback(server):
    server.httpd.expect(r"ROUTES0(120|121)")
    lines = ROUTES.split("\n")
    rule = lines.index("rule says(word: str)  -> az:says") + 1
    route = [i + 1 for i, text in enumerate(lines)
             if text.startswith("GET /unless/")][0]
    assert server.ask("/unless/raise", "logged").status == 500
    assert server.httpd.logged(
        rf"ROUTES0120: app.routes:{rule}: rules.az:says \(the rule says, for "
        rf"the route at app.routes:{route}\) raised KeyError")
    assert server.httpd.logged(r"ROUTES0121: .*KeyError: 'secret words'")


def test_a_fault_is_asked_once(server):
    server.httpd.expect(r"ROUTES0(120|121)")
    before = server.count("says", "raise")
    assert server.ask("/hidden/raise", "ada").status == 500
    assert server.count("says", "raise") == before + 1


@pytest.mark.parametrize("word, status", [
    ("true", 200), ("false", 404), ("raise", 500), ("generator", 500)])
def test_a_masked_place_shows_a_fault_as_a_fault(server, word, status):
    if status == 500:
        server.httpd.expect(r"ROUTES0(120|121)")
    assert server.ask(f"/hidden/{word}", "ada").status == status


def test_a_value_that_is_none_is_never_asked_about(server):
    assert server.ask("/on/2026-02-28", "ada").status == 200
    assert server.ask("/on/2026-02-30", "ada").status == 404
    assert server.ask("/off/2026-02-30", "ada").status == 404
    assert server.ask("/says/%FF", "ada").status == 403
    assert server.ask("/unless/%FF", "ada").status == 403
    assert server.ask("/unless/%01", "ada").status == 403


def test_the_time_of_the_route_is_that_of_its_rules(server):
    server.httpd.expect("ROUTES0126: .*the rule late", "ROUTES0121")
    assert server.ask("/late/quick", "ada").status == 200
    assert server.ask("/late/slow", "ada").status == 504
    assert server.ask("/late/quick", "ada").status == 200


def test_requests_at_once_do_not_share_answers(server):
    wrong = []

    def run(user):
        for n in range(20):
            order = 700 + n % 4
            mine = str(order) == user
            if (server.ask(f"/orders/{order}", user).status == 200) != mine:
                wrong.append((user, order))
    threads = [threading.Thread(target=run, args=(str(700 + n),))
               for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# ---- functions that can't be asked ------------------------------------------

MISSING = """\
routes 1
realm key = python { check who:check; challenge "Key" }
rule gone           -> az:gone
rule few(a: int)    -> az:few
rule stream         -> az:stream
auth key
GET /gone/yes       -> app:ok require gone
GET /gone/not       -> app:ok require not gone
GET /gone/or        -> app:ok require gone or role(staff)
GET /few/{x:int}    -> app:ok require few(x)
GET /stream         -> app:ok require stream
GET /fine           -> app:ok require user
"""

BROKEN = """\
def once(function):
    return lambda principal: True

def later(function):
    def wrapper(*args):
        yield True
    return wrapper

if not __file__:
    def gone(principal):
        return True

@once
def few(principal, a):
    return True

@later
def stream(principal):
    return True
"""


def test_a_function_that_can_not_be_asked_grants_nothing(site):
    site.write("app.py", APP)
    site.write("who.py", WHO)
    site.write("az.py", BROKEN)
    server = site.serve(MISSING)
    server.expect("ROUTES0110: app.routes:3: az:gone",
                  "ROUTES0110: app.routes:4: az:few",
                  "ROUTES0110: app.routes:5: az:stream")

    def ask(path, **caller):
        key = {"X-Key": json.dumps({"user": "ada", **caller})}
        return server.request("GET", path, headers=key).status
    for path in ("/gone/yes", "/gone/not", "/gone/or", "/few/7", "/stream"):
        assert ask(path) == 503
        assert server.request("GET", path).status == 401
    assert ask("/gone/or", roles=["staff"]) == 200
    assert ask("/fine") == 200


# ---- names that a request completes -----------------------------------------

@pytest.mark.parametrize("path, caller, status", [
    ("/t/acme/role", {"roles": ["tenant:acme:admin"]}, 200),
    ("/t/acme/role", {"roles": ["tenant:{tenant}:admin"]}, 403),
    ("/t/evil/role", {"roles": ["tenant:acme:admin"]}, 403),
    ("/t/acme:admin/role", {"roles": ["tenant:acme:admin"]}, 403),
    ("/t/%61cme/role", {"roles": ["tenant:acme:admin"]}, 200),
    ("/t/%2561cme/role", {"roles": ["tenant:acme:admin"]}, 403),
    ("/t/%2561cme/role", {"roles": ["tenant:%61cme:admin"]}, 200),
    ("/t/a%2Fb/role", {"roles": ["tenant:a%2Fb:admin"]}, 200),
    ("/t/acme/scope", {"scopes": ["acme:read"]}, 200),
    ("/t/acme/scope", {"scopes": ["evil:read"]}, 403),
    ("/t/acme/claim", {"claims": {"in-acme": "acme"}}, 200),
    ("/t/acme/claim", {"claims": {"in-acme": ["b", "acme"]}}, 200),
    ("/t/acme/claim", {"claims": {"in-evil": "acme"}}, 403),
    ("/t/acme/not", {"roles": ["banned:acme"]}, 403),
    ("/t/acme/not", {"roles": ["banned:evil"]}, 200),
    ("/t/%FF/role", {"roles": ["tenant::admin"]}, 403),
    ("/t/%FF/not", {}, 403),
    ("/t/a/raw/x%FF", {"roles": ["x:x"]}, 403),
    ("/t/a/unraw/x%FF", {}, 403),
    ("/t/a/raw/", {"roles": ["x:"]}, 200),
    ("/t/a/raw/" + "y" * 1022, {"roles": ["x:" + "y" * 1022]}, 200),
    ("/t/a/raw/" + "y" * 1023, {"roles": ["x:" + "y" * 1023]}, 403),
    ("/t/a/unraw/" + "y" * 1023, {}, 403)])
def test_a_name_has_what_the_path_has(server, path, caller, status):
    assert server.ask(path, "ada", **caller).status == status
    assert server.ask(path).status == 401


def test_a_name_has_what_the_host_has(server):
    def ask(host, role):
        return server.ask("/host", "ada", headers={"Host": host},
                          roles=[role]).status
    assert ask("acme.example.com", "host:acme") == 200
    assert ask("ACME.example.com", "host:acme") == 200
    assert ask("evil.example.com", "host:acme") == 403
