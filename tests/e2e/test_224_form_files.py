# SPDX-License-Identifier: Apache-2.0
"""request.form of a multipart body: texts, files, and what attackers send."""

import gzip
import hashlib
import os
import random
import socket
import subprocess

import pytest

from httpd import connections, held, nothing_left, wait_for

LARGE = 200_000                 # bytes: past what stays in memory
ROUTES = """\
routes 1
public
limit body 4MB

POST /form   -> app:form(req: request)
POST /type   -> app:types(req: request)
POST /hash   -> app:digest(req: request)
POST /save   -> app:save(req: request, to: str from query)
POST /keep   -> app:keep(req: request)
GET  /kept   -> app:kept
POST /lines  -> app:lines(req: request) returns stream
POST /caught -> app:caught(req: request)
POST /json   -> app:load(req: request)
POST /tight  -> app:form(req: request) limit body 1KB
POST /fail   -> app:fail(req: request)
POST /unread -> app:unread(req: request)
POST /both   -> app:both(req: request, a: str from form, f: upload)
POST /some   -> app:some(req: request, a: str from form)
POST /few    -> app:few(a: str from form)
POST /raw    -> app:raw(req: request, body: bytes from raw)
POST /bytes  -> app:only(body: bytes from raw)
POST /field  -> app:field(req: request, body: bytes from raw,
                          a: str from form)
"""

PYTHON = r"""
import hashlib
import apache

kept_ones = []

def shown(f):
    return [f.filename, f.content_type, f.size, f.read(50).decode("latin-1")]
def form(req):
    f = req.form
    assert req.form is f and f.files is f.files
    return [{name: f.getlist(name) for name in f},
            {name: [shown(one) for one in f.files.getlist(name)]
             for name in f.files}]
def types(req):
    f = req.form
    assert isinstance(f, apache.Form) and isinstance(f.files, apache.Form)
    assert isinstance(f.files["f"], apache.Upload)
    assert f.files["f"] is f.files.getfirst("f") is f.files.get("f")
    f.files["f"].form = f       # a cycle, for the collector
    try:
        f.files = None
    except AttributeError:
        return [len(f), len(f.files), "f" in f, "f" in f.files,
                f.get("f", 5), hasattr(f.files, "files"), repr(f.files)]
def digest(req):
    f = req.form.files["f"]
    found = hashlib.sha256()
    while piece := f.read(10000):
        found.update(piece)
    return [f.size, found.hexdigest(), req.form.getfirst("a")]
def save(req, to):
    req.form.files["f"].save(to)
def keep(req):
    kept_ones.append(req.form)
    return req.form.files["f"].read(1)
def kept():
    form = kept_ones[-1]
    f = form.files["f"]
    if not f.closed:
        return []
    kept_ones.pop()
    told = [f.closed, f.filename, form["a"]]
    try:
        f.read()
    except ValueError:
        told.append("ValueError")
    return told
def lines(req):
    for line in req.form.files["f"]:
        yield line
def caught(req):
    told = []
    for _ in range(2):
        try:
            req.form
        except apache.BodyError as error:
            told.append([error.status, str(error)])
    return told
def load(req):
    try:
        req.json()
    except apache.BodyError as error:
        return [error.status, len(req.form.files)]
def fail(req):
    req.form
    raise RuntimeError("no")
def unread(req):
    return "unread"
def both(req, a, f):
    assert req.form.files["f"] is f
    f.seek(2)
    return [a, req.form.keys(), req.form["a"],
            req.form.files["f"].read().decode(), req.form.files.keys()]
def some(req, a):
    return [a, *form(req)]
def few(a):
    return [a, *form(apache.request())]
def raw(req, body):
    return [len(body), *form(req)]
def only(body):
    return [len(body)]
def field(req, body, a):
    return [len(body), a, req.form["a"]]
"""

TYPE = "multipart/form-data; boundary=xYz"
FORM = {"Content-Type": TYPE}


def part(name, data, filename=None, *lines):
    text = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        text += f'; filename="{filename}"'
    return "\r\n".join([text, *lines]).encode() + b"\r\n\r\n" + data


def body(*parts):
    return (b"".join(b"--xYz\r\n" + one + b"\r\n" for one in parts)
            + b"--xYz--\r\n")


def blob(size, seed=1):
    return random.Random(seed).randbytes(size)


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    temp = shared.writable("temp")
    # one child, so that /kept meets what /keep left
    made = shared.serve(ROUTES, modules=("deflate", "filter", "http2"),
                        config="""
        Protocols h2c http/1.1
        <Location /hash>
            SetInputFilter DEFLATE
        </Location>
        StartServers 1
        ServerLimit 1
        ThreadsPerChild 25
        MinSpareThreads 1
        MaxRequestWorkers 25""", environ={"TMPDIR": str(temp)})
    made.temp = temp
    made.up = shared.writable("up")
    return made


def send(server, path, *parts, **headers):
    return server.request("POST", path, body=body(*parts),
                          headers={**FORM, **headers})


# ---- what arrives -----------------------------------------------------------

@pytest.mark.parametrize("parts, texts, files", [
    ([], {}, {}),
    ([part("a", b"1"), part("b", b""), part("a", b"2")],
     {"a": ["1", "2"], "b": [""]}, {}),
    ([part("a", "é\r\n\0".encode())], {"a": ["é\r\n\0"]}, {}),
    ([part("", b"x")], {"": ["x"]}, {}),
    ([part("a", b"x", None, "Content-Type: text/x; charset=UTF-8")],
     {"a": ["x"]}, {}),
    ([part("f", b"hi", "a.txt", "Content-Type: text/plain")], {},
     {"f": [["a.txt", "text/plain", 2, "hi"]]}),
    ([part("f", b"1", "a"), part("f", b"", "b"), part("f", b"text")],
     {"f": ["text"]}, {"f": [["a", "application/octet-stream", 1, "1"],
                             ["b", "application/octet-stream", 0, ""]]}),
    ([part("f", b"", "", "Content-Type: application/octet-stream")], {}, {}),
    ([part("_charset_", b"utf-8"), part("a", b"x")], {"a": ["x"]}, {}),
    ([part("f", b"", "../../etc/passwd")], {},
     {"f": [["passwd", "application/octet-stream", 0, ""]]}),
])
def test_a_form_has_texts_and_files(server, parts, texts, files):
    for path in ("/form", "/raw"):
        answer = send(server, path, *parts)
        assert answer.status == 200 and answer.json[-2:] == [texts, files]
    answer = server.request("POST", "/form", headers=FORM,
                            body=(bytes([one]) for one in body(*parts)),
                            encode_chunked=True)
    assert answer.json == [texts, files]


def test_a_text_is_never_a_file(server):
    assert send(server, "/type", part("f", b"", "x")).json == [
        0, 1, False, True, 5, False, "<apache.Form of 1>"]


def test_other_bodies_have_no_files(server):
    answer = server.request("POST", "/form", "a=1", {
        "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.json == [{"a": ["1"]}, {}]
    assert server.request("POST", "/form").json == [{}, {}]


def test_large_files_are_the_same_bytes(server):
    for size in (65535, 65536, 65537, LARGE, 3 * 1024 * 1024):
        data = blob(size, size)
        want = [size, hashlib.sha256(data).hexdigest(), "x"]
        parts = part("a", b"x"), part("f", data, "n")
        assert send(server, "/hash", *parts).json == want
        packed = gzip.compress(body(*parts), 1)
        answer = server.request("POST", "/hash", packed, {
            **FORM, "Content-Encoding": "gzip"})
        assert answer.json == want
    nothing_left(server)


def test_a_file_is_saved_and_streamed(server):
    data = b"".join(b"line %d\n" % n for n in range(20000))
    one = part("f", data, "n")
    assert send(server, "/lines", one).body == data
    path = server.up / "saved"
    assert send(server, f"/save?to={path}", one).status == 204
    assert path.read_bytes() == data


@pytest.mark.parametrize("size", [5, LARGE])
def test_files_are_closed_when_their_request_ends(server, size):
    parts = part("a", b"x"), part("f", blob(size), "n")
    assert send(server, "/keep", *parts).status == 200
    # the pool of the request goes a moment after its answer
    answer = wait_for(lambda: server.get("/kept").json, "the end")
    assert answer == [True, "n", "x", "ValueError"]
    nothing_left(server)


# ---- what arguments have read -----------------------------------------------

@pytest.mark.parametrize("size", [5, LARGE])
def test_the_parts_are_shared_with_the_arguments(server, size):
    answer = send(server, "/both", part("a", b"1"), part("x", b"2"),
                  part("f", b"z" * size, "n"), part("g", b"3", "n"))
    assert answer.json == ["1", ["a", "x"], "1", "z" * (size - 2),
                           ["f", "g"]]
    nothing_left(server)


def test_who_takes_the_request_has_what_no_argument_declares(server):
    sent = [part("x", b"1"), part("a", b"2"), part("x", b"3"),
            part("f", b"4", "n"), part("f", b"5", "m"), part("g", b"", "")]
    files = {"f": [["n", "application/octet-stream", 1, "4"],
                   ["m", "application/octet-stream", 1, "5"]]}
    assert send(server, "/some", *sent).json == \
        ["2", {"x": ["1", "3"], "a": ["2"]}, files]
    assert send(server, "/few", *sent).json == ["2", {"a": ["2"]}, {}]


def test_an_undeclared_part_is_no_fault_of_the_arguments(server):
    bad = part("x", b"\xff")
    assert send(server, "/few", part("a", b"2"), bad).json == \
        ["2", {"a": ["2"]}, {}]
    assert send(server, "/some", part("a", b"2"), bad).status == 400


def test_undeclared_parts_have_their_limits(server):
    files = [part("f", b"", "n")] * 101
    assert send(server, "/some", part("a", b"2"), *files).status == 400
    long = part("x", b"x" * (1 << 20))
    assert send(server, "/some", part("a", b"2"), long).status == 413
    assert send(server, "/few", part("a", b"2"), long).json[0] == "2"


def test_a_raw_body_is_a_form_too(server):
    sent = [part("a", b"1"), part("f", blob(LARGE), "n")]
    length = len(body(*sent))
    assert send(server, "/raw", *sent).json[:2] == [length, {"a": ["1"]}]
    assert send(server, "/field", *sent).json == [length, "1", "1"]
    nothing_left(server)


def test_a_raw_body_may_be_no_form(server):
    """Only who asks for the form is told."""
    assert server.request("POST", "/raw", b"--xY", FORM).status == 400
    answer = server.request("POST", "/bytes", b"--xY", FORM)
    assert answer.json == [4]


def test_json_and_form_are_of_one_body(server):
    assert send(server, "/json", part("f", b"", "n")).json == [415, 1]


# ---- what is no form, and what is too much ----------------------------------

@pytest.mark.parametrize("kind", [
    "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=xYz; boundary=z",
    "multipart/form-data; boundary=" + "x" * 71,
    "multipart/form-data; boundary=other"])
def test_a_body_without_its_boundary_is_400(server, kind):
    whole = body(part("a", b"x"))
    assert server.request("POST", "/form", whole,
                          {"Content-Type": kind}).status == 400
    answer = server.request("POST", "/caught", whole, {"Content-Type": kind})
    assert answer.json == [
        [400, "the body is no multipart/form-data that is whole"]] * 2


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=xYz",
                                  "multipart/form-datax; boundary=xYz"])
def test_other_types_are_415(server, kind):
    assert server.request("POST", "/form", body(part("a", b"x")),
                          {"Content-Type": kind}).status == 415


def test_every_cut_of_a_form_is_400(server):
    whole = body(part("a", b"x"), part("f", b"\r\n--xY", "n"))
    link = server.connect()
    for length in range(1, len(whole) - 2):
        link.request("POST", "/form", whole[:length], FORM)
        answer = link.getresponse()
        answer.read()
        assert answer.status == 400, length
    link.close()


@pytest.mark.parametrize("sent", [
    part("a", b"\xff"), part("a", b"\xc0\x80"),
    b"Content-Disposition: form-data; name=\"\xff\"\r\n\r\nx",
    b"Content-Disposition: form-data; name=\"\xff\"; filename=n\r\n\r\nx",
    b"Content-Disposition: form-data; name=f; filename=\"\xff\"\r\n\r\nx",
    b"Content-Disposition: form-data; name=f; "
    b"filename*=iso-8859-1''%E9\r\n\r\nx",
    part("f", b"", "a\tb"), part("f", b"", "n", "Content-Type: \x7f"),
    part("a", b"x", None, "Content-Type: text/x; charset=koi8-r"),
    part("a", b"x", None, "Content-Type: multipart/mixed; boundary=c"),
    part("_charset_", b"koi8-r"), b"no colon\r\n\r\nx", b"\r\nx",
    b"Content-Disposition: form-data\r\n\r\nx",
    part("a", b"eA==", None, "Content-Transfer-Encoding: base64"),
    part("a", b"", None, "X: " + "y" * 4096),
])
def test_malformed_parts_are_400(server, sent):
    for path in ("/form", "/raw"):
        for parts in [sent], [sent, part("g", b"x", "n")]:
            assert send(server, path, *parts).status == 400
    nothing_left(server)


def test_the_number_of_parts_and_files_is_limited(server):
    answer = send(server, "/form", *[part("a", b"")] * 10000)
    assert len(answer.json[0]["a"]) == 10000
    assert send(server, "/form", *[part("a", b"")] * 10001).status == 400
    large = part("f", bytes(70000), "n")
    files = [part("f", b"", "n")] * 98 + [large]
    answer = send(server, "/form", *files, part("f", b"", "n"))
    assert len(answer.json[1]["f"]) == 100
    answer = send(server, "/caught", *files, *[large] * 2)
    assert answer.json == [[400, "the form has too many parts or files"]] * 2
    nothing_left(server)


def test_the_bytes_of_body_and_texts_are_limited(server):
    assert send(server, "/form", part("a", bytes(1048576))).status == 200
    assert send(server, "/form", part("a", bytes(1048577))).status == 413
    assert send(server, "/form", *[part("a", bytes(1000))] * 1049
                ).status == 413
    assert send(server, "/raw", part("a", bytes(1048577))).status == 413
    assert send(server, "/tight", part("f", bytes(500), "n")).status == 200
    assert send(server, "/tight", part("f", bytes(1000), "n")).status == 413
    sent = iter([body(part("f", bytes(100), "n"))[:120]] + [bytes(500)] * 3)
    answer = server.request("POST", "/tight", body=sent, headers=FORM,
                            encode_chunked=True)
    assert answer.status == 413
    # a boundary that never comes, in a preamble, in a text and in a file
    for lead in (b"", b"--xYz\r\n" + part("a", b""),
                 b"--xYz\r\n" + part("f", b"", "n")):
        sent = iter([lead, *[bytes(100_000)] * 45])
        answer = server.request("POST", "/caught", body=sent, headers=FORM,
                                encode_chunked=True)
        assert [status for status, _ in answer.json] == [413, 413]
    nothing_left(server)


def test_a_client_sees_413_while_it_still_sends(server):
    lead = body(part("a", bytes(1048577)))[:-9]
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: "
                     b"4000000\r\nContent-Type: " + TYPE.encode()
                     + b"\r\n\r\n" + lead)
        answer = link.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"Connection: close" in answer


def test_a_compressed_form_is_inflated_by_httpd_or_refused(server):
    packed = gzip.compress(body(part("f", bytes(100), "n")))
    answer = server.request("POST", "/form", body=packed, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.status == 415
    server.expect("AH02649")
    bomb = gzip.compress(body(part("f", bytes(20_000_000), "n")))
    answer = server.request("POST", "/hash", body=bomb, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.status == 413
    nothing_left(server)


# ---- when it is read, and what is left --------------------------------------

def test_nothing_is_read_before_it_is_asked_for(server):
    sent = body(part("a", b"x"))
    head = (b"POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n"
            b"Content-Type: " + TYPE.encode() + b"\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head % (b"form", len(sent)))
        assert link.recv(100).startswith(b"HTTP/1.1 100")
        link.sendall(sent)
        assert b'[{"a":["x"]},{}]' in b"".join(
            iter(lambda: link.recv(4096), b""))
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(head % (b"unread", len(sent)))
        assert link.recv(100).startswith(b"HTTP/1.1 200")


def test_a_client_that_hangs_up_leaves_nothing(server):
    sent = body(part("a", b"x"), part("f", blob(LARGE), "n"))
    head = (b"POST /hash HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n"
            b"Content-Type: " % len(sent) + TYPE.encode() + b"\r\n\r\n")
    for cut in (1, 40, 100, 70000, 150000, len(sent) - 30, len(sent) - 1):
        with socket.create_connection(("127.0.0.1", server.port), 20) as link:
            link.sendall(head + sent[:cut])
            if cut == 150000:
                wait_for(lambda: held(server), "an upload in a file")
                assert os.listdir(server.temp) == []
    wait_for(lambda: connections(server.port) == 0, "closed connections")
    nothing_left(server)
    assert send(server, "/form").status == 200


def test_a_function_that_fails_leaves_nothing(server):
    server.expect("RuntimeError: no", "ROUTES0120", "Traceback",
                  "raise RuntimeError", "in fail")
    assert send(server, "/fail", part("f", blob(LARGE), "n")).status == 500
    nothing_left(server)


@pytest.fixture
def full(site):
    """A folder that is a file system of 100 KB."""
    folder = site.writable("full")
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k,mode=777", "none", folder],
        capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("no file system of one's own can be mounted")
    yield folder
    for server in site.servers:
        server.stop()
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_507_and_logged(site, full):
    site.write("app.py", "def f(req):\n    return req.form.files['f'].size\n")
    server = site.serve("routes 1\npublic\nPOST / -> app:f(req: request)\n",
                        environ={"TMPDIR": str(full)})
    assert send(server, "/", part("f", bytes(66000), "n")).json == 66000
    server.expect("No space left.*ROUTES0046")
    assert send(server, "/", part("f", blob(LARGE), "n")).status == 507
    server.temp = full
    nothing_left(server)        # a moment after the answer
    assert send(server, "/", part("f", bytes(66000), "n")).json == 66000
    nothing_left(server)


def test_a_child_that_starts_on_a_full_disk_holds_nothing_of_it(site, full):
    """It looks for a folder that it can write in, and takes another."""
    (full / "filler").write_bytes(bytes(102400))
    site.write("app.py", "def f(req):\n    return req.form.files['f'].size\n")
    server = site.serve("routes 1\npublic\nPOST / -> app:f(req: request)\n",
                        environ={"TMPDIR": str(full)})
    server.temp = full
    assert held(server) == [] and os.listdir(full) == ["filler"]
    assert send(server, "/", part("f", blob(LARGE), "n")).json == LARGE


def test_curl_sends_files(server):
    large = server.up / "large"
    large.write_bytes(b"0123456789" * 20000)
    for version in ("--http1.1", "--http2-prior-knowledge"):
        said = subprocess.run(
            ["curl", "-sS", version, f"http://127.0.0.1:{server.port}/form",
             "-F", f"f=@{large};type=text/x", "-F", "n=3", "-F", "n=4"],
            check=True, text=True, capture_output=True).stdout
        assert said == ('[{"n":["3","4"]},{"f":[["large","text/x",200000,"'
                        + "0123456789" * 5 + '"]]}]')
