# SPDX-License-Identifier: Apache-2.0
"""signatures.py: what it says of Python sources, none of which it executes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

HELPER = tree.SOURCE / "dslc" / "signatures.py"


def ask(root, *names, classes=(), home="", folders=("",)):
    """The answers for functions, then those for classes."""
    question = {"functions": names, "classes": classes}
    done = subprocess.run(
        [tree.tool("PYTHON"), "-I", "-S", "-B", "-W", "ignore", HELPER, home,
         *folders], cwd=root, input=json.dumps(question).encode(),
        capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    return answer["functions"] + answer["classes"]


@pytest.fixture
def one(tmp_path):
    """The answer for app:NAME of a text."""
    def answer(text, name="f", **others):
        (tmp_path / "app.py").write_text(text)
        for other, source in others.items():
            path = tmp_path / (other.replace("__", "/", 1) + ".py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(source)
        return ask(tmp_path, f"app:{name}")[0]
    return answer


def names(answer):
    assert answer["state"] == "function", answer
    return [p["name"] for p in answer["parameters"]]


def types(answer):
    return [p.get("types") for p in answer["parameters"]]


# ---- nothing is executed ----------------------------------------------------

def test_a_module_that_would_do_harm_is_not_executed(tmp_path):
    marker = tmp_path / "marker"
    harm = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("app", "json", "sitecustomize", "usercustomize", "ast",
                 "site", "importlib"):
        (tmp_path / f"{name}.py").write_text(harm + "def f(a): pass\n")
    (tmp_path / "run.pth").write_text("import app\n")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(harm + "from .inner import *\n")
    (package / "inner.py").write_text(harm + "def f(a): pass\n")
    for answer in ask(tmp_path, "app:f", "package:f", "json:f",
                      folders=("", str(tmp_path))):
        assert names(answer) == ["a"]
    assert not marker.exists()
    assert not list(tmp_path.rglob("__pycache__"))


def test_the_whole_command_executes_nothing(tmp_path):
    marker = tmp_path / "marker"
    (tmp_path / "app.py").write_text(
        f"open({str(marker)!r}, 'w').close()\ndef f(): pass\n")
    (tmp_path / "app.routes").write_text(
        "routes 1\npublic\nGET / -> app:f()\n")
    env = {**os.environ, "PYTHONPATH": str(tmp_path),
           "PYTHONSTARTUP": str(tmp_path / "app.py")}
    done = subprocess.run([tree.routesc(), "check", "app.routes"],
                          cwd=tmp_path, env=env, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not marker.exists()


# ---- definitions ------------------------------------------------------------

def test_each_kind_of_parameter_is_told(one):
    answer = one("def f(a, /, b, *c, d, e=1, **g): pass\n")
    assert [(p["name"], p["kind"], p["required"])
            for p in answer["parameters"]] == [
        ("a", 0, True), ("b", 1, True), ("c", 2, True), ("d", 3, True),
        ("e", 3, False), ("g", 4, True)]


@pytest.mark.parametrize("text", [
    "def f(a): pass\ndef f(b): pass\n",
    "f = 1\ndef f(b): pass\n",
    "import typing\n@typing.overload\ndef f(a: int): ...\n"
    "@typing.overload\ndef f(a: str): ...\ndef f(b): pass\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
    "    from x import f\nelse:\n    def f(b): pass\n",
    "def f(b): pass\nif __name__ == '__main__':\n    f = None\n",
    "import sys\nif sys.version_info >= (3, 8):\n    def f(b): pass\n"
    "else:\n    def f(c, d): pass\n",
    "try:\n    from nowhere import f\nexcept ImportError:\n"
    "    def f(b): pass\n",
    "import x\nif x:\n    def f(b): pass\nelse:\n    def f(b): return 1\n",
    "with open('x') as g:\n    def f(b): pass\n",
    "f = lambda b: b\n",
    "def g(b): pass\nf = g\n",
    "import functools\n@functools.lru_cache(maxsize=5)\ndef f(b): pass\n",
    "from functools import cache as c\n@c\ndef f(b): pass\n",
])
def test_the_definition_that_counts_is_found(one, text):
    assert names(one(text)) == ["b"]


@pytest.mark.parametrize("text, why", [
    ("import x\n@x.route\ndef f(a): pass\n", "decorated by `x.route`"),
    ("import x\nif x:\n    def f(a): pass\nelse:\n    def f(b): pass\n",
     "under conditions"),
    ("def __getattr__(name): pass\n", "__getattr__"),
    ("globals()['f'] = 1\n", "may make `f`"),
    ("def g():\n    global f\n    f = 1\n", "may make `f`"),
    ("import x\nf = x.make(1)\n", "by `x.make(1)`"),
    ("import functools\nf = functools.partial(print, 1)\n", "at run time"),
    ("from nowhere import f\n", "`nowhere`, which is not found"),
    ("from nowhere import *\n", "`nowhere`, which is not found"),
    ("from ... import f\n", "above its package"),
    ("from app import f\n", "circle"),
    ("for f in (1, 2): pass\n", "run time"),
    ("class f(metaclass=int): pass\n", "run time"),
    ("from dataclasses import dataclass\n@dataclass\nclass f:\n"
     "    if 1:\n        a: int\n",
     "run time"),
])
def test_what_only_running_it_would_tell_is_unknown(one, text, why):
    answer = one(text)
    assert answer["state"] == "unknown" and why in answer["why"]


@pytest.mark.parametrize("text, what", [
    ("f = 'text'\n", "a str"), ("f = 5\n", "an int"), ("f = None\n", "None"),
    ("f = [1]\n", "a list"), ("import os as f\n", "a module"),
    ("class C: pass\nf = C()\n", "an object of the class `C`"),
])
def test_what_cannot_be_called_is_named(one, text, what):
    assert one(text) == {"state": "no-call", "what": what}


def test_a_missing_name_comes_with_those_that_are_there(one):
    answer = one("def g(): pass\n_h = 1\ndef i(): pass\ndel i\n")
    assert answer["state"] == "no-name" and answer["file"] == "app.py"
    assert answer["near"] == ["_h", "g"]


def test_async_and_generators_are_told(one):
    assert one("async def f(): pass\n")["async"]
    assert one("def f():\n    if 1:\n        yield 1\n")["generator"]
    assert not one("def f():\n    def g():\n        yield 1\n")["generator"]
    assert not one("def f():\n    return 'yield'\n")["generator"]


# ---- classes ----------------------------------------------------------------

CLASSES = """
class Base:
    def inherited(self, a): pass
class C(Base):
    def __init__(self, x): pass
    def plain(self, b): pass
    @staticmethod
    def static(c): pass
    @classmethod
    def made(cls, d): pass
    @property
    def prop(self): pass
    class Inner:
        @staticmethod
        def deep(e): pass
    def __call__(self, g): pass
c = C(1)
bound = c.plain
"""


@pytest.mark.parametrize("name, wanted", [
    ("C", ["x"]), ("Base", []), ("C.plain", ["self", "b"]),
    ("C.static", ["c"]), ("C.made", ["d"]), ("C.Inner.deep", ["e"]),
    ("C.inherited", ["self", "a"]), ("c.plain", ["b"]),
    ("c.inherited", ["a"]), ("c", ["g"]), ("bound", ["b"]),
])
def test_members_are_called_as_they_are_bound(one, name, wanted):
    assert names(one(CLASSES, name)) == wanted


def test_a_method_without_an_object_names_its_class(one):
    assert one(CLASSES, "C.plain")["class"] == "C"
    assert one(CLASSES, "C.prop")["state"] == "unknown"
    assert one(CLASSES, "C.none")["state"] == "no-name"


def test_exceptions_are_told_from_other_classes(tmp_path):
    (tmp_path / "app.py").write_text(
        "import json, nowhere\nclass A(LookupError): pass\nclass B(A): pass\n"
        "class C: pass\nclass D(nowhere.X): pass\nE = B\ndef f(): pass\n"
        "class F(json.JSONDecodeError): pass\n")
    answers = ask(tmp_path, classes=[
        "app:A", "app:B", "app:C", "app:D", "app:E", "app:f", "app:F",
        "builtins:ValueError", "builtins:int", "builtins:NoneError"])
    assert [a["state"] for a in answers] == [
        "exception", "exception", "no-exception", "unknown", "exception",
        "no-exception", "exception", "exception", "no-exception", "no-name"]


# ---- modules ----------------------------------------------------------------

@pytest.mark.parametrize("text, others", [
    ("from other import f\n", {"other": "def f(b): pass\n"}),
    ("from other import g as f\n", {"other": "def g(b): pass\n"}),
    ("from other import *\n", {"other": "def f(b): pass\n"}),
    ("from other import *\n",
     {"other": "__all__ = ['f']\nfrom third import f\n",
      "third": "def f(b): pass\n"}),
    ("from package import f\n",
     {"package____init__": "from .inner import f\n",
      "package__inner": "def f(b): pass\n"}),
    ("import package.inner\nf = package.inner.f\n",
     {"package____init__": "", "package__inner": "def f(b): pass\n"}),
    ("from space.inner import f\n", {"space__inner": "def f(b): pass\n"}),
])
def test_what_is_imported_is_followed(one, text, others):
    assert names(one(text, **others)) == ["b"]


def test_all_hides_what_it_does_not_name(one):
    answer = one("from other import *\n",
                 other="__all__ = ['g']\ndef f(b): pass\ng = 1\n")
    assert answer["state"] == "no-name"


def test_modules_that_are_nowhere_come_with_their_neighbours(tmp_path):
    for name in ("pages.py", "shop/__init__.py", "shop/orders.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    page, order = ask(tmp_path, "page:f", "shop.order:f")
    assert page["state"] == order["state"] == "no-module"
    assert page["near"][:2] == ["pages", "shop"]
    assert "statistics" in page["near"]
    assert (order["within"], order["near"]) == ("shop", ["orders"])


def test_a_submodule_is_not_an_attribute_but_is_recognised(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "orders.py").write_text("def f(): pass\n")
    answer, = ask(tmp_path, "shop:orders.f")
    assert answer["state"] == "no-name"
    assert answer["module"] == "shop.orders"


def test_folders_are_searched_in_order_and_before_the_library(tmp_path):
    for folder, text in (("a", "def f(a): pass\n"), ("b", "def f(b): pass\n")):
        (tmp_path / folder).mkdir()
        for name in ("app", "statistics"):
            (tmp_path / folder / f"{name}.py").write_text(text)
    found = ask(tmp_path, "app:f", "statistics:f", folders=("b", "a"))
    assert [names(answer) for answer in found] == [["b"], ["b"]]
    # what is built into the interpreter can't be hidden
    (tmp_path / "b" / "time.py").write_text("def f(a): pass\n")
    assert ask(tmp_path, "time:f", folders=("b",))[0]["state"] == "no-name"


def test_a_virtual_environment_is_read_without_running_it(tmp_path):
    series = "python%d.%d" % sys.version_info[:2]
    packages = tmp_path / "venv" / "lib" / series / "site-packages"
    packages.mkdir(parents=True)
    linked = tmp_path / "linked"
    linked.mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_text("version = 3\n")
    (packages / "installed.py").write_text("def f(a): pass\n")
    (packages / "x.pth").write_text(f"# a\nimport nothing\n{linked}\n")
    (linked / "by_pth.py").write_text("def f(b): pass\n")
    mapping = {"edited": str(linked / "by_pth.py")}
    (packages / "__editable___edited_finder.py").write_text(
        f"MAPPING: dict = {mapping!r}\n")
    found = ask(tmp_path, "installed:f", "by_pth:f", "edited:f",
                home=str(tmp_path / "venv"))
    assert [names(answer) for answer in found] == [["a"], ["b"], ["b"]]
    assert ask(tmp_path, "installed:f")[0]["state"] == "no-module"


def test_the_standard_library_is_read_and_its_c_is_asked(tmp_path):
    mean, category, sqrt, sleep, path = ask(
        tmp_path, "statistics:mean", "unicodedata:category", "math:sqrt",
        "time:sleep", "os.path:join")
    assert names(mean) == ["data"]
    assert names(category) == ["chr"]
    assert category["parameters"][0]["kind"] == 0
    assert names(sqrt) == ["x"]
    assert sleep["state"] == path["state"] == "unknown"


# ---- sources that are hard to read ------------------------------------------

def test_a_syntax_error_has_its_place(one):
    answer = one("x = 1\ndef f(:\n    pass\n")
    assert answer["state"] == "broken" and answer["file"] == "app.py"
    assert (answer["line"], answer["column"]) == (2, 6)
    assert answer["why"] == "invalid syntax"


def test_other_encodings_are_read_as_python_reads_them(tmp_path):
    (tmp_path / "app.py").write_bytes(
        b"# -*- coding: latin-1 -*-\nname = '\xe9'\ndef f(a): pass\n")
    (tmp_path / "bad.py").write_bytes(b"name = '\xe9'\ndef f(a): pass\n")
    (tmp_path / "zero.py").write_bytes(b"def f(a): pass\n\0\n")
    (tmp_path / "odd.py").write_bytes(b"# coding: nothing\ndef f(a): pass\n")
    good, *bad = ask(tmp_path, "app:f", "bad:f", "zero:f", "odd:f")
    assert names(good) == ["a"]
    assert [answer["state"] for answer in bad] == ["broken"] * 3


def test_what_is_too_large_or_too_deep_is_unknown(tmp_path):
    (tmp_path / "large.py").write_text(
        "def f(a): pass\n" + "x = 1\n" * 800_000)
    (tmp_path / "deep.py").write_text(
        "def f(a=" + "(" * 150 + "1" + ")" * 150 + "): pass\n")
    (tmp_path / "deeper.py").write_text(
        "x = " + "-" * 100_000 + "1\ndef f(a): pass\n")
    (tmp_path / "chain.py").write_text(
        "import x\nif x: pass\n" + "elif x: pass\n" * 3000 +
        "def f(a): pass\n")
    large, deep, deeper, chain = ask(tmp_path, "large:f", "deep:f",
                                     "deeper:f", "chain:f")
    assert large["state"] == "unknown" and "larger" in large["why"]
    assert names(deep) == ["a"]
    assert deeper["state"] in ("unknown", "broken")
    assert chain["state"] in ("unknown", "function")


def test_what_is_no_regular_file_is_no_module(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "circle").symlink_to(".")
    (tmp_path / "app.py").write_text("def f(a): pass\n")
    pipe, loop, circle = ask(tmp_path, "pipe:f", "loop:f",
                             "circle.circle.app:f")
    assert pipe["state"] == loop["state"] == "no-module"
    assert names(circle) == ["a"]


def test_an_extension_and_byte_code_of_the_user_are_not_loaded(tmp_path):
    suffix = subprocess.run(
        [tree.tool("PYTHON"), "-I", "-c", "import sysconfig;"
         "print(sysconfig.get_config_var('EXT_SUFFIX'))"],
        capture_output=True, text=True).stdout.strip()
    (tmp_path / f"fast{suffix}").write_bytes(b"no ELF")
    (tmp_path / "old.pyc").write_bytes(b"no code")
    fast, old = ask(tmp_path, "fast:f", "old:f")
    assert "an extension" in fast["why"] and "byte code" in old["why"]


def test_names_and_files_that_are_no_text_are_shown_somehow(tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(folder)
    with open(folder + b"/app.py", "wb") as file:
        file.write("def f(é: 'ü', b='\\ud800'): pass\n".encode())
    answer, = ask(tmp_path, "app:f", folders=(folder,))
    assert names(answer) == ["é", "b"]


# ---- annotations and defaults -----------------------------------------------

@pytest.mark.parametrize("annotation, wanted", [
    ("int", ["int"]), ("'int'", ["int"]), ("int | None", ["int", "None"]),
    ("Optional[str]", ["str", "None"]), ("t.Optional[str]", ["str", "None"]),
    ("Union[int, 'str']", ["int", "str"]), ("Any", None), ("object", None),
    ("list", [{"list": None}]), ("list[int]", [{"list": ["int"]}]),
    ("t.List[Optional[int]]", [{"list": ["int", "None"]}]),
    ("Sequence[str]", ["str", "bytes", {"list": ["str"]}]),
    ("Annotated[int, 5]", ["int"]), ("Literal['a', 'b']", ["str", "str"]),
    ("Decimal", ["Decimal"]), ("datetime.date", ["date"]),
    ("Own", None), ("Page", ["int"]), ("UserId", ["int"]), ("T", None),
    ("nowhere.X", None), ("int | Own", None), ("dict[str, int]", ["dict"]),
    ("1 + 1", None), ("'('", None), ("Circle", None),
])
def test_annotations_say_what_they_take(one, annotation, wanted):
    answer = one(
        "import datetime, nowhere, typing as t\nfrom decimal import Decimal\n"
        "from collections.abc import Sequence\nfrom typing import *\n"
        "from typing import Any, Annotated, Literal, NewType, Optional, "
        "TypeVar, Union\nclass Own: pass\nPage = int\n"
        "UserId = NewType('UserId', int)\nT = TypeVar('T')\n"
        "Circle = Circle | None\n"
        f"def f(a: {annotation}): pass\n")
    assert types(answer) == [wanted]


@pytest.mark.parametrize("default, wanted", [
    ("1", {"default": 1}), ("-1.5", {"default": -1.5}),
    ("'x'", {"default": "x"}), ("True", {"default": True}),
    ("None", {"none": True}), ("[]", {}), ("g()", {}), ("1e999", {}),
    ("10 ** 5", {}), ("9" * 40, {}), ("'\\0'", {}), ("b''", {}),
])
def test_defaults_are_told_when_they_can_be_compared(one, default, wanted):
    parameter = one(f"def f(a={default}): pass\n")["parameters"][0]
    assert {key: parameter[key] for key in ("default", "none")
            if key in parameter} == wanted
    assert parameter["required"] is False


# ---- the command ------------------------------------------------------------

ROUTES = "routes 1\npublic\nGET / -> app:f()\n"


def check(folder, *words):
    done = subprocess.run([tree.routesc(), "check", *words, "app.routes"],
                          cwd=folder, capture_output=True, text=True,
                          timeout=60, env=tree.environment())
    return done.returncode, done.stdout + done.stderr


def test_no_python_leaves_it_unchecked(tmp_path):
    (tmp_path / "app.routes").write_text(ROUTES)
    assert check(tmp_path, "--no-python") == (0, "")
    code, said = check(tmp_path)
    assert code == 1 and "error[E401]" in said and "--no-python" in said


def test_another_folder_and_an_environment_can_be_named(tmp_path):
    (tmp_path / "app.routes").write_text(ROUTES)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "app.py").write_text("def f(): pass\n")
    assert check(tmp_path, "--python-path", "lib") == (0, "")
    code, said = check(tmp_path, "--python-path", "none")
    assert code == 2 and "no folder `none`" in said
    code, said = check(tmp_path, "--python-home", "lib")
    assert code == 2 and "pyvenv.cfg" in said


def test_errors_of_arguments_are_not_followed_by_others(tmp_path):
    (tmp_path / "app.routes").write_text(
        "routes 1\npublic\nGET /{a} -> app:f(a, b)\n")
    (tmp_path / "app.py").write_text("def f(a, b): pass\n")
    code, said = check(tmp_path)
    assert code == 1 and said.count("error[") == 1 and "E118" in said


def test_several_files_have_their_own_folders(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.routes").write_text(ROUTES)
    (tmp_path / "a" / "app.py").write_text("def f(): pass\n")
    done = subprocess.run(
        [tree.routesc(), "check", "a/app.routes", "b/app.routes"],
        cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()
            if "error[" in line] == ["b/app.routes:3:10:"]


@pytest.mark.parametrize("helper, said", [
    ("import sys; sys.exit('no \\x1b[31mluck')", "ended with 1: no ?[31mluck"),
    ("pass", "not understood"), ("print('nonsense')", "not understood"),
    ("print('{}')", "not understood"),
    ("import os; os.kill(os.getpid(), 9)", "ended with 137"),
    ("import os; os.close(0)", "not understood"),
])
def test_a_helper_that_fails_is_the_environments_fault(tmp_path, helper, said):
    folder = tmp_path / "dslc"
    folder.mkdir()
    shutil.copy(tree.routesc(), folder / "routesc")
    (folder / "signatures.py").write_text(helper)
    (tmp_path / "app.routes").write_text(ROUTES)
    done = subprocess.run([folder / "routesc", "check", "app.routes"],
                          cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and said in done.stderr
    assert done.stderr.count("\n") == 1 and "--no-python" in done.stderr
