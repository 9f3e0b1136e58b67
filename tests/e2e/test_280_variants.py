# SPDX-License-Identifier: Apache-2.0
"""`by accept`, `by query`, `by header`: one URL, several functions."""

import base64

import pytest

from conftest import problem

ROUTES = """\
routes 1
realm staff = basic { file "users"; title "Staff" }
auth staff
public
GET /doc/{id:int} by accept cache 60s {
    json            -> app:told(id, what = "json")
    html            -> app:told(id, what = "html")
    application/pdf -> app:data(id)
}
GET /fall by accept {
    json    -> app:plain(what = "json")
    default -> app:plain(what = "rest")
}
POST /hook by header "X-Event" {
    push           -> app:plain(what = "push")    require role(ci)
    "pull request" -> app:plain(what = "pull")
    default        -> app:plain(what = "other")
}
GET /strict by header "X-Event" {
    a -> app:plain(what = "a")
    b -> app:plain(what = "b") require user
}
GET /obj/{key} by query {
    acl     -> app:told(key, what = "acl")  require role(ci)
    tags    -> app:told(key, what = "tags")
    default -> app:told(key, what = "get")
}
GET /act by query "action" {
    "a b" -> app:plain(what = "a b", n: int(1..9) = 1)
    stop  -> app:plain(what = "stop") require role(ci)
}
record Shape { id: int }
GET /shape/{id:int} by header "X-Event" returns 201 Shape {
    wide    -> app:wide(id)
    narrow  -> app:wide(id) returns json
    default -> app:told(id, what = "no shape")
}
location /kept {
    require role(ci)
    error 406 -> app:page
    GET . by accept { json -> app:plain(what = "kept") }
}
location /hidden {
    require role(ci)
    deny as 404
    error 400..499 -> app:page
    GET . by header "X-Event" { a -> app:plain(what = "a") }
}
location /guarded {
    require role(ci)
    error 401 -> app:page
    GET . by header "X-Event" { a -> app:plain(what = "a") }
}
location /paged {
    error 400..499 -> app:page
    GET . by accept { json -> app:plain(what = "kept") }
    POST . by header "X-Event" { a -> app:plain(what = "a") require user }
}
"""
APP = """\
def told(what, id=None, key=None):
    return [what, id if key is None else key]


def wide(id):
    return {"id": id, "secret": "s"}


def data(id):
    return b"%PDF"


def plain(what, n=None):
    return what if n is None else f"{what} {n}"


def page(error):
    return [error.status, [[f["in"], f["name"], f["code"], f["expected"]]
                           for f in error.errors]]
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", APP)
    shared.htpasswd("users", ada="pw", eve="pw")
    shared.write("groups", "ci: ada\n")
    return shared.serve(ROUTES.replace('file "users"',
                                       'file "users"; groups "groups"'))


def auth(user):
    word = base64.b64encode(f"{user}:pw".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def ask(server, accept, target="/doc/7"):
    headers = {} if accept is None else {"Accept": accept}
    return server.request("GET", target, headers=headers)


def test_what_the_route_returns_is_what_its_variants_do(server):
    def event(name):
        return server.request("GET", "/shape/7", headers={"X-Event": name})
    assert (event("wide").status, event("wide").json) == (201, {"id": 7})
    assert event("narrow").status == 200        # its own says something else
    assert event("narrow").json == {"id": 7, "secret": "s"}
    server.expect(r"app:told gave what does not fit")
    assert event("other").status == 500         # no Shape


# ---- by accept --------------------------------------------------------------

@pytest.mark.parametrize("accept, media", [
    (None, "json"), ("", "json"), ("*/*", "json"), ("text/html", "html"),
    ("TEXT/HTML", "html"), ("text/*", "html"),
    ("application/*", "json"), ("application/pdf", "pdf"),
    ("application/json;q=0.1, text/html;q=0.2", "html"),
    ("text/html;q=0.5, */*;q=0.1", "html"),
    ("text/*;q=0.9, text/html;q=0.1, application/pdf;q=0.2", "pdf"),
    ("*/*;q=0.5, application/json;q=0", "html"),
    ("application/*;q=0.2, application/pdf;q=0.3", "pdf"),
    ("text/html;level=1, application/pdf;q=0.1", "pdf"),
    ("text/html; q=1.000 , application/json; q=0.999", "html"),
    ("image/png, text/html;q=0.001", "html"),
    ("application/pdf, application/json", "json"),
    (",,text/html,,", "html"),
    ('text/html;a="x,y", application/pdf;q=0.5', "pdf"),
    ("text/html;q=2, application/pdf;q=0.5", "pdf"),
    ("text/html;q=, application/pdf;q=0.5", "pdf"),
    ("text/html;q=0.5555, application/pdf;q=0.1", "pdf"),
    ("text/html x, application/pdf;q=0.1", "pdf"),
    ("nonsense", "json"), (";q=1", "json"), ("/", "json"), ("text/", "json"),
    ("*/html, application/pdf;q=0.1", "pdf"),
])
def test_what_is_accepted_chooses(server, accept, media):
    answer = ask(server, accept)
    assert answer.status == 200
    assert answer.headers["Vary"] == "Accept"
    assert answer.type == {"json": "application/json", "html":
                           "application/json", "pdf": "application/pdf"}[media]
    if media != "pdf":
        assert answer.json == [media, 7]


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/html;q=0",
                                    "text/plain, image/*"])
def test_what_is_not_there_is_406_with_what_is(server, accept):
    answer = ask(server, accept)
    assert answer.status == 406
    assert answer.type == "application/problem+json"
    assert answer.headers["Vary"] == "Accept"
    document = answer.json
    assert (document["status"], document["title"]) == (406, "Not acceptable")
    assert document["errors"] == [{
        "in": "header", "name": "Accept", "code": "enum",
        "expected": "application/json, text/html, application/pdf"}]


def test_default_is_for_the_rest(server):
    assert ask(server, "image/png", "/fall").text == "rest"
    assert ask(server, "application/json", "/fall").json == "json"


def test_a_cache_keeps_the_variants_apart(server):
    answer = ask(server, "text/html")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept"


def test_head_options_and_other_methods_are_the_route_s(server):
    head = server.request("HEAD", "/doc/7", headers={"Accept": "text/html"})
    assert (head.status, head.body) == (200, b"")
    options = server.request("OPTIONS", "/doc/7")
    assert options.status == 204 and "HEAD" in options.headers["Allow"]
    assert server.request("POST", "/doc/7").status == 405
    assert ask(server, "text/html", "/doc/x").status == 404


def test_who_may_not_call_is_not_told_what_there_is(server):
    assert ask(server, "image/png", "/kept").status == 401
    answer = server.request("GET", "/kept", headers={
        "Accept": "image/png", **auth("eve")})
    assert answer.status == 403
    answer = server.request("GET", "/kept", headers={
        "Accept": "image/png", **auth("ada")})
    assert (answer.status, answer.json) == (406, [406, [
        ["header", "Accept", "enum", "application/json"]]])


# ---- by header --------------------------------------------------------------

def post(server, event, user=None, target="/hook"):
    headers = {"Sec-Fetch-Site": "same-origin"}
    if event is not None:
        headers["X-Event"] = event
    if user is not None:
        headers.update(auth(user))
    return server.request("POST", target, b"", headers)


@pytest.mark.parametrize("event, user, status, text", [
    ("pull request", None, 200, "pull"), ("  pull request\t", None, 200,
                                          "pull"),
    (None, None, 200, "other"), ("Push", None, 200, "other"),
    ("", None, 200, "other"), ("push, push", None, 200, "other"),
    ("push", None, 401, None), ("push", "eve", 403, None),
    ("push", "ada", 200, "push"), ("default", None, 200, "other")])
def test_a_header_chooses(server, event, user, status, text):
    answer = post(server, event, user)
    assert answer.status == status
    assert "X-Event" in answer.headers["Vary"]
    assert text is None or answer.text == text


def test_two_headers_are_not_one_of_them(server):
    answer = server.raw(b"POST /hook HTTP/1.1\r\nHost: a\r\nX-Event: push\r\n"
                        b"X-Event: pull request\r\nContent-Length: 0\r\n"
                        b"Connection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nother")


def test_without_a_default_it_is_400(server):
    answer = server.request("GET", "/strict", headers={"X-Event": "c"})
    assert problem(answer) == {("header", "X-Event", "enum")}
    assert problem(server.get("/strict")) == {("header", "X-Event",
                                               "missing")}
    assert server.request("GET", "/strict",
                          headers={"X-Event": "b"}).status == 401


# ---- by query ---------------------------------------------------------------

@pytest.mark.parametrize("query, user, status, what", [
    ("", None, 200, "get"), ("?other=1", None, 200, "get"),
    ("?tags", None, 200, "tags"), ("?tags=", None, 200, "tags"),
    ("?x=1&tags=2", None, 200, "tags"), ("?t%61gs", None, 200, "tags"),
    ("?Tags", None, 200, "get"), ("?tags%00", None, 200, "get"),
    ("?acl", None, 401, None), ("?%61cl", None, 401, None),
    ("?tags&acl", None, 401, None), ("?acl&tags", None, 401, None),
    ("?acl", "eve", 403, None), ("?tags&acl", "ada", 200, "acl"),
    ("?default", None, 200, "get")])
def test_a_key_of_the_query_chooses(server, query, user, status, what):
    answer = server.request("GET", "/obj/k" + query,
                            headers=auth(user) if user else {})
    assert answer.status == status
    assert what is None or answer.json == [what, "k"]


@pytest.mark.parametrize("query, user, status", [
    ("?action=stop", None, 401), ("?action=st%6Fp", None, 401),
    ("?%61ction=stop", "eve", 403), ("?action=stop", "ada", 200),
    ("?action=a+b", None, 200), ("?action=a%20b&n=2", None, 200)])
def test_a_value_of_the_query_chooses(server, query, user, status):
    answer = server.request("GET", "/act" + query,
                            headers=auth(user) if user else {})
    assert answer.status == status


@pytest.mark.parametrize("query, code", [
    ("", "missing"), ("?action", "enum"), ("?action=", "enum"),
    ("?action=Stop", "enum"), ("?action=stop&action=a+b", "duplicate"),
    ("?action=a+b&action=stop", "duplicate"),
    ("?action=a+b&action=a+b", "duplicate"), ("?action=%zz", "encoding")])
def test_no_value_or_two_are_400(server, query, code):
    assert problem(server.get("/act" + query)) == {("query", "action", code)}


def test_the_variant_s_own_arguments_are_checked(server):
    assert server.get("/act?action=a+b").text == "a b 1"
    assert problem(server.get("/act?action=a+b&n=0")) == {
        ("query", "n", "range")}


# ---- error pages ------------------------------------------------------------

def test_error_pages_are_those_of_the_route(server):
    answer = ask(server, "image/png", "/paged")
    assert answer.json == [406, [["header", "Accept", "enum",
                                  "application/json"]]]
    answer = post(server, "b", target="/paged")
    assert answer.json == [400, [["header", "X-Event", "enum",
                                  'enum("a")']]]
    assert post(server, "a", target="/paged").json == [401, []]


def test_what_is_hidden_shows_neither_variants_nor_pages(server):
    def shown(target, **headers):
        answer = server.request("GET", target,
                                headers={**headers, **auth("eve")})
        return (answer.status, answer.text.replace(target, ""),
                sorted(n for n in answer.headers if n != "Date"))

    there = shown("/hidden", **{"X-Event": "b"})
    assert there == shown("/nowhere") and there[0] == 404
    assert shown("/hidden", **{"X-Event": "a"}) == there
    answer = server.request("GET", "/hidden", headers=auth("ada"))
    assert (answer.status, answer.json[1][0][1]) == (400, "X-Event")
    assert answer.headers["Vary"] == "X-Event"


def test_who_is_refused_is_not_told_what_a_route_would_take(server):
    answer = server.request("GET", "/kept", headers={"Accept": "image/png"})
    assert answer.status == 401 and b"json" not in answer.body
    answer = server.request("GET", "/guarded", headers={"X-Event": "z"})
    assert answer.json == [401, []]
