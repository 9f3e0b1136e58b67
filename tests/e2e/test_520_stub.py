# SPDX-License-Identifier: Apache-2.0
"""apache.pyi names what the module `apache` has, no more and no less, and a
type checker finds in it what is wrong with a function."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import tree                                                     # noqa: E402

STUB = tree.SOURCE / "module" / "python" / "apache.pyi"
# Attributes of the objects, which the types don't show; tested by their own.
OF_OBJECTS = {"Upload": {"filename", "content_type", "size"},
              "BodyError": {"status"}, "Disconnected": {"code", "reason"}}
FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef
ROUTES = """\
routes 1
public
GET  /names -> app:names
GET  /own   -> app:own(req: request)
POST /form  -> app:form(req: request)
"""
PYTHON = """\
import apache


def members(kind):
    if kind.__module__ != "apache":
        return {}
    return {name: getattr(value, "__doc__", None) or ""
            for name, value in vars(kind).items()
            if not name.startswith("_") and not name.startswith("n_")}


def names():
    found = {}
    for name in dir(apache):
        value = getattr(apache, name)
        if name.startswith("_"):
            continue
        if isinstance(value, type):
            base = value.__mro__[1]
            found[name] = {
                "base": base.__name__, "doc": value.__doc__ or "",
                "members": members(value) | (
                    members(base) if base.__name__ == f"_{name.lower()}"
                    else {})}
        elif callable(value):
            found[name] = value.__doc__
        else:
            found[name] = type(value).__name__
    return found


def own(req):
    req.mine = [type(req.route).__name__, type(req.headers_in).__name__,
                isinstance(req.headers_in, apache.table),
                isinstance(req.route, apache.Route)]
    return req.mine


def form(req):
    f = req.form.files["f"]
    return [type(getattr(f, name)).__name__
            for name in ("filename", "content_type", "size")]
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.fixture(scope="module")
def running(server):
    return server.get("/names").json


def stub():
    """Public names: a class is a node, a function one, a value its type."""
    found = {}
    for node in ast.parse(STUB.read_text()).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            found[node.target.id] = ast.unparse(node.annotation)
    return {name: node for name, node in found.items() if name[0] != "_"}


def methods(node):
    """The members of a class; of overloads the first."""
    return {one.target.id if isinstance(one, ast.AnnAssign) else one.name:
            one for one in reversed(node.body)
            if isinstance(one, (*FUNCTIONS, ast.AnnAssign))}


def told(node):
    """`name(a, b=None, *, c='/')`, as a docstring begins."""
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    values = [None] * (len(plain) - len(args.defaults)) + args.defaults
    words = [one.arg if value is None else f"{one.arg}={ast.unparse(value)}"
             for one, value in zip(plain, values) if one.arg != "self"]
    if args.kwonlyargs or args.vararg:
        words.append("*" + (args.vararg.arg if args.vararg else ""))
    words += [one.arg if value is None else f"{one.arg}={ast.unparse(value)}"
              for one, value in zip(args.kwonlyargs, args.kw_defaults)]
    if args.kwarg:
        words.append("**" + args.kwarg.arg)
    return f"{node.name}({', '.join(words)})"


def signature(doc):
    """The beginning of a docstring, without the mark of positional ones."""
    depth = 0
    for at, char in enumerate(doc):
        depth += (char == "(") - (char == ")")
        if char == ")" and depth == 0:
            return doc[:at + 1].replace(" /,", "").replace(
                "apache.LOG_ERR", "...")
    return None


def test_the_stub_has_every_name_of_the_module(running):
    assert set(stub()) == set(running)


@pytest.mark.parametrize("name", sorted(stub()))
def test_each_name_is_what_the_module_has(running, name):
    node, has = stub()[name], running[name]
    if isinstance(node, str):
        assert has == node
    elif isinstance(node, ast.FunctionDef):
        assert told(node) == signature(has)
    else:
        own = {one for one in methods(node) if not one.startswith("_")}
        assert own - OF_OBJECTS.get(name, set()) == set(has["members"])
        base = ast.unparse(node.bases[0]).split("[")[0] if node.bases \
            else "object"
        assert base == (has["base"] if has["base"] != f"_{name.lower()}"
                        else "MutableMapping")


@pytest.mark.parametrize("name", [name for name, node in stub().items()
                                  if isinstance(node, ast.ClassDef)])
def test_each_method_takes_what_the_stub_says(running, name):
    for member, node in methods(stub()[name]).items():
        doc = running[name]["members"].get(member, "")
        if isinstance(node, FUNCTIONS) and doc.startswith(member + "("):
            assert told(node) == signature(doc)
    made = methods(stub()[name]).get("__init__")
    if made is not None:
        assert told(made).replace("__init__", name) == \
            signature(running[name]["doc"])


def test_objects_have_what_their_types_do_not_show(server):
    assert server.get("/own").json == ["Route", "table", True, True]
    answer = server.request("POST", "/form", (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="n"'
        b"\r\n\r\nx\r\n--b--\r\n"),
        {"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.json == ["str", "str", "int"]


GOOD = """\
import apache


def show(req: apache.Request, user: apache.Principal | None) -> object:
    req.log_error("seen", apache.LOG_INFO)
    req.headers_out["X-A"] = req.headers_in.get("X-B", "")
    photo: apache.Upload | None = req.form.files.get("photo")
    if photo is not None:
        photo.save("/tmp/" + photo.filename)
    title: str = req.form.get("title", "none")
    response = apache.Response(title, 201, {"X-C": "d"}, flush=False)
    response.headers.add("Vary", "Accept")
    response.set_cookie("a", "b", max_age=60, samesite="Strict")
    req.seen = apache.url_for("home", id=7)
    return response if user is None or "admin" in user.roles else None


@apache.json_default
def plain(value: object) -> str:
    return str(value)


def echo(ws: apache.WebSocket) -> None:
    ws.accept(subprotocol=ws.subprotocols[0] if ws.subprotocols else None)
    for message in ws:
        ws.send(message)
    ws.close(1000, "done")


async def talk(ws: apache.AsyncWebSocket) -> None:
    try:
        async for message in ws:
            await ws.send(message)
        await ws.close(1000, "done")
    except apache.Disconnected as gone:
        print(gone.code + 1, gone.reason.upper(), ws.close_code)


def missing(error: apache.Error) -> str:
    try:
        return f"{error.status} {error.route and error.route.name}"
    except apache.Timeout:
        raise
"""
BAD = {
    "apache.reqest()": "has no attribute",
    "apache.request().method = 'GET'": "read-only|read only",
    "apache.Response('a', 'b')": "Argument 2",
    "apache.Response('a').set_cookie('a', 'b', samesite='x')": "samesite",
    "apache.request().form['a'].filename": "has no attribute",
    "apache.request().form.files['a'].strip()": "has no attribute",
    "apache.url_for()": "Too few|Missing",
    "apache.login(apache.request(), 5)": "Argument 2",
}


@pytest.mark.skipif(shutil.which("mypy") is None, reason="no mypy")
def test_a_type_checker_finds_what_is_wrong(tmp_path):
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    shutil.copy(STUB, stubs)
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "bad.py").write_text("import apache\n" + "\n".join(BAD))
    done = subprocess.run(
        ["mypy", "--strict", "--no-error-summary", "--cache-dir",
         tmp_path / "cache", "good.py", "bad.py"], cwd=tmp_path, text=True,
        capture_output=True, env={"MYPYPATH": str(stubs),
                                  "PATH": "/usr/bin:/bin"})
    said = done.stdout.splitlines()
    assert not [line for line in said if line.startswith("good.py")], said
    for number, (text, wanted) in enumerate(BAD.items(), 2):
        lines = [line for line in said if line.startswith(f"bad.py:{number}:")]
        assert any(re.search(wanted, line) for line in lines), (text, said)
