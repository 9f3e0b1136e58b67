# SPDX-License-Identifier: Apache-2.0
"""Multipart forms: their fields as arguments, and what attackers make."""

import email.mime.multipart
import email.mime.text
import email.policy
import gzip
import random
import shutil
import socket
import subprocess

import pytest

from conftest import problem
from httpd import connections, wait_for

ROUTES = """\
routes 1
public
limit body 1MB

record Page { size: int(1..99) = 10, tag: list<str>(..3) }

POST /arg    -> app:show(v: str)
POST /form   -> app:show(v: int(1..9) from form)
POST /list   -> app:show(v: list<int>)
POST /page   -> app:show(v: Page from form)
POST /two    -> app:two(a: str = "x", b: bool?, q: str? from query)
POST /raw    -> app:raw(raw: bytes from raw, v: str from form)
POST /only   -> app:show(v: str) consumes form
POST /tight  -> app:show(v: str) limit body 1KB
POST /large  -> app:size(v: str) override limit body 3MB
POST /json   -> app:show(v: json)
location /closed {
    require user
    auth staff
    POST /x -> app:show(v: str)
}
realm staff = basic { file "users" }
"""

PYTHON = """
def show(v):
    return {"v": v}
def size(v):
    return len(v)
def two(a, b, q):
    return [a, b, q]
def raw(raw, v):
    return [len(raw), v]
"""

FORM = {"Content-Type": "multipart/form-data; boundary=xYz"}
# As Chromium 120 sends <form enctype=multipart/form-data> with two fields, the
# name of one of them with a quote in it, and no file chosen.
CHROMIUM = (
    b"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
    b'Content-Disposition: form-data; name="a"\r\n\r\nna\xc3\xafve\r\n'
    b"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
    b'Content-Disposition: form-data; name="say %22x%22"\r\n\r\n1\r\n'
    b"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
    b'Content-Disposition: form-data; name="file"; filename=""\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\r\n"
    b"------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n")


def part(name, data, *lines):
    head = [f'Content-Disposition: form-data; name="{name}"', *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def body(*parts):
    return (b"".join(b"--xYz\r\n" + one + b"\r\n" for one in parts)
            + b"--xYz--\r\n")


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("users", ada="secret")
    return shared.serve(
        ROUTES, modules=("deflate", "filter", "http2", "authn_core"),
        config="Protocols h2c http/1.1\n<Location /large>\n"
               "SetInputFilter DEFLATE\n</Location>")


def send(server, path, *parts, **headers):
    return server.request("POST", path, body=body(*parts),
                          headers={**FORM, **headers})


# ---- fields -----------------------------------------------------------------

def test_fields_are_arguments(server):
    for path, parts, want in [
            ("/arg", [part("v", b"x")], {"v": "x"}),
            ("/arg", [part("v", b"")], {"v": ""}),
            ("/arg", [part("v", b"a\r\nb\0")], {"v": "a\r\nb\0"}),
            ("/form", [part("v", b"9")], {"v": 9}),
            ("/list", [part("v", b"1"), part("v", b""), part("v", b"2")],
             {"v": [1, 2]}),
            ("/page", [part("size", b"5"), part("tag", b"a")],
             {"v": {"size": 5, "tag": ["a"]}}),
            ("/two", [part("b", b"on")], ["x", True, None]),
            ("/two?q=1&b=off", [part("a", b"y")], ["y", False, "1"]),
            ("/two", [part("b", b"")], ["x", None, None])]:
        answer = send(server, path, *parts)
        assert answer.status == 200 and answer.json == want, (path, answer)
    form = body(part("v", b"x"))
    assert send(server, "/raw", part("v", b"x")).json == [len(form), "x"]


def test_the_faults_are_those_of_any_form(server):
    for path, parts, want in [
            ("/arg", [], {("body", "v", "missing")}),
            ("/arg", [part("v", b"1"), part("v", b"2")],
             {("body", "v", "duplicate")}),
            ("/arg?v=1", [part("v", b"2")], {("body", "v", "duplicate")}),
            ("/arg", [part("v", b"\xff")], {("body", "v", "encoding")}),
            ("/arg", [part("v", b"\xc0\x80")], {("body", "v", "encoding")}),
            ("/form", [part("v", b"10")], {("body", "v", "range")}),
            ("/form", [part("v", b"x")], {("body", "v", "type")}),
            ("/list", [part("v", b"1"), part("v", b"x")],
             {("body", "v[1]", "type")}),
            ("/page", [part("size", b"0"), *[part("tag", b"x")] * 4],
             {("body", "size", "range"), ("body", "tag", "length")}),
            ("/arg", [part("v", b"x", "Content-Type: text/x; charset=koi8-r")],
             {("body", "v", "encoding")}),
            ("/arg", [part("_charset_", b"windows-1252"), part("v", b"x")],
             {("body", "", "encoding")}),
            ("/arg", [part("v", b"x", "Content-Type: multipart/mixed; "
                           "boundary=c")], {("body", "v", "type")})]:
        assert problem(send(server, path, *parts)) == want, (path, parts)


def test_a_form_is_taken_where_the_route_says(server):
    assert send(server, "/only", part("v", b"x")).status == 415
    answer = send(server, "/json", part("v", b"x"))
    assert answer.status == 415
    assert answer.headers["Accept"] == "application/json"
    answer = server.request("POST", "/arg", body="x",
                            headers={"Content-Type": "text/plain"})
    assert answer.headers["Accept"] == ("application/x-www-form-urlencoded, "
                                        "multipart/form-data, "
                                        "application/json")


# ---- what is no form --------------------------------------------------------

@pytest.mark.parametrize("type", [
    "multipart/form-data", "multipart/form-data; boundary=",
    'multipart/form-data; boundary="xYz', "multipart/form-data; boundary=\"\"",
    "multipart/form-data; boundary=xYz; boundary=z",
    "multipart/form-data; boundary=" + "x" * 71,
    "multipart/form-data; boundary=other"])
def test_a_body_without_its_boundary_is_400(server, type):
    answer = server.request("POST", "/arg", body=body(part("v", b"x")),
                            headers={"Content-Type": type})
    assert problem(answer) == {("body", "", "type")}


def test_every_cut_of_a_form_is_400(server):
    whole = body(part("v", b"x"), part("w", b"\r\n--xY"))
    link = server.connect()
    for length in range(1, len(whole) - 2):
        link.request("POST", "/arg", whole[:length], FORM)
        answer = link.getresponse()
        assert answer.status == 400, length
        assert b'"type"' in answer.read()
    link.close()


def test_malformed_parts_are_400(server):
    for sent in [
            b"--xYz\r\n\r\nx\r\n--xYz--", b"--xYz\r\nno colon\r\n\r\nx",
            body(b"Content-Disposition: form-data\r\n\r\nx"),
            body(b"Content-Disposition: form-data; name=v; name=w\r\n\r\nx"),
            body(b'Content-Disposition: form-data; name="v\r\n\r\nx'),
            body(b"Content-Disposition: form-data; name=v\r\n"
                 b"Content-Disposition: form-data; name=v\r\n\r\nx"),
            body(b"Content-Disposition: form-data;\r\n name=v\r\n\r\nx"),
            body(b"Content-Disposition: form-data; name=v\0\r\n\r\nx"),
            body(part("v", b"eA==", "Content-Transfer-Encoding: base64")),
            body(part("v", b"x")).replace(b"\r\n", b"\n"),
            body(part("v", b"x")).replace(b"--xYz\r", b"--xYzz\r")]:
        answer = server.request("POST", "/arg", body=sent, headers=FORM)
        assert problem(answer) == {("body", "", "type")}, sent


def test_many_parts_and_long_headers_are_400(server):
    for sent in [
            body(*[part("w", b"")] * 10001),
            body(part("v", b"", "X: " + "y" * 4096)),
            body(part("v" * 5000, b""))]:
        answer = server.request("POST", "/arg", body=sent, headers=FORM)
        assert problem(answer) == {("body", "", "too-many")}
    # 100,000 fields: the answer comes while they still do
    many = b"".join(b"--xYz\r\n" + part("w", b"") + b"\r\n"
                    for _ in range(100000))
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /large HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                     b"chunked\r\nContent-Type: " + FORM["Content-Type"]
                     .encode() + b"\r\n\r\n%x\r\n" % len(many) + many[:900000])
        assert link.recv(65536).startswith(b"HTTP/1.1 400 ")
    answer = send(server, "/list", *[part("v", b"1")] * 9999)
    assert len(answer.json["v"]) == 9999


def test_the_limit_of_the_body_holds_while_it_arrives(server):
    assert send(server, "/tight", part("v", bytes(1000))).status == 413
    sent = iter([body(part("v", bytes(100)))[:150]] + [bytes(500)] * 3)
    answer = server.request("POST", "/tight", body=sent, headers=FORM,
                            encode_chunked=True)
    assert answer.status == 413
    # a boundary that never comes, in a preamble and in a part
    for lead in (b"", b"--xYz\r\n" + part("v", b"")):
        answer = server.request("POST", "/large", body=lead + bytes(3145729),
                                headers=FORM)
        assert answer.status == 413
    assert send(server, "/large", part("v", b"x" * 3000000)).json == 3000000
    text = random.Random(1).randbytes(100000).hex().encode()
    packed = gzip.compress(body(part("v", text)))
    answer = server.request("POST", "/large", body=packed, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.json == 200000


def test_nothing_is_read_before_authorisation(server):
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /closed/x HTTP/1.1\r\nHost: a\r\nContent-Length: "
                     b"500\r\nExpect: 100-continue\r\nContent-Type: "
                     + FORM["Content-Type"].encode() + b"\r\n\r\n")
        assert link.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_a_client_that_hangs_up_is_no_error(server):
    sent = body(part("v", b"x" * 1000))
    for cut in (0, 1, 30, 500, len(sent) - 1):
        with socket.create_connection(("127.0.0.1", server.port), 20) as link:
            link.sendall(b"POST /arg HTTP/1.1\r\nHost: a\r\nContent-Length: "
                         b"%d\r\nContent-Type: " % len(sent)
                         + FORM["Content-Type"].encode() + b"\r\n\r\n"
                         + sent[:cut])
    wait_for(lambda: connections(server.port) == 0, "closed connections")
    assert send(server, "/arg", part("v", b"x")).status == 200


# ---- real clients -----------------------------------------------------------

def test_a_form_of_chromium(server):
    answer = server.request("POST", "/two", body=CHROMIUM, headers={
        "Content-Type": "multipart/form-data; "
                        "boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"})
    assert answer.json == ["na\u00efve", None, None]


def test_a_form_of_python(server):
    form = email.mime.multipart.MIMEMultipart("form-data")
    for name, text in (("a", "x\n\ny"), ("b", "true")):
        field = email.mime.text.MIMEText(text, "plain", "us-ascii")
        del field["MIME-Version"]
        field.add_header("Content-Disposition", "form-data", name=name)
        form.attach(field)
    sent = form.as_bytes(policy=email.policy.HTTP)
    head, _, data = sent.partition(b"\r\n\r\n")
    type = email.message_from_bytes(head)["Content-Type"]
    assert b"us-ascii" in data      # which is inside UTF-8
    answer = server.request("POST", "/two", body=data,
                            headers={"Content-Type": type})
    assert answer.status == 200, answer
    assert answer.json == ["x\r\n\r\ny", True, None]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize("version", ["--http1.1", "--http2-prior-knowledge"])
def test_curl_sends_forms(server, version):
    def curl(path, *words):
        return subprocess.run(
            ["curl", "-sS", version, "-w", " %{http_code}",
             f"http://127.0.0.1:{server.port}{path}", *words],
            check=True, text=True, capture_output=True).stdout
    assert curl("/two", "-F", "a=x y", "-F", "b=1") == '["x y",true,null] 200'
    assert curl("/arg", "-F", "w=1").endswith(" 400")
    if version == "--http1.1":      # mod_http2 may reset the stream instead
        assert curl("/tight", "-F", "v=" + "x" * 2000).endswith(" 413")
