# SPDX-License-Identifier: Apache-2.0
"""Which route answers: precedence, types, methods, httpd's own places."""

import pytest

ROUTES = """\
routes 1
public

GET  /                        -> app:root()
GET  /users/new               -> app:new()
POST /users/{id}              -> app:post(id)
GET  /users/{id}              -> app:user(id)
GET  /n/{n:int}               -> app:number(n)
GET  /small/{n:int(1..99)}    -> app:number(n)
GET  /u/{u:uuid}              -> app:uuid(u)
GET  /d/{d:date}              -> app:date(d)
GET  /e/{e:enum("red","blue")} -> app:colour(e)
GET  /slug/{s:Slug}           -> app:slug(s)
GET  /files/{rest:path}       -> app:files(rest)
GET  /raw/{b:bytes}           -> app:raw(b)
GET  /img-{n:int}.png         -> app:number(n)
POST /jobs/{n:int}:cancel     -> app:number(n)
GET  /café/{s}                -> app:slug(s)
ANY  /any                     -> app:root()
GET  /declared                -> app:root()
HEAD /declared                -> app:head()
OPTIONS /declared             -> app:options()
PUT, DELETE /both             -> app:root()
GET  /a, /b                   -> app:root()
GET  /slash/                  -> app:echo(x = "with")
GET  /taken.txt               -> app:echo(x = "route")
GET  /alias/x                 -> app:echo(x = "route")
GET  /set/handler             -> app:echo(x = "route")
GET  /multi/{a}/{b:int}/{c}   -> app:three(a, b, c)

type Slug = str(..64) matching r"[a-z0-9]+(-[a-z0-9]+)*"

location /area {
    GET .           -> app:echo(x = "dot")
    GET /           -> app:echo(x = "slash")
    GET /{n:int}    -> app:number(n)
    location /deep {
        GET /x      -> app:echo(x = "deep")
    }
}
host "one.example" {
    GET /host -> app:echo(x = "one")
}
host "*.example" {
    GET /host -> app:echo(x = "star")
}
GET /host -> app:echo(x = "any")
"""
PYTHON = """\
def root(): return "root"
def new(): return "new"
def post(id): return f"post {id}"
def user(id): return f"user {id}"
def number(n):
    assert type(n) is int
    return str(n)
def uuid(u): return f"{type(u).__name__} {u}"
def date(d): return f"{type(d).__name__} {d.isoformat()}"
def echo(x): return x
def colour(e): return e
def slug(s): return s
def files(rest): return rest
def raw(b):
    assert type(b) is bytes
    return b
def head(): return (200, {"X-Head": "declared"}, "")
def options(): return (200, {"X-Options": "declared"}, "")
def three(a, b, c): return f"{a} {b} {c}"
"""

@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.write("htdocs/taken.txt", "file")
    shared.write("htdocs/file.txt", "file")
    shared.write("htdocs/area/file.txt", "file")
    shared.write("elsewhere/x", "alias")
    shared.write("elsewhere/y", "alias")
    return shared.serve(ROUTES, """
        Alias /alias "{root}/elsewhere"
        <Location /set/handler>
            SetHandler server-status
        </Location>
        RewriteEngine On
        RewriteRule ^/old/(.*)$ /users/$1 [PT]
        RewriteRule ^/moved$ /users/new [R=302]
        RewriteRule ^/forbidden$ - [F]
        """, modules=["alias", "rewrite", "status"])


@pytest.mark.parametrize("target, text", [
    ("/", "root"),
    ("/users/new", "new"),
    ("/users/newer", "user newer"),
    ("/users/7", "user 7"),
    ("/n/0", "0"),
    ("/n/-5", "-5"),
    ("/n/9223372036854775807", "9223372036854775807"),
    ("/n/-9223372036854775808", "-9223372036854775808"),
    ("/small/99", "99"),
    ("/u/12345678-1234-1234-1234-1234567890ab",
     "UUID 12345678-1234-1234-1234-1234567890ab"),
    ("/d/2026-02-28", "date 2026-02-28"),
    ("/d/2024-02-29", "date 2024-02-29"),
    ("/e/red", "red"),
    ("/slug/a-b-c9", "a-b-c9"),
    ("/files/", ""),
    ("/files/a/b/c.txt", "a/b/c.txt"),
    ("/files/a/", "a/"),
    ("/img-12.png", "12"),
    ("/caf%C3%A9/x", "x"),
    ("/users/%C3%A9", "user é"),
    ("/users/a%20b", "user a b"),
    ("/users/a+b", "user a+b"),
    ("/users/a;v=1", "user a;v=1"),
    ("/users/%25", "user %"),
    ("/users/%2541", "user %41"),
    ("//users//new", "new"),
    ("/users/x/../new", "new"),
    ("/users/./new", "new"),
    ("/a", "root"),
    ("/b", "root"),
    ("/slash/", "with"),
    ("/area", "dot"),
    ("/area/", "slash"),
    ("/area/12", "12"),
    ("/area/deep/x", "deep"),
    ("/multi/x/3/y", "x 3 y"),
    ("/taken.txt", "route"),
    ("/file.txt", "file"),
    ("/alias/x", "route"),
    ("/alias/y", "alias"),
    ("/old/new", "new"),
    ("/old/9", "user 9"),
])
def test_a_path_reaches_its_route(server, target, text):
    answer = server.get(target)
    assert (answer.status, answer.text) == (200, text)


@pytest.mark.parametrize("target", [
    "/n/01", "/n/+1", "/n/-0", "/n/1.0", "/n/", "/n/x", "/n/1x", "/n/ 1",
    "/n/9223372036854775808", "/n/99999999999999999999",
    "/n/-9223372036854775809", "/n/٣",
    "/small/0", "/small/100", "/small/-1",
    "/u/12345678-1234-1234-1234-1234567890AB", "/u/x",
    "/u/12345678123412341234123456789012",
    "/d/2026-02-30", "/d/2023-02-29", "/d/2026-2-3", "/d/2026-13-01",
    "/d/0000-01-01",
    "/e/green", "/e/Red", "/e/",
    "/slug/A", "/slug/a--b", "/slug/a-", "/slug/" + "a" * 65,
    "/users/", "/users", "/users/a/b", "/Users/new", "/USERS/7",
    "/files", "/img-.png", "/img-x.png", "/img-1.gif", "/jobs/7:cancelled",
    "/slash", "/any/", "/nothing", "/multi/x/y/z", "/multi/x/3/",
    "/area/x", "/area/deep", "/area/deep/", "/area/deep/y",
])
def test_a_path_outside_every_language_is_404(server, target):
    target = "".join(c if c.isascii() and c != " " else
                     "".join(f"%{b:02X}" for b in c.encode()) for c in target)
    assert server.get(target).status == 404


def test_a_location_covers_the_files_below_it(server):
    """P12: unmatched below a location is 404, whatever DocumentRoot has."""
    assert server.get("/area/file.txt").status == 404


def test_an_encoded_slash_is_httpd_s_404(server):
    assert server.get("/users/a%2Fb").status == 404
    assert server.get("/files/a%2Fb").status == 404


def test_a_bytes_parameter_takes_any_bytes(server):
    assert server.get("/raw/%FF%FE").body == b"\xff\xfe"


@pytest.mark.parametrize("target", [
    "/users/%FF", "/users/%C3", "/users/%C0%AF", "/users/%ED%A0%80",
    "/users/%01", "/users/%7F", "/users/a%0Ab", "/files/a/%FF",
])
def test_a_text_parameter_that_is_no_text_is_400(server, target):
    assert server.get(target).status == 400


def test_methods_are_part_of_matching(server):
    assert server.request("POST", "/users/new").text == "post new"
    assert server.request("POST", "/users/9").text == "post 9"
    assert server.request("POST", "/jobs/7:cancel").text == "7"
    assert server.request("PUT", "/both").text == "root"
    assert server.request("DELETE", "/both").text == "root"


def allow(answer):
    """The Allow header as a set; TRACE is httpd's own, and may be there."""
    words = {word.strip() for word in answer.headers["Allow"].split(",")}
    return words - {"TRACE"}


@pytest.mark.parametrize("method, target, methods", [
    ("DELETE", "/users/7", {"GET", "HEAD", "POST", "OPTIONS"}),
    ("POST", "/n/5", {"GET", "HEAD", "OPTIONS"}),
    ("GET", "/both", {"PUT", "DELETE", "OPTIONS"}),
    ("HEAD", "/both", {"PUT", "DELETE", "OPTIONS"}),
    ("PATCH", "/area/12", {"GET", "HEAD", "OPTIONS"}),
    ("POST", "/area", {"GET", "HEAD", "OPTIONS"}),
    ("PROPFIND", "/n/5", {"GET", "HEAD", "OPTIONS"}),
    ("FROBNICATE", "/n/5", {"GET", "HEAD", "OPTIONS"}),
])
def test_another_method_is_405_with_allow(server, method, target, methods):
    answer = server.request(method, target)
    assert answer.status == 405
    assert allow(answer) == methods


def test_a_value_outside_the_type_is_404_under_every_method(server):
    assert server.request("POST", "/n/x").status == 404


def test_options_is_automatic(server):
    answer = server.request("OPTIONS", "/users/7")
    assert answer.status == 204
    assert allow(answer) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_declared_head_and_options_win(server):
    assert server.request("HEAD", "/declared").headers["X-Head"] == "declared"
    answer = server.request("OPTIONS", "/declared")
    assert answer.headers["X-Options"] == "declared"


def test_get_serves_head(server):
    got, head = server.get("/n/5"), server.request("HEAD", "/n/5")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "X-Content-Type-Options"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE",
                                    "PROPFIND"])
def test_any_takes_every_method(server, method):
    answer = server.request(method, "/any")
    assert (answer.status, answer.text) == (200, "root")


def test_any_does_not_take_trace_or_options(server):
    assert server.request("OPTIONS", "/any").status == 204
    assert b"TRACE /any" in server.request("TRACE", "/any").body


def test_options_star_is_httpd_s(server):
    assert server.request("OPTIONS", "*").status == 200


@pytest.mark.parametrize("host, text", [
    ("one.example", "one"), ("ONE.EXAMPLE", "one"), ("one.example.", "one"),
    ("one.example:80", "one"), ("two.example", "star"), ("else", "any"),
    ("example", "any"), ("xone.example", "star"),
])
def test_hosts_go_before_paths(server, host, text):
    assert server.get("/host", Host=host).text == text


def test_a_set_handler_in_a_location_wins(server):
    answer = server.get("/set/handler")
    assert answer.status == 200 and "Server Status" in answer.text


def test_rewrites_come_first(server):
    assert server.get("/moved").status == 302
    assert server.get("/forbidden").status == 403


def test_a_mount_s_prefix_is_whole_segments(site):
    site.write("app.py", "def root(): return 'root'\ndef a(): return 'a'\n")
    server = site.serve("routes 1\npublic\nGET / -> app:root()\n"
                        "GET /a -> app:a()\n", mount="RoutesMount /pre app")
    assert server.get("/pre/").text == "root"
    assert server.get("/pre/a").text == "a"
    for target in ("/prea", "/a", "/", "/pre/b"):
        assert server.get(target).status in (403, 404), target


def test_a_long_path_is_no_trouble(server):
    assert server.get("/users/" + "x" * 7000).text == "user " + "x" * 7000
    assert server.get("/files/" + "x/" * 3000).text == "x/" * 3000
