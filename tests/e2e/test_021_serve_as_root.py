# SPDX-License-Identifier: Apache-2.0
"""`routesc serve` started by root: whom it becomes, and what it copies."""

import json
import os
import pwd
import shutil
import tempfile
from pathlib import Path

import pytest

from httpd import unprivileged, wait_for
from test_020_serve import HELLO, Serve

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

LOOK_PY = """\
import os
def greet(name, greeting="hi"):
    return greeting
def who():
    here = os.path.dirname(os.path.abspath(__file__))
    found = []
    for folder, folders, files in os.walk(here):
        if "__pycache__" in folders:
            folders.remove("__pycache__")
        found += [os.path.relpath(os.path.join(folder, name), here)
                  for name in folders + files]
    link = os.path.join(here, "inside.txt")
    return {"uid": os.getuid(), "here": here, "found": sorted(found),
            "link": open(link).read() if os.path.exists(link) else None}
"""


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="routes-serve-"))   # mode 0700
    (made / "app.routes").write_text(HELLO)
    (made / "hello.py").write_text(LOOK_PY)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def serve(folder):
    started = []

    def start(*words, folder=folder):
        started.append(Serve(folder, *words))
        return started[-1]
    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


def look(server):
    status, body = server.ready().get("/who")
    assert status == 200, server.said()
    return json.loads(body)


def ends(server):
    wait_for(lambda: server.process.poll() is not None, "the end of serve")
    return server.process.returncode


def test_a_closed_folder_is_served_from_a_copy(serve, folder):
    outside = folder.parent / f"{folder.name}.secret"
    outside.write_text("secret")
    (folder / "data").mkdir()
    (folder / "data" / "a.txt").write_text("a")
    (folder / "inside.txt").symlink_to("data/a.txt")
    (folder / "outside.txt").symlink_to(outside)
    (folder / "up").symlink_to("..")
    (folder / ".git").mkdir()
    os.mkfifo(folder / "pipe")
    try:
        server = serve()
        seen = look(server)
        assert str(folder) in server.said() and "copy" in server.said()
        assert seen["uid"] == unprivileged().pw_uid
        assert seen["here"] != str(folder)
        assert seen["found"] == ["app.routes", "data", "data/a.txt",
                                 "hello.py", "inside.txt", "serve.out"]
        assert seen["link"] == "a"
        assert server.stop() == 0
        assert not Path(seen["here"]).parent.exists()
    finally:
        outside.unlink()


def test_an_open_folder_is_served_where_it_is(serve, folder):
    folder.chmod(0o755)
    (folder / "closed.txt").write_text("closed on purpose")
    (folder / "closed.txt").chmod(0o600)
    server = serve()
    assert look(server)["here"] == str(folder)
    assert "copy" not in server.said()


def test_one_closed_module_is_reason_enough(serve, folder):
    folder.chmod(0o755)
    (folder / "hello.py").chmod(0o600)
    server = serve()
    assert look(server)["here"] != str(folder)
    assert str(folder / "hello.py") in server.said()


def hand_over(folder, uid):
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, uid)


def test_it_becomes_the_owner_of_the_file(serve, folder):
    owner = pwd.getpwnam("nobody").pw_uid
    hand_over(folder, owner)
    seen = look(serve())
    assert (seen["uid"], seen["here"]) == (owner, str(folder))


def test_an_owner_s_closed_folder_is_copied_for_him(serve, folder):
    (folder / "inner").mkdir(0o700)
    inner = folder / "inner"
    for name in ("app.routes", "hello.py"):
        (folder / name).rename(inner / name)
    hand_over(inner, pwd.getpwnam("nobody").pw_uid)
    seen = look(serve(folder=inner))
    assert seen["found"] == ["app.routes", "hello.py", "serve.out"]


@pytest.mark.parametrize("secret", ["file", "folder", "link"])
def test_a_copy_gives_an_owner_nothing_that_is_not_his(serve, folder, secret):
    """Whoever closes his own module must not get root's files for it."""
    hand_over(folder, pwd.getpwnam("nobody").pw_uid)
    (folder / "hello.py").chmod(0)
    outside = folder.parent / f"{folder.name}.secret"
    outside.write_text("secret")
    outside.chmod(0o600)
    if secret == "file":
        (folder / "mine").write_text("secret")
        (folder / "mine").chmod(0o600)
    elif secret == "folder":
        (folder / "mine").mkdir(0o700)
    else:
        os.link(outside, folder / "mine")
    try:
        server = serve()
        assert ends(server) == 2
        assert "/mine: Permission denied" in server.said()
    finally:
        outside.unlink()


def test_an_owner_without_a_name_is_never_root(serve, folder):
    """httpd says AH02155 for such a user, and serves as root."""
    hand_over(folder, 12345)
    assert look(serve())["uid"] == unprivileged().pw_uid


def test_a_folder_too_large_to_copy_names_what_is_closed(serve, folder):
    with (folder / "large").open("wb") as large:
        large.truncate((64 << 20) + 1)
    server = serve()
    assert ends(server) == 2
    assert str(folder) in server.said() and "64 MB" in server.said()


def test_a_closed_python_path_is_named(serve, folder):
    extra = Path(tempfile.mkdtemp(prefix="routes-path-"))
    try:
        server = serve("--python-path", str(extra))
        assert ends(server) == 2
        assert str(extra) in server.said()
    finally:
        extra.rmdir()


def test_a_closed_folder_for_temporary_files_is_not_used(serve, folder,
                                                         monkeypatch):
    (folder / "tmp").mkdir(0o700)
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    assert look(serve())["uid"] == unprivileged().pw_uid
    assert list((folder / "tmp").iterdir()) == []
