# SPDX-License-Identifier: Apache-2.0
"""The command line: usage, help, formats, exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402
from httpd import free_port  # noqa: E402

COMMANDS = ["check", "build", "emit", "list", "diff", "fmt", "serve",
            "conf", "explain", "explain-code", "urls"]
LATER = ["deploy", "openapi", "client", "lsp"]
SHOP = """routes 1
realm staff = basic { file "staff.htpasswd" }
public
GET /, /home -> pages:home
GET,POST /items/{id:int} -> items:show(id) as item
location /admin {
    auth staff
    require role(boss) and (role(a) or not role("x y"))
    ANY /all -> admin:all
}
host "api.example.com" {
    GET /café -> api:root
}
"""
MODULES = {
    "pages": "def home(): pass\n", "items": "def show(id): pass\n",
    "admin": "def all(): pass\n", "api": "def root(): pass\n",
    "m": "def f(): pass\n"}
UNUSED = 'routes 1\npublic\nimport a.b as b\nGET / -> m:f\n'


def routesc(*words, cwd=None, **more):
    return subprocess.run([tree.routesc(), *words], cwd=cwd, timeout=60,
                          capture_output=True, text=True, **more)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop.routes").write_text(SHOP)
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


# ---- usage ------------------------------------------------------------------

def test_help_lists_what_there_is_and_only_that():
    done = routesc("--help")
    listed = [line.split()[0] for line in done.stdout.split("\n")
              if line.startswith("  ")]
    assert done.returncode == 0 and listed == COMMANDS


@pytest.mark.parametrize("words", [
    ["check", "no\033]0;x\007ne.routes"], ["check", "--x\033[2J"],
    ["z\033[2J"], ["build", "shop.routes", "-o", "no\u202e\u009bne"],
    ["serve", "shop.routes", "--listen", "\033[2J"],
    ["conf", "shop.routes", "--mount", "\033[2J"]])
def test_what_it_quotes_of_its_words_steers_no_terminal(shop, words):
    said = routesc(*words, cwd=shop).stderr
    assert "\\u{" in said, said
    assert not any(mark in said for mark in "\033\007\u202e\u009b"), said


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command):
    done = routesc(command, "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"usage: routesc {command} ")
    assert max(map(len, done.stdout.split("\n"))) < 80


def test_the_version_is_that_of_the_build():
    done = routesc("--version")
    assert done.stdout == f"routesc {tree.tool('PACKAGE_VERSION')}\n"


@pytest.mark.parametrize("words, said", [
    ([], "no command"),
    (["chek"], "did you mean `check`?"),
    (["--halp"], "there is no command"),
    (["check"], "FILE..."),
    (["check", "--fromat", "json", "x"], "did you mean `--format`?"),
    (["check", "--fromat=json", "x"], "did you mean `--format`?"),
    (["check", "-z", "x"], "z"),
    (["check", "--format"], "--format"),
    (["check", "--format", "yaml", "x"], "text, json, sarif, github"),
    (["build", "a", "b"], "2 were given"),
    (["list", "--format", "xml", "x"], "text, json"),
    (["conf", "--mount", "shop", "x"], "--mount"),
    (["conf", "--mount", '/a"\nLoadModule', "x"], "--mount"),
    (["explain-code"], "CODE"),
    (["explain-code", "E999"], "E999"),
    (["shop.routes"], "routesc check FILE"),
    (["--completion"], "bash, zsh or fish"),
    (["--completion", "ksh"], "bash, zsh or fish"),
    (["build", "x.routes", "-o", ""], "--output is a folder"),
    (["urls", "x.routes", "-o", ""], "--output is a file"),
    (["emit", "x.routes", "-o", ""], "--output is a file"),
    (["explain", "x.routes", "get", "/"], "capitals"),
])
def test_a_wrong_command_line_is_exit_2_and_says_why(words, said):
    done = routesc(*words)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr


@pytest.mark.parametrize("command", LATER)
def test_a_later_command_says_so(command):
    done = routesc(command, "x.routes")
    assert done.returncode == 2
    assert "not built yet in this version" in done.stderr


@pytest.mark.parametrize("command", ["check", "build", "emit", "list", "serve",
                                     "conf"])
def test_a_file_that_cannot_be_read_is_exit_2_and_named(tmp_path, command):
    done = routesc(command, "none.routes", cwd=tmp_path)
    assert done.returncode == 2 and "none.routes" in done.stderr


@pytest.mark.parametrize("command", ["check", "build", "list", "urls", "fmt"])
def test_what_is_no_file_is_exit_2_and_keeps_nobody_waiting(tmp_path, command):
    (tmp_path / "dir.routes").mkdir()
    os.mkfifo(tmp_path / "pipe.routes")
    for name, said in (("dir.routes", "Is a directory"),
                       ("pipe.routes", "Operation not supported"),
                       ("dir.routes/x", "No such file or directory")):
        done = routesc(command, name, cwd=tmp_path)
        assert done.returncode == 2, done
        assert f"cannot read `{name}`: {said}" in done.stderr


def test_what_cannot_be_written_is_named_as_it_was_written(shop):
    done = routesc("emit", "shop.routes", "-o", "none/x.c", cwd=shop)
    assert done.returncode == 2
    assert "cannot write `none/x.c`: No such file" in done.stderr


@pytest.mark.parametrize("words, like", [
    (["help"], ["--help"]), (["-h"], ["--help"]),
    (["help", "check"], ["check", "--help"]),
    (["version"], ["--version"]), (["-V"], ["--version"]),
    (["explain-code", "301"], ["explain-code", "E301"]),
    (["explain-code", "w012"], ["explain-code", "W012"])])
def test_what_is_asked_in_other_words_is_answered(words, like):
    done = routesc(*words)
    assert done.returncode == 0
    assert done.stdout == routesc(*like).stdout != ""


def test_options_may_stand_behind_files(shop):
    done = routesc("list", "shop.routes", "--format", "json", cwd=shop)
    assert json.loads(done.stdout)


def test_a_full_disk_is_not_a_success(shop):
    with open("/dev/full", "w") as full:
        done = subprocess.run([tree.routesc(), "emit", "shop.routes"],
                              cwd=shop, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2 and b"cannot write" in done.stderr


# ---- check ------------------------------------------------------------------

def test_a_good_file_is_not_talked_about(shop):
    done = routesc("check", "shop.routes", cwd=shop)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_several_files_are_checked_in_one_run(shop):
    (shop / "a.routes").write_text("routes 1\nGET / -> m:f\n")
    (shop / "b.routes").write_text("routes 1\nGET /x -> m:f\n")
    done = routesc("check", "a.routes", "shop.routes", "b.routes", cwd=shop)
    assert done.returncode == 1
    assert "a.routes:2:1: error[E301]" in done.stdout
    assert "b.routes:2:1: error[E301]" in done.stdout
    assert "shop.routes" not in done.stdout


def test_one_unreadable_file_does_not_hide_the_others(shop):
    (shop / "a.routes").write_text("routes 1\nGET / -> m:f\n")
    done = routesc("check", "none.routes", "a.routes", cwd=shop)
    assert done.returncode == 2 and "none.routes" in done.stderr
    assert "error[E301]" in done.stdout


def test_warnings_fail_only_when_asked_to(tmp_path):
    (tmp_path / "w.routes").write_text(UNUSED)
    (tmp_path / "m.py").write_text(MODULES["m"])
    done = routesc("check", "w.routes", cwd=tmp_path)
    assert done.returncode == 0 and "warning[W012]" in done.stdout
    done = routesc("check", "--warn-as-error", "w.routes", cwd=tmp_path)
    assert done.returncode == 1


def test_json_of_a_good_file_is_empty_and_json(shop):
    done = routesc("check", "--format", "json", "shop.routes", cwd=shop)
    assert json.loads(done.stdout)["diagnostics"] == []


# ---- standard input ---------------------------------------------------------

WRONG = "routes 1\npublic\nGET /x/{id:int} -> m:f(di)\n"
READERS = [["check", "-"], ["list", "-"], ["explain", "-", "GET", "/"],
           ["diff", "-", "shop.routes"], ["diff", "shop.routes", "-"],
           ["fmt", "-"]]


@pytest.mark.parametrize("words", [
    ["check"], ["list"], ["list", "--auth"], ["list", "--unused"],
    ["explain", "GET", "/items/7"], ["explain", "GET", "/admin/all"]])
def test_standard_input_is_read_as_the_file_would_be(shop, words):
    command, *rest = words
    options = [word for word in rest if word.startswith("--")]
    others = rest[len(options):]
    seen = [routesc(command, *options, file, *others, cwd=shop, input=SHOP)
            for file in ("shop.routes", "-")]
    assert seen[1].returncode == seen[0].returncode
    assert seen[1].stdout.replace("<stdin>", "shop.routes") == seen[0].stdout
    assert seen[1].stderr == seen[0].stderr


def test_either_side_of_a_diff_may_be_standard_input(shop):
    fewer = SHOP.replace("role(boss) and ", "")
    done = routesc("diff", "--fail-on", "weaker", "shop.routes", "-",
                   cwd=shop, input=fewer)
    assert done.returncode == 1 and done.stdout.startswith("weaker ")
    assert "(<stdin>:" in done.stdout and "(shop.routes:" in done.stdout
    done = routesc("diff", "--fail-on", "weaker", "-", "shop.routes",
                   cwd=shop, input=fewer)
    assert done.returncode == 0 and done.stdout.startswith("stronger ")


@pytest.mark.parametrize("format, named", [
    ("text", "<stdin>:3:"), ("json", '"<stdin>"'),
    ("sarif", '"%3Cstdin%3E"'), ("github", "file=<stdin>,")])
def test_messages_call_it_stdin(tmp_path, format, named):
    done = routesc("check", "--no-python", "--format", format, "-",
                   cwd=tmp_path, input=WRONG)
    assert done.returncode == 1 and named in done.stdout


def test_what_it_includes_and_calls_is_in_the_working_folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.routes").write_text(
        "routes 1\nGET /b -> there:f\n")
    (tmp_path / "there.py").write_text(MODULES["m"])
    text = 'routes 1\npublic\ninclude "sub/b.routes"\nGET / -> there:g\n'
    done = routesc("check", "-", cwd=tmp_path, input=text)
    assert done.returncode == 1
    assert "<stdin>:4:" in done.stdout and "b.routes" not in done.stdout


@pytest.mark.parametrize("name", ["-", "<stdin>"])
def test_no_include_reads_it(tmp_path, name):
    text = f'routes 1\npublic\ninclude "{name}"\n'
    (tmp_path / "a.routes").write_text(text)
    for file in ("a.routes", "-"):
        done = routesc("check", file, cwd=tmp_path, input=text)
        assert done.returncode == 1 and "error[E009]" in done.stdout


def test_it_is_checked_among_other_files(shop):
    done = routesc("check", "shop.routes", "-", cwd=shop, input=WRONG)
    assert done.returncode == 1
    assert "<stdin>:3:" in done.stdout and "shop.routes" not in done.stdout


@pytest.mark.parametrize("text", [b"", b"\n" * 1000, b"routes 1\n\0",
                                  b"routes 1\n# \xff\n"])
@pytest.mark.parametrize("words", READERS)
def test_what_is_no_text_of_routes_is_exit_1(shop, words, text):
    done = subprocess.run([tree.routesc(), *words], cwd=shop, input=text,
                          capture_output=True, timeout=60)
    assert done.returncode == 1
    assert b"<stdin>:" in done.stdout + done.stderr


@pytest.mark.parametrize("words", READERS)
@pytest.mark.parametrize("given, said", [
    ("<&-", "Bad file descriptor"), ("<.", "Is a directory")])
def test_what_of_it_cannot_be_read_is_exit_2(shop, words, given, said):
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {given}', tree.routesc(), *words],
        cwd=shop, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and f"cannot read `-`: {said}" in done.stderr


def test_what_never_ends_is_too_large(shop):
    with open("/dev/zero", "rb") as zeros:
        done = routesc("check", "-", cwd=shop, stdin=zeros)
    assert done.returncode == 2
    assert "cannot read `-`: File too large" in done.stderr


def test_a_writer_that_takes_its_time_is_waited_for(shop):
    running = subprocess.Popen(
        [tree.routesc(), "check", "-"], cwd=shop, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for byte in SHOP.encode():
        running.stdin.write(bytes([byte]))
        running.stdin.flush()
    assert running.communicate(timeout=60) == (b"", None)
    assert running.returncode == 0


def test_a_long_text_is_read_whole(shop):
    text = SHOP + "# \n" * 100000 + "nonsense\n"
    done = routesc("check", "-", cwd=shop, input=text)
    line = text.count("\n")
    assert done.returncode == 1 and f"<stdin>:{line}:1: error" in done.stdout


@pytest.mark.parametrize("command", ["build", "emit", "urls", "conf", "serve"])
def test_what_needs_the_name_of_its_file_refuses_it(shop, command):
    done = routesc(command, "-", cwd=shop, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(
        f"routesc {command}: `-`, standard input, can't be its file: ")
    assert "`./-`" in done.stderr


@pytest.mark.parametrize("words, said", [
    (["diff", "-", "-"], "read once"), (["check", "-", "-"], "read once"),
    (["check", "-", "shop.routes", "--", "-"], "read once"),
    (["check", "--watch", "-"], "can't change"),
    (["check", "--watch", "shop.routes", "-"], "can't change")])
def test_it_is_read_once(shop, words, said):
    done = routesc(*words, cwd=shop, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr


def test_a_file_may_have_its_name(shop):
    (shop / "-").write_text(WRONG)
    done = routesc("check", "--", "./-", cwd=shop, input=SHOP)
    assert done.returncode == 1 and "./-:3:" in done.stdout
    assert routesc("check", "--", "-", cwd=shop, input=SHOP).returncode == 0


def test_only_a_file_is_standard_input(shop):
    done = routesc("explain", "shop.routes", "-", "/", cwd=shop)
    assert done.returncode == 1 and "read once" not in done.stderr
    done = routesc("explain", "-", "-", "/", cwd=shop, input=SHOP)
    assert done.returncode == 1 and "read once" not in done.stderr


# ---- list, conf, explain-code -----------------------------------------------

def test_list_shows_each_path_and_who_may(shop):
    done = routesc("list", "shop.routes", cwd=shop)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout == """\
METHOD    PATH                  FUNCTION    REALM  REQUIREMENT
GET       /                     pages:home  -      public
GET       /home                 pages:home  -      public
GET,POST  /items/{id:int}       items:show  -      public
ANY       /admin/all            admin:all   staff  role(boss) and (role(a) \
or not role("x y"))
GET       api.example.com/café  api:root    -      public
"""


def test_list_says_the_same_in_json(shop):
    done = routesc("list", "--format", "json", "shop.routes", cwd=shop)
    routes = json.loads(done.stdout)
    assert [r["function"] for r in routes] == [
        "pages:home", "items:show", "admin:all", "api:root"]
    assert routes[0]["paths"] == ["/", "/home"]
    assert routes[1] == {
        "methods": ["GET", "POST"], "hosts": [],
        "paths": ["/items/{id:int}"], "name": "item",
        "kind": "function", "function": "items:show", "realms": [],
        "requirement": "public", "csrf": False, "status": 200,
        "file": "shop.routes", "line": 5}
    assert routes[2]["methods"] == ["ANY"]
    assert routes[2]["realms"] == ["staff"]
    assert routes[3]["hosts"] == ["api.example.com"]


def test_list_says_where_a_redirect_leads(tmp_path):
    (tmp_path / "r.routes").write_text(
        "routes 1\npublic\nredirect /a/{x} 301 /b/{x}\n"
        'redirect /c 307 "https://d.example/#e" as f\n')
    done = routesc("list", "r.routes", cwd=tmp_path)
    assert "/a/{x}  301 /b/{x}" in done.stdout
    assert "ANY     /c      307 https://d.example/#e" in done.stdout
    done = routesc("list", "--format", "json", "r.routes", cwd=tmp_path)
    first, second = json.loads(done.stdout)
    assert (first["kind"], first["redirect"]) == ("redirect", "301 /b/{x}")
    assert (second["name"], second["status"]) == ("f", 307)


def test_list_quotes_what_is_no_word(tmp_path):
    (tmp_path / "q.routes").write_text(
        'routes 1\nrealm s = basic { file "f" }\nauth s\n'
        r'GET / -> m:f() require role("a\"b\\c")' + "\n")
    done = routesc("list", "q.routes", cwd=tmp_path)
    assert r'role("a\"b\\c")' in done.stdout


MATRIX = """routes 1
realm staff = basic { file "staff.htpasswd" }
realm keys = apikey { header "X-Key"; file "keys" }
public
limit rate 100/min per ip
GET /, /home -> m:f
mount /static files "/srv/static"
redirect /old/{x} 301 /static/{x}
location /admin {
    auth staff
    require user
    require ip(10.0.0.0/8) or role(boss)
    deny as 404
    POST /x -> m:f csrf off
    POST /y -> m:f override require tls csrf token {
        override auth staff or keys
        limit rate 5/min per user
    }
    GET /z by accept { html -> m:f; json -> m:f }
}
location /admin { auth keys; require role(ops); POST /k -> m:f }
host "api.example.com" {
    unmatched 404
    GET /café -> m:f slash redirect
}
"""
ADMIN = "user and (ip(10.0.0.0/8) or role(boss))"


@pytest.fixture
def matrix(tmp_path):
    (tmp_path / "x.routes").write_text(MATRIX)
    return tmp_path


def test_list_auth_is_the_matrix_of_all_that_is_answered(matrix):
    done = routesc("list", "--auth", "x.routes", cwd=matrix)
    assert done.returncode == 0 and done.stderr.count("W311") == 1
    lines = done.stdout.split("\n")
    # columns are two blanks apart or more, and none has two inside
    assert [re.split("  +", line) for line in lines[:-1]] == [
        ["METHOD", "PATH", "TARGET", "ANYONE", "REALM", "REQUIREMENT", "CSRF",
         "DENY", "RATES", "DECIDED"],
        ["GET", "/", "m:f", "yes", "-", "public", "-", "403",
         "100/min per ip", "x.routes:4"],
        ["GET", "/home", "m:f", "yes", "-", "public", "-", "403",
         "100/min per ip", "x.routes:4"],
        ["GET", "/static/**", "files /srv/static", "yes", "-", "public", "-",
         "403", "100/min per ip", "x.routes:4"],
        ["GET", "/old/{x}", "301 /static/{x}", "yes", "-", "public", "-",
         "403", "100/min per ip", "x.routes:4"],
        ["POST", "/admin/x", "m:f", "no", "staff", ADMIN, "off", "404",
         "100/min per ip", "x.routes:11, x.routes:12"],
        ["POST", "/admin/y", "m:f", "some", "staff or keys", "tls", "token",
         "404", "5/min per user, 100/min per ip", "x.routes:15 override"],
        *(["GET", f"/admin/z by accept: {media}", "m:f", "no", "staff", ADMIN,
           "-", "404", "100/min per ip", "x.routes:11, x.routes:12"]
          for media in ("text/html", "application/json")),
        ["POST", "/admin/k", "m:f", "no", "keys", "role(ops)", "-", "403",
         "100/min per ip", "x.routes:21"],
        ["GET", "api.example.com/café", "m:f", "yes", "-", "public", "-",
         "403", "100/min per ip", "x.routes:4"],
        # two locations with one prefix keep it together
        ["ANY", "/admin/**", "404 or 405", "no", "staff or keys",
         ADMIN + " and role(ops)", "-", "404", "100/min per ip",
         "x.routes:11, x.routes:12, x.routes:21"],
        ["ANY", "api.example.com/**", "404 or 405", "yes", "-", "public", "-",
         "403", "100/min per ip", "x.routes:4"],
        ["ANY", "/**", "httpd goes on", *["-"] * 7]]


def test_list_auth_says_in_json_where_each_part_was_decided(matrix):
    done = routesc("list", "--auth", "--format", "json", "x.routes",
                   cwd=matrix)
    rows = {row["paths"][0]: row for row in json.loads(done.stdout)}
    assert rows["/admin/y"] == {
        "methods": ["POST"], "hosts": [], "paths": ["/admin/y"],
        "name": "m.f", "kind": "function", "target": "m:f", "anyone": "some",
        "realms": [{"name": "staff", "kind": "basic"},
                   {"name": "keys", "kind": "apikey"}],
        "auth": {"file": "x.routes", "line": 16}, "requirement": "tls",
        "decided": [{"rule": "tls", "where": "route", "file": "x.routes",
                     "line": 15, "override": True}],
        "csrf": "token", "deny": 404,
        "rates": ["rate 5/min per user", "rate 100/min per ip"],
        "at": {"file": "x.routes", "line": 15}}
    assert rows["/admin/x"]["csrf"] == "off"
    assert [(part["where"], part["rule"], part["line"])
            for part in rows["/admin/**"]["decided"]] == [
        ("location /admin", "user", 11),
        ("location /admin", "(ip(10.0.0.0/8) or role(boss))", 12),
        ("location /admin", "role(ops)", 21)]
    assert rows["/admin/**"]["kind"] == "kept"
    assert (rows["/**"]["kind"], rows["/**"]["requirement"],
            rows["/**"]["deny"]) == ("passed", None, None)
    assert rows["/static/**"]["kind"] == "mount"


def test_list_of_a_file_that_keeps_everything_passes_nothing_on(tmp_path):
    (tmp_path / "x.routes").write_text(
        "routes 1\nunmatched 404\nGET / -> m:f public\n")
    done = routesc("list", "--auth", "x.routes", cwd=tmp_path)
    # no decision stands where it keeps: nothing is required there
    assert done.stdout.split("\n")[-2].split() == [
        "ANY", "/**", "404", "or", "405", "yes", "-", "-", "-", "403", "-",
        "-"]


def test_list_auth_is_of_routes_and_unused_of_functions(matrix):
    done = routesc("list", "--auth", "--unused", "x.routes", cwd=matrix)
    assert done.returncode == 2 and "--unused" in done.stderr


def test_conf_prints_lines_for_httpd(shop):
    done = routesc("conf", "shop.routes", "--mount", "/s", cwd=shop)
    assert done.returncode == 0
    assert done.stdout == (
        f'LoadModule routes_module "{tree.mod_routes()}"\n'
        f'LoadModule shop_routes_module "{shop}/mod_shop.so"\n'
        f'RoutesPythonPath "{shop}"\n'
        'RoutesMount /s shop\n')


def test_conf_loads_the_tables_that_are_mounted(tmp_path):
    (tmp_path / "shop.routes").write_text(
        "routes 1\npublic\nmount /a routes news\nmount /b routes blog\n"
        "mount /c routes news\n")
    done = routesc("conf", "shop.routes", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.split("\n")[1:4] == [
        f'LoadModule {name}_routes_module "{tmp_path}/mod_{name}.so"'
        for name in ("shop", "news", "blog")]


def test_conf_refuses_what_httpd_would_expand(tmp_path):
    folder = tmp_path / "${HOME}"
    folder.mkdir()
    (folder / "shop.routes").write_text(SHOP)
    done = routesc("conf", "shop.routes", cwd=folder)
    assert done.returncode == 2 and "${" in done.stderr


def test_explain_code_knows_each_code():
    table = (tree.SOURCE / "grammar" / "diags.def").read_text()
    codes = [line[5:9] for line in table.split("\n")
             if line.startswith("DIAG(")]
    assert len(codes) > 100
    for code in (codes[0], "E301", codes[-1]):
        done = routesc("explain-code", code)
        assert done.returncode == 0 and done.stdout.startswith(code)
        assert max(map(len, done.stdout.split("\n"))) < 80
    assert routesc("explain-code", "e301").stdout.startswith("E301 (error)")


# ---- serve ------------------------------------------------------------------

@pytest.mark.parametrize("where", ["nonsense", "127.0.0.1", "127.0.0.1:99999",
                                   "127.0.0.1:x", ":", ""])
def test_serve_says_what_listen_wants(shop, where):
    done = routesc("serve", "shop.routes", "--listen", where, cwd=shop)
    assert done.returncode == 2 and "listen" in done.stderr


def test_serve_names_an_address_that_is_not_ours(shop):
    done = routesc("serve", "shop.routes", "--listen", "192.0.2.1:8080",
                   cwd=shop)
    assert done.returncode == 2 and "192.0.2.1:8080" in done.stderr


def test_serve_names_a_python_path_that_is_not_there(shop):
    done = routesc("serve", "shop.routes", "--python-path", "none", cwd=shop)
    assert done.returncode == 2 and "none" in done.stderr


@pytest.mark.parametrize("table, said", [
    ("mod_none.so", "no file `mod_none.so`"),
    ("shop.routes", "not `shop.routes`"), ("mod_a b.so", "not `mod_a b.so`"),
    ("mod_.so", "not `mod_.so`")])
def test_serve_says_which_table_is_none(shop, table, said):
    for name in ("mod_a b.so", "mod_.so"):
        (shop / name).touch()
    done = routesc("serve", "shop.routes", "--table", table, cwd=shop)
    assert done.returncode == 2 and said in done.stderr


def test_serve_leaves_no_folder_when_httpd_is_missing(shop, tmp_path):
    temp = tmp_path / "temp"
    temp.mkdir()
    done = routesc("serve", "shop.routes", "--listen", str(free_port()),
                   cwd=shop, env={**os.environ, "TMPDIR": str(temp),
                                  "HTTPD": "/nonexistent/httpd"})
    assert done.returncode == 2 and "/nonexistent/httpd" in done.stderr
    assert list(temp.iterdir()) == []


def test_what_cannot_be_compared_is_refused(tmp_path):
    """650 parameters of which no two have a word in common, which their ends
    don't show: 211,000 pairs."""
    file = tmp_path / "app.routes"
    file.write_text("routes 1\npublic\n" + "".join(
        f'type T{n} = str matching r"a[ab]{{{n + 1}}}a"\n'
        f"GET /{{x:T{n}}} -> m:f(x)\n" for n in range(650)))
    done = routesc("check", "--no-python", file)
    assert done.returncode == 1
    assert done.stdout.count("error[") == 1
    assert "error[E706]" in done.stdout
