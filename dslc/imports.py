# SPDX-License-Identifier: Apache-2.0
"""imports: what Python modules define, told by importing them.

    python -I -S -B imports.py HOME FOLDER... <QUESTION >ANSWER

Question and answer are those of signatures.py, which executes nothing; here
the modules are executed as a server would.  What they print goes nowhere, and
the process ends without waiting for what they have started.
"""

import importlib
import inspect
import json
import linecache
import os
import site
import sys
import types
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import signatures                                       # noqa: E402

del sys.path[0], sys.modules["signatures"]      # a user's may be called so

MAX_DEF = 50                    # lines of decorators before a `def`


class Apache(types.ModuleType):
    """In the place of the module that mod_routes makes inside httpd: has any
    name, and what is called gives what can be called."""

    class Anything:
        def __init__(self, *args, **named):
            pass

        def __call__(self, *args, **named):
            return self

        def __getattr__(self, name):
            return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Apache.Anything


class Importer:
    def __init__(self, finder, errors):
        self.finder = finder
        self.errors = errors            # says how far we came, should we die
        self.modules = {}

    def load(self, name):
        """The module; Fault if there is none, or it fails."""
        if name not in self.modules:
            try:
                self.modules[name] = self.run(name)
            except signatures.Fault as fault:
                self.modules[name] = fault
        found = self.modules[name]
        if isinstance(found, signatures.Fault):
            raise found
        return found

    def run(self, name):
        os.write(self.errors, f"while it imports {name}\n".encode(
            "utf-8", "replace"))
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is not None and \
                    (name + ".").startswith(error.name + "."):
                outer = error.name.rpartition(".")[0]
                raise signatures.NoModule(
                    error.name, outer, lambda: self.near(outer)) from None
            raise broken(name, error) from None
        except BaseException as error:  # noqa: BLE001 - SystemExit, too
            raise broken(name, error) from None

    def near(self, outer):
        try:
            return self.finder.near(outer)
        except signatures.Fault:
            return []

    def find(self, reference):
        """The object, and the class that it was found in, if any."""
        module_name, _, qualname = reference.partition(":")
        owner, value = None, self.load(module_name)
        for name in qualname.split("."):
            owner = value
            try:
                value = getattr(owner, name)
            except AttributeError:
                names = dir(owner)
                raise signatures.Missing(
                    name, lambda: names, within=module_name,
                    file=shown(getattr(owner, "__file__", None)
                               or "")) from None
            except Exception as error:  # noqa: BLE001
                raise broken(module_name, error) from None
        return value, owner if isinstance(owner, type) else None


# ---- answers ---------------------------------------------------------------

def shown(path):
    """A path as messages say it."""
    here = os.getcwd() + "/"
    return path.removeprefix(here) if path.endswith(".py") else ""


def broken(name, error):
    """The Fault of a module that can't be imported."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    found = {}
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if os.path.isfile(path) and path != os.path.abspath(__file__):
            found = {"file": shown(path), "line": trace.tb_lineno,
                     "column": 0, "length": len(linecache.getline(
                         path, trace.tb_lineno).rstrip())}
        trace = trace.tb_next
    return signatures.Fault("broken", name=name, why="it raises "
                            + text[:200], **found)


def place_of(value):
    code = getattr(inspect.unwrap(value), "__code__", None)
    if code is None or not os.path.isfile(code.co_filename):
        return {}
    for line in range(code.co_firstlineno, code.co_firstlineno + MAX_DEF):
        text = linecache.getline(code.co_filename, line)
        start = len(text) - len(text.lstrip())
        if text.lstrip().startswith(("def ", "async def ")):
            length = len(text[start:].partition("(")[0])
            return {"file": shown(code.co_filename), "line": line,
                    "column": len(text[:start].encode()), "length": length}
    return {"file": shown(code.co_filename), "line": code.co_firstlineno,
            "column": 0, "length": 1}


def name_of(annotation):
    return f"{annotation.__module__}.{annotation.__qualname__}" \
        if isinstance(annotation, type) else None


def types_of(annotation):
    """As signatures.py says it: names and {"list": …}; None for anything."""
    if annotation is None or annotation is type(None):
        return ["None"]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        found = [types_of(part) for part in inner]
        return None if None in found else sum(found, [])
    if origin is typing.Literal:
        return ["None" if one is None else type(one).__name__
                for one in inner]
    if origin is typing.Annotated:
        return types_of(inner[0])
    name = name_of(origin or annotation)
    items = {"list": types_of(inner[0]) if inner else None}
    if name in signatures.LISTS:
        return [items]
    if name in signatures.SEQUENCES:
        return ["str", "bytes", items]
    return [signatures.PLAIN[name]] if name in signatures.PLAIN else None


def hints_of(value):
    try:
        return typing.get_type_hints(inspect.unwrap(value))
    except Exception:                   # noqa: BLE001 - whatever they name
        return {}


def default_of(value):
    if value is inspect.Parameter.empty:
        return {"required": True}
    if value is None:
        return {"required": False, "none": True}
    if isinstance(value, (str, int, float)):
        literal = signatures.ast.Constant(value)
        return {"required": False, **signatures.literal_default(literal)}
    return {"required": False}


def parameter_of(parameter, hints):
    made = {"name": parameter.name, "kind": int(parameter.kind),
            **default_of(parameter.default)}
    if parameter.name in hints and made["kind"] not in (2, 4):
        made.update(annotation_of(hints[parameter.name]))
    return made


def annotation_of(hint):
    taken = types_of(hint)
    if taken is None:
        return {}
    text = hint.__name__ if isinstance(hint, type) else str(hint)
    return {"types": taken, "annotation": text[:signatures.MAX_TEXT]}


def answer_call(importer, reference):
    value, owner = importer.find(reference)
    if not callable(value):
        kind = type(value).__name__
        raise signatures.Fault("no-call", what="a module" if kind == "module"
                               else f"a {kind}")
    try:
        signature = inspect.signature(value, follow_wrapped=False)
    except (TypeError, ValueError):
        raise signatures.Unknown("it is built in, and does not say what it "
                                 "takes") from None
    hints = hints_of(value)
    answer = {
        "state": "function",
        "parameters": [parameter_of(parameter, hints)
                       for parameter in signature.parameters.values()],
        "async": inspect.iscoroutinefunction(value),
        "generator": inspect.isgeneratorfunction(value) or
        inspect.isasyncgenfunction(value), **place_of(value)}
    result = annotation_of(hints["return"]) \
        if "return" in hints and inspect.isroutine(value) else {}
    if result:
        answer["result"] = result
    if owner is not None and isinstance(value, types.FunctionType) and \
            not isinstance(inspect.getattr_static(owner, value.__name__, None),
                           staticmethod):
        answer["class"] = owner.__name__
    return answer


def answer_class(importer, reference):
    value, _ = importer.find(reference)
    good = isinstance(value, type) and issubclass(value, BaseException)
    return {"state": "exception" if good else "no-exception"}


def answer_one(importer, reference, judge, teller):
    try:
        return judge(importer, reference)
    except signatures.Fault as fault:
        return teller.tell(fault)
    except BaseException as error:      # noqa: BLE001 - of their __getattr__
        return broken(reference.partition(":")[0], error).answer


# ---- the process -----------------------------------------------------------

def take_over():
    """Descriptors of our own for the answer and for how far we came; what
    modules print, and what they read, is nothing."""
    ours = os.dup(1), os.dup(2)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return ours


def main(home, folders):
    question = json.load(sys.stdin.buffer)
    output, errors = take_over()
    finder = signatures.Finder(home, folders)
    sys.path[:] = [os.path.abspath(folder) for folder in folders] + sys.path
    for folder in signatures.site_folders(home):
        site.addsitedir(folder)
    sys.modules["apache"] = Apache("apache")
    importer = Importer(finder, errors)
    teller = signatures.Teller()
    answer = {
        "functions": [answer_one(importer, name, answer_call, teller)
                      for name in question["functions"]],
        "classes": [answer_one(importer, name, answer_class, teller)
                    for name in question["classes"]],
        "python": "Python %d.%d" % sys.version_info[:2],
        "path": finder.users,
    }
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    with open(output, "wb") as file:
        file.write(text.encode("utf-8", "replace"))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
