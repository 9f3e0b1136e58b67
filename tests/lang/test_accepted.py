# SPDX-License-Identifier: Apache-2.0
"""What the language allows: `routesc check` has nothing to say of it."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

CASES = sorted((HERE / "ok").glob("*.routes"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_nothing_is_said_of_the_file(case):
    done = subprocess.run(
        [tree.routesc(), "check", "--no-python", case.name], cwd=case.parent,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    assert done.stdout.decode("utf-8") == ""
    assert done.returncode == 0
