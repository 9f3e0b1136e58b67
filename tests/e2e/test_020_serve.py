# SPDX-License-Identifier: Apache-2.0
"""`routesc serve`: a private httpd in the foreground, uninstalled."""

import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
from pathlib import Path

import pytest

import tree
from httpd import children, free_port, wait_for

HELLO = ('routes 1\npublic\n'
         'GET /hello/{name} -> hello:greet(name, greeting: str = "hi")\n'
         'GET /who -> hello:who()\n')
HELLO_PY = """\
import os
def greet(name, greeting="hi"):
    return f"{greeting}, {name}!"
def who():
    print("somebody asks")
    return {"uid": os.getuid(), "ppid": os.getppid()}
"""
TERMINAL = 'routes 1\npublic\nGET /hello/{x} -> terminal:take(x)\n'
TERMINAL_PY = """\
import os
os.write(2, b"\\033]0;title\\007 caf\\xc3\\xa9 \\xc2\\x9b2J\\n")
def take(x):
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return "none"
    return "ours"
"""


class Serve:
    """One `routesc serve` and what it printed; options are Popen's."""

    def __init__(self, folder, *words, **options):
        self.port = free_port()
        self.out = folder / "serve.out"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [tree.routesc(), "serve", "app.routes", "--listen",
                 f"127.0.0.1:{self.port}", *words], cwd=folder, stdout=out,
                stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
                env=tree.environment(), **options)

    def get(self, target, method="GET"):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, target)
            response = link.getresponse()
            return response.status, response.read().decode()
        finally:
            link.close()

    def ready(self):
        def answers():
            assert self.process.poll() is None, self.said()
            try:
                return self.get("/hello/x")[0]
            except OSError:
                return None
        wait_for(answers, "routesc serve")
        return self

    def said(self):
        return self.out.read_text(errors="replace")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="routes-serve-"))
    made.chmod(0o755)
    (made / "app.routes").write_text(HELLO)
    (made / "hello.py").write_text(HELLO_PY)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def serve(folder):
    started = []

    def start(*words, folder=folder, **options):
        started.append(Serve(folder, *words, **options))
        return started[-1]
    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


def family(pid):
    found = [pid]
    for child in children(pid):
        found += family(child)
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(serve, number):
    server = serve().ready()
    assert server.get("/hello/world?greeting=hey") == (200, "hey, world!")
    pids = family(server.process.pid)
    assert server.stop(number) == 0, server.said()
    wait_for(lambda: not any(map(alive, pids)), "the end of its processes")
    with pytest.raises(OSError):
        server.get("/hello/x")


def test_a_table_that_is_mounted_is_loaded(serve, folder):
    (folder / "inner.routes").write_text(
        "routes 1\npublic\nGET /{name} -> hello:greet(name)\n")
    (folder / "app.routes").write_text(
        HELLO + "mount /in routes inner public\n")
    subprocess.run([tree.routesc(), "build", "inner.routes"], cwd=folder,
                   check=True, capture_output=True)
    server = serve("--table", "mod_inner.so").ready()
    assert server.get("/in/you")[0] == 200


def test_what_a_function_prints_is_shown(serve):
    server = serve().ready()
    assert server.get("/who")[0] == 200
    wait_for(lambda: "somebody asks" in server.said(), "the printed line")


def test_trace_is_off(serve):
    assert serve().ready().get("/who", "TRACE")[0] == 405


def test_it_ends_in_the_background_of_a_script_too(serve):
    def ignore():                       # as a shell does for `serve &`
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    server = serve(preexec_fn=ignore).ready()
    assert server.stop(signal.SIGINT) == 0


def test_the_functions_have_no_hold_on_the_terminal(serve, folder):
    """Who has a terminal can type on it, as the one who sits there: root."""
    (folder / "app.routes").write_text(TERMINAL)
    (folder / "terminal.py").write_text(TERMINAL_PY)
    ours, theirs = os.openpty()

    def take():                         # as the shell that started us has it
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    server = serve(preexec_fn=take, pass_fds=(theirs,)).ready()
    assert server.get("/hello/x") == (200, "none")
    assert server.stop() == 0
    raw = server.out.read_bytes()
    assert b"title" in raw and "café".encode() in raw
    assert not any(mark in raw for mark in (b"\033", b"\007", b"\xc2\x9b"))
    os.close(ours)
    os.close(theirs)


def test_its_output_may_be_a_socket(folder):
    ours, theirs = socket.socketpair()
    port = free_port()
    with ours, theirs:
        process = subprocess.Popen(
            [tree.routesc(), "serve", "app.routes", "--listen", str(port)],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs,
            stderr=theirs, env=tree.environment())
        ours.settimeout(60)
        said = b""
        while b"serving app.routes" not in said:
            said += ours.recv(4096)
        process.terminate()
        assert process.wait(30) == 0


def test_nothing_is_left_in_the_folder(serve, folder):
    before = {p.name for p in folder.iterdir()}
    serve().ready().stop()
    left = {p.name for p in folder.iterdir()} - before
    assert left <= {"serve.out"}


def test_it_says_where_it_serves(serve):
    server = serve().ready()
    assert f"127.0.0.1:{server.port}" in server.said()


def test_an_error_in_the_file_is_exit_1_and_nothing_is_served(serve, folder):
    (folder / "app.routes").write_text(HELLO.replace("public\n", ""))
    server = serve()
    assert server.process.wait(60) == 1
    assert "E301" in server.said() and "app.routes:" in server.said()


def test_a_warning_is_said_before_it_serves(serve, folder):
    (folder / "app.routes").write_text(
        HELLO.replace("public\n", "public\nimport os.path as unused_one\n"))
    said = serve().ready().said()
    assert said.index("warning[W012]") < said.index("serving app.routes")


def test_it_serves_what_is_mounted(serve, folder):
    (folder / "app.routes").write_text(
        HELLO + f'mount /static files "{folder}/static" public\n'
        "mount /app wsgi hello:application public\n"
        f'mount /far proxy "http://127.0.0.1:{free_port()}" public\n')
    (folder / "hello.py").write_text(
        HELLO_PY + "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [environ['PATH_INFO'].encode()]\n")
    (folder / "static").mkdir()
    (folder / "static" / "a.txt").write_text("a file")
    server = serve().ready()
    assert server.get("/static/a.txt") == (200, "a file")
    assert server.get("/app/below") == (200, "/below")
    assert server.get("/far/x")[0] == 503


def test_a_taken_port_is_exit_2_and_named(serve, folder):
    first = serve().ready()
    done = subprocess.run(
        [tree.routesc(), "serve", "app.routes", "--listen",
         f"127.0.0.1:{first.port}"], cwd=folder, capture_output=True,
        text=True, timeout=60, env=tree.environment())
    assert done.returncode == 2
    assert str(first.port) in done.stdout + done.stderr


def test_it_can_be_started_from_another_folder(folder):
    port = free_port()
    process = subprocess.Popen(
        [tree.routesc(), "serve", folder / "app.routes", "--listen",
         f"127.0.0.1:{port}"], cwd="/", stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=tree.environment())
    try:
        def answers():
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                link.request("GET", "/hello/there")
                return link.getresponse().read() == b"hi, there!"
            except OSError:
                return False
        wait_for(answers, "serve from /")
    finally:
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
class TestAsRoot:
    def test_the_functions_run_as_somebody_else(self, serve):
        status, body = serve().ready().get("/who")
        assert status == 200 and '"uid": 0' not in body.replace(":0", ": 0")

    def test_a_file_that_the_user_cannot_read_is_named(self, serve, folder):
        closed = folder / "closed"
        closed.mkdir(0o700)
        for name in ("app.routes", "hello.py"):
            (folder / name).rename(closed / name)
        server = serve(folder=closed)
        wait_for(lambda: server.process.poll() is not None
                 or "closed" in server.said(), "a word about the folder")
        if server.process.poll() is not None:
            assert server.process.returncode == 2
            assert str(closed) in server.said()


# ---- --watch ----------------------------------------------------------------

def body(server, target):
    try:
        return server.get(target)
    except OSError:
        return None, ""


def test_a_changed_function_or_route_is_served(folder, serve):
    server = serve("--watch").ready()
    (folder / "hello.py").write_text(HELLO_PY.replace("{greeting}, ", "new "))
    wait_for(lambda: body(server, "/hello/a")[1] == "new a!", "the function")
    wait_for(lambda: "serving the new version" in server.said(), "the message")
    other = folder / "other.routes"                 # as editors do it
    other.write_text(HELLO.replace("/hello/", "/salut/"))
    other.rename(folder / "app.routes")
    wait_for(lambda: body(server, "/salut/b") == (200, "new b!"), "the route")
    assert body(server, "/hello/a")[0] == 404
    assert server.stop(signal.SIGINT) == 0


def test_a_change_that_the_clock_does_not_show_is_served(folder, serve):
    """Python takes what it compiled for that of a source as old and long."""
    folder.chmod(0o777)
    server = serve("--watch").ready()
    source, other = folder / "hello.py", folder / "other"
    for word in ("one", "two", "six"):
        other.write_text(HELLO_PY.replace("{greeting}, ", word))
        other.chmod(0o644)
        os.utime(other, (1e9, 1e9))
        other.rename(source)
        wait_for(lambda: body(server, "/hello/a")[1] == word + "a!", word)
    assert not (folder / "__pycache__").exists()
    assert server.stop(signal.SIGINT) == 0


def test_what_is_wrong_is_said_and_the_old_version_goes_on(folder, serve):
    server = serve("--watch").ready()
    (folder / "app.routes").write_text(HELLO + "GET /x -> hello:none()\n")
    wait_for(lambda: "the version before goes on" in server.said(), "E402")
    assert "error[E402]" in server.said()
    assert body(server, "/hello/a") == (200, "hi, a!")
    (folder / "hello.py").write_text(HELLO_PY + "def none(): return 'x'\n")
    wait_for(lambda: body(server, "/x") == (200, "x"), "the function")
    assert server.stop() == 0


def test_other_files_change_nothing(folder, serve):
    server = serve("--watch").ready()
    (folder / "notes.txt").write_text("x")
    (folder / ".app.routes.swp").write_text("x")
    (folder / "hello.py").write_text(HELLO_PY + "# new\n")
    wait_for(lambda: "changed:" in server.said(), "the message")
    assert server.said().count("changed:") == 1
