# SPDX-License-Identifier: Apache-2.0
"""`--import`: functions are compared as they are once their modules ran; and
`list --unused`: the functions that no route calls."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

APP = '''\
import functools
import os
import sys
import apache
from apache import Response, url_for

print("printed")
print("said", file=sys.stderr)
os.write(1, b"{}")
sys.stdin.read()


def twice(function):
    @functools.wraps(function)
    def wrapper(*, id):
        return function(id)
    return wrapper


@twice
def show(id: int):
    return id


globals()["made"] = lambda name, page=1: name
bound = {}.get
partial = functools.partial(lambda a, b: None, b=2)


class Error(ValueError):
    pass


def typed(a: "int | None", b: list[str], *, c: str = "x"):
    return Response(a)


async def later():
    pass


class Pages:
    @staticmethod
    def still(a):
        pass

    def method(self, a):
        pass

    def __call__(self, a, b):
        pass


pages = Pages()
number = 5
'''


def check(folder, *lines, words=("--import",), text=None):
    (folder / "app.routes").write_text("\n".join(
        ["routes 1", "public", *lines, ""]))
    if text is not None:
        (folder / "app.py").write_text(text)
    done = subprocess.run(
        [tree.routesc(), "check", *words, "app.routes"], cwd=folder,
        capture_output=True, text=True, timeout=100,
        stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def test_what_only_running_tells_is_known(tmp_path):
    lines = ["GET /show/{id:int} -> app:show",
             "GET /made -> app:made(name: str)",
             "GET /p -> app:partial(a: str)",
             "GET /c -> app:pages(a: str, b: str)",
             "GET /s -> app:Pages.still(a: str)",
             "GET /t -> app:typed(a: int?, b: list<str>)",
             "GET /e -> app:typed(a: int?, b: list<str>)"
             " raises app:Error as 409"]
    assert check(tmp_path, *lines, text=APP) == (0, "")
    code, said = check(tmp_path, *lines, words=())
    assert code == 0 and "W407" in said


@pytest.mark.parametrize("line, said", [
    ("GET / -> app:show()", "E403"), ("GET / -> app:made()", "E403"),
    ("GET / -> app:mad()", "did you mean `made`"),
    ("GET / -> app:number()", "can't be called"),
    ("GET / -> none:f()", "no module `none`"),
    ("GET / -> app:typed(a: str, b: list<str>)", "E404"),
    ("GET / -> app:typed(a: int?, b: list<int>)", "E404"),
    ("GET / -> app:typed(a: int?, b: list<str>, c: str = \"y\")", "E405"),
    ("GET / -> app:show(id: int) raises app:number as 409", "E411"),
    ("GET / -> app:Pages.method(a: str)", "E403"),
])
def test_what_does_not_fit_is_said(tmp_path, line, said):
    code, text = check(tmp_path, line, text=APP)
    assert code == 1 and said in text, text
    assert "printed" not in text and "W407" not in text


@pytest.mark.parametrize("text, said", [
    ("1 / 0\n", "ZeroDivisionError: division by zero"),
    ("import sys\nsys.exit('no')\n", "SystemExit: no"),
    ("import nowhere.at_all\n", "No module named 'nowhere'"),
    ("def f(:\n", "SyntaxError"),
    ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ("raise ValueError('a\\n\\x1b[31m\\nb')\n", "ValueError: a"),
])
def test_a_module_that_fails_is_an_error_with_its_reason(tmp_path, text, said):
    code, output = check(tmp_path, "GET / -> app:f()", text=text)
    assert code == 1 and "E401" in output and said in output
    assert "\033" not in output and output.count("error[") == 1


def test_a_module_that_ends_the_process_is_named(tmp_path):
    code, said = check(tmp_path, "GET / -> app:f()",
                       text="import os\nos._exit(7)\n")
    assert code == 2 and "ended with 7: while it imports app" in said


def test_threads_and_exit_callbacks_are_not_waited_for(tmp_path):
    assert check(tmp_path, "GET / -> app:f()", text=(
        "import atexit, threading, time\n"
        "atexit.register(time.sleep, 60)\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "def f(): pass\n")) == (0, "")


def test_modules_may_have_the_names_of_ours(tmp_path):
    for name in ("signatures", "imports"):
        (tmp_path / f"{name}.py").write_text("def f(): pass\n")
    assert check(tmp_path, "GET /a -> signatures:f()",
                 "GET /b -> imports:f()") == (0, "")


def test_import_and_no_python_exclude_each_other(tmp_path):
    code, said = check(tmp_path, words=("--import", "--no-python"))
    assert code == 2 and "--no-python" in said


# ---- list --unused ----------------------------------------------------------

def unused(folder, *words):
    return subprocess.run([tree.routesc(), "list", "--unused", *words],
                          cwd=folder, capture_output=True, text=True)


def test_the_functions_are_those_beside_the_file():
    folder = HERE / "unused"
    done = unused(folder, "W409.routes")
    expect = folder / "W409.expect"
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(done.stdout, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == expect.read_text()


def test_they_are_listed_as_json(tmp_path):
    done = unused(HERE / "unused", "--format", "json", "W409.routes")
    found = json.loads(done.stdout)
    assert "W409" in json.dumps(found) and "app.py" in json.dumps(found)


def test_a_file_with_errors_is_not_asked(tmp_path):
    (tmp_path / "app.routes").write_text(
        "routes 1\npublic\nGET / -> app:f()\n")
    done = unused(tmp_path, "app.routes")
    assert done.returncode == 1 and "E401" in done.stderr
    assert done.stdout == ""
