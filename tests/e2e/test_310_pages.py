# SPDX-License-Identifier: Apache-2.0
"""`error 404 -> m:f`: a function answers in place of an error."""

import base64
import http.client

import pytest

from conftest import problem

ROUTES = """\
routes 1
realm staff = basic { file "users"; title "Staff" }
public
error 404, 405, 500..599 -> pages:told
error 418 -> pages:chosen
error 413 -> pages:broken

GET  /ok                -> app:ok()
GET  /raised            -> app:raised()
GET  /mapped/{n:int}    -> app:numbered(n) {
    raises LookupError as 418
    error 418 -> pages:told
}
GET  /teapot            -> app:raised() { raises LookupError as 418 }
GET  /own               -> app:own()
GET  /part/{x:float(0..1)} -> app:part(x)
POST /small             -> app:text(text: str) limit body 10B
location /kept { GET /a -> app:ok() }
GET /alive              -> app:alive()
location /denied {
    error 403 -> pages:denied
    GET /a -> app:ok()
}
location /html {
    produces html
    header "X-Place" "html"
    cache off
    error 404 -> pages:markup
    GET /a -> app:ok()
}
location /shapes {
    error 404 -> pages:headers
    error 405 -> pages:nothing
    error 422 -> pages:raising
    error 451 -> pages:stream
    error 452 -> pages:waits
    error 453 -> pages:given
    error 454 -> pages:no_file
    error 455 -> pages:file
    error 456 -> pages:bad
    error 457 -> pages:late
    GET /{n:int} -> app:status(n) {
        raises app:E422 as 422, app:E451 as 451, app:E452 as 452
        raises app:E453 as 453, app:E454 as 454, app:E455 as 455
        raises app:E456 as 456, app:E457 as 457
    }
}
location /forms {
    error 400 -> pages:faults
    GET . -> app:number(n: int(1..9), word: str(..3) = "a")
}
location /broken {
    error 400 -> pages:raising
    GET . -> app:number(n: int(1..9), word: str = "a")
}
location /staff/{team} {
    auth staff
    require role(admin)
    error 401, 403 -> pages:told
    GET /{id:int} -> app:pair(team, id)
}
"""
APP = """\
import gc


def made(status):
    return type(f"E{status}", (Exception,), {})


for n in (422, *range(451, 458)):
    globals()[f"E{n}"] = made(n)


def ok():
    return "ok"


def raised():
    raise LookupError("no such thing: secret")


def numbered(n):
    raise LookupError(n)


def alive():
    gc.collect()
    return str(sum(type(o) is LookupError for o in gc.get_objects()))


def own():
    return 404, "its own"


def part(x):
    return str(x)


def text(text):
    return text


def status(n):
    raise globals()[f"E{n}"]


def number(n, word):
    return f"{n} {word}"


def pair(team, id):
    return f"{team} {id}"
"""
PAGES = """\
import apache


def told(error):
    route = error.route
    return {
        "status": error.status,
        "reason": error.reason,
        "errors": error.errors,
        "exception": repr(error.exception),
        "uri": error.request.uri,
        "same": error.request is apache.request(),
        "route": route and [route.name, route.pattern],
        "params": error.params,
        "user": error.request.user,
    }


def denied(error):
    return "denied"


def chosen(error):
    return 503, "chosen"


def broken(error):
    raise KeyError("in the page")


def markup(e):
    return f"<h1>{e.status}</h1>"


def headers(error):
    return error.status, {"X-Content-Type-Options": "own", "X-A": "b",
                          "Content-Type": "text/x-a"}, "body"


def nothing(error):
    return None


def raising(error):
    raise ValueError


def faults(error):
    return [[f["in"], f["name"], f["code"], f.get("expected")]
            for f in error.errors]


def stream(error):
    def chunks():
        yield "a"
        yield "b"
    return apache.Response(chunks(), content_type="text/x-chunks")


async def waits(error):
    return f"waited for {error.status}"


def given(error):
    return 200, "all is well"


def no_file(error):
    from pathlib import Path
    return Path("/nowhere/at/all")


def file(error):
    from pathlib import Path
    return Path(__file__)


def bad(error):
    return object()


def late(error):
    def chunks():
        yield "begun"
        raise OSError("late")
    return apache.Response(chunks(), content_type="text/x-chunks")
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", APP)
    shared.write("pages.py", PAGES)
    shared.htpasswd("users", ada="pw", eve="pw")
    return shared.serve(ROUTES, """
        <Location /denied>
            Require all denied
        </Location>""")


TRACE = "ROUTES0121"


def auth(user, password="pw"):
    word = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


# ---- what the function is told ----------------------------------------------

def test_a_path_that_nothing_has_under_a_location(server):
    answer = server.get("/kept/none")
    assert (answer.status, answer.type) == (404, "application/json")
    assert answer.json == {
        "status": 404, "reason": "Not Found", "errors": [],
        "exception": "None", "uri": "/kept/none", "same": True, "route": None,
        "params": {}, "user": None}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_what_the_function_of_the_route_raised(server):
    server.expect("app:raised raised LookupError", TRACE)
    answer = server.get("/raised")
    assert answer.status == 500
    told = answer.json
    assert told["exception"] == "LookupError('no such thing: secret')"
    assert told["route"] == ["app.raised", "/raised"]
    assert told["reason"] == "Internal Server Error"


def test_an_exception_that_raises_names_comes_too(server):
    answer = server.get("/mapped/7")
    assert answer.status == 418
    assert "LookupError" in answer.json["exception"]
    assert answer.json["params"] == {"n": "7"}


def test_a_value_of_the_path_that_does_not_convert(server):
    answer = server.get("/part/2.5")
    assert answer.status == 404
    assert answer.json["params"] == {"x": "2.5"}


def test_another_method_keeps_allow(server):
    answer = server.request("PUT", "/ok")
    assert (answer.status, answer.json["status"]) == (405, 405)
    assert "GET" in answer.headers["Allow"]
    assert len(answer.headers.get_all("Allow")) == 1


def test_the_faults_of_a_form(server):
    answer = server.get("/forms?n=10&word=four")
    assert (answer.status, answer.json) == (400, [
        ["query", "n", "range", "int(1..9)"],
        ["query", "word", "length", "str(..3)"]])


# ---- whom it tells ----------------------------------------------------------

def test_a_refused_caller_sees_the_page_and_the_challenge(server):
    answer = server.get("/staff/red/7")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.json["user"] is None
    answer = server.request("GET", "/staff/red/7", headers=auth("eve"))
    assert (answer.status, answer.json["user"]) == (403, "eve")
    assert answer.json["params"] == {"team": "red", "id": "7"}
    assert answer.json["route"] == ["app.pair", "/staff/{team}/{id:int}"]


def test_below_a_guarded_location_nothing_is_told_before_the_gate(server):
    for target in ("/staff/red/none", "/staff/red"):
        answer = server.get(target)
        assert (answer.status, answer.json["route"]) == (401, None)


def test_what_httpd_itself_denies_has_the_page_too(shared, server):
    server.expect("AH01630")
    answer = server.get("/denied/a")
    assert (answer.status, answer.text) == (403, "denied")


# ---- which page -------------------------------------------------------------

def test_the_innermost_page_counts(server):
    answer = server.get("/html/none")
    assert (answer.status, answer.text) == (404, "<h1>404</h1>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Place"] == "html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert server.request("PUT", "/html/a").json["status"] == 405


def test_a_path_of_no_location_is_httpd_s(server):
    answer = server.get("/nowhere")
    assert answer.status == 404 and "<title>404 Not Found" in answer.text


def test_an_answer_of_the_function_is_its_own(server):
    answer = server.get("/own")
    assert (answer.status, answer.text) == (404, "its own")


# ---- what it gives ----------------------------------------------------------

def test_a_status_that_the_page_gives_counts(server):
    answer = server.get("/teapot")
    assert (answer.status, answer.text) == (503, "chosen")
    answer = server.get("/shapes/453")
    assert (answer.status, answer.text) == (200, "all is well")


def test_headers_of_the_page_win(server):
    answer = server.get("/shapes/none")
    assert (answer.status, answer.text) == (404, "body")
    assert answer.headers.get_all("X-Content-Type-Options") == ["own"]
    assert answer.headers["Content-Type"] == "text/x-a"


def test_a_page_without_a_body(server):
    answer = server.request("PUT", "/shapes/1")
    assert (answer.status, answer.body) == (405, b"")
    assert answer.headers["Content-Length"] == "0"


def test_chunks_and_coroutines(server):
    answer = server.get("/shapes/451")
    assert (answer.status, answer.text) == (451, "ab")
    assert answer.type == "text/x-chunks"
    answer = server.get("/shapes/452")
    assert (answer.status, answer.text) == (452, "waited for 452")


def test_a_file(server):
    answer = server.get("/shapes/455")
    assert answer.status == 455 and answer.text.startswith("import apache")
    etag = answer.headers["ETag"]
    again = server.request("GET", "/shapes/455", headers={
        "If-None-Match": etag, "Range": "bytes=0-3"})
    assert again.status == 455 and again.body == answer.body


@pytest.mark.parametrize("target, status", [
    ("/kept/none", 404), ("/forms", 400), ("/shapes/451", 451)])
def test_head_has_the_headers_alone(server, target, status):
    get = server.get(target)
    head = server.request("HEAD", target)
    assert (head.status, head.body) == (status, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    if "Content-Length" in get.headers:
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


# ---- when it fails ----------------------------------------------------------

def test_what_fails_in_a_page_ends_in_httpd_s_own(server):
    server.expect("pages:raising raised ValueError", TRACE)
    answer = server.get("/shapes/422")
    assert answer.status == 422 and "<title>422" in answer.text
    server.expect("pages:bad gave a object")
    answer = server.get("/shapes/456")
    assert answer.status == 456 and "secret" not in answer.text
    server.expect("/nowhere/at/all")
    answer = server.get("/shapes/454")
    assert answer.status == 454


def test_a_page_for_400_that_fails_leaves_the_list(server):
    server.expect("pages:raising raised ValueError", TRACE)
    answer = server.get("/broken?n=x")
    assert problem(answer) == {("query", "n", "type")}


def test_a_page_that_fails_while_it_is_sent_cuts_it(server):
    server.expect("raised OSError", TRACE)
    link = server.connect()
    link.request("GET", "/shapes/457")
    answer = link.getresponse()
    assert answer.status == 457
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    link.close()


def test_the_connection_lives_on(server):
    link = server.connect()
    for target in ("/kept/none", "/ok", "/shapes/451", "/ok", "/teapot",
                   "/ok"):
        link.request("GET", target)
        answer = link.getresponse()
        body = answer.read()
        assert (answer.status == 200) == (target == "/ok")
        assert target != "/ok" or body == b"ok"
    link.close()


def test_a_body_that_is_too_large(server):
    server.expect("pages:broken raised KeyError", TRACE)
    answer = server.request("POST", "/small", b"text=" + b"a" * 100, {
        "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 413


def test_no_reference_is_left(server):
    link = server.connect()
    for _ in range(200):
        link.request("GET", "/mapped/7")
        assert link.getresponse().read()
    link.close()
    assert server.get("/alive").text == "0"
