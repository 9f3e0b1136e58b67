# SPDX-License-Identifier: Apache-2.0
"""`routesc emit`: the C that stands beside each file, whatever the place.

`ROUTES_GOLDEN=write` writes down what it prints; then read the difference."""

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

CASES = sorted((HERE / "emit").glob("*.routes"))
WARNINGS = {
    "gcc": ["-std=gnu11", "-Wall", "-Wextra", "-Wconversion", "-pedantic"],
    "clang": ["-std=gnu11", "-Weverything", "-Wno-padded"],
}


def emit(*words, cwd=None):
    return subprocess.run([tree.routesc(), "emit", *words], cwd=cwd,
                          check=True, capture_output=True, timeout=60).stdout


def without_version(code):
    return re.sub(r"routesc \d[\d.]*", "routesc VERSION",
                  code.decode("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_c_is_that_beside_the_file(case):
    expect = case.with_suffix(".expect")
    code = without_version(emit(case))
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(code, encoding="utf-8")
    assert code == expect.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_same_bytes_from_two_folders(case, tmp_path):
    outputs = []
    for name in ("a", "b/c/d"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        shutil.copy(case, folder)
        outputs += [emit(folder / case.name), emit(case.name, cwd=folder)]
    assert len(set(outputs)) == 1
    assert str(tmp_path).encode() not in outputs[0]


@pytest.mark.parametrize("compiler", WARNINGS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_compilers_have_nothing_to_say(case, compiler, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    source = tmp_path / "table.c"
    source.write_bytes(emit(case))
    apr = subprocess.run(
        [tree.tool("APR_CONFIG"), "--cppflags", "--includes"], check=True,
        text=True, capture_output=True).stdout.replace("-I", "-isystem ")
    done = subprocess.run(
        [compiler, *WARNINGS[compiler], *apr.split(), "-isystem",
         tree.apxs("INCLUDEDIR"), "-I", tree.SOURCE / "runtime", "-c", "-o",
         os.devnull, source], capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and done.returncode == 0


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.c"
    target.write_text("before")
    emit("-o", target, CASES[0])
    assert target.read_bytes() == emit(CASES[0])
    assert [p.name for p in tmp_path.iterdir()] == ["out.c"]


def test_a_broken_file_leaves_the_c_as_it_was(tmp_path):
    broken = tmp_path / "shop.routes"
    broken.write_text("routes 1\nGET / -> m:f()\n")
    target = tmp_path / "out.c"
    target.write_text("before")
    done = subprocess.run([tree.routesc(), "emit", broken, "-o", target],
                          capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert "error[E301]" in done.stderr
    assert target.read_text() == "before"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    target = tmp_path / "none" / "out.c"
    done = subprocess.run([tree.routesc(), "emit", CASES[0], "-o", target],
                          capture_output=True, text=True)
    assert done.returncode == 2 and str(target) in done.stderr
