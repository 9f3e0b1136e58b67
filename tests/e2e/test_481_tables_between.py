# SPDX-License-Identifier: Apache-2.0
"""What one table has of a request is not lost, or told, in one mounted in it.
"""

import gzip
import hashlib
from pathlib import Path

import pytest

import tree
from conftest import RUNNING, Site

FRONT = """\
routes 1
realm web  = session { cookie "sid"; idle 30m }
realm gate = apikey { header "X-Gate"; file "gate.txt" }
realm signed = python { check front:check; body true }
POST /login -> front:login(req: request) public
location /web  { auth web;  require user; mount /shop routes shop }
location /gate { auth gate; require user; mount /shop routes shop }
location /lua  { auth gate; require user; mount /shop routes shop }
location /signed {
    auth signed; require user; limit body 1MB
    mount /in routes middle
}
mount /plain routes middle { public; limit body 1KB }
mount /{word} routes shop { public; cache off }
"""
MIDDLE = """\
routes 1
mount /small routes shop { public; limit body 10B }
mount /large routes shop { public; limit body 1MB }
"""
SHOP = """\
routes 1
realm own = session { cookie "own"; fail redirect "/login" }
realm people = basic { file "people.htpasswd" }
GET  /free -> shop:hello public
GET  /mine -> shop:hello { auth people; require user }
GET  /me   -> shop:hello { auth own; require user }
GET  /dark -> shop:hello { auth people; require role(boss); deny as 404 }
GET  /url  -> shop:url { public; as url }
GET  /fail -> shop:fail public
POST /body -> shop:body(raw: bytes from raw) { public; csrf off }
POST /signed -> shop:body(raw: bytes from raw) { auth signed; require user }
realm signed = python { check shop:check; body true }
redirect /old 308 /free public
"""
FRONT_PYTHON = """\
import apache
def login(req):
    apache.login(req, "ada", realm="web")
    return "in"
def check(request):
    return "signer" if request.body() else False
"""
SHOP_PYTHON = """\
import apache
def hello():
    return "hello"
def url():
    return apache.url_for("url")
def fail():
    raise ValueError
def body(raw):
    return len(raw)
def check(request):
    return "signer" if request.body() else False
"""
ZIPPED = gzip.compress(b"x" * 2000)
MODULES = ["deflate", "session", "session_cookie", "session_crypto", "request",
           "headers"]
CONFIG = """
    RoutesMount front
    MergeSlashes Off
    <LocationMatch "^/(login|web)">
        Session On
        SessionCookieName sid
        SessionCryptoPassphrase "correct horse"
        SessionMaxAge 1000
    </LocationMatch>
    SetInputFilter DEFLATE
    Header always set X-User "expr=%{REMOTE_USER}"
"""
LUA = """
    LuaHookAccessChecker "{root}/path.lua" elsewhere
"""
LUA_SCRIPT = """\
function elsewhere(r)
    if r.uri:sub(1, 5) == "/lua/" then r.uri = "/x" end
    return apache2.DECLINED
end
"""
KEY = "g" * 43
HAS_LUA = (Path(tree.apxs("LIBEXECDIR")) / "mod_lua.so").exists()


@pytest.fixture(scope="module")
def server():
    site = Site(shared=True)
    site.write("front.py", FRONT_PYTHON)
    site.write("shop.py", SHOP_PYTHON)
    site.write("path.lua", LUA_SCRIPT)
    site.htpasswd("people.htpasswd", ada="x")
    site.write("gate.txt",
               f"gate:{hashlib.sha256(KEY.encode()).hexdigest()}\n")
    load = [site.build(name, text) for name, text in
            (("front", FRONT), ("middle", MIDDLE), ("shop", SHOP))]
    made = site.httpd(
        load, 'RoutesPythonPath "{root}"\n' + CONFIG + LUA * HAS_LUA,
        modules=[*MODULES, *["lua"] * HAS_LUA])
    RUNNING.append(made)
    yield made.start()
    site.close()


def get(server, target, **headers):
    return server.request("GET", target, None, {
        name.replace("_", "-"): value for name, value in headers.items()})


ADA = {"Authorization": "Basic YWRhOng="}


@pytest.mark.parametrize("path", ["/free", "/fail", "/mine", "/nosuch"])
def test_the_cookie_of_an_outer_login_is_for_the_server_alone(server, path):
    login = server.request("POST", "/login", None,
                           {"Sec-Fetch-Site": "same-origin"})
    assert login.text == "in"
    if path == "/fail":
        server.expect("ROUTES012[01]")
    cookie = login.headers["Set-Cookie"].split(";")[0]
    answer = get(server, "/web/shop" + path, Cookie=cookie)
    assert answer.status == {"/free": 200, "/fail": 500, "/mine": 401,
                             "/nosuch": 404}[path]
    lines = answer.headers.get_all("Set-Cookie") or []
    assert lines or answer.status != 200
    for line in lines:
        assert line.startswith("sid=")
        assert "HttpOnly" in line and "SameSite=Lax" in line


def test_a_body_that_was_read_for_another_table_is_within_each_limit(server):
    def send(prefix, size):
        return server.request("POST", f"/signed/in/{prefix}/body", b"x" * size,
                              {"Content-Type": "application/octet-stream"})
    assert send("small", 10).text == "10"
    assert send("small", 11).status == 413
    assert send("large", 11).text == "11"


def test_a_body_that_is_read_again_is_counted_again(server):
    def send(prefix, data, **headers):
        return server.request("POST", f"/plain/{prefix}/signed", data, {
            "Content-Type": "application/octet-stream", **headers})
    for whole in (bytes, lambda data: iter([data])):
        assert send("small", whole(b"x" * 10)).text == "10"
        assert send("small", whole(b"x" * 11)).status == 413
        assert send("large", whole(b"x" * 1000)).text == "1000"
    zipped = {"Content-Encoding": "gzip"}
    assert send("large", gzip.compress(b"x" * 1000), **zipped).text == "1000"
    assert len(ZIPPED) < 1024
    assert send("large", ZIPPED, **zipped).status == 413
    answer = server.request("POST", "/signed/in/large/body", ZIPPED, {
        "Content-Type": "application/octet-stream", **zipped})
    assert answer.text == "2000"


def test_a_mask_shows_in_no_header_that_names_the_caller(server):
    def seen(path):
        answer = get(server, path, X_Gate=KEY, **ADA)
        return answer.status, answer.body, sorted(
            (name, value) for name, value in answer.headers.items()
            if name != "Date")
    nothing = seen("/gate/shop/nosuch")
    assert nothing[0] == 404 and ("X-User", "gate") in nothing[2]
    assert seen("/gate/shop/dark") == nothing


@pytest.mark.skipif(not HAS_LUA, reason="mod_lua is not installed")
def test_a_path_that_a_module_has_changed_is_no_prefix(server):
    answer = get(server, "/lua/shop/url", X_Gate=KEY)
    assert answer.status == 500
    assert get(server, "/gate/shop/url", X_Gate=KEY).text == "/gate/shop/url"


@pytest.mark.parametrize("start, status", [
    ("//evil.example", 308), ("///evil.example", 308),
    ("/%2fevil.example", 404), ("/\\evil.example", 308),
    ("/%5Cevil.example", 308), ("/%0D%0AX:y", 400), ("/a%3Fb%23c", 308)])
def test_no_prefix_leads_to_another_server(server, start, status):
    answer = get(server, start + "/old")
    assert answer.status == status
    if status == 308:
        login = get(server, start + "/me", Accept="text/html")
        for place in (answer.headers["Location"],
                      get(server, start + "/url").text,
                      login.headers["Location"].partition("?next=")[0]):
            assert place[0] == "/" and place[1] not in "/\\"
            assert place.count("/") == 2 and "?" not in place
