# SPDX-License-Identifier: Apache-2.0
"""Flask, Bottle and Django as they are, mounted beside routes: login, forms,
uploads, static files, streams; Django's admin makes an object."""

import hashlib
import http.client
import http.cookies
import re
import subprocess
import urllib.parse

import pytest

import tree
from conftest import unprivileged
from httpd import wait_for

ROUTES = """\
routes 1
public
GET   /                 -> pages:home   returns html
GET   /flask/fast/{n:int} -> pages:fast(n)
mount /flask  wsgi flask_app:app limit body 4MB
mount /bottle wsgi bottle_app:app limit body 4MB
mount /django wsgi site_project.wsgi:application limit body 4MB
"""

PAGES = """\
def home():
    return "<p>routes"

def fast(n):
    return str(n + 1)
"""

FLASK = '''\
from flask import (Flask, Response, abort, flash, get_flashed_messages,
                   redirect, request, send_file, session, stream_with_context,
                   url_for)
import hashlib
import io

app = Flask(__name__)
app.secret_key = "for the tests"
CLOSED = []


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return '<form method="post"><input name="name"></form>'
    session["name"] = request.form["name"]
    flash("welcome")
    return redirect(url_for("who", next="é"))


@app.route("/who")
def who():
    if "name" not in session:
        abort(401)
    return session["name"] + ":" + ",".join(get_flashed_messages())


@app.route("/upload", methods=["POST"])
def upload():
    file = request.files["file"]
    data = file.read()
    return {"name": file.filename, "sum": hashlib.sha256(data).hexdigest(),
            "note": request.form["note"]}


@app.route("/stream")
def stream():
    def rows():
        try:
            for i in range(int(request.args["n"])):
                yield f"{i}," * 1000
        finally:
            CLOSED.append(i)
    return Response(stream_with_context(rows()), mimetype="text/csv")


@app.route("/closed")
def closed():
    return CLOSED


@app.route("/file")
def file():
    return send_file(__file__, mimetype="text/x-python")


@app.route("/raises")
def raises():
    raise LookupError("in flask")


@app.route("/url")
def url():
    return {"url": url_for("who", _external=True), "root": request.root_path,
            "path": request.path, "user": request.remote_user}


@app.route("/json", methods=["PUT"])
def as_json():
    return request.json, 202, {"X-Echo": "yes"}
'''

BOTTLE = '''\
import bottle

app = bottle.Bottle()
ROOT = __file__.rsplit("/", 1)[0]


@app.get("/hello/<name>")
def hello(name):
    bottle.response.set_cookie("a", "1")
    bottle.response.set_cookie("b", "2", secret="key")
    return bottle.template("Hello {{name}}", name=name)


@app.route("/login", method=["GET", "POST"])
def login():
    if bottle.request.method == "GET":
        return '<form method="post"><input name="name"></form>'
    if bottle.request.forms.password != "secret":
        bottle.abort(403, "wrong")
    bottle.response.set_cookie("name", bottle.request.forms.name, secret="key",
                               path="/bottle", httponly=True)
    bottle.redirect("who")


@app.get("/who")
def who():
    name = bottle.request.get_cookie("name", secret="key")
    return name or bottle.abort(401, "who?")


@app.get("/back")
def back():
    return bottle.request.get_cookie("b", secret="key") or "none"


@app.post("/form")
def form():
    return {key: bottle.request.forms.getunicode(key)
            for key in bottle.request.forms}


@app.post("/upload")
def upload():
    file = bottle.request.files["file"]
    return f"{file.raw_filename} {len(file.file.read())}"


@app.get("/static/<name:path>")
def static(name):
    return bottle.static_file(name, root=ROOT + "/static")


@app.get("/stream")
def stream():
    yield "one"
    yield "two"


@app.get("/teapot")
def teapot():
    raise bottle.HTTPResponse("short", 418, {"X-Pot": "tea"})
'''

SETTINGS = '''\
import pathlib
BASE = pathlib.Path(__file__).resolve().parent.parent
SECRET_KEY = "for the tests"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth",
                  "django.contrib.contenttypes", "django.contrib.sessions",
                  "django.contrib.messages", "django.contrib.staticfiles",
                  "notes"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware",
              "django.contrib.sessions.middleware.SessionMiddleware",
              "django.middleware.common.CommonMiddleware",
              "django.middleware.csrf.CsrfViewMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
ROOT_URLCONF = "site_project.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates",
              "APP_DIRS": True, "OPTIONS": {"context_processors": [
                  "django.template.context_processors.request",
                  "django.contrib.auth.context_processors.auth",
                  "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",
                         "NAME": BASE / "var" / "db.sqlite3"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
STATIC_URL = "static/"
MEDIA_ROOT = BASE / "var"
USE_TZ = True
'''

URLS = '''\
from django.contrib import admin
from django.contrib.staticfiles.views import serve
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path, re_path


def stream(request):
    return StreamingHttpResponse(f"{i}," for i in range(1000))


def file(request):
    return FileResponse(open(__file__, "rb"))


urlpatterns = [
    path("admin/", admin.site.urls), path("stream", stream),
    path("file", file),
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True})]
'''

MODELS = '''\
from django.db import models


class Note(models.Model):
    text = models.CharField(max_length=80)
    paper = models.FileField(upload_to="papers")
'''

ADMIN = '''\
from django.contrib import admin
from notes.models import Note

admin.site.register(Note)
'''

WSGI = '''\
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "site_project.settings"
from django.core.wsgi import get_wsgi_application   # noqa: E402
application = get_wsgi_application()
'''

CREATE = '''\
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "site_project.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from django.contrib.auth.models import User
User.objects.create_superuser("ada", "ada@example.org", "secret")
'''


def make_django(shared):
    for name, text in (("settings", SETTINGS), ("urls", URLS), ("wsgi", WSGI),
                       ("__init__", "")):
        shared.write(f"site_project/{name}.py", text)
    for name, text in (("models", MODELS), ("admin", ADMIN),
                       ("__init__", "")):
        shared.write(f"notes/{name}.py", text)
    shared.writable("var")
    subprocess.run([tree.tool("PYTHON"), "-B", "-c", CREATE], check=True,
                   cwd=shared.root)
    account = unprivileged()
    subprocess.run(["chown", "-R", f"{account.pw_uid}:{account.pw_gid}",
                    shared.root / "var"])


@pytest.fixture(scope="module")
def server(shared):
    shared.write("pages.py", PAGES)
    shared.write("flask_app.py", FLASK)
    shared.write("bottle_app.py", BOTTLE)
    shared.write("static/plain.txt", "static words")
    make_django(shared)
    return shared.serve(ROUTES, "StartServers 1\nServerLimit 1\n"
                        "MinSpareThreads 1\nMaxSpareThreads 16\n"
                        "ThreadsPerChild 16\nMaxRequestWorkers 16\n"
                        "EnableSendfile On\n")


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, server):
        self.server = server
        self.cookies = {}

    def __call__(self, method, target, body=None, **headers):
        if self.cookies:
            headers["Cookie"] = "; ".join(
                f"{name}={value}" for name, value in self.cookies.items())
        answer = self.server.request(method, target, body, headers)
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.coded_value
        return answer

    def form(self, target, **fields):
        return self("POST", target, urllib.parse.urlencode(fields), **{
            "Content-Type": "application/x-www-form-urlencoded"})

    def multipart(self, target, fields, files):
        edge = "edge-of-the-parts"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; '
                 f'name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        parts += [f'--{edge}\r\nContent-Disposition: form-data; '
                  f'name="{name}"; filename="{file}"\r\nContent-Type: '
                  'application/octet-stream\r\n\r\n'.encode() + data + b"\r\n"
                  for name, (file, data) in files.items()]
        return self(
            "POST", target, b"".join(parts) + f"--{edge}--".encode(),
            **{"Content-Type": f"multipart/form-data; boundary={edge}"})


@pytest.fixture
def browser(server):
    return Browser(server)


DATA = bytes(range(256)) * 8000


# ---- Flask ------------------------------------------------------------------

def test_flask_login(browser):
    assert browser("GET", "/flask/who").status == 401
    assert "<form" in browser("GET", "/flask/login").text
    answer = browser.form("/flask/login", name="Zoë")
    assert answer.status == 302
    assert answer.headers["Location"] == "/flask/who?next=%C3%A9"
    assert browser("GET", "/flask/who").text == "Zoë:welcome"
    assert browser("GET", "/flask/who").text == "Zoë:"


def test_flask_upload(browser):
    answer = browser.multipart("/flask/upload", {"note": "n"},
                               {"file": ("ä.bin", DATA)})
    assert answer.json == {"name": "ä.bin", "note": "n",
                           "sum": hashlib.sha256(DATA).hexdigest()}


def test_flask_takes_a_chunked_body(server):
    link = server.connect()
    link.request("PUT", "/flask/json", iter([b'{"a":', b' 1}']), {
        "Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        encode_chunked=True)
    answer = link.getresponse()
    assert (answer.status, answer.headers["X-Echo"]) == (202, "yes")
    assert answer.read() == b'{"a":1}\n'
    link.close()


def test_flask_stream(server):
    assert server.get("/flask/stream?n=3").text == \
        "0," * 1000 + "1," * 1000 + "2," * 1000
    link = server.connect()
    link.request("GET", "/flask/stream?n=100000000")
    assert link.getresponse().read(100) == b"0," * 50
    link.close()
    wait_for(lambda: len(server.get("/flask/closed").json) == 2,
             "the end of the generator")


def test_flask_static(server):
    answer = server.get("/flask/static/plain.txt")
    assert (answer.text, answer.type) == ("static words", "text/plain")
    since = answer.headers["Last-Modified"]
    assert server.get("/flask/static/plain.txt",
                      If_Modified_Since=since).status == 304
    assert server.get("/flask/static/../flask_app.py").status == 404
    assert server.get("/flask/static/none.txt").status == 404


def test_flask_file(server, shared):
    answer = server.get("/flask/file")
    assert answer.body == (shared.root / "flask_app.py").read_bytes()
    tag = answer.headers["ETag"]
    assert server.get("/flask/file", If_None_Match=tag).status == 304
    assert server.get("/flask/file", Range="bytes=1-3").body == \
        answer.body[1:4]
    assert server.request("HEAD", "/flask/file").headers["Content-Length"] \
        == str(len(answer.body))


def test_flask_errors(server):
    assert server.get("/flask/none").status == 404
    answer = server.request("DELETE", "/flask/who")
    assert answer.status == 405 and "GET" in answer.headers["Allow"]
    assert "POST" in server.request("OPTIONS", "/flask/login").headers["Allow"]
    server.expect("in flask", "0131")       # Flask logs to sys.stderr
    assert server.get("/flask/raises").status == 500


def test_flask_urls(server):
    seen = server.get("/flask/url").json
    assert seen == {"url": f"http://127.0.0.1:{server.port}/flask/who",
                    "root": "/flask", "path": "/url", "user": None}


# ---- Bottle -----------------------------------------------------------------

def test_bottle(browser):
    assert browser("GET", "/bottle/hello/<b>").text == "Hello &lt;b&gt;"
    assert sorted(browser.cookies) == ["a", "b"]
    assert browser("GET", "/bottle/back").text == "2"
    assert browser.form("/bottle/form", x="é", y="&").json == \
        {"x": "é", "y": "&"}
    assert browser.multipart("/bottle/upload", {},
                             {"file": ("f", DATA)}).text == f"f {len(DATA)}"
    assert browser("GET", "/bottle/stream").text == "onetwo"
    answer = browser("GET", "/bottle/teapot")
    assert (answer.status, answer.headers["X-Pot"]) == (418, "tea")


def test_bottle_login(server, browser):
    assert browser("GET", "/bottle/who").status == 401
    assert "<form" in browser("GET", "/bottle/login").text
    assert browser.form("/bottle/login", name="ada",
                        password="x").status == 403
    answer = browser.form("/bottle/login", name="Zoë", password="secret")
    assert (answer.status, answer.headers["Location"]) == \
        (303, f"http://127.0.0.1:{server.port}/bottle/who")
    assert browser("GET", "/bottle/who").text == "Zoë"
    browser.cookies["name"] = browser.cookies["name"][:-2] + 'x"'
    assert browser("GET", "/bottle/who").status == 401


def test_bottle_static(server):
    answer = server.get("/bottle/static/plain.txt")
    assert (answer.text, answer.type) == ("static words", "text/plain")
    since = answer.headers["Last-Modified"]
    assert server.get("/bottle/static/plain.txt",
                      If_Modified_Since=since).status == 304
    assert server.get("/bottle/static/plain.txt", Range="bytes=7-").text == \
        "words"
    assert server.get("/bottle/static/../app.py").status == 404


# ---- Django -----------------------------------------------------------------

def token(answer):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"',
                     answer.text).group(1)


def test_django_admin(browser, shared):
    answer = browser("GET", "/django/admin/")
    assert answer.status == 302
    login = answer.headers["Location"]
    assert login == "/django/admin/login/?next=/django/admin/"
    page = browser("GET", login)
    assert browser.form(login, username="ada",
                        password="secret").status == 403    # without its token
    answer = browser.form(login, username="ada", password="wrong",
                          csrfmiddlewaretoken=token(page))
    assert answer.status == 200 and "correct username" in answer.text
    answer = browser.form(login, username="ada", password="secret",
                          csrfmiddlewaretoken=token(answer))
    assert (answer.status, answer.headers["Location"]) == \
        (302, "/django/admin/")
    assert "Site administration" in browser("GET", "/django/admin/").text
    add = "/django/admin/notes/note/add/"
    answer = browser.multipart(add, {
        "text": "Größe & <b>", "_save": "Save",
        "csrfmiddlewaretoken": token(browser("GET", add))},
        {"paper": ("paper.bin", DATA)})
    assert (answer.status, answer.headers["Location"]) == \
        (302, "/django/admin/notes/note/")
    assert (shared.root / "var/papers/paper.bin").read_bytes() == DATA
    listed = browser("GET", "/django/admin/notes/note/").text
    assert "1 note" in listed and "was added successfully" in listed
    assert browser.form("/django/admin/logout/", csrfmiddlewaretoken=token(
        browser("GET", add))).status == 200
    assert browser("GET", "/django/admin/").status == 302


def test_django_static_stream_and_file(server, shared):
    answer = server.get("/django/static/admin/css/base.css")
    assert answer.type == "text/css" and b"body" in answer.body
    assert server.get("/django/stream").text == \
        "".join(f"{i}," for i in range(1000))
    assert server.get("/django/file").body == \
        (shared.root / "site_project/urls.py").read_bytes()


# ---- beside routes ----------------------------------------------------------

def test_routes_win_over_mounts(server):
    assert server.get("/").text == "<p>routes"
    assert server.get("/flask/fast/41").text == "42"
    assert server.get("/flask/fast/x").status == 404        # Flask's own
