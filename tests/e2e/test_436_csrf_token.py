# SPDX-License-Identifier: Apache-2.0
"""`csrf token`: a form must have been ours, and this browser's."""

import pytest

from conftest import Site
from test_435_session import CONFIG, MODULES, Browser

ROUTES = """\
routes 1
realm web = session { cookie "sid" }
record Note { text: str }
auth web
csrf token
GET  /form  -> app:form()                       public
POST /login -> app:login(req: request, user: str from form) public
POST /plain -> app:hello()                      public
POST /args  -> app:args(text: str from form)    public
POST /json  -> app:note(note: Note)             public
POST /note  -> app:note(note: Note from form)   public
POST /raw   -> app:hello(data: bytes from raw)  public
POST /parts -> app:args(text: str from form, csrf_token: str from form) public
POST /all   -> app:fields(req: request)          public
POST /mine  -> app:hello()                      require user
POST /off   -> app:hello()                      public csrf
mount /part handler "nothing-of-this-name"      public
"""
APP = """\
import apache

def form():
    return apache.csrf_token()

def login(req, user):
    apache.login(req, user)
    return "in"

def hello(**args):
    return "hello"

def args(text, **more):
    return text

def fields(req):
    return [req.form["text"], [f.size for f in req.form.files.getlist("f")]]

def note(note):
    return note["text"]
"""


@pytest.fixture(scope="module")
def server():
    site = Site(shared=True)
    site.write("app.py", APP)
    yield site.serve(ROUTES, CONFIG, mount="", modules=MODULES)
    site.close()


@pytest.fixture
def browser(server):
    return Browser(server)


def token(browser):
    return browser.send("GET", "/form").text


@pytest.mark.parametrize("path", ["/plain", "/args", "/note"])
def test_a_form_has_the_token(browser, path):
    fields = {"text": "x", "csrf_token": token(browser)}
    assert browser.send("POST", path, fields).status == 200
    for wrong in ("", "0" * 64, "x", fields["csrf_token"][:-1] + "g",
                  fields["csrf_token"][::-1], "0" * 100000):
        fields["csrf_token"] = wrong
        assert browser.send("POST", path, fields).status == 403
    del fields["csrf_token"]
    assert browser.send("POST", path, fields).status == 403
    assert browser.send("POST", path + "?csrf_token=" + token(browser),
                        fields).status == 403


@pytest.mark.parametrize("path, body, kind", [
    ("/plain", None, None), ("/json", '{"text": "x"}', "application/json"),
    ("/raw", "x", "text/plain")])
def test_a_script_sends_a_header(browser, server, path, body, kind):
    right = token(browser)
    cookie = "; ".join(f"{k}={v}" for k, v in browser.jar.items())
    for sent, status in (right, 200), (right[:-1] + "!", 403), (None, 403):
        headers = {"Cookie": cookie}
        if sent is not None:
            headers["X-CSRF-Token"] = sent
        if kind is not None:
            headers["Content-Type"] = kind
        assert server.request("POST", path, body, headers).status == status


def test_a_multipart_form_declares_the_field(browser, server):
    right = token(browser)
    cookie = "; ".join(f"{k}={v}" for k, v in browser.jar.items())
    for sent, status in (right, 200), ("0" * 64, 403):
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            f"{value}\r\n" for name, value in (("text", "x"),
                                               ("csrf_token", sent)))
        answer = server.request("POST", "/parts", parts + "--b--\r\n", {
            "Cookie": cookie,
            "Content-Type": "multipart/form-data; boundary=b"})
        assert answer.status == status


@pytest.mark.parametrize("path, want", [("/all", '["x",[1]]'),
                                        ("/plain", "hello")])
def test_a_multipart_form_is_taken_whole_where_none_is_declared(
        browser, server, path, want):
    right = token(browser)
    cookie = "; ".join(f"{k}={v}" for k, v in browser.jar.items())
    for sent, status in (right, 200), ("0" * 64, 403), ("", 403):
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n'
            f"{value}\r\n" for name, value in (
                ("text", "x"), ("f; filename=n", "y"), ("csrf_token", sent)))
        answer = server.request("POST", path, parts + "--b--\r\n", {
            "Cookie": cookie,
            "Content-Type": "multipart/form-data; boundary=b"})
        assert answer.status == status
        if status == 200:
            assert answer.text == want
    # a file is no token, nor is a body that is taken raw
    parts = ("--b\r\nContent-Disposition: form-data; name=csrf_token; "
             f"filename=n\r\n\r\n{right}\r\n--b--\r\n")
    answer = server.request("POST", path, parts, {
        "Cookie": cookie, "Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 403
    answer = server.request(
        "POST", "/raw", parts.replace("; filename=n", ""), {
            "Cookie": cookie,
            "Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 403
    if path == "/all":
        fields = {"text": "x", "csrf_token": right}
        assert browser.send("POST", path, fields).json == ["x", []]


def test_each_page_has_another_text_of_it(browser):
    first = token(browser)
    assert first != token(browser) and len(first) == 64
    assert browser.send("POST", "/plain", {"csrf_token": first}).status == 200


def test_another_browser_s_token_is_wrong(browser, server):
    other = token(Browser(server))
    token(browser)
    assert browser.send("POST", "/plain", {"csrf_token": other}).status == 403
    assert Browser(server).send("POST", "/plain",
                                {"csrf_token": other}).status == 403


def test_a_login_makes_it_another(browser):
    before = token(browser)
    assert browser.send("POST", "/login", {
        "user": "ada", "csrf_token": before}).status == 200
    assert browser.send("POST", "/mine",
                        {"csrf_token": before}).status == 403
    assert browser.send("POST", "/mine",
                        {"csrf_token": token(browser)}).status == 200


def test_the_token_is_asked_beside_the_origin(browser, server):
    right = token(browser)
    cookie = "; ".join(f"{k}={v}" for k, v in browser.jar.items())
    assert server.request("POST", "/plain", "", {
        "Cookie": cookie, "X-CSRF-Token": right,
        "Sec-Fetch-Site": "cross-site"}).status == 403


def test_who_may_comes_first(browser):
    assert browser.send("POST", "/mine", {}).status == 401


def test_an_inner_clause_replaces_it(browser):
    assert browser.send("POST", "/off", {}).status == 200


def test_what_httpd_answers_asks_for_the_header(browser):
    fields = {"csrf_token": token(browser)}
    assert browser.send("GET", "/part").status == 404
    for _ in range(2):
        assert browser.send("POST", "/part/of", {}).status == 403
        assert browser.send("POST", "/part/of", fields).status == 403
        assert browser.send("POST", "/part/of", {},
                            X_CSRF_Token=fields["csrf_token"]).status == 404
