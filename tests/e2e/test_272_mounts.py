# SPDX-License-Identifier: Apache-2.0
"""Mounts: files, handlers of httpd and backends behind our gate."""

import base64
import contextlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ROUTES = """\
routes 1
realm staff = basic {{ file "staff.htpasswd" }}

mount /static files "{root}/www" {{
    public; cache 1d; index "index.html"; immutable true; header "X-Own" "yes"
}}
mount /plain files "{root}/www" public
mount /dots  files "{root}/www" {{ public; dotfiles true }}
location /closed {{
    auth staff
    require user
    mount /files  files "{root}/www"
    mount /status handler "server-status" {{ require role(admin) or user }}
    mount /back   proxy "http://127.0.0.1:{backend}/base" limit body 10KB
    mount /nobody files "{root}/www" require role(admin)
    GET . -> app:here
    location /masked {{
        require role(admin)
        deny as 404
        mount /files files "{root}/www" {{ index "index.html" }}
        mount /back  proxy "http://127.0.0.1:{backend}"
    }}
}}
mount /open proxy "http://127.0.0.1:{backend}" {{ public; csrf off }}
mount /none handler "no-such-handler" public
GET /static/own/{{x}} -> app:one public
"""
PYTHON = """\
def here():
    return "here"
def one(x):
    return x
"""
CONFIG = """\
<Directory "{root}/www/denied">
  Require all denied
</Directory>
<Directory "{root}/www">
  Options -FollowSymLinks
</Directory>
<Location "/closed/files/sub">
  Require all denied
</Location>
<Location "/error">
  ErrorDocument 404 /closed/files/a.txt
</Location>
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        said = f"{self.command} {self.path} {len(body)}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_PROPFIND = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def backend():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made.server_port
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def fill(site):
    site.write("app.py", PYTHON)
    site.htpasswd("staff.htpasswd", ada="x")
    site.write("www/a.txt", "0123456789")
    site.write("www/index.html", "<p>index")
    site.write("www/sub/index.html", "<p>sub")
    site.write("www/bare/b.txt", "b")
    site.write("www/.secret", "dot")
    site.write("www/.git/config", "dot")
    site.write("www/denied/x.txt", "denied")
    site.write("www/a b%2F#?.txt", "odd")
    site.write("secret.txt", "secret")
    os.symlink(site.root / "secret.txt", site.root / "www" / "link.txt")
    for folder in ("www", "www/sub", "www/bare", "www/denied", "www/.git"):
        (site.root / folder).chmod(0o755)


@pytest.fixture(scope="module")
def server(shared):
    fill(shared)
    with backend() as port:
        yield shared.serve(
            ROUTES.format(root=shared.root, backend=port),
            config=CONFIG + "AllowEncodedSlashes NoDecode\nMergeSlashes Off",
            modules=("status", "proxy", "proxy_http", "dir", "autoindex"))


# ---- files ------------------------------------------------------------------

def test_a_file_is_sent_as_httpd_sends_files(server):
    answer = server.get("/static/a.txt")
    assert (answer.status, answer.text, answer.type) == (200, "0123456789",
                                                         "text/plain")
    assert answer.headers["X-Own"] == "yes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == \
        "public, max-age=86400, immutable"
    tag = answer.headers["ETag"]
    again = server.get("/static/a.txt", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    since = server.get("/static/a.txt",
                       If_Modified_Since=answer.headers["Last-Modified"])
    assert since.status == 304
    part = server.get("/static/a.txt", Range="bytes=2-4")
    assert (part.status, part.text) == (206, "234")
    assert server.get("/static/a.txt", Range="bytes=90-").status == 416
    head = server.request("HEAD", "/static/a.txt")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == "10"


@pytest.mark.parametrize("target, status, to", [
    ("/static/", 200, None), ("/static/index.html", 200, None),
    ("/static", 308, "/static/"), ("/static?a=1", 308, "/static/?a=1"),
    ("/static/sub", 308, "/static/sub/"), ("/static/sub/", 200, None),
    ("/static/bare", 308, "/static/bare/"), ("/static/bare/", 404, None),
    ("/static/none", 404, None), ("/static/none/", 404, None),
    ("/static/a.txt/more", 404, None), ("/static/own/7", 200, None),
    ("/static/a%20b%252F%23%3F.txt", 200, None),
    ("/plain", 404, None), ("/plain/", 404, None), ("/plain/sub", 404, None),
    ("/plain/sub/", 404, None), ("/plain/sub/index.html", 200, None),
])
def test_folders_have_an_index_or_are_nothing(server, target, status, to):
    answer = server.get(target)
    assert (answer.status, answer.headers["Location"]) == (status, to)
    assert b"Index of" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_files_are_read_and_nothing_else(server, method):
    answer = server.request(method, "/static/a.txt", b"x")
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) >= {"GET", "HEAD"}
    assert method not in answer.headers["Allow"].split(",")


@pytest.mark.parametrize("target", [
    "/static/.secret", "/static/.git/config", "/static/.git",
    "/static/sub/.x", "/static/.", "/static/%2esecret",
    "/static/%2Esecret",
])
def test_names_that_begin_with_a_dot_are_not_there(server, target):
    assert server.get(target).status in (404, 200, 308)
    assert b"dot" not in server.get(target).body


def test_dot_files_are_there_where_it_says_so(server):
    assert server.get("/dots/.secret").text == "dot"
    assert server.get("/dots/.git/config").text == "dot"


@pytest.mark.parametrize("target", [
    "/static/../secret.txt", "/static/%2e%2e/secret.txt",
    "/static/..%2fsecret.txt", "/static/%2e%2e%2fsecret.txt",
    "/static/sub/../../secret.txt", "/static/sub/..%2f..%2fsecret.txt",
    "/static//secret.txt", "/static/..\\secret.txt",
    "/static/%252e%252e/secret.txt", "/static/..%252fsecret.txt",
    "/static/..%c0%afsecret.txt", "/static/..;/secret.txt",
    "/static/a.txt%00.html", "/static/%00", "/static//etc/passwd",
    "/static/%2Fetc/passwd", "/dots/..%2f..%2fsecret.txt",
    "/dots/%2e%2e/secret.txt", "/dots/....//secret.txt",
    "/plain/link.txt", "/static/link.txt",
])
def test_nothing_outside_the_folder_is_reached(server, target):
    if "link" in target:
        server.expect("Symbolic link not allowed")
    answer = server.get(target)
    assert answer.status in (400, 403, 404)
    assert b"secret" not in answer.body.replace(target.encode(), b"") \
        or b"<title>" in answer.body
    assert b"root:" not in answer.body


def test_httpd_s_own_sections_hold_for_the_file(server):
    server.expect("AH01630")
    assert server.get("/static/denied/x.txt").status == 403
    server.expect("AH01630")
    assert server.request("GET", "/closed/files/sub/index.html",
                          headers=ADA).status == 403


# ---- the gate ---------------------------------------------------------------

@pytest.mark.parametrize("target", [
    "/closed/files/a.txt", "/closed/files/none", "/closed/files/sub",
    "/closed/files", "/closed/status", "/closed/status/x", "/closed/back",
    "/closed/back/x", "/closed/none", "/closed/files/../files/a.txt",
    "/closed/files/%61.txt", "/closed/files/.secret",
    "/closed/files/link.txt", "/closed/files/denied/x.txt",
])
def test_nobody_passes_the_gate_unasked(server, target):
    if "link" in target:
        server.expect("Symbolic link not allowed")
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        answer = server.request(method, target)
        assert answer.status == 401, (method, answer)
        assert b"0123456789" not in answer.body


def test_who_may_is_served(server):
    assert server.request("GET", "/closed/files/a.txt",
                          headers=ADA).text == "0123456789"
    assert server.request("GET", "/closed/nobody/a.txt",
                          headers=ADA).status == 403
    private = server.request("GET", "/closed/files/a.txt", headers=ADA)
    assert "public" not in private.headers.get("Cache-Control", "")


@pytest.mark.parametrize("below", [
    "files/a.txt", "files/sub", "files", "files/link.txt", "back", "back/x"])
def test_what_is_masked_is_not_there(server, below):
    if "link" in below:
        server.expect("Symbolic link not allowed")
    masked = server.request("GET", "/closed/masked/" + below, headers=ADA)
    assert masked.status == 404 and "Location" not in masked.headers
    assert b"0123456789" not in masked.body


def test_an_error_document_is_asked_for_the_requirement(server):
    answer = server.get("/error")
    assert b"0123456789" not in answer.body


# ---- handlers ---------------------------------------------------------------

def test_a_handler_of_httpd_answers_behind_the_gate(server):
    answer = server.request("GET", "/closed/status?auto", headers=ADA)
    assert answer.status == 200 and b"ServerUptime" in answer.body
    server.expect("no-such-handler|AH0")
    assert server.get("/none").status in (404, 500)


# ---- backends ---------------------------------------------------------------

@pytest.mark.parametrize("method, target, seen", [
    ("GET", "/open", "GET / 0"), ("GET", "/open/", "GET / 0"),
    ("GET", "/open/a/b?x=%20&y", "GET /a/b?x=%20&y 0"),
    ("GET", "/open/a%20b", "GET /a%20b 0"),
    ("GET", "/open/a%3Fb%23c", "GET /a%3Fb%23c 0"),
    ("POST", "/open/p", "POST /p 3"), ("OPTIONS", "/open/o", "OPTIONS /o 0"),
    ("PROPFIND", "/open/o", "PROPFIND /o 0"),
    ("GET", "/open//evil.example/", "GET /evil.example/ 0"),
    ("GET", "/open/@evil.example", "GET /@evil.example 0"),
])
def test_a_backend_gets_what_is_below(server, method, target, seen):
    body = b"abc" if method == "POST" else None
    answer = server.request(method, target, body)
    assert (answer.status, answer.text) == (200, seen)


def test_a_backend_keeps_its_base_and_its_gate(server):
    answer = server.request("GET", "/closed/back/x", headers=ADA)
    assert answer.text == "GET /base/x 0"
    answer = server.request("GET", "/closed/back", headers=ADA)
    assert answer.text == "GET /base 0"
    # httpd itself resolves the dots, so the mount is left, not the base
    assert server.request("GET", "/closed/back/../../x",
                          headers=ADA).status == 404
    cross = server.request("POST", "/closed/back/x", b"a", headers={
        **ADA, "Sec-Fetch-Site": "cross-site"})
    assert cross.status == 403


def test_a_body_beyond_the_limit_does_not_reach_a_backend(server):
    answer = server.request("POST", "/closed/back/x", b"a" * 20_000,
                            headers=ADA)
    assert answer.status == 413
    server.expect("AH01095|AH01097|AH0110")
    answer = server.request("POST", "/closed/back/x", iter([b"a" * 6_000] * 3),
                            headers=ADA, encode_chunked=True)
    assert answer.status == 413
    answer = server.request("POST", "/closed/back/x", b"a" * 9_000,
                            headers=ADA)
    assert answer.text == "POST /base/x 9000"


# ---- at start ---------------------------------------------------------------

def test_a_module_that_is_missing_is_named(site):
    site.write("app.py", PYTHON)
    load = site.build("app", 'routes 1\n'
                      'mount /b proxy "http://127.0.0.1:1" public\n')
    code, said = site.httpd([load], "RoutesMount app").configtest()
    assert code != 0 and "mod_proxy is not loaded" in said
    code, said = site.httpd([load], "RoutesMount app",
                            modules=("proxy",)).configtest()
    assert code != 0 and "mod_proxy_http is not loaded" in said


def test_a_folder_that_is_missing_is_named(site):
    load = site.build("app", f'routes 1\nsetting dir: str = "{site.root}/x"\n'
                      'mount /b files $dir public\n')
    code, said = site.httpd([load], "RoutesMount app").configtest()
    assert code != 0 and f"'{site.root}/x' is no folder" in said
    code, said = site.httpd([load], f"RoutesMount app\n"
                            f'RoutesSet dir "{site.root}"').configtest()
    assert code == 0, said


@pytest.mark.parametrize("require", ["granted", "denied"])
def test_a_masked_folder_s_sections_are_not_there(site, require):
    site.write("keys", "")
    folder = site.write("folder/a.txt", "secret").parent
    server = site.serve(
        'routes 1\nrealm keys = apikey { header "X-Key"; file "keys" }\n'
        "location /masked {\n"
        "    auth keys\n    require user\n    deny as 404\n"
        f'    mount . files "{folder}"\n}}\n',
        f'<Directory "{folder}">\nRequire all {require}\n'
        'ErrorDocument 404 "of the folder"\nHeader always set X-Own yes\n'
        "</Directory>\n", modules=["headers"])
    for method in ("GET", "HEAD"):
        nothing = server.request(method, "/nowhere")
        for below in ("/a.txt", "/none", "", "/"):
            masked = server.request(method, "/masked" + below)
            assert masked.status == nothing.status == 404
            assert masked.body == nothing.body
            assert masked.headers.keys() == nothing.headers.keys()
