# SPDX-License-Identifier: Apache-2.0
"""`routesc explain`: what it says of a request, and that httpd agrees.

`ROUTES_GOLDEN=write` writes down what it says; then read the difference."""

import http.client
import io
import json
import os
import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402
from httpd import Httpd  # noqa: E402

FOLDER = HERE / "explain"
UUID = "123e4567-e89b-12d3-a456-426614174000"
CASES = [shlex.split(line) for line in f"""
GET /
GET '/hello/Jo%20?greeting=hi&n=12'
GET '/hello/a?n=&lang=x#top'
POST '/items?dry=1'
POST '/items?tags=a&tags=b&tags=%ff'
GET /items/0
GET /items/new
HEAD /items/5
PUT /items/new
PURGE /items/5 --as user
OPTIONS /items
GET '/days/2026-02-28/{UUID}?c=1.50&f=2&at=2026-01-01T10:00:00.5-01:30'
GET '/days/2026-02-28/{UUID}?c=x'
GET /days/2026-2-28/{UUID}
DELETE /admin/all --as 'user and role(boss)'
DELETE /admin/all --as 'role("on leave") and role(boss)'
DELETE /admin/all --as anonymous
GET /admin/health --as anonymous
GET /admin/logs/2026-01-02 --as 'group(auditor)'
GET /admin/logs/2026-01-02 --as user
GET /admin/logs/x --as 'role(auditor)'
PUT /admin/all --as user
GET /vault/x
GET /vault/x --as anonymous
GET /v1/7
GET /v1/7 --host API.example.com.:80
GET http://red.example.com/me
GET http://green.example.com/me
GET http://red.example.com/report
GET /items/5/
GET /Items/new
GET /hello/%07%C2%9B%ff%5C
GET /files/a/../b//c/%2e%2e/d
GET /files
GET /nope
""".split("\n") if line]

SOCKETS = [shlex.split(line) for line in """
WEBSOCKET /echo
GET /echo
HEAD /echo
POST /echo
OPTIONS /echo
WEBSOCKET /chat/x?name=ada --as user
WEBSOCKET /chat/x?n=z --as user
WEBSOCKET /chat/x?name=ada --as anonymous
WEBSOCKET /chat/lobby --as user
WEBSOCKET /chat/lobby --as 'role(b)'
WEBSOCKET /both --as anonymous
WEBSOCKET /both --as 'role(a)'
GET /both --as anonymous
WEBSOCKET /any
WEBSOCKET /hidden --as anonymous
WEBSOCKET /hidden --as user
WEBSOCKET /mine --as user
WEBSOCKET /nope
""".split("\n") if line]


def explain(*words, file="shop.routes", cwd=FOLDER):
    done = subprocess.run(
        [tree.routesc(), "explain", file, *map(os.fsencode, words)],
        capture_output=True, cwd=cwd, timeout=60)
    done.stdout = done.stdout.decode("utf-8")
    done.stderr = done.stderr.decode("utf-8")
    return done


def record(*words, **more):
    done = explain(*words, "--format", "json", **more)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def compare(name, made):
    golden = FOLDER / name
    if os.environ.get("ROUTES_GOLDEN") == "write":
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


# ---- what it says -----------------------------------------------------------

def test_text_is_as_written_down():
    made = []
    for case in CASES:
        done = explain(*case)
        assert done.stderr == ""
        made.append(f"$ {shlex.join(case)}\n{done.stdout}"
                    f"[{done.returncode}]\n")
    compare("shop.txt", "\n".join(made))


def test_handshakes_are_as_written_down():
    """Each by its own requirement, or by that of the GET that answers it."""
    made = []
    for case in SOCKETS:
        done = explain(*case, file="websockets.routes")
        assert done.stderr == ""
        made.append(f"$ {shlex.join(case)}\n{done.stdout}"
                    f"[{done.returncode}]\n")
    compare("websockets.txt", "\n".join(made))


def test_json_is_as_written_down():
    made = [dict(zip(("asked", "exit", "said"), (shlex.join(case),
                                                 *record(*case))))
            for case in CASES]
    compare("shop.json", json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def test_it_is_the_same_each_time():
    for case in CASES[:4]:
        assert explain(*case).stdout == explain(*case).stdout


@pytest.mark.parametrize("url, status, word", [
    ("/a%2Fb", 404, "%2F"), ("/a%2fb", 404, "%2F"), ("/%00", 404, "%00"),
    ("/%", 400, "escape"), ("/%2", 400, "escape"), ("/%zz%2F", 400, "escape"),
    ("/..", 400, "root"), ("/a/%2e%2E/../x", 400, "root"),
    ("/a b", 400, "blanks"), ("/a?\n", 400, "blanks"), ("/\x7f", 400, "blank"),
    ("/" + "a" * 9000, 414, "LimitRequestLine"),
])
def test_what_httpd_refuses_by_itself(url, status, word):
    code, said = record("GET", url)
    assert (code, said["answer"], said["status"]) == (1, "httpd", status)
    assert word in said["why"] and "path" not in said["request"]


@pytest.mark.parametrize("url, path", [
    ("/", "/"), ("//", "/"), ("/a/.", "/a/"), ("/a/..", "/"),
    ("/./a//./b/../c/", "/a/c/"), ("/%61%2Eb", "/a.b"), ("/%252e", "/%2e"),
    ("/a;b=1", "/a;b=1"), ("/%2e%2e%2e", "/..."), ("/a?x/../y", "/a"),
    ("/%C3%A9", "/é"), ("/%3F", "/?"), ("/a#b?c", "/a"),
    ("http://h", "/"), ("HTTP://h:8?q", "/"), ("/\\", "/\\x5c"),
])
def test_paths_are_those_that_httpd_hands_over(url, path):
    assert record("GET", url)[1]["request"]["path"] == path


@pytest.mark.parametrize("words, said", [
    (["GET", "x"], "begins with"),
    (["GET", ""], "begins with"),
    (["GET", "http:///x"], "begins with"),
    (["G T", "/"], "no method"),
    (["", "/"], "no method"),
    (["GET", "/", "--host", "a/b"], "no host"),
    (["GET", "/", "--host", ""], "no host"),
    (["GET", "/", "--host", "a:b"], "no host"),
    (["GET", "/", "--host", "a..b"], "no host"),
    (["GET", "http://a/", "--host", "a"], "both name a host"),
    (["GET", "/", "--as", "ip(10.0.0.1/8)"], "takes an address"),
    (["GET", "/", "--as", "ip(nobody)"], "takes an address"),
    (["GET", "/", "--as", "ip(10.0.0.1) and ip(::1)"], "facts joined"),
    (["GET", "/", "--as", 'ip(10.0.0.1) and ip("::1")'], "one address"),
    (["GET", "/", "--as", "method(GET)"], "the request's"),
    (["GET", "/", "--as", "apache()"], "facts joined"),
    (["GET", "/", "--as", 'apache("a", "b", "c")'], "two texts"),
    (["GET", "/", "--as", 'anonymous and apache("valid-user")'], "anonymous"),
    (["GET", "/", "--as", "user or role(a)"], "`or`"),
    (["GET", "/", "--as", "not user"], "`not`"),
    (["GET", "/", "--as", "boss"], "`boss` is no fact"),
    (["GET", "/", "--as", "role()"], "facts joined"),
    (["GET", "/", "--as", "role(a, b)"], "one role"),
    (["GET", "/", "--as", "anonymous and role(a)"], "anonymous"),
    (["GET", "/", "--as", ""], "facts joined"),
    (["GET", "/", "--as", "user\npublic"], "facts joined"),
    (["GET", "/", "--as", "user; public"], "facts joined"),
    (["GET", "/", "--as", "user }"], "facts joined"),
    (["GET", "/", "--as", "user\x1b[31m"], "facts joined"),
    (["GET", "/", "--as", "(" * 100000], "facts joined"),
    (["GET", "/", "--format", "yaml"], "text, json"),
])
def test_what_it_does_not_understand_is_exit_2(words, said):
    done = explain(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and "\x1b" not in done.stderr


def test_mistakes_in_the_file_are_exit_1(tmp_path):
    (tmp_path / "a.routes").write_text("routes 1\nGET / -> m:f\n")
    done = explain("GET", "/", file="a.routes", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[E301]" in done.stderr


def test_a_redirect_says_where_it_leads(tmp_path):
    (tmp_path / "r.routes").write_text(
        'routes 1\nrealm s = basic { file "f" }\nauth s\nrequire user\n'
        'redirect /a/{x:int} 301 "/b?x={x}#y"\n')
    said = json.loads(explain("GET", "/a/7?q=%20", "--format", "json",
                              file="r.routes", cwd=tmp_path).stdout)
    assert (said["status"], said["location"]) == (301, "/b?x=7&q=%20#y")
    assert said["route"]["redirect"] == "301 /b?x={x}#y"
    assert said["route"]["captures"][0]["value"] == "7"
    assert said["route"]["arguments"] == []
    said = json.loads(explain("GET", "/a/7", "--as", "anonymous", "--format",
                              "json", file="r.routes", cwd=tmp_path).stdout)
    assert said["status"] == 401 and "location" not in said


def test_a_table_that_is_mounted_decides_further(tmp_path):
    (tmp_path / "a.routes").write_text(
        "routes 1\nmount /blog routes blog public\n")
    done = explain("GET", "/blog/x%20y?a=1", file="a.routes", cwd=tmp_path)
    assert done.returncode == 0
    assert "-> routes blog  a.routes:2" in done.stdout
    assert "answer     -  the table blog decides, behind this one" in (
        done.stdout)
    assert "routesc explain blog.routes GET '/x%20y'" in done.stdout
    done = explain("GET", "/blog", file="a.routes", cwd=tmp_path)
    assert "answer     308" in done.stdout and "below" not in done.stdout
    said = json.loads(explain("GET", "/blog/", "--format", "json",
                              file="a.routes", cwd=tmp_path).stdout)
    assert said["below"] == "/" and "status" not in said


def test_a_table_that_is_mounted_is_not_said_to_grant(tmp_path):
    (tmp_path / "a.routes").write_text(
        'routes 1\nrealm r = basic { file "/f" }\nauth r\nrequire user\n'
        "mount /blog/{n:int} routes blog\n")
    def ask(url, caller):
        return explain("GET", url, "--as", caller, file="a.routes",
                       cwd=tmp_path)
    done = ask("/blog/7/x", "user")
    assert done.returncode == 1 and "granted by this table" in done.stdout
    assert "routesc explain blog.routes GET '/x'" in done.stdout
    done = ask("/blog/7/x", "anonymous")
    assert done.returncode == 1 and "answer     401" in done.stdout
    assert "below" not in done.stdout
    assert ask("/blog/7", "user").returncode == 0
    assert "below" not in ask("/blog/x/y", "user").stdout


def test_a_table_is_not_mounted_in_itself(tmp_path):
    (tmp_path / "a.routes").write_text("routes 1\nmount /a routes a public\n")
    done = explain("GET", "/blog/x", file="a.routes", cwd=tmp_path)
    assert done.returncode == 1
    assert "a.routes:2:17: error[E016]: the table `a` can't" in done.stderr


def test_near_misses_are_counted_past_the_tenth(tmp_path):
    lines = [f"GET /{{x:int({n}..{n})}} -> m:f" for n in range(30)]
    (tmp_path / "a.routes").write_text(
        "\n".join(["routes 1", "public", *lines, ""]))
    said = record("GET", "/99", file="a.routes", cwd=tmp_path)[1]
    assert (len(said["misses"]), said["misses_left"]) == (10, 20)


# ---- httpd agrees -----------------------------------------------------------

SEGMENTS = ["a", "b", "{x}", "{x:int}", "{x:int(1..9)}", "v{x:int}", "{x}.z",
            "{x:date}", "{x:str(2..3)}", "é", "{x:path}"]
TEXTS = ["a", "b", "7", "12", "-0", "v3", "q.z", "2026-02-29", "2024-02-29",
         "%61", "%C3%A9", "é", "%ff", "%2e", "%2E%2e", "..", ".", "", "a;b",
         "%2F", "%00", "%zz", "%", "%25", "A", "\\", "a%20b", "+", "abcd"]
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
           "PURGE"]
HOSTS = ["127.0.0.1", "api.example.com", "API.example.com.", "x.example.com"]


def some_path(rng):
    parts = [rng.choice(SEGMENTS[:-1]) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.2:
        parts[-1] = SEGMENTS[-1]
    names = iter("xyz")
    return "/" + "/".join(part.replace("x", next(names), 1)
                          if "{" in part else part for part in parts)


def some_routes(rng, first, count):
    return [f"{rng.choice(['GET', 'POST', 'GET,PUT', 'ANY', 'DELETE'])} "
            f"{some_path(rng)} -> m:f{first + n}" for n in range(count)]


def write_some_file(rng, path):
    """A file that compiles: routes that others make impossible are left
    out."""
    kept = []
    opening = ["routes 1", 'realm r = basic { file "none" }', "auth r"]

    def text(routes):
        blocks = {"": [], "location /a": [], 'host "api.example.com"': []}
        for block, route in routes:
            blocks[block].append(route)
        lines = opening + ["public"] + blocks.pop("")
        for block, inside in blocks.items():
            rule = ["require user"] if block.startswith("location") else []
            lines += [block + " {", *rule, *inside, "}"]
        return "\n".join(lines) + "\n"

    for route in some_routes(rng, 0, 40):
        block = rng.choice(["", "", "location /a", 'host "api.example.com"'])
        path.write_text(text([*kept, (block, route)]), encoding="utf-8")
        if subprocess.run([tree.routesc(), "check", path],
                          capture_output=True).returncode == 0:
            kept.append((block, route))
    path.write_text(text(kept), encoding="utf-8")


def some_url(rng):
    return "/" + "/".join(rng.choice(TEXTS)
                          for _ in range(rng.randint(0, 4)))


class Reply:
    """What came back over the wire."""

    def __init__(self, data, method):
        class Link(io.BytesIO):
            def makefile(self, *_):
                return self
        answer = http.client.HTTPResponse(Link(data), method=method)
        answer.begin()
        self.status, self.headers = answer.status, answer.headers
        self.body = answer.read().decode("utf-8", "replace")


def ask(server, method, url, host):
    return Reply(server.raw(
        f"{method} {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        "\r\n".encode()), method)


def agree(said, reply, method):
    if said["answer"] == "httpd" and "status" not in said:
        # of files: an unknown method is 501, and OPTIONS is answered
        return (reply.status in (403, 404, 405, 501) or method == "OPTIONS") \
            and "m:f" not in reply.body
    if said["status"] != reply.status:
        return False
    if said["status"] == 405:
        # httpd has an order of its own, and adds TRACE
        return set(said["allow"].split(", ")) == {
            word.strip()
            for word in reply.headers["Allow"].split(",")} - {"TRACE"}
    if said["status"] == 401:
        return said["caller"]["challenges"] == \
            reply.headers.get_all("WWW-Authenticate")
    return (said["status"] != 200 or method == "HEAD"
            or said["route"]["function"] == reply.body)


@pytest.mark.parametrize("seed", [1, 2])
def test_httpd_answers_as_explained(seed, tmp_path):
    rng = random.Random(seed)
    python = "\n".join(f"def f{n}(**_):\n    return 'm:f{n}'"
                       for n in range(40))
    (tmp_path / "m.py").write_text(python)
    write_some_file(rng, tmp_path / "app.routes")
    subprocess.run([tree.routesc(), "build", "app.routes"], cwd=tmp_path,
                   check=True, capture_output=True)
    routes = set()
    server = Httpd(load=[("routes_module", tree.mod_routes()),
                         ("app_routes_module", tmp_path / "mod_app.so")],
                   config='RoutesMount app\nRoutesPythonPath "{root}"')
    (server.root / "none").touch()      # the realm's file: nobody
    (server.root / "m.py").write_text(python)
    with server:
        for _ in range(150):
            method, url = rng.choice(METHODS), some_url(rng)
            host = rng.choice(HOSTS)
            said = record(method, url, "--host", host, "--as", "anonymous",
                          file="app.routes", cwd=tmp_path)[1]
            reply = ask(server, method, url, host)
            assert agree(said, reply, method), \
                f"{method} {url} {host}: {reply.status} {reply.headers} " \
                f"{reply.body[:80]} but {json.dumps(said)}"
            routes.add(said.get("route", {}).get("function"))
    assert len(routes) > 5


RULES = """\
routes 1
realm staff = basic { file "passwd" }
rule owns(order: int) -> az:owns
auth staff
GET /orders/{id:int} -> m:f(id) require owns(id) or not owns(7) and owns(id)
"""


@pytest.mark.parametrize("caller, status", [
    ("anonymous", 401), ("user and owns(8)", 0), ("user and owns(id)", 0),
    ("user and owns(9)", 1), ("user", 1)])
def test_what_python_decides_is_what_the_caller_states(
        tmp_path, caller, status):
    (tmp_path / "app.routes").write_text(RULES)
    done = subprocess.run(
        [tree.routesc(), "explain", "app.routes", "GET", "/orders/8", "--as",
         caller], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == (status != 0)
    assert done.stdout.count("decided by Python at run time") == 2
    record = subprocess.run(
        [tree.routesc(), "explain", "app.routes", "GET", "/orders/8",
         "--format", "json"], cwd=tmp_path, capture_output=True, text=True)
    assert json.loads(record.stdout)["python"] == [
        {"asks": asked, "function": "az:owns"}
        for asked in ("owns(id)", "owns(7)")]


def test_a_rule_that_is_none_states_nothing(tmp_path):
    (tmp_path / "app.routes").write_text(RULES)
    for caller in ("user and owns", "user and own(8)", "owns(8) or user"):
        done = subprocess.run(
            [tree.routesc(), "explain", "app.routes", "GET", "/orders/8",
             "--as", caller], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 2, done.stdout
