# SPDX-License-Identifier: Apache-2.0
"""`deny as 404`: who may not gets, byte for byte, what nothing gives."""

import hashlib
import os
import re

import pytest

from test_400_authorisation import basic

KEYS = {"ann": "a" * 40, "bob": "b" * 40}
ROUTES = """\
routes 1
realm keys  = apikey { header "X-Api-Key"; file "keys" }
realm staff = basic { file "staff.htpasswd"; groups "groups" }
%s
location /hidden {
    auth keys
    require role(boss)
    deny as 404
    header "X-Hidden" "yes"
    cache off
    error 400..599 -> app:page
    cors { origins "https://app.example"; credentials true }
    GET      .          -> app:ok
    GET,POST /item/{id:int} -> app:item
    PUT      /put       -> app:ok  csrf off limit rate 2/min per ip
    GET      /bare      -> app:ok  deny as 403
}
location /asks {
    auth staff
    require role(boss)
    deny as 404
    GET . -> app:ok
}
location /shop {
    public
    GET    /item -> app:ok
    DELETE /item -> app:ok { auth keys; require role(boss); deny as 404 }
    DELETE /only -> app:ok { auth keys; require role(boss); deny as 404 }
    location /back {
        auth keys
        require role(boss)
        deny as 404
        GET . -> app:ok
        location /deep { require user; GET . -> app:ok }
    }
}
"""
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
           "PROPFIND", "BREW"]
CONFIGS = {
    "plain": ("", ""),
    "page": ("", 'ErrorDocument 404 "nothing here"\n'
             'ErrorDocument 405 /page.html\n'),
    "redirect": ("", 'ErrorDocument 404 /page.html\n'),
    "require": ("", "<Location />\nRequire all denied\n</Location>\n"),
    "headers": ("", 'Header always set X-All "1"\nHeader set X-Some "2"\n'),
    "satisfy": ("", "<Location />\nSatisfy Any\nOrder allow,deny\n"
                "Allow from all\nRequire all granted\n</Location>\n"),
    "kept": ('public\nunmatched 404\nheader "X-Site" "yes"\n', ""),
    "guarded": ("auth keys\nrequire user\nunmatched 404\n", ""),
}


def fill(site):
    site.write("app.py", "def ok():\n    return 'secret'\n\n\n"
               "def item(id):\n    return f'secret {id}'\n\n\n"
               "def page(error):\n    return 'secret page'\n")
    page = site.write("htdocs/page.html", "<p>a page</p>")
    os.utime(page, (1e9, 1e9))      # a new file's entity tag is weak
    site.write("groups", "boss: ada\n")
    site.htpasswd("staff.htpasswd", ada="one", bob="two")
    site.write("keys", "".join(
        f"{name}:{hashlib.sha256(key.encode()).hexdigest()}:{roles}\n"
        for (name, key), roles in zip(KEYS.items(), ("boss", "other"))))


def serve(site, name):
    fill(site)
    clauses, config = CONFIGS[name]
    text = ROUTES % clauses
    if "auth keys" in clauses:
        text = text.replace("    public\n", "    override public\n").replace(
            "auth staff", "override auth staff")
    return site.serve(text, config, modules=[
        "headers", "access_compat", "authz_host", "authn_core", "dir"])


def ask(server, method, target, *headers):
    """The whole answer but for its date."""
    lines = [f"{method} {target} HTTP/1.1", "Host: a.example",
             "Connection: close", *headers]
    if method in ("POST", "PUT", "PATCH"):
        lines += ["Content-Length: 2", "Content-Type: text/plain"]
    raw = server.raw(("\r\n".join(lines) + "\r\n\r\n").encode() +
                     (b"hi" if lines[-1].endswith("plain") else b""))
    return re.sub(rb"Date: [^\r]*\r\n", b"", raw)


CALLERS = {
    "nobody": [], "bob": [f"X-Api-Key: {KEYS['bob']}"],
    "forged": ["X-Api-Key: " + "x" * 40],
    "other": ["X-Api-Key: " + "y" * 40, "Origin: https://app.example"],
}
TARGETS = ["/hidden", "/hidden/", "/hidden/item/7", "/hidden/item/x",
           "/hidden/put", "/hidden/nothing", "/hidden/nothing/deeper"]


@pytest.mark.parametrize("config", CONFIGS)
def test_what_is_hidden_looks_like_nothing(site, config):
    server = serve(site, config)
    if config not in ("kept", "guarded", "require"):
        server.expect("AH00135")    # BREW is no method
    if config == "require":
        server.expect("AH01630")
    for method in METHODS:
        for name, headers in CALLERS.items():
            wanted = ask(server, method, "/nowhere", *headers)
            assert b"secret" not in wanted
            for target in TARGETS:
                got = ask(server, method, target, *headers)
                assert got == wanted, (config, method, name, target, got,
                                       wanted)


@pytest.fixture(scope="module")
def server(shared):
    return serve(shared, "plain")


ANN = f"X-Api-Key: {KEYS['ann']}"
BOB = f"X-Api-Key: {KEYS['bob']}"


def status(server, method, target, *headers):
    return int(ask(server, method, target, *headers).split()[1])


def allow(server, method, target, *headers):
    found = re.search(rb"\r\nAllow: ([^\r]*)\r\n",
                      ask(server, method, target, *headers))
    return set(found[1].decode().split(",")) if found else None


def test_who_may_sees_all_of_it(server):
    answer = ask(server, "GET", "/hidden", ANN,
                 "Origin: https://app.example")
    assert b"200 OK" in answer and answer.endswith(b"secret")
    for line in (b"X-Hidden: yes", b"Cache-Control: no-store",
                 b"Access-Control-Allow-Origin: https://app.example"):
        assert line in answer
    assert status(server, "GET", "/hidden/item/x", ANN) == 404
    assert status(server, "DELETE", "/hidden/item/7", ANN) == 405
    assert b"X-Hidden" in ask(server, "GET", "/hidden/nothing", ANN)


def test_error_pages_are_for_who_may(server):
    assert b"secret page" in ask(server, "GET", "/hidden/item/x", ANN)
    assert b"secret page" not in ask(server, "GET", "/hidden/item/x", BOB)


def test_deny_as_403_shows_itself_again(server):
    assert status(server, "GET", "/hidden/bare", BOB) == 403
    assert status(server, "GET", "/hidden/bare") == 401


def test_a_realm_that_asks_is_not_hidden(server):
    """A browser could not log in otherwise; who has no right sees nothing."""
    answer = ask(server, "GET", "/asks")
    assert b" 401 " in answer and b"WWW-Authenticate" in answer
    bob = "Authorization: " + basic("bob", "two")["Authorization"]
    assert (ask(server, "GET", "/asks", bob) ==
            ask(server, "GET", "/nowhere", bob))


def test_allow_lists_what_the_caller_may_see(server):
    for method in ("POST", "OPTIONS"):
        assert "DELETE" not in allow(server, method, "/shop/item")
        assert "DELETE" not in allow(server, method, "/shop/item", BOB)
        assert "DELETE" in allow(server, method, "/shop/item", ANN)
        assert "GET" in allow(server, method, "/shop/item")


def test_a_path_of_hidden_methods_alone_is_not_there(server):
    for method in ("GET", "POST", "OPTIONS", "DELETE"):
        assert (ask(server, method, "/shop/only", BOB) ==
                ask(server, method, "/shop/nowhere", BOB)), method
    assert status(server, "GET", "/shop/only", ANN) == 405
    assert status(server, "DELETE", "/shop/only", ANN) == 200


def test_the_place_around_answers_for_what_it_hides(server):
    for method in ("GET", "POST", "OPTIONS", "PUT"):
        for target in ("/shop/back", "/shop/back/deep", "/shop/back/deep/x"):
            assert (ask(server, method, target, BOB) ==
                    ask(server, method, "/shop/nowhere", BOB)), method
    assert status(server, "GET", "/shop/back/deep", ANN) == 200


def test_the_log_knows_and_has_the_reason(server):
    ask(server, "GET", "/hidden", BOB)
    server.logged(r"ROUTES0039.*/hidden.*bob.*requirement is not met")


def test_a_preflight_is_answered_for_a_listed_origin_alone(server):
    asked = ["Access-Control-Request-Method: GET"]
    assert status(server, "OPTIONS", "/hidden",
                  "Origin: https://app.example", *asked) == 204
    assert (ask(server, "OPTIONS", "/hidden", "Origin: https://b.example",
                *asked) ==
            ask(server, "OPTIONS", "/nowhere", "Origin: https://b.example",
                *asked))


def test_explain_and_assertions_say_the_same(server, shared):
    for caller, target, wanted in (
            ("anonymous", "/hidden", "404"), ("user", "/hidden", "404"),
            ("anonymous", "/asks", "401"), ("user", "/asks", "404"),
            ("user and role(boss)", "/asks", "app:ok"),
            ("user", "/hidden/bare", "403"),
            ("anonymous", "/shop/back", "404")):
        text = (ROUTES % "" + f"assert GET {target} as {caller} -> {wanted}")
        shared.write("asserted.routes", text)
        done = shared.routesc("check", "--no-python", "asserted.routes")
        assert done.returncode == 0, done.stdout
        said = shared.routesc("explain", "asserted.routes", "GET", target,
                              "--as", caller).stdout
        assert wanted in said, said
