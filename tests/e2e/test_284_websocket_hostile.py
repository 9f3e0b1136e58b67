# SPDX-License-Identifier: Apache-2.0
"""Handshakes of attackers, for routes for WEBSOCKET: each is judged by the
route that it reaches, and opens nothing that it was not granted."""

import pytest

from httpd import wait_for
from wsclient import Client, closing, request

ROUTES = """\
routes 1
realm web   = session { cookie "sid" }
realm staff = basic { file "staff.htpasswd" }
public
GET  /log         -> app:log
POST /enter       -> app:enter(req: request)
GET  /sorry       -> app:sorry
GET  /inside      -> app:inside

location /part {
    override auth staff
    require user
    WEBSOCKET /guarded  -> app:echo(ws: websocket)
    GET       /guarded  -> app:page                      override public
    WEBSOCKET /open     -> app:echo(ws: websocket)       override public
    GET       /open     -> app:page
    WEBSOCKET /alone    -> app:echo(ws: websocket)
    WEBSOCKET /shared   -> app:echo(ws: websocket) {
        cors { origins "https://www.shop.example"; credentials true }
    }
    GET       /shared   -> app:page
    WEBSOCKET /hidden   -> app:echo(ws: websocket) {
        require role(boss)
        deny as 404
    }
}
location /web {
    override auth web
    require user
    WEBSOCKET /own      -> app:echo(ws: websocket)
    WEBSOCKET /token    -> app:echo(ws: websocket)       csrf token
    WEBSOCKET /anybody  -> app:echo(ws: websocket)       csrf off
    GET       /page     -> app:page
}
WEBSOCKET /free   -> app:echo(ws: websocket)
"""
PYTHON = """\
import apache

LOG = []

def log():
    told = list(LOG)
    LOG.clear()
    return told

def enter(req):
    apache.login(req, "ada")

def sorry():
    return "sorry"

def page():
    LOG.append("page")
    return "page"

def echo(ws):
    LOG.append("called")
    for message in ws:
        ws.send(message)

def inside():
    return "inside"
"""
CONFIG = """
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
Session On
SessionCookieName sid path=/
SessionCryptoPassphrase "correct horse"
RewriteEngine On
RewriteRule ^/passed/(.*)$ /part/$1 [PT]
Alias /files "{root}/files"
<Directory "{root}/files">
    Require all granted
    Options +Includes
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    RewriteEngine On
    RewriteBase /
    RewriteRule ^inner/(.*)$ /part/$1 [L]
</Directory>
<Location "/part/guarded">
    ErrorDocument 401 /free
</Location>
<Location "/free">
    ErrorDocument 426 /sorry
    ErrorDocument 400 /sorry
</Location>
"""
MODULES = ("session", "session_cookie", "session_crypto", "request",
           "rewrite", "include", "alias", "mime")
BASIC = {"Authorization": "Basic YWRhOng="}
EVIL = "https://evil.example"
SHOP = "https://www.shop.example"


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.write("files/page.shtml",
                 '<!--#include virtual="/free" -->'
                 '<!--#include virtual="/inside" -->')
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(ROUTES, CONFIG, modules=MODULES)


@pytest.fixture
def dial(server):
    clients = []
    server.get("/log")

    def opened(target, fields=(), status=101, **words):
        client = Client(server.port, target, fields, **words)
        clients.append(client)
        assert client.status == status, client.status
        if status == 101:
            client.say("x")
            assert client.read() == "x"
        return client
    yield opened
    for client in clients:
        client.link.close()


@pytest.fixture
def cookie(server):
    answer = server.request("POST", "/enter")
    assert answer.status == 204
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def own(server):
    name = f"127.0.0.1:{server.port}"
    return {"Host": name, "Origin": f"http://{name}"}


# ---- one path, two requirements ---------------------------------------------

def test_each_is_judged_by_its_own(server, dial):
    assert server.get("/part/guarded").text == "page"
    dial("/part/guarded", status=401)
    dial("/part/guarded", BASIC)
    dial("/part/open")
    assert server.get("/part/open").status == 401
    assert server.get("/part/open", **BASIC).text == "page"
    assert server.request("HEAD", "/part/open").status == 401


@pytest.mark.parametrize("fields, words", [
    ({"Upgrade": "h2c"}, {}),
    ({"Upgrade": "websocket2"}, {}),
    ({"Upgrade": "web socket"}, {}),
    ({"Upgrade": ""}, {}),
    ({"Connection": "keep-alive"}, {}),
    ({"Connection": "Upgrades"}, {}),
    ({}, {"version": "1.0"}),
])
def test_what_is_no_handshake_is_judged_as_a_get(server, dial, fields, words):
    """However alike they are: the route that is judged is the one called."""
    dial("/part/open", fields, 401, **words)
    dial("/part/open", {**fields, **BASIC}, 200, **words)
    dial("/part/guarded", fields, 200, **words)
    assert set(server.get("/log").json) == {"page"}
    dial("/part/alone", fields, 401, **words)
    dial("/part/alone", {**fields, **BASIC}, 426, **words)


@pytest.mark.parametrize("fields", [
    {"Upgrade": "WebSocket", "Connection": "keep-alive, Upgrade"},
    {"Upgrade": "WEBSOCKET", "Connection": "UPGRADE"},
    {"Upgrade": "h2c, websocket", "Connection": "HTTP2-Settings,upgrade"},
    {"Upgrade": None, "uPGRADE": "websocket"},
])
def test_what_is_one_is_judged_as_one(dial, fields):
    dial("/part/guarded", fields, 401)
    dial("/part/guarded", {**fields, **BASIC})
    dial("/part/open", fields)


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PUT",
                                    "DELETE", "WEBSOCKET", "get"])
def test_no_other_method_is_a_handshake(server, dial, method):
    client = Client(server.port, "/part/open", method=method)
    assert client.status in (204, 401, 405, 501), client.status
    client.link.close()
    client = Client(server.port, "/part/guarded", method=method)
    assert client.status in (200, 204, 401, 405, 501), client.status
    client.link.close()
    assert "called" not in server.get("/log").json


# ---- handshakes that are wrong ----------------------------------------------

@pytest.mark.parametrize("fields, behind, status", [
    ({"Sec-WebSocket-Version": "12"}, b"", 426),
    ({"Sec-WebSocket-Version": None}, b"", 426),
    ({"Sec-WebSocket-Version": "13, 8"}, b"", 426),
    ({"Sec-WebSocket-Key": None}, b"", 400),
    ({"Content-Length": "1"}, b"x", 400),
    ({"Transfer-Encoding": "chunked"}, b"0\r\n\r\n", 400),
])
def test_the_gate_comes_before_what_is_wrong(server, dial, fields, behind,
                                             status):
    dial("/part/alone", fields, 401, behind=behind)
    client = dial("/part/alone", {**fields, **BASIC}, status, behind=behind)
    dial("/part/hidden", {**fields, **BASIC}, 404, behind=behind)
    if status == 426:
        assert client.headers["sec-websocket-version"] == "13"
        assert client.headers["upgrade"] == "websocket"
        assert "upgrade" in client.headers["connection"].lower()
    assert server.get("/log").json == []


@pytest.mark.parametrize("target", ["/free", "/part/shared"])
def test_a_body_is_no_request_and_no_frame(server, target):
    """A proxy in front may have seen one request."""
    inner = b"GET /part/guarded HTTP/1.1\r\nHost: x\r\n\r\n"
    for fields, body in (
            ({"Content-Length": str(len(inner))}, inner),
            ({"Transfer-Encoding": "chunked"},
             b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner))):
        client = Client(server.port, target, {**BASIC, **fields}, body)
        assert client.status == 400
        client.body()
        assert b"page" not in client.data
        client.link.settimeout(20)
        client.send(b"GET /sorry HTTP/1.1\r\nHost: x\r\n"
                    b"Connection: close\r\n\r\n")
        rest = client.data
        try:
            while True:
                piece = client.link.recv(65536)
                if not piece:
                    break
                rest += piece
        except ConnectionError:
            pass
        assert rest.count(b"HTTP/1.1 ") <= 1 and b"page" not in rest
        client.link.close()
    assert server.get("/log").json == []


# ---- other sites ------------------------------------------------------------

@pytest.mark.parametrize("target", ["/web/own", "/web/token"])
def test_a_login_opens_none_for_another_site(server, dial, cookie, target):
    dial(target, status=401)
    dial(target, {**cookie, **own(server)})
    dial(target, {**cookie, "Origin": EVIL}, 403)
    dial(target, {**cookie, "Origin": "null"}, 403)
    dial(target, {**cookie, "Origin": ""}, 403)
    dial(target, {**cookie, **own(server), "Origin": "http://127.0.0.1:1"},
         403)
    dial(target, {**cookie, "Origin": EVIL,
                  "Sec-Fetch-Site": "same-origin"}, 403)
    dial(target, {**cookie, "Sec-Fetch-Site": "same-site"}, 403)
    dial("/web/anybody", {**cookie, "Origin": EVIL})


def test_a_wrong_one_of_another_site_is_told_no_more(dial, cookie):
    for fields in ({"Sec-WebSocket-Version": "8"},
                   {"Sec-WebSocket-Key": None}):
        dial("/web/own", {**cookie, **fields, "Origin": EVIL}, 403)


def test_a_preflight_is_of_the_get(server):
    """No browser sends one for a websocket, whose list of origins is no
    grant to read the page beside it."""
    def ask(target, method="GET", origin=SHOP):
        return server.request("OPTIONS", target, headers={
            "Origin": origin, "Access-Control-Request-Method": method})
    for method in ("GET", "WEBSOCKET", "HEAD", "POST"):
        answer = ask("/part/shared", method)
        assert "Access-Control-Allow-Origin" not in answer.headers, method
    answer = server.get("/part/shared", Origin=SHOP, **BASIC)
    assert answer.text == "page"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_list_of_origins_is_of_the_websocket(dial):
    dial("/part/shared", {**BASIC, "Origin": SHOP})
    dial("/part/shared", {**BASIC, "Origin": EVIL}, 403)
    dial("/part/shared", {"Origin": SHOP}, 401)


# ---- what is masked ---------------------------------------------------------

@pytest.mark.parametrize("fields", [{}, BASIC], ids=["nobody", "ada"])
def test_a_masked_one_is_like_nothing(server, fields):
    """To each method, and to handshakes of all kinds."""
    def ask(target, method="GET", more=()):
        with Client(server.port, target, {**fields, **dict(more)},
                    method=method) as client:
            drop = ("date", "content-length")
            return client.status, {name: value for name, value
                                   in client.headers.items()
                                   if name not in drop}
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        for more in ({}, {"Upgrade": None}, {"Upgrade": "h2c"},
                     {"Sec-WebSocket-Version": "8"}, {"Origin": EVIL},
                     {"Origin": SHOP,
                      "Access-Control-Request-Method": "GET"},
                     {"Sec-WebSocket-Key": None}):
            assert ask("/part/hidden", method, more) == \
                ask("/part/nothing", method, more), (method, more)


# ---- requests within --------------------------------------------------------

def test_a_page_that_includes_one_opens_none(server):
    server.get("/log")
    server.expect('unable to include "/free".*returned 426')
    with Client(server.port, "/files/page.shtml") as client:
        assert client.status == 200
        client.link.settimeout(20)
        while b"inside" not in client.data:
            client.more()
    assert "called" not in server.get("/log").json


def test_a_rewritten_one_is_judged_where_it_leads(dial):
    for path in ("/passed", "/files/inner"):
        dial(f"{path}/guarded", status=401)
        dial(f"{path}/guarded", BASIC)
        dial(f"{path}/open")
        dial(f"{path}/hidden", BASIC, 404)


def test_an_error_s_document_is_no_websocket(server, dial):
    client = dial("/part/guarded", status=401)
    assert "www-authenticate" in client.headers
    assert server.get("/log").json == []
    for fields, status in (({"Sec-WebSocket-Version": "8"}, 426),
                           ({"Upgrade": None}, 426),
                           ({"Sec-WebSocket-Key": None}, 400)):
        client = dial("/free", fields, status)
        assert client.body() == b"sorry"
        if status == 426:
            assert client.headers["upgrade"] == "websocket"
    assert server.get("/log").json == []


def test_who_was_refused_may_ask_again(dial, server):
    """On the same connection, as somebody else."""
    client = dial("/part/guarded", status=401)
    client.body()
    client.send(request("/part/guarded", BASIC))
    client.read_head()
    assert client.status == 101
    client.say("x")
    assert client.read() == "x"
    client.send(closing(1000))
    assert client.read() == 1000
    wait_for(client.at_end, "its end")
