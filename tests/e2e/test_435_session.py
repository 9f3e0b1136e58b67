# SPDX-License-Identifier: Apache-2.0
"""The realm `session`: login, logout, what a cookie can and can't do."""

import re
import time
import urllib.parse

import pytest

from conftest import Site
from httpd import wait_for

ROUTES = """\
routes 1
realm web  = session {
    cookie "sid"; fail redirect "/login"; idle 30m; max-age 2h
}
realm role = session { cookie "sid"; load app:load }
realm tiny = session { cookie "sid"; max-age 1s }
realm key  = python  { check app:key }
realm seen = session { cookie "sid"; idle 10s }
auth web
GET  /me      -> app:me(user: principal) require user
GET  /login   -> app:page(next: str = "/") override public returns html
POST /login   -> app:login(req: request, user: str from form,
                           realm: str? from form, next: str = "/") {
    override public
}
POST /logout  -> app:logout(req: request) require user
GET  /data    -> app:data(req: request) require user
POST /data    -> app:keep(req: request, name: str from form,
                          value: str from form) require user
GET  /free    -> app:who(user: principal?) public
GET  /role    -> app:hello() override auth role require role(boss)
GET  /loaded  -> app:me(user: principal) override auth role require user
GET  /short   -> app:hello() {
    override auth role; require user; limit time 200ms
}
GET  /tiny    -> app:me(user: principal) override auth tiny require user
GET  /either  -> app:me(user: principal) override auth key or web require user
GET  /bad     -> app:bad(req: request) override public
GET  /seen    -> app:me(user: principal) override auth seen require user
GET  /hidden  -> app:hello() {
    override auth seen; require role(boss); deny as 404
}
"""
APP = """\
import apache
import time

def hello():
    return "hello"

def me(user):
    return f"{user.user} {user.realm} {'+'.join(sorted(user.roles))}"

def who(user):
    return user.user if user else "nobody"

def page(next):
    return "<form method=post>"

def login(req, user, realm, next):
    if user == "fail":
        raise RuntimeError
    apache.login(req, user, realm=realm)
    return apache.Response(status=303, headers={
        "Location": apache.own_path(next, "/me")})

def logout(req):
    apache.logout(req)
    return "bye"

def data(req):
    return {k: v for k, v in req.session.items()}

def keep(req, name, value):
    req.session[name] = value
    return f"{len(req.session)} {name in req.session} {req.session[name]}"

def bad(req):
    faults = []
    for user, realm in (("", None), ("a\\nb", None), ("x" * 3000, None),
                        ("a", "nosuch"), ("a", "key")):
        try:
            apache.login(req, user, realm=realm)
        except ValueError as e:
            faults.append(str(e))
    for what in ("//evil", "https://evil", "/\\\\evil", "/a\\tb", "", "evil",
                 "\\udc80", None, 7, "/ok?x=1"):
        faults.append(apache.own_path(what))
    return faults

def load(login):
    assert len(login.id) == 32 and login.since > 1700000000
    if login.user == "gone":
        return None
    if login.user == "odd":
        return 7
    end = time.monotonic() + 20
    while login.user == "slow" and time.monotonic() < end:
        time.sleep(0.01)
    roles = ["boss"] if login.user == "eve" else []
    return {"user": login.user, "roles": roles}

def key(request):
    return request.headers_in.get("X-Key")
"""
MODULES = ["session", "session_cookie", "session_crypto", "request"]
CONFIG = """
RoutesMount app
Session On
SessionCookieName sid
SessionCryptoPassphrase "correct horse"
"""


@pytest.fixture(scope="module")
def shared_site():
    site = Site(shared=True)
    site.write("app.py", APP)
    yield site
    site.close()


@pytest.fixture(scope="module")
def server(shared_site):
    return shared_site.serve(ROUTES, CONFIG, mount="", modules=MODULES)


class Browser:
    """Keeps cookies, as browsers do."""

    def __init__(self, server):
        self.server = server
        self.jar = {}
        self.last = None

    def send(self, method, target, fields=None, **headers):
        headers = {name.replace("_", "-"): value
                   for name, value in headers.items()}
        headers["Sec-Fetch-Site"] = "same-origin"
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(fields)
        if self.jar:
            headers["Cookie"] = "; ".join(f"{k}={v}"
                                          for k, v in self.jar.items())
        self.last = self.server.request(method, target, body, headers)
        for line in self.last.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            value = rest.split(";")[0]
            if re.search("Max-Age=0", line, re.I) or value == "":
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return self.last

    def login(self, user="ada", **fields):
        return self.send("POST", "/login", {"user": user, **fields})


@pytest.fixture
def browser(server):
    return Browser(server)


def test_a_login_lasts_until_the_logout(browser):
    assert browser.send("GET", "/me").status == 401
    assert browser.login().status == 303
    for _ in range(3):
        answer = browser.send("GET", "/me")
        assert (answer.status, answer.text) == (200, "ada web ")
    assert browser.send("POST", "/logout", {}).status == 200
    assert browser.send("GET", "/me").status == 401
    assert browser.send("GET", "/free").text == "nobody"


def test_the_cookie_is_for_the_server_alone(browser):
    browser.login()
    line, = browser.last.headers.get_all("Set-Cookie")
    attributes = {part.split("=")[0].strip().lower()
                  for part in line.split(";")[1:]}
    assert {"httponly", "samesite", "path"} <= attributes
    assert "SameSite=Lax" in line and "ada" not in line
    assert re.search("Max-Age=1800", line, re.I)
    assert "private" in browser.last.headers["Cache-Control"]


def test_each_login_begins_anew(browser):
    browser.login()
    first = browser.jar["sid"]
    browser.send("POST", "/data", {"name": "cart", "value": "7"})
    browser.login("eve")
    assert browser.jar["sid"] != first
    assert browser.send("GET", "/data").json == {}
    assert browser.send("GET", "/me").text == "eve web "


def test_what_others_planted_does_not_outlive_a_login(server, browser):
    mallory = Browser(server)
    mallory.login("mallory")
    mallory.send("POST", "/data", {"name": "cart", "value": "planted"})
    browser.jar = dict(mallory.jar)
    browser.login("ada")
    assert browser.send("GET", "/data").json == {}
    assert mallory.send("GET", "/me").text.startswith("mallory")


def test_functions_keep_text(browser):
    browser.login()
    for name, value in (("cart", "1"), ("Cart", "2"), ("ü&=;", "a&b=c;%26 é"),
                        ("empty", ""), ("routes.web", "x"), ("", "nameless")):
        answer = browser.send("POST", "/data", {"name": name, "value": value})
        assert answer.status == 200, name
    assert browser.send("GET", "/data").json == {
        "cart": "1", "Cart": "2", "ü&=;": "a&b=c;%26 é", "empty": "",
        "routes.web": "x", "": "nameless"}
    assert browser.send("GET", "/me").text == "ada web "


def test_a_session_stays_small_enough_for_a_cookie(server, browser):
    browser.login()
    browser.send("POST", "/data", {"name": "a", "value": "x" * 1000})
    assert browser.last.status == 200
    server.expect("ROUTES012[01]")
    assert browser.send("POST", "/data",
                        {"name": "b", "value": "x" * 1500}).status == 500
    assert list(browser.send("GET", "/data").json) == ["a"]
    assert len(browser.jar["sid"]) < 4000


@pytest.mark.parametrize("user", [
    "eve&routes.776562=x", "a=b", "a.b.c", "ü", "a;b", "a%26b", "a b"])
def test_a_name_is_a_name(browser, user):
    browser.login(user)
    assert browser.send("GET", "/free").text == user


@pytest.mark.parametrize("value", [
    "x", "AAAA", "routes.776562=x", "%", "=", "a" * 4000,
    "routes.776562=" + "0" * 32 + ".1.9999999999.YWRh",
    "%72outes.776562=" + "0" * 32 + ".1.9999999999.YWRh",
    "expiry=9999999999999999"])
def test_a_forged_cookie_is_nobody_s(server, browser, value):
    server.allowed.append(r"AH0\d+")
    browser.jar["sid"] = value
    assert browser.send("GET", "/me").status == 401
    assert browser.send("GET", "/free").text == "nobody"
    assert browser.login().status == 303
    assert browser.send("GET", "/me").status == 200


def test_a_changed_cookie_is_nobody_s(server, browser):
    server.allowed.append(r"AH0\d+")
    browser.login()
    good = browser.jar["sid"]
    for at in range(0, len(good), 7):
        browser.jar["sid"] = (good[:at] + ("A" if good[at] != "A" else "B") +
                              good[at + 1:])
        if browser.jar["sid"] != good:
            assert browser.send("GET", "/me").status in (401, 200)
            if browser.last.status == 200:      # bits that base64 ignores
                assert at > len(good) - 4
    browser.jar["sid"] = good[:-8]
    assert browser.send("GET", "/me").status == 401


def test_two_cookies_of_the_name_are_none(server, browser):
    server.allowed.append(r"AH0\d+")
    browser.login()
    answer = server.request("GET", "/me", headers={
        "Cookie": f"sid=x; sid={browser.jar['sid']}"})
    assert answer.status == 401


def test_a_login_has_an_end(server, browser):
    def at_once():
        """What the login is answered in its own second of the clock, with
        which it may end."""
        second = int(time.time())
        browser.login("ada", realm="tiny")
        answer = browser.send("GET", "/tiny")
        return int(time.time()) == second and answer
    assert wait_for(at_once, "an answer in the same second").status == 200
    kept = dict(browser.jar)
    server.allowed.append("AH01819")    # mod_session does not save it again
    deadline = time.monotonic() + 20
    while browser.send("GET", "/tiny").status == 200:
        assert time.monotonic() < deadline
        browser.jar = dict(kept)
        time.sleep(0.05)
    assert browser.last.status == 401


def test_that_somebody_was_here_is_written_down_where_they_may(browser):
    browser.login("ada", realm="seen")
    kept = dict(browser.jar)
    deadline = time.monotonic() + 8
    while not browser.last.headers["Set-Cookie"] or browser.jar == kept:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        assert browser.send("GET", "/seen").status == 200
    browser.jar = kept
    hidden = browser.send("GET", "/hidden")
    assert (hidden.status, hidden.headers["Set-Cookie"]) == (404, None)
    browser.jar = kept
    browser.send("GET", "/nowhere")
    assert hidden.headers.keys() == browser.last.headers.keys()


def test_a_realm_knows_its_own_logins(browser):
    browser.login("ada", realm="role")
    assert browser.send("GET", "/me").status == 401
    assert browser.send("GET", "/loaded").status == 200


def test_what_loads_has_the_time_of_the_route(server, browser):
    server.expect("ROUTES0126: .*app:load ran past its limit", "ROUTES0121")
    browser.login("slow", realm="role")
    assert browser.send("GET", "/short").status == 504
    browser.login("ada", realm="role")
    assert browser.send("GET", "/short").status == 200


@pytest.mark.parametrize("user, loaded, boss", [
    ("eve", 200, 200), ("ada", 200, 403), ("gone", 401, 401),
    ("odd", 500, 500)])
def test_a_function_may_know_more(server, browser, user, loaded, boss):
    if loaded == 500:
        server.expect("ROUTES012[01]")
    browser.login(user, realm="role")
    assert browser.send("GET", "/loaded").status == loaded
    assert browser.send("GET", "/role").status == boss


def test_a_browser_is_sent_to_the_login_page(browser):
    answer = browser.send("GET", "/me?x=1&y=%2F", Accept="text/html")
    assert answer.status == 303
    assert (answer.headers["Location"] ==
            "/login?next=%2fme%3fx%3d1%26y%3d%252F")
    assert answer.headers["Cache-Control"] == "no-store"
    next = urllib.parse.parse_qs(answer.headers["Location"].partition("?")[2])
    answer = browser.send("POST", answer.headers["Location"], {"user": "ada"})
    assert answer.headers["Location"] == next["next"][0] == "/me?x=1&y=%2F"
    assert browser.send("GET", answer.headers["Location"]).status == 200


@pytest.mark.parametrize("method, accept", [
    ("GET", "application/json"), ("GET", "*/*"), ("POST", "text/html")])
def test_others_get_401(browser, method, accept):
    target = "/me" if method == "GET" else "/logout"
    answer = browser.send(method, target, None if method == "GET" else {},
                          Accept=accept)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] is None


@pytest.mark.parametrize("next", [
    "https://evil.example/", "//evil.example", "/\\evil.example",
    "javascript:alert(1)", "/\t/evil.example"])
def test_no_page_of_another_site_is_next(browser, next):
    answer = browser.send(
        "POST", "/login?" + urllib.parse.urlencode({"next": next}),
        {"user": "ada"})
    assert answer.headers["Location"] == "/me"


def test_what_can_t_be_a_login_is_refused(browser):
    faults = browser.send("GET", "/bad").json
    assert len(faults) == 15
    assert faults[5:] == ["/"] * 9 + ["/ok?x=1"]
    assert "sid" not in browser.jar


def test_a_function_that_fails_logs_nobody_in(server, browser):
    server.expect("ROUTES012[01]")
    browser.login("fail")
    assert browser.send("GET", "/me").status == 401


def test_realms_are_tried_in_order(browser):
    browser.login()
    assert browser.send("GET", "/either", X_Key="eve").text == "eve key "
    assert browser.send("GET", "/either").text == "ada web "


def test_another_site_can_t_log_anybody_in(server):
    answer = server.request("POST", "/login", "user=mallory", {
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert answer.headers["Set-Cookie"] is None


# ---- configurations ---------------------------------------------------------

def test_a_cookie_that_is_not_encrypted_is_not_believed(site):
    site.write("app.py", APP)
    server = site.serve(ROUTES, CONFIG.replace("SessionCryptoP", "#"),
                        mount="", modules=MODULES)
    server.expect("ROUTES0061")
    server.allowed.append("ROUTES0061")
    browser = Browser(server)
    assert browser.login().status == 303
    assert browser.send("GET", "/me").status == 500
    for name in ("routes.776562", "%72outes.776562", "Routes.776562",
                 "ROUTES%2e776562", "%52outes.776562"):
        since = int(time.time())
        browser.jar["sid"] = f"{name}={'0' * 32}.{since}.{since}.YWRh"
        assert browser.send("GET", "/me").status == 500, name


@pytest.mark.parametrize("name", ["data.6b", "DATA.6b", "d%61ta%2E6b"])
def test_no_function_reads_what_is_not_encrypted(site, name):
    site.write("app.py", APP)
    server = site.serve(ROUTES.replace("data(req: request) require user",
                                       "data(req: request) override public"),
                        CONFIG.replace("SessionCryptoP", "#"),
                        mount="", modules=MODULES)
    answer = server.request("GET", "/data",
                            headers={"Cookie": f"sid={name}=vYm9zcw"})
    assert (answer.status, answer.json) == (200, {})


def test_sessions_must_be_on(site):
    site.write("app.py", APP)
    server = site.serve(ROUTES, "RoutesMount app", mount="", modules=MODULES)
    server.expect("ROUTES0062")
    answer = server.request("GET", "/me", headers={"Cookie": "sid=x"})
    assert answer.status == 500
    assert server.request("GET", "/me").status == 401


@pytest.mark.parametrize("modules, missing", [
    ([], "mod_session, mod_session_cookie (or mod_session_dbd), "
         "mod_session_crypto"),
    (["session", "session_cookie"], "mod_session_crypto")])
def test_missing_modules_refuse_the_configuration(site, modules, missing):
    site.write("app.py", APP)
    code, said = site.httpd([site.build("app", ROUTES)], "RoutesMount app",
                            modules=modules).configtest()
    assert code != 0
    assert f"realm 'web' (app.routes:2): its sessions: {missing}" in said
