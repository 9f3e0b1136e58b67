# SPDX-License-Identifier: Apache-2.0
"""Sessions in a database: a logout takes back what a cookie stands for."""

import os
import sqlite3
from pathlib import Path

import pytest

import tree
from conftest import Site
from httpd import unprivileged
from test_435_session import APP, ROUTES, Browser

CONFIG = """
RoutesMount app
DBDriver sqlite3
DBDParams "{root}/db/sessions"
DBDPrepareSQL "delete from session where key = %s" deletesession
DBDPrepareSQL "update session set value = %s, expiry = %lld, key = %s \
where key = %s" updatesession
DBDPrepareSQL "insert into session (value, expiry, key) \
values (%s, %lld, %s)" insertsession
DBDPrepareSQL "select value from session where key = %s \
and (expiry = 0 or expiry > %lld)" selectsession
Session On
SessionDBDCookieName sid path=/
"""
ROUTES += """\
GET  /token   -> app:token() override public
POST /guarded -> app:hello() { override public; csrf token }
"""
APP += """
def token():
    return apache.csrf_token()
"""
MODULES = ["session", "dbd", "session_dbd", "request"]


@pytest.fixture(scope="module")
def server():
    if not (Path(tree.apxs("LIBEXECDIR")) / "mod_session_dbd.so").exists():
        pytest.skip("httpd has no mod_session_dbd")
    driver = "libaprutil1-dbd-sqlite3"
    if not list(Path("/usr").glob("lib*/**/apr_dbd_sqlite3*.so")):
        pytest.skip(f"APR has no driver for sqlite ({driver})")
    site = Site(shared=True)
    site.write("app.py", APP)
    folder = site.writable("db")
    with sqlite3.connect(folder / "sessions") as base:
        base.execute("create table session "
                     "(key text primary key, value text, expiry integer)")
    if os.geteuid() == 0:
        account = unprivileged()
        os.chown(folder / "sessions", account.pw_uid, account.pw_gid)
    yield site.serve(ROUTES, CONFIG, mount="", modules=MODULES)
    site.close()


def test_a_logout_takes_the_session_back(server):
    browser = Browser(server)
    assert browser.login().status == 303
    assert browser.send("GET", "/me").text == "ada web "
    stolen = dict(browser.jar)
    assert browser.send("POST", "/logout", {}).status == 200
    browser.jar = stolen
    assert browser.send("GET", "/me").status == 401


def test_a_login_has_another_key(server):
    browser = Browser(server)
    browser.login("mallory")
    planted = dict(browser.jar)
    browser.login("ada")
    assert browser.jar != planted
    assert browser.send("GET", "/me").text == "ada web "
    browser.jar = planted
    assert browser.send("GET", "/me").status == 401


@pytest.mark.parametrize("key", [
    "x", "00000000-0000-0000-0000-000000000000", "' or 1=1 --",
    "routes.776562=" + "0" * 32 + ".1.9999999999.YWRh"])
def test_a_key_of_nobody_is_nobody_s(server, key):
    browser = Browser(server)
    browser.jar = {"sid": key}
    assert browser.send("GET", "/me").status == 401
    assert browser.login().status == 303
    assert browser.send("GET", "/me").status == 200


def test_a_token_is_the_login_s_wherever_it_is_looked_for(server):
    browser = Browser(server)
    browser.login()
    token = browser.send("GET", "/token").text
    assert "csrf" not in browser.jar
    field = {"csrf_token": token}
    assert browser.send("POST", "/guarded", field).status == 200
    assert browser.send("POST", "/guarded", {},
                        X_CSRF_Token=token).status == 200
    assert browser.send("POST", "/guarded", {}).status == 403
    browser.login("eve")
    assert browser.send("POST", "/guarded", field).status == 403
