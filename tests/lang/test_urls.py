# SPDX-License-Identifier: Apache-2.0
"""`routesc urls`: each URL that the module makes is the route's, with the
values it was made of.

`ROUTES_GOLDEN=write` writes down the messages; then read the difference."""

import ast
import builtins
import importlib.util
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402
from url_cases import (ROUND, SHOP, WRONG_TYPES,  # noqa: E402
                       WRONG_VALUES)


def urls(*words, cwd=None):
    return subprocess.run([tree.routesc(), "urls", *words], cwd=cwd,
                          capture_output=True, text=True, timeout=60)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("urls")
    (folder / "shop.routes").write_text(SHOP)
    done = urls("shop.routes", "-o", "made.py", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def made(shop):
    return load(shop / "made.py")


def ask(folder, url, method="GET"):
    """Which route a URL is, and its arguments, by the matcher itself."""
    words = []
    if url.startswith("//"):
        host, _, rest = url[2:].partition("/")
        url, words = "/" + rest, ["--host", host]
    done = subprocess.run(
        [tree.routesc(), "explain", "shop.routes", method, url, "--format",
         "json", *words], cwd=folder, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["answer"] == "route", (url, done.stdout)
    assert found["status"] == 200, (url, done.stdout)
    return found["route"]


def plain(value):
    """A value as explain says it, which escapes what is odd in a text."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), value) \
        if isinstance(value, str) else value


@pytest.mark.parametrize("name, args, more, values", ROUND)
def test_a_url_is_its_route_with_its_values(shop, made, name, args, more,
                                            values):
    url = getattr(made, name)(*args, **more)
    assert url.isascii() and url.isprintable() and " " not in url
    route = ask(shop, url)
    found = {arg["name"]: plain(arg.get("value"))
             for arg in route["arguments"]}
    assert route["name"] == name
    assert {key: found[key] for key in values} == values


def test_bytes_are_what_they_were(shop, made):
    every = [bytes([b]) for b in range(1, 256) if b not in b"/."]
    for name, value in [("by_bytes", b"\xff\x01% ."), ("raw", b"a/\xfe/"),
                        *[("by_bytes", one) for one in every[::17]]]:
        url = getattr(made, name)(value)
        assert ask(shop, url)["name"] == name, url


@pytest.mark.parametrize("name, args, more", WRONG_VALUES)
def test_a_value_that_is_no_url_is_a_value_error(made, name, args, more):
    with pytest.raises(ValueError):
        getattr(made, name)(*args, **more)


@pytest.mark.parametrize("name, args, more", WRONG_TYPES)
def test_another_type_is_a_type_error(made, name, args, more):
    with pytest.raises(TypeError):
        getattr(made, name)(*args, **more)


def test_a_route_with_two_methods_leaves_its_argument_to_the_body(made):
    assert made.both() == "/both" and made.make() == "/orders"
    assert made.make(y=4) == "/orders?y=4"
    assert made.acl_set() == "/obj?acl" and made.obj_set(q=2) == "/obj?q=2"
    assert made.by_header(n=1) == "/by?n=1"


def test_the_name_of_a_route_with_variants_is_its_default_s_url(shop, made):
    assert made.picked(7) == "/pick/7"
    assert made.picked(7, q=3) == "/pick/7?q=3"
    assert ask(shop, made.picked(7, q=3))["name"] == "m.f"


def test_a_base_stands_before_the_path_instead_of_the_host(made):
    assert made.version() == "//api.example.com/v"
    assert made.version(_base="") == "/v"
    assert made.version(_base="https://x.example:8443/") == \
        "https://x.example:8443/v"
    assert made.home(_base="/shop") == "/shop/"
    assert made.several() == "/w"


def test_only_named_routes_have_functions(made):
    named = [line.rpartition(" as ")[2].split()[0].rstrip("}")
             for line in SHOP.replace("{\n    as", " as").split("\n")
             if " as " in line]
    functions = [name for name in vars(made) if not name.startswith("_") and
                 name != "annotations"]
    assert functions == named and "m_f" not in functions


def test_the_stub_says_the_same(shop):
    def signatures(path):
        tree_of = ast.parse(path.read_text())
        return [(node.name, ast.unparse(node.args), ast.unparse(node.returns))
                for node in tree_of.body if isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")]
    assert signatures(shop / "made.py") == signatures(shop / "made.pyi")


def test_the_names_that_the_module_uses_are_refused(shop, tmp_path):
    text = (shop / "made.py").read_text()
    used = {node.id for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Name) and hasattr(builtins, node.id)}
    used.add("annotations")
    used.remove("id")                                   # a parameter
    for name in sorted(used):
        (tmp_path / "x.routes").write_text(
            f"routes 1\npublic\nGET / -> m:f() as {name}\n")
        done = urls("x.routes", cwd=tmp_path)
        assert done.returncode == 1 and "E707" in done.stderr, name


def test_without_a_file_it_is_printed(shop):
    done = urls("shop.routes", cwd=shop)
    assert done.stdout == (shop / "made.py").read_text()


def test_the_same_file_gives_the_same_module(shop):
    before = (shop / "made.py").read_bytes()
    assert urls("shop.routes", "-o", "made.py", cwd=shop).returncode == 0
    assert (shop / "made.py").read_bytes() == before
    assert sorted(p.name for p in shop.iterdir()
                  if p.name != "__pycache__") == \
        ["made.py", "made.pyi", "shop.routes"]


@pytest.mark.parametrize("words, said", [
    (["-o", "urls.txt"], "urls.txt"), (["-o", "none/urls.py"], "none/urls.py"),
    (["-o", ".py"], ".py")])
def test_a_place_where_it_cannot_go_is_exit_2(shop, words, said):
    done = urls("shop.routes", *words, cwd=shop)
    assert done.returncode == 2 and said in done.stderr


def test_what_can_not_be_written_whole_leaves_both_as_they_were(tmp_path):
    (tmp_path / "shop.routes").write_text(SHOP)
    old = {"made.py": "old = 1\n", "made.pyi": "old: int\n"}
    for file, text in old.items():
        (tmp_path / file).write_text(text)
    done = subprocess.run([tree.routesc(), "urls", "shop.routes", "-o",
                           "made.py"], cwd=tmp_path,
                          preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_FSIZE, (4096, 4096)),
                          restore_signals=False, capture_output=True)
    assert done.returncode == 2 and b"File too large" in done.stderr
    assert {file: (tmp_path / file).read_text() for file in old} == old
    assert sorted(os.listdir(tmp_path)) == ["made.py", "made.pyi",
                                            "shop.routes"]


def test_the_messages_are_those_beside_the_file(tmp_path):
    folder = HERE / "urls"
    done = urls("E707.routes", "-o", tmp_path / "made.py", cwd=folder)
    expect = folder / "E707.expect"
    if os.environ.get("ROUTES_GOLDEN") == "write":
        expect.write_text(done.stderr, encoding="utf-8")
    assert done.returncode == 1 and done.stderr == expect.read_text()
    assert not (tmp_path / "made.py").exists()
