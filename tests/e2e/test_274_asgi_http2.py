# SPDX-License-Identifier: Apache-2.0
"""What runs on the event loop, asked for over HTTP/2: streams that are reset
while their connection lives on."""

import pytest

import h2
from httpd import wait_for

ROUTES = """\
routes 1
public
GET   /log    -> asgi_app:log
POST  /clear  -> asgi_app:clear
GET   /sleeps -> asgi_app:sleeps
GET   /paced  -> asgi_app:paced   returns stream
mount /app    asgi asgi_app:application
"""
PYTHON = r'''
import asyncio

LOG = []
TEXT = [(b"content-type", b"text/plain")]


def log():
    return LOG


def clear():
    LOG.clear()


async def sleeps():
    LOG.append("begun")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        LOG.append("cancelled")
        raise


async def paced():
    yield "one"
    await sleeps()


async def waits(receive, send):
    await receive()
    LOG.append("begun")
    LOG.append((await receive())["type"])


async def begun(receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": TEXT})
    await send({"type": "http.response.body", "body": b"one",
                "more_body": True})
    await waits(receive, send)


async def application(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError("HTTP only")
    await globals()[scope["path"].rpartition("/")[2]](receive, send)
'''
CONFIG = """
Protocols h2c http/1.1
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("asgi_app.py", PYTHON)
    return shared.serve(ROUTES, CONFIG, modules=["http2"])


@pytest.mark.parametrize("how", ["cancel", "close"])
@pytest.mark.parametrize("path, end", [
    ("/sleeps", "cancelled"), ("/paced", "cancelled"),
    ("/app/waits", "http.disconnect"), ("/app/begun", "http.disconnect")])
def test_a_client_that_loses_interest_is_noticed(server, path, end, how):
    """Of a stream that is reset nothing is to be seen at the socket."""
    server.request("POST", "/clear")
    with h2.Stream(server.port) as link:
        link.ask("GET", path, end=True)
        wait_for(lambda: server.get("/log").json == ["begun"], "the call")
        if how == "cancel":
            link.cancel()
        else:
            link.link.close()
        wait_for(lambda: server.get("/log").json == ["begun", end], end)
