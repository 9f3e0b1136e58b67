# SPDX-License-Identifier: Apache-2.0
"""Tables mounted in tables: what they answer, and what is around them."""

import base64
import hashlib
import re
import threading

import pytest

from conftest import RUNNING, Site
from httpd import wait_for

FRONT = """\
routes 1
setting greeting: str = "outside"
realm gate = apikey { header "X-Gate"; file "gate.txt" }
realm web = apache
header "X-Both" "front"
header "X-Front" "front"
error 401..599 -> front:page
GET /login -> front:say { public; as login }
mount /shop routes shop public
location /guarded {
    auth gate
    require user
    mount /shop routes shop
}
location /café/{day: date} { mount /shop routes shop public }
mount /never routes shop { public; cache off }
mount /day   routes shop { public; cache 1d }
mount /one   routes shop { public; limit concurrency 1 }
mount /rated routes shop { public; limit rate 1/day burst 2 per ip }
location /web { auth web; require user; mount /shop routes shop }
location /maybe { auth web; public; mount /shop routes shop }
"""
SHOP = """\
routes 1
setting greeting: str = "inside"
realm people = basic { file "people.htpasswd" }
realm web = apache
header "X-Both" "shop"
GET /say   -> shop:say(text: str = $greeting) public
GET /url   -> shop:url(req: request) { public; as url }
GET /n/{n: int} -> shop:number(n) { public; as number }
redirect /old 308 /n/7 public
GET /slash -> shop:say(text: str = "x") { public; slash redirect }
GET /cached -> shop:say(text: str = "x") { public; cache 1h }
GET /fail  -> shop:fail public
GET /hold  -> shop:hold public
POST /rated -> shop:say(text: str = "x") { public; limit rate 1/day }
mount /app   wsgi shop:app { public }
mount /guard wsgi shop:app { auth people; require user }
mount /files files "FILES" { public; index "index.html" }
mount /status handler "server-status" { public }
GET /web  -> shop:me(user: principal) { auth web; require user }
GET /both -> shop:me(user: principal) { auth people; require user }
location /paged { public; error 404 -> shop:page }
"""
SHOP_PYTHON = """\
import apache, threading
go = threading.Event()
held = []
def say(text):
    return text
def url(req):
    return [apache.url_for("url"), apache.url_for("number", n=3),
            req.uri, req.route.name]
def number(n):
    return n
def me(user):
    return f"{user.user} {user.realm}"
def fail():
    raise ValueError
def hold():
    import pathlib, time
    here = pathlib.Path(__file__).parent / "spool"
    (here / "held").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
    return "held"
def page(error):
    return f"shop {error.status}"
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    names = ("SCRIPT_NAME", "PATH_INFO", "REMOTE_USER",
             "HTTP_X_GATE", "HTTP_AUTHORIZATION")
    return ["|".join(environ.get(name, "-") for name in names).encode()]
"""
FRONT_PYTHON = """\
import apache
def say():
    return "front"
def page(error):
    try:
        url = apache.url_for("number", n=1)
    except RuntimeError:            # the request is to this table
        url = apache.url_for("login")
    return f"front {error.status} {url} {error.request.principal}"
"""
KEY = {"X-Gate": "g" * 43}
CONFIG = """
    LogLevel info
    RoutesSet greeting shop:both
    <Directory "{root}/files/closed">
        Require all denied
    </Directory>
    <Directory "{root}/files/compat">
        Order deny,allow
        Deny from all
    </Directory>
    <Directory "{root}/files/env">
        <RequireAll>
            Require all granted
            Require not env blocked
        </RequireAll>
        SetEnvIf Request_URI . blocked
    </Directory>
    <Directory "{root}/files">
        Require all granted
    </Directory>
    <LocationMatch "^/(web|maybe|shop/web)">
        AuthType Basic
        AuthName httpd
        AuthUserFile "{root}/httpd.htpasswd"
        Require all granted
    </LocationMatch>
    <Location /web>
        Require valid-user
    </Location>
"""


def basic(user):
    return {"Authorization": "Basic " +
            base64.b64encode(f"{user}:x".encode()).decode()}


def fill(site):
    site.write("front.py", FRONT_PYTHON)
    site.write("shop.py", SHOP_PYTHON)
    site.htpasswd("people.htpasswd", ada="x", both="x")
    site.htpasswd("httpd.htpasswd", web="x", both="x")
    site.write("gate.txt",
               f"gate:{hashlib.sha256(b'g' * 43).hexdigest()}\n")
    for name in ("", "closed/", "compat/", "env/"):
        site.write(f"files/{name}index.html", "a file")
    site.write("files/.hidden", "hidden")
    site.writable("spool")


def build(site):
    return [site.build("front", FRONT),
            site.build("shop", SHOP.replace("FILES", f"{site.root}/files"))]


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    fill(site)
    made = site.httpd(
        build(site), 'RoutesMount front\nRoutesPythonPath "{root}"\n' + CONFIG,
        mpm=request.param, modules=[
            "status", "authz_host", "access_compat", "authz_user",
            "authn_core", "authn_file", "auth_basic", "setenvif", "dir"])
    RUNNING.append(made)
    yield made.start()
    site.close()


def get(server, target, method="GET", **headers):
    return server.request(method, target, headers={
        name.replace("_", "-"): value for name, value in headers.items()})


def test_links_lead_below_the_mount(server):
    for prefix, shown in (("/shop", "/shop"), ("/one", "/one"),
                          ("/caf%C3%A9/2026-01-02/shop",
                           "/caf%C3%A9/2026-01-02/shop")):
        url = get(server, prefix + "/url").json
        assert url[:2] == [shown + "/url", shown + "/n/3"]
        assert url[3] == "url" and url[2].endswith("/url")
        old = get(server, prefix + "/old?a=1")
        assert old.status == 308
        assert old.headers["Location"] == shown + "/n/7?a=1"
        assert get(server, prefix + "/slash/").headers["Location"].endswith(
            "slash")
    assert get(server, "/caf%C3%A9/2026-02-30/shop/url").status == 404
    assert get(server, "/caf%C3%A9/no/shop/url").status == 404


def test_a_setting_is_of_every_table_that_has_it(server):
    assert get(server, "/shop/say").text == "shop:both"


def test_headers_are_of_both_tables(server):
    answer = get(server, "/shop/say")
    assert answer.headers.get_all("X-Both") == ["shop"]
    assert answer.headers["X-Front"] == "front"
    missed = get(server, "/shop/nosuch")
    assert missed.headers.get_all("X-Both") == ["front"]


@pytest.mark.parametrize("target, value", [
    ("/shop/cached", "public, max-age=3600"),
    ("/guarded/shop/cached", "private, max-age=3600"),
    ("/never/cached", "no-store"), ("/never/say", "no-store"),
    ("/day/cached", "public, max-age=3600"),
    ("/day/say", "private, max-age=86400"),
    ("/guarded/shop/say", "private")])
def test_a_shared_cache_keeps_what_all_may_have(server, target, value):
    answer = get(server, target, **KEY)
    assert answer.headers.get_all("Cache-Control") == [value]


def test_an_error_has_the_page_of_the_nearest_table(server):
    assert get(server, "/shop/paged/x").text == "shop 404"
    assert get(server, "/shop/n/x").text == "front 404 /login None"
    server.expect("shop:fail raised ValueError", "ROUTES0121")
    assert get(server, "/shop/fail").text == "front 500 /login None"
    refused = get(server, "/shop/both", **basic("web"))
    assert refused.text == "front 401 /login None"
    assert get(server, "/guarded/shop/say").status == 401


def test_applications(server):
    assert get(server, "/shop/app/a%2eb/c").text == "/shop/app|/a.b/c|-|-|-"
    text = get(server, "/guarded/shop/app/x", **KEY, **basic("ada")).text
    assert text.startswith("/guarded/shop/app|/x|gate|-|")
    assert get(server, "/guarded/shop/guard/x", **KEY).status == 401
    text = get(server, "/guarded/shop/guard/x", **KEY, **basic("ada")).text
    assert text == "/guarded/shop/guard|/x|ada|-|-"


@pytest.mark.parametrize("prefix", ["/shop", "/guarded/shop"])
def test_files_are_judged_by_httpd_too(server, prefix):
    def status(name):
        return get(server, f"{prefix}/files/{name}", **KEY).status
    assert get(server, f"{prefix}/files/", **KEY).text == "a file"
    assert get(server, f"{prefix}/files", **KEY).status == 308
    answer = get(server, f"{prefix}/files/index.html", **KEY)
    assert answer.text == "a file" and answer.type == "text/html"
    assert answer.headers["X-Both"] == "shop"
    assert status(".hidden") == 404 and status("nosuch") == 404
    server.allowed += ["AH01630", "AH01797"]
    assert status("closed/index.html") == 403
    assert status("compat/index.html") == 403
    assert status("env/index.html") == 403
    assert get(server, f"{prefix}/files/", "POST", **KEY).status == 405
    if prefix != "/shop":
        for name in ("", "closed/index.html", "compat/index.html", "nosuch"):
            assert get(server, f"{prefix}/files/{name}").status == 401


def test_a_handler_of_httpd(server):
    assert "Server Status" in get(server, "/shop/status").text
    assert get(server, "/guarded/shop/status").status == 401
    assert "Server Status" in get(server, "/guarded/shop/status", **KEY).text


def test_another_site_asks_for_a_websocket_of_neither_table(server):
    fields = {"Upgrade": "websocket", "Connection": "Upgrade",
              **basic("web")}
    own = f"http://127.0.0.1:{server.port}"
    assert get(server, "/web/shop/say", Origin=own, **fields).status == 200
    fields["Origin"] = "https://evil.example"
    assert get(server, "/web/shop/say", **fields).status == 403
    assert get(server, "/shop/say", **fields).status == 200
    del fields["Connection"]
    assert get(server, "/web/shop/say", **fields).status == 200


def test_httpd_says_who_calls_for_either_table(server):
    assert get(server, "/web/shop/say").status == 401
    assert get(server, "/web/shop/say", **basic("web")).text == "shop:both"
    assert get(server, "/web/shop/web", **basic("web")).text == "web web"
    assert get(server, "/web/shop/both", **basic("web")).status == 401
    assert get(server, "/web/shop/both", **basic("both")).text == "both people"
    assert get(server, "/web/shop/both", **basic("ada")).status == 401
    assert get(server, "/maybe/shop/web").status == 401
    assert get(server, "/maybe/shop/web", **basic("web")).text == "web web"
    assert get(server, "/maybe/shop/web", **basic("ada")).status == 401
    assert get(server, "/maybe/shop/say").text == "shop:both"
    server.allowed += ["AH01617", "AH01618"]


def test_a_place_of_a_call_is_held_in_both_tables(server):
    with_answer = []
    first = threading.Thread(
        target=lambda: with_answer.append(get(server, "/one/hold").text))
    first.start()
    spool = server.root / "spool"
    wait_for((spool / "held").exists, "the first call")
    assert get(server, "/one/say").status == 503
    assert get(server, "/shop/say").text == "shop:both"
    (spool / "go").touch()
    first.join()
    assert with_answer == ["held"]
    assert get(server, "/one/say").text == "shop:both"
    (spool / "go").unlink()
    (spool / "held").unlink()


def test_rates_of_both_tables_are_counted(server):
    post = [get(server, "/shop/rated", "POST").status for _ in range(3)]
    assert post == [200, 429, 429]
    assert [get(server, "/rated/say").status for _ in range(4)] == [
        200, 200, 429, 429]


# ---- at start ---------------------------------------------------------------

TINY = "routes 1\nGET /x -> tiny:f public\n"


def mounts(*names):
    return "routes 1\n" + "".join(
        f"mount /{name} routes {name} public\n" for name in names)


@pytest.mark.parametrize("tables, words", [
    ({"a": mounts("b")},
     r"ROUTES0001: RoutesMount a \(.*\): mount routes b \(a\.routes:2\): no "
     "loaded module has a table 'b'; there is a"),
    ({"a": mounts("b"), "b": mounts("c"), "c": mounts("a")},
     "the tables mount each other: a, b, c, a"),
    ({name: mounts(after) if after else "routes 1\nGET /x -> t:f public\n"
      for name, after in zip("abcdefghi", [*"bcdefghi", ""])},
     "more than 8 tables are mounted in each other: a, b, c, d, e, f, g, h, "
     "i")], ids=["missing", "cycle", "depth"])
def test_what_cannot_be_mounted_is_refused_at_start(site, tables, words):
    site.write("t.py", "def f():\n    return 1\n")
    server = site.httpd(
        [site.build(name, text) for name, text in tables.items()],
        'RoutesMount a\nRoutesPythonPath "{root}"')
    code, said = server.configtest()
    assert code != 0 and re.search(words, said + server.log())


def test_a_restart_serves_a_new_inner_table(site):
    site.write("t.py", "def f():\n    return 'old'\n"
                       "def g():\n    return 'new'\n")
    load = [site.build("a", mounts("b")),
            site.build("b", "routes 1\nGET /x -> t:f public\n")]
    server = site.httpd(load, 'RoutesMount a\nRoutesPythonPath "{root}"')
    RUNNING.append(server)
    server.start()
    assert get(server, "/b/x").text == "old"
    site.build("b", "routes 1\nGET /x -> t:g public\n"
                    "GET /y -> t:g public\n")
    server.graceful()
    wait_for(lambda: get(server, "/b/x").text == "new", "the new table")
    assert get(server, "/b/y").text == "new"


def test_each_virtual_host_has_its_own_values(site):
    site.write("t.py", "def f(text):\n    return text\n")
    load = [site.build("a", mounts("b")),
            site.build("b", 'routes 1\nsetting word: str = "none"\n'
                            "GET /x -> t:f(text: str = $word) public\n")]
    server = site.httpd(load, """
        RoutesPythonPath "{root}"
        RoutesMount a
        <VirtualHost *:{port}>
            ServerName one.example
            RoutesSet word one
        </VirtualHost>
        <VirtualHost *:{port}>
            ServerName two.example
            RoutesSet word two
        </VirtualHost>
    """)
    RUNNING.append(server)
    server.start()
    for name in ("one", "two"):
        assert get(server, "/b/x", Host=f"{name}.example").text == name
