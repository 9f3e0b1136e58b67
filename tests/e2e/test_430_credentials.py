# SPDX-License-Identifier: Apache-2.0
"""Credentials over many requests: verified once, slowed down when wrong, held
against files that change."""

import base64
import http.client
import itertools
import os
import signal
import subprocess

import pytest

from httpd import children, wait_for

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd"; groups "groups" }
auth staff
require user
GET /any   -> app:hello()
GET /admin -> app:hello() require role(admin)
"""
PYTHON = """\
def hello():
    return "hello"
"""
FREE = 10                       # wrong attempts that nobody waits for


def basic(user, password):
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}"}


def get(server, user, password, target="/any", address="127.0.0.1"):
    """The answer to a caller from one of this machine's own addresses."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, 30,
                                      source_address=(address, 0))
    try:
        link.request("GET", target, headers=basic(user, password))
        answer = link.getresponse()
        answer.read()
        return answer
    finally:
        link.close()


def status(*words, **more):
    return get(*words, **more).status


def fail(server, user, count=FREE, **more):
    for i in range(count):
        assert status(server, user, f"wrong{i}", **more) == 401


def refused(server, user):
    """The answer to who has failed too often.  The first wait is over with
    the second of the clock; the next ones are longer."""
    def answer():
        made = get(server, user, "wrong")
        return made if made.status == 429 else None
    return wait_for(answer, "a wait")


@pytest.fixture(params=["prefork", "event"])
def server(site, request):
    site.write("app.py", PYTHON)
    site.write("groups", "admin: ada\n")
    site.htpasswd("staff.htpasswd", ada="a", bob="b", eve="e")
    server = site.serve(ROUTES, mpm=request.param)
    server.site = site
    return server


ADDRESSES = (f"127.0.1.{i}" for i in itertools.count(1))


def is_verified(server, user, password):
    """Whether processes know these credentials without looking: somebody who
    fails too often waits, but for what was verified a moment ago."""
    address = next(ADDRESSES)
    assert status(server, user, password) == 200
    for _ in range(2 * FREE):
        if status(server, user, "wrong", address=address) == 429:
            break
    return status(server, user, password, address=address) == 200


def settled(server, user, password):
    """Let the file be old enough for what it says to be remembered."""
    wait_for(lambda: is_verified(server, user, password), "it is remembered")


def test_who_fails_often_waits_and_nobody_else_does(server):
    fail(server, "bob")
    answer = refused(server, "bob")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "WWW-Authenticate" not in answer.headers
    assert status(server, "eve", "e") == 200
    # wrong, too: the right ones might be remembered, for any address
    assert status(server, "bob", "x", address="127.0.0.2") == 401
    wait_for(lambda: status(server, "bob", "b") == 200, "the wait's end")
    fail(server, "bob")             # all is forgiven


def test_a_graceful_restart_forgives_nobody(server):
    fail(server, "bob", address="127.0.0.3")
    server.graceful()
    wait_for(lambda: status(server, "bob", "x", address="127.0.0.3") == 429,
             "the wait")


def test_credentials_are_verified_once_for_all_processes(server):
    settled(server, "ada", "a")
    server.graceful()
    for _ in range(20):
        assert status(server, "ada", "a") == 200
    assert status(server, "ada", "b") in (401, 429)


def test_a_changed_file_makes_them_unknown_at_once(server):
    settled(server, "ada", "a")
    server.site.htpasswd("staff.htpasswd", ada="new")
    for _ in range(5):
        assert status(server, "ada", "a", address="127.0.0.4") == 401
    assert status(server, "ada", "new", address="127.0.0.4") == 200
    (server.site.root / "groups").write_text("admin: bob\n")
    assert status(server, "ada", "new", "/admin", "127.0.0.4") == 403
    assert status(server, "bob", "b", "/admin") == 200


@pytest.mark.parametrize("broken", ["half a li", "ada:x\n:y\n", "a:b\0\n"])
def test_a_broken_version_leaves_the_one_before(server, broken):
    path = server.site.root / "staff.htpasswd"
    good = path.read_text()
    path.write_text(broken)
    server.expect(r"ROUTES0051: .*staff.htpasswd' has changed")
    for _ in range(10):
        assert status(server, "eve", "e") == 200
    assert status(server, "eve", "x", address="127.0.0.5") == 401
    path.write_text(good.replace("eve:", "adam:"))
    assert status(server, "adam", "e") == 200
    assert status(server, "eve", "e", address="127.0.0.5") == 401


def test_a_child_that_starts_meanwhile_has_the_one_before(server):
    path = server.site.root / "staff.htpasswd"
    path.write_text("half a li")
    server.expect(r"ROUTES0051: .*staff.htpasswd' has changed")
    before = children(server.process.pid)
    os.kill(before[0], signal.SIGKILL)
    wait_for(lambda: set(children(server.process.pid)) - set(before),
             "a new child")
    assert status(server, "eve", "e") == 200


FORMATS = {"-B": "bcrypt", "-m": "apr1", "-s": "SHA1", "-d": "crypt",
           "-2": "SHA-256 crypt", "-5": "SHA-512 crypt"}


@pytest.mark.parametrize("mpm", ["event"])
def test_every_format_of_htpasswd(site, mpm):
    site.write("app.py", PYTHON)
    site.write("groups", "")
    path = site.root / "staff.htpasswd"
    path.touch()
    made = []
    for option, name in FORMATS.items():
        user = name.replace(" ", "-")
        done = subprocess.run(["htpasswd", "-b", option, path, user, "se:cr3"],
                              capture_output=True)
        if done.returncode == 0:        # older ones lack -2 and -5
            made.append(user)
    assert len(made) >= 4
    server = site.serve(ROUTES, mpm=mpm)
    for user in made:
        assert status(server, user, "se:cr3") == 200, user
        assert status(server, user, "se:cr4") == 401, user
        assert status(server, user, "") == 401, user


@pytest.mark.parametrize("mpm", ["event"])
def test_no_secret_is_in_any_log(site, mpm):
    site.write("app.py", PYTHON)
    site.write("groups", "")
    site.htpasswd("staff.htpasswd", ada="s3cr3t-good")
    server = site.serve(ROUTES, mpm=mpm, log_level="trace8")
    assert status(server, "ada", "s3cr3t-good") == 200
    for _ in range(2 * FREE):
        status(server, "ada", "s3cr3t-bad")
    code = basic("ada", "s3cr3t-good")["Authorization"].split()[1]
    ours = "\n".join(line for line in server.log().split("\n")
                     if "[routes:" in line)
    assert "s3cr3t" not in ours and code not in ours
    assert "ROUTES0052" in ours
