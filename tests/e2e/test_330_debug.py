# SPDX-License-Identifier: Apache-2.0
"""RoutesDebug: the traceback for the developer, and for nobody else."""

import pytest

from test_020_directives import configtest

ROUTES = """\
routes 1
public
raises LookupError as 404
GET /fail   -> app:fail(text: str)
GET /bad    -> app:bad
GET /mapped -> app:mapped
GET /fine   -> app:fine
GET /late   -> app:late returns stream
GET /hostile -> app:hostile(kind: str)
"""

PYTHON = """\
def fail(text):
    raise RuntimeError(text)
def bad():
    return object()
def mapped():
    return {}["secret"]
def fine():
    return "fine"
def late():
    yield "first"
    1 / 0
def hostile(kind):
    bad = "</pre><img src=x onerror=alert(1)>"
    if kind == "text":
        raise RuntimeError(bad)
    if kind == "name":
        raise type(bad, (Exception,), {})
    if kind == "file":
        exec(compile("1 / 0", bad, "exec"))
    if kind == "line":
        raise RuntimeError  # <img src=x>
    return type(bad, (), {})()
"""

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, "RoutesDebug On\n"
                        "<VirtualHost *>\nServerName off.example\n"
                        "RoutesDebug Off\n</VirtualHost>\n"
                        "<VirtualHost *>\nServerName on.example\n"
                        "</VirtualHost>\n", modules=("unique_id",))


def test_a_browser_sees_the_traceback_and_the_route_s_line(server):
    server.expect("ROUTES012[01]")
    answer = server.get("/fail?text=why", Accept=HTML, Host="on.example")
    assert (answer.status, answer.type) == (500, "text/html")
    for part in ("app.routes:4: app:fail raised RuntimeError", "GET /fail",
                 "Traceback", "RuntimeError: why", "app.py"):
        assert part in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_others_get_it_as_text(server):
    server.expect("ROUTES012[01]")
    answer = server.get("/fail?text=%3Cb%3E", Host="on.example")
    assert (answer.status, answer.type) == (500, "text/plain")
    assert "RuntimeError: <b>" in answer.text


def test_what_a_caller_sent_is_escaped_in_the_page(server):
    server.expect("ROUTES012[01]")
    answer = server.get("/fail?text=%3C/pre%3E%3Cscript%3Ealert(1)"
                        "%3C/script%3E", Accept=HTML, Host="on.example")
    assert "<script" not in answer.text and "&lt;script&gt;" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src")


@pytest.mark.parametrize("kind", ["text", "name", "file", "line", "result"])
def test_nothing_hostile_is_markup_in_the_page(server, kind):
    server.expect("ROUTES012[01]")
    answer = server.get(f"/hostile?kind={kind}", Accept=HTML,
                        Host="on.example")
    assert answer.status == 500 and answer.type == "text/html"
    assert "<img" not in answer.text and "&lt;img" in answer.text
    assert "script" not in answer.headers["Content-Security-Policy"]


def test_neither_cookies_nor_credentials_are_in_the_page(server):
    server.expect("ROUTES012[01]")
    server.expect("ROUTES0120")
    for target in ("/fail?text=x", "/bad"):
        answer = server.get(
            target, Accept=HTML, Host="on.example", Cookie="sid=hidden1",
            Authorization="Basic aGlkZGVuMjpoaWRkZW4z",
            X_Api_Key="hidden4", Proxy_Authorization="Bearer hidden5")
        assert answer.status == 500
        for word in ("hidden", "aGlkZGVu", "Cookie", "Authorization"):
            assert word not in answer.text


def test_the_log_and_the_page_have_the_request_s_id(server):
    server.expect(r"ROUTES0120: app\.routes:4: .* raised RuntimeError, "
                  "request ")
    server.allowed.append("ROUTES0121")
    answer = server.get("/fail?text=x", Host="on.example")
    request = answer.text.split("\n")[1].rpartition("request ")[2]
    assert server.logged("ROUTES0120.*request " + request)


def test_a_result_that_is_none_is_shown_too(server):
    server.expect("ROUTES0120")
    answer = server.get("/bad", Host="on.example")
    assert answer.status == 500 and "gave a object" in answer.text


def test_a_mapped_exception_is_not(server):
    answer = server.get("/mapped", Host="on.example")
    assert answer.status == 404 and "secret" not in answer.text
    assert server.get("/fine", Host="on.example").body == b"fine"


def test_where_it_is_off_nothing_is_shown(server):
    server.expect("ROUTES012[01]")
    answer = server.get("/fail?text=secret", Accept=HTML, Host="off.example")
    assert answer.status == 500
    assert "secret" not in answer.text and "app.py" not in answer.text


def test_it_is_off_by_default(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES)
    server.expect("ROUTES012[01]")
    answer = server.get("/fail?text=secret", Accept=HTML)
    assert answer.status == 500 and "secret" not in answer.text


def test_a_server_that_others_reach_is_warned(site):
    site.write("app.py", "def f(): pass\n")
    loads = [site.build("left", "routes 1\nGET /a -> app:f() public\n")]
    for config, warned in (("RoutesDebug On", False),
                           ("RoutesDebug On\nListen 0.0.0.0:{port}9", True),
                           ("Listen 0.0.0.0:{port}9", False),
                           ("RoutesDebug On\nListen [::1]:{port}9", False)):
        config = config.replace("{port}9", "1")
        code, words = configtest(site, loads, config)
        assert code == 0 and ("ROUTES0003" in words) == warned, config
