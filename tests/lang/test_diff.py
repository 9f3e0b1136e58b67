# SPDX-License-Identifier: Apache-2.0
"""`routesc diff`: what changed between two versions, and which of it fails a
review.

`ROUTES_GOLDEN=write` writes down what it prints; then read the difference."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

FOLDER = HERE / "diff"
CASES = sorted(p.name.removesuffix(".old.routes")
               for p in FOLDER.glob("*.old.routes"))
HEAD = ('routes 1\nrealm s = basic { file "s" }\n'
        'realm t = basic { file "t" }\nunused s, t\n')
OPPOSITE = {"weaker": "stronger", "stronger": "weaker", "added": "removed",
            "removed": "added", "incomparable": "incomparable",
            "changed": "changed"}


def diff(*words, cwd):
    return subprocess.run([tree.routesc(), "diff", *words], cwd=cwd,
                          capture_output=True, text=True, timeout=60)


@pytest.fixture
def compare(tmp_path):
    """The changes between two texts, and the exit code under a gate."""
    def run(old, new, gate="none"):
        (tmp_path / "old.routes").write_text(HEAD + old)
        (tmp_path / "new.routes").write_text(HEAD + new)
        done = diff("old.routes", "new.routes", "--fail-on", gate,
                    "--format", "json", cwd=tmp_path)
        return json.loads(done.stdout), done.returncode
    return run


def brief(changes):
    return [(c["kind"], c["what"], c.get("method"), c["path"])
            for c in changes]


# ---- goldens ----------------------------------------------------------------

@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("case", CASES)
def test_two_versions_differ_as_is_written_beside_them(case, form):
    expect = FOLDER / f"{case}.{form}"
    done = diff(f"{case}.old.routes", f"{case}.new.routes", "--format", form,
                cwd=FOLDER)
    assert done.returncode == 0 and "error" not in done.stderr
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == expect.read_text(encoding="utf-8")


def test_an_override_public_fails_the_review_by_name():
    done = diff("override.old.routes", "override.new.routes", "--fail-on",
                "weaker", cwd=FOLDER)
    assert done.returncode == 1 and done.stdout.count("\n") == 1
    for said in ("weaker", "GET", "/admin/export",
                 "role(boss) by staff (override.old.routes:7)",
                 "public by staff (override.new.routes:7)",
                 "now granted to {anonymous}"):
        assert said in done.stdout


def test_a_weaker_websocket_fails_the_review(compare):
    """Whatever a GET of its path asks for."""
    line = "{0} /x -> m:f{1} auth s {2}\n"
    page = line.format("GET", "", "require user")
    old = page + line.format("WEBSOCKET", "(ws: websocket)", "require user")
    for rule, code in (("public", 1), ("require user", 0),
                       ("require user and role(a)", 0)):
        new = page + line.format("WEBSOCKET", "(ws: websocket)", rule)
        changes, exit_code = compare(old, new, "weaker")
        assert exit_code == code, rule
        if code:
            assert brief(changes) == [
                ("weaker", "requirement", "WEBSOCKET", "/x")]


# ---- what is no change ------------------------------------------------------

@pytest.mark.parametrize("path", sorted(
    p for p in (tree.SOURCE / "examples").rglob("*.routes")), ids=str)
def test_a_file_does_not_differ_from_itself(path):
    done = diff(path.name, path.name, "--fail-on", "any", cwd=path.parent)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("old, new", [
    ("GET /{a:int}/{b} -> m:f(a, b) public\n",
     "GET /{x:int}/{y} -> m:f(x, y) public\n"),
    ("type T = int(1..9)\nGET /{a:T} -> m:f(a) public\n",
     "GET /{a:int(1..9)} -> m:f(a) public\n"),
    ("GET /a -> m:f public\nGET /b -> m:g public\n",
     "GET /b -> m:g public\n\n# moved\nGET /a -> m:f public\n"),
    ("GET,POST /a, /b -> m:f public\n",
     "GET /b -> m:f public\nPOST /a, /b -> m:f public\n"
     "GET /a -> m:f public\n"),
    ("location /x { auth s; require role(a); GET /y -> m:f }\n",
     "location /x { auth s; require role(a) }\n"
     "GET /x/y -> m:f auth s require role(a)\n"),
    ("GET /x -> m:f auth s require role(a) and (role(b) or role(c))\n",
     "GET /x -> m:f auth s require role(c) and role(a) or role(b) "
     "and role(a)\n"),
    ("ANY /x -> m:f public\n", "ANY /x -> m:f public\nGET /x -> m:f public\n"),
    ("GET /x -> m:f public\n",
     "GET /x -> m:f public\nHEAD /x -> m:f public\n"),
    ("host \"b.example\", \"a.example\" { public; GET / -> m:f }\n",
     "host \"a.example\" { public; GET / -> m:f }\n"
     "host \"b.example\" { public; GET / -> m:f }\n"),
])
def test_another_way_to_say_it_is_no_change(compare, old, new):
    assert compare(old, new, "any") == ([], 0)
    assert compare(new, old, "any") == ([], 0)


def test_a_requirement_past_the_limit_of_policy_is_equal_to_itself(compare):
    hard = " and ".join(f"(role(a{i}) or not role(b{i % 7}))"
                        for i in range(40))
    text = f"GET / -> m:f auth s require {hard}\n"
    assert compare(text, text, "any") == ([], 0)


# ---- what is ----------------------------------------------------------------

def test_a_change_of_types_hides_no_requirement(compare):
    changes, code = compare(
        "GET /a/{x:int} -> m:f(x) auth s require role(a)\n",
        "GET /a/{y:uuid} -> m:f(y) auth s require user\n", "weaker")
    assert code == 1
    assert ("weaker", "requirement", "GET", "/a/{y:uuid}") in brief(changes)


def test_a_check_of_other_sites_that_is_gone_fails_the_review(compare):
    old = "GET,POST / -> m:f auth s require user\n"
    new = "GET,POST / -> m:f auth s require user csrf off\n"
    changes, code = compare(old, new, "weaker")
    assert code == 1
    assert brief(changes) == [("changed", "csrf", "POST", "/")]
    changes, code = compare(new, old, "weaker")
    assert code == 0
    assert brief(changes) == [("changed", "csrf", "POST", "/")]


def test_another_origin_fails_the_review(compare):
    old = 'GET / -> m:f public cors { origins "https://a.example" }\n'
    new = 'GET / -> m:f public cors { origins "https://b.example" }\n'
    changes, code = compare(old, new, "weaker")
    assert code == 1 and brief(changes) == [("changed", "cors", "GET", "/")]
    assert compare(old, "GET / -> m:f public cors off\n", "weaker")[1] == 0


def test_a_header_that_is_gone_is_a_change(compare):
    changes, code = compare('header "X-A" "b"\nGET / -> m:f public cache 1m\n',
                            "GET / -> m:f public\n", "any")
    assert code == 1 and brief(changes) == [("changed", "headers", "GET", "/")]
    assert changes[0]["before"]["text"] == (
        "X-A: b,Cache-Control: public, max-age=60")
    assert changes[0]["after"]["text"] == "none"


def test_a_redirect_is_compared_as_a_route(compare):
    old = "redirect /a/{x} 301 /b/{x} override auth s require user\n"
    changes, code = compare(old, old.replace("/b", "/c"), "weaker")
    assert brief(changes) == [("changed", "function", "GET", "/a/{x}")]
    assert changes[0]["after"]["text"] == "301 /c/{x}" and code == 0
    changes, code = compare(old, old.replace("require user", "public"),
                            "weaker")
    assert brief(changes) == [("weaker", "requirement", "GET", "/a/{x}")]
    assert code == 1


def test_users_of_another_realm_are_others(compare):
    changes, code = compare("GET / -> m:f auth s require role(a)\n",
                            "GET / -> m:f auth t require role(a)\n", "weaker")
    assert code == 1 and brief(changes) == [
        ("incomparable", "requirement", "GET", "/")]
    assert changes[0]["granted"] == "{user of t, role: a}"
    assert changes[0]["denied"] == "{user of s, role: a}"


def test_guards_of_one_prefix_count_together(compare):
    both = ("location /x { auth s; require role(a); GET /1 -> m:f }\n"
            "location /x { auth s; require role(b); GET /2 -> m:f }\n")
    one = both.replace("role(b);", "role(a);")
    changes, _ = compare(both, one)
    assert ("weaker", "guard", None, "/x") in brief(changes)
    assert compare(both, both, "any") == ([], 0)


CLOSED = "location /x { auth s; require role(a); GET /y -> m:f"


@pytest.mark.parametrize("old, new, weaker", [
    ("", "GET / -> m:f public\n", 1),
    ("", "GET / -> m:f auth s require user\n", 0),
    ("public\n", "public\nGET / -> m:f\n", 0),
    ("auth s\nrequire user\n",
     "auth s\nrequire user\nGET / -> m:f override public\n", 1),
    ('host "a.b" { auth s; require user; GET / -> m:f }\n',
     'host "a.b" { auth s; require user; GET / -> m:f\n'
     "GET /z -> m:f override public }\n", 1),
    ('host "a.b" { public; GET / -> m:f }\n',
     'host "a.b" { public; GET /, /z -> m:f }\n', 0),
    (CLOSED + " }\n", CLOSED + "; GET /z -> m:f }\n", 0),
    (CLOSED + " }\n", CLOSED + "; GET /z -> m:f override require user }\n",
     1),
    (CLOSED + " }\n", CLOSED + " }\nGET /x/q/z -> m:f public\n", 1),
    (CLOSED + " }\n", "GET /x/y -> m:f auth s require role(a)\n", 1),
    ("GET / -> m:f public\n", "", 0),
    ("GET / -> m:f public\n", "GET / -> m:g public\n", 0),
    ("GET / -> m:f public\n", "GET / -> m:f auth s require user\n", 0),
])
def test_what_fails_a_review(compare, old, new, weaker):
    assert compare(old, new, "weaker")[1] == weaker
    assert compare(old, new, "any")[1] == 1
    assert compare(old, new)[1] == 0


MASKED = "location /x { auth s; require role(a); deny as 404; GET /y -> m:f"
RATED = "location /x { auth s; require user; limit rate 5/min per user; " \
    "GET /y -> m:f"
LAX = "location /x { auth s; require user; csrf off; GET /y -> m:f"
TYPED = "record R { a: int }\nunused R\nGET / -> m:f public"


@pytest.mark.parametrize("old, new, what, weaker", [
    # clauses of a new route against those of the place
    (MASKED + " }\n", MASKED + "; GET /z -> m:f }\n", None, 0),
    (MASKED + " }\n", MASKED + "; GET /z -> m:f deny as 403 }\n", "deny", 1),
    (MASKED + " }\n", MASKED + " }\nlocation /x { auth s; require role(a); "
     "GET /z -> m:f }\n", "deny", 1),
    ("auth s\nrequire user\nGET / -> m:f\n",
     "auth s\nrequire user\nGET / -> m:f\nPOST / -> m:f csrf off\n",
     "csrf", 1),
    ("auth s\nrequire user\nGET / -> m:f\n",
     "auth s\nrequire user\nGET / -> m:f\nPOST / -> m:f\n", None, 0),
    ("auth s\nrequire user\nGET / -> m:f\n",
     "auth s\nrequire user\nGET / -> m:f\nGET /z -> m:f csrf off\n",
     None, 0),
    ("csrf token\nauth s\nrequire user\nGET / -> m:f\n",
     "csrf token\nauth s\nrequire user\nGET / -> m:f\n"
     "POST / -> m:f csrf\n", "csrf", 1),
    (LAX + " }\n", LAX + "; POST /z -> m:f }\n", None, 0),
    ("auth s\nrequire user\nGET / -> m:f\n",
     "auth s\nrequire user\nGET / -> m:f\nredirect /z 308 /\n", None, 0),
    (RATED + " }\n", RATED + "; GET /z -> m:f }\n", None, 0),
    (RATED + " }\n", RATED + "; GET /z -> m:f limit rate 2/min per user }\n",
     None, 0),
    (RATED + " }\n", RATED + "; GET /z -> m:f override limit rate off }\n",
     "limits", 1),
    (RATED + " }\n", RATED + "; GET /z -> m:f "
     "override limit rate 50/min per user }\n", "limits", 1),
    # what an answer is held to
    (TYPED + " returns R\n", TYPED + "\n", "result", 1),
    (TYPED + " returns list<R>\n", TYPED + " returns json\n", "result", 1),
    (TYPED + " returns 200 R, 201 R\n", TYPED + " returns 200 R\n",
     "result", 1),
    (TYPED + " returns R\n", TYPED + " returns 201 R\n", "result", 0),
    (TYPED + "\n", TYPED + " returns R\n", "result", 0),
    # what does not decide who may
    ("GET / -> m:f public limit time 1s\n", "GET / -> m:f public\n",
     "limits", 0),
    ("GET / -> m:f public limit concurrency 1\n", "GET / -> m:f public\n",
     "limits", 0),
    ("POST / -> m:f public limit body 1KB\n", "POST / -> m:f public\n",
     "body", 0),
])
def test_clauses_that_were_loosened(compare, old, new, what, weaker):
    changes, code = compare(old, new, "weaker")
    assert code == weaker
    if what is not None:
        assert [c["weakens"] for c in changes if c["what"] == what] == \
            [bool(weaker)]


@pytest.mark.parametrize("old, new", [
    ('basic { file "s" }', 'basic { file "t" }'),
    ('basic { file "s" }', 'apikey { header "X-Key"; file "s" }'),
    ('basic { file "s" }', 'basic { file "s"; groups "g" }'),
])
def test_a_realm_of_another_kind_or_with_others_fails_a_review(tmp_path, old,
                                                               new):
    for name, realm in (("old", old), ("new", new)):
        (tmp_path / f"{name}.routes").write_text(
            f"routes 1\nrealm r = {realm}\n"
            "GET / -> m:f auth r require user\n")
    assert diff("old.routes", "new.routes", "--fail-on", "weaker",
                cwd=tmp_path).returncode == 1


def test_a_mount_is_compared_as_what_it_answers(compare):
    place = "location /a {{ auth s; require user; GET . -> m:f{} }}\n"
    mount = '; mount /s files "/srv" override public'
    changes, code = compare(place.format(""), place.format(mount), "weaker")
    assert code == 1 and all(c["weakens"] for c in changes
                             if c["what"] == "route")
    plain = 'mount /s files "/srv" public'
    assert compare(plain + "\n", 'mount /s files "/" public\n',
                   "weaker")[1] == 0
    changes, code = compare(plain + "\n", plain + " { dotfiles true }\n",
                            "weaker")
    assert code == 1 and changes[0]["after"]["text"] == "files /srv, dotfiles"


def test_a_host_that_opens_fails_a_review(compare):
    closed = 'host "a.b" { auth s; require role(a); unmatched 404; ' \
        "GET / -> m:f }\n"
    for other in ("require user", "require role(a) or role(b)"):
        changes, code = compare(closed, closed.replace("require role(a)",
                                                       other), "weaker")
        assert code == 1 and {c["what"] for c in changes} == {
            "requirement", "guard"}
    # what nothing matches there is httpd's to answer now
    assert compare(closed, closed.replace('"a.b"', '"c.b"'), "weaker")[1] == 1


def test_other_files_behind_a_realm_fail_a_review(tmp_path):
    text = HEAD + "GET / -> m:f auth s require user\n"
    (tmp_path / "old.routes").write_text(text)
    (tmp_path / "new.routes").write_text(text.replace('"s"', '"other"'))
    done = diff("old.routes", "new.routes", "--fail-on", "weaker",
                cwd=tmp_path)
    assert done.returncode == 1 and done.stdout.startswith("changed  -  s  ")


# ---- errors, usage ----------------------------------------------------------

@pytest.mark.parametrize("order", [("bad", "good"), ("good", "bad")])
def test_errors_in_either_file_are_said_and_nothing_is_compared(
        tmp_path, order):
    (tmp_path / "good").write_text(HEAD + "GET / -> m:f public\n")
    (tmp_path / "bad").write_text(HEAD + "GET / -> m:f\n")
    done = diff(*order, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert "bad:5:1: error[E301]" in done.stderr


def test_usage(tmp_path):
    (tmp_path / "a").write_text(HEAD + "GET / -> m:f public\n")
    for words in (["a"], ["a", "a", "a"], ["a", "none"], ["none", "a"],
                  ["a", "a", "--fail-on", "stronger"],
                  ["a", "a", "--format", "xml"]):
        done = diff(*words, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr != "", words


# ---- any two files ----------------------------------------------------------

RULES = ["public", "auth s require user", "auth s require role(a)",
         "auth s require role(a) and role(b)", "auth t require role(a)",
         "auth s require role(a) or role(b)", "auth s or t require role(b)",
         "auth s require user and not role(a)"]


def some_file(rng):
    """Routes and locations in any order, each with a decision of its own."""
    parts = [f"{rng.choice(['GET', 'POST', 'ANY'])} /{name} -> m:f "
             f"{rng.choice(RULES)}\n"
             for name in "pqr" if rng.random() < .8]
    parts += [f"location /{name} {{ "
              f"{rng.choice(RULES).replace(' require', '; require')}\n"
              "GET /x -> m:f override "
              f"{rng.choice(['public', 'require user'])}"
              f" {rng.choice(['', 'auth s'])} }}\n"
              for name in ("l", "m", "l/n") if rng.random() < .7]
    rng.shuffle(parts)
    return "".join(parts) + "GET /keep -> m:f public\n"


def test_backwards_is_the_opposite(tmp_path):
    rng, compared = random.Random(1), 0
    for _ in range(150):
        for name in ("old", "new"):
            (tmp_path / name).write_text(HEAD + some_file(rng))
        there = diff("old", "new", "--format", "json", cwd=tmp_path)
        back = diff("new", "old", "--format", "json", cwd=tmp_path)
        assert there.returncode == back.returncode
        if there.returncode != 0:
            continue
        compared += 1
        turned = [(OPPOSITE[kind], *rest) for kind, *rest in
                  brief(json.loads(back.stdout))]
        assert brief(json.loads(there.stdout)) == turned
    assert compared > 30


def test_a_variant_s_rate_that_is_gone_fails_a_review(compare):
    text = ("require user\nunmatched 404\nauth s\n"
            "POST /a by header \"X-E\" {\n"
            "    b -> m:f%s\n    default -> m:g\n}\n")
    rate = " limit rate 5/min per ip"
    changes, code = compare(text % rate, text % "", "weaker")
    assert brief(changes) == [
        ("changed", "limits", "POST", '/a by header "X-E": b')]
    assert code == 1
    assert compare(text % "", text % rate, "weaker")[1] == 0


def test_arguments_are_compared_on_each_path_of_a_route(compare):
    old = "GET /a/{x}/{y}, /b/{x}/{y} -> m:f public\n"
    new = old.replace("/b/{x}/{y}", "/b/{y}/{x}")
    changes, code = compare(old, new)
    assert brief(changes) == [("changed", "arguments", "GET", "/b/{y}/{x}")]
    assert compare(old, old)[0] == compare(new, new)[0] == []


def test_a_requirement_is_compared_on_each_path_of_a_route(compare):
    old = "GET /a/{x}/{y}, /b/{x}/{y} -> m:f auth s require role(\"{x}\")\n"
    new = old.replace("/b/{x}/{y}", "/b/{y}/{x}")
    changes, code = compare(old, new, "weaker")
    assert brief(changes)[0] == ("incomparable", "requirement", "GET",
                                 "/b/{y}/{x}")
    assert code == 1
    assert compare(new, new)[0] == []


def test_what_variants_take_and_return_is_compared(compare):
    text = ("record R { id: int }\n"
            "GET /a by header \"X-E\" public {\n"
            "    b -> m:f(n: %s = 1)%s\n    default -> m:g\n}\n")
    changes, code = compare(text % ("int", " returns R"),
                            text % ("int", ""), "weaker")
    assert brief(changes) == [
        ("changed", "result", "GET", '/a by header "X-E": b')]
    assert code == 1
    changes, code = compare(text % ("int", ""), text % ("int(0..9)", ""))
    assert brief(changes) == [
        ("changed", "arguments", "GET", '/a by header "X-E": b')]
