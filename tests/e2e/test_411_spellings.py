# SPDX-License-Identifier: Apache-2.0
"""Spellings of a request, and what a connection was before: none of them leads
past the gate, on prefork and event."""

import re

import pytest

from conftest import Site
from test_400_authorisation import GROUPS, PYTHON, ROUTES, USERS, basic


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    site.write("app.py", PYTHON)
    site.write("groups", GROUPS)
    site.htpasswd("staff.htpasswd", **USERS)
    yield site.serve(ROUTES, mpm=request.param)
    site.close()


TARGETS = [
    "/%2561dmin", "/admin%252Fboth", "/%25%36%31dmin",          # twice
    "/%C1%A1dmin", "/%E0%81%A1dmin", "/admin%C0%AFboth",        # overlong
    "/open/%C0%AE%C0%AE/admin", "/%uff41dmin", "/%EF%BD%81dmin",
    "/admin;x=1", "/admin;/", "/;/admin", "/admin/;x", "/open;/../admin",
    "/ADMIN", "/Admin", "/aDMIN/", "/admin/", "/admin//", "/admin/.",
    "/admin/..;/open", "/open/..;/admin", "/admin%20", "/admin.",
    "/admin%09", "/admin%0d%0a", "/admin?/../open", "/./admin", "//admin",
    "/open/../admin", "/%2e/admin", "/open/%2e%2e/admin", "/admin%5Cboth",
    "/admin%2F", "/admin%00", "/admin%",
]


def raw(server, *requests):
    """The statuses of requests on one connection, and all that came."""
    text = server.raw("".join(requests).encode("latin-1"))
    return [int(s) for s in re.findall(rb"HTTP/1.1 (\d{3}) ", text)], text


def head(target, *lines, method="GET", close=False):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: a.example",
                        *lines, *["Connection: close"] * close, "", ""])


def authorised(user):
    return "Authorization: " + basic(user)["Authorization"]


def test_no_spelling_passes(server):
    for target in TARGETS:
        for headers in ([], [authorised("bob")]):
            status, text = raw(server, head(target, *headers, close=True))
            assert b"hello" not in text, target
            assert status[0] in (400, 401, 403, 404), (target, status)
    server.expect("AH10244")        # "%u" and a lone "%" are no URLs


@pytest.mark.parametrize("method", [
    "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "BREW",
    "get", "Get"])
def test_no_method_passes(server, method):
    """HEAD is GET's, the answer to OPTIONS and a 405 stand behind the gate,
    as does what httpd does not know."""
    for target in ("/admin", "/admin/both", "/admin/nosuch"):
        for headers, wanted in (([], (401,)), ([authorised("bob")], (403,))):
            status, text = raw(server, head(target, *headers, method=method,
                                            close=True))
            assert status[0] in (*wanted, 411, 501), (target, status)
            assert b"hello" not in text and b"\r\nAllow:" not in text


def test_an_absolute_target_is_judged_by_its_path(server):
    for target in ("http://a.example/admin", "HTTP://A.example:80/admin",
                   "http://ada:secret@a.example/admin",
                   "http://other.example//admin", "https://a.example/admin",
                   "http://a.example/open/../admin"):
        status, text = raw(server, head(target, close=True))
        assert status[0] in (400, 401) and b"hello" not in text, target


def test_no_header_changes_the_method_or_the_target(server):
    for line in ("X-HTTP-Method-Override: GET", "X-Original-URL: /open",
                 "X-Rewrite-URL: /open", "X-Forwarded-Prefix: /open",
                 "X-Forwarded-Host: b.example", "X-Accel-Redirect: /admin",
                 "X-Forwarded-User: ada", "Remote-User: ada",
                 "X-Remote-User: ada"):
        status, text = raw(server, head("/admin", line, close=True))
        assert status == [401] and b"hello" not in text, line
        status, text = raw(server, head("/admin", line, method="POST",
                                        close=True))
        assert status[0] in (401, 411), line


def test_a_connection_is_nobody_s(server):
    """Who was let in, or was not, says nothing of the next request."""
    status, _ = raw(server, head("/admin"), head("/admin", authorised("ada")),
                    head("/admin"), head("/admin", authorised("bob")),
                    head("/open"), head("/admin", close=True))
    assert status == [401, 200, 401, 403, 200, 401]


def test_a_body_is_no_second_request(server):
    hidden = head("/admin", authorised("ada"))
    status, text = raw(
        server, head("/admin", f"Content-Length: {len(hidden)}",
                     method="POST"), hidden, head("/open", close=True))
    assert 200 not in status[:-1] and b"hello" not in text[:text.rfind(
        b"HTTP/1.1")]
