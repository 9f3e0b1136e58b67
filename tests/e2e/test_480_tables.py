# SPDX-License-Identifier: Apache-2.0
"""Tables mounted in tables: whatever one of them refuses is refused."""

import base64
import hashlib
import itertools
import shutil
import subprocess

import pytest

from conftest import Site

FRONT = """\
routes 1
realm gate = apikey { header "X-Gate"; file "gate.txt" }
realm hall = basic { file "hall.htpasswd" }
mount /open routes shop public
location /closed {
    auth gate
    require user
    mount /shop routes shop
}
location /high {
    auth gate
    require role(boss)
    mount /shop routes shop
}
location /hidden {
    auth gate
    require role(boss)
    deny as 404
    mount /shop routes shop
}
location /hall { auth hall; require user; mount /shop routes shop }
location /of/{tenant} {
    auth gate
    require role("{tenant}")
    mount /shop routes shop
}
mount /short   routes shop { public; limit body 10B }
mount /csrf    routes shop { auth hall; require user }
mount /twice   routes middle public
mount /own     routes shop { public; cors { origins "https://a.example" } }
error 404 -> front:missing
"""
MIDDLE = """\
routes 1
realm mid = apikey { header "X-Mid"; file "mid.txt" }
auth mid
require user
mount /shop routes shop
"""
SHOP = """\
routes 1
realm people = basic { file "people.htpasswd"; groups "groups" }
header "X-Shop" "1"
GET  /        -> shop:hello public
GET  /free    -> shop:hello public
GET  /who     -> shop:who(user: principal?, req: request) {
    auth people; public }
GET  /mine    -> shop:hello { auth people; require user }
GET  /boss    -> shop:hello { auth people; require role(boss) }
GET  /int/{n: int} -> shop:number(n) public
POST /body    -> shop:body(raw: bytes from raw) { public; csrf off }
POST /stream  -> shop:stream(raw: stream from raw) { public; csrf off }
POST /form    -> shop:hello public
PUT  /put     -> shop:hello public
GET  /cors    -> shop:hello {
    public; cors { origins "https://a.example" "https://b.example"
                   credentials true }
}
location /kept { auth people; require user; GET /a -> shop:hello }
location /top { auth people; require role(boss); deny as 404
    GET /a -> shop:hello
    location /deep { override require user
        deny as 404; GET /a -> shop:hello } }
GET /dark     -> shop:hello { auth people; require role(boss); deny as 404 }
GET /secret   -> shop:hello { auth keys; require user; deny as 404 }
realm keys = apikey { header "X-Key"; file "keys.txt" }
realm signs = python { check shop:check; body true }
POST /signed  -> shop:body(raw: bytes from raw) { auth signs; require user }
"""
PYTHON = """\
def hello():
    return "hello"
def number(n):
    return n
def who(user, req):
    return f"{user and user.user} {req.principal and req.principal.user}"
def body(raw):
    return len(raw)
def check(request):
    return "ok" if request.body() == b"x" * 10 else False
def stream(raw):
    return len(raw.read())
"""
FRONT_PYTHON = """\
def missing(error):
    return f"nothing {error.request.principal is None}"
"""
GATE = {"gate": "g" * 43, "boss": "b" * 43}
MODULES = ["alias", "rewrite", "dir", "include", "authz_host", "authn_core",
           "access_compat", "authz_user"]
CONFIG = """
    LogLevel info
    RoutesAuditLog audit.log all
    ErrorDocument 403 /open/free
    Alias /alias "{root}/htdocs"
    RewriteEngine On
    RewriteRule ^/pass/(.*)$ /closed/shop/$1 [PT]
    <Directory "{root}/htdocs">
        Options +Includes
        AddOutputFilter INCLUDES .shtml
    </Directory>
    <Location /closed/shop/compat>
        Satisfy Any
        Allow from all
    </Location>
"""


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def basic(user):
    return {"Authorization": "Basic " +
            base64.b64encode(f"{user}:x".encode()).decode()}


def fill(site):
    site.write("front.py", FRONT_PYTHON)
    site.write("shop.py", PYTHON)
    site.write("groups", "boss: bob\n")
    site.htpasswd("people.htpasswd", ada="x", bob="x")
    site.htpasswd("hall.htpasswd", hal="x", ada="x")
    site.write("gate.txt", f"gate:{digest(GATE['gate'])}\n"
                           f"boss:{digest(GATE['boss'])}:boss acme\n")
    site.write("mid.txt", f"mid:{digest('m' * 43)}\n")
    site.write("keys.txt", f"key:{digest('k' * 43)}\n")
    site.write("htdocs/virtual.shtml",
               '<!--#include virtual="/closed/shop/free" -->')


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    fill(site)
    threads = request.param != "prefork"
    load = [site.build(name, text) for name, text in
            (("shop", SHOP), ("middle", MIDDLE))]
    made = site.httpd(
        [site.build("front", FRONT), *load],
        'RoutesMount front\nRoutesPythonPath "{root}"\n' + CONFIG +
        "Protocols h2c http/1.1\n" * threads,
        mpm=request.param, modules=[*MODULES, *["http2"] * threads])
    from conftest import RUNNING
    RUNNING.append(made)
    yield made.start()
    site.close()


def ask(server, target, *, gate=None, user=None, method="GET", body=None,
        **more):
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if gate:
        headers["X-Gate"] = GATE[gate]
    if user:
        headers.update(basic(user))
    return server.request(method, target, body, headers)


# ---- the matrix -------------------------------------------------------------

OUTER = {                       # by who stands at the gate: what it says
    "/open": {None: 0, "gate": 0, "boss": 0},
    "/closed/shop": {None: 401, "gate": 0, "boss": 0},
    "/high/shop": {None: 401, "gate": 403, "boss": 0},
    "/hidden/shop": {None: 404, "gate": 404, "boss": 0},
    "/of/acme/shop": {None: 401, "gate": 403, "boss": 0},
    "/of/other/shop": {None: 401, "gate": 403, "boss": 403},
}
INNER = {                       # and by whom the table knows
    "/": {None: 200, "ada": 200, "bob": 200},
    "/free": {None: 200, "ada": 200, "bob": 200},
    "/mine": {None: 401, "ada": 200, "bob": 200},
    "/boss": {None: 401, "ada": 403, "bob": 200},
    "/int/7": {None: 200, "ada": 200, "bob": 200},
    "/int/x": {None: 404, "ada": 404, "bob": 404},
    "/nosuch": {None: 404, "ada": 404, "bob": 404},
    "/put": {None: 405, "ada": 405, "bob": 405},
    "/kept/a": {None: 401, "ada": 200, "bob": 200},
    "/kept/no": {None: 401, "ada": 404, "bob": 404},
    "/dark": {None: 401, "ada": 404, "bob": 200},
    "/secret": {None: 404, "ada": 404, "bob": 404},
    "/top/a": {None: 401, "ada": 404, "bob": 200},
    "/top/deep/a": {None: 401, "ada": 200, "bob": 200},
}


@pytest.mark.parametrize("prefix", OUTER)
@pytest.mark.parametrize("path", INNER)
def test_both_gates_stand(server, prefix, path):
    for gate, user in itertools.product(GATE.keys() | {None},
                                        (None, "ada", "bob")):
        wanted = OUTER[prefix][gate] or INNER[path][user]
        for method in ("GET", "HEAD"):
            answer = ask(server, prefix + path, gate=gate, user=user,
                         method=method)
            assert answer.status == wanted, (gate, user, method)
            if wanted != 200:
                assert "hello" not in answer.text or wanted == 403


def test_a_refusal_tells_nothing_of_what_is_below(server):
    for gate in (None, "gate"):
        for method in ("GET", "POST", "PUT", "OPTIONS", "DELETE", "HEAD",
                       "PURGE"):
            said = set()
            for path in (*INNER, "/body", "/cors", "//", "/%2e%2e%2f"):
                answer = ask(server, "/high/shop" + path, gate=gate,
                             method=method, Origin="https://b.example",
                             Access_Control_Request_Method="PUT")
                if path == "/%2e%2e%2f":
                    assert answer.status == 404     # by httpd itself
                    continue
                said.add((answer.status, answer.body, *sorted(
                    (name, value) for name, value in answer.headers.items()
                    if name != "Date")))
            assert len(said) == 1
            assert said.pop()[0] == (403 if gate else 401)


def test_what_is_masked_looks_like_what_is_not_there(server):
    def seen(path, **more):
        answer = ask(server, "/closed/shop" + path, gate="gate", **more)
        return answer.status, answer.body, sorted(
            (name, value) for name, value in answer.headers.items()
            if name != "Date")
    for method in ("GET", "HEAD"):
        nothing = seen("/nosuch", method=method)
        assert nothing[0] == 404
        assert seen("/dark", user="ada", method=method) == nothing
        assert seen("/secret", method=method) == nothing
    assert seen("/nosuch")[1] == b"nothing False"
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        nothing = seen("/nosuch", method=method)
        assert nothing[0] == 404
        assert seen("/dark", user="ada", method=method) == nothing
        assert seen("/secret", method=method) == nothing


# ---- ways round -------------------------------------------------------------

@pytest.mark.parametrize("target", [
    "/closed//shop/free", "//closed/shop/free", "/closed/./shop/free",
    "/closed/shop/x/../free", "/open/../closed/shop/free",
    "/closed/shop//free", "/closed/%73hop/free", "/closed/shop/%66ree",
    "/pass/free", "/closed/shop/", "/closed/shop/free?/open/free",
    "/closed/shop/compat", "/closed/shop/free;x", "/closed/shop/free/",
    "/closed/shop", "/closed", "/closed/", "/closed/other"])
def test_no_spelling_passes_the_outer_gate(server, target):
    answer = ask(server, target)
    assert answer.status == 401 and "hello" not in answer.text


@pytest.mark.parametrize("target", [
    "/Closed/shop/free", "/closed%2fshop/free", "/closed/shop%2ffree",
    "/closed\\shop/free", "/free", "/shop/free", "/mine", "/shop/shop/free",
    "/openfree", "/open.free"])
def test_the_inner_table_answers_where_it_is_mounted_alone(server, target):
    answer = ask(server, target, gate="boss", user="bob")
    assert answer.status == 404 and "hello" not in answer.text


def test_an_error_page_and_an_inclusion_pass_both_gates(server):
    """/open/free is the ErrorDocument of 403, and public."""
    assert ask(server, "/high/shop/boss", gate="gate").text == "hello"
    server.expect(r"unable to include \"/closed/shop/free\"")
    included = ask(server, "/alias/virtual.shtml")
    assert included.status == 200 and "hello" not in included.text
    assert "hello" in ask(server, "/alias/virtual.shtml", gate="gate").text


def test_the_path_leads_to_the_one_with_a_slash(server):
    answer = ask(server, "/open?a=1")
    assert answer.status == 308 and answer.headers["Location"] == "/open/?a=1"
    assert ask(server, "/closed/shop", gate="gate").status == 308
    assert ask(server, "/high/shop", gate="gate").status == 403


def test_nobody_is_taken_for_somebody_of_the_other_table(server):
    """ada is known to both, by one header."""
    assert ask(server, "/open/who").text == "None None"
    assert ask(server, "/closed/shop/who", gate="gate").text == "None None"
    assert ask(server, "/hall/shop/who", user="hal").text == "None None"
    assert ask(server, "/hall/shop/mine", user="hal").status == 401
    assert ask(server, "/hall/shop/who", user="bob").status == 401
    assert ask(server, "/hall/shop/who", user="ada").text == "ada ada"


def test_methods(server):
    put = ask(server, "/open/put", method="PUT")
    assert put.text == "hello"
    answer = ask(server, "/open/put")
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) - {"TRACE"} == {
        "PUT", "OPTIONS"}
    for target, more in (("/open/put", {}),
                         ("/closed/shop/put", {"gate": "gate"})):
        answer = ask(server, target, method="OPTIONS", **more)
        assert answer.status == 204
        assert set(answer.headers["Allow"].split(",")) == {"PUT", "OPTIONS"}
    assert ask(server, "/closed/shop/put", method="OPTIONS").status == 401
    assert ask(server, "/open/free", method="DELETE").status == 405


def test_a_request_of_another_site_is_refused_by_the_outer_table(server):
    cross = {"Sec_Fetch_Site": "cross-site"}
    assert ask(server, "/open/form", method="POST", **cross).text == "hello"
    assert ask(server, "/csrf/form", user="hal", method="POST").text == "hello"
    assert ask(server, "/csrf/form", user="hal", method="POST",
               **cross).status == 403


@pytest.mark.parametrize("path", ["/body", "/stream"])
def test_the_tighter_limit_of_a_body_holds(server, path):
    def send(prefix, size, chunked):
        data = b"x" * size
        return ask(server, prefix + path, method="POST",
                   body=iter([data]) if chunked else data,
                   Content_Type="application/octet-stream")
    for chunked in (False, True):
        assert send("/open", 11, chunked).text == "11"
        assert send("/short", 10, chunked).text == "10"
        assert send("/short", 11, chunked).status == 413


def test_a_body_that_is_signed_counts_once(server):
    def send(prefix, size):
        return ask(server, prefix + "/signed", method="POST", body=b"x" * size,
                   Content_Type="application/octet-stream")
    assert send("/open", 10).text == send("/short", 10).text == "10"
    assert send("/open", 11).status == 401
    assert send("/short", 11).status == 413


def test_scripts_read_what_both_let_them(server):
    def allowed(target, origin):
        answer = ask(server, target, Origin=origin)
        assert answer.status == 200
        return (answer.headers["Access-Control-Allow-Origin"],
                answer.headers["Access-Control-Allow-Credentials"])
    one, two = "https://a.example", "https://b.example"
    assert allowed("/open/cors", one) == (one, "true")
    assert allowed("/open/cors", two) == (two, "true")
    assert allowed("/own/cors", one) == (one, None)
    assert allowed("/own/cors", two) == (None, None)
    assert allowed("/own/free", one) == (one, None)
    assert allowed("/own/free", two) == (None, None)


def test_a_table_in_a_table_in_a_table(server):
    key = "m" * 43
    assert ask(server, "/twice/shop/free").status == 401
    assert ask(server, "/twice/shop/free", X_Mid=key).text == "hello"
    assert ask(server, "/twice/shop/mine", X_Mid=key).status == 401
    assert ask(server, "/twice/shop/mine", user="ada").status == 401
    assert ask(server, "/twice/shop/mine", X_Mid=key, user="ada").status == 200
    assert ask(server, "/twice/nosuch", X_Mid=key).status == 404


def test_the_logs_name_the_table_that_refused(server):
    ask(server, "/high/shop/mine", gate="gate")
    server.logged(r"ROUTES0039: GET /high/shop/mine is denied to 'gate': .*"
                  r"front\.routes:\d+: route .+: role\(boss\)")
    ask(server, "/closed/shop/boss", gate="gate", user="ada")
    server.logged(r"ROUTES0039: GET /closed/shop/boss is denied to 'ada': .*"
                  r"shop\.routes:\d+: route .+: role\(boss\)")
    ask(server, "/closed/shop/free", gate="gate")
    audit = (server.root / "audit.log").read_text()
    assert '"path":"/closed/shop/free","route":"' in audit
    line = [text for text in audit.split("\n")
            if '"path":"/closed/shop/free"' in text
            and '"decision":"granted"' in text][-1]
    assert '"user":"gate"' in line and '"realm":"gate"' in line
    assert "shop.routes" in line


def test_http2(server):
    if server.mpm == "prefork" or shutil.which("curl") is None:
        pytest.skip("HTTP/2 is for servers of threads")

    def status(path, *words):
        return subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
             "--http2-prior-knowledge", *words,
             f"http://127.0.0.1:{server.port}{path}"],
            text=True, capture_output=True).stdout
    key = "X-Gate: " + GATE["gate"]
    assert status("/closed/shop/free") == "401"
    assert status("/closed/shop/free", "-H", key) == "200"
    assert status("/closed/shop/mine", "-H", key) == "401"
    assert status("/closed/shop/mine", "-H", key, "-u", "ada:x") == "200"
