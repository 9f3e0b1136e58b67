# SPDX-License-Identifier: Apache-2.0
"""Completion in shells, and manual pages: every command and every option that
--help has is in them, and the shells and man take them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

SHELLS = ["bash", "zsh", "fish"]


def routesc(*words):
    return subprocess.run([tree.routesc(), *words], text=True, check=True,
                          capture_output=True).stdout


COMMANDS = re.findall(r"^  ([\w-]+) ", routesc("--help"), re.M)
OPTIONS = {command: re.findall(r"^  .{4}(--[\w-]+)",
                               routesc(command, "--help"), re.M)
           for command in COMMANDS}


def built(name):
    return tree.build() / "dslc" / name


def test_there_are_commands_and_options_to_look_for():
    assert "check" in COMMANDS and "--python-path" in OPTIONS["check"]
    assert all("--help" in options for options in OPTIONS.values())


# ---- manual pages -----------------------------------------------------------

@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_page_with_all_its_options(command):
    page = built(f"routesc-{command}.1").read_text()
    assert page == routesc("--manpage", command)
    plain = page.replace("\\-", "-")
    for option in OPTIONS[command]:
        assert f"\\fB{option}\\fR" in plain
    assert f"routesc-{command} (1)" in \
        built("routesc.1").read_text().replace("\\-", "-")


@pytest.mark.parametrize("name", ["routesc", *COMMANDS])
def test_man_has_nothing_to_say_against_a_page(name):
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run([groff, "-man", "-ww", "-Tascii", "-z"],
                          input=routesc("--manpage", name), text=True,
                          capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


# ---- shells -----------------------------------------------------------------

@pytest.mark.parametrize("shell", SHELLS)
def test_each_option_is_in_the_script(shell):
    script = routesc("--completion", shell)
    for command in COMMANDS:
        assert command in script
        for option in OPTIONS[command]:
            name = option[2:] if shell == "fish" else option
            assert re.search(rf"{re.escape(name)}\b", script), option


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_the_script(shell, tmp_path):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "script"
    path.write_text(routesc("--completion", shell))
    done = subprocess.run([program, "-n", path], capture_output=True,
                          text=True)
    assert (done.returncode, done.stderr) == (0, "")


def complete(folder, *words):
    """What bash offers for the last of the words."""
    done = subprocess.run(
        ["bash", "-c", 'source ./script; COMP_WORDS=(routesc "$@"); '
                       'COMP_CWORD=$#; _routesc; printf "%s\\n" '
                       '"${COMPREPLY[@]}"', "bash", *words],
        cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "script").write_text(routesc("--completion", "bash"))
    (tmp_path / "app.routes").write_text("")
    (tmp_path / "app.py").write_text("")
    (tmp_path / "lib").mkdir()
    return tmp_path


def test_bash_offers_commands_options_words_and_files(folder):
    assert complete(folder, "") == [*COMMANDS, "--help", "--version"]
    assert complete(folder, "expl") == ["explain", "explain-code"]
    for command in COMMANDS:
        assert sorted(complete(folder, command, "-")) == \
            sorted(OPTIONS[command])
    assert complete(folder, "check", "--for") == ["--format"]
    assert complete(folder, "check", "--format", "s") == ["sarif"]
    assert complete(folder, "list", "--format", "") == ["text", "json"]
    assert complete(folder, "check", "--python-path", "") == ["lib"]
    assert complete(folder, "emit", "-o", "app.p") == ["app.py"]
    assert complete(folder, "check", "") == ["app.routes", "lib"]
    assert complete(folder, "explain-code", "") == ["--help"]
    assert complete(folder, "serve", "--listen", "") == []


@pytest.mark.parametrize("words", [
    ["--completion", "tcsh"], ["--manpage", "none"]])
def test_what_there_is_not_is_exit_2(words):
    done = subprocess.run([tree.routesc(), *words], capture_output=True)
    assert done.returncode == 2 and done.stdout == b""
