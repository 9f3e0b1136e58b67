# SPDX-License-Identifier: Apache-2.0
"""RoutesAuditLog: who was refused what, and who was let in, line by line."""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
from pathlib import Path

import pytest

from conftest import Site
from httpd import DEADLINE, children, wait_for
from test_400_authorisation import USERS, basic

KEY = "k" * 40
ROUTES = r"""
routes 1
realm staff = basic { file "staff.htpasswd"; groups "groups" }
realm keys  = apikey { header "X-Api-Key"; file "keys" }
realm code  = python { check app:who }
realm corp  = apache {}
rule office = ip(10.0.0.0/8)
public
GET  /open             -> app:ok
POST /token            -> app:ok csrf token auth staff
location /staff {
    auth staff
    require user
    GET  .             -> app:ok                   as home
    GET  /boss/{x}     -> app:one  require role(boss) and not role("a\"b")
    POST /save         -> app:ok
    GET  /often        -> app:ok   limit rate 1/h per user
    GET  /lan          -> app:ok   override require office
    redirect /old 301 /staff
}
location /hidden {
    auth keys
    require role(boss)
    deny as 404
    GET  .             -> app:ok
}
GET /odd               -> app:ok { auth code; require user }
location /corp   { auth corp; require user; GET . -> app:ok }
location /skip   { auth corp; require user; GET . -> app:ok }
location /thing  {
    GET    /item -> app:ok { auth keys; require role(boss); deny as 404 }
}
"""
PYTHON = """
def ok():
    return "ok"

def one(x):
    return x

def who(request):
    if request.headers_in.get("x-name") == "boom":
        raise ValueError("boom")
    return request.headers_in.get("x-name")
"""
FIELDS = ["time", "id", "client", "host", "method", "path", "route",
          "pattern", "place", "user", "realm", "rule", "decision", "reason",
          "status"]


# /skip is let past httpd's own authorisation, so that the gate asks for itself
CORP = """
<Location ~ "^/(corp|skip)">
    AuthType Basic
    AuthName Example
    AuthUserFile {root}/staff.htpasswd
    Require all granted
</Location>
<Location /skip>
    Satisfy Any
    Order allow,deny
    Allow from all
</Location>
"""


def fill(site):
    site.write("app.py", PYTHON)
    site.write("groups", "boss: ada\n")
    site.htpasswd("staff.htpasswd", **USERS)
    site.write("keys", f"eve:{hashlib.sha256(KEY.encode()).hexdigest()}:\n")


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    """All decisions of one server, the refusals of another."""
    site = Site(shared=True)
    fill(site)
    yield site.serve(ROUTES, f"""
        RoutesAuditLog audit-{request.param}.log all
        LogLevel warn
        {CORP}
        <VirtualHost *:{{port}}>
            ServerName main.example
            AddOutputFilter INCLUDES .shtml
            <Directory {{root}}/htdocs>
                Options +Includes
            </Directory>
        </VirtualHost>
        <VirtualHost *:{{port}}>
            ServerName denied.example
            RoutesAuditLog denied-{request.param}.log
        </VirtualHost>
        <VirtualHost *:{{port}}>
            ServerName off.example
            RoutesAuditLog Off
        </VirtualHost>
        """, mpm=request.param, modules=[
            "unique_id", "auth_basic", "authn_core", "authn_file",
            "access_compat", "authz_host", "authz_user", "include", "dir"])
    site.close()


def lines(server, name="audit"):
    path = server.root / f"{name}-{server.mpm}.log"
    # every line is one object, in any order of requests
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def ask(server, method, target, headers=None, name="audit", **options):
    """The answer to a request, and the lines that it caused."""
    before = len(lines(server, name))
    answer = server.request(method, target, headers={
        "Host": "main.example", **(headers or {})}, **options)
    return answer, lines(server, name)[before:]


def one(server, *words, **options):
    before = len(lines(server))
    answer, said = ask(server, *words, **options)
    if not said:    # whom httpd refuses is written down behind the answer
        wait_for(lambda: len(lines(server)) > before, "a line")
        said = lines(server)[before:]
    assert len(said) == 1, said
    assert list(said[0]) == FIELDS
    return answer, said[0]


def test_a_refusal_says_who_what_by_which_rule_and_why(server):
    answer, line = one(server, "GET", "/staff/boss/7?secret=1", basic("bob"))
    assert answer.status == 403
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
                        line.pop("time"))
    assert re.fullmatch(r"[\w@-]{20,}", line.pop("id"))
    assert line == {
        "client": "127.0.0.1", "host": "main.example", "method": "GET",
        "path": "/staff/boss/7", "route": "app.one",
        "pattern": "/staff/boss/{x}", "place": "app.routes:15",
        "user": "bob", "realm": "staff",
        "rule": r'user and role(boss) and not role("a\"b")',
        "decision": "denied", "reason": "the requirement is not met",
        "status": 403}


def test_who_is_let_in_is_written_where_that_is_asked_for(server):
    answer, line = one(server, "GET", "/staff", basic("ada"))
    assert answer.status == 200
    assert (line["route"], line["user"], line["realm"], line["decision"],
            line["reason"], line["status"]) == (
        "home", "ada", "staff", "granted", None, None)
    _, line = one(server, "GET", "/open")
    assert (line["user"], line["rule"], line["decision"]) == (
        None, "public", "granted")
    _, line = one(server, "HEAD", "/staff/old", basic("bob"))
    assert (line["decision"], line["pattern"]) == ("granted", "/staff/old")
    _, line = one(server, "GET", "/staff/nothing", basic("ada"))
    assert (line["route"], line["pattern"], line["place"]) == (
        None, "/staff", "app.routes:11")


def test_only_refusals_and_nothing_are_choices_of_a_virtual_host(server):
    for host, target, who, count in (
            ("denied.example", "/staff", basic("ada"), 0),
            ("denied.example", "/open", {}, 0),
            ("denied.example", "/staff", {}, 1),
            ("off.example", "/staff", {}, 0)):
        _, said = ask(server, "GET", target, {"Host": host, **who},
                      name="denied")
        assert len(said) == count, (host, target)
        assert [line["host"] for line in said] == [host] * count
    assert not any(line["host"] in ("denied.example", "off.example")
                   for line in lines(server))


@pytest.mark.parametrize("method, target, headers, status, reason", [
    ("GET", "/staff", {}, 401, "the requirement asks who it is"),
    ("GET", "/staff", basic("bob", "wrong"), 401, "the requirement asks who "
     "it is, and the credentials are wrong"),
    ("DELETE", "/staff", {}, 401, "the requirement asks who it is"),
    ("GET", "/staff/lan", basic("ada"), 403, "the requirement is not met"),
    ("POST", "/staff/save", {**basic("ada"), "Origin": "https://evil.example"},
     403, "another site had it sent"),
    ("POST", "/token", basic("ada"), 403, "no csrf token"),
    ("POST", "/token", {"X-CSRF-Token": "0" * 64}, 403, "no csrf token"),
    ("GET", "/odd", {}, 401, "the requirement asks who it is"),
    ("GET", "/odd", {"X-Name": "boom"}, 500, "a realm can't tell who it is"),
    # what hides says 404 to the client, and why to who reads the log
    ("GET", "/hidden", {}, 404, "the requirement asks who it is"),
    ("GET", "/hidden", {"X-Api-Key": KEY}, 404, "the requirement is not met"),
    ("GET", "/hidden/nothing", {}, 404, "the requirement asks who it is"),
    ("POST", "/hidden", {}, 404, "the requirement asks who it is"),
])
def test_each_way_to_be_refused_is_one_line(server, method, target, headers,
                                            status, reason):
    if status == 500:
        server.expect("ROUTES01")
    body = "a=b" if method == "POST" else None
    if body is not None:
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   **headers}
    answer, said = ask(server, method, target, headers, body=body)
    refusals = [line for line in said if line["decision"] == "denied"]
    assert answer.status == status
    assert [(line["status"], line["reason"]) for line in refusals] == [
        (status, reason)]
    # a token in a body is looked for behind the gate
    assert len(said) == 1 or (target == "/token" and len(said) == 2)


@pytest.mark.parametrize("target", ["/corp", "/skip"])
def test_callers_whom_httpd_s_own_modules_name(server, target):
    answer, line = one(server, "GET", target, basic("ada"))
    assert answer.status == 200
    assert (line["user"], line["realm"], line["decision"]) == (
        "ada", "corp", "granted")
    for headers in ({}, basic("ada", "wrong")):
        if headers:
            server.expect("AH01617")
        answer, line = one(server, "GET", target, headers)
        assert answer.status == 401
        assert (line["user"], line["status"], line["reason"]) == (
            None, 401, "httpd's own modules do not know the caller")


def test_a_path_of_hidden_methods_only(server):
    answer, line = one(server, "OPTIONS", "/thing/item")
    assert answer.headers["Allow"] is None or "GET" in answer.headers["Allow"]
    assert line["reason"] == "no method of the path may be known of"


def test_a_subrequest_is_a_decision_with_the_id_of_its_request(server):
    page = server.root / "htdocs" / "page.shtml"
    page.write_text('<!--#include virtual="/staff" -->')
    server.expect("unable to include ./staff.")
    answer, line = one(server, "GET", "/page.shtml")
    assert answer.status == 200
    assert (line["path"], line["status"]) == ("/staff", 401)
    assert re.fullmatch(r"[\w@-]{20,}", line["id"])


def test_too_many_and_too_many_wrong(server):
    ask(server, "GET", "/staff/often", basic("ada"))
    answer, line = one(server, "GET", "/staff/often", basic("ada"))
    assert (answer.status, line["status"], line["reason"]) == (
        429, 429, "too many requests")
    for _ in range(20):
        answer, line = one(server, "GET", "/staff", basic("mal", "x"))
        if answer.status == 429:
            break
    assert (line["status"], line["reason"]) == (429,
                                                "too many wrong credentials")


def test_no_credential_and_no_query_is_in_any_line(server):
    for headers in (basic("bob", "s3cret"), {"X-Api-Key": "s3cret" * 8},
                    {"Authorization": "Basic s3cret"},
                    {"Cookie": "sid=s3cret"}):
        ask(server, "GET", "/staff?token=s3cret", headers)
        ask(server, "GET", "/hidden?token=s3cret", headers)
    path = server.root / f"audit-{server.mpm}.log"
    assert b"s3cret" not in path.read_bytes()


def test_hostile_bytes_stay_one_line_of_json(server):
    target = "/staff/boss/%0A%22%5C%7D%1B%5B2J%FF%C3%A9%E2%80%A8"
    answer, line = one(server, "GET", target)
    assert answer.status == 401
    assert line["path"] == "/staff/boss/%0a%22%5c%7d%1b%5b2J%ff%c3%a9%e2%80%a8"
    _, line = one(server, "GET", "/staff/boss/" + "a%1b" * 2000)
    assert len(line["path"]) < 900 and line["path"].endswith("…")
    assert line["status"] == 401 and line["client"] == "127.0.0.1"
    answer, line = one(server, "GET", "/odd", {"X-Name": 'a"b\\c</script>é'})
    assert (answer.status, line["user"]) == (200, 'a"b\\c</script>é')
    answer, line = one(server, "GET", "/odd", {"X-Name": "é" * 1000})
    assert (answer.status, line["user"]) == (200, "é" * 126 + "…")


def test_a_method_that_nobody_knows_is_written_as_it_came(server):
    answer, line = one(server, "BREW" * 40, "/staff")
    assert answer.status == 401
    assert line["method"].startswith("BREWBREW") and len(line["method"]) < 65


def test_lines_of_many_processes_stay_whole(server):
    before = len(lines(server))

    def many(_):
        with contextlib.closing(server.connect()) as link:
            for _ in range(25):
                link.request("GET", "/staff/boss/" + "x" * 700,
                             headers={"Host": "main.example"})
                link.getresponse().read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))
    said = lines(server)[before:]
    assert len(said) == 200
    assert len({line["id"] for line in said}) == 200


def test_the_error_log_s_line_has_the_rule(site):
    fill(site)
    server = site.serve(ROUTES)
    server.request("GET", "/staff/boss/7", headers=basic("bob"))
    line = server.logged("ROUTES0039")
    assert line.endswith(
        "GET /staff/boss/7 is denied to 'bob': the requirement is not met "
        "(app.routes:15: route app.one: user and role(boss) and not "
        'role("a\\\\"b"))')
    for headers, pattern in (
            ({**basic("ada"), "Origin": "https://evil.example"},
             r"ROUTES0032.*app\.routes:16: route app\.ok: user\)"),
            ({}, r"ROUTES0039.*app\.routes:16: route app\.ok: user\)")):
        server.request("POST", "/staff/save", headers=headers)
        server.logged(pattern)


# ---- where it goes ----------------------------------------------------------

ROTATELOGS = shutil.which("rotatelogs") or "/usr/bin/rotatelogs"


def test_it_goes_on_behind_a_graceful_restart_and_a_rotation(site):
    fill(site)
    server = site.serve(ROUTES, "RoutesAuditLog audit-event.log\n")
    # a connection that outlives the restart writes on; the first answer tells
    # that a worker has it, and the beginning of what follows
    link = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
    link.sendall(b"GET /staff HTTP/1.1\r\nHost: a\r\n\r\n"
                 b"GET /staff HTTP/1.1\r\nHost: a\r\n")
    assert b" 401 " in link.recv(65536)
    os.rename(server.root / "audit-event.log", server.root / "rotated.log")
    server.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: server.log().count("resuming normal") > 1, "restart")
    link.sendall(b"\r\n")
    assert b" 401 " in link.recv(65536)
    link.close()
    old = (server.root / "rotated.log").read_text().splitlines()
    assert [json.loads(line)["path"] for line in old] == ["/staff"] * 2
    wait_for(lambda: ask(server, "GET", "/staff/boss/1")[1],
             "a line of the new generation")


@pytest.mark.skipif(not os.access(ROTATELOGS, os.X_OK),
                    reason="rotatelogs is not installed")
def test_it_goes_to_a_program_one_for_all_that_name_it(site, mpm):
    fill(site)
    target = f'"|{ROTATELOGS} {site.root}/audit-%s.log 86400" all'
    server = site.serve(ROUTES, f"""
        RoutesAuditLog {target}
        <VirtualHost *:{{port}}>
            ServerName main.example
            RoutesAuditLog {target}
        </VirtualHost>
        """, mpm=mpm)
    # of httpd, which ends its programs at a restart and then meets them
    server.allowed.append("long lost child came home")

    def said():
        return [line["path"] for path in site.root.glob("audit-*.log")
                for line in map(json.loads, path.read_bytes().splitlines())
                if line["path"] != "*"]

    for i in (1, 2):
        server.request("GET", f"/staff/{i}", headers={"Host": "main.example"})
        wait_for(lambda: f"/staff/{i}" in said(), "the line")
        server.graceful()
    assert said() == ["/staff/1", "/staff/2"]
    programs = [pid for pid in children(server.process.pid)
                if "rotatelogs" in Path(f"/proc/{pid}/cmdline").read_text()]
    assert len(programs) == 1


@pytest.mark.parametrize("line, said", [
    ("RoutesAuditLog /no/such/folder/audit.log", "can't be opened: /no/such"),
    ("RoutesAuditLog /", "it is a folder"),
    ('RoutesAuditLog "|/no/such/program -x"', "/no/such/program: No such"),
    ('RoutesAuditLog "|"', "no program is named"),
    ('RoutesAuditLog "|/etc/passwd"', "/etc/passwd: Permission denied"),
    ("RoutesAuditLog audit.log some", "and not 'some'"),
    ("<VirtualHost *:1>\nRoutesAuditLog /no/such/a\n</VirtualHost>",
     "httpd.conf:"),
    ("<Location />\nRoutesAuditLog a.log\n</Location>", "not allowed"),
])
def test_what_can_t_be_opened_is_refused_by_configtest(shared, line, said):
    shared.write("m.py", "def f():\n    pass\n")
    load = shared.build("other", "routes 1\nGET / -> m:f public\n")
    code, words = shared.httpd([load], line).configtest()
    assert code != 0 and said in words, words


def test_configtest_makes_no_file(site):
    site.write("m.py", "def f():\n    pass\n")
    load = site.build("other", "routes 1\nGET / -> m:f public\n")
    code, words = site.httpd([load], "RoutesAuditLog a.log").configtest()
    assert code == 0, words
    assert not (site.root / "a.log").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_line_that_can_t_be_written_is_in_the_error_log(site):
    fill(site)
    server = site.serve(ROUTES, "RoutesAuditLog /dev/full\n")
    assert server.get("/staff").status == 401
    server.expect("ROUTES0007: RoutesAuditLog '/dev/full' can't be written: "
                  "{.*path.*/staff")
