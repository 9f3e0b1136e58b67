# SPDX-License-Identifier: Apache-2.0
"""Each kind of bad credentials, sent to every realm: refused as RFC 9110 has
it, never granted, never an error, and in no log, environ or page."""

import base64
import hashlib
import hmac
import json
import subprocess
import time

import pytest

from conftest import Site

PASSWORD, KEY, SECRET = "paSSw0rd-1", "k3y-" + "q" * 40, "s3cret-" + "r" * 40
ROUTES = """\
routes 1
realm users  = basic { file "users" }
realm store  = basic { provider file dbm }
realm asks   = basic { check app:password }
realm corp   = apache
realm web    = session { cookie "sid" }
realm api    = jwt { issuer "me"; audience "us"; secret file "secret"
                     token header "Authorization" cookie "token" }
realm field  = jwt { issuer "me"; audience "us"; secret file "secret"
                     token header "X-Token" }
realm certs  = mtls { dn "O=Example" }
realm robots = apikey { header "X-Key"; file "keys" }
realm hooks  = hmac { header "X-Sign"; format "sha256={hex}"
                      secret file "secret" }
realm code   = python { check app:check; challenge "Code" }
realm body   = python { check app:with_body; body true }

GET,POST /users  -> app:hello() auth users require user
GET,POST /store  -> app:hello() auth store require user
GET,POST /asks   -> app:hello() auth asks require user
GET,POST /basic  -> app:hello() auth corp require user
GET,POST /digest -> app:hello() auth corp require user
GET,POST /web    -> app:hello() auth web require user
GET,POST /api    -> app:hello() auth api require user
GET,POST /field  -> app:hello() auth field require user
GET,POST /certs  -> app:hello() auth certs require user
GET,POST /robots -> app:hello() auth robots require user
GET,POST /hooks  -> app:hello() auth hooks require user
GET,POST /code   -> app:hello() auth code require user
GET,POST /body   -> app:hello() auth body require user
GET,POST /all    -> app:hello() {
    auth users or store or asks or web or api or field or certs or robots or
         hooks or code or body
    require user
}
POST /login -> app:login(req: request) public
GET  /token -> app:token() public
POST /form  -> app:hello() auth web require user csrf token
mount /wsgi/users  wsgi app:environ auth users require user
mount /wsgi/robots wsgi app:environ auth robots require user
mount /wsgi/field  wsgi app:environ auth field require user
mount /wsgi/hooks  wsgi app:environ auth hooks require user
"""
PYTHON = f"""\
import hmac
import apache

def hello():
    return "hello"

def password(user, password):
    return user == "ada" and hmac.compare_digest(
        password.encode(), {PASSWORD!r}.encode())

def check(request):
    given = request.headers_in.get("X-Code")
    return None if given is None else "ada" if given == {KEY!r} else False

def with_body(request):
    given = request.headers_in.get("X-Code")
    return None if given is None else (
        "ada" if request.body() == {KEY!r}.encode() else False)

def login(req):
    apache.login(req, "ada", realm="web")

def token():
    return apache.csrf_token()

def environ(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr(environ).encode()]
"""
BASIC = """
    AuthName "Example"
    AuthUserFile "{root}/users"
    Require valid-user
"""
CONFIG = f"""
LimitRequestFieldSize 100000
LogLevel debug
Session On
SessionCookieName sid
SessionCryptoPassphrase "correct horse"
<Location /store>
    AuthUserFile "{{root}}/users"
    AuthDBMUserFile "{{root}}/users.dbm"
</Location>
<Location /all>
    AuthUserFile "{{root}}/users"
    AuthDBMUserFile "{{root}}/users.dbm"
</Location>
<Location /basic>
    AuthType Basic
    AuthBasicProvider file
    {BASIC}
</Location>
<Location /digest>
    AuthType Digest
    AuthName "Example"
    AuthUserFile "{{root}}/digest"
    Require valid-user
</Location>
LogFormat "%h %u \\"%r\\" %>s" plain
CustomLog "{{root}}/access.log" plain
"""
MODULES = ["authn_core", "authn_file", "authn_dbm", "auth_basic",
           "auth_digest", "authz_core", "authz_user", "session",
           "session_cookie", "session_crypto", "request", "ssl",
           "log_config"]
REALMS = ["users", "store", "asks", "basic", "digest", "web", "api", "field",
          "certs", "robots", "hooks", "code", "body", "all"]


def b64(text):
    text = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(text).decode()


def b64url(text):
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token(key=SECRET, alg="HS256", **changes):
    said = {"iss": "me", "aud": "us", "sub": "ada", "exp": time.time() + 86400,
            **changes}
    data = f"{b64url({'alg': alg})}.{b64url(said)}"
    mark = hmac.digest(key.encode(), data.encode(), "sha256")
    return f"{data}.{b64url(mark)}"


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    site.write("app.py", PYTHON)
    site.htpasswd("users", ada=PASSWORD)
    (site.root / "secret").write_text(SECRET + "\n")
    site.write("keys", f"robot:{hashlib.sha256(KEY.encode()).hexdigest()}\n")
    ha1 = hashlib.md5(f"ada:Example:{PASSWORD}".encode()).hexdigest()
    site.write("digest", f"ada:Example:{ha1}\n")
    subprocess.run(["htdbm", "-bc", site.root / "users.dbm", "eve", PASSWORD],
                   check=True, capture_output=True)
    for path in site.root.glob("users.dbm*"):
        path.chmod(0o644)
    made = site.serve(ROUTES, CONFIG, modules=MODULES, mpm=request.param)
    # what httpd's own modules say of such credentials, at error
    made.said = [r"AH0\d{4}"]
    yield made
    site.close()


def sign(body):
    return "sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()


# ---- the table --------------------------------------------------------------

BASIC_BAD = {
    "no credentials": "Basic", "a blank": "Basic ", "no base64": "Basic !!!!",
    "half base64": "Basic YWRhOnBhU1N3MHJkLT", "no colon": "Basic " +
    b64("ada"), "wrong": "Basic " + b64("ada:wrong"),
    "empty password": "Basic " + b64("ada:"),
    "empty user": "Basic " + b64(f":{PASSWORD}"), "nothing": "Basic " +
    b64(":"), "unknown user": "Basic " + b64(f"nosuch:{PASSWORD}"),
    "other case": "Basic " + b64(f"ADA:{PASSWORD}"),
    "user no UTF-8": "Basic " + b64(b"\xff\xfe:" + PASSWORD.encode()),
    "overlong UTF-8": "Basic " + b64(b"\xc1\xa1da:" + PASSWORD.encode()),
    "NUL behind": "Basic " + b64(f"ada\0:{PASSWORD}"),
    "NUL in password": "Basic " + b64(f"ada:{PASSWORD}\0"),
    "line break": "Basic " + b64(f"ada\r\nX: y:{PASSWORD}"),
    "blank before": "Basic " + b64(f" ada:{PASSWORD}"),
    "twice": f"Basic {b64('ada:wrong')}, Basic {b64('ada:' + PASSWORD)}",
    "with parameters": f"Basic realm=\"x\", {b64('ada:' + PASSWORD)}",
    "64 KB": "Basic " + b64("ada:" + "x" * 49000),
    "64 KB user": "Basic " + b64("x" * 49000 + ":a"),
    "another scheme": "Negotiate " + b64(f"ada:{PASSWORD}"),
    # httpd's Digest logs what stands for a scheme
    "no scheme": b64("ada:wrong"), "empty": "", "a colon": ":",
    "a comma": ",", "control": "Basic \x01", "Latin-1": "Basic \xe9",
    "Digest of nothing": "Digest", "Digest broken": 'Digest username="ada',
    "Digest made up": 'Digest username="ada", realm="Example", nonce="x", '
    'uri="/digest", response="' + "0" * 32 + '"',
    "Digest 64 KB": 'Digest username="' + "a" * 60000 + '"',
    "the hash itself": "Basic " + b64("ada:$apr1$x"),
}
TOKENS_BAD = {
    "empty token": "", "no token": "x", "dots": "..", "64 KB": "A" * 65000,
    "another key": token("x" * 40), "none": f"{b64url({'alg': 'none'})}."
    f"{b64url({'sub': 'ada', 'iss': 'me', 'aud': 'us'})}.",
    "another alg": token(alg="HS512"), "RS256": token(alg="RS256"),
    "expired": token(exp=time.time() - 10), "no end": token(exp=None),
    "an end in words": token(exp="tomorrow"), "early": token(
        nbf=time.time() + 86400), "another issuer": token(iss="you"),
    "another audience": token(aud=["them"]), "no subject": token(sub=None),
    "empty subject": token(sub=""), "subject with a line break":
    token(sub="a\nb"), "subject a number": token(sub=7),
    "cut": token()[:-1], "changed": token()[:-5] + "AAAAA",
    "two": f"{token()}, {token()}", "quoted": f'"{token()}"',
}
FIELDS_BAD = {"empty": "", "wrong": "x", "blank": " ", "64 KB": "x" * 65000,
              "no UTF-8": "\xff\xfe", "twice": f"{KEY}, {KEY}",
              "prefix": KEY[:-1], "longer": KEY + "q", "case": KEY.upper(),
              "digest": hashlib.sha256(KEY.encode()).hexdigest(),
              "quoted": f'"{KEY}"', "wild": "*", "format": "%s%n"}
SIGNS_BAD = {"empty": "", "none": "none", "bare": sign(b"")[7:],
             "another body": sign(b"x"), "another hash": "sha1=" + hmac.new(
                 SECRET.encode(), b"", "sha1").hexdigest(),
             "64 KB": "sha256=" + "a" * 65000, "cut": sign(b"")[:-1]}
COOKIES_BAD = {"empty": "", "x": "x", "plain": "routes.776562=" + "0" * 32 +
               ".1.9999999999.YWRh", "base64": b64(b"\0" * 64),
               "long": "A" * 60000, "expiry": "expiry=9999999999999999",
               "two": "a; sid=b", "no UTF-8": "\xff"}
CERTS_BAD = ["SSL-Client-S-DN", "SSL_CLIENT_S_DN", "X-SSL-Client-S-DN",
             "SSL-Client-Verify", "X-Client-Cert", "X-Remote-User",
             "Remote-User", "X-Forwarded-User"]


def table():
    yield "nothing at all", {}
    for name, value in BASIC_BAD.items():
        yield f"Authorization: {name}", {"Authorization": value}
    for name, value in TOKENS_BAD.items():
        yield f"bearer: {name}", {"Authorization": f"Bearer {value}"}
        yield f"X-Token: {name}", {"X-Token": value}
        if name != "two":               # a comma ends a cookie for httpd
            yield f"token cookie: {name}", {"Cookie": f"token={value}"}
    for name, value in FIELDS_BAD.items():
        yield f"X-Key: {name}", {"X-Key": value}
        yield f"X-Code: {name}", {"X-Code": value}
    for name, value in SIGNS_BAD.items():
        yield f"X-Sign: {name}", {"X-Sign": value}
    for name, value in COOKIES_BAD.items():
        yield f"sid: {name}", {"Cookie": f"sid={value}"}
    for name in CERTS_BAD:
        yield name, {name: "SUCCESS", "X": "CN=ada,O=Example"}


GOOD = {
    "users": {"Authorization": "Basic " + b64(f"ada:{PASSWORD}")},
    "store": {"Authorization": "Basic " + b64(f"eve:{PASSWORD}")},
    "asks": {"Authorization": "basic  " + b64(f"ada:{PASSWORD}")},
    "basic": {"Authorization": "Basic " + b64(f"ada:{PASSWORD}")},
    "api": {"Authorization": f"Bearer {token()}"},
    "field": {"X-Token": token()},
    "robots": {"X-Key": KEY},
    "hooks": {"X-Sign": sign(b"")},
    "code": {"X-Code": KEY},
}


PASSWORDS = {"users", "store", "asks", "basic", "all"}
KNOWN = {"users": PASSWORDS, "store": {"store", "all"}, "asks": PASSWORDS,
         "basic": PASSWORDS}


@pytest.mark.parametrize("realm", GOOD)
def test_good_ones_are_good_where_they_are_known(server, realm):
    server.allowed += server.said
    known = KNOWN.get(realm, {realm, "all"})
    for other in REALMS:
        answer = server.request("GET", f"/{other}", headers=GOOD[realm])
        assert answer.status == 200 if other in known else (
            answer.status in (401, 403, 429)), (other, answer)


@pytest.mark.parametrize("realm", REALMS)
def test_no_bad_credentials_are_granted_nor_an_error(server, realm):
    server.allowed += server.said
    link = server.connect()
    for name, headers in table():
        if realm == "basic" and name.endswith("NUL in password"):
            continue                    # where httpd's text ends
        link.request("GET", f"/{realm}", headers={
            key: value.encode("latin-1") for key, value in headers.items()})
        answer = link.getresponse()
        text = answer.read().decode(errors="replace")
        assert answer.status in (400, 401, 403, 429), (name, answer.status)
        if answer.status == 401 and realm in ("users", "store", "asks",
                                              "basic", "digest", "api",
                                              "code", "all"):
            assert answer.getheader("WWW-Authenticate"), name
        for value in headers.values():
            assert len(value) < 8 or value not in text, name
        if answer.getheader("Connection") == "close":
            link.close()
            link = server.connect()
    link.close()


def test_no_secret_is_in_any_log_environ_or_page(server):
    server.allowed += server.said
    secrets = {PASSWORD, KEY, SECRET, b64(f"ada:{PASSWORD}"), sign(b"")[7:]}
    for realm in ("users", "robots", "field", "hooks"):
        answer = server.request("GET", f"/wsgi/{realm}", headers=GOOD[realm])
        assert answer.status == 200, realm
        shown = set(GOOD[realm].values()) | secrets
        assert not [s for s in shown if s in answer.text], realm
    for name in ("error.log", "access.log", "console.log"):
        path = server.root / name
        text = path.read_text(errors="replace") if path.exists() else ""
        found = [s for s in secrets if s in text]
        assert not found, (name, found)


# ---- sessions and forms -----------------------------------------------------

def login(server):
    answer = server.request("POST", "/login")
    assert answer.status == 204, answer
    return answer.headers["Set-Cookie"].split(";")[0]


def test_a_cookie_of_another_server_is_nobody_s(server):
    cookie = login(server)
    assert server.request("GET", "/web", headers={"Cookie": cookie}
                          ).status == 200
    name, _, value = cookie.partition("=")
    server.allowed.append(r"AH0\d+")
    for changed in (value[:-9], value[9:], value.swapcase(), value[::-1],
                    ("B" if value[0] == "A" else "A") + value[1:]):
        assert server.request("GET", "/web", headers={
            "Cookie": f"{name}={changed}"}).status == 401, changed


def test_a_wrong_token_of_a_form_is_403(server):
    cookie = login(server)
    for value in (None, "", "x", "A" * 60000, "\xff", "0" * 64):
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin",
                   **({} if value is None else {"X-CSRF-Token": value})}
        body = None if value is None else f"csrf_token={value[:99]}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = server.request("POST", "/form", body and body.encode(
            "latin-1"), {k: v.encode("latin-1") for k, v in headers.items()})
        assert answer.status == 403, (value, answer)
    for headers in ({"Sec-Fetch-Site": "cross-site"},
                    {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert server.request("POST", "/web", headers={
            "Cookie": cookie, **headers}).status == 403


@pytest.mark.parametrize("wire", [
    b"Authorization : Basic x", b" Authorization: Basic x",
    b"Authorization: Basic x\rX-Key: y", b"Authorization: Basic x\0y",
    b"Authorization: Basic\r\n x", b"X-Key: a\r\nX-Key: b",
    b"Authorization: Basic x\r\nAuthorization: Bearer y"])
def test_a_field_that_is_no_field_is_refused(server, wire):
    said = server.raw(b"GET /all HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      + wire + b"\r\n\r\n")
    assert said.split()[1] in (b"400", b"401"), said
