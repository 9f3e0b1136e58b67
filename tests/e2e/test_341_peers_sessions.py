# SPDX-License-Identifier: Apache-2.0
"""More of what mod_python gets wrong on Python 3: sessions that share locks
and one state of random numbers, signed cookies, changed code."""

import concurrent.futures
import os
import re

import pytest

from httpd import children
from test_435_session import CONFIG, MODULES, Browser

ROUTES = """\
routes 1
realm web = session { cookie "sid"; load app:load }
auth web
POST /login  -> app:login(req: request, user: str from form) public
GET  /me     -> app:me(user: principal)                   require user
GET  /wait   -> app:wait(req: request)                    require user
GET  /go     -> app:go(req: request)                      require user
GET  /value  -> app:value(req: request)                   require user
POST /value  -> app:keep(req: request, value: str from form) require user
GET  /token  -> app:token()                               public
GET  /code   -> app:code()                                public
"""
PYTHON = """\
import apache
import helper
import threading

gone = threading.Event()

def load(login):
    return {"user": login.user, "roles": [login.id]}

def login(req, user):
    apache.login(req, user)

def me(user):
    return [user.user, *user.roles]

def wait(req):
    req.session["waits"] = "1"
    return gone.wait(20)

def go(req):
    req.session["goes"] = "1"
    gone.set()

def value(req):
    return req.session["value"]

def keep(req, value):
    req.session["value"] = value

def token():
    return apache.csrf_token()

def code():
    return helper.word()
"""
# one process, so that one request can release another; or children of prefork
ONE = """
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
"""
MANY = """
StartServers 4
MinSpareServers 4
MaxSpareServers 4
MaxRequestWorkers 64
"""


def start(site, config, mpm):
    site.write("app.py", PYTHON)
    site.write("helper.py", "def word():\n    return 'old'\n")
    return site.serve(ROUTES, CONFIG + config, mount="", modules=MODULES,
                      mpm=mpm)


@pytest.fixture(scope="module")
def server(shared):
    return start(shared, ONE, "event")


def logged_in(server, user):
    browser = Browser(server)
    assert browser.send("POST", "/login", {"user": user}).status == 204
    return browser


def test_no_two_sessions_are_alike(site):
    """Children that are forked from one parent have no state in common."""
    server = start(site, MANY, "prefork")

    def one(number):
        browser = logged_in(server, f"u{number}")
        return (*browser.send("GET", "/me").json, browser.jar["sid"],
                Browser(server).send("GET", "/token").text)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(one, range(200)))
    assert [row[0] for row in seen] == [f"u{n}" for n in range(200)]
    for column in (1, 2, 3):
        assert len({row[column] for row in seen}) == 200
    ids = [row[1] for row in seen]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in ids)
    # no bits that all of them have, as counters and clocks leave them
    for place in range(32):
        assert len({name[place] for name in ids}) > 8
    assert len(children(server.process.pid)) >= 4


def test_a_session_is_no_lock(server):
    """Requests of one session run side by side; so do those of 40 others."""
    browser = logged_in(server, "ada")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waits = pool.submit(browser.send, "GET", "/wait")
        for number in range(40):
            other = logged_in(server, f"u{number}")
            assert other.send("GET", "/me").json[0] == f"u{number}"
        same = Browser(server)
        same.jar = dict(browser.jar)
        assert not waits.done()
        assert same.send("GET", "/go").status == 204
        assert waits.result(20).json is True


@pytest.mark.parametrize("value", ["text", "", "é ü €", "a=b; c", "\n\r\0",
                                   "x" * 900, '"quoted"', "%41"])
def test_what_is_signed_comes_back_as_it_was(server, value):
    browser = logged_in(server, "ada")
    assert browser.send("POST", "/value", {"value": value}).status == 204
    assert browser.send("GET", "/value").text == value
    cookie = browser.jar["sid"]
    server.allowed.append(r"AH0\d+")
    for forged in (cookie[:-9] + "AAAAAAAA=", cookie[4:], cookie + "x" * 9):
        browser.jar["sid"] = forged
        assert browser.send("GET", "/value").status == 401


def test_changed_code_runs_after_a_graceful_restart(server):
    """That of a module which a module imports, too; and logins last."""
    browser = logged_in(server, "ada")
    assert server.get("/code").text == "old"
    helper = server.root / "helper.py"
    when = os.stat(helper)
    for word in ("new", "odd"):
        helper.write_text(f"def word():\n    return '{word}'\n")
        os.utime(helper, ns=(when.st_atime_ns, when.st_mtime_ns))
        server.graceful()
        assert server.get("/code").text == word
    assert browser.send("GET", "/me").json[0] == "ada"


def test_code_that_is_broken_is_said_and_served_by_nobody(server):
    helper = server.root / "helper.py"
    good = helper.read_text()
    helper.write_text("def word(:\n")
    server.allowed += ["ROUTES0", "SyntaxError"]
    server.graceful()
    assert server.get("/code").status == 503
    server.logged("SyntaxError")
    helper.write_text(good)
    server.graceful()
    assert server.get("/code").status == 200
