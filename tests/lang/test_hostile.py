# SPDX-License-Identifier: Apache-2.0
"""Files that nobody would write: whatever they hold, `check` ends by itself
with diagnostics.  The limit on its time is for a hang alone."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import tree  # noqa: E402

SIZE = 60_000
HANGS = 120                     # seconds


def lines(form, size=SIZE):
    """Lines of a form that has {0}, and may have {1}, the next number."""
    return "".join(form.format(i, i + 1) + "\n"
                   for i in range(size // len(form)))


def items(form, between=", "):
    return between.join(form.format(i) for i in range(SIZE // len(form)))


TEXTS = {
    "parentheses": "(" * SIZE,
    "braces": "{" * SIZE,
    "slashes": "/" * SIZE,
    "quotes": '"' * SIZE,
    "open strings": 'GET /"abc\n' * (SIZE // 10),
    "a long string": f'header "A" "{"x" * SIZE}"',
    "blocks in blocks": "location /a {\n" * (SIZE // 14),
    "comments": "## about\n" * (SIZE // 9) + "GET /a -> m:f",
    "one route": "GET /a -> m:f\n" * (SIZE // 14),
    "a long call": f"GET /a -> m:f({'a: int, ' * (SIZE // 8)})",
    "a long path": f"GET {'/a' * (SIZE // 2)} -> m:f",
    "parameters": f"GET {items('/{{a{0}}}', '')} -> m:f",
    "nots": f"require {'not ' * (SIZE // 4)}user",
    "ors": f"require {items('role(a{0})', ' or ')}",
    "an enum": f"type E = enum({items('{0:#x}')})",
    "words": f"type E = enum({items(chr(34) + '{0}' + chr(34))})",
    "members": f"record R {{ {items('a{0}: int')} }}",
    "types of types": lines("type T{0} = T{1}"),
    "records of records": lines("record R{0} {{ a: R{1} }}"),
    "settings": lines("setting s{0}: int = {0}"),
    "headers": lines('header X-{0} "a"'),
    "imports": lines("import a.b{0} as c{0}"),
    "hosts": lines('host "h{0}.x" {{ GET /a -> m:f }}'),
    "assertions": "GET /a/b -> m:f\n" + lines(
        "assert every /a{0} requires user"),
    "variants": f"GET /a by query v {{\n{lines(' {0} -> m:f')}}}",
    "functions": f"publish /a -> m {{\n{lines(' f{0}(a: int)')}}}",
    "paths that cross": lines("GET /{{a:int}}/x{0}/{{b}} -> m:f\n"
                              "GET /{{c}}/x{0}/{{d:int}} -> m:f"),
    # more pairs of types than are compared
    "lengths": lines("GET /{{a:str(..{1})}} -> m:f", 20_000),
}


def check(folder, text):
    Path(folder, "app.routes").write_bytes(text)
    done = subprocess.run([tree.routesc(), "check", "app.routes"], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=HANGS)
    assert done.returncode in (0, 1), done.stdout
    return done.stdout.decode()


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_is_checked_to_its_end(tmp_path, name):
    said = check(tmp_path, f"routes 1\npublic\n{TEXTS[name]}\n".encode())
    assert "internal" not in said
    assert said.count("error[") <= 50


@pytest.mark.parametrize("seed", range(4))
def test_bytes_are_checked_to_their_end(tmp_path, seed):
    text = random.Random(seed).randbytes(SIZE)
    assert "error[" in check(tmp_path, b"routes 1\n" + text)


def test_large_automata_are_made_so_often_and_no_more(tmp_path):
    pattern = "(a|b)*a(a|b){15}"
    said = check(tmp_path, ("routes 1\npublic\n" + "".join(
        f'type T{i} = str matching r"{i}{pattern}"\n'
        f"GET /{i}/{{x:T{i}}} -> m:f\n" for i in range(34))).encode())
    assert said.count("needs too large an automaton") == 32
    assert said.count("32 patterns with large automata stand before") == 2
