# SPDX-License-Identifier: Apache-2.0
"""Clauses that answers show: header, cache, unmatched."""

import base64

import pytest
from conftest import RUNNING

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
header "X-All" "file"
header "X-Frame-Options" "DENY"

GET /plain     -> app:plain()
GET /own       -> app:own() header "x-frame-options" "SAMEORIGIN"
GET /boom      -> app:boom()
GET /args      -> app:number(n: int)
GET /kept      -> app:plain() cache 10m
GET /cookie    -> app:cookie(c: str? from cookie) cache 10m
GET /header    -> app:cookie(c: str? from header "Accept-Language") cache 60s
GET /raises    -> app:missing() { cache 1h; raises KeyError as 404 }
GET,POST /both -> app:plain() cache 1h
GET /sets      -> app:sets() cache 10m
GET /nosniff   -> app:plain() header "X-Content-Type-Options" "none"
location /old {
    deprecated "2027-01-31"
    GET .        -> app:plain()
    GET /args    -> app:number(n: int)
    GET /staff   -> app:plain() { auth staff; require user }
    GET /why     -> app:plain() deprecated "since /new is there"
    GET /own     -> app:dated()
    mount /files files "htdocs"
}
location /off {
    cache off
    header "X-Place" "off"
    GET .      -> app:plain()
    GET /boom  -> app:boom()
    GET /own   -> app:fresh()
}
location /staff {
    auth staff
    require user
    GET .      -> app:plain() cache 10m
}
location /pass {
    unmatched pass
    GET /a     -> app:plain()
}
location /keep {
    GET /a     -> app:plain()
    location /in { unmatched pass; GET /b -> app:plain() }
}
"""
HOSTS = """\
routes 1
host "kept.example" {
    public
    unmatched 404
    header "X-Host" "kept"
    GET /a -> app:plain()
}
host "open.example" {
    public
    GET /a -> app:plain()
}
"""
PYTHON = """\
def plain():
    return "plain"
def own():
    return 200, {"X-All": "function"}, "own"
def fresh():
    return 200, {"Cache-Control": "max-age=1"}, "own"
def dated():
    return 200, {"Deprecation": "@1"}, "own"
def sets():
    return 200, {"Set-Cookie": "sid=1"}, "own"
def boom():
    raise ValueError("boom")
def missing():
    raise KeyError("x")
def number(n):
    return str(n)
def cookie(c):
    return str(c)
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    for name in ("pass/file.txt", "keep/file.txt", "keep/in/file.txt",
                 "file.txt"):
        shared.write(f"htdocs/{name}", "file")
    table = shared.build("hosts", HOSTS)
    made = shared.httpd(
        [shared.build("app", ROUTES.replace(
            '"htdocs"', f'"{shared.root}/htdocs"')), table],
        f'RoutesMount hosts\nRoutesMount app\n'
        f'RoutesPythonPath "{shared.root}"\n')
    RUNNING.append(made)
    return made.start()


# ---- deprecated -------------------------------------------------------------

@pytest.mark.parametrize("target, status", [
    ("/old", 200), ("/old/args", 400), ("/old/staff", 401),
    ("/old/files/file.txt", 200)])
def test_every_answer_of_a_route_says_since_when(server, target, status):
    answer = server.get(target)
    assert answer.status == status
    assert answer.headers.get_all("Deprecation") == ["@1801353600"]


@pytest.mark.parametrize("target, said", [
    ("/old/why", None), ("/old/none", None), ("/plain", None),
    ("/old/own", ["@1"])])
def test_no_date_is_made_up(server, target, said):
    assert server.get(target).headers.get_all("Deprecation") == said


# ---- header -----------------------------------------------------------------

@pytest.mark.parametrize("target, status", [
    ("/plain", 200), ("/args", 400), ("/args?n=1", 200), ("/staff", 401),
    ("/off/none", 404), ("/keep/none", 404)])
def test_a_header_is_on_every_answer(server, target, status):
    answer = server.get(target)
    assert answer.status == status
    assert answer.headers.get_all("X-All") == ["file"]
    assert answer.headers.get_all("X-Frame-Options") == ["DENY"]


def test_also_on_405_options_and_head(server):
    for method, status in (("POST", 405), ("OPTIONS", 204), ("HEAD", 200)):
        answer = server.request(method, "/off")
        assert answer.status == status
        assert answer.headers.get_all("X-Place") == ["off"], method


def test_also_when_the_function_fails(server):
    server.expect("ROUTES0120", "ROUTES0121")
    answer = server.get("/boom")
    assert answer.status == 500
    assert answer.headers.get_all("X-All") == ["file"]


def test_the_inner_one_wins_and_the_function_over_it(server):
    answer = server.get("/own")
    assert answer.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.headers.get_all("X-All") == ["function"]


def test_nosniff_is_sent_unless_it_is_set(server):
    assert server.get("/plain").headers.get_all(
        "X-Content-Type-Options") == ["nosniff"]
    assert server.get("/nosniff").headers.get_all(
        "X-Content-Type-Options") == ["none"]


def test_what_is_httpds_has_none(server):
    assert "X-All" not in server.get("/file.txt").headers


# ---- cache ------------------------------------------------------------------

@pytest.mark.parametrize("target, value, vary", [
    ("/kept", "public, max-age=600", None),
    ("/cookie", "private, max-age=600", "Cookie"),
    ("/header", "public, max-age=60", "Accept-Language"),
    ("/plain", None, None),
    ("/raises", None, None),
    ("/both", "public, max-age=3600", None),
    ("/sets", "private, max-age=600", None),
    ("/off", "no-store", None),
    ("/off/none", "no-store", None),
    ("/off/own", "max-age=1", None),
])
def test_who_may_keep_an_answer(server, target, value, vary):
    for method in ("GET", "HEAD"):
        headers = server.request(method, target).headers
        assert headers.get_all("Cache-Control") == (value and [value])
        assert headers.get("Vary") == vary


def test_an_answer_behind_a_requirement_is_the_callers_own(server):
    assert server.get("/staff").headers.get("Cache-Control") is None
    answer = server.request("GET", "/staff", headers=ADA)
    assert answer.headers["Cache-Control"] == "private, max-age=600"


def test_a_post_is_not_kept(server):
    answer = server.request("POST", "/both")
    assert answer.status == 200 and "Cache-Control" not in answer.headers


# ---- unmatched --------------------------------------------------------------

@pytest.mark.parametrize("target, status, text", [
    ("/pass/a", 200, "plain"), ("/pass/file.txt", 200, "file"),
    ("/pass/none", 404, None), ("/keep/a", 200, "plain"),
    ("/keep/file.txt", 404, None), ("/keep/in/b", 200, "plain"),
    ("/keep/in/file.txt", 404, None)])
def test_a_location_keeps_what_is_below_it_unless_it_passes(
        server, target, status, text):
    answer = server.get(target)
    assert answer.status == status
    assert text is None or answer.text == text


def test_a_host_passes_unless_it_keeps(server):
    for host, status in (("kept.example", 404), ("open.example", 200)):
        answer = server.get("/file.txt", Host=host)
        assert answer.status == status
        assert ("X-Host" in answer.headers) == (host == "kept.example")
        assert server.get("/a", Host=host).text == "plain"
