# SPDX-License-Identifier: Apache-2.0
"""The directives: what each takes, what is refused, how they combine."""

import subprocess

import pytest

ROUTES = "routes 1\npublic\nGET /who -> {0}:who()\nGET /{0} -> {0}:who()\n"
PYTHON = "def who():\n    return {!r}\n"
WORDS = ("left", "right")


@pytest.fixture(scope="module")
def loads(shared):
    """Two tables, left and right, each with /who and its own name."""
    for word in WORDS:
        shared.write(f"{word}.py", PYTHON.format(word))
    return [shared.build(word, ROUTES.format(word)) for word in WORDS]


def configtest(site, loads, config):
    return site.httpd(loads, config).configtest()


def test_a_table_that_nothing_mounts_is_told(site):
    site.write("app.py", "def f(): pass\n")
    loads = [site.build(name, "routes 1\nGET /a -> app:f() public\n")
             for name in ("left", "right")]
    code, words = configtest(site, loads, "RoutesMount left")
    assert code == 0
    assert "ROUTES0009: the table right is loaded" in words
    assert "the table left" not in words
    code, words = configtest(site, loads, "RoutesMount left\n<VirtualHost "
                             "*:1>\nRoutesMount right\n</VirtualHost>")
    assert code == 0 and "ROUTES00" not in words


@pytest.mark.parametrize("line, said", [
    ("RoutesMount shop left", "no URL prefix"),
    ("RoutesMount /a/../b left", "no URL prefix"),
    ("RoutesMount //a left", "no URL prefix"),
    ("RoutesMount /a%20b left", "no URL prefix"),
    ("RoutesMount /a left b", "RoutesMount takes"),
    ("RoutesMount nosuch", "there is "),
    ("RoutesMount /a left\nRoutesMount /a/ left", "mounted there already"),
    ("<VirtualHost *:1>\nRoutesMount nosuch\n</VirtualHost>", "'nosuch'"),
    ("<Location /a>\nRoutesMount left\n</Location>", "not allowed"),
    ("RoutesPythonPath /no/such/folder", "'/no/such/folder' is no folder"),
    ("RoutesPythonHome /no/such/folder", "'/no/such/folder' is no folder"),
    ("RoutesPythonHome /usr/lib", "no virtual environment: it has no pyvenv"),
    ("<VirtualHost *:1>\nRoutesPythonHome /tmp\n</VirtualHost>",
     "cannot occur within <VirtualHost>"),
    ("<VirtualHost *:1>\nRoutesStrict On\n</VirtualHost>",
     "cannot occur within <VirtualHost>"),
    ("RoutesStrict perhaps", "On or Off"),
    ("RoutesDebug perhaps", "On or Off"),
    ("RoutesInterpreter per-site", "not in this version"),
    ("RoutesOption a b", "not in this version"),
    ("RoutesReload On", "not in this version"),
    ("RoutesStatus On", "not in this version"),
])
def test_a_wrong_line_is_refused_and_says_why(shared, loads, line, said):
    code, words = configtest(shared, loads, line)
    assert code != 0 and said in words, words


@pytest.mark.parametrize("line", [
    "RoutesMount left", "RoutesMount / left", "RoutesMount /a/b/ left",
    "RoutesMount left\nRoutesMount /x left\nRoutesMount right",
    "RoutesInterpreter main", "RoutesDebug Off",
    "RoutesDebug On", "RoutesStrict Off",
    "RoutesPythonPath . htdocs",
    "<VirtualHost *:1>\nRoutesMount left\nRoutesPythonPath .\n</VirtualHost>",
])
def test_a_right_line_passes(shared, loads, line):
    code, words = configtest(shared, loads, line)
    assert code == 0 and "Syntax OK" in words, words


def test_every_fault_of_the_mounts_is_said_at_once(shared, loads):
    code, words = configtest(shared, loads,
                             "RoutesMount one\nRoutesMount two")
    assert code != 0 and "'one'" in words and "'two'" in words


def test_the_longer_prefix_and_then_the_first_mount_wins(shared, loads):
    with shared.httpd(loads, """
            RoutesPythonPath "{root}"
            RoutesMount left
            RoutesMount right
            RoutesMount /deep right""") as server:
        for target, text in (("/who", "left"), ("/left", "left"),
                             ("/right", "right"), ("/deep/who", "right"),
                             ("/deep/right", "right")):
            assert server.get(target).text == text
        assert server.get("/deep/left").status == 404
        assert server.get("/deep").status == 404
        server.check_log()


def test_a_virtual_host_s_mounts_come_before_the_server_s(shared, loads):
    with shared.httpd(loads, """
            RoutesPythonPath "{root}"
            RoutesMount left
            <VirtualHost *:{port}>
                ServerName plain.example
            </VirtualHost>
            <VirtualHost *:{port}>
                ServerName own.example
                RoutesMount right
            </VirtualHost>""") as server:
        def text(host, target):
            return server.get(target, Host=host).text

        assert text("plain.example", "/who") == "left"
        assert text("own.example", "/who") == "right"
        assert text("own.example", "/left") == "left"
        assert server.get("/right", Host="plain.example").status == 404
        server.check_log()


def test_routes_strict_ends_the_server(site, mpm):
    site.write("left.py", PYTHON.format("left"))
    load = site.build("left", ROUTES.format("left"))
    (site.root / "left.py").unlink()
    server = site.httpd([load], "RoutesMount left\nRoutesStrict On", mpm=mpm)
    server.write()
    ended = subprocess.run(server.command("-DFOREGROUND"), timeout=30,
                           capture_output=True, env=server.environment())
    assert "ROUTES0010" in server.log(), ended
    assert server.log().count("ROUTES0010") < 20, "a fork loop"


def test_routes_strict_serves_when_all_is_well(site, mpm):
    site.write("left.py", PYTHON.format("left"))
    server = site.httpd([site.build("left", ROUTES.format("left"))],
                        "RoutesMount left\nRoutesStrict On\n"
                        'RoutesPythonPath "{root}"', mpm=mpm)
    with server:
        assert server.get("/who").text == "left"
        server.check_log()
