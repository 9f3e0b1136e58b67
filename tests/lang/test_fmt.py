# SPDX-License-Identifier: Apache-2.0
"""`routesc fmt`: one layout for each file, and nothing of it is lost.

`ROUTES_GOLDEN=write` writes down what it makes; then read the difference."""

import json
import os
import random
import re
import shutil
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

GOLDEN = sorted((HERE / "fmt").glob("*.routes"))
FOLDERS = ("examples", "tests/lang", "tests/e2e", "tests/bench")
TREE = sorted(path for folder in FOLDERS
              for path in (tree.SOURCE / folder).rglob("*.routes"))

# A string or a comment: what begins with `#` outside of a string.
PIECES = re.compile(r'r"[^"\n]*"|"(?:[^"\\\n]|\\[^\n])*"|#[^\n]*')


def fmt(*arguments, text=None, cwd=None):
    return subprocess.run([tree.routesc(), "fmt", *arguments], input=text,
                          cwd=cwd, capture_output=True, timeout=60)


def lay_out(text):
    """A text's layout, or None when it isn't the language."""
    done = fmt("-", text=text.encode("utf-8"))
    assert done.returncode in (0, 1), done.stderr.decode()
    assert (done.returncode == 0) == (done.stderr == b"")
    return done.stdout.decode("utf-8") if done.returncode == 0 else None


def read(path):
    return path.read_bytes().decode("utf-8")


def lay_out_file(path):
    done = fmt("-", text=path.read_bytes())
    return done.stdout.decode("utf-8") if done.returncode == 0 else None


def comments(text):
    return [piece.rstrip() for piece in PIECES.findall(text)
            if piece.startswith("#")]


def letters(text):
    """What is left without comments and layout."""
    code = PIECES.sub(
        lambda m: "" if m.group().startswith("#") else m.group(), text)
    return re.sub(r"[\s;]", "", code.removeprefix("\ufeff"))


def says_the_same(before, after):
    return (comments(before) == comments(after)
            and letters(before) == letters(after))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.stem)
def test_a_file_gets_the_layout_beside_it(case):
    expect = case.with_suffix(".expect")
    made = lay_out(read(case))
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(made, encoding="utf-8")
    assert made == read(expect)


@pytest.mark.parametrize(
    "path", TREE, ids=lambda path: str(path.relative_to(tree.SOURCE)))
def test_what_was_laid_out_says_the_same_and_stays(path):
    made = lay_out_file(path)
    if made is None:
        return
    assert says_the_same(read(path), made)
    assert lay_out(made) == made
    assert not re.search(r"[ \t\r]$|\n\n\n|\A\n|\n\n\Z", made, re.M)


@pytest.mark.parametrize("folder", ["examples", "tests/lang/ok"])
def test_the_trees_own_files_are_laid_out(folder):
    files = sorted(map(str, (tree.SOURCE / folder).rglob("*.routes")))
    done = fmt("--check", *files)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


# ---- the table ----

def table(folder, name):
    """The C of a file's table without its checksum; None: it has errors."""
    done = subprocess.run([tree.routesc(), "emit", name], cwd=folder,
                          capture_output=True, timeout=60)
    if done.returncode != 0:
        return None
    return re.sub(rb"input=\w+|checksum = \"\w+\"", b"", done.stdout)


def listing(folder, name):
    done = subprocess.run([tree.routesc(), "list", "--format", "json", name],
                          cwd=folder, capture_output=True, timeout=60)
    rows = json.loads(done.stdout)
    for row in rows:
        del row["line"]
    return rows


def indent(path, noise):
    """Adds white space, and no lines."""
    lines = read(path).split("\n")
    path.write_text("\n".join(noise.choice(["", " ", "\t", "   "]) + line +
                              noise.choice(["", " ", "\t\r", "  "])
                              for line in lines))


@pytest.mark.parametrize(
    "path", [*sorted((HERE / "ok").glob("*.routes")),
             *sorted((tree.SOURCE / "examples").glob("*/app.routes")),
             HERE / "spec" / "small.routes"],
    ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_table_stays_the_same(path, tmp_path):
    folder = tmp_path / "files"
    shutil.copytree(path.parent, folder)
    files = sorted(folder.rglob("*.routes"))
    rows = listing(folder, path.name)
    assert fmt(*map(str, files)).returncode == 0
    assert listing(folder, path.name) == rows
    laid_out = table(folder, path.name)
    assert laid_out is not None
    noise = random.Random(path.name)
    for file in files:
        indent(file, noise)
    assert table(folder, path.name) == laid_out
    assert fmt(*map(str, files)).returncode == 0
    assert table(folder, path.name) == laid_out


# ---- noise ----

SPACES = re.compile(PIECES.pattern + r"|(?P<space>[ ]+)|(?P<lines>\n+)")


def stretch(text, noise):
    """The same text with other spaces and lines."""
    def other(match):
        if match.group("space"):
            return "".join(noise.choices(" \t\r", k=noise.randint(1, 9)))
        if match.group("lines"):
            # one line stays one, an empty line becomes some
            count = 1 if match.end() - match.start() == 1 \
                else noise.randint(2, 5)
            return (noise.choice(["", " ", "\t"]) + "\n") * count + \
                " " * noise.randint(0, 30)
        return match.group()
    return SPACES.sub(other, text)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "path", [*sorted((HERE / "apps").glob("*.routes")),
             *[case.with_suffix(".expect") for case in GOLDEN],
             HERE / "spec" / "large" / "large.routes"],
    ids=lambda path: path.stem)
def test_white_space_makes_no_difference(path, seed):
    noise = random.Random(f"{path.stem}{seed}")
    made = lay_out(read(path))
    noisy = stretch(made, noise)
    assert noisy != made
    assert lay_out(noisy) == made


def annotate(text, noise):
    """The same text with comments everywhere that a line may end."""
    lines = []
    for number, line in enumerate(text.split("\n")[:-1]):
        while noise.random() < 0.4:
            lines.append(noise.choice(["", "  ", "# ", "\t# ", "## ", "#"]))
            if "#" in lines[-1]:
                lines[-1] += f"alone {number} \"; {{"
        if noise.random() < 0.5 and "#" not in PIECES.sub(
                lambda m: m.group()[0], line):
            line += noise.choice(["#", " # ", "\t##", " ###"]) if line[-1:] \
                not in ("", ")", ">") and not re.search(r"/\S*$", line) \
                else "  #"
            line += f" beside {number} }} \" -> é"
        lines.append(line)
    return "\n".join(lines) + noise.choice(["", "\n", "\n\n"])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "path", [*sorted((HERE / "apps").glob("*.routes")),
             *[case.with_suffix(".expect") for case in GOLDEN],
             HERE / "spec" / "large" / "large.routes"],
    ids=lambda path: path.stem)
def test_no_comment_is_lost_and_none_is_doubled(path, seed):
    noise = random.Random(f"{path.stem}{seed}")
    text = annotate(lay_out(read(path)), noise)
    assert len(comments(text)) > 3
    made = lay_out(stretch(text, noise))
    assert made is not None
    assert says_the_same(text, made)
    assert lay_out(made) == made


# ---- hostile ----

def test_windows_lines_and_a_byte_order_mark_go():
    made = lay_out("\ufeffroutes 1\r\n\r\n\r\npublic # é\r\nGET /é -> m:f")
    assert made == "routes 1\n\npublic  # é\nGET /é -> m:f\n"


def test_columns_are_characters_and_not_bytes():
    assert lay_out("routes 1\nGET /éé -> m:f\nGET /abc -> m:f\n") == \
        "routes 1\nGET /éé  -> m:f\nGET /abc -> m:f\n"


def test_deep_blocks_and_parentheses_are_laid_out():
    depth = 90
    made = lay_out("routes 1\n" + "location /a {\n" * depth + "public\n" +
                   "}\n" * depth)
    assert "\n" + " " * (4 * depth) + "public\n" in made
    assert lay_out(made) == made
    made = lay_out("routes 1\nrequire " + "( " * depth + "user" + "\n)" *
                   depth)
    assert made.startswith("routes 1\nrequire " + "(" * depth + "user\n")
    assert lay_out(made) == made


def test_what_is_too_deep_is_refused():
    assert lay_out("routes 1\n" + "location /a {\n" * 200 + "}\n" * 200) \
        is None


def test_a_very_long_line_stays_one():
    arguments = ",".join(f"a{i}:int" for i in range(50_000))
    made = lay_out(f"routes 1\nGET /a ->m:b\nGET / ->m:f({arguments})#" +
                   "x" * 100_000)
    assert len(made.split("\n")) == 4
    assert "(a0: int, a1: int, " in made
    assert lay_out(made) == made


def test_a_result_that_would_be_too_large_is_refused():
    # 100 blocks deep a line of 5 bytes becomes one of 390
    text = "routes 1\n" + "location /a {\n" * 96 + "csrf\n" * 400_000 + \
        "}\n" * 96
    done = fmt("-", text=text.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"would have more than 64 MB" in done.stderr


def seconds_for(lines):
    text = "routes 1\n" + "".join(
        f"GET /a{i}/{{id:int}}   -> m:f{i}(id,q:str?)  public # {i}\n"
        for i in range(lines))
    start = time.monotonic()
    assert fmt("-", text=text.encode()).returncode == 0
    return time.monotonic() - start


def test_the_time_grows_with_the_file_and_no_faster():
    assert min(seconds_for(100_000) for _ in range(2)) < 10


# ---- files ----

UGLY = b"routes 1\nGET /   ->  m:f public\n"
FINE = b"routes 1\nGET / -> m:f public\n"
WRONG = b"routes 1\nGET / =>   m:f\n"


@pytest.fixture
def ugly(tmp_path):
    path = tmp_path / "app.routes"
    path.write_bytes(UGLY)
    return path


def test_a_file_is_rewritten_in_one_step_with_its_mode(ugly):
    ugly.chmod(0o640)
    before = ugly.stat()
    done = fmt(str(ugly))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert ugly.read_bytes() == FINE
    assert ugly.stat().st_mode == before.st_mode
    assert ugly.stat().st_ino != before.st_ino
    assert os.listdir(ugly.parent) == ["app.routes"]


def test_a_file_that_can_not_be_written_whole_stays(ugly):
    text = UGLY + b"# what fills the disk\n" * 400
    ugly.write_bytes(text)
    done = subprocess.run([tree.routesc(), "fmt", str(ugly)],
                          preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_FSIZE, (4096, 4096)),
                          restore_signals=False, capture_output=True)
    assert done.returncode == 2 and b"File too large" in done.stderr
    assert ugly.read_bytes() == text
    assert os.listdir(ugly.parent) == ["app.routes"]


def test_a_file_in_its_layout_is_not_written(ugly):
    ugly.write_bytes(FINE)
    os.utime(ugly, ns=(1, 1))
    before = ugly.stat()
    assert fmt(str(ugly)).returncode == 0
    assert (ugly.stat().st_mtime_ns, ugly.stat().st_ino) == (
        before.st_mtime_ns, before.st_ino)


def test_a_link_stays_one_and_its_file_is_rewritten(ugly):
    (ugly.parent / "to").mkdir()
    link = ugly.parent / "to" / "link.routes"
    link.symlink_to("../app.routes")
    assert fmt("to/link.routes", cwd=ugly.parent).returncode == 0
    assert link.is_symlink() and os.listdir(link.parent) == ["link.routes"]
    assert ugly.read_bytes() == FINE and not ugly.is_symlink()


def test_check_names_what_would_change_and_writes_nothing(ugly):
    good = ugly.parent / "good.routes"
    good.write_bytes(FINE)
    done = fmt("--check", "good.routes", "app.routes", cwd=ugly.parent)
    assert (done.returncode, done.stdout) == (1, b"app.routes\n")
    assert ugly.read_bytes() == UGLY
    assert fmt("--check", "good.routes", cwd=ugly.parent).returncode == 0


def test_check_of_standard_input():
    done = fmt("--check", "-", text=UGLY)
    assert (done.returncode, done.stdout) == (1, b"<stdin>\n")
    done = fmt("--check", "-", text=FINE)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_file_with_errors_stays_and_the_others_are_laid_out(ugly):
    wrong = ugly.parent / "a.routes"
    wrong.write_bytes(WRONG)
    done = fmt("a.routes", "app.routes", cwd=ugly.parent)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"a.routes:2:7: error[")
    assert wrong.read_bytes() == WRONG
    assert ugly.read_bytes() == FINE


def test_nothing_comes_out_for_what_can_not_be_read(ugly):
    done = fmt("-", text=WRONG)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"<stdin>:2:7: error[" in done.stderr
    for text in (b"", b"\xff", b"routes 1\n\0", b"\n" * 1000):
        assert fmt("-", text=text).returncode == 1
    done = fmt("absent.routes", str(ugly), cwd=ugly.parent)
    assert done.returncode == 2
    assert b"cannot read `absent.routes`" in done.stderr
    assert ugly.read_bytes() == FINE
    assert fmt(str(ugly.parent)).returncode == 2
    assert fmt("-", str(ugly)).returncode == 2
    assert fmt().returncode == 2


def test_clauses_that_this_version_does_not_compile_are_laid_out():
    assert lay_out("routes 1\nhook   log->m:f\n  csrf    token\n") == \
        "routes 1\nhook log -> m:f\ncsrf token\n"
