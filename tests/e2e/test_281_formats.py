# SPDX-License-Identifier: Apache-2.0
"""`produces html, json` and `returns html, json`: one function, and an answer
in the format that the request would rather have."""

import base64
import json

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "users"; title "Staff" }
auth staff
public
record Order { id: int }
GET /page   -> app:page(req: request) returns html, json, text/csv
GET /new    -> app:page(req: request) returns 201 json, html
GET /give   -> app:give(what: str) {
    returns html, json, text, text/csv, application/hal+json
}
GET /other  -> app:other(status: int = 404) returns html, json
GET /named  -> app:format(req: request) returns html
GET /plain  -> app:format(req: request)
GET /kept   -> app:page(req: request) returns html, json require role(ci)
GET /cached -> app:csv returns html, json cache 60s
GET /vary   -> app:csv returns html, json header "Vary" "Origin"
POST /small -> app:take(n: int from form) returns html, json limit body 32B
location /json {
    produces html, json, application/vnd.example+json
    GET /order -> app:order returns Order
    GET /key by query { csv -> app:csv returns text/csv
                        default -> app:page(req: request) }
    GET /by by accept { html -> app:format(req: request)
                        text/csv -> app:format(req: request) }
}
location /paged {
    error 406 -> app:error
    GET . -> app:page(req: request) returns html, json
}
"""
APP = """\
import pathlib
import apache


def page(req):
    if req.format == "text/html":
        return "<p>page</p>"
    return {"format": req.format} if "json" in req.format else "a,b\\n"


def format(req):
    return str(req.format)


async def later():
    return {"a": 1}


def chunks():
    yield "one"
    yield "two"


def give(what):
    return {"str": "x", "bytes": b"raw", "dict": {"a": 1}, "none": None,
            "chunks": chunks(), "coroutine": what == "coroutine" and later(),
            "file": pathlib.Path(__file__).with_name("some.txt"),
            "own": apache.Response("x", headers={"Content-Type": "a/b"}),
            "tuple": (202, {"a": 1})}[what]


def other(status):
    return status, {"X-A": "b"}, "<p>" if status == 404 else {"a": 1}


def take(n):
    return n


def csv():
    return "a,b\\n"


def order():
    return {"id": 7, "secret": 1}


def error(error):
    return [error.status, [f["expected"] for f in error.errors]]
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", APP)
    shared.write("some.txt", "some")
    shared.htpasswd("users", ada="pw", eve="pw")
    shared.write("groups", "ci: ada\n")
    return shared.serve(ROUTES.replace('file "users"',
                                       'file "users"; groups "groups"'))


def ask(server, target, accept=None, method="GET", **headers):
    if accept is not None:
        headers["Accept"] = accept
    return server.request(method, target, headers=headers)


@pytest.mark.parametrize("accept, media", [
    (None, "text/html"), ("*/*", "text/html"), ("", "text/html"),
    ("application/json", "application/json"), ("text/csv", "text/csv"),
    ("text/*", "text/html"), ("application/*", "application/json"),
    ("text/html;q=0.4, text/csv;q=0.5", "text/csv"),
    ("text/html;q=0, */*;q=0.1", "application/json"),
    ("TEXT/CSV, image/png", "text/csv"),
    ("application/json, text/html", "text/html")])
def test_what_is_accepted_chooses_the_format(server, accept, media):
    answer = ask(server, "/page", accept)
    assert (answer.status, answer.type.split(";")[0]) == (200, media)
    assert answer.headers["Vary"] == "Accept"
    assert answer.text == {"text/html": "<p>page</p>", "text/csv": "a,b\n",
                           "application/json":
                           '{"format":"application/json"}'}[media]


def test_the_first_format_is_the_default(server):
    answer = ask(server, "/new")
    assert (answer.status, answer.json) == (201, {
        "format": "application/json"})


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0",
                                    "text/plain, text/html;q=0"])
def test_what_is_not_there_is_406_with_what_is(server, accept):
    answer = ask(server, "/page", accept)
    assert (answer.status, answer.type) == (406, "application/problem+json")
    assert answer.headers["Vary"] == "Accept"
    assert answer.json["errors"] == [{
        "in": "header", "name": "Accept", "code": "enum",
        "expected": "text/html, application/json, text/csv"}]


HTML, JSON, TEXT = "text/html", "application/json", "text/plain"
CSV, HAL = "text/csv", "application/hal+json"


@pytest.mark.parametrize("what, media, text", [
    ("str", HTML, "x"), ("str", JSON, '"x"'), ("str", TEXT, "x"),
    ("str", CSV, "x"), ("str", HAL, "x"),
    ("bytes", HTML, "raw"), ("bytes", TEXT, "raw"), ("bytes", CSV, "raw"),
    ("bytes", HAL, "raw"),
    ("dict", JSON, '{"a":1}'), ("dict", HAL, '{"a":1}'),
    ("coroutine", JSON, '{"a":1}'),
    ("chunks", HTML, "onetwo"), ("chunks", TEXT, "onetwo"),
    ("chunks", CSV, "onetwo"),
    ("file", HTML, "some"), ("file", CSV, "some"), ("file", JSON, "some")])
def test_a_result_is_what_the_format_says(server, what, media, text):
    answer = ask(server, f"/give?what={what}", media)
    assert (answer.status, answer.type.split(";")[0]) == (200, media)
    assert answer.text == text


@pytest.mark.parametrize("what, media", [
    ("bytes", JSON), ("dict", HTML), ("dict", TEXT), ("dict", CSV),
    ("coroutine", HTML), ("tuple", HTML), ("chunks", JSON)])
def test_what_a_format_can_not_carry_is_an_error(server, what, media):
    server.expect("gave a [a-z_]+, (but the request chose|but its route|which "
                  "is streamed)")
    answer = ask(server, f"/give?what={what}", media)
    assert answer.status == 500


def test_none_and_an_own_type_are_as_ever(server):
    answer = ask(server, "/give?what=none", JSON)
    assert (answer.status, answer.body) == (204, b"")
    assert ask(server, "/give?what=own", JSON).type == "a/b"


def test_an_error_of_the_function_has_the_format_too(server):
    answer = ask(server, "/other", HTML)
    assert (answer.status, answer.type.split(";")[0]) == (404, HTML)
    answer = ask(server, "/other?status=409", JSON)
    assert (answer.status, answer.json) == (409, {"a": 1})
    server.expect("gave a dict, but the request chose html")
    assert ask(server, "/other?status=409", HTML).status == 500


def test_a_route_of_one_format_says_which(server):
    assert ask(server, "/named", JSON).text == "text/html"
    assert ask(server, "/plain").text == "None"


def test_a_type_keeps_the_formats_that_carry_it(server):
    answer = ask(server, "/json/order")
    assert (answer.type, answer.json) == (JSON, {"id": 7})
    answer = ask(server, "/json/order", "application/vnd.example+json")
    assert (answer.type, answer.json) == ("application/vnd.example+json",
                                          {"id": 7})
    assert ask(server, "/json/order", HTML).status == 406


def test_variants_have_formats_of_their_own(server):
    assert ask(server, "/json/key?csv", HTML).type == "text/csv"
    assert ask(server, "/json/key", HTML).text == "<p>page</p>"
    answer = ask(server, "/json/key", JSON)
    assert answer.json == {"format": JSON}
    assert answer.headers["Vary"] == "Accept"
    assert ask(server, "/json/key", CSV).status == 406
    assert ask(server, "/json/by", HTML).text == "text/html"
    assert ask(server, "/json/by", CSV).text == "text/csv"
    assert ask(server, "/json/by", JSON).status == 406


def test_a_cache_keeps_the_formats_apart(server):
    answer = ask(server, "/cached")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept"
    varied = ask(server, "/vary").headers["Vary"]
    assert sorted(varied.replace(",", " ").split()) == ["Accept", "Origin"]


def test_who_may_not_call_is_not_told_what_there_is(server):
    def of(user):
        word = base64.b64encode(f"{user}:pw".encode()).decode()
        return ask(server, "/kept", "image/png",
                   Authorization=f"Basic {word}").status
    assert ask(server, "/kept", "image/png").status == 401
    assert (of("eve"), of("ada")) == (403, 406)


def test_a_body_that_is_too_large_is_said_first(server):
    def post(body, media="application/x-www-form-urlencoded"):
        return server.request("POST", "/small", body, {
            "Content-Type": media, "Accept": "image/png",
            "Sec-Fetch-Site": "same-origin"}).status
    assert post(b"n=" + b"1" * 40) == 413
    assert post(b"{}", "image/png") == 415
    assert post(b"n=x") == 406


def test_an_error_page_answers_406(server):
    answer = ask(server, "/paged", "image/png")
    assert (answer.status, answer.json) == (406, [
        406, ["text/html, application/json"]])


def test_head_and_options_are_the_route_s(server):
    head = ask(server, "/page", "text/csv", "HEAD")
    assert (head.status, head.type, head.body) == (200, "text/csv", b"")
    assert ask(server, "/page", "image/png", "OPTIONS").status == 204
    assert ask(server, "/page", "image/png", "HEAD").status == 406


@pytest.mark.parametrize("accept", [None, "application/json", "image/png",
                                    "text/*;q=0.1, text/csv"])
def test_explain_says_what_the_server_does(shared, server, accept):
    args = ["--header", f"Accept: {accept}"] if accept else []
    said = json.loads(shared.routesc("explain", "--format", "json", *args,
                                     "app.routes", "GET", "/page").stdout)
    answer = ask(server, "/page", accept)
    assert said["status"] == answer.status
    assert [row["media"] for row in said["formats"] if row["answers"]] == (
        [answer.type.split(";")[0]] if answer.status == 200 else [])
