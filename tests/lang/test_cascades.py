# SPDX-License-Identifier: Apache-2.0
"""One token of a good file deleted, doubled, exchanged with the next one or
replaced: it is one mistake, and next to always one message.  The choices are
those of a seed, so that a run repeats; ROUTES_MUTANTS=5000 for more."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

FILES = [*sorted((HERE / "apps").glob("*.routes")),
         *sorted((HERE / "ok").glob("*.routes")),
         HERE / "spec" / "large" / "large.routes"]
MUTANTS = int(os.environ.get("ROUTES_MUTANTS", "400"))
TOKEN = re.compile(r'r?"(?:[^"\\\n]|\\.)*"|#[^\n]*|->|\.\.\.?|\n|[ \t]+|'
                   r"[A-Za-z_][\w-]*|\d[\w./]*|[^\s]")
# In a hundred: a second message may be as true as the first one, as where a
# name that is used twice is misspelt.
CASCADES = 7


def run(*words, cwd):
    return subprocess.run([tree.routesc(), *words], cwd=cwd, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def errors(path):
    done = run("check", "--no-python", "--format", "json", path.name,
               cwd=path.parent)
    assert done.stderr == b""
    said = [d for d in json.loads(done.stdout)["diagnostics"]
            if d["severity"] == "error"]
    assert done.returncode == (1 if said else 0)
    assert all(d["place"]["line"] > 0 for d in said)
    return [(d["code"], d["message"]) for d in said]


def is_token(text):
    return not text.isspace() and not text.startswith("#")


def mutate(chance, tokens, others):
    """The tokens with one of them, or the end of a line, changed."""
    at = chance.choice([i for i, text in enumerate(tokens)
                        if is_token(text) or text == "\n"])
    after = next((i for i in range(at + 1, len(tokens))
                  if is_token(tokens[i])), at)
    tokens = list(tokens)
    kind = chance.choice(["delete", "double", "exchange", "replace"])
    if kind == "delete":
        tokens[at] = ""
    elif kind == "double":
        tokens[at] += " " + tokens[at]
    elif kind == "exchange":
        tokens[at], tokens[after] = tokens[after], tokens[at]
    else:
        tokens[at] = chance.choice(others)
    return "".join(tokens)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Copies of the files, their tokens, and what is said of them anyway."""
    folder = tmp_path_factory.mktemp("mutants")
    found = []
    for path in FILES:
        text = re.sub(r"(?m)^.*\binclude .*\n", "",
                      path.read_text(encoding="utf-8"))
        copy = folder / re.sub(r"\W", "_", path.stem)
        copy = copy.with_suffix(".routes")
        copy.write_text(text, encoding="utf-8")
        said = errors(copy)
        if {code for code, _ in said} <= {"E019"}:
            found.append((copy, TOKEN.findall(text), said))
    assert len(found) > 20
    return found


def test_one_wrong_token_is_one_message(originals):
    chance = random.Random(1)
    others = [text for _, tokens, _ in originals for text in tokens
              if is_token(text)]
    several = []
    for _ in range(MUTANTS):
        path, tokens, anyway = chance.choice(originals)
        text = mutate(chance, tokens, others)
        mutant = path.with_name("mutant.routes")
        mutant.write_text(text, encoding="utf-8")
        said = errors(mutant)
        for each in anyway:
            if each in said:
                said.remove(each)
        if len(said) > 1:
            several.append((path.name, said))
    assert len(several) * 100 <= MUTANTS * CASCADES, several


# ---- and laid out -----------------------------------------------------------

COMMENT = re.compile(r'r"[^"\n]*"|"(?:[^"\\\n]|\\.)*"|(?<!\S)#[^\n]*')


def comments(text):
    return sorted(found.rstrip() for found in COMMENT.findall(text)
                  if found.startswith("#"))


def spoil(chance, text):
    """The same with other ends of lines, blanks, and more comments."""
    lines = text.split("\n")
    for _ in range(3):
        lines[chance.randrange(len(lines))] += (
            f"  # note {chance.randrange(100)}"
            + "x" * chance.choice([0, 3000]))
    text = "\n".join(lines)
    return chance.choice([
        text, text.replace("\n", "\r\n"), "\ufeff" + text, text.rstrip("\n"),
        text.replace("    ", "\t")])


def test_what_is_laid_out_keeps_its_comments_and_stays_as_it_is(originals):
    chance = random.Random(2)
    others = [text for _, tokens, _ in originals for text in tokens
              if is_token(text)]
    done = 0
    for _ in range(MUTANTS // 4):
        path, tokens, _ = chance.choice(originals)
        text = spoil(chance, mutate(chance, tokens, others))
        mutant = path.with_name("laid_out.routes")
        mutant.write_bytes(text.encode())
        first = run("fmt", mutant.name, cwd=mutant.parent)
        assert first.returncode in (0, 1), first.stderr
        if first.returncode == 1:
            assert mutant.read_bytes() == text.encode()
            continue
        done += 1
        once = mutant.read_bytes().decode()
        plain = text.removeprefix("\ufeff").replace("\r", "")
        assert comments(once) == comments(plain)
        assert "\r" not in once and "\ufeff" not in once
        assert once.endswith("\n")
        assert run("fmt", mutant.name, cwd=mutant.parent).returncode == 0
        assert mutant.read_bytes().decode() == once
    assert done > 10
