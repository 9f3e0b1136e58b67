# SPDX-License-Identifier: Apache-2.0
"""What no honest client sends, on prefork and event: the right 4xx, and the
next request is served by the same child.

| what | here, and more of it in |
|---|---|
| truncated bodies, hanging up | test_226, test_227, 221_raw, 222, 511 |
| lengths that lie | LENGTHS; test_220_bodies, test_226, test_342 |
| a boundary that never comes | MANY; test_224_form_files |
| 100,000 fields | MANY; test_200, test_222, test_511 |
| deep JSON | MANY; test_250_record, test_511 |
| repeated scalars, bad UTF-8, NUL | BYTES; test_202_sources |
| wrong charset | CHARSETS; test_224, test_511 |
| CR and LF in headers that Python sets | test_220_response, 221_header_words |
| | 270_wsgi, 270_redirect, 273_asgi, 500_request_object |
| huge headers | the end of this file |
| uploads over the limit | here with curl; test_226, 290_browser, 440_http2 |
"""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import Site, problem
from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
public
limit body 4MB
record Item { v: str, w: str? }
record Open { v: str, ... }
GET  /path/{v}  -> app:show
GET  /query     -> app:show(v: str from query)
POST /form      -> app:show(v: str from form)
POST /arg       -> app:show(v: str)
POST /item      -> app:show(v: Item)
POST /open      -> app:show(v: Open)
POST /json      -> app:show(v: json)
POST /file      -> app:size(v: upload(..20KB) from file) limit body 30KB
GET  /header    -> app:show(v: str from header "X-V")
GET  /cookie    -> app:show(v: str from cookie)
GET  /ask       -> app:ask(req: request)
POST /ask       -> app:ask(req: request)
POST /tell      -> app:tell(req: request)
GET  /long      -> app:long(n: int)
"""
PYTHON = """\
def show(v):
    return "taken"
def size(v):
    return str(v.size)
def ask(req):
    return str(len(req.form) if req.method == "POST" else req.cookies)
def tell(req):
    return str(len(req.json()))
def long(n):
    return 200, {"X-Long": "x" * n}, "long"
"""
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
TYPED = "application/json"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
CONFIG = {
    "event": "StartServers 1\nServerLimit 1\nThreadsPerChild 8\n"
             "ThreadLimit 8\nMinSpareThreads 1\nMaxSpareThreads 8\n"
             "MaxRequestWorkers 8\n",
    "prefork": "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\n"
               "MaxRequestWorkers 1\nServerLimit 1\n",
}


@pytest.fixture(scope="module", params=CONFIG)
def server(request):
    site = Site(shared=True)
    site.write("app.py", PYTHON)
    more = "LimitRequestFieldSize 200000\nLimitRequestLine 1000000\n"
    started = site.serve(ROUTES, CONFIG[request.param] + more,
                         mpm=request.param)
    yield started
    site.close()


@pytest.fixture(autouse=True)
def same_child(server):
    """The child that a test has met is there after it, and serves."""
    server.allowed.append("AH00161")
    before = children(server.process.pid)
    yield
    assert server.get("/query?v=1").text == "taken"
    assert children(server.process.pid) == before


def post(server, target, body, kind):
    return server.request("POST", target, body, {"Content-Type": kind})


# ---- lengths ----------------------------------------------------------------

BODY = b"v=abc"
SMUGGLED = b"GET /query?v=smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
LENGTHS = {
    "too long": b"Content-Length: 50\r\n",
    "negative": b"Content-Length: -5\r\n",
    "signed": b"Content-Length: +5\r\n",
    "hexadecimal": b"Content-Length: 0x5\r\n",
    "a list": b"Content-Length: 5, 6\r\n",
    "two": b"Content-Length: 5\r\nContent-Length: 6\r\n",
    "beyond 64 bits": b"Content-Length: 99999999999999999999\r\n",
    "chunked before another": b"Transfer-Encoding: chunked, gzip\r\n",
    "unknown coding": b"Transfer-Encoding: chonked\r\n",
    "chunks that are none": b"Transfer-Encoding: chunked\r\n",
}


@pytest.mark.parametrize("lines", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("target", ["/form", "/arg", "/ask"])
def test_a_length_that_lies_is_refused(server, target, lines):
    said = server.raw(b"POST " + target.encode() + b" HTTP/1.1\r\nHost: a\r\n"
                      b"Content-Type: " + URLENCODED.encode() + b"\r\n"
                      + lines + b"\r\n" + BODY + SMUGGLED[:20])
    assert said[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 501")
    assert b"taken" not in said


@pytest.mark.parametrize("chunks", [
    b"5\r\nv=abc\r\n0\r\n\r\n", b"5;x=y\r\nv=abc\r\n0\r\nX: y\r\n\r\n"])
def test_chunks_win_over_a_length_and_the_connection_ends(server, chunks):
    said = server.raw(b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: "
                      + URLENCODED.encode() + b"\r\nContent-Length: 3\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\n" + chunks
                      + SMUGGLED)
    assert said.count(b"HTTP/1.1 ") == 1


# ---- too many, too deep, never ----------------------------------------------

MANY = {
    "query": ("GET", "/query?" + "v=1&" * 100000, None, ""),
    "query of others": ("GET", "/query?v=1&" + "&".join(
        f"a{n}=" for n in range(100000)), None, ""),
    "form": ("POST", "/form", b"v=1&" * 100000, URLENCODED),
    "form of others": ("POST", "/form", b"v=1" + b"&a=" * 100000, URLENCODED),
    "asked form": ("POST", "/ask", b"v=1&" * 100000, URLENCODED),
    "parts": ("POST", "/form", (PART % (b"v", b"")) * 60000 + b"--x--\r\n",
              MULTIPART),
    "asked parts": ("POST", "/ask",
                    (PART % (b"v", b"")) * 60000 + b"--x--\r\n", MULTIPART),
    "members": ("POST", "/item", b'{"v": "", ' + b", ".join(
        b'"a%d": 1' % n for n in range(100000)) + b"}", TYPED),
    "one member": ("POST", "/item", b"{" + b", ".join(
        [b'"v": ""'] * 100000) + b"}", TYPED),
    "depth": ("POST", "/json", b"[" * 100000 + b"]" * 100000, TYPED),
    "depth of objects": ("POST", "/json", b'{"a":' * 100000, TYPED),
    "no boundary": ("POST", "/form", b"v" * 1000000, MULTIPART),
    "no last boundary": ("POST", "/file",
                         PART % (b'v"; filename="f', b"v" * 5000), MULTIPART),
    "asked, no boundary": ("POST", "/ask", b"v" * 1000000, MULTIPART),
}


@pytest.mark.parametrize("what", MANY)
def test_too_many_too_deep_or_never_ending_is_a_400(server, what):
    method, target, body, kind = MANY[what]
    answer = server.request(method, target, body, {"Content-Type": kind})
    assert answer.status == 400
    assert len(answer.body) < 20000


@pytest.mark.parametrize("target", ["/open", "/tell"])
def test_members_that_may_be_many_are_taken(server, target):
    body = b'{"v": "", ' + b", ".join(
        b'"a%d": 1' % n for n in range(100000)) + b"}"
    assert post(server, target, body, TYPED).status == 200


# ---- bytes that are no text -------------------------------------------------

BYTES = {"overlong": b"%c0%80", "overlong slash": b"%c0%af",
         "long overlong": b"%e0%80%af", "surrogate": b"%ed%a0%80",
         "beyond": b"%f4%90%80%80", "lone": b"%ff", "cut": b"%c3"}


def raw_bytes(coded):
    return bytes.fromhex(coded.decode().replace("%", ""))


@pytest.mark.parametrize("coded", BYTES.values(), ids=BYTES)
def test_what_is_no_utf_8_is_a_400_wherever_it_stands(server, coded):
    plain = raw_bytes(coded)
    assert server.get(f"/path/a{coded.decode()}").status == 400
    for answer in (
            server.get(f"/query?v={coded.decode()}"),
            post(server, "/form", b"v=" + coded, URLENCODED),
            post(server, "/form", PART % (b"v", plain) + b"--x--\r\n",
                 MULTIPART),
            server.request("GET", "/header", headers={"X-V": plain}),
            server.request("GET", "/cookie",
                           headers={"Cookie": b"v=" + plain})):
        assert {code for _, _, code in problem(answer)} == {"encoding"}
    for answer in (post(server, "/item", b'{"v": "%s"}' % plain, TYPED),
                   post(server, "/item", b'{"%s": 1}' % plain, TYPED),
                   post(server, "/tell", b'["%s"]' % plain, TYPED),
                   post(server, "/ask", coded + b"=1", URLENCODED),
                   server.request("GET", "/ask",
                                  headers={"Cookie": b"v=" + plain})):
        assert answer.status == 400


def test_a_nul_is_a_character_or_refused_and_ends_nothing(server):
    assert server.get("/path/a%00b").status in (400, 404)
    assert server.raw(b"GET /header HTTP/1.1\r\nHost: a\r\nX-V: a\0b\r\n\r\n"
                      ).startswith(b"HTTP/1.1 400")
    assert server.raw(b"GET /query?v=a\0b HTTP/1.1\r\nHost: a\r\n\r\n"
                      ).startswith(b"HTTP/1.1 400")
    for answer in (server.get("/query?v=a%00b"),
                   post(server, "/form", b"v=a%00b", URLENCODED),
                   post(server, "/form", PART % (b"v", b"a\0b")
                        + b"--x--\r\n", MULTIPART),
                   post(server, "/item", b'{"v": "a\\u0000b"}', TYPED)):
        assert answer.status in (200, 400)
    assert post(server, "/item", b'{"v": "a\0b"}', TYPED).status == 400


@pytest.mark.parametrize("kind", [
    URLENCODED + "; charset=latin1", URLENCODED + "; charset=utf-16",
    URLENCODED + "; charset=utf-8; charset=latin1",
    TYPED + "; charset=utf-16", TYPED + "; charset=koi8-r",
    TYPED + '; x=1; charset="utf-8"; Charset="utf-7"',
    MULTIPART + "; charset=latin1"])
def test_a_wrong_charset_is_a_415(server, kind):
    target, body = ("/item", b'{"v": "1"}') if kind.startswith(TYPED) else \
        ("/form", b"v=1")
    if kind.startswith(MULTIPART):
        body = PART % (b"v", b"1") + b"--x--\r\n"
    right = kind.partition(";")[0] + "; boundary=x; charset=UTF-8"
    assert post(server, target, body, right).status == 200
    assert post(server, target, body, kind).status == 415


# ---- headers ----------------------------------------------------------------

def test_huge_headers_come_in_or_are_refused(server):
    def ask(target, **headers):
        return server.request("GET", target, headers=headers)
    long = "x" * 190_000
    assert ask("/header", **{"X-V": long}).text == "taken"
    assert ask("/cookie", Cookie="v=" + long).status in (200, 400)
    assert ask("/header", **{"X-V": "x" * 200_001}).status == 400
    assert server.get("/query?v=" + "x" * 900_000).text == "taken"
    assert server.get("/query?v=" + "x" * 1_000_001).status == 414


def test_huge_headers_go_out_or_are_a_logged_500(server):
    assert server.get("/long?n=32000").headers["X-Long"] == "x" * 32000
    server.expect("app:long gave headers of more than 32768 bytes")
    answer = server.get("/long?n=2000000")
    assert answer.status == 500 and "X-Long" not in answer.headers


# ---- uploads over the limit -------------------------------------------------

def test_curl_sees_the_413(server, tmp_path):
    """A body that is much too long, announced and not."""
    large = tmp_path / "large"
    large.write_bytes(os.urandom(3_000_000))
    for header in "X-A: b", "Transfer-Encoding: chunked", "Expect:":
        said = subprocess.run(
            ["curl", "-sS", "-H", header, "-o", os.devnull,
             "-w", "%{http_code}", "-F", f"v=@{large}",
             f"http://127.0.0.1:{server.port}/file"],
            text=True, capture_output=True)
        assert (said.stdout, said.returncode) == ("413", 0), (header, said)


# ---- what is left -----------------------------------------------------------

def memory(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("RssAnon:")[2].split()[0])


def misuse(server, rounds):
    for n in range(rounds):
        assert server.get(f"/query?v=%c0%80{n}").status == 400
        assert post(server, "/item", b"[" * 500, TYPED).status == 400
        assert post(server, "/file", PART % (b'v"; filename="f', b"v" * 5000),
                    MULTIPART).status == 400
        assert post(server, "/form", b"v" * 3000, MULTIPART).status == 400


def test_bad_input_leaves_nothing_behind(server):
    (child,) = children(server.process.pid)
    misuse(server, 150)
    before, held = memory(child), len(descriptors(child))
    misuse(server, 500)
    wait_for(lambda: len(descriptors(child)) <= held, "closed files")
    if "ROUTES_PRELOAD" not in os.environ:  # AddressSanitizer keeps it
        assert memory(child) < before + 1000
