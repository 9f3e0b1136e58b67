# SPDX-License-Identifier: Apache-2.0
"""Routes beside httpd's own modules: who gets a URL, and who judges it; the
ways round on prefork and event."""

import os
import shutil
import subprocess

import pytest

from conftest import Site
from test_400_authorisation import GROUPS, PYTHON, ROUTES, USERS, basic

MODULES = ["alias", "rewrite", "dir", "include", "authz_host", "authn_core",
           "filter", "actions", "negotiation", "status", "proxy",
           "proxy_http", "userdir"]
MPMS = ["prefork", "event"]
CONFIG = """
    LogLevel info
    <Directory "{root}/htdocs">
        Options +Includes +FollowSymLinks +MultiViews
        AddHandler type-map .var
        FallbackResource /admin
    </Directory>
    ErrorDocument 404 /admin
    Alias /any "{root}/htdocs/other.txt"
    Alias /aliased "{root}/htdocs/other.txt"
    RewriteEngine On
    RewriteRule ^/file$ "{root}/htdocs/other.txt"
    RewriteRule ^/proxied$ http://127.0.0.1:{port}/open [P]
    ProxyPass /open/proxied http://127.0.0.1:{port}/open
    <Location /by-action>
        SetHandler named-action
    </Location>
    Action named-action /admin virtual
    <Location /free/a>
        SetHandler server-status
    </Location>
    <Location /n/7>
        SetHandler server-status
    </Location>
"""


def fill(site):
    site.write("app.py", PYTHON)
    site.write("groups", GROUPS)
    site.htpasswd("staff.htpasswd", **USERS)
    site.write("htdocs/other.txt", "other")
    site.write("htdocs/open.html", "a file")
    site.write("htdocs/inner/x.html", "a file")
    site.write("htdocs/map.var", "URI: admin\nContent-Type: text/html\n")


@pytest.fixture(params=MPMS)
def mpm(request):
    return request.param


@pytest.fixture(scope="module", params=MPMS)
def server(request):
    """HTTP/2 is for servers of threads alone."""
    site = Site(shared=True)
    fill(site)
    threads = request.param != "prefork"
    yield site.serve(
        ROUTES, CONFIG + "Protocols h2c http/1.1\n" * threads,
        mpm=request.param, modules=[*MODULES, *["http2"] * threads])
    site.close()


def get(server, target, user=None, method="GET", **more):
    return server.request(method, target, headers={
        **(basic(user) if user else {}), **more})


def test_an_alias_does_not_hide_a_route(server):
    assert get(server, "/any").status == 401
    assert get(server, "/any", "bob").text == "hello"
    assert get(server, "/aliased").text == "other"


def test_a_rewrite_to_a_file_and_a_proxied_url_come_first(server):
    assert get(server, "/file").text == "other"
    assert get(server, "/proxied").text == "hello"
    assert get(server, "/open/proxied").text == "hello"


def test_multiviews_does_not_answer_for_a_route(server):
    assert get(server, "/open").text == "hello"


def test_a_fallback_and_an_error_page_are_judged(server):
    for target in ("/nosuch", "/inner/nosuch", "/inner/"):
        answer = get(server, target)
        assert answer.status in (401, 404) and "hello" not in answer.text


def test_a_type_map_does_not_open_a_guarded_route(server):
    assert "hello" not in get(server, "/map.var").text


def test_an_action_does_not_open_a_guarded_route(server):
    answer = get(server, "/by-action")
    assert answer.status in (401, 404) and "hello" not in answer.text


def test_a_set_handler_wins_over_the_route_but_not_over_the_gate(server):
    assert "Server Status" in get(server, "/free/a").text
    assert get(server, "/n/7").status == 401
    assert "Server Status" in get(server, "/n/7", "ada").text


def test_trace_is_left_to_httpd(server):
    assert get(server, "/admin", method="TRACE").type == "message/http"


def test_an_absolute_target_is_judged_like_its_path(server):
    for target, status in (("http://other.example/open", 200),
                           ("http://other.example/admin", 401)):
        answer = server.raw(f"GET {target} HTTP/1.1\r\nHost: a\r\n"
                            "Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer


def test_a_proxy_authorization_is_no_authorization(server):
    assert get(server, "/any", **{
        "Proxy-Authorization": basic("ada")["Authorization"]}).status == 401


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("how", ["--http2", "--http2-prior-knowledge"])
def test_http_2_is_judged_like_http_1(server, how):
    if server.mpm == "prefork":
        pytest.skip("mod_http2 does not serve with prefork")

    def curl(target, *more):
        return subprocess.run(
            ["curl", "-s", how, *more, "-o", "-", "-w", " %{http_code} "
             "%{http_version}", f"http://127.0.0.1:{server.port}{target}"],
            capture_output=True, text=True).stdout

    assert curl("/open") == "hello 200 2"
    # an upgrade that is refused stays on HTTP/1.1
    assert " 401 " in curl("/admin")
    assert " 403 " in curl("/admin", "-u", "bob:pass:word")
    assert curl("/admin", "-u", "ada:secret") == "hello 200 2"
    assert curl("/args", "-u", "ada:secret", "-d", "text=two").startswith(
        "two 200 ")


@pytest.mark.parametrize("mode, status", [("Off", 404), ("On", 401),
                                          ("NoDecode", 404)])
def test_encoded_slashes(site, mpm, mode, status):
    fill(site)
    server = site.serve(ROUTES, f"AllowEncodedSlashes {mode}", mpm=mpm)
    if mode == "On":
        server.expect(r"ROUTES0002.*\(W110\)")
    assert get(server, "/admin%2Fboth").status == status
    assert get(server, "/admin/x%2F..%2F..%2Fopen").status in (
        {"Off": (404,), "On": (200,), "NoDecode": (401,)}[mode])


@pytest.mark.parametrize("kind", ["-B", "-m", "-s", "-d"])
def test_every_hash_of_htpasswd(site, kind):
    fill(site)
    subprocess.run(["htpasswd", "-b", kind, site.root / "staff.htpasswd",
                    "new", "secret"], check=True, capture_output=True)
    server = site.serve(ROUTES)
    for password, status in (("secret", 200), ("secre", 401), ("", 401)):
        assert server.request("GET", "/any", headers=basic("new", password)
                              ).status == status


def test_a_changed_password_file_counts_at_once(site):
    fill(site)
    server = site.serve(ROUTES)
    assert get(server, "/any", "ada").status == 200
    site.htpasswd("staff.htpasswd", ada="another")
    assert get(server, "/any", "ada").status == 401
    site.write("groups", "admin: bob\n")
    assert get(server, "/admin", "bob").status == 200


@pytest.mark.parametrize("groups, status", [
    ("admin: ada", 200), ("admin:ada", 200), ("admin:\tbob \t ada\r\n", 200),
    ("# admin: ada\n\nadmin: bob\nadmin: ada\n", 200),
    ("sales: ada\nadmin: " + "x " * 20000 + "ada\n", 200),
    ("", 403), ("# admin: ada", 403),
    ("admin: adam xada ad a,ada", 403), ("Admin: ada", 403),
])
def test_what_a_group_file_says(site, groups, status):
    fill(site)
    site.write("groups", groups)
    server = site.serve(ROUTES)
    assert get(server, "/admin", "ada").status == status


@pytest.mark.parametrize("line, status", [
    ("eve:{hash}", 200), ("eve:{hash}:more:fields", 200), ("#eve:{hash}", 401),
    ("eve:", 401), ("ev:{hash}", 401), ("eve :{hash}", 401),
    ("other:x\n\n# c\neve:{hash}\r", 200), ("eve:x\neve:{hash}", 401),
    ("eve:x", 401),
])
def test_what_a_password_file_says(site, line, status):
    fill(site)
    path = site.root / "staff.htpasswd"
    known = dict(row.split(":") for row in path.read_text().split())
    path.write_text(line.replace("{hash}", known["eve"]) + "\n")
    server = site.serve(ROUTES)
    assert get(server, "/any", "eve").status == status


@pytest.mark.parametrize("name, text, line", [
    ("groups", "admin\n", 1), ("groups", "admin ada", 1),
    ("groups", "a: b\n\n : ada\n", 3), ("groups", ": ada\n", 1),
    ("staff.htpasswd", "eve\n", 1), ("staff.htpasswd", "a:b\n#\n:x\n", 3),
])
def test_a_file_that_is_none_stops_the_start_and_is_named(site, name, text,
                                                          line):
    fill(site)
    site.write(name, text)
    code, said = site.httpd([site.build("app", ROUTES)],
                            "RoutesMount app").configtest()
    assert code != 0
    assert f"{site.root / name}': line {line} is no" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a user to switch to")
@pytest.mark.parametrize("name", ["staff.htpasswd", "groups"])
def test_a_file_that_the_serving_user_cannot_read_lets_nobody_in(site, name):
    fill(site)
    (site.root / name).chmod(0o600)
    server = site.serve(ROUTES)
    server.expect(f"ROUTES0022.*{name}", f"ROUTES002[01].*{name}")
    assert get(server, "/admin", "ada").status == 500
    assert get(server, "/open").status == 200


@pytest.mark.parametrize("known", [False, True])
def test_files_of_a_realm_that_vanish_let_nobody_in(site, mpm, known):
    """Nor one whose password was verified a moment ago."""
    fill(site)
    server = site.serve(ROUTES, mpm=mpm)
    if known:
        assert get(server, "/any", "ada").status == 200
    (site.root / "staff.htpasswd").unlink()
    server.expect("ROUTES002[02]")      # a child may start only now
    assert get(server, "/any", "ada").status == 500
    assert get(server, "/open").status == 200


def test_a_group_file_is_asked_for_who_looks_at_roles(site):
    """Of one that has vanished only they are refused (500)."""
    fill(site)
    site.write("app.py", PYTHON + "\ndef who(user):\n    return user.user\n"
               "\ndef ask(req):\n    return req.principal.user\n"
               "\ndef page(error):\n    return 'page'\n")
    server = site.serve("""\
        routes 1
        realm staff = basic { file "staff.htpasswd"; groups "groups" }
        auth staff
        require user
        GET /plain     -> app:hello()
        GET /realm     -> app:hello() require realm(staff) and not tls
        GET /role      -> app:hello() require role(admin) or user
        GET /principal -> app:who(user: principal)
        GET /request   -> app:ask(req: request)
        location /page { error 404 -> app:page; GET . -> app:hello() }
        location /kept { require role(admin); GET . -> app:hello() }
        """)
    asking = ("/role", "/principal", "/request", "/page", "/page/nosuch",
              "/kept", "/kept/nosuch")
    for target in ("/plain", "/realm", *asking):
        assert get(server, target, "ada").status in (200, 404), target
    (site.root / "groups").unlink()
    server.allowed += ["ROUTES002[02]"]
    for target in ("/plain", "/realm"):
        assert get(server, target, "ada").text == "hello"
    for target in asking:
        assert get(server, target, "ada").status == 500, target
    server.logged("ROUTES002[02]")


def test_a_missing_group_file_stops_the_start_and_is_named(site):
    fill(site)
    (site.root / "groups").unlink()
    code, said = site.httpd([site.build("app", ROUTES)],
                            "RoutesMount app").configtest()
    assert code != 0 and str(site.root / "groups") in said
