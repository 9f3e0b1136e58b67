# SPDX-License-Identifier: Apache-2.0
"""mount wsgi over HTTP/2, over TLS and in clear text."""

import json
import os
import subprocess

import pytest

import h2
import tls
from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET   /log    -> wsgi_app:log
POST  /clear  -> wsgi_app:clear
mount /app    wsgi wsgi_app:application limit body 20MB
mount /small  wsgi wsgi_app:application limit body 100KB
mount /staff  wsgi wsgi_app:application auth staff require user
"""
PYTHON = r'''
import hashlib
import json
import threading
import time
from wsgiref.validate import validator

LOG = []
GO = threading.Semaphore(0)
TEXT = [("Content-Type", "text/plain")]


def log():
    return LOG


def clear():
    LOG.clear()


def environ(environ, start):
    start("200 OK", TEXT)
    return [json.dumps({key: value for key, value in environ.items()
                        if isinstance(value, (str, bool, tuple))}).encode()]


def digest(environ, start):
    hashed = hashlib.sha256()
    size = 0
    while data := environ["wsgi.input"].read(65536):
        hashed.update(data)
        size += len(data)
    start("200 OK", TEXT)
    return [f"{size} {hashed.hexdigest()}".encode()]


def echo(environ, start):
    """The body's lines, each as it comes."""
    start("200 OK", TEXT)
    for line in iter(environ["wsgi.input"].readline, b""):
        yield line.upper()


def unread(environ, start):
    start("200 OK", TEXT)
    return [b"unread"]


class Body:
    def __init__(self, chunks):
        self.chunks = chunks

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.chunks)

    def close(self):
        LOG.append("closed")


def turns(environ, start):
    start("200 OK", TEXT)

    def parts():
        for number in range(3):
            yield b"%d" % number
            assert GO.acquire(timeout=20)
    return Body(parts())


def go(environ, start):
    GO.release()
    return unread(environ, start)


def endless(environ, start):
    start("200 OK", TEXT)
    return Body(b"x" * 65536 for _ in iter(int, 1))


def large(environ, start):
    start("200 OK", TEXT + [("Content-Length", str(50 << 20))])
    return Body(b"x" * 65536 for _ in range(800))


def reads(environ, start):
    LOG.append("reads")
    try:
        environ["wsgi.input"].read()
        LOG.append("whole")
    except OSError:
        LOG.append("broken off")
        raise
    return unread(environ, start)


def late(environ, start):
    start("200 OK", TEXT)
    yield b"some"
    raise KeyError("late")


PAGES = {"/" + f.__name__: validator(f)
         for f in (environ, digest, echo, unread, turns, go, endless, large,
                   late)}
PAGES["/reads"] = reads


def application(environ, start):
    return PAGES[environ["PATH_INFO"]](environ, start)
'''
# one process: its descriptors are counted
CONFIG = """
Protocols h2c http/1.1
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
"""


@pytest.fixture(scope="module")
def served(shared):
    shared.write("wsgi_app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    tls.certificate(shared.root)
    port, config = tls.config("SSLOptions +StdEnvVars")
    server = shared.serve(ROUTES, CONFIG + config, modules=tls.MODULES)
    return server, {"http": f"http://127.0.0.1:{server.port}",
                    "https": f"https://127.0.0.1:{port}"}


@pytest.fixture
def server(served):
    return served[0]


@pytest.fixture(params=["http", "https"])
def origin(served, request):
    return served[1][request.param]


WORDS = ["curl", "-sS", "-k", "-m", "15", "--http2-prior-knowledge"]


def curl(url, *words, data=None, check=True):
    done = subprocess.run([*WORDS, *words, url], input=data,
                          capture_output=True, timeout=60)
    assert not check or done.returncode == 0, done
    return done.stdout


def logged(server, entry):
    wait_for(lambda: entry in server.get("/log").json, entry, 10)
    server.request("POST", "/clear")


def test_the_environ_tells_scheme_and_protocol(origin):
    env = json.loads(curl(origin + "/app/environ?a=%20b"))
    scheme, _, netloc = origin.partition("://")
    assert env["wsgi.url_scheme"] == scheme
    assert env["SERVER_PROTOCOL"] == "HTTP/2.0"
    assert env["HTTP_HOST"] == netloc
    assert env["SERVER_PORT"] == netloc.partition(":")[2]
    assert env["REQUEST_METHOD"] == "GET"
    assert env["QUERY_STRING"] == "a=%20b"
    assert env["REQUEST_URI"] == "/app/environ?a=%20b"
    assert env.get("HTTPS") == ("on" if scheme == "https" else None)
    assert ("SSL_PROTOCOL" in env) == (scheme == "https")
    assert not [name for name in env if name.startswith("HTTP_:")]


@pytest.mark.parametrize("header", ["HTTPS: on", "X-Forwarded-Proto: https",
                                    "X-Forwarded-Ssl: on",
                                    "wsgi.url_scheme: https"])
def test_no_client_makes_it_https(served, header):
    env = json.loads(curl(served[1]["http"] + "/app/environ", "-H", header))
    assert env["wsgi.url_scheme"] == "http" and "HTTPS" not in env


def test_the_gate_stands_before_it(origin):
    status = ["-o", "/dev/null", "-w", "%{http_code}"]
    assert curl(origin + "/staff/environ", *status) == b"401"
    env = json.loads(curl(origin + "/staff/environ", "--user", "ada:x"))
    assert (env["REMOTE_USER"], env["AUTH_TYPE"]) == ("ada", "Basic")
    assert "HTTP_AUTHORIZATION" not in env


def test_a_body_of_any_length_and_framing(origin, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(os.urandom(1 << 20) * 15)
    wanted = subprocess.run(["sha256sum", body], capture_output=True,
                            check=True).stdout.split()[0]
    wanted = b"%d %s" % (15 << 20, wanted)
    assert curl(origin + "/app/digest", "--data-binary", f"@{body}") == wanted
    with body.open("rb") as stream:     # no Content-Length
        done = subprocess.run([*WORDS, "-X", "POST", "-T", ".",
                               origin + "/app/digest"], stdin=stream,
                              capture_output=True, timeout=60, check=True)
    assert done.stdout == wanted
    assert curl(origin + "/app/digest").startswith(b"0 ")


def stream(origin):
    scheme, _, port = origin.replace("//127.0.0.1:", "").partition(":")
    return h2.Stream(int(port), scheme == "https")


def test_lines_are_answered_while_the_body_is_sent(origin):
    with stream(origin) as link:
        link.ask("POST", "/app/echo")
        for line in (b"one\n", b"two\n"):
            link.write(line)
            assert link.read(4) == line.upper()
        link.write(b"", end=True)
        assert link.read() == b"" and link.status == 200 and link.ended


def test_chunks_leave_one_by_one(server, origin):
    server.request("POST", "/clear")
    client = subprocess.Popen([*WORDS, "-N", origin + "/app/turns"],
                              stdout=subprocess.PIPE)
    try:
        for number in b"012":
            assert client.stdout.read(1) == bytes([number])
            curl(origin + "/app/go")
        assert client.stdout.read() == b"" and client.wait(20) == 0
    finally:
        client.kill()
        client.wait()
    logged(server, "closed")


def test_a_body_over_the_limit_is_a_413(server, origin):
    """The whole answer while the body is sent, then a reset that is no error
    (RFC 9113, 8.1)."""
    with stream(origin) as link:
        link.ask("POST", "/small/digest", [("content-length", "200000")])
        link.write(b"x" * 10_000)
        assert b"413" in link.read()
        assert (link.status, link.ended) == (413, True)
        assert link.until_reset() == h2.NO_ERROR
    assert curl(origin + "/small/unread") == b"unread"


def test_a_client_that_stops_reading_ends_the_application(server, origin):
    for path in ("endless", "large"):
        server.request("POST", "/clear")
        client = subprocess.Popen([*WORDS, "-N", f"{origin}/app/{path}"],
                                  stdout=subprocess.PIPE)
        assert len(client.stdout.read(100_000)) == 100_000
        client.kill()
        client.wait()
        logged(server, "closed")
    assert curl(origin + "/app/unread") == b"unread"


@pytest.mark.parametrize("headers", [[], [("content-length", "20000")]])
@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_client_that_stops_sending_is_noticed(server, origin, how, headers):
    """mod_http2 ends the body of a cancelled stream as if it were whole."""
    server.request("POST", "/clear")
    with stream(origin) as link:
        link.ask("POST", "/app/reads", headers)
        link.write(b"x" * 10_000)
        wait_for(lambda: "reads" in server.get("/log").json, "the call", 10)
        if how == "cancel":
            link.cancel()
        else:
            link.link.close()
        logged(server, "broken off")


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_client_that_loses_interest_ends_the_application(server, origin,
                                                           how):
    server.request("POST", "/clear")
    with stream(origin) as link:
        link.ask("GET", "/app/endless", end=True)
        assert link.read(30_000) and link.status == 200
        if how == "cancel":
            link.cancel()
        else:
            link.link.close()
        logged(server, "closed")


def test_half_an_answer_is_none(server, origin):
    """A stream that fails is reset: curl doesn't take it for the whole."""
    server.expect("KeyError: 'late'|ROUTES0")
    done = subprocess.run([*WORDS, origin + "/app/late"], capture_output=True,
                          timeout=60)
    assert done.returncode == 92 and done.stdout in (b"", b"some")


def test_many_streams_of_one_connection(server, origin):
    """With bodies and without; nothing is left open."""
    def load(path, *words):
        done = subprocess.run(
            ["h2load", "-n", "400", "-c", "4", "-m", "10", *words,
             origin + path], capture_output=True, text=True, timeout=120,
            check=True).stdout
        assert "400 succeeded, 0 failed, 0 errored, 0 timeout" in done, done

    (child,) = children(server.process.pid)
    load("/app/unread")
    held = len(descriptors(child))
    load("/app/unread", "-d", "/etc/passwd")
    load("/app/digest", "-d", "/etc/passwd")
    load("/app/echo", "-d", "/etc/passwd")
    wait_for(lambda: len(descriptors(child)) <= held + 2, "closed files")
