# SPDX-License-Identifier: Apache-2.0
"""What clauses mean on mounts: bodies, lifetimes, headers, calls at a time."""

import base64
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
realm staff = basic {{ file "staff.htpasswd" }}
csrf off
mount /files files "{root}/www" {{ public; limit body 10B }}
location /in {{
    public
    limit time 1s
    produces json
    query strict
    slash redirect
    consumes json
    mount /files files "{root}/www"
    mount /back  proxy "{back}"
}}
mount /json   proxy "{back}" {{
    public; consumes json, text/*; limit body 1KB
}}
mount /kept   proxy "{back}" {{
    public; cache 1h; header "X-Own" "ours"; header "X-Only" "ours"
}}
mount /never  proxy "{back}" {{ public; cache off }}
mount /mine   proxy "{back}" {{ auth staff; require user; cache 1h }}
mount /shared proxy "{back}" {{
    public; cors {{ origins "https://a.example"; credentials true }}
}}
mount /one    proxy "{back}" {{ public; limit concurrency 1 }}
location /two {{
    public
    limit concurrency 1
    mount /a proxy "{back}"
    mount /b proxy "{back}"
    mount /files files "{root}/www"
}}
mount /status handler "server-status" {{
    public; cache 1m; limit concurrency 2; consumes json; header "X-Own" "ours"
}}
mount /none handler "no-such-handler" {{ public; limit concurrency 2 }}
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}
SET = {                         # headers of the backend, by the path's end
    "plain": [],
    "kept": [("Cache-Control", "no-cache")],
    "cookie": [("Set-Cookie", "a=b")],
    "own": [("X-Own", "theirs"), ("X-Content-Type-Options", "off")],
    "cors": [("Access-Control-Allow-Origin", "*"),
             ("Access-Control-Allow-Credentials", "true"),
             ("Access-Control-Expose-Headers", "X-Secret")],
}


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        name = self.path.rpartition("/")[2]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if name == "hold":
            self.server.held.append(self.path)
            self.server.go.wait(30)
        said = f"{self.command} {self.path} {len(body)}".encode()
        self.send_response(int(name) if name.isdigit() else 200)
        for header in SET.get(name, ()):
            self.send_header(*header)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_OPTIONS = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    made.held = []
    made.go = threading.Event()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.go.set()
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.fixture(scope="module")
def backend():
    with running() as made:
        yield made


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(shared, backend, request):
    shared.htpasswd("staff.htpasswd", ada="x")
    shared.write("www/a.txt", "0123456789")
    (shared.root / "www").chmod(0o755)
    text = ROUTES.format(root=shared.root,
                         back=f"http://127.0.0.1:{backend.server_port}")
    started = shared.serve(text, mpm=request.param,
                           modules=("status", "proxy", "proxy_http"))
    yield started
    started.stop()


def post(server, target, body, kind, **headers):
    if kind is not None:
        headers["Content-Type"] = kind
    return server.request("POST", target, body, headers=headers)


# ---- bodies -----------------------------------------------------------------

@pytest.mark.parametrize("kind, status", [
    ("application/json", 200), ("application/json; charset=utf-8", 200),
    ("Text/Plain", 200), ("text/csv", 200), ("application/xml", 415),
    ("application/jsonx", 415), ("json", 415), ("", 415), (None, 415),
    ("text", 415), ("application/x-www-form-urlencoded", 415),
])
def test_a_backend_gets_the_bodies_that_it_consumes(server, kind, status):
    answer = post(server, "/json/x", b"{}", kind)
    assert answer.status == status, answer
    if status == 415:
        assert "application/json" in answer.headers["Accept"]
    else:
        assert answer.text == "POST /x 2"


def test_a_request_without_a_body_consumes_nothing(server):
    assert server.get("/json/x").status == 200
    assert post(server, "/json/x", None, None).status == 200
    assert server.get("/status?auto").status == 200


def test_what_is_around_a_mount_holds_for_its_bodies(server):
    assert post(server, "/in/back/x", b"{}", "application/json").status == 200
    assert post(server, "/in/back/x", b"a=b", "text/plain").status == 415
    assert post(server, "/status", b"a=b", "text/plain").status == 415


def test_size_is_asked_before_the_type(server):
    assert post(server, "/json/x", b"a" * 2000, "image/png").status == 413


def test_a_file_takes_no_long_body_either(server):
    assert server.request("GET", "/files/a.txt", b"a" * 10).status == 200
    assert server.request("GET", "/files/a.txt", b"a" * 11).status == 413
    said = server.request("GET", "/files/a.txt", iter([b"a" * 6] * 2),
                          encode_chunked=True,
                          headers={"Transfer-Encoding": "chunked"})
    assert said.status == 413


def test_what_is_of_functions_does_not_hinder_a_mount(server):
    assert server.get("/in/files/a.txt?x=1").text == "0123456789"
    assert server.get("/in/back/?x=1").text == "GET /?x=1 0"
    assert server.get("/in/back").text == "GET / 0"


# ---- headers ----------------------------------------------------------------

@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("target, cache", [
    ("/kept/plain", "public, max-age=3600"), ("/kept/kept", "no-cache"),
    ("/kept/cookie", "private, max-age=3600"), ("/kept/404", None),
    ("/kept/500", None), ("/never/plain", "no-store"),
    ("/never/kept", "no-cache"), ("/shared/plain", None),
    ("/never/404", "no-store"), ("/status?auto", "public, max-age=60"),
])
def test_a_backend_that_says_nothing_is_cached_as_written(server, method,
                                                          target, cache):
    assert server.request(method, target).headers["Cache-Control"] == cache


def test_a_callers_own_answer_is_private(server):
    mine = server.request("GET", "/mine/plain", headers=ADA)
    assert mine.headers["Cache-Control"] == "private, max-age=3600"
    assert server.get("/mine/plain").headers["Cache-Control"] is None


def test_only_what_is_read_is_cached(server):
    assert post(server, "/kept/plain", b"", None).headers["Cache-Control"] \
        is None


def test_a_header_of_the_backend_wins_and_stands_once(server):
    answer = server.get("/kept/own")
    assert answer.headers.get_all("X-Own") == ["theirs"]
    assert answer.headers.get_all("X-Only") == ["ours"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["off"]
    answer = server.get("/kept/plain")
    assert answer.headers.get_all("X-Own") == ["ours"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    answer = server.get("/status?auto")
    assert answer.headers.get_all("X-Own") == ["ours"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("origin, allowed", [
    ("https://a.example", ["https://a.example"]),
    ("https://b.example", None), (None, None)])
def test_cors_of_the_mount_is_the_only_one(server, origin, allowed):
    headers = {"Origin": origin} if origin else {}
    answer = server.request("GET", "/shared/cors", headers=headers)
    assert answer.headers.get_all("Access-Control-Allow-Origin") == allowed
    assert answer.headers.get_all("Access-Control-Expose-Headers") is None
    assert answer.headers.get_all("Access-Control-Allow-Credentials") == (
        ["true"] if allowed else None)
    free = server.request("GET", "/kept/cors", headers=headers)
    assert free.headers.get_all("Access-Control-Allow-Origin") == ["*"]


# ---- calls at a time --------------------------------------------------------

@pytest.mark.parametrize("busy, full, free", [
    ("/one", ["/one/x", "/one", "/one/404"], ["/two/a/x", "/kept/x"]),
    ("/two/a", ["/two/a/x"], ["/two/b/x", "/two/files/a.txt", "/one/x"]),
])
def test_so_many_requests_as_may_are_with_a_backend(server, backend, busy,
                                                    full, free):
    backend.go.clear()
    backend.held.clear()
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(server.get, busy + "/hold")
        try:
            wait_for(lambda: backend.held, "the backend is asked")
            for target in full:
                answer = server.get(target)
                assert answer.status == 503
                assert answer.headers["Retry-After"] == "1"
            for target in free:
                assert server.get(target).status == 200
        finally:
            backend.go.set()
        assert held.result().status == 200
    for target in full[:2]:
        for _ in range(3):
            assert server.get(target).status == 200


def test_a_place_comes_back_whatever_is_answered(server):
    for _ in range(3):
        assert server.get("/one/500").status == 500
        server.expect("no-such-handler|AH0")
        assert server.get("/none").status in (404, 500)
    assert server.get("/status?auto").status == 200
