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
    ('path("x/", views.f)', "GET /path -> module:function"),
    ("location /x:\n    returns html\n    GET . -> m:f", "in braces"),
    # Express
    ("GET /x/:id -> m:f", "`{id}`"),
    ("GET /x/* -> m:f", "{name:path}"),
    ("GET /x/{...rest} -> m:f", "{name:path}"),
    ("get /x -> m:f", "`GET`"),
    ('app.get("/x", m.f)', "GET /path -> module:function"),
    ("GET /x => m:f", "write `->`"),
    ('GET "/x" -> m:f', "`/path`"),
    ("GET x -> m:f", "`/x`"),
    ("// a comment", "`#`"),
    ("GET /x?page=1 -> m:f", "f(page: int = 1)"),
    ("GET /c{\n    returns html\n}", "a space before the `{`"),
    # Play, Spring
    ("GET /x controllers.Home.index", "write `->`"),
    ("GET /x -> m:f(id: Long)", "`int`"),
    ("GET /x -> m:f(name: String)", "`str`"),
    ("GET /x -> m:f(int page)", "name: type"),
    ('@GetMapping("/x")', "GET /path -> module:function"),
    ("GET /x -> m:f permitAll", "`public`"),
    ("GET /x/{id:[0-9]+} -> m:f", "str matching"),
    ("GET POST /x -> m:f", "`GET, POST`"),
    ("* /x -> m:f", "`ANY`"),
    # Apache, nginx
    ("<Location /x>", "location /path {"),
    ("Require valid-user", "`require`"),
    ("AuthType Basic", "basic {"),
    ("RewriteRule ^/x$ /y", "httpd's own configuration"),
    ("allow from all", "`public`"),
    ("host example.com {\n    GET /x -> m:f\n}", "double quotes"),
    ("server {\n    GET /x -> m:f\n}", "host"),
    ("/x -> m:f", "begins with its method"),
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
