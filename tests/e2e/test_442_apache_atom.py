# SPDX-License-Identifier: Apache-2.0
"""`apache("NAME", "…")`: httpd's authorisation providers in requirements."""

import base64

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
realm corp  = apache
rule here   = apache("ip", "127.0.0.1 ::1")
rule broken = apache("dbd-group", "x")

GET /ip      => here
GET /notip   => not here
GET /far     => apache("ip", "192.0.2.0/24")
GET /env     => apache("env", "letin")
GET /granted => apache("all", "granted")
GET /denied  => apache("all", "denied")
GET /alias   => apache("office")
GET,POST /method => apache("method", "POST")
GET /expr    => apache("expr", "%{REMOTE_USER} == 'ada'") auth staff
GET /user    => apache("user", "ada bob") auth staff
GET /valid   => apache("valid-user") auth staff
GET /group   => apache("group", "boss") auth staff
GET /notgroup => not apache("group", "boss") auth staff
GET /notexpr => not apache("expr", "false") auth staff
GET /notuser => not apache("user", "ada") auth staff
GET /mixed   => here and not apache("user", "ada") auth staff
GET /or      => apache("user", "ada") or apache("env", "letin") auth staff
GET /error   => broken auth staff
GET /noterror => not broken auth staff
GET /unasked => broken or user auth staff
GET /corp    => apache("user", "ada") auth corp
GET /hidden  => apache("user", "ada") auth staff deny as 404
POST /hidden => apache("user", "bob") auth staff deny as 404
""".replace("=>", "-> app:hello() require")
PYTHON = "def hello():\n    return 'hello'\n"
CONFIG = """
<AuthzProviderAlias ip office "127.0.0.1">
</AuthzProviderAlias>
SetEnvIf X-Let ^in$ letin
<Location />
    AuthGroupFile "{root}/groups"
</Location>
<Location /corp>
    AuthType Basic
    AuthName corp
    AuthBasicProvider file
    AuthUserFile "{root}/staff.htpasswd"
    Require valid-user
</Location>
ErrorDocument 404 /user
"""
MODULES = ["authn_core", "authn_file", "auth_basic", "authz_core",
           "authz_host", "authz_user", "authz_groupfile", "dbd", "authz_dbd",
           "authz_owner", "setenvif"]


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="adaada", bob="bobbob", eve="eveeve")
    shared.write("groups", "boss: bob\n")
    return shared.serve(ROUTES, CONFIG, modules=MODULES)


def ask(server, target, user=None, method="GET", **headers):
    server.allowed += [r"AH0\d+", "ROUTES0132"]
    if user is not None:
        word = base64.b64encode(f"{user}:{user}{user}".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    return server.request(method, target, headers=headers)


@pytest.mark.parametrize("target, nobody, ada, bob, eve", [
    ("/ip", 200, 200, 200, 200),
    ("/notip", 403, 403, 403, 403),
    ("/far", 403, 403, 403, 403),
    ("/env", 403, 403, 403, 403),
    ("/granted", 200, 200, 200, 200),
    ("/denied", 403, 403, 403, 403),
    ("/alias", 200, 200, 200, 200),
    ("/method", 403, 403, 403, 403),
    ("/expr", 401, 200, 403, 403),
    ("/user", 401, 200, 200, 403),
    ("/valid", 401, 200, 200, 200),
    ("/group", 401, 403, 200, 403),
    ("/notgroup", 401, 403, 403, 403),
    ("/notexpr", 401, 403, 403, 403),
    ("/notuser", 401, 403, 200, 200),
    ("/mixed", 401, 403, 200, 200),
    ("/or", 401, 200, 403, 403),
    ("/error", 401, 500, 500, 500),
    ("/noterror", 401, 500, 500, 500),
    ("/unasked", 401, 200, 200, 200),
    ("/corp", 401, 200, 403, 403),
    ("/hidden", 401, 200, 404, 404),
])
def test_a_provider_is_asked_about_whoever_calls(server, target, nobody, ada,
                                                 bob, eve):
    said = [ask(server, target, user).status
            for user in (None, "ada", "bob", "eve")]
    assert said == [nobody, ada, bob, eve]


def test_a_provider_sees_the_request(server):
    assert ask(server, "/method", method="POST").status == 200
    assert ask(server, "/env", **{"X-Let": "in"}).status == 200
    assert ask(server, "/or", **{"X-Let": "in"}).status == 200
    assert ask(server, "/env", **{"X-Let": "inn"}).status == 403


def test_wrong_credentials_are_nobody(server):
    for target in ("/user", "/valid", "/notuser", "/noterror", "/corp"):
        answer = ask(server, target, Authorization="Basic " +
                     base64.b64encode(b"ada:x").decode())
        assert answer.status == 401 and "hello" not in answer.text


def test_an_error_names_the_rule(server):
    mark = len(server.log())
    assert ask(server, "/noterror", "ada").status == 500
    lines = [line for line in server.log()[mark:].splitlines()
             if "ROUTES0132" in line]
    assert len(lines) == 1
    assert 'apache("dbd-group") could not tell' in lines[0]
    assert 'not apache("dbd-group", "x")' in lines[0]


def test_an_error_document_passes_the_gate_like_anyone(server):
    answer = server.get("/nosuch")
    assert answer.status == 404 and "hello" not in answer.text
    answer = ask(server, "/nosuch", "eve")
    assert "hello" not in answer.text
    answer = ask(server, "/nosuch", "ada")
    assert answer.status == 404 and answer.text == "hello"


def test_hidden_methods_are_asked_with_the_user_each(server):
    assert ask(server, "/hidden", "ada", "OPTIONS").headers["Allow"] == \
        "GET,HEAD,OPTIONS"
    assert ask(server, "/hidden", "bob", "OPTIONS").headers["Allow"] == \
        "POST,OPTIONS"
    assert ask(server, "/hidden", "eve", "OPTIONS").headers["Allow"] == \
        ask(server, "/nosuch", "eve", "OPTIONS").headers["Allow"]


@pytest.mark.parametrize("atom, wrong", [
    ('"nosuch", "x"', "no loaded module offers"),
    ('"file-owner"', "who owns the file"),
    ('"file-group"', "who owns the file"),
    ('"dbd-login"', "logs somebody in"),
    ('"dbd-logout"', "logs somebody out"),
    ('"ip", "10.0.0.300"', "10.0.0.300"),
    ('"method", "NOSUCH"', "NOSUCH"),
    ('"expr", "=="', "syntax error"),
    ('"all", "maybe"', "granted"),
])
def test_what_can_not_be_asked_fails_the_configtest(site, atom, wrong):
    site.write("app.py", PYTHON)
    load = site.build("app", "routes 1\nrealm staff = basic { file \"f\" }\n"
                      "GET / -> app:hello() auth staff require "
                      f"apache({atom})\n")
    site.htpasswd("f", ada="adaada")
    code, words = site.httpd([load], "RoutesMount app\n",
                             modules=MODULES).configtest()
    assert code != 0
    assert f"apache({atom.partition(',')[0]}) (app.routes:3): " in words
    assert wrong in words
