# SPDX-License-Identifier: Apache-2.0
"""signatures: what Python modules define, read from their sources.

    python -I -S -B signatures.py HOME FOLDER... <QUESTION >ANSWER

HOME is a virtual environment or empty; modules are looked for in each FOLDER,
then where the interpreter looks.  The question is a JSON document
{"functions": ["m:f", ...], "classes": ["m:C", ...], "modules": ["m", ...]},
the answer has an object for each, and the folders that were searched.

Nothing of the user's is executed: sources are parsed.  Only modules that are
built into the interpreter or are extensions of its standard library are
imported, to ask their functions what they take.
"""

import _imp
import ast
import builtins
import gc
import importlib
import importlib.machinery
import json
import math
import os
import re
import stat
import sys
import types

MAX_SOURCE = 4 << 20            # bytes of one source
MAX_MODULES = 5000              # read in one run
MAX_NEAR = 400                  # names that one may have meant
MAX_TOLD = 100                  # faults that come with such names
MAX_TEXT = 60                   # characters of an annotation or default
MAX_PTH = 64 << 10              # bytes of a .pth file

SUFFIXES = [(suffix, "extension")
            for suffix in importlib.machinery.EXTENSION_SUFFIXES]
SUFFIXES += [(".py", "source"), (".pyc", "bytecode")]
STDLIB = [folder for folder in sys.path if folder]      # -S: nothing else
SERIES = "python%d.%d" % sys.version_info[:2]

# What a decorator of this name does not change: how the function is called.
TRANSPARENT = {
    "functools.cache", "functools.lru_cache", "typing.final",
    "typing.no_type_check", "typing.override", "typing_extensions.override",
    "typing_extensions.final", "abc.abstractmethod", "warnings.deprecated",
    "typing_extensions.deprecated",
}
OVERLOAD = {"typing.overload", "typing_extensions.overload"}

# Annotations that say what is taken, by the names that messages use.
PLAIN = {f"builtins.{name}": name for name in (
    "str", "int", "float", "bool", "bytes", "complex", "dict", "tuple", "set",
    "frozenset", "bytearray")}
PLAIN |= {
    "decimal.Decimal": "Decimal", "uuid.UUID": "UUID",
    "datetime.date": "date", "datetime.datetime": "datetime",
    "datetime.time": "time", "datetime.timedelta": "timedelta",
    "typing.Text": "str", "typing.Dict": "dict", "typing.Tuple": "tuple",
    "typing.Set": "set",
}
LISTS = {"builtins.list", "typing.List", "collections.abc.MutableSequence",
         "typing.MutableSequence"}
# What a str is, too.
SEQUENCES = {f"{module}.{name}" for module in ("typing", "collections.abc")
             for name in ("Sequence", "Iterable", "Collection", "Container",
                          "Sized", "Reversible", "Hashable")}


class Fault(Exception):
    """What keeps a name from being found; carries the answer, and, as a
    function, the names that one may have meant."""

    def __init__(self, state, near=None, **more):
        super().__init__(state)
        self.answer = {"state": state, **more}
        self.near = near


class Unknown(Fault):
    """It may be there, and only running the module would tell."""

    def __init__(self, why, **more):
        super().__init__("unknown", why=why, **more)


class Missing(Fault):
    """It is not there."""

    def __init__(self, name, near, **more):
        super().__init__("no-name", name=name, near=near, **more)


class NoModule(Fault):
    """A module is nowhere."""

    def __init__(self, name, within, near):
        super().__init__("no-module", name=name, within=within, near=near)


class Teller:
    """Gives the answer of a fault.  Only the first ones come with the names
    that were meant, and each once: who has more to mend runs again."""

    def __init__(self):
        self.left = MAX_TOLD

    def tell(self, fault):
        near, fault.near = fault.near, None
        if near is None or self.left == 0:
            return fault.answer
        self.left -= 1
        return {**fault.answer, "near": near()[:MAX_NEAR]}


# ---- where modules are -----------------------------------------------------

def read_pth(folder):
    """The folders that the .pth files of a folder add."""
    found = []
    for name in sorted(listing(folder)):
        if not name.endswith(".pth") or name.startswith("."):
            continue
        try:
            with open(os.path.join(folder, name), "rb") as file:
                lines = file.read(MAX_PTH).decode("utf-8", "replace")
        except OSError:
            continue
        for line in lines.splitlines():
            path = os.path.join(folder, line.strip())
            if line.strip() and not line.startswith(("#", "import")) and \
                    os.path.isdir(path):
                found.append(path)
    return found


def listing(folder):
    try:
        return os.listdir(folder or ".")
    except (OSError, ValueError):
        return []


def site_folders(home):
    """Where packages are installed: the interpreter's, or those of a virtual
    environment."""
    import site                 # under -S it does nothing by itself
    system = site.getsitepackages([sys.base_prefix])
    if not home:
        return system
    own = [os.path.join(home, "lib", SERIES, "site-packages")]
    try:
        with open(os.path.join(home, "pyvenv.cfg"), encoding="utf-8") as file:
            shared = re.search(r"(?im)^include-system-site-packages\s*=\s*"
                               r"true\s*$", file.read(MAX_PTH))
    except (OSError, ValueError):
        shared = None
    return own + system if shared else own


def is_file(path):
    """A named pipe would keep us waiting."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def read_mapping(path):
    """{module: folder} of a finder that an editable install has written."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(MAX_SOURCE))
        for node in tree.body:
            target = getattr(node, "target", None) or \
                getattr(node, "targets", [None])[0]
            if isinstance(target, ast.Name) and target.id == "MAPPING":
                return dict(ast.literal_eval(node.value))
    except (OSError, ValueError, SyntaxError, TypeError, RecursionError,
            MemoryError):
        pass
    return {}


class Finder:
    """Finds modules as the interpreter would, and keeps those it has read."""

    def __init__(self, home, folders):
        self.path = []
        for folder in folders:
            self.path += [folder, *read_pth(folder)]
        self.users = list(self.path)
        self.path += STDLIB
        self.editable = {}
        for folder in site_folders(home):
            if os.path.isdir(folder):
                self.path += [folder, *read_pth(folder)]
                self.read_editable(folder)
        self.modules = {}

    def read_editable(self, folder):
        for name in listing(folder):
            if name.startswith("__editable__") and name.endswith("finder.py"):
                self.editable |= read_mapping(os.path.join(folder, name))

    def load(self, name):
        """The Module of a dotted name; NoModule if there is none."""
        if name not in self.modules:
            if len(self.modules) >= MAX_MODULES:
                raise Unknown(f"it needs more than {MAX_MODULES} modules")
            try:
                self.modules[name] = self.find(name)
            except Fault as fault:
                self.modules[name] = fault
        found = self.modules[name]
        if isinstance(found, Fault):
            raise found
        return found

    def find(self, name):
        outer, _, last = name.rpartition(".")
        if not outer:
            found = self.find_top(name)
        else:
            package = self.load(outer)
            found = package.find_child(last)
            if found is None and package.kind == "source" and \
                    last in package.scope().names:
                raise Unknown(f"`{outer}` makes the module `{name}` itself")
        if found is None:
            raise NoModule(name, outer, lambda: self.near(outer))
        return found

    def find_top(self, name):
        if name == "apache":
            raise Unknown("mod_routes makes the module `apache` itself")
        if name in sys.builtin_module_names:
            return Module(self, name, "native")
        if _imp.is_frozen(name):
            return self.search(name, name, STDLIB)
        found = self.search(name, name, self.path)
        if found is None and isinstance(self.editable.get(name), str):
            return self.at(name, self.editable[name])
        return found

    def at(self, name, path):
        """A module whose place is known."""
        folder, last = os.path.split(path.removesuffix(".py"))
        return self.search(name, last, [folder])

    def search(self, name, last, folders):
        """Looks for a module in some folders, in their order."""
        portions = []
        for folder in folders:
            path = os.path.join(folder, last)
            native = folder in STDLIB
            for base, package in ((os.path.join(path, "__init__"), path),
                                  (path, None)):
                found = self.with_suffix(name, base, package, native)
                if found is not None:
                    return found
            if os.path.isdir(path):
                portions.append(path)
        if portions:
            return Module(self, name, "namespace", folders=portions)
        if any(is_file(folder) and folder not in STDLIB
               for folder in folders):
            raise Unknown(f"`{name}` may be in an archive, which is not read")
        return None

    def with_suffix(self, name, base, package, native):
        for suffix, kind in SUFFIXES:
            if is_file(base + suffix):
                if kind == "extension" and native:
                    kind = "native"
                return Module(self, name, kind, base + suffix,
                              [package] if package is not None else None)
        return None

    def near(self, outer):
        """Modules that stand where one was looked for, the user's first."""
        if outer:
            folders = self.load(outer).folders or []
        else:
            folders = self.users
        names = []
        for folder in folders:
            for name in sorted(listing(folder)):
                stem, dot, suffix = name.partition(".")
                if stem.isidentifier() and suffix in ("", "py") and \
                        (dot or is_package(os.path.join(folder, name))):
                    names.append(stem)
        if not outer:
            names += sorted(n for n in sys.stdlib_module_names
                            if not n.startswith("_"))
        return [name for name in dict.fromkeys(names) if name != "__init__"]


def is_package(path):
    return is_file(os.path.join(path, "__init__.py"))


class Module:
    """A module, its source parsed when somebody asks."""

    def __init__(self, finder, name, kind, file=None, folders=None):
        self.finder = finder
        self.name = name
        self.kind = kind
        self.file = file
        self.folders = folders          # of a package
        self.may_yield = True           # the word stands in it
        self._scope = None
        self._native = None

    def find_child(self, last):
        if self.folders is None:
            return None
        if self.kind != "namespace":
            self.scope()                # what is broken has no children
        return self.finder.search(f"{self.name}.{last}", last, self.folders)

    def native(self):
        """Imports it: it is the interpreter's own, and no Python source."""
        if self._native is None:
            try:
                self._native = importlib.import_module(self.name)
            except Exception:           # noqa: BLE001 - whatever it says
                raise Unknown(f"`{self.name}` can't be imported here") \
                    from None
        return self._native

    def scope(self):
        """Its names; Fault when there is no reading it."""
        if self._scope is None:
            self._scope = self.read()
        if isinstance(self._scope, Fault):
            raise self._scope
        return self._scope

    def read(self):
        if self.kind == "namespace":
            return Scope([])
        if self.kind != "source":
            what = "an extension" if self.kind == "extension" else "byte code"
            return Unknown(f"`{self.name}` is {what}, not Python source")
        try:
            return Scope(self.parse().body)
        except RecursionError:
            return Unknown(f"`{self.name}` is nested too deeply to be read")
        except Fault as fault:
            return fault

    def parse(self):
        try:
            with open(self.file, "rb") as file:
                source = file.read(MAX_SOURCE + 1)
        except OSError as error:
            raise self.broken(error.strerror) from None
        if len(source) > MAX_SOURCE:
            raise Unknown(f"`{self.name}` is larger than "
                          f"{MAX_SOURCE >> 20} MB, and is not read")
        self.may_yield = b"yield" in source
        try:
            return ast.parse(source)
        except SyntaxError as error:
            raise self.broken(error.msg, error.lineno, error.offset) from None
        except (ValueError, UnicodeError) as error:
            raise self.broken(str(error)) from None
        except MemoryError:
            raise Unknown(f"`{self.name}` is nested too deeply to be read") \
                from None

    def broken(self, why, line=None, column=None):
        return Fault("broken", name=self.name, file=self.file, why=str(why),
                     line=line or 0, column=max((column or 1) - 1, 0),
                     length=1)


# ---- what a body binds -----------------------------------------------------

class Imported:
    """`import m`, or `from m import name`."""

    def __init__(self, module, level=0, name=None):
        self.module = module
        self.level = level
        self.name = name


class Scope:
    """The names that the statements of a module or class bind."""

    def __init__(self, body):
        self.body = body
        self.names = {}         # name: what it may be, the last first decided
        self.typing = {}        # bound for type checkers only
        self.stars = []         # Imported
        self.scan(body, self.names, False)

    def scan(self, body, names, maybe):
        for statement in body:
            scan = getattr(self, "scan_" + type(statement).__name__, None)
            if scan is not None:
                scan(statement, names, maybe)

    @staticmethod
    def bind(names, name, value, maybe):
        if maybe:
            names.setdefault(name, []).append(value)
        else:
            names[name] = [value]

    def bind_target(self, target, value, names, maybe):
        if isinstance(target, ast.Name):
            self.bind(names, target.id, value, maybe)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.bind_target(part, None, names, maybe)
        elif isinstance(target, ast.Starred):
            self.bind_target(target.value, None, names, maybe)

    def scan_FunctionDef(self, node, names, maybe):
        stub = any(ends_with(decorator, "overload")
                   for decorator in node.decorator_list)
        if not stub or node.name not in names:
            self.bind(names, node.name, node, maybe)

    scan_AsyncFunctionDef = scan_FunctionDef

    def scan_ClassDef(self, node, names, maybe):
        self.bind(names, node.name, node, maybe)

    def scan_Import(self, node, names, maybe):
        for alias in node.names:
            if alias.asname:
                value, name = Imported(alias.name), alias.asname
            else:
                name = alias.name.partition(".")[0]
                value = Imported(name)
            self.bind(names, name, value, maybe)

    def scan_ImportFrom(self, node, names, maybe):
        for alias in node.names:
            value = Imported(node.module or "", node.level, alias.name)
            if alias.name == "*":
                if names is self.names:
                    self.stars.append(value)
            else:
                self.bind(names, alias.asname or alias.name, value, maybe)

    def scan_Assign(self, node, names, maybe):
        for target in node.targets:
            self.bind_target(target, node.value, names, maybe)

    def scan_AnnAssign(self, node, names, maybe):
        if node.value is not None:
            self.bind_target(node.target, node.value, names, maybe)

    def scan_AugAssign(self, node, names, maybe):
        self.bind_target(node.target, None, names, maybe)

    def scan_TypeAlias(self, node, names, maybe):
        self.bind_target(node.name, node.value, names, maybe)

    def scan_Delete(self, node, names, maybe):
        for target in node.targets:
            if isinstance(target, ast.Name) and not maybe:
                names.pop(target.id, None)

    def scan_If(self, node, names, maybe):
        known = static_truth(node.test)
        if known is None:
            self.scan(node.body, names, True)
            self.scan(node.orelse, names, True)
            return
        if known == "typing":
            self.scan(node.body, self.typing, False)
        self.scan(node.body if known is True else node.orelse, names, maybe)

    def scan_Try(self, node, names, maybe):
        unsure = maybe or bool(node.handlers)
        self.scan(node.body, names, unsure)
        for handler in node.handlers:
            self.scan(handler.body, names, True)
        self.scan(node.orelse, names, unsure)
        self.scan(node.finalbody, names, maybe)

    scan_TryStar = scan_Try

    def scan_With(self, node, names, maybe):
        for item in node.items:
            if item.optional_vars is not None:
                self.bind_target(item.optional_vars, None, names, maybe)
        self.scan(node.body, names, maybe)

    def scan_For(self, node, names, maybe):
        self.bind_target(node.target, None, names, True)
        self.scan(node.body, names, True)
        self.scan(node.orelse, names, True)

    def scan_While(self, node, names, maybe):
        self.scan(node.body, names, True)
        self.scan(node.orelse, names, True)

    def scan_Match(self, node, names, maybe):
        for case in node.cases:
            self.scan(case.body, names, True)

    def may_bind(self, name):
        """Whether something in it could bind the name at run time."""
        makers = {"globals", "vars", "locals", "exec", "setattr"}
        for node in ast.walk(ast.Module(self.body, [])):
            if isinstance(node, ast.Name) and node.id in makers or \
                    isinstance(node, ast.Attribute) and \
                    node.attr in ("modules", "__dict__") or \
                    isinstance(node, ast.Global) and name in node.names or \
                    isinstance(node, ast.NamedExpr) and \
                    node.target.id == name:
                return True
        return False

    def all(self):
        """`__all__` if it is written out, else None."""
        bound = self.names.get("__all__", [])
        try:
            return [str(name) for name in ast.literal_eval(bound[0])] \
                if len(bound) == 1 and bound[0] is not None else None
        except (ValueError, TypeError):
            return None


def ends_with(node, name):
    """Whether an expression is `name` or `….name`."""
    return isinstance(node, ast.Name) and node.id == name or \
        isinstance(node, ast.Attribute) and node.attr == name


def static_truth(test):
    """True, False, "typing" (false when it runs), None: who knows."""
    if ends_with(test, "TYPE_CHECKING"):
        return "typing"
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        truth = static_truth(test.operand)
        return None if truth is None else truth is not True
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return static_comparison(test.left, test.ops[0], test.comparators[0])
    return None


def static_comparison(left, op, right):
    if isinstance(left, ast.Name) and left.id == "__name__" and \
            isinstance(op, ast.Eq) and isinstance(right, ast.Constant):
        return False if right.value == "__main__" else None
    if ends_with(left, "version_info") and isinstance(right, ast.Tuple):
        try:
            wanted = tuple(int(ast.literal_eval(e)) for e in right.elts)
        except (ValueError, TypeError):
            return None
        if isinstance(op, ast.GtE):
            return sys.version_info[:] >= wanted
        if isinstance(op, ast.Lt):
            return sys.version_info[:] < wanted
    return None


# ---- values ----------------------------------------------------------------

class Function:
    def __init__(self, module, node, kind="plain"):
        self.module = module
        self.node = node
        self.kind = kind        # plain, static, class, in a class body
        self.bound = False      # its first parameter is given already
        self.owner = None       # the class that it was found in

    def bind(self):
        made = Function(self.module, self.node, self.kind)
        made.bound = self.kind != "static"
        made.owner = self.owner
        return made


class Class:
    def __init__(self, module, node):
        self.module = module
        self.node = node
        self._scope = None

    def scope(self):
        if self._scope is None:
            self._scope = Scope(self.node.body)
        return self._scope

    def is_plain(self):
        return not self.node.keywords and not self.node.decorator_list


class Instance:
    def __init__(self, owner):
        self.owner = owner


class Native:
    """An object of the interpreter's own."""

    def __init__(self, value):
        self.value = value


class Other:
    """What can't be called, in words."""

    def __init__(self, what):
        self.what = what


LITERALS = {
    ast.List: "a list", ast.ListComp: "a list", ast.Dict: "a dict",
    ast.DictComp: "a dict", ast.Set: "a set", ast.SetComp: "a set",
    ast.Tuple: "a tuple", ast.JoinedStr: "a str",
}


class Reader:
    """Finds what a name of a module is."""

    def __init__(self, finder):
        self.finder = finder
        self.busy = set()       # (module, name) under way, against circles

    # -- names of modules

    def lookup(self, module, name):
        if module.kind == "native":
            return self.native_member(module.native(), name)
        if (module.name, name) in self.busy:
            raise Unknown(f"`{name}` is imported in a circle")
        self.busy.add((module.name, name))
        try:
            bound = module.scope().names.get(name)
            if bound:
                return self.choose(module, name, bound)
            return self.lookup_elsewhere(module, name)
        finally:
            self.busy.discard((module.name, name))

    def choose(self, module, name, bound):
        """One of the values that a name may have; those that are imported
        from nowhere don't count."""
        values = []
        for value in bound:
            try:
                values.append(self.value_of(module, value))
            except NoModule as fault:
                lost = fault
        if not values:
            raise Unknown(f"`{name}` comes from `{lost.answer['name']}`, "
                          "which is not found")
        if len(values) > 1:
            said = [self.describe(value) for value in values]
            if any(other != said[0] for other in said[1:]):
                raise Unknown(f"`{name}` is defined more than once, under "
                              "conditions", **place_of(module, bound[-1]))
        return values[-1]

    def describe(self, value):
        """What two definitions have in common if they are called alike."""
        if isinstance(value, Function):
            answer = self.answer_function(value)
            return {key: answer[key]
                    for key in ("parameters", "async", "generator")}
        return id(value)

    def lookup_elsewhere(self, module, name):
        scope = module.scope()
        for star in reversed(scope.stars):
            found = self.lookup_star(module, star, name)
            if found is not None:
                return found
        if "__getattr__" in scope.names:
            raise Unknown(f"`{module.name}` makes names by `__getattr__`")
        if name in ("__name__", "__doc__", "__file__", "__package__"):
            return Other("a str")
        if scope.may_bind(name):
            raise Unknown(f"`{module.name}` may make `{name}` when it runs")
        raise self.missing(module, name)

    def lookup_star(self, module, star, name):
        source = self.imported_module(module, star)
        if source.kind == "native":
            listed = getattr(source.native(), "__all__", None)
        else:
            listed = source.scope().all()
        if name not in listed if listed is not None else name[0] == "_":
            return None
        try:
            return self.lookup(source, name)
        except Missing:
            return None

    def missing(self, module, name):
        more = {"file": module.file} if module.file else {}
        if module.folders:
            child = f"{module.name}.{name}"
            try:
                self.finder.load(child)
                more["module"] = child
            except Fault:
                pass
        return Missing(name, lambda: sorted(n for n in module.scope().names
                                            if not n.startswith("__")),
                       within=module.name, **more)

    def imported_module(self, module, imported):
        """The module that an import statement names."""
        name = absolute(module, imported)
        try:
            return self.finder.load(name)
        except NoModule as fault:
            raise Unknown(f"`{module.name}` imports `{name}`, which is not "
                          "found") from fault

    # -- what is bound to a name

    def value_of(self, module, bound):
        if isinstance(bound, Imported):
            return self.imported(module, bound)
        if isinstance(bound, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.decorated(module, bound, False)
        if isinstance(bound, ast.ClassDef):
            return Class(module, bound)
        if bound is None:
            raise Unknown("its value is known at run time only")
        return self.evaluate(module, bound)

    def imported(self, module, imported):
        if imported.name is None:
            return self.finder.load(imported.module)
        name = absolute(module, imported)
        source = self.finder.load(name)
        try:
            return self.lookup(source, imported.name)
        except Missing as fault:
            if "module" in fault.answer:
                return self.finder.load(fault.answer["module"])
            raise

    def decorated(self, module, node, in_class):
        kind = "plain"
        for decorator in node.decorator_list:
            name = self.qualified(module, decorator)
            if in_class and name in ("builtins.staticmethod",
                                     "builtins.classmethod"):
                kind = name[9:-6]
            elif name not in TRANSPARENT | OVERLOAD:
                raise Unknown(
                    f"`{node.name}` is decorated by `{short(decorator)}`",
                    **place_of(module, node))
        return Function(module, node, kind)

    def evaluate(self, module, node):
        """The value of an expression of a module's body."""
        if isinstance(node, ast.Name):
            if node.id in module.scope().names or module.scope().stars:
                return self.lookup(module, node.id)
            if hasattr(builtins, node.id):
                return Native(getattr(builtins, node.id))
            return self.lookup(module, node.id)
        if isinstance(node, ast.Attribute):
            return self.member(self.evaluate(module, node.value), node.attr)
        if isinstance(node, ast.Lambda):
            return Function(module, node)
        if isinstance(node, ast.Constant):
            name = type(node.value).__name__
            return Other("None" if node.value is None
                         else f"{'an' if name == 'int' else 'a'} {name}")
        if type(node) in LITERALS:
            return Other(LITERALS[type(node)])
        if isinstance(node, ast.Call):
            made = self.class_of(module, node.func)
            if made is not None:
                return Instance(made)
        raise Unknown(f"it is made at run time, by `{short(node)}`",
                      **place_of(module, node))

    def class_of(self, module, node):
        """The class that a call makes an object of, or None."""
        try:
            made = self.evaluate(module, node)
        except Fault:
            return None
        return made if isinstance(made, Class) and made.is_plain() else None

    # -- names of other values

    def member(self, value, name):
        if isinstance(value, Module):
            return self.module_member(value, name)
        if isinstance(value, Class):
            return self.class_member(value, name)
        if isinstance(value, Instance):
            found = self.class_member(value.owner, name)
            return found.bind() if isinstance(found, Function) else found
        if isinstance(value, Native):
            return self.native_member(value.value, name)
        raise Unknown(f"`{name}` is an attribute that is made at run time")

    def module_member(self, module, name):
        """A submodule counts: something has imported it where this is
        written."""
        try:
            return self.lookup(module, name)
        except Missing as fault:
            if "module" not in fault.answer:
                raise
            return self.finder.load(fault.answer["module"])

    @staticmethod
    def native_member(value, name):
        try:
            return Native(getattr(value, name))
        except Exception:               # noqa: BLE001 - whatever it says
            within = getattr(value, "__name__", "the object")
            raise Missing(name, lambda: [n for n in dir(value)
                                         if not n.startswith("_")],
                          within=within) from None

    def class_member(self, owner, name):
        bound = owner.scope().names.get(name)
        if bound:
            return self.own_member(owner, name, bound)
        for base in owner.node.bases:
            found = self.inherited(self.evaluate(owner.module, base), name)
            if found is not None:
                return found
        if not owner.is_plain():
            raise Unknown(f"the class `{owner.node.name}` is made at run time",
                          **place_of(owner.module, owner.node))
        raise Missing(name, lambda: sorted(n for n in owner.scope().names
                                           if n[0] != "_"),
                      within=owner.node.name, file=owner.module.file)

    def inherited(self, base, name):
        if isinstance(base, Class):
            try:
                return self.class_member(base, name)
            except Missing:
                return None
        if isinstance(base, Native) and isinstance(base.value, type):
            if base.value is not object and hasattr(base.value, name):
                return Native(getattr(base.value, name))
            return None
        raise Unknown("a class that it inherits from is made at run time")

    def own_member(self, owner, name, bound):
        value = bound[-1]
        if len(bound) > 1:
            raise Unknown(f"`{name}` is defined more than once, under "
                          "conditions", **place_of(owner.module, value))
        if isinstance(value, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = self.decorated(owner.module, value, True)
            found.owner = owner
            return found.bind() if found.kind == "class" else found
        return self.value_of(owner.module, value)

    # -- names of types and decorators

    def qualified(self, module, node):
        """The dotted name of what an expression means, or None."""
        if isinstance(node, ast.Call):
            return self.qualified(module, node.func)
        if isinstance(node, ast.Attribute):
            base = self.qualified(module, node.value)
            return f"{base}.{node.attr}" if base else None
        if not isinstance(node, ast.Name):
            return None
        bound = self.bound(module, node.id)
        if not bound:
            return f"builtins.{node.id}" if hasattr(builtins, node.id) \
                else None
        if not isinstance(bound[-1], Imported):
            return None
        name = absolute(module, bound[-1])
        return name if bound[-1].name is None else f"{name}.{bound[-1].name}"

    @staticmethod
    def bound(module, name):
        scope = module.scope()
        return scope.names.get(name) or scope.typing.get(name)

    def types_of(self, module, node, depth=0):
        """What an annotation takes: a list of names and {"list": …}, or None
        for anything or what isn't understood."""
        if node is None or depth > 20:
            return None
        if isinstance(node, ast.Constant):
            return self.types_of_constant(module, node.value, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.union(module, [node.left, node.right], depth)
        if isinstance(node, ast.Subscript):
            return self.types_of_subscript(module, node, depth)
        name = self.qualified(module, node)
        if name in PLAIN:
            return [PLAIN[name]]
        if name in LISTS:
            return [{"list": None}]
        if isinstance(node, ast.Name):
            return self.types_of_alias(module, node, depth)
        return None

    def types_of_constant(self, module, value, depth):
        if value is None:
            return ["None"]
        if not isinstance(value, str):
            return None
        try:
            return self.types_of(module, ast.parse(value, mode="eval").body,
                                 depth + 1)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None

    def types_of_alias(self, module, node, depth):
        bound = self.bound(module, node.id) or []
        if len(bound) != 1 or not isinstance(bound[0], ast.expr):
            return None
        value = bound[0]
        if isinstance(value, ast.Call):
            if self.qualified(module, value) != "typing.NewType" or \
                    len(value.args) != 2:
                return None
            value = value.args[1]
        if isinstance(value, ast.Constant):
            return None
        return self.types_of(module, value, depth + 1)

    def types_of_subscript(self, module, node, depth):
        name = self.qualified(module, node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) \
            else [node.slice]
        if name == "typing.Optional":
            return self.union(module, [*inner, ast.Constant(None)], depth)
        if name == "typing.Union":
            return self.union(module, inner, depth)
        if name in ("typing.Annotated", "typing_extensions.Annotated"):
            return self.types_of(module, inner[0], depth + 1)
        if name == "typing.Literal":
            return literal_types(inner)
        if name in LISTS:
            return [{"list": self.types_of(module, inner[0], depth + 1)}]
        if name in SEQUENCES:
            return ["str", "bytes",
                    {"list": self.types_of(module, inner[0], depth + 1)}]
        return [PLAIN[name]] if name in PLAIN else None

    def union(self, module, nodes, depth):
        found = []
        for node in nodes:
            types = self.types_of(module, node, depth + 1)
            if types is None:
                return None
            found += types
        return found

    # -- how something is called

    def call_of(self, value):
        """The answer for a value that a route calls."""
        if isinstance(value, Function):
            return self.answer_function(value)
        if isinstance(value, Class):
            return self.call_of_class(value)
        if isinstance(value, Instance):
            try:
                found = self.class_member(value.owner, "__call__")
            except Missing:
                raise Fault("no-call", what="an object of the class "
                            f"`{value.owner.node.name}`") from None
            return self.call_of(found.bind() if isinstance(found, Function)
                                else found)
        if isinstance(value, Module):
            raise Fault("no-call", what="a module")
        if isinstance(value, Native):
            return self.call_of_native(value.value)
        raise Fault("no-call", what=value.what)

    # -- dataclasses

    def dataclass_options(self, owner):
        """{option: value} of @dataclass, or None: it is something else."""
        decorators = owner.node.decorator_list
        if len(decorators) != 1 or owner.node.keywords or \
                self.qualified(owner.module, decorators[0]) != \
                "dataclasses.dataclass":
            return None
        keywords = getattr(decorators[0], "keywords", [])
        if not all(word.arg and isinstance(word.value, ast.Constant)
                   for word in keywords):
            return None
        return {word.arg: word.value.value for word in keywords}

    def dataclass_fields(self, owner, depth=0):
        """{name: parameter or None}, those of its bases first; None: who
        knows."""
        options = self.dataclass_options(owner)
        if options is None or depth > 100:
            return None
        fields = {}
        for base in reversed(owner.node.bases):
            value = self.evaluate(owner.module, base)
            more = {} if isinstance(value, Native) and value.value is object \
                else isinstance(value, Class) and \
                self.dataclass_fields(value, depth + 1)
            if not isinstance(more, dict):
                return None
            fields |= more
        named_only = options.get("kw_only") is True
        for node in owner.node.body:
            if isinstance(node, (ast.If, ast.Try, ast.With, ast.For)):
                return None
            if not isinstance(node, ast.AnnAssign) or \
                    not isinstance(node.target, ast.Name):
                continue
            kind = self.qualified(owner.module, getattr(
                node.annotation, "value", node.annotation)
                if isinstance(node.annotation, ast.Subscript)
                else node.annotation)
            if isinstance(node.annotation, ast.Constant) and \
                    re.search("ClassVar|InitVar|KW_ONLY",
                              str(node.annotation.value)):
                return None
            if kind == "dataclasses.KW_ONLY":
                named_only = True
            elif kind != "typing.ClassVar":
                fields[node.target.id] = self.dataclass_field(
                    owner.module, node, kind, named_only)
        return fields

    def dataclass_field(self, module, node, kind, named_only):
        """The parameter that a field is, or None: it is not one."""
        default = node.value
        annotation = node.annotation
        if kind == "dataclasses.InitVar":
            annotation = getattr(annotation, "slice", None)
        if isinstance(default, ast.Call) and \
                self.qualified(module, default) == "dataclasses.field":
            words = {word.arg: word.value for word in default.keywords}
            init, named = words.get("init"), words.get("kw_only")
            if isinstance(init, ast.Constant) and init.value is False:
                return None
            if isinstance(named, ast.Constant):
                named_only = named.value is True
            default = words.get("default", words.get("default_factory"))
            if "default" not in words and default is not None:
                default = ast.Call(default, [], [])
        arg = ast.arg(node.target.id, annotation)
        return self.parameter(module, arg, 3 if named_only else 1, default)

    def call_of_dataclass(self, owner):
        """What the __init__ that @dataclass writes takes, or None."""
        fields = self.dataclass_fields(owner)
        if fields is None or self.dataclass_options(owner).get("init") is \
                False or {"__init__", "__new__"} & set(owner.scope().names):
            return None
        taken = [field for field in fields.values() if field is not None]
        taken.sort(key=lambda field: field["kind"])
        return {"state": "function", "parameters": taken, "async": False,
                "generator": False, **place_of(owner.module, owner.node)}

    def call_of_class(self, owner):
        place = place_of(owner.module, owner.node)
        made = self.call_of_dataclass(owner)
        if made is not None:
            return made
        if not owner.is_plain():
            raise Unknown(f"how `{owner.node.name}` is made is known at run "
                          "time only", **place)
        for name in ("__new__", "__init__"):
            try:
                found = self.class_member(owner, name)
            except Missing:
                continue
            if name == "__new__" or not isinstance(found, Function):
                raise Unknown(f"how `{owner.node.name}` is made is known at "
                              "run time only", **place)
            answer = self.answer_function(found.bind())
            answer.pop("result", None)      # of __init__, not of the class
            return answer
        return {"state": "function", "parameters": [], "async": False,
                "generator": False, **place}

    def call_of_native(self, value):
        if not callable(value):
            name = type(value).__name__
            raise Fault("no-call", what="a module" if name == "module"
                        else f"a {name}")
        text = getattr(value, "__text_signature__", None)
        if isinstance(value, type) or not text:
            raise Unknown("it is built in, and does not say what it takes")
        text = re.sub(r"<[^<>]*>", "None", text.replace("$", ""))
        try:
            node = ast.parse(f"def f{text}: pass").body[0]
        except SyntaxError:
            raise Unknown("it is built in, and does not say what it takes") \
                from None
        bound = isinstance(value, types.BuiltinFunctionType)
        given = getattr(value, "__text_signature__", "").startswith("($")
        return {"state": "function", "async": False, "generator": False,
                "parameters": self.parameters(None, node.args,
                                              bound and given)}

    def answer_function(self, function):
        node = function.node
        answer = {
            "state": "function",
            "parameters": self.parameters(function.module, node.args,
                                          function.bound),
            "async": isinstance(node, ast.AsyncFunctionDef),
            "generator": function.module.may_yield and is_generator(node),
            **place_of(function.module, node)}
        result = self.types_of(function.module,
                               getattr(node, "returns", None))
        if result is not None:
            answer["result"] = {"types": result,
                                "annotation": short(node.returns)}
        if function.owner is not None and function.kind == "plain" and \
                not function.bound:
            answer["class"] = function.owner.node.name
        return answer

    def parameters(self, module, args, skip):
        """As inspect.Parameter numbers the kinds."""
        plain = [(arg, 0) for arg in args.posonlyargs]
        plain += [(arg, 1) for arg in args.args]
        spare = len(plain) - len(args.defaults)
        made = []
        for i, (arg, kind) in enumerate(plain):
            default = args.defaults[i - spare] if i >= spare else None
            made.append(self.parameter(module, arg, kind, default))
        if skip:
            made = made[1:]
        if args.vararg:
            made.append(self.parameter(module, args.vararg, 2, None))
        for arg, default in zip(args.kwonlyargs, args.kw_defaults):
            made.append(self.parameter(module, arg, 3, default))
        if args.kwarg:
            made.append(self.parameter(module, args.kwarg, 4, None))
        return made

    def parameter(self, module, arg, kind, default):
        made = {"name": arg.arg, "kind": kind, "required": default is None}
        if module is not None and kind not in (2, 4):
            types_taken = self.types_of(module, arg.annotation)
            if types_taken is not None:
                made["types"] = types_taken
                made["annotation"] = short(arg.annotation)
        made.update(literal_default(default))
        return made

    # -- exceptions

    def is_exception(self, value, depth=0):
        """True, False, or None: who knows."""
        if isinstance(value, Native):
            return isinstance(value.value, type) and \
                issubclass(value.value, BaseException)
        if not isinstance(value, Class) or depth > 100:
            return None if depth > 100 else False
        answers = []
        for base in value.node.bases:
            try:
                answers.append(self.is_exception(
                    self.evaluate(value.module, base), depth + 1))
            except Fault:
                answers.append(None)
        if True in answers:
            return True
        return None if None in answers or value.node.keywords else False


# ---- small things ----------------------------------------------------------

def absolute(module, imported):
    """The name of the module that an import statement looks for."""
    if imported.level == 0:
        return imported.module
    parts = module.name.split(".")
    package = module.folders is not None
    parts = parts[:len(parts) - imported.level + (1 if package else 0)]
    if not parts:
        raise Unknown(f"`{module.name}` imports from above its package")
    return ".".join(parts + ([imported.module] if imported.module else []))


def place_of(module, node):
    if module.file is None or not hasattr(node, "lineno"):
        return {}
    length = 1
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef,
                         ast.ClassDef)):
        word = {ast.FunctionDef: "def ", ast.ClassDef: "class "}
        length = len(word.get(type(node), "async def ") + node.name)
    elif node.end_lineno == node.lineno:
        length = node.end_col_offset - node.col_offset
    return {"file": module.file, "line": node.lineno,
            "column": node.col_offset, "length": length}


def plain_text(node):
    """As ast.unparse says it, which is slow, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, ast.Subscript):
        outer, inner = plain_text(node.value), plain_text(node.slice)
        return f"{outer}[{inner}]" if outer and inner else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = plain_text(node.left), plain_text(node.right)
        return f"{left} | {right}" if left and right else None
    return None


def short(node):
    try:
        quoted = isinstance(node, ast.Constant) and isinstance(node.value, str)
        text = node.value if quoted else plain_text(node) or ast.unparse(node)
    except (RecursionError, ValueError):
        text = "…"
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def literal_types(nodes):
    """Of Literal["a", 1]."""
    if not all(isinstance(node, ast.Constant) for node in nodes):
        return None
    return ["None" if node.value is None else type(node.value).__name__
            for node in nodes]


def literal_default(node):
    """What a default says, if it is written out and can be compared."""
    try:
        value = ast.literal_eval(node) if node is not None else ...
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {}
    if value is None:
        return {"none": True}
    if isinstance(value, str) and len(value) <= 1000 and "\0" not in value:
        return {"default": value}
    if isinstance(value, int) and abs(value) < 1 << 62 or \
            isinstance(value, float) and math.isfinite(value):
        return {"default": value}
    return {}


def is_generator(function):
    """Whether a function yields, what stands inside it aside."""
    if isinstance(function, ast.Lambda):
        left = [function.body]
    else:
        left = list(function.body)
    while left:
        node = left.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef,
                                 ast.Lambda, ast.ClassDef)):
            left.extend(ast.iter_child_nodes(node))
    return False


# ---- answers ---------------------------------------------------------------

def find(reader, reference):
    module_name, _, qualname = reference.partition(":")
    value = reader.finder.load(module_name)
    if value.kind not in ("native", "namespace"):
        value.scope()                   # a broken one is said first
    if module_name == "builtins":
        value = Native(builtins)
    for i, name in enumerate(qualname.split(".")):
        value = reader.lookup(value, name) if i == 0 and \
            isinstance(value, Module) else reader.member(value, name)
    return value


def answer_one(reader, reference, judge, teller):
    try:
        return judge(find(reader, reference))
    except Fault as fault:
        return teller.tell(fault)
    except RecursionError:
        return Unknown("its module is nested too deeply to be read").answer


def public_functions(reader, name):
    """What a module defines and shows: its functions without `_`, or those
    that its `__all__` names."""
    module = reader.finder.load(name)
    if module.kind == "native":
        return {"state": "module", "functions": []}
    shown = module.scope().all()
    found = []
    for bound, values in module.scope().names.items():
        node = values[-1]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and \
                (bound in shown if shown is not None
                 else not bound.startswith("_")):
            found.append({"name": bound, **place_of(module, node)})
    return {"state": "module", "functions": found}


def answer_module(reader, name):
    try:
        return public_functions(reader, name)
    except Fault as fault:
        return fault.answer


def judge_class(reader, value):
    known = reader.is_exception(value)
    state = {True: "exception", False: "no-exception", None: "unknown"}[known]
    return {"state": state,
            **(place_of(value.module, value.node)
               if isinstance(value, Class) else {})}


def main(home, folders):
    gc.disable()                # trees have no circles, and are many objects
    question = json.load(sys.stdin.buffer)
    finder = Finder(home, folders)
    reader = Reader(finder)
    teller = Teller()
    answer = {
        "functions": [answer_one(reader, name, reader.call_of, teller)
                      for name in question["functions"]],
        "classes": [answer_one(reader, name,
                               lambda value: judge_class(reader, value),
                               teller)
                    for name in question["classes"]],
        "modules": [answer_module(reader, name)
                    for name in question.get("modules", [])],
        "python": "Python %d.%d" % sys.version_info[:2],
        "path": finder.users,
    }
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
