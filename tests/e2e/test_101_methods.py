# SPDX-License-Identifier: Apache-2.0
"""`method PURGE`: request methods that a program declares."""

import base64
import subprocess

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "users"; title "Staff" }
auth staff
public
method PURGE, VERSION-CONTROL
PURGE /cache/{key} -> app:told(key, how: method)
GET   /cache/{key} -> app:told(key, how: method)
ANY   /any/{key}   -> app:told(key, how: method)
GET   /get/{key}   -> app:told(key, how: method)
PURGE,GET /role/{key} -> app:told(key, how: method) {
    require (method(GET) and user) or role(ops)
}
location /hidden {
    GET . -> app:told(key = "hidden", how: method)
    PURGE . -> app:told(key = "hidden", how: method) {
        require role(ops)
        deny as 404
    }
}
"""
OTHER = """\
routes 1
method BAN, PURGE
public
BAN   /{key} -> app:told(key, how: method)
PURGE /{key} -> app:told(key, how: method)
"""
APP = """\
def told(key, how):
    return f"{how} {key}"
"""
CONFIG = """\
RoutesMount /other other
RoutesMount app
<Location "/other/limited">
    <Limit BAN>
        Require all denied
    </Limit>
</Location>
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", APP)
    shared.htpasswd("users", ada="pw", eve="pw")
    shared.write("groups", "ops: ada\n")
    routes = ROUTES.replace('file "users"', 'file "users"; groups "groups"')
    return shared.httpd(
        [shared.build("app", routes), shared.build("other", OTHER)],
        f'RoutesPythonPath "{shared.root}"\n{CONFIG}').start()


def ask(server, method, target, user=None, **headers):
    if user is not None:
        word = base64.b64encode(f"{user}:pw".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    return server.request(method, target, headers=headers)


def allowed(answer):
    return set(answer.headers["Allow"].replace(",", " ").split())


def test_curl_calls_a_function_by_it(server):
    done = subprocess.run(
        ["curl", "-sS", "-X", "PURGE",
         f"http://127.0.0.1:{server.port}/cache/a"],
        capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "PURGE a"


@pytest.mark.parametrize("method, target, text", [
    ("GET", "/cache/a", "GET a"), ("PURGE", "/any/a", "PURGE a"),
    ("VERSION-CONTROL", "/any/a", "VERSION-CONTROL a"),
    ("FOO", "/any/a", "FOO a"), ("BAN", "/any/a", "BAN a"),
    ("BAN", "/other/a", "BAN a"), ("PURGE", "/other/a", "PURGE a")])
def test_each_method_has_its_function(server, method, target, text):
    answer = ask(server, method, target)
    assert (answer.status, answer.text) == (200, text)


@pytest.mark.parametrize("method, target, has, lacks", [
    ("POST", "/cache/a", {"GET", "HEAD", "PURGE", "OPTIONS"}, {"BAN"}),
    ("VERSION-CONTROL", "/cache/a", {"PURGE"}, {"VERSION-CONTROL"}),
    ("FOO", "/cache/a", {"PURGE"}, {"FOO"}),
    ("PURGE", "/get/a", {"GET"}, {"PURGE"}),
    ("GET", "/other/a", {"BAN", "PURGE"}, {"VERSION-CONTROL"})])
def test_another_method_is_405_with_what_there_is(server, method, target, has,
                                                  lacks):
    answer = ask(server, method, target)
    assert answer.status == 405
    assert has <= allowed(answer)
    assert not lacks & allowed(answer)


def test_options_lists_them(server):
    answer = ask(server, "OPTIONS", "/any/a")
    assert answer.status == 204
    assert {"PURGE", "VERSION-CONTROL", "GET"} <= allowed(answer)
    assert not {"BAN", "TRACE", "CONNECT"} & allowed(answer)
    assert "" not in allowed(answer)


@pytest.mark.parametrize("method, user, status", [
    ("PURGE", None, 401), ("PURGE", "eve", 403), ("PURGE", "ada", 200),
    ("GET", "eve", 200), ("purge", "ada", 405), ("PURGES", "ada", 405)])
def test_a_requirement_asks_for_it(server, method, user, status):
    assert ask(server, method, "/role/a", user).status == status


def test_another_site_may_not_send_it(server):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert ask(server, "PURGE", "/cache/a", **headers).status == 403
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert ask(server, "PURGE", "/cache/a", **headers).status == 200


def test_who_may_not_is_not_shown_it_in_allow(server):
    assert "PURGE" not in allowed(ask(server, "POST", "/hidden", "eve"))
    assert "PURGE" in allowed(ask(server, "POST", "/hidden", "ada"))
    assert ask(server, "PURGE", "/hidden", "eve").status == 404


def test_httpd_knows_it_by_name(server):
    server.expect("AH01630")
    assert ask(server, "BAN", "/other/limited").status == 403
    assert ask(server, "PURGE", "/other/limited").status == 200


def test_a_graceful_restart_knows_it_again(server):
    server.graceful()
    server.expect("AH01630")
    assert ask(server, "PURGE", "/cache/a").text == "PURGE a"
    assert ask(server, "BAN", "/other/limited").status == 403


def test_registered_methods_reach_their_routes(site):
    site.write("app.py", APP)
    server = site.serve(
        "routes 1\npublic\nmethod PURGE\nPURGE /a -> app:told(key = \"a\", "
        "how: method)\nANY /b -> app:told(key = \"b\", how: method)\n",
        "HttpProtocolOptions RegisteredMethods")
    assert ask(server, "PURGE", "/a").text == "PURGE a"
    assert ask(server, "PURGE", "/b").text == "PURGE b"
    assert ask(server, "FOO", "/b").status == 501


def test_more_than_httpd_has_room_for_is_refused(site):
    def table(first):
        names = [f"M{chr(65 + i // 26)}{chr(65 + i % 26)}"
                 for i in range(first, first + 20)]
        return (f"routes 1\npublic\nmethod {', '.join(names)}\n"
                f"{names[0]} /a -> app:told(key = \"a\", how: method)\n")
    site.write("app.py", APP)
    server = site.httpd([site.build("one", table(0)),
                         site.build("two", table(20))],
                        "RoutesMount /one one\nRoutesMount /two two\n"
                        f'RoutesPythonPath "{site.root}"')
    code, words = server.configtest()
    assert code != 0
    assert "httpd has no room for the method M" in words
