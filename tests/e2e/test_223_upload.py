# SPDX-License-Identifier: Apache-2.0
"""Files of forms: as Python sees them, and as attackers send them."""

import gzip
import hashlib
import json
import os
import random
import socket
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from conftest import problem
from httpd import held, nothing_left, wait_for

LARGE = 200_000                 # bytes: past what stays in memory
ROUTES = """\
routes 1
public
limit body 4MB

type Photo = upload(1..300KB, "image/*", "application/pdf")

POST /one    -> app:show(f: upload)
POST /from   -> app:show(f: upload(..1MB) from file "the file")
POST /maybe  -> app:show(f: upload?)
POST /null   -> app:show(f: upload? = null)
POST /photo  -> app:show(f: Photo)
POST /tiny   -> app:show(f: upload(..100))
POST /many   -> app:names(fs: list<upload(..1MB)>(1..3))
POST /empty  -> app:names(fs: list<upload> = [])
POST /lot    -> app:names(fs: list<upload>)
POST /form   -> app:form(f: upload, n: int(1..9), tags: list<str> from form,
                         q: str?)
POST /hash   -> app:digest(f: upload(..3MB))
POST /path/{name} -> app:path(name, f: upload)
POST /read   -> app:read(f: upload, how: str from query)
POST /save   -> app:save(f: upload, to: str from query)
POST /keep   -> app:keep(f: upload)
GET  /kept   -> app:kept
POST /lines  -> app:lines(f: upload) returns stream
POST /agen   -> app:agen(f: upload) returns stream
POST /async  -> app:later(f: upload)
POST /echo   -> app:echo(f: upload)
POST /thread -> app:thread(f: upload)
POST /fail   -> app:fail(f: upload)
DELETE /del  -> app:show(f: upload from file)
"""

PYTHON = r"""
import apache
import asyncio
import csv
import hashlib
import io
import os
import threading
import zipfile

saved = []

def show(f):
    if f is None:
        return "absent"
    assert isinstance(f, apache.Upload) and isinstance(f, io.BufferedReader)
    return [f.filename, f.content_type, f.size, f.read(50).decode("latin-1")]
def names(fs):
    return [[f.filename, f.size, f.read(9).decode()] for f in fs]
def form(f, n, tags, q):
    return [f.read().decode(), n, tags, q]
def digest(f):
    found = hashlib.sha256()
    while piece := f.read(10000):
        found.update(piece)
    return [f.size, found.hexdigest(), f.tell()]
def path(name, f):
    return [name, f.filename]
def read(f, how):
    ways = {
        "seek": lambda: [f.seek(2), f.read(2), f.seek(-1, 2), f.read()],
        "lines": lambda: list(f),
        "line": lambda: [f.readline(), f.readline(2), f.tell()],
        "into": lambda: f.readinto(bytearray(3)),
        "peek": lambda: f.peek(1)[:1],
        "text": lambda: list(csv.reader(io.TextIOWrapper(f, "utf-8"))),
        "zip": lambda: zipfile.ZipFile(f).namelist(),
        "able": lambda: [f.readable(), f.writable(), f.seekable()],
        "write": lambda: f.write(b"x"),
        "with": lambda: with_it(f),
        "closed": lambda: [f.close(), f.closed, f.read()],
        "unsaved": lambda: [f.close(), f.save("/tmp/x")],
        "relative": lambda: f.save("x"),
        "nul": lambda: f.save("/tmp/a\0b"),
        "none": lambda: f.save(None),
        "folder": lambda: f.save(os.path.dirname(__file__) + "/up/in"),
        "nowhere": lambda: f.save("/nonexistent/x"),
        "own": lambda: apache.Upload(io.BytesIO(b"mine")).read(),
    }
    try:
        return repr(ways[how]())
    except Exception as error:
        return type(error).__name__
def with_it(f):
    with f as g:
        data = g.read()
    return g is f, data, f.closed
def save(f, to):
    f.read(3)
    umask = os.umask(0o027)
    os.umask(umask)
    f.save(to)
    f.save(to + ".2")
    return [f.tell(), umask]
def keep(f):
    saved.append(f)
    return f.read(1)
def kept():
    f = saved[-1]
    if not f.closed:
        return []
    saved.pop()
    told = [f.closed, f.filename]
    for use in (f.read, f.fileno, lambda: f.save("/tmp/x"), f.readline):
        try:
            use()
        except ValueError:
            told.append("ValueError")
    return told
def lines(f):
    for line in f:
        yield line
async def agen(f):
    while piece := f.read(1000):
        yield piece
        await asyncio.sleep(0)
async def later(f):
    await asyncio.sleep(0)
    return await asyncio.get_running_loop().run_in_executor(None, f.read)
def echo(f):
    return f
def thread(f):
    got = []
    def work():
        while piece := f.read(777):
            got.append(len(piece))
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(got)
def fail(f):
    raise RuntimeError("no")
"""


def part(name, data, filename=None, type=None, quote=True):
    text = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        text += f'; filename="{filename}"' if quote else f"; {filename}"
    if type is not None:
        text += f"\r\nContent-Type: {type}"
    return text.encode() + b"\r\n\r\n" + data


def body(*parts, boundary="xYz"):
    lead = f"--{boundary}\r\n".encode()
    return (b"".join(lead + one + b"\r\n" for one in parts)
            + f"--{boundary}--\r\n".encode())


FORM = {"Content-Type": "multipart/form-data; boundary=xYz"}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    up = shared.writable("up")
    (up / "in").mkdir()
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
    made.up, made.temp = up, temp
    return made


def send(server, path, *parts, **options):
    return server.request("POST", path, body=body(*parts),
                          headers={**FORM, **options})


def blob(size, seed=1):
    return random.Random(seed).randbytes(size)


def one(data, filename="a.txt", type="text/plain"):
    return part("f", data, filename, type)


def answers(server, cases):
    """What each of (path, parts, answer) gives."""
    for path, parts, want in cases:
        answer = send(server, path, *parts)
        got = answer.status
        if got == 200:
            got = answer.json if answer.type == "application/json" \
                else answer.text
        if isinstance(want, set):
            got = problem(answer)
        assert got == want, (path, parts, answer)


# ---- what arrives -----------------------------------------------------------

def test_an_upload_has_a_name_a_type_and_a_size(server):
    answers(server, [
        ("/one", [one(b"hello")], ["a.txt", "text/plain", 5, "hello"]),
        ("/one", [part("f", b"x", "a")],
         ["a", "application/octet-stream", 1, "x"]),
        ("/one", [one(b"")], ["a.txt", "text/plain", 0, ""]),
        ("/one", [one(b"\r\n--xYq\r\n-")],
         ["a.txt", "text/plain", 10, "\r\n--xYq\r\n-"]),
        ("/from", [part("the file", b"x", "a")],
         ["a", "application/octet-stream", 1, "x"]),
        ("/maybe", [part("g", b"x", "a")], "absent"),
        ("/null", [part("g", b"x", "a")], "absent"),
        ("/many", [part("fs", b"1", "a"), part("fs", b"22", "b")],
         [["a", 1, "1"], ["b", 2, "22"]]),
        ("/empty", [part("g", b"1")], []),
    ])


def test_a_field_without_a_chosen_file_is_absent(server):
    nothing = part("f", b"", "", "application/octet-stream")
    answers(server, [
        ("/one", [nothing], {("body", "f", "missing")}),
        ("/maybe", [nothing], "absent"),
        ("/many", [part("fs", b"", ""), part("fs", b"1", "a")],
         [["a", 1, "1"]]),
    ])


def test_a_form_has_texts_beside_its_files(server):
    fields = [one(b"data"), part("n", b"7"), part("tags", b"x"),
              part("tags", "é".encode()), part("other", b"ignored")]
    answers(server, [
        ("/form", fields, ["data", 7, ["x", "é"], None]),
        ("/form?q=1", fields, ["data", 7, ["x", "é"], "1"]),
        ("/form?q=1", fields + [part("q", b"2")],
         {("body", "q", "duplicate")}),
        ("/form", [part("n", b"10"), part("tags", b"\xff"), part("f", b"x")],
         {("body", "n", "range"), ("body", "tags[0]", "encoding"),
          ("body", "f", "type")}),
        ("/path/x", [one(b"")], ["x", "a.txt"]),
    ])


def test_a_filename_is_never_a_path(server):
    for sent, name in [
            (r"C:\\Users\\me\\a.txt", "a.txt"), (r"C:\dir\a.txt", "a.txt"),
            ("/etc/passwd", "passwd"), ("../../x", "x"), ("a/..", ""),
            (".", ""), ("..", ""), ("x/", ""), ("%2e%2e%2fx", "%2e%2e%2fx"),
            ("na\u00efve \u65e5.txt", "na\u00efve \u65e5.txt"),
            ("say %22hi%22.txt", 'say "hi".txt'),
            (r"say \"hi\".txt", 'say "hi".txt'), ("100%.txt", "100%.txt"),
            ("a;b=c.txt", "a;b=c.txt")]:
        answer = send(server, "/path/x", part("f", b"", sent).replace(
            sent.encode("latin-1", "replace"), sent.encode()))
        assert answer.json == ["x", name], sent


def test_a_filename_may_be_of_rfc_8187(server):
    for sent, name in [
            ("filename*=UTF-8''na%C3%AFve.txt", "na\u00efve.txt"),
            ("filename=\"x\"; filename*=utf-8'en'%2Fa%2Fb", "b"),
            ("filename*=utf-8''a%22%3B; filename=\"y\"", 'a";')]:
        answer = send(server, "/path/x", part("f", b"", sent, quote=False))
        assert answer.json == ["x", name], sent
    for sent in ("filename*=iso-8859-1''%E9", "filename*=x", 'filename="%0a"',
                 "filename=\"\x7f\"", "filename*=utf-8''%ff"):
        answer = send(server, "/path/x", part("f", b"", sent, quote=False))
        assert problem(answer) == {("body", "f", "encoding")}, sent


def test_a_large_upload_is_a_file_and_the_same_bytes(server):
    for size in (65535, 65536, 65537, 70000, LARGE, 3 * 1024 * 1024):
        data = blob(size, size)
        answer = send(server, "/hash", one(data))
        assert answer.json == [size, hashlib.sha256(data).hexdigest(), size]


def test_many_cuts_of_one_body_are_the_same_upload(server):
    data = (b"\r\n--xY" + b"\r" * 7 + b"\r\n--xY-" + blob(90000)
            + b"\r\n\r\n--" * 900)
    want = [len(data), hashlib.sha256(data).hexdigest(), len(data)]
    sent = body(one(data))
    for seed in range(6):
        rest, pieces = sent, []
        cut = random.Random(seed)
        while rest:
            n = cut.choice((1, 2, 3, 70, 4000, 30000))
            pieces.append(rest[:n])
            rest = rest[n:]
        answer = server.request("POST", "/hash", body=iter(pieces),
                                headers=FORM, encode_chunked=True)
        assert answer.json == want


def test_a_compressed_form_is_inflated_by_httpd(server):
    data = blob(100000)
    packed = gzip.compress(body(one(data)))
    answer = server.request("POST", "/hash", body=packed, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.json[:2] == [100000, hashlib.sha256(data).hexdigest()]
    # where no filter does it, it is refused and none of it parsed
    answer = server.request("POST", "/one", body=packed, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.status == 415
    server.expect("AH02649")
    bomb = gzip.compress(body(one(bytes(20_000_000))))
    answer = server.request("POST", "/hash", body=bomb, headers={
        **FORM, "Content-Encoding": "gzip"})
    assert answer.status == 413


def test_only_a_form_is_taken_where_a_file_must_be(server):
    for type in ("application/json", "application/x-www-form-urlencoded",
                 "text/plain"):
        answer = server.request("POST", "/form", body="{}",
                                headers={"Content-Type": type})
        assert answer.status == 415
        assert answer.headers["Accept"] == "multipart/form-data"
    assert problem(server.request("POST", "/one")) == {
        ("body", "f", "missing")}
    answer = server.request("DELETE", "/del", body=body(one(b"x")),
                            headers=FORM)
    assert answer.json[2:] == [1, "x"]


# ---- as a file of Python's --------------------------------------------------

@pytest.mark.parametrize("size", [0, 70000])
def test_an_upload_is_a_file_of_io(server, size):
    data = b"one,1\ntwo,2\n"
    rest = [] if not size else [part("other", b"x")]
    def read(how, content=data):
        return send(server, f"/read?how={how}", one(content), *rest).text
    assert read("seek") == "[2, b'e,', 11, b'\\n']"
    assert read("lines") == "[b'one,1\\n', b'two,2\\n']"
    assert read("line") == "[b'one,1\\n', b'tw', 8]"
    assert read("into") == "3"
    assert read("peek") == "b'o'"
    assert read("text") == "[['one', '1'], ['two', '2']]"
    assert read("able") == "[True, False, True]"
    assert read("write") == "UnsupportedOperation"
    assert read("with") == "(True, b'one,1\\ntwo,2\\n', True)"
    assert read("own") == "b'mine'"
    for how in ("closed", "unsaved", "relative", "nul"):
        assert read(how) == "ValueError"
    assert read("none") == "TypeError"
    assert read("folder") == "IsADirectoryError"
    assert read("nowhere") == "FileNotFoundError"
    assert not [name for name in os.listdir(server.root)
                if name.startswith(".routes-")]


@pytest.mark.parametrize("size", [5, LARGE])
def test_save_makes_a_file_of_its_own(server, size):
    data = blob(size)
    path = server.up / f"saved-{size}"
    path.symlink_to("/etc/passwd")
    answer = send(server, f"/save?to={path}", one(data))
    position, umask = answer.json
    assert position == 3
    first, second = path, Path(f"{path}.2")
    for file in (first, second):
        assert file.read_bytes() == data and not file.is_symlink()
        info = file.stat()
        assert stat.S_IMODE(info.st_mode) == 0o666 & ~umask
        assert info.st_nlink == 1
    answer = send(server, f"/save?to={path}", one(b"new"))
    assert first.read_bytes() == b"new"
    assert not [name for name in os.listdir(server.up)
                if not name.startswith("saved-") and name != "in"]


def test_a_saved_file_may_be_on_another_file_system(server):
    path = f"/dev/shm/routes-save-{os.getpid()}"
    data = blob(LARGE)
    try:
        assert send(server, f"/save?to={path}", one(data)).status == 200
        assert Path(path).read_bytes() == data
    finally:
        for name in (path, f"{path}.2"):
            Path(name).unlink(missing_ok=True)


@pytest.mark.parametrize("size", [5, LARGE])
def test_an_upload_is_closed_when_its_request_ends(server, size):
    assert send(server, "/keep", one(blob(size))).status == 200
    # the pool of the request goes a moment after its answer
    answer = wait_for(lambda: server.get("/kept").json, "the end")
    assert answer == [True, "a.txt"] + ["ValueError"] * 4


def test_generators_coroutines_and_threads_read_it(server):
    data = b"".join(b"line %d\n" % n for n in range(20000))
    for path in ("/lines", "/agen", "/async", "/echo"):
        answer = send(server, path, one(data))
        assert answer.status == 200 and answer.body == data, path
    assert send(server, "/echo", one(b"few")).body == b"few"
    # by its descriptor, as any open file
    answer = send(server, "/echo", one(data), Range="bytes=7-13")
    assert answer.status == 206 and answer.body == data[7:14]
    assert send(server, "/thread", one(data)).json == len(data)


# ---- limits -----------------------------------------------------------------

def test_media_types_and_sizes_are_held_to(server):
    answers(server, [
        ("/photo", [one(b"x", "a.png", "image/png")],
         ["a.png", "image/png", 1, "x"]),
        ("/photo", [one(b"x", "a", "IMAGE/x; q=1")],
         ["a", "IMAGE/x; q=1", 1, "x"]),
        ("/photo", [one(b"x", "a", "text/plain")], {("body", "f", "type")}),
        ("/photo", [one(b"x", "a", None)], {("body", "f", "type")}),
        ("/photo", [one(b"", "a", "image/png")], {("body", "f", "length")}),
        ("/photo", [one(bytes(307200), "a", "image/png")],
         ["a", "image/png", 307200, "\0" * 50]),
        ("/photo", [one(bytes(307201), "a", "image/png")], 413),
        ("/tiny", [one(bytes(101))], 413),
        ("/many", [part("fs", b"", "a")] * 4, {("body", "fs[3]", "length"),
                                               }),
        ("/many", [part("x", b"", "a")], {("body", "fs", "missing")}),
        ("/one", [one(b"1"), one(b"2")], {("body", "f", "duplicate")}),
    ])


def test_open_files_of_one_form_are_limited(server):
    answer = send(server, "/lot", *[part("fs", b"", "a")] * 100)
    assert len(answer.json) == 100
    answer = send(server, "/lot", *[part("fs", b"", "a")] * 101)
    assert problem(answer) == {("body", "fs[100]", "too-many")}


def test_text_beside_files_has_a_limit_of_its_own(server):
    send(server, "/form", part("q", bytes(1048576))).status == 400
    answer = send(server, "/form", part("q", bytes(1048577)))
    assert answer.status == 413


def test_a_client_sees_413_while_it_still_sends(server):
    lead = body(one(bytes(200)))[:-12]
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"POST /tiny HTTP/1.1\r\nHost: a\r\nContent-Length: "
                     b"4000000\r\nContent-Type: " + FORM["Content-Type"]
                     .encode() + b"\r\n\r\n" + lead)
        answer = link.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"Connection: close" in answer


def test_100_continue_comes_after_size_and_type(server):
    def ask(length, type):
        with socket.create_connection(("127.0.0.1", server.port), 20) as link:
            link.sendall(f"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: "
                         f"{length}\r\nExpect: 100-continue\r\nContent-Type: "
                         f"{type}\r\n\r\n".encode())
            return link.recv(65536).split()[1]
    assert ask(100, FORM["Content-Type"]) == b"100"
    assert ask(5_000_000, FORM["Content-Type"]) == b"413"
    assert ask(100, "text/plain") == b"415"


# ---- what is left -----------------------------------------------------------

def test_a_client_that_hangs_up_leaves_nothing(server):
    sent = body(one(blob(LARGE)))
    head = (b"POST /hash HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n"
            b"Content-Type: " % len(sent) + FORM["Content-Type"].encode()
            + b"\r\n\r\n")
    for cut in (1, 40, 100, 70000, 150000, len(sent) - 30, len(sent) - 1):
        with socket.create_connection(("127.0.0.1", server.port), 20) as link:
            link.sendall(head + sent[:cut])
            if cut == 150000:
                wait_for(lambda: held(server), "an upload in a file")
                assert os.listdir(server.temp) == []
    nothing_left(server)
    assert send(server, "/one", one(b"x")).status == 200


def test_faults_and_failures_leave_nothing(server):
    large = part("f", blob(LARGE), "a")
    answer = send(server, "/form", large, part("n", b"0"))
    assert answer.status == 400
    assert server.request("POST", "/one", body=body(large)[:-9],
                          headers=FORM).status == 400
    server.expect("RuntimeError: no", "ROUTES0120", "Traceback",
                  "raise RuntimeError", "in fail")
    assert send(server, "/fail", large).status == 500
    nothing_left(server)


def test_parallel_uploads_do_not_mix(server):
    results = {}
    def work(seed):
        data = blob(90000 + seed, seed)
        answer = send(server, "/hash", one(data))
        results[seed] = answer.json[1] == hashlib.sha256(data).hexdigest()
    workers = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(results.values()) and len(results) == 12
    nothing_left(server)


def test_a_full_disk_is_507_and_logged(site):
    site.write("app.py", "def f(f):\n    return f.size\n")
    full = site.writable("full")
    # as root a real one, else a limit on the size of files, which is an EFBIG
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k,mode=777", "none", full],
        capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("no file system of one's own can be mounted")
    try:
        server = site.serve(
            "routes 1\npublic\nPOST / -> app:f(f: upload)\n",
            environ={"TMPDIR": str(full)})
        assert send(server, "/", one(bytes(66000))).json == 66000
        server.expect("No space left.*ROUTES0046")
        assert send(server, "/", one(bytes(LARGE))).status == 507
        server.temp = full
        nothing_left(server)    # a moment after the answer
        assert send(server, "/", one(bytes(66000))).json == 66000
        nothing_left(server)
    finally:
        server.stop()
        subprocess.run(["umount", full], check=True)


# ---- real clients -----------------------------------------------------------

def test_curl_sends_files(server):
    file = server.up / 'we"ird na\u00efve.txt'
    file.write_bytes(b"from curl")
    large = server.up / "large"
    large.write_bytes(b"0123456789" * 20000)
    url = f"http://127.0.0.1:{server.port}"
    def curl(path, *words):
        return json.loads(subprocess.run(
            ["curl", "-sS", url + path, *words], check=True, text=True,
            capture_output=True).stdout)
    got = curl("/form", "-F", f"f=@{large};type=text/x", "-F", "n=3", "-F",
               "tags=a", "-F", "tags=b")
    assert got[0] == "0123456789" * 20000 and got[1:] == [3, ["a", "b"], None]
    quoted = str(file).replace('"', r'\"')
    for words in ((), ("--form-escape",)):
        assert curl("/one", *words, "-F", f'f=@"{quoted}"') == [
            file.name, "text/plain", 9, "from curl"]
    assert curl("/one", "-F", "f=plain")["errors"][0]["code"] == "type"
    assert curl("/many", "-F", f"fs=@{large}", "-F", f'fs=@"{quoted}"') == [
        ["large", 200000, "012345678"], [file.name, 9, "from curl"]]
    got = curl("/hash", "--http2-prior-knowledge", "-F", f"f=@{large}")
    assert got[0] == 200000
    # chunked, and asked for 100-continue
    got = curl("/hash", "-H", "Transfer-Encoding: chunked", "-H",
               "Expect: 100-continue", "-F", f"f=@{large}")
    assert got[0] == 200000
