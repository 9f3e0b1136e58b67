# SPDX-License-Identifier: Apache-2.0
"""The same over HTTP/2, in clear text: mod_http2 makes requests of streams."""

import subprocess

import pytest

import h2

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
header "X-All" "file"

GET  /n/{n:int}   -> app:number(n)
POST /form        -> app:text(text: str) public
GET  /many        -> app:number(n: int)
POST /small       -> app:keep(data: bytes from raw) {
    public
    limit body 20KB
}
POST /keep        -> app:keep(data: bytes from raw) public
POST /keep/form   -> app:keep(data: str from form) public
POST /keep/file   -> app:keep_file(data: upload) public
location /staff {
    auth staff
    require user
    cors { origins "https://app.example" }
    GET  .        -> app:who()
    POST .        -> app:text(text: str)
}
host "other.example" {
    GET /host     -> app:who() public
}
"""
PYTHON = """\
from pathlib import Path
def number(n):
    return str(n)
def text(text):
    return str(len(text))
def who():
    return "in"
def keep(data):
    with Path(__file__).with_name("kept").joinpath("list").open("a") as file:
        file.write(f"{data if isinstance(data, str) else len(data)}\\n")
def keep_file(data):
    keep(data.read())
"""
ADA = ["--user", "ada:x"]


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.writable("kept")
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(
        ROUTES, "Protocols h2c http/1.1\nLogLevel http2:debug\n",
        modules=("http2",))


def curl(server, target, *words):
    """(status, headers, body) of one request with prior knowledge."""
    done = subprocess.run(
        ["curl", "-sS", "-i", "--path-as-is", "--http2-prior-knowledge",
         *words, f"http://127.0.0.1:{server.port}{target}"],
        capture_output=True, timeout=60)
    assert done.returncode == 0, done
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/2 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    protocol, status = first.split()[:2]
    assert protocol == "HTTP/2"
    return (int(status),
            {name.lower(): value for name, _, value in
             (line.partition(": ") for line in lines)}, body)


@pytest.mark.parametrize("target, words, status, text", [
    ("/n/7", [], 200, b"7"), ("/n/x", [], 404, None),
    ("/n/7", ["-X", "PUT"], 405, None), ("/n/7", ["-X", "OPTIONS"], 204, b""),
    ("/n/7", ["-I"], 200, b""), ("/many?n=3", [], 200, b"3"),
    ("/many", [], 400, None),
    ("/n/../staff", [], 401, None), ("/n/%2e%2e/staff", [], 401, None),
    ("//staff", [], 401, None), ("/staff%2F", [], 404, None),
    ("/staff/none", [], 401, None),
    ("/staff", [], 401, None), ("/staff", ADA, 200, b"in"),
    ("/staff", ["--user", "ada:y"], 401, None),
    ("/staff/none", ADA, 404, None),
    ("/host", [], 404, None),
    ("/host", ["-H", "Host: other.example"], 200, b"in"),
    ("/host", ["-H", "Host: Other.Example:80"], 200, b"in"),
])
def test_routing_and_the_gate_are_the_same(server, target, words, status,
                                           text):
    answer = curl(server, target, *words)
    assert answer[0] == status
    assert text is None or answer[2] == text


def test_httpds_own_pages_have_our_headers(server):
    for target in ("/n/7", "/staff", "/staff/none"):
        headers = curl(server, target)[1]
        assert headers["x-all"] == "file"
        assert headers["x-content-type-options"] == "nosniff"


def test_bodies_of_any_framing(server, tmp_path):
    body = tmp_path / "body"
    body.write_text("text=" + "a" * 500_000)
    for words in ([], ["-H", "Expect: 100-continue"]):
        assert curl(server, "/form", "--data-binary", f"@{body}",
                    *words)[2] == b"500000"
    with body.open("rb") as stream:       # no Content-Length is announced
        done = subprocess.run(
            ["curl", "-sS", "--http2-prior-knowledge", "-T", "-", "-X",
             "POST", "-H", "Content-Type: application/x-www-form-urlencoded",
             f"http://127.0.0.1:{server.port}/form"], stdin=stream,
            capture_output=True, timeout=60, check=True)
    assert done.stdout == b"500000"


@pytest.mark.parametrize("headers", [[], [("content-length", "5000000")]])
def test_a_body_over_the_limit_is_refused(server, headers):
    """The whole answer, then a reset that is no error (RFC 9113, 8.1).  curl
    7.88 drops an answer that a reset follows; browsers and h2load don't."""
    with h2.Stream(server.port) as link:
        link.ask("POST", "/small", headers)
        for _ in range(3 if not headers else 1):
            link.write(b"x" * 8_000)
        assert b"413" in link.read()
        assert (link.status, link.ended) == (413, True)
        assert link.until_reset() == h2.NO_ERROR
    assert curl(server, "/n/7")[0] == 200


def test_h2load_sees_the_413(server, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 2_000_000)
    said = subprocess.run(
        ["h2load", "-n", "40", "-c", "4", "-m", "5", "-d", body,
         f"http://127.0.0.1:{server.port}/small"], capture_output=True,
        text=True, timeout=60, check=True).stdout
    assert "40 done" in said and "0 errored, 0 timeout" in said
    assert "40 4xx" in said


@pytest.mark.parametrize("path, kind, body", [
    ("/keep", "text/plain", b"x" * 5_000),
    ("/keep/form", "application/x-www-form-urlencoded", b"data=xyz"),
    ("/keep/file", "multipart/form-data; boundary=b",
     b'--b\r\nContent-Disposition: form-data; name=data; filename=f\r\n\r\n'
     b"abc\r\n--b--\r\n")], ids=["raw", "form", "file"])
@pytest.mark.parametrize("announced", [False, True])
def test_half_a_body_is_no_body(server, path, kind, body, announced):
    """mod_http2 ends that of a cancelled stream as if it were whole."""
    headers = [("content-type", kind)]
    if announced:
        headers.append(("content-length", str(len(body) + 100)))
    kept = server.root / "kept" / "list"
    kept.unlink(missing_ok=True)
    server.allowed.append("ROUTES0")
    for _ in range(5):
        with h2.Stream(server.port) as link:
            link.ask("POST", path, headers)
            link.write(body)
            link.cancel()
            link.send(h2.PING, 0, b"answered", stream=0)
            while link.take_any() != h2.PING:
                pass
    with h2.Stream(server.port) as link:
        link.ask("POST", path, [("content-type", kind)])
        link.write(body, end=True)
        link.read()
        assert link.status == 204
    assert len(kept.read_text().splitlines()) == 1


def test_other_sites_are_refused(server):
    own = f"http://127.0.0.1:{server.port}"
    for origin, status in (("https://evil.example", 403), ("null", 403),
                           (own, 200), ("https://app.example", 200)):
        assert curl(server, "/staff?text=abc", *ADA, "-X", "POST", "-H",
                    f"Origin: {origin}")[0] == status


def test_a_preflight_is_answered(server):
    status, headers, _ = curl(
        server, "/staff", "-X", "OPTIONS", "-H",
        "Origin: https://app.example", "-H",
        "Access-Control-Request-Method: POST")
    assert status == 204
    assert headers["access-control-allow-origin"] == "https://app.example"
    assert headers["access-control-allow-methods"] == "POST"


def test_an_upgrade_from_http_1_is_authorised_once_more(server):
    def ask(*words):
        return subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", "-w",
             "%{http_code} %{http_version}", "--http2", *words,
             f"http://127.0.0.1:{server.port}/staff"],
            capture_output=True, text=True, timeout=60, check=True).stdout
    assert ask() == "401 1.1"           # refused before it is upgraded
    assert ask(*ADA) == "200 2"
