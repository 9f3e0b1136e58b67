# SPDX-License-Identifier: Apache-2.0
"""The realm `apache`: httpd's own modules say who calls."""

import base64
import hashlib
import subprocess

import pytest

from conftest import Site

ROUTES = """\
routes 1
realm corp  = apache { groups "groups"; roles env ROLES }
realm named = apache { title "Desk \\"1\\" %{REMOTE_ADDR} \\\\ 5%" }
realm bots  = apikey { header "X-Api-Key"; file "keys" }
GET  /open         -> app:hello() public
location /basic {
    auth corp
    require user
    GET  .         -> app:hello()
    POST .         -> app:hello()
    GET  /admin    -> app:hello() require role(admin)
    GET  /env      -> app:hello() require role(fromenv)
    GET  /not      -> app:hello() require not role(admin)
}
location /digest   { auth corp; require user; GET . -> app:hello() }
location /both     { auth bots or corp; require user; GET . -> app:hello() }
location /granted  { auth corp; require user; GET . -> app:hello() }
location /any      { auth corp; require user; GET . -> app:hello() }
location /bare     { auth corp; require user; GET . -> app:hello() }
location /titled   { auth named; require user; GET . -> app:hello() }
location /named    { auth named; require user; GET . -> app:hello() }
location /nodigest { auth named; require user; GET . -> app:hello() }
location /denied   { auth corp; require user; GET . -> app:hello() }
"""
PYTHON = """\
def hello():
    return "hello"
"""
BASIC = """
    AuthType Basic
    AuthName "Example"
    AuthBasicProvider file
    AuthUserFile "{root}/users"
"""
CONFIG = f"""
<Location /basic>
    {BASIC}
    Require valid-user
    SetEnvIf Request_URI env$ ROLES="a,fromenv b"
</Location>
<Location /both>
    {BASIC}
    Require all granted
</Location>
<Location /granted>
    {BASIC}
    Require all granted
</Location>
<Location /denied>
    {BASIC}
    Require all denied
</Location>
<Location /titled>
    AuthType Basic
    AuthBasicProvider file
    AuthUserFile "{{root}}/users"
    Require all granted
</Location>
<Location /named>
    {BASIC}
    Require valid-user
    ErrorDocument 401 "please log in"
</Location>
<Location /nodigest>
    AuthType Digest
    AuthUserFile "{{root}}/digest"
    Require valid-user
</Location>
<Location /any>
    {BASIC}
    Satisfy Any
    Allow from all
    Require valid-user
</Location>
<Location /bare>
    Require all granted
</Location>
<Location /digest>
    AuthType Digest
    AuthName "Example"
    AuthUserFile "{{root}}/digest"
    Require valid-user
</Location>
CustomLog "{{root}}/access.log" "%u %U"
"""
MODULES = ["authn_core", "authn_file", "auth_basic", "auth_digest",
           "authz_core", "authz_user", "authz_host", "access_compat",
           "setenvif", "log_config"]


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    site.write("app.py", PYTHON)
    site.write("groups", "admin: ada\n")
    site.htpasswd("users", ada="a", bob="b")
    key = hashlib.sha256(b"k" * 32).hexdigest()
    site.write("keys", f"robot:{key}\n")
    ha1 = hashlib.md5(b"ada:Example:a").hexdigest()
    site.write("digest", f"ada:Example:{ha1}\n")    # as htdigest(1) has it
    yield site.serve(ROUTES, CONFIG, modules=MODULES, mpm=request.param)
    site.close()


def get(server, target, user=None, method="GET", **headers):
    if user:
        code = base64.b64encode(f"{user}:{user[0]}".encode()).decode()
        headers["Authorization"] = f"Basic {code}"
    return server.request(method, target, headers=headers)


@pytest.mark.parametrize("target, user, status", [
    ("/open", None, 200), ("/open", "nosuch", 200),
    ("/basic", None, 401), ("/basic", "nosuch", 401),
    ("/basic", "ada", 200), ("/basic", "bob", 200),
    ("/basic/admin", None, 401), ("/basic/admin", "ada", 200),
    ("/basic/admin", "bob", 403),
    ("/basic/env", "bob", 200), ("/basic/not", "bob", 200),
    ("/basic/not", "ada", 403), ("/basic/nosuch", None, 401),
    ("/basic/nosuch", "bob", 404),
    ("/granted", None, 401), ("/granted", "bob", 200),
    ("/any", None, 401), ("/any", "bob", 200), ("/any", "nosuch", 401),
    ("/denied", "ada", 403),
])
def test_who_httpd_says_it_is(server, target, user, status):
    server.allowed.append("AH0161[78]|AH01630")     # that is httpd's own word
    answer = get(server, target, user)
    assert answer.status == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Example"'


def test_the_name_is_httpd_s_user(server):
    assert get(server, "/basic", "bob").status == 200
    assert "bob /basic" in (server.root / "access.log").read_text()


def test_curl_does_digest(server):
    url = f"http://127.0.0.1:{server.port}/digest"
    for password, status in (("a", "200"), ("b", "401")):
        server.allowed.append("AH0179")
        done = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
             "--digest", "-u", f"ada:{password}", url],
            capture_output=True, text=True)
        assert done.stdout == status


def test_our_realms_come_first_and_all_challenge(server):
    assert get(server, "/both", **{"X-Api-Key": "k" * 32}).status == 200
    assert get(server, "/both", "bob").status == 200
    answer = get(server, "/both", **{"X-Api-Key": "wrong"})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Example"'


def test_a_title_is_for_where_there_is_no_authname(server):
    answer = get(server, "/titled")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == (
        r'Basic realm="Desk \"1\" %{REMOTE_ADDR} \\ 5%"')
    assert get(server, "/titled", "bob").status == 200
    answer = get(server, "/named")
    assert answer.status == 401 and answer.text == "please log in"
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Example"'
    assert get(server, "/named", "bob").status == 200


def test_digest_keeps_to_its_authname(server):
    server.expect("AH0178")                         # it asks for AuthName
    assert get(server, "/nodigest", "bob").status in (401, 500)


def test_another_site_s_post_is_refused(server):
    assert get(server, "/basic", "bob", "POST").status == 200
    assert get(server, "/basic", "bob", "POST",
               Origin="https://evil.example").status == 403


def test_without_an_authtype_nobody_passes(server):
    server.expect("ROUTES0053.*'corp'")
    assert get(server, "/bare", "ada").status == 500
