# SPDX-License-Identifier: Apache-2.0
"""Signed bodies: the realm hmac, and python with the body."""

import base64
import gzip
import hashlib
import hmac
import itertools
import socket
import subprocess
import time

import pytest

from conftest import Site

ROUTES = """\
routes 1
realm github = hmac {
    header "X-Hub-Signature-256"; format "sha256={hex}"
    secret file "github.key"
}
realm slack = hmac {
    header "X-Slack-Signature"; format "v0={hex}"; tolerance 5m
    signed "v0:{header:X-Slack-Request-Timestamp}:{body}"
    secret file "slack.key"
}
realm stripe = hmac {
    header "Stripe-Signature"; format "t={timestamp},v1={hex}"
    signed "{timestamp}.{body}"; secret file "stripe.key"
}
realm svix = hmac {
    header "Webhook-Signature"; format "v1,{base64}"
    signed "{header:Webhook-Id}.{header:Webhook-Timestamp}.{body}"
    timestamp "Webhook-Timestamp"; secret file "svix.key"
}
realm shop = hmac {
    header "X-Shop-Hmac"; format "{base64}"; alg sha512
    signed "{method}\\n{target}\\n{body}"; secret file "github.key"
}
realm asks = python { check app:check; body true }
record Push { ref: str, ... }

POST /github -> app:push(push: Push, raw: bytes from raw, user: principal) {
    auth github
    require user
}
POST /form   -> app:form(a: str from form) auth github require user
POST /upload -> app:upload(f: upload(..1MB) from file) auth github require user
POST /stream -> app:stream(data: stream from raw) {
    auth github; require user; limit body 4MB
}
POST /none   -> app:none() auth github require user limit body 100B
GET  /get    -> app:none() auth github require user
POST /late   -> app:late(req: request) auth github require user
POST /slack  -> app:raw(raw: bytes from raw) auth slack require user
POST /stripe -> app:raw(raw: bytes from raw) auth stripe require user
POST /svix   -> app:raw(raw: bytes from raw) auth svix require user
POST /shop   -> app:raw(raw: bytes from raw) auth shop require user
POST /asks   -> app:push(push: Push, raw: bytes from raw, user: principal) {
    auth asks
    require user
}
POST /parts  -> app:late(req: request) auth asks require user
POST /maybe  -> app:who(user: principal?) auth github public
location /hidden {
    auth github; require user; deny as 404
    POST /in -> app:none() limit body 100B
}
location /place  { auth github; require user }
mount /wsgi  wsgi  app:application auth github require user
mount /proxy proxy "http://127.0.0.1:BACK/echo" {
    auth github; require user; limit body 1KB
}
"""
PYTHON = """\
import hmac

def push(push, raw, user):
    return {"ref": push["ref"], "raw": raw.decode(), "user": user.user,
            "realm": user.realm}

def form(a):
    return a

def upload(f):
    return f"{f.filename} {len(f.read())}"

def stream(data):
    n = 0
    while True:
        piece = data.read(10000)
        if not piece:
            return str(n)
        n += len(piece)

def none():
    return "none"

def raw(raw):
    return raw

def late(req):
    if req.headers_in.get("Content-Type", "").startswith("multipart"):
        return sorted(req.form) + sorted(req.form.files)
    return req.json()

def who(user):
    return user.user if user else "nobody"

def check(request):
    given = request.headers_in.get("X-Signature")
    if given is None:
        return None
    if given == "json":
        return request.json()["user"]
    if given == "parts":
        return "parts" if "a" in request.form else False
    wanted = hmac.new(b"asked", request.body(), "sha256").hexdigest()
    return "asker" if hmac.compare_digest(given, wanted) else False

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(),
            repr([k for k in environ if "SIGNATURE" in k]).encode()]
"""
GITHUB = b"It's a Secret to Everybody"
SLACK, STRIPE = b"8f742231b10e", b"whsec_test_key"
SVIX = bytes(range(24))
BODY = b'{"ref": "refs/heads/main", "more": [1, 2]}'
JSON = {"Content-Type": "application/json"}


def digest(key, text, name="sha256"):
    return hmac.new(key, text, name).hexdigest()


def github(body, key=GITHUB):
    return {"X-Hub-Signature-256": "sha256=" + digest(key, body)}


def slack(body, when=None, key=SLACK):
    when = str(int(time.time()) if when is None else when)
    return {"X-Slack-Request-Timestamp": when,
            "X-Slack-Signature":
                "v0=" + digest(key, b"v0:%s:%s" % (when.encode(), body))}


def stripe(body, when=None, key=STRIPE):
    when = int(time.time()) if when is None else when
    return (f"t={when},v1=" + digest(key, b"%d.%s" % (when, body)) +
            ",v0=" + "6" * 64)


@pytest.fixture(scope="module")
def backend():
    """A server behind `mount proxy` that gives bodies back."""
    made = Site(shared=True)
    made.write("app.py", "def echo(raw):\n    return raw\n")
    yield made.serve("routes 1\nPOST /echo/x -> app:echo(raw: bytes from raw)"
                     " public limit body 8MB\n")
    made.close()


@pytest.fixture(scope="module")
def server(shared, backend):
    for name, text in {"github.key": GITHUB, "slack.key": SLACK,
                       "stripe.key": STRIPE, "svix.key":
                       b"base64:" + base64.b64encode(SVIX)}.items():
        shared.write(name, text.decode() + "\n")
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES.replace("BACK", str(backend.port)), """
        <Location /github>
            SetInputFilter DEFLATE
        </Location>
        Protocols h2c http/1.1""", modules=[
            "deflate", "proxy", "proxy_http", "http2"])


def post(server, target, body, headers, **options):
    return server.request("POST", target, body, headers, **options)


# ---- who signs right is let in ----------------------------------------------

def test_a_signed_body_is_known_and_decoded_from_the_same_bytes(server):
    answer = post(server, "/github", BODY, github(BODY) | JSON)
    assert answer.status == 200, answer
    assert answer.json == {"ref": "refs/heads/main", "raw": BODY.decode(),
                           "user": "github", "realm": "github"}


def test_githubs_own_example(server):
    """From GitHub's page on validating deliveries."""
    signature = ("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4"
                 "379c8b043e17")
    answer = post(server, "/none", b"Hello, World!",
                  {"X-Hub-Signature-256": signature})
    assert answer.status == 200


@pytest.mark.parametrize("target, kind, body, text", [
    ("/form", "application/x-www-form-urlencoded", b"a=%C3%A9&b=1", "é"),
    ("/upload", 'multipart/form-data; boundary="x"',
     b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n'
     b"\r\n" + b"y" * 100000 + b"\r\n--x--\r\n", "a.txt 100000"),
    ("/stream", None, b"z" * 3000000, "3000000"),
    ("/none", None, b"unread", "none"),
    ("/late", "application/json", b'"late"', "late"),
    ("/wsgi/a", None, b"w" * 100000, "w" * 100000 + "[]"),
    ("/proxy/x", None, b"p" * 1000, "p" * 1000),
], ids=["form", "upload", "stream", "none", "late", "wsgi", "proxy"])
def test_whatever_reads_the_body_gets_it(server, target, kind, body, text):
    headers = github(body) | ({} if kind is None else {"Content-Type": kind})
    for chunked in (False, True):
        answer = post(server, target, [body[:7], body[7:]] if chunked
                      else body, headers, encode_chunked=chunked)
        assert (answer.status, answer.text) == (200, text)


def test_the_bytes_on_the_wire_are_signed_not_what_they_inflate_to(server):
    packed = gzip.compress(BODY)
    headers = JSON | {"Content-Encoding": "gzip"}
    answer = post(server, "/github", packed, headers | github(packed))
    assert answer.status == 200 and answer.json["raw"] == BODY.decode()
    answer = post(server, "/github", packed, headers | github(BODY))
    assert answer.status == 401


def test_a_request_without_a_body_signs_the_empty_one(server):
    assert server.request("GET", "/get", headers=github(b"")).text == "none"
    assert server.request("GET", "/get", headers=github(b"x")).status == 401
    assert server.request("HEAD", "/get", headers=github(b"")).status == 200
    body = b"of a GET"
    answer = server.request("GET", "/get", body, github(body))
    assert answer.text == "none"


def test_another_request_on_the_connection_has_its_own_body(server):
    link = server.connect()
    for body in (BODY, b'{"ref": "b"}', b"[]"):
        link.request("POST", "/github", body, github(body) | JSON)
        answer = link.getresponse()
        text = answer.read()
        assert answer.status == (400 if body == b"[]" else 200), text
    link.close()


def test_the_time_is_signed_too(server):
    now = int(time.time())
    for when, status in ((now, 200), (now - 290, 200), (now + 290, 200),
                         (now - 310, 401), (now + 310, 401), (0, 401),
                         (-now, 401), (f"{now}.0", 401), (f"0{now}", 401),
                         (f" {now}", 200), ("", 401), ("9" * 30, 401)):
        assert post(server, "/slack", BODY, slack(BODY, str(when).strip()
                                                  )).status == status, when
    headers = slack(BODY, str(now))
    headers["X-Slack-Request-Timestamp"] = str(now + 1)
    assert post(server, "/slack", BODY, headers).status == 401
    del headers["X-Slack-Request-Timestamp"]
    assert post(server, "/slack", BODY, headers).status == 401


def test_a_field_may_have_the_time_and_several_signatures(server):
    now = int(time.time())
    good = stripe(BODY)
    right = good.split(",")[1]
    for field, status in (
            (good, 200), (good.replace(",", ", "), 200),
            (f"t={now},v1={'0' * 64},{right}", 401 if now != int(good[2:12])
             else 200),
            (right, 401), (f"t={now}", 401), (f"{good},t={now}", 401),
            (stripe(BODY, now - 301), 401), (stripe(BODY, key=b"x"), 401),
            (good.replace("v1=", "v2="), 401),
            (good + ",v1=" + "0" * 64, 200),
            (good + (",v1=" + "0" * 64) * 9, 401), ("", 401), (",", 401)):
        answer = post(server, "/stripe", BODY, {"Stripe-Signature": field})
        assert answer.status == status, field


def test_a_binary_secret_and_standard_webhooks(server):
    now = str(int(time.time()))

    def signed(key, id="msg_1"):
        text = f"{id}.{now}.".encode() + BODY
        return "v1," + base64.b64encode(hmac.digest(key, text, "sha256")
                                        ).decode()
    fields = {"Webhook-Id": "msg_1", "Webhook-Timestamp": now}
    for value, status in ((signed(SVIX), 200),
                          (f"v1a,xx {signed(b'x')} {signed(SVIX)}", 200),
                          (signed(SVIX).rstrip("="), 401),
                          (signed(SVIX, "msg_2"), 401),
                          (signed(base64.b64encode(SVIX)), 401)):
        assert post(server, "/svix", BODY, fields | {
            "Webhook-Signature": value}).status == status


def test_method_and_target_may_be_signed(server):
    text = b"POST\n/shop?a=%2F\n" + BODY
    field = base64.b64encode(hmac.digest(GITHUB, text, "sha512")).decode()
    headers = {"X-Shop-Hmac": field}
    assert post(server, "/shop?a=%2F", BODY, headers).status == 200
    assert post(server, "/shop?a=/", BODY, headers).status == 401
    assert post(server, "/shop", BODY, headers).status == 401


# ---- who does not, is not ---------------------------------------------------

RIGHT = digest(GITHUB, BODY)


@pytest.mark.parametrize("field", [
    None, "", "sha256=", "sha256", RIGHT, "sha256=" + "0" * 63 + "\t",
    "sha1=" + digest(GITHUB, BODY, "sha1"),
    "sha256=" + "0" * 64, "sha256=" + RIGHT[:-1], "sha256=" + RIGHT + "0",
    "sha256=" + RIGHT[:-2] + "zz", "SHA256=" + RIGHT, "sha256=" + "a" * 7000,
    "sha512=" + digest(GITHUB, BODY, "sha512"), "sha256=" + digest(b"", BODY),
    "sha256=" + digest(b"key", BODY), "sha256=\xff\xfe" + RIGHT,
    "sha256=" + digest(GITHUB, BODY + b" "), "sha256=" + digest(GITHUB, b""),
    "none=", "sha256=none", f"sha256={RIGHT},sha256={RIGHT}"],
    ids=itertools.count())
def test_any_other_signature_is_401(server, field):
    headers = JSON if field is None else JSON | {"X-Hub-Signature-256": field}
    answer = post(server, "/github", BODY, headers)
    assert answer.status == 401
    assert "WWW-Authenticate" not in answer.headers


def test_upper_case_digits_are_digits(server):
    answer = post(server, "/none", b"a", {
        "X-Hub-Signature-256": "sha256=" + digest(GITHUB, b"a").upper()})
    assert answer.status == 200


def test_a_field_that_is_sent_twice_is_refused(server):
    link = server.connect()
    link.putrequest("POST", "/none")
    for value in ("sha256=" + "0" * 64, "sha256=" + digest(GITHUB, b"a")):
        link.putheader("X-Hub-Signature-256", value)
    link.putheader("Content-Length", "1")
    link.endheaders(b"a")
    assert link.getresponse().status == 401
    link.close()


def test_what_matches_nothing_is_signed_too(server):
    assert post(server, "/place/x", b"a", github(b"a")).status == 404
    assert post(server, "/place/x", b"a", github(b"b")).status == 401
    assert post(server, "/place/x", b"a", {}).status == 401


def test_a_public_route_takes_anybody(server):
    assert post(server, "/maybe", b"a", {}).text == "nobody"
    assert post(server, "/maybe", b"a", github(b"b")).text == "nobody"
    assert post(server, "/maybe", b"a", github(b"a")).text == "github"


def test_the_log_says_why_and_has_no_secret(server):
    post(server, "/github", BODY, {"X-Hub-Signature-256": "sha256"})
    server.logged("ROUTES0030.*'github'.*not of the realm's format")
    post(server, "/github", BODY, github(b"x"))
    server.logged("ROUTES0030.*'github'.*no secret of the realm")
    post(server, "/slack", BODY, slack(BODY, 1))
    server.logged("ROUTES0030.*'slack'.*too old")
    for secret in (GITHUB, SLACK, STRIPE, RIGHT.encode()):
        assert secret.decode() not in server.log()


# ---- sizes ------------------------------------------------------------------

def test_a_body_over_the_limit_is_413_whoever_sends_it(server):
    body = b"x" * 101
    for headers in (github(body), github(b"y"), {}):
        assert post(server, "/none", body, headers).status == 413
    answer = post(server, "/none", [body], github(body), encode_chunked=True)
    assert answer.status == 413
    body = b"x" * 1025
    assert post(server, "/proxy/x", body, github(body)).status == 413
    body = b"x" * 1048577
    answer = server.request("GET", "/get", body, github(body))
    assert answer.status == 413


def test_an_endless_body_is_not_read_to_its_end(server):
    with socket.create_connection(("127.0.0.1", server.port), 10) as link:
        link.sendall(b"POST /none HTTP/1.1\r\nHost: x\r\n"
                     b"X-Hub-Signature-256: sha256=" + b"0" * 64 +
                     b"\r\nTransfer-Encoding: chunked\r\n\r\n" +
                     b"64\r\n" + b"x" * 100 + b"\r\n1\r\nx\r\n")
        assert b" 413 " in link.recv(65536)


def test_nothing_is_asked_for_that_is_refused_anyway(server):
    def first_line(length, fields):
        with socket.create_connection(("127.0.0.1", server.port), 10) as link:
            text = "".join(f"{k}: {v}\r\n" for k, v in fields.items())
            link.sendall(f"POST /none HTTP/1.1\r\nHost: x\r\n{text}"
                         f"Content-Length: {length}\r\n"
                         "Expect: 100-continue\r\n\r\n".encode())
            line = link.recv(65536).split(b"\r\n")[0]
            if b" 100 " in line:
                link.sendall(b"a" * length)
                line += link.recv(65536).split(b"\r\n")[0]
            return line
    assert b" 413 " in first_line(101, github(b"a"))
    assert b" 401 " in first_line(1, {})
    assert b" 401 " in first_line(1, {"X-Hub-Signature-256": "nonsense"})
    assert first_line(1, github(b"a")).count(b"HTTP/1.1") == 2
    assert b" 200 " in first_line(1, github(b"a"))


@pytest.mark.parametrize("wire", [
    b"Content-Length: 10\r\n\r\nabc", b"Content-Length: -1\r\n\r\nabc",
    b"Content-Length: 1, 2\r\n\r\nab",
    b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc",
    b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc"], ids=itertools.count())
def test_a_broken_body_is_a_fault_of_the_request(server, wire):
    said = server.raw(b"POST /none HTTP/1.1\r\nHost: x\r\n"
                      b"X-Hub-Signature-256: sha256=" +
                      digest(GITHUB, b"abc").encode() + b"\r\n" + wire)
    assert said == b"" or said.split()[1] in (b"400", b"401", b"408"), said


def test_what_hides_hides_its_limit_too(server):
    missing = post(server, "/nosuch", b"a", {})
    for body, headers in ((b"x" * 101, {}), (b"x" * 101, github(b"x" * 101)),
                          (b"x", github(b"y")), (b"x", {})):
        answer = post(server, "/hidden/in", body, headers)
        assert (answer.status, answer.text) == (404, missing.text)
    assert post(server, "/hidden/in", b"x", github(b"x")).text == "none"


# ---- Python -----------------------------------------------------------------

def test_a_function_may_look_at_the_body(server):
    headers = JSON | {"X-Signature": digest(b"asked", BODY)}
    answer = post(server, "/asks", BODY, headers)
    assert answer.json["user"] == "asker" and answer.json["raw"] == (
        BODY.decode())
    assert post(server, "/asks", BODY + b" ", headers).status == 401
    assert post(server, "/asks", BODY, JSON).status == 401
    answer = post(server, "/asks", b'{"user": "ada", "ref": "r"}',
                  JSON | {"X-Signature": "json"})
    assert answer.json["user"] == "ada"


def test_a_body_that_is_wrong_is_the_callers_fault(server):
    said = JSON | {"X-Signature": "json"}
    assert post(server, "/asks", b"{", said).status == 400
    assert post(server, "/asks", b"a=1", {"X-Signature": "json"}).status == 415
    assert post(server, "/asks", b"x" * 1048577, said).status == 413


def test_a_form_is_read_twice(server):
    body = (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="g"'
            b"\r\n\r\n" + b"q" * 70000 + b"\r\n--x--\r\n")
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = post(server, "/parts", body, kind | {"X-Signature": "parts"})
    assert (answer.status, answer.text) == (200, '["a","f"]')
    answer = post(server, "/parts", body, kind | {
        "X-Signature": digest(b"asked", body)})
    assert (answer.status, answer.text) == (200, '["a","f"]')


# ---- what a request becomes -------------------------------------------------

def test_a_redirect_inside_httpd_takes_the_body_along(site):
    site.write("key", "s\n")
    site.write("app.py", "def raw(raw):\n    return raw\n")
    server = site.serve("""\
routes 1
realm r = hmac { header "X-Signature"; secret file "key" }
auth r
require user
POST /a -> app:raw(raw: bytes from raw)
POST /b/c -> app:raw(raw: bytes from raw)
mount /c handler "none" limit body 1KB
""", """
        <Location /c>
            Action none /b virtual
        </Location>""", modules=["actions"])
    headers = {"X-Signature": digest(b"s", b"text")}
    assert post(server, "/a", b"text", headers).text == "text"
    answer = post(server, "/c", b"text", headers)
    assert (answer.status, answer.text) == (200, "text")
    assert post(server, "/c", b"test", headers).status == 401


def test_http2_bodies_are_signed_alike(server, shared):
    (shared.root / "body").write_bytes(BODY)
    for fields, status in ((github(BODY), "200"), (github(b"x"), "401")):
        done = subprocess.run(
            ["curl", "-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w",
             "%{http_code} %{http_version}", "-H", "Content-Type: "
             "application/json", "--data-binary", f"@{shared.root}/body",
             *[w for k, v in fields.items() for w in ("-H", f"{k}: {v}")],
             f"http://127.0.0.1:{server.port}/github"],
            capture_output=True, text=True)
        assert done.stdout == f"{status} 2", done


# ---- secrets ----------------------------------------------------------------

def test_secrets_are_exchanged_and_a_broken_file_leaves_the_one_before(
        server, shared):
    def status(key):
        return post(server, "/none", b"a", github(b"a", key)).status
    path = shared.root / "github.key"
    before = path.read_text()

    def replace(text):
        new = shared.root / "new.key"
        new.write_text(text)
        new.rename(path)
    try:
        for broken in ("", "\n\n", " new2\n", "new2 \n", "base64:*\n",
                       "base64:\n", "x\n" * 17):
            server.expect("ROUTES0051.*github.key.*stays in use")
            replace(broken)
            found = status(GITHUB), status(b"new2")
            assert found == (200, 401), broken
        replace("# one\nnew\n" + before)
        assert status(b"new") == status(GITHUB) == status(b"# one") == 200
        replace("new\r\n\r\n")
        assert status(b"new") == 200 and status(GITHUB) == 401
        path.unlink()
        server.expect("ROUTES0020.*github.key")
        assert status(b"new") == 500
    finally:
        replace(before)
    assert status(GITHUB) == 200


@pytest.mark.parametrize("text, words", [
    (None, "can't read"), ("", "it has no secret"),
    ("good\n bad\n", "line 2 is no secret")])
def test_a_secret_that_is_missing_stops_the_start(site, text, words):
    site.write("app.py", "def a():\n    pass\n")
    if text is not None:
        site.write("key", text)
    code, said = site.httpd([site.build("app", """\
routes 1
realm r = hmac { header "X-Signature"; secret file "key" }
POST /a -> app:a() auth r require user
""")], "RoutesMount app").configtest()
    assert code != 0
    assert "realm 'r' (app.routes:2)" in said and words in said
    assert "key" in said
