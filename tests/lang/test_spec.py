# SPDX-License-Identifier: Apache-2.0
"""The specification's own files: they parse, and what is compiled checks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

APPS = sorted((HERE / "apps").glob("*.routes"))

# Files that they include and that aren't here; a method that waits, too.
BESIDES = {"k-i18n": {"E009"}, "large": {"E009"}, "j-streaming": {"E020"}}


def errors(path):
    done = subprocess.run(
        [tree.routesc(), "check", "--no-python", "--format", "json",
         path.name],
        cwd=path.parent, stdout=subprocess.PIPE, timeout=30)
    said = json.loads(done.stdout)["diagnostics"]
    return {d["code"] for d in said if d["severity"] == "error"}


@pytest.mark.parametrize("name", ["smallest", "small"])
def test_a_first_file_is_not_greeted_with_messages(name):
    done = subprocess.run(
        [tree.routesc(), "check", f"{name}.routes"], cwd=HERE / "spec",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    assert (done.stdout, done.returncode) == (b"", 0)


@pytest.mark.parametrize("path", [*APPS, HERE / "spec" / "large.routes"],
                         ids=lambda path: path.stem)
def test_an_application_is_refused_only_for_what_waits(path):
    assert errors(path) <= {"E019"} | BESIDES.get(path.stem, set())
