# SPDX-License-Identifier: Apache-2.0
"""How long a body may be, of which type, and who is asked to send it."""

import gzip
import socket

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public

POST /default -> app:size(v: str)
POST /small   -> app:size(v: str) limit body 100B
POST /none    -> app:nothing() limit body 100B
POST /closed  -> app:size(v: str) { auth staff; require user }
location /in {
    limit body 1KB
    POST /same  -> app:size(v: str)
    POST /tight -> app:size(v: str) limit body 10B
    POST /wide  -> app:size(v: str) override limit body 4MB
    POST /off   -> app:size(v: str) override limit body off
    publish POST /lib -> app { limit body 20B; size(v: str) }
}
location /json {
    consumes json
    POST .      -> app:size(v: str)
    POST /form  -> app:size(v: str) consumes form, text/*
    POST /text  -> app:size(v: str) consumes "text/csv"
    POST /none  -> app:nothing
}
"""

# its header has no time, as a test's name must not change
GZIPPED = gzip.compress(b"v=hello", mtime=0)

PYTHON = """\
def size(v):
    return len(v)
def nothing():
    return "nothing"
"""

FORM = "application/x-www-form-urlencoded"
CONFIG = """\
<Location /in>
SetInputFilter DEFLATE
</Location>
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="lovelace")
    return shared.serve(ROUTES, CONFIG, modules=("authn_core", "deflate",
                                                 "filter"))


def post(server, target, body, kind=FORM, headers=None, **options):
    return server.request("POST", target, body,
                          {"Content-Type": kind, **(headers or {})}, **options)


@pytest.mark.parametrize("target, limit", [
    ("/default", 1 << 20), ("/small", 100), ("/in/same", 1024),
    ("/in/tight", 10), ("/in/wide", 4 << 20), ("/in/lib/size", 20),
])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_be_as_long_as_its_limit(server, target, limit, chunked):
    def send(size):
        body = b"v=" + b"x" * (size - 2)
        if chunked:
            pieces = iter([body[i:i + 30000]
                           for i in range(0, size, 30000)])
            return post(server, target, pieces, encode_chunked=True)
        return post(server, target, body)

    assert send(limit).text == str(limit - 2)
    assert send(limit + 1).status == 413


def test_a_body_without_limit_is_read_whole(server):
    assert post(server, "/in/off", b"v=" + b"x" * (5 << 20)).text == \
        str(5 << 20)


def test_a_client_that_sends_all_of_it_sees_the_413(server):
    # 8 MB more than any socket buffer holds, without looking at the answer
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(f"POST /small HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}"
                     f"\r\nContent-Length: {8 << 20}\r\n\r\n".encode())
        link.sendall(b"v=" + b"x" * ((8 << 20) - 2))
        answer = b"".join(iter(lambda: link.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nConnection: close\r\n" in answer


def test_the_limit_holds_for_a_body_that_no_argument_wants(server):
    assert post(server, "/none", b"x" * 100).text == "nothing"
    assert post(server, "/none", b"x" * 101).status == 413


def expecting(server, target, length, *fields, kind=FORM):
    """What comes back before a byte of the body was sent."""
    head = [f"POST {target} HTTP/1.1", "Host: a", f"Content-Length: {length}",
            "Expect: 100-continue", f"Content-Type: {kind}", *fields]
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall("\r\n".join([*head, "", ""]).encode())
        return link.recv(65536)


def test_100_is_sent_only_to_who_may_send_a_body_of_that_size(server):
    assert expecting(server, "/closed", 5).startswith(b"HTTP/1.1 401 ")
    assert expecting(server, "/small", 101).startswith(b"HTTP/1.1 413 ")
    assert expecting(server, "/small", 100).startswith(b"HTTP/1.1 100 ")
    assert expecting(server, "/small", 9, kind="text/csv").startswith(
        b"HTTP/1.1 415 ")


@pytest.mark.parametrize("fields, status", [
    ("Expect: 102-later", 417), ("expect: x", 417),
    ("Expect: 100-continue, more", 417), ("Expect: 100-Continue", 200),
    ("Expect: 100-continue\r\nExpect: 100-continue", 417),
])
@pytest.mark.parametrize("target", ["/small", "/closed"])
def test_another_expectation_is_417_whoever_asks(server, target, fields,
                                                 status):
    said = server.raw(f"POST {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"
                      f"Content-Type: {FORM}\r\nContent-Length: 3\r\n"
                      "Connection: close\r\n\r\nv=a".encode())
    *interim, last = [line[:3] for line in said.split(b"HTTP/1.1 ")[1:]]
    allowed = b"401" if target == "/closed" else b"200"
    assert last == (b"417" if status == 417 else allowed), said
    assert interim == ([b"100"] if last == b"200" else [])


@pytest.mark.parametrize("target", ["/small", "/closed", "/in/same"])
def test_a_target_that_is_too_long_is_414(server, target):
    """httpd's own, before there is a route: LimitRequestLine."""
    fits = post(server, target + "?a=" + "a" * 8000, b"v=a")
    assert fits.status == (401 if target == "/closed" else 200)
    said = server.raw(f"POST {target}?{'a' * 8200} HTTP/1.1\r\nHost: a\r\n"
                      "\r\n".encode())
    assert said.startswith(b"HTTP/1.1 414 ")
    assert b"WWW-Authenticate" not in said


@pytest.mark.parametrize("target, kind, status", [
    ("/json", "application/json", 200), ("/json", FORM, 415),
    ("/json", "application/json; charset=utf-8", 200),
    ("/json", "application/json; charset=latin1", 415),
    ("/json", "APPLICATION/JSON", 200),
    ("/json", "application/jsonx", 415), ("/json", "application/", 415),
    ("/json/form", FORM, 200), ("/json/form", "application/json", 415),
    ("/json/form", "text/plain", 415), ("/json/text", "text/csv", 415),
    ("/json/none", "application/json", 200), ("/json/none", FORM, 415),
])
def test_consumes_decides_which_type_is_taken(server, target, kind, status):
    body = b'{"v": "a"}' if "json" in kind.lower() else b"v=a"
    assert post(server, target, body, kind).status == status


def test_a_415_names_what_is_taken(server):
    refused = post(server, "/json/form", b"{}", "application/json")
    assert refused.headers["Accept"] == f"{FORM}, text/*"
    refused = post(server, "/default", b"x", "image/png")
    assert FORM in refused.headers["Accept"]


def test_a_body_without_a_type_is_415_and_an_empty_one_is_not(server):
    answer = server.raw(b"POST /default?v=a HTTP/1.0\r\nHost: a\r\n"
                        b"Content-Length: 3\r\n\r\nv=b")
    assert answer.startswith(b"HTTP/1.1 415 ")
    answer = server.raw(b"POST /default?v=abc HTTP/1.0\r\nHost: a\r\n"
                        b"Content-Length: 0\r\n\r\n")
    assert answer.endswith(b"3")


# ---- compressed ------------------------------------------------------------
def zipped(server, target, data, **options):
    return post(server, target, data, headers={"Content-Encoding": "gzip"},
                **options)


def test_a_body_that_httpd_inflates_is_read(server):
    answer = zipped(server, "/in/same", gzip.compress(b"v=hello"))
    assert answer.text == "5"


def test_the_limit_counts_inflated_bytes(server):
    text = b"v=" + bytes(i * i % 251 % 26 + 97 for i in range(1023))
    answer = zipped(server, "/in/same", gzip.compress(text))
    assert answer.status == 413


@pytest.mark.parametrize("target, size", [("/in/same", 10), ("/in/wide", 50)])
def test_a_bomb_is_413(server, target, size):
    bomb = gzip.compress(b"v=" + b"x" * (size << 20))
    server.allowed.append("AH0264[89]")
    assert zipped(server, target, bomb).status == 413
    assert zipped(server, "/in/same", gzip.compress(b"v=a")).text == "1"


@pytest.mark.parametrize("data", [
    b"v=hello", GZIPPED[:-5], GZIPPED[:15], GZIPPED + b"more",
    b"\x1f\x8b" + b"\0" * 40,
])
def test_a_body_that_is_no_gzip_is_400(server, data):
    server.allowed.append("AH0(1387|1388|139.|248.|2619)")
    assert zipped(server, "/in/same", data).status == 400


def test_a_compressed_body_that_nobody_inflates_is_415(server):
    assert zipped(server, "/default", gzip.compress(b"v=a")).status == 415


@pytest.mark.parametrize("fields", [
    "Content-Length: 50", "Content-Length: 3\r\nContent-Length: 4",
    "Content-Length: -1", "Content-Length: 99999999999999999999",
    "Content-Length: 3\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked, identity", "Transfer-Encoding: gzip",
])
def test_a_body_whose_length_is_a_lie_is_no_success(server, fields):
    head = (f"POST /default HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n"
            f"{fields}\r\n\r\nv=a")
    answer = server.raw(head.encode())
    assert not answer.startswith(b"HTTP/1.1 2"), answer
    assert post(server, "/default", "v=abc").text == "3"
