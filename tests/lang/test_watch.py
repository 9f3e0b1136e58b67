# SPDX-License-Identifier: Apache-2.0
"""`check --watch`: the messages of each version of the files."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402
from httpd import wait_for  # noqa: E402

GOOD = "routes 1\npublic\nGET / -> shop.pages:home()\n"
END = "-- {} errors, {} warnings; Ctrl-C ends this --\n"


class Watch:
    def __init__(self, folder, *words):
        self.out = folder / "out"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [tree.routesc(), "check", "--watch", *words], cwd=folder,
                stdout=out, stderr=out, stdin=subprocess.DEVNULL)

    def said(self, rounds):
        """All it said, once it has been round so often."""
        def enough():
            assert self.process.poll() is None, self.out.read_text()
            return self.out.read_text().count("Ctrl-C ends") >= rounds
        wait_for(enough, f"{rounds} rounds")
        return self.out.read_text()

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def watch(tmp_path):
    (tmp_path / "app.routes").write_text(GOOD)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pages.py").write_text("def home(): pass\n")
    started = []

    def start(*words):
        started.append(Watch(tmp_path, *words))
        return started[-1]
    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def test_each_change_is_checked(tmp_path, watch):
    seen = watch("app.routes")
    assert seen.said(1) == END.format(0, 0)
    (tmp_path / "app.routes").write_text(GOOD + "GET / -> x\n")
    assert "error[E007]" in seen.said(2)
    (tmp_path / "app.routes").write_text(GOOD)
    assert seen.said(3).endswith(END.format(0, 0))
    (tmp_path / "shop" / "pages.py").write_text("def other(): pass\n")
    assert "error[E402]" in seen.said(4)
    assert seen.end() == 0


def test_a_file_that_goes_and_comes_is_found_again(tmp_path, watch):
    seen = watch("app.routes")
    seen.said(1)
    (tmp_path / "app.routes").unlink()
    assert "cannot read `app.routes`" in seen.said(2)
    (tmp_path / "app.routes").write_text(GOOD)
    assert seen.said(3).endswith(END.format(0, 0))
    assert seen.end(signal.SIGTERM) == 0


def test_included_files_are_watched_too(tmp_path, watch):
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "one.routes"
    part.write_text("routes 1\nGET /one -> shop.pages:home()\n")
    (tmp_path / "app.routes").write_text(GOOD + 'include "parts/*.routes"\n')
    seen = watch("app.routes")
    assert seen.said(1) == END.format(0, 0)
    (tmp_path / "parts" / "two.routes").write_text(
        "routes 1\nGET /one -> shop.pages:home()\n")
    assert "error[E201]" in seen.said(2)


def test_it_prints_text_only(watch):
    seen = watch("--format", "json", "app.routes")
    assert seen.process.wait(30) == 2
    assert "--watch prints text" in seen.out.read_text()
