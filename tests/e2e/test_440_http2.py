# SPDX-License-Identifier: Apache-2.0
"""The same over HTTP/2, in clear text: mod_http2 makes requests of streams."""

import subprocess

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
header "X-All" "file"

GET  /n/{n:int}   -> app:number(n)
POST /form        -> app:text(text: str) public
GET  /many        -> app:number(n: int)
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
def number(n):
    return str(n)
def text(text):
    return str(len(text))
def who():
    return "in"
"""
ADA = ["--user", "ada:x"]


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
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


def test_a_body_over_the_limit_is_refused(server, tmp_path):
    body = tmp_path / "body"
    body.write_text("text=" + "a" * 2_000_000)
    subprocess.run(
        ["curl", "-s", "--http2-prior-knowledge", "--data-binary", f"@{body}",
         f"http://127.0.0.1:{server.port}/form"], capture_output=True,
        timeout=60)     # curl 7.88 drops an answer that a reset follows
    server.logged("submit response 413")
    assert curl(server, "/n/7")[0] == 200


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
