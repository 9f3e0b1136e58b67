# SPDX-License-Identifier: Apache-2.0
"""Requests that another site makes a browser send: csrf."""

import base64
import urllib.parse

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }

location /desk {
    auth staff
    require user
    GET,POST /door -> app:door(who: str = "?")
    ANY  /any      -> app:any()
    PUT  /key      -> app:door(who: str = "?")
    POST /open     -> app:door(who: str = "?") override public
    POST /bell     -> app:door(who: str = "?") csrf off
    POST /boss     -> app:door(who: str = "?") require role(nobody)
}
location /free {
    public
    POST .         -> app:door(who: str = "?") public
    POST /kept     -> app:door(who: str = "?") { public; csrf }
}
"""
PYTHON = """\
def door(who):
    return "open for " + who
def any():
    return "any"
"""
ADA = {"Authorization":
       "Basic " + base64.b64encode(b"ada:secret").decode()}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="secret")
    return shared.serve(ROUTES)


def own(server):
    return f"http://127.0.0.1:{server.port}"


def send(server, target, method="POST", body="who=eve", **headers):
    headers = {name.replace("_", "-"): value
               for name, value in headers.items()}
    return server.request(method, target, body,
                          {**ADA, **FORM, **headers}).status


# ---- what browsers of today say ---------------------------------------------

@pytest.mark.parametrize("site, status", [
    ("same-origin", 200), ("none", 200), ("cross-site", 403),
    ("same-site", 403), ("", 403), ("Same-Origin", 403),
    ("same-origin, cross-site", 403), ("same-origin ", 200)])
def test_sec_fetch_site_decides(server, site, status):
    assert send(server, "/desk/door", Sec_Fetch_Site=site) == status
    assert send(server, "/desk/door", Sec_Fetch_Site=site,
                Origin="http://evil.example") == status
    assert send(server, "/desk/door", Sec_Fetch_Site=site,
                Origin=own(server)) == status


def test_a_field_that_is_sent_twice_is_no_way_round(server):
    answer = server.raw(
        f"POST /desk/door HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: {ADA['Authorization']}\r\nConnection: close\r\n"
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n"
        "Content-Length: 0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 ")


# ---- what older ones say ----------------------------------------------------

def test_its_own_origin_passes(server):
    assert send(server, "/desk/door", Origin=own(server)) == 200
    assert send(server, "/desk/door",
                Origin=f"https://127.0.0.1:{server.port}") == 200
    assert send(server, "/desk/door",
                Origin=f"HTTP://127.0.0.1:{server.port}") == 200


@pytest.mark.parametrize("origin", [
    "http://evil.example", "null", "", "http://127.0.0.1",
    "http://127.0.0.1:1", "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1.evil.example:{port}", "http://evil127.0.0.1:{port}",
    "ftp://127.0.0.1:{port}", "127.0.0.1:{port}", "//127.0.0.1:{port}",
    "http://127.0.0.1:{port}/", "http://127.0.0.1:{port}, http://evil",
    "http://evil, http://127.0.0.1:{port}", "http://127.0.0.1:{port} ",
    "http://evil.example@127.0.0.1:{port}", "http://127.0.0.1:+{port}",
    "http://127.0.0.1:0{port}", "http://127.0.0.1:000000{port}",
    "http://[127.0.0.1]:{port}", "http://:{port}", "http://", "file://",
    "chrome-extension://abcdefgh", "http://127.0.0.1:{port}#", "*"])
def test_any_other_origin_is_refused(server, origin):
    origin = origin.replace("{port}", str(server.port))
    assert send(server, "/desk/door", Origin=origin) == (
        200 if origin.strip() == own(server) else 403)


@pytest.mark.parametrize("host, origin, status", [
    ("shop.example", "http://shop.example", 200),
    ("shop.example", "https://shop.example", 200),
    ("shop.example:80", "http://shop.example", 200),
    ("shop.example", "http://shop.example:80", 200),
    ("shop.example:443", "https://shop.example", 200),
    ("shop.example", "https://shop.example:443", 200),
    ("shop.example:443", "http://shop.example", 403),
    ("shop.example", "https://shop.example:8443", 403),
    ("shop.example:8443", "https://shop.example", 403),
    ("Shop.Example", "http://shop.example", 200),
    ("shop.example", "http://SHOP.example", 200),
    ("shop.example.", "http://shop.example", 200),
    ("shop.example.", "http://shop.example.", 200),
    ("shop.example", "http://www.shop.example", 403),
    ("shop.example", "http://shop.example.evil", 403),
    ("shop.example", "http://evilshop.example", 403),
    ("xn--caf-dma.example", "http://xn--caf-dma.example", 200),
    ("xn--caf-dma.example", "http://café.example", 403),
    ("[::1]:8080", "http://[::1]:8080", 200),
    ("[::1]", "http://[::1]", 200),
    ("[::1]:8080", "http://[::2]:8080", 403),
    ("[::1]:8080", "http://[::1]8080", 403),
])
def test_the_host_and_its_port_decide(server, host, origin, status):
    answer = server.raw(
        f"POST /desk/door HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n"
        f"Authorization: {ADA['Authorization']}\r\nConnection: close\r\n"
        "Content-Length: 0\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer


def test_the_target_of_the_request_wins_over_host(server):
    def ask(origin):
        return server.raw(
            "POST http://shop.example/desk/door HTTP/1.1\r\n"
            f"Host: evil.example\r\nOrigin: {origin}\r\n"
            f"Authorization: {ADA['Authorization']}\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n".encode())
    assert ask("http://shop.example").startswith(b"HTTP/1.1 200 ")
    assert ask("http://evil.example").startswith(b"HTTP/1.1 403 ")


def test_what_says_neither_is_no_browser(server):
    assert send(server, "/desk/door") == 200


# ---- which requests are asked -----------------------------------------------

EVIL = {"Origin": "http://evil.example", "Sec_Fetch_Site": "cross-site"}


@pytest.mark.parametrize("media, body", [
    ("application/x-www-form-urlencoded", "who=eve"),
    ("text/plain", '{"who": "eve"}'),
    ("application/json", '{"who": "eve"}'),
    ("multipart/form-data; boundary=x", "--x--\r\n"),
    (None, ""),
])
def test_no_content_type_is_a_way_round(server, media, body):
    headers = {**ADA, "Origin": "null"}
    if media is not None:
        headers["Content-Type"] = media
    answer = server.request("POST", "/desk/door", body, headers)
    assert answer.status == 403


@pytest.mark.parametrize("method, status", [
    ("GET", 200), ("HEAD", 200), ("POST", 403), ("PUT", 403), ("PATCH", 403),
    ("DELETE", 403), ("PROPFIND", 200), ("MKCOL", 403), ("get", 403),
    ("FROBNICATE", 403)])
def test_the_method_of_the_request_decides(server, method, status):
    assert send(server, "/desk/any", method, "", **EVIL) == status


@pytest.mark.parametrize("header", [
    "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_makes_another_method_of_it(server, header):
    assert send(server, "/desk/door?_method=GET", **EVIL,
                **{header: "GET"}) == 403


@pytest.mark.parametrize("target, status", [
    ("/desk/door", 403), ("/desk/open", 403), ("/desk/bell", 200),
    ("/free", 200), ("/free/kept", 403), ("/desk/none", 404)])
def test_the_place_decides(server, target, status):
    assert send(server, target, **EVIL) == status


def test_who_may_not_is_told_so_first(server):
    answer = server.request("POST", "/desk/door", "who=eve",
                            {**FORM, "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 401 and "WWW-Authenticate" in answer.headers
    assert send(server, "/desk/boss", **EVIL) == 403


def test_arguments_come_later(server):
    assert send(server, "/desk/door", body="who=%ff", **EVIL) == 403
    assert send(server, "/desk/door", body="who=%ff") == 400


def test_the_log_says_why(server):
    send(server, "/desk/door", Origin="http://evil.example")
    line = server.logged("ROUTES0032")
    assert "info" in line and "Origin is http://evil.example" in line


# ---- the examples, as a browser uses them -----------------------------------

def test_a_form_of_the_site_itself_is_sent(server):
    """What Chromium sends for a form on the page of the same site."""
    answer = server.request("POST", "/desk/door", urllib.parse.urlencode(
        {"who": "ada"}), {
            **ADA, **FORM, "Origin": own(server),
            "Referer": own(server) + "/desk/door", "Sec-Fetch-Site":
            "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User":
            "?1", "Sec-Fetch-Dest": "document"})
    assert (answer.status, answer.text) == (200, "open for ada")
