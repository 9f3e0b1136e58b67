# SPDX-License-Identifier: Apache-2.0
"""Does it load: tables, their order, what configtest and the start refuse."""

import re
import subprocess

import pytest

import tree

HELLO = """\
routes 1
public
GET /hello/{name} -> hello:greet(name, greeting: str = "hi")
"""
HELLO_PY = """\
def greet(name, greeting="hi"):
    return f"{greeting}, {name}!"
"""


def named(word):
    return (f"routes 1\npublic\nGET /who -> {word}:who()\n",
            f"def who():\n    return {word!r}\n")


def two_tables(site):
    loads = {}
    for word in ("left", "right"):
        routes, python = named(word)
        site.write(f"{word}.py", python)
        loads[word] = site.build(word, routes)
    return loads


def test_the_issue_s_first_command_line_works(site):
    site.write("hello.py", HELLO_PY)
    server = site.serve(HELLO)
    assert server.get("/hello/world?greeting=hey").text == "hey, world!"
    assert server.get("/hello/world").text == "hi, world!"
    # the log says what is served, and routesc says the same of the sources
    emitted = site.routesc("emit", "app.routes").stdout
    built = re.search(r"routesc \S+ \((input=\w+)\)", emitted)
    assert re.search(rf"ROUTES0008: RoutesMount app \(.*\): the table app, "
                     rf"built by routesc \S+, {built[1]}", server.log())


def test_the_modules_are_listed_by_httpd(site):
    site.write("hello.py", HELLO_PY)
    server = site.httpd([site.build("app", HELLO)], "RoutesMount app")
    server.write()
    listed = subprocess.run(server.command("-M"), capture_output=True,
                            text=True, env=server.environment()).stdout
    assert "routes_module" in listed and "app_routes_module" in listed


@pytest.mark.parametrize("order", [("left", "right"), ("right", "left")])
def test_two_tables_serve_their_own_mounts_in_either_order(site, order):
    loads = two_tables(site)
    server = site.httpd(
        [loads[word] for word in order],
        f'RoutesPythonPath "{site.root}"\n'
        "RoutesMount /l left\nRoutesMount /r right")
    with server:
        assert server.get("/l/who").text == "left"
        assert server.get("/r/who").text == "right"
        assert server.get("/who").status == 404
        server.check_log()


@pytest.mark.parametrize("first", [True, False])
def test_a_table_loads_before_and_after_mod_routes(site, first):
    routes, python = named("left")
    site.write("left.py", python)
    server = site.httpd(
        [site.build("left", routes)],
        f'RoutesPythonPath "{site.root}"\nRoutesMount left')
    if first:
        server.load.reverse()
    with server:
        assert server.get("/who").text == "left"
        server.check_log()


def test_virtual_hosts_mount_different_tables(site):
    loads = two_tables(site)
    server = site.httpd(loads.values(), f'RoutesPythonPath "{site.root}"' + """
        <VirtualHost *:{port}>
            ServerName left.example
            RoutesMount left
        </VirtualHost>
        <VirtualHost *:{port}>
            ServerName right.example
            RoutesMount right
        </VirtualHost>""")
    with server:
        assert server.get("/who", Host="left.example").text == "left"
        assert server.get("/who", Host="right.example").text == "right"
        server.check_log()


TWO_FOLDERS = """
    <VirtualHost *:{port}>
        ServerName left.example
        RoutesPythonPath "{root}/left"
        RoutesMount left
    </VirtualHost>
    <VirtualHost *:{port}>
        ServerName right.example
        RoutesPythonPath "{root}/right"
        RoutesMount right
    </VirtualHost>"""


def test_one_host_never_answers_with_another_s_module(site):
    for side in (".", "left", "right"):     # the first for the compiler
        site.write(f"{side}/app.py", f"def who():\n    return '{side}'\n")
    loads = [site.build(side, "routes 1\npublic\nGET /who -> app:who()\n")
             for side in ("left", "right")]
    code, said = site.httpd(loads, TWO_FOLDERS).configtest()
    assert code != 0 and said.count("ROUTES0001") == 1, said
    for side in ("left", "right"):
        assert f"{site.root}/{side}/app.py" in said
    (site.root / "right/app.py").unlink()
    (site.root / "right/app.py").symlink_to(site.root / "left/app.py")
    assert site.httpd(loads, TWO_FOLDERS).configtest()[0] == 0


def test_a_mount_of_an_unknown_table_is_refused_by_name(site):
    code, said = site.httpd([], "RoutesMount nosuch").configtest()
    assert code != 0 and "nosuch" in said


def test_two_tables_of_one_name_are_refused(site):
    routes, _ = named("left")
    (site.root / "other").mkdir()
    site.write("left.py", "def who(): pass\n")
    loads = [site.build("left", routes),
             site.build("left", routes.replace("/who", "/whom"), "other")]
    code, said = site.httpd(loads, "RoutesMount left").configtest()
    assert code != 0 and "left" in said, said


def test_a_table_of_another_abi_is_refused_with_both_versions(site):
    site.write("app.routes", HELLO)
    site.write("hello.py", HELLO_PY)
    made = site.routesc("emit", "app.routes", "-o", "app.c")
    assert made.returncode == 0, made.stderr
    header = (tree.SOURCE / "runtime" / "routes_abi.h").read_text()
    number = re.search(r"#define ROUTES_ABI_VERSION (\d+)", header).group(1)
    changed = re.sub(r"(#define ROUTES_ABI_VERSION) \d+", r"\1 9999", header)
    changed = re.sub(r'(#define ROUTES_ABI\s+)"\d+"', r'\1"9999"', changed)
    site.write("routes_abi.h", changed)
    site.write("mod_routes/routes_abi.h", changed)
    source = (site.root / "app.c").read_text()
    site.write("app.c", source.replace(f"ROUTES_ABI_VERSION == {number}",
                                       "ROUTES_ABI_VERSION == 9999"))
    tree.compile_module(site.root / "app.c", site.root / "mod_app.so",
                        f"-I{site.root}")
    code, said = site.httpd(
        [("app_routes_module", site.root / "mod_app.so")],
        "RoutesMount app").configtest()
    assert code != 0
    assert "9999" in said and re.search(rf"\b{number}\b", said), said
    assert "app" in said


def test_a_missing_function_is_503_while_the_others_work(site, mpm):
    site.write("one.py", "def here():\n    return 'here'\n")
    text = ("routes 1\npublic\nGET /here -> one:here()\n"
            "GET /gone -> one:gone()\n")
    site.write("one.py", "def here(): return 'here'\ndef gone(): return ''\n")
    load = site.build("app", text)
    site.write("one.py", "def here(): return 'here'\n")
    server = site.httpd(
        [load], f'RoutesMount app\nRoutesPythonPath "{site.root}"', mpm=mpm)
    with server:
        assert server.get("/here").text == "here"
        assert server.get("/gone").status == 503
        server.expect(r"ROUTES\d{4}.*app\.routes:4")
        server.check_log()


def test_a_module_that_fails_to_import_is_503_while_the_others_work(site):
    site.write("one.py", "def here(): return 'here'\n")
    site.write("two.py", "raise RuntimeError('broken pottery')\n"
               "def there(): return ''\n")
    server = site.serve("routes 1\npublic\nGET /here -> one:here()\n"
                        "GET /there -> two:there()\n")
    server.expect(r"ROUTES\d{4}", "broken pottery")
    assert server.get("/here").text == "here"
    answer = server.get("/there")
    assert answer.status == 503 and b"pottery" not in answer.body


def test_a_function_of_another_signature_is_503(site):
    site.write("one.py", "def here(a): return a\n")
    load = site.build("app", "routes 1\npublic\nGET /{a} -> one:here(a)\n")
    site.write("one.py", "def here(b): return b\n")
    server = site.httpd(
        [load], f'RoutesMount app\nRoutesPythonPath "{site.root}"')
    with server:
        server.expect(r"ROUTES\d{4}.*app\.routes:3")
        assert server.get("/x").status == 503
        server.check_log()


def test_a_missing_password_file_stops_the_start_and_is_named(site):
    site.write("one.py", "def here(): return ''\n")
    load = site.build("app", """\
        routes 1
        realm staff = basic { file "no/such.htpasswd" }
        auth staff
        require user
        GET / -> one:here()
        """)
    code, said = site.httpd([load], "RoutesMount app").configtest()
    if code == 0:               # a file may be opened at the start only
        server = site.httpd([load], "RoutesMount app")
        with pytest.raises(Exception) as caught:
            server.start()
        said = str(caught.value)
    assert "no/such.htpasswd" in said, said


def test_httpd_serves_its_files_when_nothing_is_mounted(site):
    server = site.httpd([], "")
    server.write()
    site.write("htdocs/plain.txt", "plain")
    with server:
        assert server.get("/plain.txt").text == "plain"
        server.check_log()
