# SPDX-License-Identifier: Apache-2.0
"""The ways round a gate in httpd, none of which may lead to a route, on
prefork and event."""

import pytest

from conftest import Site
from test_400_authorisation import GROUPS, PYTHON, ROUTES, USERS, basic

MODULES = ["alias", "rewrite", "dir", "include", "access_compat",
           "authz_host", "authz_user", "authn_core", "filter", "headers",
           "actions", "negotiation", "auth_basic", "authn_file"]

CONFIG = """
    LogLevel info rewrite:warn
    <Directory "{root}/htdocs">
        Options +Includes +FollowSymLinks
        AddOutputFilter INCLUDES .shtml
        AddType text/html .shtml
    </Directory>
    ErrorDocument 410 /admin
    Redirect gone /goner
    <Location /erring>
        ErrorDocument 404 /admin
        ErrorDocument 403 /admin
    </Location>
    RewriteEngine On
    RewriteRule ^/pt$ /admin [PT]
    RewriteRule ^/pt-open$ /open [PT]
    RewriteRule ^/nopt$ /admin
    RewriteRule ^/nopt-file$ "{root}/htdocs/dir/file.txt"
    RewriteRule ^/flagged$ /admin [H=routes]
    <Location /handled>
        SetHandler routes
    </Location>
    <Directory "{root}/htdocs/inner">
        RewriteEngine On
        RewriteRule .* /admin
    </Directory>
    DirectoryIndex /admin
    <Location /admin/loose>
        Require all denied
    </Location>
    <Location /open>
        Require all granted
    </Location>
    <Location /free/a>
        Require all denied
    </Location>
"""
SATISFY = """
    <Location />
        Satisfy Any
        Order allow,deny
        Allow from all
        Require all granted
    </Location>
"""


def fill(site):
    site.write("app.py", PYTHON)
    site.write("groups", GROUPS)
    site.htpasswd("staff.htpasswd", **USERS)
    site.write("htdocs/ssi.shtml", '[<!--#include virtual="/admin" -->]')
    site.write("htdocs/open.shtml", '[<!--#include virtual="/open" -->]')
    site.write("htdocs/inner/file.txt", "file")
    site.write("htdocs/dir/file.txt", "file")
    site.write("htdocs/map.var", "URI: /admin\nContent-Type: text/html\n")


MPMS = ["prefork", "event"]


@pytest.fixture(params=MPMS)
def mpm(request):
    return request.param


@pytest.fixture(scope="module", params=MPMS)
def server(request):
    site = Site(shared=True)
    fill(site)
    yield site.serve(ROUTES, CONFIG, mpm=request.param, modules=MODULES)
    site.close()


def get(server, target, user=None, method="GET"):
    return server.request(method, target,
                          headers=basic(user) if user else {})


def test_an_error_document_does_not_open_a_guarded_route(server):
    answer = get(server, "/goner")
    assert answer.status in (401, 410) and "hello" not in answer.text
    answer = get(server, "/erring/x")
    assert "hello" not in answer.text


def test_a_rewrite_into_a_guarded_route_is_judged_there(server):
    assert get(server, "/pt").status == 401
    assert get(server, "/pt", "bob").status == 403
    assert get(server, "/pt", "ada").text == "hello"
    assert get(server, "/pt-open").text == "hello"


def test_a_rewrite_without_pt_is_a_file_name(server):
    """What httpd looks for then is a file; nothing of it is a route."""
    for user in (None, "bob"):
        answer = get(server, "/nopt", user)
        assert answer.status == 404 and "hello" not in answer.text
    assert get(server, "/nopt-file").text == "file"


def test_our_handler_by_name_serves_nobody(server):
    """A SetHandler or [H=] that names it matches no route."""
    for target in ("/handled", "/handled/admin", "/flagged"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = get(server, target, method=method)
            assert "hello" not in answer.text
            assert answer.status in (200, 403, 404, 405), answer


def test_a_per_directory_rewrite_is_judged_there(server):
    assert "hello" not in get(server, "/inner/file.txt").text
    assert get(server, "/inner/file.txt").status == 401
    assert get(server, "/inner/file.txt", "bob").status == 403


def test_a_directory_index_does_not_open_a_guarded_route(server):
    assert "hello" not in get(server, "/dir/").text


def test_an_ssi_include_does_not_open_a_guarded_route(server):
    server.expect("unable to include")
    answer = get(server, "/ssi.shtml")
    assert answer.status == 200 and "hello" not in answer.text
    assert get(server, "/open.shtml").text == "[hello]"


def test_require_all_denied_still_votes(server):
    assert get(server, "/admin/loose", "ada").status == 403
    assert get(server, "/free/a").status == 403
    server.expect("AH01630")


def test_require_all_granted_does_not_open_a_guarded_route(site, mpm):
    fill(site)
    server = site.serve(ROUTES, "<Location />\nRequire all granted\n"
                        "</Location>", mpm=mpm, modules=MODULES)
    for target, user, status in (("/admin", None, 401), ("/admin", "bob", 403),
                                 ("/admin", "ada", 200), ("/any", None, 401)):
        assert get(server, target, user).status == status


def test_satisfy_any_does_not_open_a_guarded_route(site, mpm):
    fill(site)
    server = site.serve(ROUTES, SATISFY, mpm=mpm, modules=MODULES)
    for target, user, status in (("/admin", None, 401), ("/admin", "bob", 403),
                                 ("/admin", "ada", 200), ("/any", None, 401),
                                 ("/open", None, 200), ("/n/5", None, 401)):
        assert get(server, target, user).status == status, (target, user)


def test_a_virtual_host_without_require_is_guarded(site, mpm):
    fill(site)
    server = site.httpd(
        [site.build("app", ROUTES)],
        f'RoutesPythonPath "{site.root}"\n<VirtualHost *:{{port}}>\n'
        "ServerName guarded.example\nRoutesMount app\n</VirtualHost>", mpm=mpm)
    with server:
        assert get(server, "/admin").status == 401
        assert get(server, "/admin", "bob").status == 403
        assert get(server, "/admin", "ada").status == 200
        server.check_log()


def test_httpd_s_require_user_sees_our_user(site, mpm):
    fill(site)
    server = site.serve(ROUTES, """
        <Location /any>
            Require user bob
        </Location>
        <Location /n>
            Require valid-user
        </Location>""", mpm=mpm, modules=MODULES)
    assert get(server, "/any", "bob").status == 200
    server.expect("AH0163[01]")
    assert get(server, "/any", "ada").status in (401, 403)
    assert get(server, "/n/5", "ada").status == 200


def test_an_error_page_for_a_post_is_judged_as_its_own_route(site, mpm):
    """POST /x whose ErrorDocument is GET /x, another route."""
    fill(site)
    server = site.serve("""\
        routes 1
        realm staff = basic { file "staff.htpasswd"; groups "groups" }
        POST /x -> app:boom() public
        GET  /x -> app:hello() auth staff require role(admin)
        """, "ErrorDocument 500 /x", mpm=mpm, modules=MODULES)
    server.expect("ROUTES", "reached")
    assert "hello" not in get(server, "/x", method="POST").text
    assert get(server, "/x").status == 401


def test_the_user_is_in_the_access_log(site, mpm):
    fill(site)
    site.writable("logs")
    server = site.serve(
        ROUTES, 'LogFormat "%u %>s %U" who\nCustomLog "{root}/logs/who" who',
        mpm=mpm, modules=MODULES)
    get(server, "/admin", "ada")
    server.stop()
    assert "ada 200 /admin" in (site.root / "logs" / "who").read_text()
