# SPDX-License-Identifier: Apache-2.0
"""Every diagnostic: `routesc check` prints for a file what stands beside it.

The files of python/ have Python modules beside them; those of errors/ are
checked without, those of pedantic/ with --pedantic besides.

`ROUTES_GOLDEN=write` writes down what it prints; then read the difference."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ERRORS = HERE / "errors"
PYTHON = HERE / "python"
PEDANTIC = HERE / "pedantic"
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

CASES = [*sorted(ERRORS.glob("*.routes")),
         *sorted(PYTHON.glob("*.routes")),
         *sorted(PEDANTIC.glob("*.routes"))]
SEVERITIES = {"E": "error", "W": "warning"}


def check(case, form):
    """The command's exit code and all that it printed."""
    python = [] if case.parent == PYTHON else ["--no-python"]
    if case.parent == PEDANTIC:
        python.append("--pedantic")
    done = subprocess.run(
        [tree.routesc(), "check", *python, "--format", form, case.name],
        cwd=case.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=30)
    return done.returncode, done.stdout.decode("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_messages_are_those_beside_the_file(case):
    expect = case.with_suffix(".expect")
    code, output = check(case, "text")
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(output, encoding="utf-8")
    assert output == expect.read_text(encoding="utf-8")
    assert code == (1 if ": error[" in output else 0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_file_is_named_by_a_code_that_it_shows(case):
    shown = case.with_suffix(".expect").read_text(encoding="utf-8")
    name = case.stem.split("-")[0]
    assert f" {SEVERITIES[name[0]]}[{name}]: " in shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_all_formats_say_the_same(case):
    shown = case.with_suffix(".expect").read_text(encoding="utf-8")
    heads = [line for line in shown.split("\n")
             if line.startswith(case.name + ":")]
    said = json.loads(check(case, "json")[1])["diagnostics"]
    assert [f"{d['place']['file']}:{d['place']['line']}:"
            f"{d['place']['column']}: {d['severity']}[{d['code']}]: "
            for d in said] == [h[:h.index("]: ") + 3] for h in heads]

    sarif = json.loads(check(case, "sarif")[1])
    results = sarif["runs"][0]["results"]
    assert sarif["version"] == "2.1.0"
    assert [r["ruleId"] for r in results] == [d["code"] for d in said]
    assert ({r["id"] for r in sarif["runs"][0]["tool"]["driver"]["rules"]}
            == {d["code"] for d in said})

    lines = check(case, "github")[1].splitlines()
    assert len(lines) == len(said)
    for line, diag in zip(lines, said):
        assert line.startswith(
            f"::{diag['severity']} file={case.name},"
            f"line={diag['place']['line']},col={diag['place']['column']},")
        assert f",title={diag['code']}::" in line
        for place in diag["places"]:
            assert f"%0A{place['file']}:{place['line']}:" in line
