# SPDX-License-Identifier: Apache-2.0
"""Scripts of other sites: cors and its preflights."""

import base64

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }

location /api {
    auth staff
    require user
    cors {
        origins "https://app.example" "http://localhost:3000"
        headers "Content-Type" "X-Own"
        expose "X-Total"
        credentials true
        age 10m
    }
    GET  /items       -> app:items()
    POST /items       -> app:items()
    GET  /closed      -> app:items() cors off
    GET  /some        -> app:items() cors {
        origins "https://app.example"; methods GET }
    PUT  /some        -> app:items() cors {
        origins "https://app.example"; methods GET }
    OPTIONS /declared -> app:items()
    GET  /declared    -> app:items()
}
location /open {
    public
    cors { origins "*" }
    GET  .            -> app:items()
    POST .            -> app:items() public
    POST /kept        -> app:items() { public; csrf }
}
GET /plain -> app:items() public
location /vary {
    public
    header "Vary" "Accept"
    cors { origins "https://app.example" }
    GET /kept  -> app:items()
    GET /own   -> app:own()
}
"""
PYTHON = """\
def items():
    return "items"
def own():
    return 200, {"Vary": "Accept-Language"}, "own"
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}
APP = "https://app.example"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(ROUTES)


def send(server, method, target, origin=None, **more):
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if origin is not None:
        headers["Origin"] = origin
    return server.request(method, target, headers=headers)


def preflight(server, target, origin, method):
    return send(server, "OPTIONS", target, origin,
                Access_Control_Request_Method=method)


def said(answer):
    return {name[len("Access-Control-"):]: value
            for name, value in answer.headers.items()
            if name.startswith("Access-Control-")}


# ---- preflights -------------------------------------------------------------

@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_preflight_of_a_listed_origin_comes_before_the_requirement(
        server, method):
    answer = preflight(server, "/api/items", APP, method)
    assert answer.status == 204
    assert said(answer) == {
        "Allow-Origin": APP, "Allow-Credentials": "true",
        "Allow-Methods": method, "Allow-Headers": "Content-Type, X-Own",
        "Max-Age": "600"}
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("target, origin, method", [
    ("/api/items", "https://evil.example", "GET"),
    ("/api/items", "https://app.example.evil", "GET"),
    ("/api/items", "http://app.example", "GET"),
    ("/api/items", "https://app.example:8443", "GET"),
    ("/api/items", "https://app.exampl", "GET"),
    ("/api/items", "https://app.example http://localhost:3000", "GET"),
    ("/api/items", "https://app.example,", "GET"),
    ("/api/items", "HTTPS://app.example", "GET"),
    ("/api/items", "null", "GET"), ("/api/items", "*", "GET"),
    ("/api/items", "", "GET"),
    ("/api/items", APP, "DELETE"), ("/api/items", APP, "get"),
    ("/api/items", APP, ""), ("/api/items", APP, "GET, POST"),
    ("/api/items", APP, "TRACE"), ("/api/none", APP, "GET"),
    ("/api/closed", APP, "GET"), ("/api/some", APP, "PUT"),
    ("/api/some", "http://localhost:3000", "GET"),
    ("/api/declared", APP, "GET"),
])
def test_any_other_options_is_asked_who_it_is(server, target, origin, method):
    answer = preflight(server, target, origin, method)
    assert answer.status == 401
    assert "Allow-Methods" not in said(answer)
    assert "Allow" not in answer.headers


def test_without_what_it_asks_for_it_is_no_preflight(server):
    assert send(server, "OPTIONS", "/api/items", APP).status == 401
    assert send(server, "OPTIONS", "/api/items",
                Access_Control_Request_Method="GET").status == 401


def test_a_method_that_the_clause_has_is_offered(server):
    assert said(preflight(server, "/api/some", APP, "GET")) == {
        "Allow-Origin": APP, "Allow-Methods": "GET"}


def test_a_preflight_grants_nothing(server):
    assert preflight(server, "/api/items", APP, "POST").status == 204
    assert send(server, "POST", "/api/items", APP).status == 401
    link = server.connect()
    link.request("OPTIONS", "/api/items", headers={
        "Origin": APP, "Access-Control-Request-Method": "GET"})
    first = link.getresponse()
    assert first.status == 204 and first.read() == b""
    link.request("GET", "/api/items", headers={"Origin": APP})
    assert link.getresponse().status == 401
    link.close()


# ---- answers ----------------------------------------------------------------

def test_a_listed_origin_may_read_errors_included(server):
    for target, headers, status in (("/api/items", ADA, 200),
                                    ("/api/items", {}, 401),
                                    ("/api/none", ADA, 404)):
        answer = send(server, "GET", target, APP, **headers)
        assert answer.status == status
        assert said(answer) == {
            "Allow-Origin": APP, "Allow-Credentials": "true",
            "Expose-Headers": "X-Total"}
        assert "Origin" in answer.headers.get_all("Vary")


@pytest.mark.parametrize("origin", [
    None, "null", "https://evil.example", "https://app.example.", "*"])
def test_no_other_does(server, origin):
    answer = send(server, "GET", "/api/items", origin, **ADA)
    assert answer.status == 200 and said(answer) == {}
    assert "Origin" in answer.headers.get_all("Vary")


def test_the_innermost_clause_is_the_whole(server):
    assert said(send(server, "GET", "/api/closed", APP, **ADA)) == {}
    assert said(send(server, "GET", "/api/some", APP, **ADA)) == {
        "Allow-Origin": APP}


def varies(answer):
    return sorted(name.strip() for name in answer.headers["Vary"].split(","))


@pytest.mark.parametrize("target, names", [
    ("/vary/kept", {"Accept", "Origin"}),
    ("/vary/own", {"Accept", "Accept-Language", "Origin"})])
def test_no_other_vary_hides_that_of_cors(server, target, names):
    for origin in (None, APP, "https://evil.example"):
        answer = send(server, "GET", target, origin)
        assert varies(answer) == sorted(names)
    assert "Accept" in varies(preflight(server, target, APP, "GET"))


def test_a_star_is_for_all_and_names_nobody(server):
    for origin in (APP, "null", "https://evil.example"):
        answer = send(server, "GET", "/open", origin)
        assert said(answer) == {"Allow-Origin": "*"}
        assert "Vary" not in answer.headers
    assert preflight(server, "/open", "https://x.example",
                     "POST").status == 204


def test_where_there_is_no_clause_nothing_is_said(server):
    assert said(send(server, "GET", "/plain", APP)) == {}
    assert said(preflight(server, "/plain", APP, "GET")) == {}


# ---- csrf -------------------------------------------------------------------

@pytest.mark.parametrize("target, origin, status", [
    ("/api/items", APP, 200), ("/api/items", "http://localhost:3000", 200),
    ("/api/items", "https://evil.example", 403),
    ("/api/items", "null", 403), ("/api/items", APP + ", x", 403),
    ("/open", "https://evil.example", 200),
    ("/open/kept", "https://evil.example", 403), ("/open/kept", "*", 403)])
def test_a_listed_origin_may_send_what_changes_something(server, target,
                                                         origin, status):
    for more in ({}, {"Sec_Fetch_Site": "cross-site"}):
        answer = send(server, "POST", target, origin, **ADA, **more)
        assert answer.status == status
