# SPDX-License-Identifier: Apache-2.0
"""Who may call: challenges, roles, overrides, what httpd itself demands."""

import base64

import pytest

ROUTES = """\
routes 1

realm staff = basic { file "staff.htpasswd"; groups "groups"; title "Staff" }
auth staff
require user

GET  /any           -> app:hello()
GET  /n/{n:int}     -> app:number(n)
GET  /open          -> app:hello() override public
GET  /args          -> app:number(n: int)
POST /args          -> app:text(text: str)
GET  /boom          -> app:boom()
GET  /either        -> app:hello() override require role(admin) or role(sales)
GET  /nobody        -> app:hello() require role(nosuch)
GET  /not           -> app:hello() require not role(banned)

location /admin {
    require role(admin)
    GET  .          -> app:hello()
    GET  /both      -> app:hello() require role(sales)
    GET  /loose     -> app:hello() override require user
    POST /form      -> app:text(text: str)
}
location /free {
    override public
    GET /a          -> app:hello()
    location /kept {
        override auth staff
        override require role(admin)
        GET /b      -> app:hello()
    }
}
"""
PYTHON = """\
def hello():
    return "hello"
def number(n):
    return str(n)
def text(text):
    return text
def boom():
    raise ValueError("reached")
"""
USERS = {"ada": "secret", "bob": "pass:word", "eve": "x", "josé": "clé"}
GROUPS = "admin: ada\nsales: ada bob\nbanned: eve\n"


def basic(user, password=None, encoding="utf-8"):
    text = f"{user}:{USERS.get(user, '') if password is None else password}"
    code = base64.b64encode(text.encode(encoding)).decode()
    return {"Authorization": f"Basic {code}"}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.write("groups", GROUPS)
    shared.htpasswd("staff.htpasswd", **USERS)
    shared.write("htdocs/any.txt", "file")
    return shared.serve(ROUTES)


def get(server, target, user=None, **more):
    headers = {**(basic(user) if user else {}), **more}
    return server.request("GET", target, headers=headers)


@pytest.mark.parametrize("target, user, status", [
    ("/any", None, 401), ("/any", "ada", 200), ("/any", "eve", 200),
    ("/n/5", None, 401), ("/n/5", "bob", 200),
    ("/open", None, 200), ("/open", "ada", 200),
    ("/either", None, 401), ("/either", "bob", 200), ("/either", "eve", 403),
    ("/nobody", None, 401), ("/nobody", "ada", 403),
    ("/not", None, 401), ("/not", "bob", 200), ("/not", "eve", 403),
    ("/admin", None, 401), ("/admin", "bob", 403), ("/admin", "ada", 200),
    ("/admin/both", "ada", 200), ("/admin/both", "bob", 403),
    ("/admin/loose", "eve", 200), ("/admin/loose", None, 401),
    ("/free/a", None, 200),
    ("/free/kept/b", None, 401), ("/free/kept/b", "bob", 403),
    ("/free/kept/b", "ada", 200),
])
def test_the_decision(server, target, user, status):
    assert get(server, target, user).status == status


def test_the_challenge_names_the_realm(server):
    challenge = get(server, "/any").headers["WWW-Authenticate"]
    assert challenge.startswith("Basic ") and '"Staff"' in challenge


def test_a_403_carries_no_challenge(server):
    assert "WWW-Authenticate" not in get(server, "/admin", "bob").headers


@pytest.mark.parametrize("header", [
    basic("ada", "wrong"), basic("nosuch", "secret"), basic("ada", ""),
    basic("", "secret"), basic("ADA", "secret"),
    {"Authorization": "Basic"}, {"Authorization": "Basic "},
    {"Authorization": "Basic !!!!"}, {"Authorization": "Basic YWRh"},
    {"Authorization": "Bearer abc"}, {"Authorization": ""},
    {"Authorization": "Digest username=ada"},
    {"Authorization": "Basic " + "A" * 6000},
    basic("ada\0", "secret"), basic("ada", "secret\0"),
])
def test_bad_credentials_are_401(server, header):
    answer = server.request("GET", "/any", headers=header)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", [basic("ada", "wrong"),
                                    {"Authorization": "Bearer abc"}])
def test_a_public_route_ignores_credentials(server, header):
    assert server.request("GET", "/open", headers=header).status == 200


def test_a_colon_and_other_letters_in_credentials(server):
    assert get(server, "/any", "bob").status == 200
    assert get(server, "/any", "josé").status == 200


def test_the_scheme_is_case_insensitive(server):
    code = basic("ada")["Authorization"].split()[1]
    for scheme in ("basic", "BASIC"):
        assert get(server, "/any",
                   Authorization=f"{scheme} {code}").status == 200


def test_authorisation_comes_before_every_detailed_4xx(server):
    assert get(server, "/args?n=x").status == 401
    assert get(server, "/args?n=x", "ada").status == 400
    answer = server.request("POST", "/args", b"x" * (2 << 20),
                            {"Content-Type": "a/b"})
    assert answer.status == 401
    assert server.request("POST", "/admin/form", "text=a", basic("bob")
                          ).status == 403
    assert get(server, "/boom").status == 401


def test_a_405_is_behind_the_location_s_requirement(server):
    assert server.request("DELETE", "/admin/form").status == 401
    assert server.request("DELETE", "/admin/form",
                          headers=basic("bob")).status == 403
    answer = server.request("DELETE", "/admin/form", headers=basic("ada"))
    assert answer.status == 405 and "POST" in answer.headers["Allow"]


def test_options_is_behind_the_location_s_requirement(server):
    assert server.request("OPTIONS", "/admin/form").status == 401
    assert server.request("OPTIONS", "/admin/form",
                          headers=basic("ada")).status == 204


def test_nothing_is_enumerable_below_a_guarded_prefix(server):
    for target in ("/admin/nothing", "/admin/", "/admin/a/b", "/admin/both/"):
        assert get(server, target).status == 401, target
        assert get(server, target, "bob").status == 403, target
        assert get(server, target, "ada").status == 404, target


def test_other_spellings_of_a_guarded_path_do_not_pass(server):
    for target in ("//admin", "/./admin", "/x/../admin", "/%61dmin",
                   "/admin/./both", "/admin//both", "/free/../admin",
                   "/open/../admin"):
        assert get(server, target).status == 401, target
    for target in ("/admin;x=1", "/ADMIN", "/admin%00", "/admin%2Fboth",
                   "/admin\\both", "/open%2F..%2Fadmin"):
        assert get(server, target).status in (400, 401, 404), target


def test_a_head_is_judged_like_its_get(server):
    assert server.request("HEAD", "/admin").status == 401
    assert server.request("HEAD", "/admin",
                          headers=basic("ada")).status == 200


def test_files_beside_the_routes_are_httpd_s(server):
    assert get(server, "/any.txt").text == "file"


def test_each_denial_is_a_line_of_the_log(server):
    assert server.get("/any").status == 401
    server.logged(r"routes:info.*ROUTES0039: GET /any is denied to an "
                  r"anonymous caller: .*app\.routes:7: route app\.hello")
    assert server.request("GET", "/nobody", headers=basic("bob")).status == 403
    server.logged(r"ROUTES0039: GET /nobody is denied to 'bob': the "
                  r"requirement is not met .*app\.routes:14")
    assert server.request("GET", "/admin/x", headers=basic("bob")).status == \
        403
    server.logged(r"ROUTES0039: GET /admin/x is denied to 'bob'.*"
                  r"app\.routes:17: location /admin")
