# SPDX-License-Identifier: Apache-2.0
"""The specification's own files: they parse, and what is compiled checks."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

APPS = sorted((HERE / "apps").glob("*.routes"))
LARGE = HERE / "spec" / "large"
HOST = "shop.example.com"


def check(path, *words, folder=None):
    done = subprocess.run(
        [tree.routesc(), "check", "--format", "json", *words, path.name],
        cwd=folder or path.parent, stdout=subprocess.PIPE, timeout=30)
    return json.loads(done.stdout)["diagnostics"]


def codes(said, severity):
    return {d["code"] for d in said if d["severity"] == severity}


@pytest.mark.parametrize("name", ["smallest", "small"])
def test_a_first_file_is_not_greeted_with_messages(name):
    done = subprocess.run(
        [tree.routesc(), "check", f"{name}.routes"], cwd=HERE / "spec",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    assert (done.stdout, done.returncode) == (b"", 0)


# ---- the twelve applications ------------------------------------------------

def stub(folder, text):
    """A module that has every name, for each that the text may call."""
    imports = dict((alias or name, name) for name, alias in re.findall(
        r"^import ([\w.]+)(?: as (\w+))?", text, re.M))
    named = set(imports.values())
    for name in re.findall(r"([A-Za-z_][\w.]*):[A-Za-z_]", text):
        named.add(name)
    named |= set(re.findall(r"^ *publish .*-> ([\w.]+)", text, re.M))
    for name in named:
        first, _, rest = name.partition(".")
        for alias, module in imports.items():
            if name == alias or name.startswith(alias + "."):
                first, rest = module, name[len(alias) + 1:]
        path = folder / ".".join(filter(None, (first, rest))).replace(".", "/")
        path.mkdir(parents=True, exist_ok=True)
        for place in (path, *path.parents):
            if place == folder:
                break
            (place / "__init__.py").write_text(
                "def __getattr__(name):\n    return print\n")


@pytest.fixture
def app(request, tmp_path):
    """A copy of an application, and Python for it."""
    text = request.param.read_text(encoding="utf-8")
    # Python's own module `site` is loaded before any of an application
    text = re.sub(r"\bsite\.(?=[a-z])", "blog.", text)
    copy = tmp_path / (re.sub(r"\W", "_", request.param.stem) + ".routes")
    copy.write_text(text, encoding="utf-8")
    stub(tmp_path, text)
    for name in re.findall(r'^ *include "([^"*]+)"', text, re.M):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("routes 1\n")
    return copy


EACH = pytest.mark.parametrize("app", APPS, indirect=True,
                               ids=[path.stem for path in APPS])


@EACH
def test_an_application_is_refused_only_for_what_waits(app):
    said = check(app)
    assert codes(said, "error") <= {"E019"}, said


@EACH
def test_an_application_is_listed_as_it_was_written_down(app, request):
    golden = HERE / "apps" / (request.node.callspec.id + ".list")
    waits = bool(codes(check(app), "error"))
    listed = subprocess.run([tree.routesc(), "list", app.name], text=True,
                            cwd=app.parent, capture_output=True, check=False)
    assert listed.returncode == waits, listed.stderr
    if os.environ.get("ROUTES_GOLDEN") == "write":
        golden.write_text(listed.stdout, encoding="utf-8")
    assert listed.stdout == golden.read_text(encoding="utf-8")


# ---- the large example ------------------------------------------------------

def statements_gone(text, said):
    """The text without the statements that wait, or None where one of them is
    part of another statement."""
    lines = text.split("\n")
    for place in (d["place"] for d in said if d["code"] == "E019"):
        line = place["line"] - 1
        if lines[line][:place["column"] - 1].strip():
            return None
        depth = 0
        while True:
            code = lines[line].partition(" #")[0]
            depth += code.count("{") - code.count("}")
            lines[line] = ""
            line += 1
            if depth <= 0:
                break
    return "\n".join(lines)


def test_the_large_example_has_no_finding_but_for_what_waits():
    said = check(LARGE / "large.routes")
    assert codes(said, "error") <= {"E019"}
    # what P12 says of the `require` of its host
    assert codes(said, "warning") <= {"W323"}


@pytest.fixture
def large(tmp_path):
    """A copy of the large example without the statements that wait."""
    shutil.copytree(LARGE, tmp_path / "large")
    path = tmp_path / "large" / "large.routes"
    text = statements_gone(path.read_text(encoding="utf-8"), check(path))
    assert text is not None, "what waits is part of other statements"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_large_example_compiles_without_what_waits(large):
    said = check(large)
    assert not codes(said, "error"), said
    assert codes(said, "warning") <= {"W012", "W323"}
    done = subprocess.run([tree.routesc(), "build", large.name],
                          cwd=large.parent, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    assert done.returncode == 0, done.stdout
    assert (large.parent / "mod_large.so").exists()


# An edit that breaks one assertion of the large example, the beginning of the
# assertion, and the request and caller that are the counterexample.
EDITS = [
    ("        require backoffice\n", "", "assert every /admin/**",
     "GET", "/admin/users", "user"),
    ('            require scope("orders:write")\n',
     "            override public\n", "assert every POST",
     "POST", "/orders", "anonymous"),
    ("int(1..1000) = 1)                    returns list<Order>",
     "int(1..1000) = 1) override public returns list<Order>",
     "assert public only", "GET", "/orders", "anonymous"),
    ("-> orders:show  ", "-> orders:invoice_json  ", "assert GET /orders/7 ",
     "GET", "/orders/7", None),
    ("    location /orders {\n",
     "    location /orders {\n        GET /abc -> orders:index\n",
     "assert GET /orders/abc", "GET", "/orders/abc", None),
    ("override auth staff or ops", "override auth ops",
     "assert GET /admin/users as anonymous", "GET", "/admin/users",
     "anonymous"),
    ("        deny as 404  ", "        #", "assert GET /admin/users as user",
     "GET", "/admin/users", "user"),
]


def explained(path, method, url, caller):
    """What `explain` says of the request."""
    words = ["--as", caller] if caller else []
    done = subprocess.run(
        [tree.routesc(), "explain", path.name, method, url, "--host", HOST,
         "--format", "json", *words], cwd=path.parent, text=True,
        capture_output=True, timeout=30)
    return done


def violates(outcome, assertion):
    """Whether what `explain` says of the counterexample is one."""
    wanted = re.search(r"-> (?:(\d+)|\w+:(\w+))\s*$", assertion)
    if wanted is None:
        return outcome["caller"]["verdict"] == "granted"
    if wanted[1]:
        return outcome["status"] != int(wanted[1])
    return outcome["route"]["function"].partition(":")[2] != wanted[2]


@pytest.mark.parametrize("old, new, assertion, method, url, caller", EDITS,
                         ids=[edit[2] for edit in EDITS])
def test_an_assertion_that_is_broken_is_said_with_a_true_counterexample(
        old, new, assertion, method, url, caller, large):
    path = large
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    said = check(path, "--no-python")
    broken = [d for d in said if d["code"] in ("E601", "E603")]
    assert codes(said, "error") <= {"E601", "E603"}, said
    lines = text.split("\n")
    mine = [d for d in broken
            if lines[d["place"]["line"] - 1].startswith(assertion)]
    assert mine, said

    # without its assertions the file compiles, and explain agrees
    path.write_text("\n".join(line for line in lines
                              if not line.startswith("assert ")),
                    encoding="utf-8")
    outcome = json.loads(explained(path, method, url, caller).stdout)
    assert violates(outcome, lines[mine[0]["place"]["line"] - 1])
