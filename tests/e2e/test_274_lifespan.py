# SPDX-License-Identifier: Apache-2.0
"""The lifespan of ASGI applications: begun before the first request, ended
with the process, on every MPM, in the order of starts and stops."""

import time

import pytest

from conftest import MPMS
from httpd import wait_for

ROUTES = """\
routes 1
public
on child_start -> life:opened
on child_stop  -> life:closed
GET   /routes -> life:hello
mount /a      asgi life:first
mount /a/too  asgi life:first
mount /b      asgi life:second
mount /plain  asgi life:plain
mount /brief  asgi life:brief
"""

PYTHON = '''\
import asyncio
import contextvars
import os

FILE = os.path.join(os.path.dirname(__file__), "said", "log")
VALUE = contextvars.ContextVar("VALUE", default="none")


def note(word):
    with open(FILE, "a") as file:
        print(os.getpid(), word, file=file)


def opened():
    note("child_start")


def closed():
    note("child_stop")


def hello():
    return "hello"


async def say(send, text):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": text.encode()})


class App:
    def __init__(self, name):
        self.name = name

    async def live(self, scope, receive, send):
        assert scope["asgi"]["version"] == "3.0"
        assert (await receive())["type"] == "lifespan.startup"
        await asyncio.sleep(0.01)
        VALUE.set("of a lifespan")
        note(self.name + " up")
        scope["state"]["pool"] = []
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        await asyncio.sleep(0.01)
        note(self.name + " down")
        await send({"type": "lifespan.shutdown.complete"})

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.live(scope, receive, send)
            return
        state = scope["state"]
        state["pool"].append(1)         # what is in it is shared,
        had = state.setdefault("had", len(state))       # itself it is not
        await say(send, f"{self.name} {len(state['pool'])} {had} "
                        f"{VALUE.get()}")


first, second = App("first"), App("second")


async def plain(scope, receive, send):
    """Knows of no lifespan."""
    if scope["type"] != "http":
        raise KeyError(scope["type"])
    await say(send, "plain " + str("state" in scope))


async def brief(scope, receive, send):
    """Returns where it has nothing to do."""
    if scope["type"] == "http":
        await say(send, "brief " + str("state" in scope))


async def broken(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed",
                    "message": "no database"})
        raise RuntimeError("told already")
    await say(send, "never")


async def hangs(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.sleep(60)
    await say(send, "hello")


async def fails(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.failed",
                    "message": "can not flush"})
        return
    await say(send, "hello")


async def stuck(scope, receive, send):
    if scope["type"] == "lifespan":
        raise KeyError("none")
    await say(send, "begun")
    try:
        await asyncio.sleep(60)
    finally:
        note("cancelled")
'''

ONE = ("StartServers 1\nServerLimit 1\nMinSpareThreads 1\n"
       "MaxSpareThreads 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n")
SPANS = ["child_start", "first up", "second up", "second down", "first down",
         "child_stop"]


def prepare(site):
    site.write("life.py", PYTHON)
    folder = site.writable("said")

    def said():
        """What each process said, by its number."""
        lines = folder.joinpath("log").read_text().splitlines()
        words = {}
        for line in lines:
            pid, _, word = line.partition(" ")
            words.setdefault(pid, []).append(word)
        return words
    return said


@pytest.mark.parametrize("mpm", MPMS)
def test_a_life_is_that_of_its_process(site, mpm):
    said = prepare(site)
    server = site.serve(ROUTES, "" if mpm == "prefork" else ONE, mpm=mpm)
    assert server.get("/routes").text == "hello"
    assert server.get("/plain/x").text == "plain False"
    assert server.get("/brief/x").text == "brief False"
    for target in ("/a", "/a/too", "/b"):
        assert server.get(target).text.endswith(" 1 of a request") is False
    assert all(words == SPANS[:len(words)] for words in said().values())
    server.graceful()
    assert server.get("/a").status == 200
    server.stop()
    wait_for(lambda: all(words == SPANS for words in said().values()),
             "each life has an end", 10)
    assert len(said()) >= 2


def test_state_is_copied_for_each_request(shared):
    prepare(shared)
    server = shared.serve(ROUTES, ONE)
    assert server.get("/a").text == "first 1 1 none"
    assert server.get("/a/too").text == "first 2 1 none"
    assert server.get("/b").text == "second 1 1 none"


def test_one_that_fails_to_start_answers_503(site):
    prepare(site)
    server = site.serve("routes 1\npublic\nmount /broken asgi life:broken\n"
                        "GET /routes -> life:hello\n", ONE)
    server.expect("ROUTES0110: app.routes:3: life:broken failed to start its "
                  "lifespan: no database")
    assert server.get("/broken/x").status == 503
    assert server.get("/routes").text == "hello"
    assert len([line for line in server.log().splitlines()
                if "no database" in line]) == 1


@pytest.mark.parametrize("app, words", [
    ("hangs", "did not shut down in time"), ("fails", "can not flush")])
def test_the_end_waits_for_nobody_for_long(site, app, words):
    prepare(site)
    server = site.serve(f"routes 1\npublic\nmount /x asgi life:{app}\n", ONE)
    assert server.get("/x").text == "hello"
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 20
    server.expect(words)
    server.allowed.append("0131")


def test_one_that_hangs_leaves_the_others_their_time(site):
    said = prepare(site)
    server = site.serve("routes 1\npublic\nmount /a asgi life:first\n"
                        "mount /b asgi life:second\n"
                        "mount /x asgi life:hangs\n", ONE)
    assert server.get("/x").text == "hello"
    server.stop()
    assert list(said().values()) == [
        ["first up", "second up", "second down", "first down"]]
    server.expect("did not shut down in time: <function hangs")
    server.allowed.append("0131")


def test_what_still_runs_at_the_end_is_cancelled(site):
    said = prepare(site)
    server = site.serve("routes 1\npublic\nmount /x asgi life:stuck\n", ONE)
    assert server.get("/x").text == "begun"
    server.terminate()
    wait_for(lambda: (site.root / "said/log").exists() and
             ["cancelled"] in said().values(), "the end of the task", 10)
    server.stop()
