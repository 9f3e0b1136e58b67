# SPDX-License-Identifier: Apache-2.0
"""Settings: what RoutesSet gives is in its places before a request comes."""

import pytest

from test_400_authorisation import GROUPS, USERS, basic

ROUTES = """
routes 1
setting page: int(1..100) = 20
setting greeting: str = "hi there"
setting ratio: float = 1.5
setting key: uuid = "8f14e45f-ceea-467f-a34c-e0b6a1f2c3d4"
setting level: enum("low", "high") = "low"
setting day: date = "2026-02-28"
setting on: bool = true
setting boss: str = "admins"
setting base: str
setting users: str = "staff.htpasswd"
realm staff = basic { file $users; groups "groups"; title $greeting }
public
GET /x -> app:show(n: int(1..50) = $page, g = $greeting, r: float = $ratio,
                   k = $key, l = $level, d = $day, o = $on)
location /admin {
    auth staff
    require role($boss)
    GET . -> app:named(w = "admin")
}
host $base          { GET /h -> app:named(w = "base") }
host "other.example" { GET /h -> app:named(w = "other") }
"""
PYTHON = """
def show(n, g, r, k, l, d, o):
    return [n, g, r, type(k).__name__, str(k), l, d.year, o]

def named(w):
    return w
"""
KEY = "8f14e45f-ceea-467f-a34c-e0b6a1f2c3d4"
OTHER = "00000000-0000-4000-8000-000000000001"
CONFIG = """
RoutesPythonPath "{root}"
RoutesMount app
RoutesSet base Shop.Example
<VirtualHost *:{port}>
    ServerName plain.example
    ServerAlias shop.example other.example
</VirtualHost>
<VirtualHost *:{port}>
    ServerName second.example
    RoutesSet page 7
    RoutesSet greeting "all \\"of\\" {x}"
    RoutesSet ratio -2
    RoutesSet key 00000000-0000-4000-8000-000000000001
    RoutesSet level high
    RoutesSet day 1999-12-31
    RoutesSet on off
    RoutesSet boss guests
    RoutesSet base second.example
    RoutesSet users other.htpasswd
</VirtualHost>
<VirtualHost *:{port}>
    ServerName last.example
    RoutesSet base zzz.example
    RoutesSet page 8
</VirtualHost>
"""


def fill(site):
    site.write("app.py", PYTHON)
    site.write("groups", GROUPS + "admins: ada\nguests: eve\n")
    site.htpasswd("staff.htpasswd", **USERS)
    site.htpasswd("other.htpasswd", eve=USERS["eve"])
    return [site.build("app", ROUTES)]


@pytest.fixture(scope="module")
def loads(shared):
    return fill(shared)


@pytest.fixture(scope="module")
def server(shared, loads):
    with shared.httpd(loads, CONFIG) as running:
        yield running
        running.check_log()


def test_a_default_is_the_value_where_nothing_is_set(server):
    assert server.get("/x", Host="plain.example").json == [
        20, "hi there", 1.5, "UUID", KEY, "low", 2026, True]


def test_each_virtual_host_has_its_own_values(server):
    assert server.get("/x", Host="second.example").json == [
        7, 'all "of" {x}', -2.0, "UUID", OTHER, "high", 1999, False]
    assert server.get("/x", Host="last.example").json[:2] == [8, "hi there"]


def test_a_request_still_overrides_a_default(server):
    assert server.get("/x?n=3", Host="second.example").json[0] == 3


@pytest.mark.parametrize("host, text", [
    ("shop.example", "base"), ("SHOP.example.:80", "base"),
    ("other.example", "other"), ("second.example", "base"),
    ("plain.example", None), ("last.example", None), ("$base", None)])
def test_a_host_is_the_one_that_the_server_names(server, host, text):
    answer = server.get("/h", Host=host)
    assert (answer.text if answer.status == 200 else None) == text


def test_a_realm_s_file_title_and_role_are_the_server_s_own(server):
    def admin(host, user=None):
        return server.get("/admin", Host=host, **(basic(user) if user else {}))

    assert 'realm="hi there"' in admin("plain.example").headers[
        "WWW-Authenticate"]
    assert 'realm="all \\"of\\" {x}"' in admin(
        "second.example").headers["WWW-Authenticate"]
    assert admin("plain.example", "ada").text == "admin"
    assert admin("plain.example", "eve").status == 403
    assert admin("second.example", "eve").text == "admin"
    assert admin("second.example", "bob").status == 401


@pytest.mark.parametrize("lines, said", [
    ("", "setting 'base' (app.routes:11) has no value: write 'RoutesSet "
         "base VALUE'"),
    ("RoutesSet base x.example\nRoutesSet page 0", "is no int(1..100)"),
    ("RoutesSet base x.example\nRoutesSet page 51", "is no int(1..50)"),
    ("RoutesSet base x.example\nRoutesSet page ten", "can't be 'ten'"),
    ("RoutesSet base x.example\nRoutesSet on maybe", "is no bool"),
    ("RoutesSet base x.example\nRoutesSet level LOW", "is no enum"),
    ("RoutesSet base x.example\nRoutesSet day 2026-02-30", "is no date"),
    ("RoutesSet base *.example", "is no host name"),
    ("RoutesSet base a..b", "is no host name"),
    ("RoutesSet base OTHER.example", "is the name of another host"),
    ("RoutesSet base x.example\nRoutesSet users none",
     "realm 'staff'"),
    ("RoutesSet base x.example\nRoutesSet pgae 3", "no table that is mounted"),
    ("RoutesSet base x.example\nRoutesSet base y.example",
     "'base' has a value already"),
    ("RoutesSet base", "takes two arguments"),
    ("RoutesSet base x.example\n<Location /x>\nRoutesSet page 3\n</Location>",
     "not allowed"),
    ("RoutesSet base x.example\n<VirtualHost *:1>\nRoutesSet page 0\n"
     "</VirtualHost>", "is no int(1..100)"),
])
def test_a_wrong_value_is_refused_before_the_server_starts(shared, loads,
                                                           lines, said):
    code, words = shared.httpd(loads, "RoutesMount app\n" + lines).configtest()
    assert code != 0 and said in words, words


def test_a_line_for_one_of_two_hosts_is_used(shared, loads):
    code, words = shared.httpd(loads, """
        RoutesSet page 3
        <VirtualHost *:{port}>
            RoutesMount app
            RoutesSet base x.example
        </VirtualHost>""").configtest()
    assert code == 0, words


def test_a_graceful_restart_takes_new_values(site):
    load = fill(site)
    server = site.httpd(load, 'RoutesPythonPath "{root}"\nRoutesMount app\n'
                              "RoutesSet base a.example\nRoutesSet page 5\n")
    with server:
        assert server.get("/x").json[0] == 5
        text = server.conf.read_text().replace("page 5", "page 6")
        server.conf.write_text(text)
        server.graceful()
        assert server.get("/x").json[0] == 6
        server.check_log()
