# SPDX-License-Identifier: Apache-2.0
"""Chromium as the client of what is guarded: logins, the password dialog, and
what pages of other sites can make it do."""

import re

import pytest

import tls
from conftest import RUNNING

ROUTES = """\
routes 1
realm web   = session { cookie "sid"; fail redirect "/login" }
realm staff = basic { file "staff.htpasswd"; title "The desk" }
auth web

GET  /          -> app:home()                      public returns html
GET  /login     -> app:form(next: str = "/me")     public returns html
POST /login     -> app:enter(req: request, user: str from form,
                             password: str from form, next: str = "/me") {
    public
}
POST /logout    -> app:leave(req: request)         require user
GET  /me        -> app:me(user: principal)         require user returns html
GET  /note      -> app:note_form()                 require user returns html
POST /note      -> app:note(user: principal, text: str from form) {
    require user
    csrf token
    returns html
}
POST /change    -> app:change(user: principal)     require user

location /desk {
    override auth staff
    require user
    GET  .      -> app:me(user: principal)              returns html
    POST /ring  -> app:change(user: principal)
}
location /api {
    require user
    cors {
        origins "https://www.shop.example:{tls}"
        headers "X-Mine"
        expose "X-Total"
        credentials true
    }
    GET  /items -> app:items()
    PUT  /items -> app:items()
    GET  /robot -> app:items() {
        override auth staff
        cors { origins "http://localhost:{plain}"; headers "Authorization" }
    }
}
location /open {
    public
    cors { origins "*" }
    GET  .      -> app:items()
    DELETE .    -> app:items()                          cors off public
}
"""
PYTHON = """\
import apache
import html
import hmac

def home():
    return "<title>home</title>at home"

def form(next):
    return f'''<title>login</title>
<form method=post action="/login?next={html.escape(next)}"><input name=user>
<input type=password name=password><button>log in</button></form>'''

def enter(req, user, password, next):
    if not hmac.compare_digest(password.encode(), b"sesame"):
        return 403, "no"
    apache.login(req, user)
    return apache.Response(status=303,
                           headers={"Location": apache.own_path(next)})

def leave(req):
    apache.logout(req)
    return apache.Response(status=303, headers={"Location": "/"})

def me(user):
    return f'''<title>me</title><p>{html.escape(user.user)}</p>
<form method=post action=/logout><button>log out</button></form>'''

def note_form():
    return f'''<form method=post action=/note>
<input type=hidden name=csrf_token value="{apache.csrf_token()}">
<input name=text><button>keep</button></form>
<form method=post action=/note id=bad><input name=text value=x>
<button>keep</button></form>'''

def note(user, text):
    return f"<p>{html.escape(user.user)}: {html.escape(text)}</p>"

def change(user):
    return "changed"

def items():
    return 200, {"X-Total": "3", "X-Other": "4"}, [1, 2, 3]
"""
CONFIG = """
Session On
SessionCookieName sid path=/
SessionCryptoPassphrase "correct horse"
"""
MODULES = ("session", "session_cookie", "session_crypto", "request",
           *tls.MODULES)


class Sites:
    """One server; for a browser these are several sites."""

    def __init__(self, plain, secure):
        self.own = f"http://127.0.0.1:{plain}"
        self.secure = f"https://127.0.0.1:{secure}"
        self.listed = f"http://localhost:{plain}"
        self.secure_listed = f"https://localhost:{secure}"
        self.shop = f"http://shop.example:{plain}"
        self.evil = f"http://evil.example:{plain}"
        self.www = f"https://www.shop.example:{secure}"
        self.api = f"https://api.shop.example:{secure}"


@pytest.fixture(scope="module")
def sites(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="sesame")
    tls.certificate(shared.root)
    port, config = tls.config()
    server = shared.httpd(
        [], f'RoutesMount app\nRoutesPythonPath "{shared.root}"\n{CONFIG}'
        + config, modules=MODULES)
    text = ROUTES.replace("{tls}", str(port))
    server.load.append(shared.build(
        "app", text.replace("{plain}", str(server.port))))
    RUNNING.append(server)
    server.start()
    return Sites(server.port, port)


def login(page, origin, password="sesame", target="/login"):
    page.open(origin + target)
    page.type("[name=user]", "ada")
    page.type("[name=password]", password)
    return page.click("button")


def fetch(page, url, **options):
    """What a script of the page gets: status and text, or the error."""
    words = ", ".join(f"{name}: {value}" for name, value in options.items())
    return page.run(f"""fetch("{url}", {{{words}}})
        .then(async r => [r.status, await r.text()], e => e.name)""")


# ---- logins -----------------------------------------------------------------

@pytest.mark.parametrize("scheme", ["own", "secure"])
def test_a_login_from_the_redirect_to_the_logout(page, sites, scheme):
    origin = getattr(sites, scheme)
    answer = page.open(origin + "/me?x=1")
    assert (answer.status, page.run("document.title")) == (200, "login")
    status, target = page.redirects()[0]
    assert status == 303
    assert target.lower() == f"{origin}/login?next=%2fme%3fx%3d1"
    page.type("[name=user]", "ada")
    page.type("[name=password]", "wrong")
    assert page.click("button").status == 403
    assert page.cookies() == {}
    login(page, origin, target="/me?x=1")
    assert page.address == origin + "/me?x=1"
    assert page.text.startswith("ada")
    cookie = page.cookies()["sid"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert cookie["secure"] == (scheme == "secure")
    assert (cookie["path"], cookie["domain"]) == ("/", "127.0.0.1")
    assert page.run("document.cookie") == ""
    assert page.click("button").status == 200
    assert page.address == origin + "/" and page.text == "at home"
    page.open(origin + "/me")
    assert page.run("document.title") == "login"


def test_a_form_with_its_token_is_taken(page, sites):
    login(page, sites.own)
    page.open(sites.own + "/note")
    page.type("[name=text]", "<b>")
    assert page.click("button").status == 200
    assert page.text == "ada: <b>"
    page.open(sites.own + "/note")
    assert page.click("#bad button").status == 403


# ---- what other sites can do ------------------------------------------------

def send_form(page, target):
    """A form of this page, sent to another site."""
    page.run(f"""document.body.innerHTML =
        '<form method=post action="{target}"><button>go</button></form>'""")
    return page.click("button").status


@pytest.mark.parametrize("own, other, status", [
    ("own", "own", 200), ("own", "listed", 403), ("own", "shop", 403),
    ("own", "secure", 403), ("secure", "secure", 200),
    ("secure", "secure_listed", 403), ("secure", "own", 403),
    ("secure", "evil", 403), ("shop", "shop", 200), ("shop", "evil", 403),
    ("shop", "own", 403)])
def test_a_form_of_another_site_changes_nothing(page, sites, own, other,
                                                status):
    """A browser names its reasons where it trusts the place (TLS, loopback):
    Sec-Fetch-Site; elsewhere Origin."""
    own, other = getattr(sites, own), getattr(sites, other)
    page.will_type(("ada", "sesame"))
    assert page.open(own + "/desk").status == 200
    page.open(other + "/")
    assert send_form(page, own + "/desk/ring") == status
    # a script: its site has passwords of its own, and reads no answer
    page.open(other + "/")
    mark = len(page.events)
    answer = fetch(page, own + "/desk/ring", method="'POST'", mode="'no-cors'",
                   credentials="'include'")
    if status == 200:
        assert answer == [200, "changed"]
    else:
        assert answer in ([0, ""], "TypeError")
        # the page's icon may be asked for at the same time
        sent = {words["requestId"]
                for words in page.since(mark, "Network.requestWillBeSent")
                if words["request"]["url"] == own + "/desk/ring"}
        seen = {words["statusCode"] for words in
                page.since(mark, "Network.responseReceivedExtraInfo")
                if words["requestId"] in sent}
        assert sent and seen <= {401, 403}


def test_a_form_of_another_site_has_no_login(page, sites):
    """SameSite=Lax keeps the cookie, csrf would refuse what has it."""
    login(page, sites.own)
    page.open(sites.own + "/")
    assert fetch(page, "/change", method="'POST'") == [200, "changed"]
    page.open(sites.listed + "/")
    assert send_form(page, sites.own + "/change") in (401, 403)


def test_another_site_logs_nobody_in(page, sites):
    page.open(sites.evil + "/")
    page.run(f"""document.body.innerHTML =
        '<form method=post action="{sites.own}/login">' +
        '<input name=user value=eve><input name=password value=sesame>' +
        '<button>go</button></form>'""")
    assert page.click("button").status == 403
    assert page.cookies() == {}


# ---- the password dialog ----------------------------------------------------

@pytest.mark.parametrize("scheme", ["own", "secure"])
def test_the_dialog_asks_until_it_is_right(page, sites, scheme):
    origin = getattr(sites, scheme)
    page.will_type(("ada", "wrong"), ("eve", "sesame"), ("ada", "sesame"))
    answer = page.open(origin + "/desk")
    assert answer.status == 200 and page.text.startswith("ada")
    assert [(c["scheme"], c["realm"], c["origin"])
            for c in page.challenges] == \
        [("basic", "The desk", origin)] * 3
    # what was right once is sent without being asked
    assert page.open(origin + "/desk").status == 200
    assert fetch(page, "/desk/ring", method="'POST'") == [200, "changed"]
    assert len(page.challenges) == 3


def test_who_cancels_the_dialog_sees_the_401(page, sites):
    page.will_type(("ada", "wrong"))
    answer = page.open(sites.own + "/desk")
    assert answer.status == 401
    assert re.match('Basic realm="The desk"',
                    answer.headers["www-authenticate"])
    assert len(page.challenges) == 2
    assert page.run("document.title").startswith("401")


# ---- scripts of other sites -------------------------------------------------

def test_a_listed_site_s_scripts_call_and_read(page, sites):
    """Two origins of one site: a browser sends the login's cookie."""
    login(page, sites.api)
    page.open(sites.www + "/")
    items = sites.api + "/api/items"
    options = {"method": "'PUT'", "credentials": "'include'",
               "headers": "{'X-Mine': '1'}"}
    mark = len(page.events)
    assert fetch(page, items, **options) == [200, "[1,2,3]"]
    assert "OPTIONS" in [words["request"]["method"] for words in
                         page.since(mark, "Network.requestWillBeSent")]
    assert page.run(f"""fetch("{items}", {{credentials: "include"}})
        .then(r => [r.headers.get("X-Total"), r.headers.get("X-Other")])
        """) == ["3", None]
    assert fetch(page, items)[0] == 401
    options["headers"] = "{'X-Theirs': '1'}"
    assert fetch(page, items, **options) == "TypeError"
    options["headers"], options["method"] = "{}", "'DELETE'"
    assert fetch(page, items, **options) == "TypeError"


def test_its_sisters_scripts_read_nothing(page, sites):
    login(page, sites.api)
    page.open(sites.api.replace("api", "other") + "/")
    for method in ("GET", "PUT", "POST"):
        assert fetch(page, sites.api + "/api/items", method=f"'{method}'",
                     credentials="'include'") == "TypeError"


def test_a_script_has_a_password_of_its_own(page, sites):
    page.open(sites.listed + "/")
    for password, status in (("sesame", 200), ("wrong", 401)):
        assert fetch(page, sites.own + "/api/robot", headers=f"""{{
            Authorization: "Basic " + btoa("ada:{password}")}}""")[0] == status
    page.open(sites.shop + "/")
    assert fetch(page, sites.own + "/api/robot", headers="""{
        Authorization: "Basic " + btoa("ada:sesame")}""") == "TypeError"


def test_what_is_open_is_read_by_all(page, sites):
    page.open(sites.evil + "/")
    assert fetch(page, sites.own + "/open") == [200, "[1,2,3]"]
    assert fetch(page, sites.own + "/open",
                 credentials="'include'") == "TypeError"
    assert fetch(page, sites.own + "/open", method="'DELETE'") == "TypeError"
