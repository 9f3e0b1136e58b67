# SPDX-License-Identifier: Apache-2.0
"""A build that takes over a second says on a terminal what it does, and
nothing in a pipe."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

APXS = """#!/bin/sh
{apxs} "$@" | sed 's|^[^;]*;;|{compiler};;|'
"""


@pytest.fixture
def slow(tmp_path):
    """A folder, and an environment in which compiling takes its time."""
    (tmp_path / "app.routes").write_text("routes 1\npublic\nGET / -> m:f()\n")
    compiler = tmp_path / "compiler"
    compiler.write_text("#!/bin/sh\nsleep 1.5\nexec "
                        f'{tree.apxs("CC").split()[0]} "$@"\n')
    apxs = tmp_path / "apxs"
    apxs.write_text(APXS.format(apxs=tree.tool("APXS"), compiler=compiler))
    for path in (compiler, apxs):
        path.chmod(0o755)
    return tmp_path, {**os.environ, "APXS": str(apxs), "TERM": "xterm"}


def build(folder, env):
    """What it writes to a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [tree.routesc(), "build", "--no-python", "app.routes"], cwd=folder,
        env=env, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            some = os.read(ours, 1000)
        except OSError:
            some = b""
        if not some:
            break
        said += some
    os.close(ours)
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0 and out.endswith(b"mod_app.so\n")
    return said.decode()


def test_a_slow_build_is_told_on_a_terminal_and_cleared(slow):
    said = build(*slow)
    assert said == "\r\033[Kroutesc: compiling ...\r\033[K"


def test_nothing_is_told_to_a_pipe_or_a_dumb_terminal(slow):
    folder, env = slow
    done = subprocess.run(
        [tree.routesc(), "build", "--no-python", "app.routes"], cwd=folder,
        env=env, capture_output=True)
    assert done.stderr == b""
    assert build(folder, {**env, "TERM": "dumb"}) == ""
