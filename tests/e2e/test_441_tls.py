# SPDX-License-Identifier: Apache-2.0
"""Logins, csrf and `tls` over TLS, with curl over HTTP/1.1 and HTTP/2."""

import subprocess

import pytest

import tls

ROUTES = """\
routes 1
realm web   = session { cookie "sid" }
realm staff = basic { file "staff.htpasswd" }
auth web
GET  /token -> app:token()                                    public
POST /login -> app:login(req: request, user: str from form)   public
POST /plain -> app:hello()                                    require user
POST /token -> app:hello()                    require user csrf token
GET  /tls   -> app:hello()                    require tls
location /desk {
    override auth staff
    require user
    POST /ring -> app:hello()
}
"""
PYTHON = """\
import apache

def token():
    return apache.csrf_token()

def login(req, user):
    apache.login(req, user)
    return "in"

def hello():
    return "hello"
"""
CONFIG = """
Session On
SessionCookieName sid path=/
SessionCryptoPassphrase "correct horse"
"""
MODULES = ("session", "session_cookie", "session_crypto", "request",
           *tls.MODULES)


class Curl:
    """A curl that keeps cookies."""

    def __init__(self, port, root, jar, version):
        self.origin = f"https://127.0.0.1:{port}"
        self.words = ["curl", "-sS", "-i", "--cacert", f"{root}/server.pem",
                      "-b", str(jar), "-c", str(jar), f"--http{version}"]
        self.first = f"HTTP/{version}"

    def ask(self, target, *words, **headers):
        """(status, [header lines], text)"""
        for name, value in headers.items():
            words += ("-H", f"{name.replace('_', '-')}: {value}")
        said = subprocess.run([*self.words, *words, self.origin + target],
                              capture_output=True, text=True, check=True,
                              timeout=60).stdout
        head, _, text = said.replace("\r\n", "\n").partition("\n\n")
        first, *lines = head.split("\n")
        assert first.split()[0] == self.first
        return int(first.split()[1]), lines, text

    def post(self, target, *words, **headers):
        return self.ask(target, "-X", "POST", *words, **headers)[0]


@pytest.fixture(scope="module")
def served(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    tls.certificate(shared.root)
    port, config = tls.config()
    server = shared.serve(ROUTES, CONFIG + config, modules=MODULES)
    return server, port


@pytest.fixture(params=["1.1", "2"])
def curl(served, tmp_path, request):
    server, port = served
    return Curl(port, server.root, tmp_path / "jar", request.param)


def test_a_login_s_cookie_is_for_tls_alone(curl):
    status, lines, _ = curl.ask("/login", "-d", "user=ada")
    cookie, = [line for line in lines
               if line.lower().startswith("set-cookie: sid=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert status == 200
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
    assert curl.post("/plain") == 200


def test_a_token_and_its_cookie(curl):
    status, lines, token = curl.ask("/token")
    cookie, = [line for line in lines
               if line.lower().startswith("set-cookie:")]
    assert "secure" in cookie.lower() and "httponly" in cookie.lower()
    curl.ask("/login", "-d", "user=ada")
    assert curl.post("/token", X_CSRF_Token=token) == 403   # of nobody yet
    token = curl.ask("/token")[2]
    assert curl.post("/token", X_CSRF_Token=token) == 200
    assert curl.post("/token", "-d", f"csrf_token={token}") == 200
    assert curl.post("/token", X_CSRF_Token=token[::-1]) == 403
    assert curl.post("/token") == 403
    assert curl.post("/token", X_CSRF_Token=token,
                     Sec_Fetch_Site="cross-site") == 403
    assert curl.post("/token", X_CSRF_Token=token,
                     Origin="https://evil.example") == 403


@pytest.mark.parametrize("site, status", [
    ("same-origin", 200), ("none", 200), ("same-site", 403),
    ("cross-site", 403), ("nonsense", 403)])
def test_what_a_browser_says_decides(curl, site, status):
    ada = ["--user", "ada:x"]
    assert curl.post("/desk/ring", *ada, Sec_Fetch_Site=site) == status
    assert curl.post("/desk/ring", *ada, Sec_Fetch_Site=site,
                     Origin="https://evil.example") == status


@pytest.mark.parametrize("origin, status", [
    ("https://127.0.0.1:{port}", 200), ("HTTPS://127.0.0.1:{port}", 200),
    ("http://127.0.0.1:{port}", 403),       # a page that TLS did not protect
    ("https://127.0.0.1", 403), ("https://127.0.0.1:443", 403),
    ("https://localhost:{port}", 403), ("https://evil.example", 403),
    ("https://127.0.0.1:{port}.evil.example", 403), ("null", 403)])
def test_an_origin_is_of_tls_too(served, curl, origin, status):
    origin = origin.replace("{port}", str(served[1]))
    assert curl.post("/desk/ring", "--user", "ada:x",
                     Origin=origin) == status


@pytest.mark.parametrize("host, origin, status", [
    ("shop.example", "https://shop.example", 200),
    ("shop.example", "http://shop.example", 403),
    ("shop.example:443", "https://shop.example", 200),
    ("shop.example", "https://shop.example:443", 200),
    ("shop.example:80", "https://shop.example", 403),
    ("SHOP.example", "https://shop.example", 200)])
def test_its_port_is_443_if_none_is_said(curl, host, origin, status):
    assert curl.post("/desk/ring", "--user", "ada:x", Host=host,
                     Origin=origin) == status


def test_tls_is_a_fact_of_the_connection(served, curl):
    assert curl.ask("/tls")[0] == 200
    for headers in ({}, {"X_Forwarded_Proto": "https"}, {"HTTPS": "on"}):
        assert served[0].get("/tls", **headers).status == 403
