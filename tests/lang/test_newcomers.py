# SPDX-License-Identifier: Apache-2.0
"""What newcomers write out of habit: one mistake is one message, with a help
that says what to write instead."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import tree  # noqa: E402

# A statement of a file that is `public`, and what its help has to say.
MISTAKES = [
    # all of them
    ("GET /x -> m:f requires user", "`require …`"),
    ("publish /s -> m { f(a: int), g(b: int) }", "`;` or a new line"),
    ("publish /s -> m {\n    f(a: int),\n    g(b: int)\n}", "new line"),
    ("GET /x -> m:f { returns html } require user", "before the `{`"),
    ("location /l { GET . -> m:f } require user", "before the `{`"),
    ("GET /x -> m:f\nlimit rate 5/min per ip", "clauses come first"),
    ("GET /x -> m:f limit 5/min", "`limit rate 5/min`"),
    ("GET /x -> m:f limit 64KB", "`limit body 64KB`"),
    ("GET /x -> m:f rate 5/min", "`limit rate 5/min`"),
    ("GET /x -> m:f throttle 5/min", "`limit rate 5/min`"),
    ("GET /x -> m:f require all granted", "`public`"),
    ("GET /x -> m:f require valid-user", "`require user`"),
    ("GET /x -> m:f require ip 10.0.0.0/8", "`ip(10.0.0.0/8)`"),
    ("GET /x -> m:f require host example.com", "ip("),
    ("GET /x -> m:f if user", "`require …`"),
    ("GET /x -> m:f status 201", "`returns 201`"),
    ("GET /x -> m:f returns text/html; charset=utf-8", "UTF-8"),
    ('GET /x -> m:f header "X-A: b"', 'header \"X-Name\"'),
    ("GET /x -> m:f cache max-age=60", "`cache 60s`"),
    ('GET /x -> m:f cors "*"', "origins"),
    ("GET /x -> m:f(request)", "request: request"),
    ("GET /x -> m:f(user)", "user: principal"),
    ("GET /x -> m:f(q: str = Query(1))", "`from query`"),
    ("POST /x -> m:f(file: UploadFile)", "`upload`"),
    ("GET /x/<[0-9]+> -> m:f", "`{name:type}`"),
    ("GET ^/x$ -> m:f", "no pattern"),
    ("GET /x -> m/f", "with one `:`"),
    ("GET /x -> ./m:f", "with one `:`"),
    ("GET /x - > m:f", "`->`"),
    ("GET /x, /y, -> m:f", "behind the last path"),
    ("GET, POST, /x -> m:f", "behind the last method"),
    ("[GET, POST] /x -> m:f", "`GET, POST /path`"),
    ("->  /x  m.Routes", "include"),
    ("+ nocsrf", "behind the route"),
    ("location = /x {\n    GET . -> m:f\n}", "GET /path"),
    ("mount /x files /srv", "double quotes"),
    ('include "x.routes" as /v1', "`at /prefix`"),
    ("error 404 /x.html", "module:function"),
    ("error_page 404 /x.html", "error 404 ->"),
    ("ErrorDocument 404 /x.html", "error 404 ->"),
    ("urlpatterns = [", "GET /path"),
    ("before_request -> m:f", "hook PHASE"),
    ('realm jwt { secret "x" }', "its name and its kind"),
    ('realm { secret "x" }', "its name and its kind"),
    ("realm staff", "its kind, too"),
    ("type Slug = /[a-z]+/", 'str matching r"…"'),
    (r"type Slug = /(\d{2}|x?)%/", 'str matching r"…"'),
    ('realm staff = basic("/etc/users")', "kind { option value }"),
    ('realm staff = ldap { url "ldap://x" }', "`apache`"),
    ('realm staff = oidc { issuer "https://x" }', "jwt {"),
    ('auth basic { file "x" }', "declared by itself"),
    ("type Slug: str(..9)", "`type Name = …`"),
    ("type Sort = enum { a, b }", '"a\" | '),
    ("record R(id: int)", "record Name {"),
    ("interface R { id: number }", "`record Name { … }`"),
    ('setting x = "a"', "name: str"),
    ('import "app.py"', "without quotes"),
    ("import app, web", "for each"),
    ("assert all /x requires user", "assert every"),
    ("assert GET /x == 404", "-> 404"),
    ("assert GET /x -> 404 Not Found", "`404`"),
    # Flask, Django
    ('@app.route("/x")', "GET /path -> module:function"),
    ("GET /<id> -> m:f", "`{id}`"),
    ("GET /<int:id> -> m:f", "`{id:int}`"),
    ("GET /x/<path:rest> -> m:f", "`{rest:path}`"),
    ("GET /x/{id:string} -> m:f", "`str`"),
    ("from app import f", "import package.module as name"),
    ("def f():\n    pass", "GET /path -> module:function"),
    ("GET /x -> m.f", "`:` between the module and the function"),
    ("GET /x -> m.f()", "`:` between the module and the function"),
    ("GET /x -> m:f(page: int = None)", "`null`"),
    ("GET /x -> m:f(page: Optional[int])", "`T?`"),
    ("GET /x -> m:f(page: int | None)", "`int?`"),
    ("GET /x -> m:f(ids: list[int])", "`list<T>`"),
    ("GET /x -> m:f(day: datetime.date)", "`date`"),
    ("GET /x -> m:f(q: str = 'a')", '`"a"`'),
    ("GET /x -> m:f login_required", "require user"),
    ("GET /x -> m:f\nclass User { name: str }", "`record Name"),
    ("record User { str name }", "name: type"),
    ("record User = { name: str }", "without a `=`"),
    ("GET /x -> m::f", "with one `:`"),
    ('GET /x -> "m:f"', "without quotes"),
    ('GET /x -> m:f as "name"', "without quotes"),
    ('GET /x -> m:f(q: str default "x")', "`= …`"),
    ("GET /x -> m:f(q?: str)", "`name: type?`"),
    ("GET /x -> m:f -> html", "`returns …`"),
    ('path("x/", views.f)', "GET /path -> module:function"),
    ("location /x:\n    returns html\n    GET . -> m:f", "in braces"),
    # Express
    ("GET /x/:id -> m:f", "`{id}`"),
    ("GET /x/* -> m:f", "{name:path}"),
    ("GET /x/{...rest} -> m:f", "{name:path}"),
    ("get /x -> m:f", "`GET`"),
    ('app.get("/x", m.f)', "GET /path -> module:function"),
    ("GET /x => m:f", "write `->`"),
    ("GET /x/[id] -> m:f", "`{id}`"),
    ("GET /x/[...rest] -> m:f", "`{rest:path}`"),
    ("GET /a/*/b/* -> m:f", "{name:path}"),
    ("ALL /x -> m:f", "`ANY`"),
    ("WS /x -> m:f", "asgi"),
    ("GET /x -> m:f, m:g", "one function"),
    ("GET: /x -> m:f", "follows the method"),
    ("GET /x -> m:f {\n    GET /y -> m:g\n}", "`location /path"),
    ('GET "/x" -> m:f', "`/path`"),
    ("GET x -> m:f", "`/x`"),
    ("// a comment", "`#`"),
    ("GET /x?page=1 -> m:f", "f(page: int = 1)"),
    ("GET /c{\n    returns html\n}", "a space before the `{`"),
    ("GET /x/:id -> m:f(id)", "`{id}`"),
    ("GET /x/<int:id> -> m:f(id from path)", "`{id:int}`"),
    ("location /x/:id {\n    GET . -> m:f(id)\n}", "`{id}`"),
    ("redirect /x/:id 301 /y/{id}", "`{id}`"),
    ("GET /x/:id -> m:f limit rate 1/s per id", "`{id}`"),
    # Play, Spring
    ("GET /x controllers.Home.index", "write `->`"),
    ("GET /x/$id -> m:f", "`{id}`"),
    ("GET /x/$id -> m:f(id)", "`{id}`"),
    ("GET /x/$id/y, /y/\\$id/x -> m:f", "`\\$` for a literal one"),
    ("type Slug = str\nGET /x/:id -> m:f(a: Slug)", "`{id}`"),
    ("GET /x -> m:f(id: Long)", "`int`"),
    ("GET /x -> m:f(name: String)", "`str`"),
    ("GET /x -> m:f(int page)", "name: type"),
    ('@GetMapping("/x")', "GET /path -> module:function"),
    ("GET /x -> m:f permitAll", "`public`"),
    ("GET /x/{id:[0-9]+} -> m:f", "str matching"),
    ("GET POST /x -> m:f", "`GET, POST`"),
    ("* /x -> m:f", "`ANY`"),
    ("-- a comment", "`#`"),
    # Apache, nginx
    ("realm r basic { file \"/x\" }", "`realm name = kind"),
    ("realm r = basic { file = \"/x\" }", "`name value`"),
    ("realm r = basic { file \"/x\", groups \"/y\" }", "`;`"),
    ("GET /x -> m:f require user || role(x)", "`or`"),
    ("GET /x -> m:f require role = x", "`role(name)`"),
    ("GET /x -> m:f auth a, b", "`or`"),
    ("GET /x -> m:f cache 3600", "`cache 60s`"),
    ("GET /x -> m:f csrf on", "`csrf` alone"),
    ("redirect 301 /x /y", "`redirect /old 308 /new`"),
    ("redirect /x /y", "`redirect /old 308 /new`"),
    ('mount /x "/srv"', "`mount /path files"),
    ("<Location /x>", "location /path {"),
    ("Require valid-user", "`require`"),
    ("AuthType Basic", "basic {"),
    ("RewriteRule ^/x$ /y", "httpd's own configuration"),
    ("allow from all", "`public`"),
    ("host example.com {\n    GET /x -> m:f\n}", "double quotes"),
    ("server {\n    GET /x -> m:f\n}", "host"),
    ("/x -> m:f", "begins with its method"),
    # what was seen later
    ('url_prefix "/api"', "`location /prefix"),
    ('register_blueprint "blog"', "at /prefix"),
    ("abort 404", "`raises Name as 404`"),
    ('header "X-A" = "b"', 'header "X-Name" "value"'),
    ("GET /x -> m:f limit time 5 s", "no space"),
    ("GET /x -> m:f limit body 1 MB", "no space"),
    ("type Id = int > 0", "int(1..9)"),
    ("type Id = int(min=1, max=5)", "int(1..9)"),
    ("GET /x -> m:f(q: str(max=10))", "str(1..9)"),
    ('type Color = "red", "blue"', '"a" | "b"'),
    ('type Color = enum("red" | "blue")', '"a" | "b"'),
    ("GET /x -> m:f(q: str matching /a+/)", "matching r"),
    ("GET /x -> m:f(q: str from header If-Match)", "double quotes"),
    ("GET /x | /y -> m:f", "`GET /one, /two`"),
    ('include "x.routes" /v1', "at /prefix"),
    ("error 404, 500 m:f", "`->` before"),
    ("error 400-499 -> m:f", "`400..499`"),
    ("unmatched -> m:f", "`unmatched 404`"),
    ("default -> m:f", "`unmatched 404`"),
    ('GET /x -> m:f produces = "text/html"', "`produces "),
    ("GET /x -> m:f returns json 201", "`returns 201 json`"),
    ("GET /x -> m:f returns 200 OK", "`200`"),
    ("GET /x -> m:f returns ResponseEntity<str>", "`returns str`"),
    ("GET /x -> m:f returns (str, int)", "record"),
    ("GET /x -> m:f returns [int]", "`list<T>`"),
    ("GET /x -> m:f raises KeyError 404", "KeyError as 404"),
    ("GET /x -> m:f raises KeyError -> 404", "KeyError as 404"),
    ("GET /x -> m:f raises 404 as KeyError", "Name as 404"),
    ("GET /x -> m:f hidden", "`deny as 404`"),
    ("GET /x -> m:f hide", "`deny as 404`"),
    ("GET /x -> m:f deny as 404 Not Found", "alone"),
    ("assert public /x", "`assert public only"),
    ("assert every /x is public", "requires"),
    ("test GET /x -> 404", "`assert GET"),
]


@pytest.mark.parametrize("text, advice", MISTAKES,
                         ids=[text.split("\n")[0] for text, _ in MISTAKES])
def test_one_mistake_is_one_message_with_a_help(text, advice, tmp_path):
    (tmp_path / "app.routes").write_text(
        f"routes 1\npublic\n\n{text}\nGET /last -> m:last\n",
        encoding="utf-8")
    done = subprocess.run(
        [tree.routesc(), "check", "--no-python", "--format", "json",
         "app.routes"],
        cwd=tmp_path, stdout=subprocess.PIPE, timeout=30)
    said = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 1
    assert len(said) == 1, said
    assert any(advice in text for text in said[0]["helps"]), said


# ---- what Python has to do with it ------------------------------------------

# One that stands in the parentheses of a call, or in its path.
IN_CALLS = [
    "GET /x -> m:f(a: str = None, b: int)",
    "GET /x -> m:f(a: Optional[str], b: int)",
    "GET /x -> m:f(a: str b: int)",
    "GET /x/<int:a> -> m:f(a, b: int)",
    "GET /x/{a:integer} -> m:f(a, b: int)",
    "location /x/:a {\n    GET . -> m:f(a, b: int)\n}",
]


@pytest.mark.parametrize("text", IN_CALLS)
def test_a_call_that_was_not_understood_is_not_held_against_python(
        text, tmp_path):
    (tmp_path / "m.py").write_text("def f(a, b): ...\n")
    (tmp_path / "app.routes").write_text(
        f"routes 1\npublic\n\n{text}\n", encoding="utf-8")
    done = subprocess.run(
        [tree.routesc(), "check", "--format", "json", "app.routes"],
        cwd=tmp_path, stdout=subprocess.PIPE, timeout=30)
    said = json.loads(done.stdout)["diagnostics"]
    assert len(said) == 1, said
