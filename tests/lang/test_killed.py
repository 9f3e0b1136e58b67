# SPDX-License-Identifier: Apache-2.0
"""What is killed while it writes, or meets a full disk, leaves the old file or
the new one, whole, and nothing that hinders the next run."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

ROUTES = 3000


def text(name, routes=ROUTES):
    """A file whose layout is to be changed."""
    return "routes 1\npublic\n" + "".join(
        f"GET    /{name}/{i}/{{id:int}}    ->   pages:show(id) as {name}{i}\n"
        for i in range(routes))


def command(folder, *words, **options):
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "pages.py").write_text("def show(id):\n    return id\n")
    return subprocess.Popen(
        [tree.routesc(), *words], cwd=folder, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        start_new_session=True, **options)


def run(folder, *words, **options):
    """(exit, what it said) of a command that may end."""
    process = command(folder, *words, **options)
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


def kill_after(folder, seconds, *words):
    process = command(folder, *words)
    time.sleep(seconds)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


def versions(folder, prepare, words, targets):
    """The bytes of the targets after each of two runs, and how long the second
    one took."""
    seen = []
    for name in ("old", "fresh"):
        prepare(name)
        begun = time.monotonic()
        code, said = run(folder, *words)
        took = time.monotonic() - begun
        assert code == 0, said
        seen.append([(folder / target).read_bytes() for target in targets])
    assert seen[0] != seen[1]
    return *seen, took


CASES = {
    "emit": (["emit", "app.routes", "-o", "app.c"], ["app.c"], ROUTES, 12),
    "urls": (["urls", "app.routes", "-o", "links.py"],
             ["links.py", "links.pyi"], ROUTES, 12),
    "build": (["build", "app.routes", "--keep-c"],
              ["mod_app.so", "app.routes.c"], 20, 6)}


@pytest.mark.parametrize("case", CASES)
def test_who_is_killed_leaves_one_version_or_the_other(tmp_path, case):
    words, targets, routes, times = CASES[case]

    def prepare(name):
        (tmp_path / "app.routes").write_text(text(name, routes))
    old, new, took = versions(tmp_path, prepare, words, targets)
    for _ in range(times):
        for target, was in zip(targets, old):
            (tmp_path / target).write_bytes(was)
        kill_after(tmp_path, random.uniform(0, took), *words)
        for target, *may in zip(targets, old, new):
            assert (tmp_path / target).read_bytes() in may
    code, said = run(tmp_path, *words)
    assert code == 0, said
    assert [(tmp_path / target).read_bytes() for target in targets] == new


def test_a_layout_is_the_old_or_the_new_one(tmp_path):
    path = tmp_path / "app.routes"
    old = text("old")
    path.write_text(old)
    begun = time.monotonic()
    assert run(tmp_path, "fmt", "app.routes")[0] == 0
    took = time.monotonic() - begun
    new = path.read_text()
    assert new != old
    for _ in range(12):
        path.write_text(old)
        kill_after(tmp_path, random.uniform(0, took), "fmt", "app.routes")
        assert path.read_text() in (old, new)
    assert run(tmp_path, "fmt", "app.routes")[0] == 0
    assert path.read_text() == new


@pytest.mark.parametrize("case", ["emit", "urls"])
def test_what_was_left_does_not_hinder_the_same_process(tmp_path, case):
    """As where the first process of a container is always the same."""
    words, targets, _, _ = CASES[case]
    (tmp_path / "app.routes").write_text(text("old", 3))
    left = " ".join(f"{target}.$$.tmp" for target in targets)
    made = subprocess.run(
        ["sh", "-c", f'touch {left}; exec "$@"', "sh", tree.routesc(),
         *words], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / targets[0]).read_bytes()
    assert not list(tmp_path.glob("*.tmp"))


FULL = {**{case: words for case, (words, *_) in CASES.items()},
        "fmt": ["fmt", "app.routes"]}


@pytest.mark.parametrize("case", FULL)
def test_a_full_disk_leaves_the_old_one(tmp_path, case):
    """The same to a writer: no file may have more than 2 KB."""
    (tmp_path / "app.routes").write_text(text("old", 100))
    targets = CASES[case][1] if case in CASES else ["app.routes"]
    for target in targets:
        if case != "fmt":
            (tmp_path / target).write_text("old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code, said = run(tmp_path, *FULL[case], restore_signals=False,
                     preexec_fn=limit_files)
    assert code in (1, 2) and said, said
    (tmp_path / "tmp").rmdir()
    (tmp_path / "pages.py").unlink()
    assert {path.name: path.read_bytes()
            for path in tmp_path.iterdir()} == before


def limit_files():
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
