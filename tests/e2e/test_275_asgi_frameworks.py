# SPDX-License-Identifier: Apache-2.0
"""Starlette and Django's ASGI handler as they are, mounted beside routes:
login, forms, uploads, static files, streams, background tasks."""

import hashlib
import re
import socket

import pytest

from httpd import wait_for
from test_271_frameworks import DATA, Browser, make_django

ROUTES = """\
routes 1
public
GET   /                    -> pages:home returns html
GET   /starlette/fast/{n:int} -> pages:fast(n)
mount /starlette asgi star_app:app { strip true; limit body 4MB }
mount /django    asgi site_project.asgi:application limit body 4MB
mount /both      wsgi site_project.wsgi:application limit body 4MB
"""

PAGES = """\
def home():
    return "<p>routes"

def fast(n):
    return str(n + 1)
"""

STARLETTE = '''\
import asyncio
import contextlib
import hashlib

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import (FileResponse, JSONResponse,
                                 PlainTextResponse, RedirectResponse,
                                 StreamingResponse)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

SEEN = []


async def login(request):
    if request.method == "GET":
        return PlainTextResponse("a form")
    form = await request.form()
    request.session["name"] = form["name"]
    return RedirectResponse(request.url_for("who"), 302)


async def who(request):
    if "name" not in request.session:
        raise HTTPException(401, "who are you?")
    return PlainTextResponse(request.session["name"])


async def upload(request):
    form = await request.form()
    data = await form["file"].read()
    return JSONResponse({"name": form["file"].filename, "note": form["note"],
                         "sum": hashlib.sha256(data).hexdigest()})


async def echo(request):
    size = 0
    async for piece in request.stream():
        size += len(piece)
    return PlainTextResponse(str(size))


class Noted(StreamingResponse):
    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        finally:
            SEEN.append("closed")


async def stream(request):
    async def rows():
        for i in range(int(request.query_params["n"])):
            yield f"{i}," * 1000
            await asyncio.sleep(0)
    return Noted(rows(), media_type="text/csv")


def threaded(request):
    return StreamingResponse(iter(["one,", "two"]), media_type="text/plain")


async def file(request):
    return FileResponse(__file__, media_type="text/x-python")


async def task(request):
    async def later():
        await asyncio.sleep(0.01)
        SEEN.append("background")
    return PlainTextResponse("soon", background=BackgroundTask(later))


async def seen(request):
    return JSONResponse(SEEN)


async def raises(request):
    raise LookupError("in starlette")


async def about(request):
    return JSONResponse({"url": str(request.url), "path": request.url.path,
                         "base": str(request.base_url),
                         "client": request.client.host,
                         "pool": request.app.state.pool,
                         "user": request.scope["routes.user"]})


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.pool = "open"
    yield


app = Starlette(
    lifespan=lifespan,
    middleware=[Middleware(SessionMiddleware, secret_key="for the tests"),
                Middleware(GZipMiddleware, minimum_size=100)],
    routes=[Route("/login", login, methods=["GET", "POST"]),
            Route("/who", who), Route("/upload", upload, methods=["POST"]),
            Route("/echo", echo, methods=["PUT"]), Route("/stream", stream),
            Route("/threaded", threaded), Route("/file", file),
            Route("/task", task), Route("/seen", seen),
            Route("/raises", raises), Route("/about", about),
            Mount("/static", StaticFiles(
                directory=__file__.rsplit("/", 1)[0] + "/static"))])
'''

ASGI = '''\
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "site_project.settings"
from django.core.asgi import get_asgi_application   # noqa: E402
application = get_asgi_application()
'''


@pytest.fixture(scope="module")
def server(shared):
    shared.write("pages.py", PAGES)
    shared.write("star_app.py", STARLETTE)
    shared.write("static/plain.txt", "static words")
    make_django(shared)
    shared.write("site_project/asgi.py", ASGI)
    return shared.serve(ROUTES, "StartServers 1\nServerLimit 1\n"
                        "MinSpareThreads 1\nMaxSpareThreads 16\n"
                        "ThreadsPerChild 16\nMaxRequestWorkers 16\n")


@pytest.fixture
def browser(server):
    return Browser(server)


# ---- Starlette --------------------------------------------------------------

def test_starlette_login(server, browser):
    assert browser("GET", "/starlette/who").status == 401
    assert browser("GET", "/starlette/login").text == "a form"
    answer = browser.form("/starlette/login", name="Zoë")
    assert answer.status == 302
    assert answer.headers["Location"] == \
        f"http://127.0.0.1:{server.port}/starlette/who"
    assert browser("GET", "/starlette/who").text == "Zoë"


def test_starlette_upload(browser):
    answer = browser.multipart("/starlette/upload", {"note": "n"},
                               {"file": ("a.bin", DATA)})
    assert answer.json == {"name": "a.bin", "note": "n",
                           "sum": hashlib.sha256(DATA).hexdigest()}


def test_starlette_reads_a_body_as_it_comes(server):
    assert server.request("PUT", "/starlette/echo",
                          DATA).text == str(len(DATA))
    assert server.request("PUT", "/starlette/echo", iter([b"a", b"b" * 9999]),
                          {"Transfer-Encoding": "chunked"},
                          encode_chunked=True).text == "10000"
    assert server.request("PUT", "/starlette/echo",
                          b"x" * (5 << 20)).status == 413


def test_starlette_streams(server):
    expected = "".join(f"{i}," * 1000 for i in range(50))
    assert server.get("/starlette/stream?n=50").text == expected
    assert server.get("/starlette/threaded").text == "one,two"
    packed = server.get("/starlette/stream?n=50", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"


def test_starlette_hears_that_a_client_has_gone(server):
    before = server.get("/starlette/seen").json.count("closed")
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        link.sendall(b"GET /starlette/stream?n=1000000 HTTP/1.1\r\n"
                     b"Host: x\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
    wait_for(lambda: server.get("/starlette/seen").json.count("closed") >
             before, "the end of the stream")


def test_starlette_files(server):
    answer = server.get("/starlette/file")
    assert "from starlette" in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    etag = answer.headers["ETag"]
    assert etag
    answer = server.get("/starlette/static/plain.txt")
    assert answer.text == "static words"
    assert server.get("/starlette/static/plain.txt",
                      If_None_Match=answer.headers["ETag"]).status == 304
    assert server.get("/starlette/static/../star_app.py").status == 404
    assert server.request("HEAD", "/starlette/file").status == 200


def test_starlette_does_work_behind_its_answer(server):
    assert server.get("/starlette/task").text == "soon"
    wait_for(lambda: "background" in server.get("/starlette/seen").json,
             "the task")


def test_starlette_about_itself(server):
    base = f"http://127.0.0.1:{server.port}/starlette/"
    assert server.get("/starlette/about").json == {
        "url": base + "about", "path": "/starlette/about", "base": base,
        "client": "127.0.0.1", "pool": "open", "user": None}


def test_starlette_errors(server):
    assert server.get("/starlette/nothing").status == 404
    assert server.request("PUT", "/starlette/who").status == 405
    server.expect("in starlette|LookupError", "01(20|21|31)")
    answer = server.get("/starlette/raises")
    assert (answer.status, answer.text) == (500, "Internal Server Error")


def test_routes_beside_starlette(server):
    assert server.get("/").text == "<p>routes"
    assert server.get("/starlette/fast/41").text == "42"


# ---- Django -----------------------------------------------------------------

def token(text):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"',
                     text).group(1)


@pytest.mark.parametrize("where", ["/django", "/both"])
def test_django_admin(browser, where):
    answer = browser("GET", where + "/admin/")
    assert answer.status == 302
    assert answer.headers["Location"] == f"{where}/admin/login/?next={where}" \
                                         "/admin/"
    page = browser("GET", where + "/admin/login/").text
    answer = browser.form(where + "/admin/login/", username="ada",
                          password="secret", next=where + "/admin/",
                          csrfmiddlewaretoken=token(page))
    assert answer.status == 302, answer
    page = browser("GET", where + "/admin/notes/note/add/").text
    answer = browser.multipart(
        where + "/admin/notes/note/add/",
        {"csrfmiddlewaretoken": token(page), "text": "over " + where},
        {"paper": ("paper.bin", DATA)})
    assert answer.status == 302, answer
    assert "over " + where in browser("GET", where +
                                      "/admin/notes/note/").text \
        or "Note object" in browser("GET", where + "/admin/notes/note/").text


def test_django_streams_and_files(server):
    assert server.get("/django/stream").text == "".join(
        f"{i}," for i in range(1000))
    assert "urlpatterns" in server.get("/django/file").text
    answer = server.get("/django/static/admin/css/base.css")
    assert answer.status == 200 and answer.type == "text/css"
    assert server.get("/django/none").status == 404
