# SPDX-License-Identifier: Apache-2.0
"""`query strict`: keys of a query that nothing takes."""

import pytest

ROUTES = """\
routes 1
public
record Page { number: int = 1, size: int = 10 }
GET /loose -> app:told(n: int = 1)
location /strict {
    query strict
    GET  .         -> app:told(n: int = 1)
    GET  /none     -> app:none()
    GET  /headers  -> app:told(n: int = 1 from header "X-N")
    GET  /tags     -> app:tags(tags: list<str> = [])
    GET  /page     -> app:page(page: Page from query)
    GET  /raw      -> app:query(req: request)
    POST /form     -> app:told(n: int = 1 from form)
    POST /argument -> app:told(n: int = 1)
    GET  /slash    -> app:none() slash redirect
    GET  /missing  -> app:told(n: int)
    GET  /action by query "action" {
        go   -> app:told(n: int = 1)
        stop -> app:none()
    }
    GET  /keys by query {
        acl     -> app:none()
        default -> app:told(n: int = 1)
    }
}
"""
APP = """\
def told(n):
    return n
def none():
    return "none"
def tags(tags):
    return tags
def page(page):
    return page
def query(req):
    return "raw"
"""
UNKNOWN = {"in": "query", "name": "", "code": "unknown"}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", APP)
    return shared.serve(ROUTES)


def errors(answer):
    assert answer.status == 400
    return answer.json["errors"]


@pytest.mark.parametrize("target", [
    "/loose?x=1", "/strict", "/strict?", "/strict?n=1", "/strict?n=1&&",
    "/strict?%6e=1", "/strict/tags?tags=a&tags=b", "/strict/none?",
    "/strict/page?number=1&size=2", "/strict/action?action=go&n=2",
    "/strict/action?action=stop", "/strict/keys?acl",
    "/strict/keys?n=2", "/strict/headers"])
def test_declared_keys_pass(server, target):
    assert server.get(target).status == 200


@pytest.mark.parametrize("target, expected", [
    ("/strict?x=1", "n"), ("/strict?N=1", "n"), ("/strict?n=1&x", "n"),
    ("/strict?n%00=1", "n"), ("/strict?=1", "n"), ("/strict?n[]=1", "n"),
    ("/strict?n+=1", "n"), ("/strict?x=1&x=2&y=3", "n"),
    ("/strict?x=%FF", "n"), ("/strict/none?x", None),
    ("/strict/headers?n=1", None), ("/strict/raw?x", None),
    ("/strict/page?number=1&page=2", "number, size"),
    ("/strict/action?action=go&x=1", "n"),
    ("/strict/action?action=stop&n=1", None),
    ("/strict/keys?acl&n=1", None), ("/strict/keys?n=1&x=1", "n")])
def test_another_key_is_a_fault(server, target, expected):
    wanted = {**UNKNOWN, **({"expected": expected} if expected else {})}
    assert errors(server.get(target)) == [wanted]


def test_it_is_one_fault_among_others(server):
    assert errors(server.get("/strict?n=x&secret=1")) == [
        {"in": "query", "name": "n", "code": "type", "expected": "int"},
        {**UNKNOWN, "expected": "n"}]
    assert errors(server.get("/strict/missing?x=1")) == [
        {**UNKNOWN, "expected": "n"},
        {"in": "query", "name": "n", "code": "missing", "expected": "int"}]


def test_the_key_is_never_told(server):
    answer = server.get("/strict?<script>secret=1", Accept="text/html")
    assert answer.status == 400
    assert b"secret" not in answer.body and b"unknown" in answer.body


def post(server, target, body):
    return server.request("POST", target, body, {
        "Content-Type": "application/x-www-form-urlencoded"})


def test_only_the_query_is_asked_about(server):
    assert post(server, "/strict/form", b"n=2&x=1").body == b"2"
    assert post(server, "/strict/argument", b"n=2&x=1").body == b"2"
    assert post(server, "/strict/argument?n=2", b"").body == b"2"
    assert errors(post(server, "/strict/form?n=2", b"")) == [UNKNOWN]


def test_the_other_slash_leads_to_what_judges(server):
    answer = server.get("/strict/slash/?x=1")
    assert answer.status == 308
    assert errors(server.get("/strict/slash?x=1")) == [UNKNOWN]
