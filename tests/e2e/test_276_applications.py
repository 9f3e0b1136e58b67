# SPDX-License-Identifier: Apache-2.0
"""Mounted applications on each MPM, and those that do not import."""

import pytest

from conftest import MPMS

ROUTES = """\
routes 1
public
GET   /routes -> apps:hello
mount /wsgi   wsgi apps:wsgi
mount /asgi   asgi apps:asgi
"""

PYTHON = '''\
import asyncio


def hello():
    return "hello"


def wsgi(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    yield environ["wsgi.input"].read()
    yield str((environ["wsgi.multithread"],
               environ["wsgi.multiprocess"])).encode()


async def asgi(scope, receive, send):
    body = b""
    more = True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": body,
                "more_body": True})
    await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"end"})
'''


@pytest.mark.parametrize("mpm", MPMS)
def test_both_kinds_on_each_mpm(site, mpm):
    site.write("apps.py", PYTHON)
    server = site.serve(ROUTES, mpm=mpm)
    threads = mpm != "prefork"
    link = server.connect()
    for _ in range(3):                      # on one connection
        link.request("POST", "/wsgi/x", b"ab" * 9000)
        assert link.getresponse().read() == \
            b"ab" * 9000 + str((threads, True)).encode()
        link.request("POST", "/asgi/x", b"ab" * 9000)
        assert link.getresponse().read() == b"ab" * 9000 + b"end"
    link.close()
    assert server.get("/routes").text == "hello"


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_one_that_does_not_import_answers_503(site, kind):
    site.write("apps.py", PYTHON)
    site.write("broken.py", "import apps\n1 / 0\n\n\ndef app(*a): pass\n")
    site.write("app.routes", (
        f"routes 1\npublic\nGET /routes -> apps:hello\n"
        f"mount /x {kind} broken:app\nGET /gone -> nosuch.inner:hello\n"))
    site.routesc("build", "--no-python", "app.routes")
    server = site.httpd(
        [("app_routes_module", site.root / "mod_app.so")],
        f'RoutesMount app\nRoutesPythonPath "{site.root}"\n'
        "RoutesDebug On\nStartServers 1\nServerLimit 1\n"
        "MinSpareThreads 1\nMaxSpareThreads 25\nMaxRequestWorkers 25\n"
    ).start()
    server.expect("ROUTES0110: app.routes:4: broken:app needs the module "
                  "broken, which raised ZeroDivisionError: division by zero "
                  r"\(its routes", "ROUTES0111",
                  "ROUTES0110: app.routes:5: nosuch.inner:hello needs the "
                  "module nosuch.inner, which is in no folder of "
                  "RoutesPythonPath")
    assert server.get("/x/y").status == 503
    assert server.request("OPTIONS", "/x").status == 503
    assert server.get("/routes").text == "hello"
    assert server.get("/gone").status == 503
    assert server.log().count("ROUTES0110") == 2
