# SPDX-License-Identifier: Apache-2.0
"""Error pages: httpd's own, an ErrorDocument's text, and a route as one."""

import pytest

ROUTES = """\
routes 1
public
GET  /page   -> app:page()
GET  /chosen -> app:chosen()
GET  /empty  -> app:nothing()
GET  /paged  -> app:raised() { raises LookupError as 418 }
GET  /raised -> app:raised() { raises LookupError as 418 }
POST /form   -> app:text(text: str)
HEAD /head   -> app:page()
PUT  /put    -> app:page()
location /kept {
    GET /a   -> app:page()
}
"""
PYTHON = """\
def page():
    return "a page"
def chosen():
    return 418, "chosen"
def nothing():
    return None
def text(text):
    return text
def raised():
    raise KeyError
"""
NOSNIFF = "X-Content-Type-Options"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, """
        <Location /kept>
            ErrorDocument 404 /page
        </Location>
        <Location /put>
            ErrorDocument 405 /page
        </Location>
        <Location /paged>
            ErrorDocument 500 /page
        </Location>
        <Location /form>
            ErrorDocument 405 /chosen
            ErrorDocument 415 /empty
        </Location>""")


def allow(answer):
    return {word.strip() for word in answer.headers["Allow"].split(",")} - {
        "TRACE"}


def test_httpd_s_own_page_has_no_more_than_it_should(server):
    answer = server.get("/kept")
    assert answer.status == 404
    answer = server.request("PUT", "/page")
    assert answer.status == 405 and answer.type == "text/html"
    assert answer.headers.get_all(NOSNIFF) == ["nosniff"]
    assert len(answer.headers.get_all("Allow")) == 1


def test_a_route_as_error_page_keeps_the_status(server):
    answer = server.get("/kept/none")
    assert (answer.status, answer.text) == (404, "a page")
    assert answer.headers.get_all(NOSNIFF) == ["nosniff"]


def test_allow_survives_an_error_page(server):
    answer = server.get("/put")
    assert (answer.status, answer.text) == (405, "a page")
    assert allow(answer) == {"PUT", "OPTIONS"}
    assert len(answer.headers.get_all("Allow")) == 1


def test_an_error_page_that_names_a_status_has_it(server):
    answer = server.get("/form")
    assert (answer.status, answer.text) == (418, "chosen")


def test_an_error_page_without_a_body_keeps_the_status(server):
    answer = server.request("POST", "/form", b"x", {"Content-Type": "a/b"})
    assert (answer.status, answer.body) == (415, b"")
    assert "json" in answer.headers["Accept"]


def test_a_path_with_head_alone_does_not_offer_get(server):
    answer = server.get("/head")
    assert answer.status == 405 and allow(answer) == {"HEAD", "OPTIONS"}
    assert server.request("HEAD", "/head").status == 200


def test_a_status_that_httpd_has_no_words_for_is_sent(server):
    for target, status in (("/chosen", 418), ("/raised", 418),
                           ("/paged", 418)):
        assert server.get(target).status == status


def test_a_refused_type_says_what_is_taken(server):
    answer = server.request("POST", "/form", b"x",
                            {"Content-Type": "multipart/mixed"})
    assert answer.status == 415 and "Accept" in answer.headers


def test_a_body_in_a_content_coding_is_415(server):
    answer = server.request("POST", "/form", b"text=a", {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Encoding": "gzip"})
    assert answer.status == 415


@pytest.mark.parametrize("coding, status", [
    (b"chunked", 200), (b"Chunked", 200), (b"gzip, chunked", 415),
    (b"chunked, chunked", 415)])
def test_a_transfer_coding_that_nobody_undoes_is_415(server, coding, status):
    answer = server.raw(
        b"POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: " + coding + b"\r\n\r\n6\r\ntext=a\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)


def test_chunks_of_single_bytes_are_read(server):
    body = b"".join(b"1\r\n%c\r\n" % byte for byte in b"text=" + b"y" * 3000)
    answer = server.raw(
        b"POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"y" * 3000)


@pytest.mark.parametrize("body", [b"zz\r\n", b"5\r\nabc", b"-1\r\n",
                                  b"fffffffffffffffff\r\n"])
def test_broken_chunks_are_400(server, body):
    answer = server.raw(
        b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: "
        b"application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + body)
    assert answer.split(b" ")[1] in (b"400", b"413"), answer
    assert answer.count(b"HTTP/1.1 ") == 1
