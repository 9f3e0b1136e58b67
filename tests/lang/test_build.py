# SPDX-License-Identifier: Apache-2.0
"""`routesc build`: a module, or everything as it was.

`ROUTES_GOLDEN=write` writes down what it prints; then read the difference."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402
from httpd import wait_for  # noqa: E402

HELLO = "routes 1\npublic\nGET /hello/{name} -> hello:greet(name)\n"

# An apxs that knows another compiler; what else is asked, the real one says.
APXS = """#!/bin/sh
{apxs} "$@" | sed 's|^[^;]*;;|{compiler};;|'
"""
COMPILERS = {
    "E701": "echo 'shop.c:1: no such thing' >&2; exit 3",
    # links against a function that nobody has
    "E702": 'exec {cc} "$@" -DAP_MODULE_DECLARE_DATA= '
            "-Dap_register_provider=ap_no_such_function",
    # finds the header of another version first
    "E703": "sed 's/define ROUTES_ABI_VERSION.*/define ROUTES_ABI_VERSION 0/'"
            ' {abi} >routes_abi.h; exec {cc} -I. "$@"',
}


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return path


def another_compiler(folder, text):
    """The environment in which apxs names this shell script."""
    cc = tree.apxs("CC").split()[0]
    compiler = script(folder / "compiler",
                      "#!/bin/sh\n" + text.replace("{cc}", cc).replace(
                          "{abi}", str(tree.SOURCE / "runtime"
                                       / "routes_abi.h")) + "\n")
    apxs = script(folder / "apxs", APXS.format(
        apxs=tree.tool("APXS"), compiler=compiler))
    return {**os.environ, "APXS": str(apxs)}


def build(*words, cwd=None, env=None):
    return subprocess.run([tree.routesc(), "build", "--no-python", *words],
                          cwd=cwd, env=env, capture_output=True, text=True,
                          timeout=60)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.routes").write_text(HELLO)
    return folder


def test_the_module_is_here_or_where_it_is_told(shop, tmp_path):
    done = build("shop.routes", cwd=shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "./mod_shop.so\n"
    other = tmp_path / "other"
    other.mkdir()
    done = build(shop / "shop.routes", "-o", other)
    assert done.stdout == f"{other}/mod_shop.so\n"
    assert names(other) == ["mod_shop.so"]
    assert names(shop) == ["mod_shop.so", "shop.routes"]


def test_the_c_is_kept_when_asked_for(shop):
    assert build("shop.routes", "--keep-c", cwd=shop).returncode == 0
    assert names(shop) == ["mod_shop.so", "shop.routes", "shop.routes.c"]
    emitted = subprocess.run([tree.routesc(), "emit", "shop.routes"],
                             cwd=shop, check=True, capture_output=True).stdout
    assert (shop / "shop.routes.c").read_bytes() == emitted


def test_it_exports_its_record_and_nothing_else(shop):
    build("shop.routes", cwd=shop)
    listed = subprocess.run(["nm", "-D", "--defined-only", "mod_shop.so"],
                            cwd=shop, check=True, capture_output=True,
                            text=True).stdout
    assert re.findall(r" ([A-Z]) (\S+)", listed) == [
        ("D", "shop_routes_module")]


def test_a_table_of_any_size_has_as_many_relocations(shop):
    counts = []
    for n in (1, 400):
        (shop / "shop.routes").write_text(HELLO + "".join(
            f"GET /r{i}/{{id:int}} -> m{i}:f(id, q: str?)\n"
            for i in range(n)))
        build("shop.routes", cwd=shop)
        counts.append(subprocess.run(
            ["readelf", "-rW", "mod_shop.so"], cwd=shop, check=True,
            capture_output=True, text=True).stdout.count(" R_"))
    assert counts[0] == counts[1]


def test_the_same_source_gives_the_same_module(shop, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "shop.routes").write_text(HELLO)
    build("shop.routes", cwd=shop)
    build(other / "shop.routes", "-o", other)
    assert ((shop / "mod_shop.so").read_bytes()
            == (other / "mod_shop.so").read_bytes())


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_mode_is_that_of_data(shop, mask):
    subprocess.run([tree.routesc(), "build", "--no-python", "shop.routes"],
                   cwd=shop, check=True, capture_output=True,
                   preexec_fn=lambda: os.umask(mask))
    mode = stat.S_IMODE((shop / "mod_shop.so").stat().st_mode)
    assert mode == 0o644 & ~mask


def test_a_new_module_is_a_new_file(shop):
    build("shop.routes", cwd=shop)
    with (shop / "mod_shop.so").open("rb") as mapped:
        before = mapped.read()
        (shop / "shop.routes").write_text(HELLO.replace("hello/", "bye/"))
        assert build("shop.routes", cwd=shop).returncode == 0
        mapped.seek(0)
        assert mapped.read() == before
    assert (shop / "mod_shop.so").read_bytes() != before


# ---- what goes wrong --------------------------------------------------------

@pytest.mark.parametrize("code", COMPILERS)
def test_a_failure_leaves_what_was_there(shop, tmp_path, code):
    build("shop.routes", cwd=shop)
    before = (shop / "mod_shop.so").read_bytes()
    env = another_compiler(tmp_path, COMPILERS[code])
    done = build("shop.routes", "--keep-c", cwd=shop, env=env)
    assert done.returncode == 2 and done.stdout == ""
    assert f"error[{code}]" in done.stderr
    assert (shop / "mod_shop.so").read_bytes() == before
    assert names(shop) == ["mod_shop.so", "shop.routes"]


CASES = sorted((HERE / "builds").glob("*.routes"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_messages_are_those_beside_the_file(case, tmp_path):
    code = case.stem.split("-")[0]
    env = {**another_compiler(tmp_path, COMPILERS.get(code, "exit 1")),
           "TMPDIR": str(tmp_path)}
    done = build(case.name, "-o", tmp_path, cwd=case.parent, env=env)
    said = done.stderr.replace(str(tmp_path), "DIR")
    said = re.sub(r"routesc-\w{6}", "routesc-XXXXXX", said)
    said = re.sub(r"routes_abi\.h in `[^`]+`", "routes_abi.h in `DIR`", said)
    expect = case.with_suffix(".expect")
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(said, encoding="utf-8")
    assert said == expect.read_text(encoding="utf-8")
    assert f"error[{code}]" in said
    assert done.returncode == (2 if code in COMPILERS else 1)


def test_errors_in_the_file_touch_nothing(shop):
    build("shop.routes", cwd=shop)
    before = (shop / "mod_shop.so").stat()
    (shop / "shop.routes").write_text("routes 1\nGET / -> m:f()\nGET x\n")
    done = build("shop.routes", cwd=shop)
    assert done.returncode == 1 and done.stdout == ""
    after = (shop / "mod_shop.so").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino,
                                                   after.st_mtime_ns)
    assert names(shop) == ["mod_shop.so", "shop.routes"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(shop, tmp_path, number):
    running = tmp_path / "running"
    place = tmp_path / "place"
    place.mkdir()
    env = {**another_compiler(tmp_path, f"touch '{running}'; exec sleep 60"),
           "TMPDIR": str(place)}
    process = subprocess.Popen(
        [tree.routesc(), "build", "--no-python", "shop.routes"], cwd=shop,
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(running.exists, "the compiler")
    assert names(shop) == ["shop.routes"]
    assert len(names(place)) == 1           # its private folder
    process.send_signal(number)
    assert process.wait(20) == -number
    assert names(shop) == ["shop.routes"]
    assert names(place) == []


def test_what_others_may_write_to_is_never_loaded(shop, tmp_path):
    """Between compiling and loading, the owner of a folder could swap files
    there: nothing of it is loaded, so root may build in a user's folder."""
    seen = tmp_path / "seen"
    env = another_compiler(
        tmp_path,
        f"{{cc}} \"$@\" && pwd >'{seen}' && ls -A '{shop}' >>'{seen}'")
    assert build("shop.routes", cwd=shop, env=env).returncode == 0
    where, *there = seen.read_text().split()
    assert Path(where).parent != shop and there == ["shop.routes"]


def test_a_folder_that_goes_away_meanwhile_is_named(shop, tmp_path):
    place, other = tmp_path / "place", tmp_path / "other"
    place.mkdir()
    other.mkdir()
    env = {**another_compiler(tmp_path, f"{{cc}} \"$@\" && rmdir '{other}'"),
           "TMPDIR": str(place)}
    done = build("shop.routes", "-o", other, cwd=shop, env=env)
    assert done.returncode == 2 and f"write to `{other}`" in done.stderr
    assert names(place) == []


def test_a_module_of_httpd_is_never_replaced(shop):
    other = Path(shop / "mod_shop.so")
    other.write_bytes(b"\x7fELF somebody else's module")
    done = build("shop.routes", cwd=shop)
    assert done.returncode == 2 and "mod_shop.so" in done.stderr
    assert other.read_bytes() == b"\x7fELF somebody else's module"


def test_a_folder_in_its_place_stays(shop):
    (shop / "mod_shop.so").mkdir()
    done = build("shop.routes", cwd=shop)
    assert done.returncode == 2 and "mod_shop.so" in done.stderr
    assert names(shop) == ["mod_shop.so", "shop.routes"]


@pytest.mark.parametrize("name", ["my-shop", "1shop", "café", "_shop", "a.b",
                                  "routes", "a b"])
def test_a_file_that_gives_no_name_is_refused(tmp_path, name):
    (tmp_path / f"{name}.routes").write_text(HELLO)
    done = build(f"{name}.routes", cwd=tmp_path)
    assert done.returncode == 1 and "error[E705]" in done.stderr
    assert names(tmp_path) == [f"{name}.routes"]


def test_a_folder_that_is_not_there_is_named(shop, tmp_path):
    done = build("shop.routes", "-o", tmp_path / "none", cwd=shop)
    assert done.returncode == 2 and "none" in done.stderr


def test_no_apxs_is_said_plainly(shop):
    done = build("shop.routes", cwd=shop,
                 env={**os.environ, "APXS": "/nonexistent/apxs"})
    assert done.returncode == 2 and "/nonexistent/apxs" in done.stderr
    assert names(shop) == ["shop.routes"]


def test_headers_of_the_current_folder_are_not_taken(shop):
    (shop / "httpd.h").write_text("#error this is not httpd's\n")
    (shop / "routes_abi.h").write_text("#error this is not ours\n")
    assert build("shop.routes", cwd=shop).returncode == 0


def test_a_large_table_is_told_with_what_takes_the_room(tmp_path):
    text = "x" * (1 << 20)
    (tmp_path / "shop.routes").write_text("routes 1\npublic\n" + "".join(
        f'GET /{i} -> m:f(a = "{i}{text}")\n' for i in range(9)))
    done = subprocess.run(
        [tree.routesc(), "emit", "shop.routes", "-o", "shop.c"], cwd=tmp_path,
        capture_output=True, text=True, timeout=60)
    assert "warning[W704]: the table takes 9 MB of memory" in done.stderr
    assert "9 MB of it are texts" in done.stderr
