#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make lint` checks: layers, tags, names, layout, both compilers."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LAYERS = ("grammar", "dslc", "runtime", "module")
SKIPPED = {".git", "build", "build-aux", "autom4te.cache", "__pycache__",
           ".pytest_cache", ".libs", ".deps"}
GENERATED = {"routes.tab.c", "routes.tab.h", "routes.lex.c", "routes.lex.h",
             "config.h", "aclocal.m4"}
TAG = "SPDX-License-Identifier: Apache-2.0"

# What a file of a layer may include of ours (a prefix of the path), and what
# it may never include of others.
ARROWS = {
    "grammar": ("grammar/",),
    "dslc": ("dslc/", "grammar/", "runtime/"),
    "runtime": ("runtime/", "grammar/methods.def"),
    "module": ("module/", "runtime/"),
    "module/python": ("module/", "runtime/"),
}
HTTPD = re.compile(r"(?:httpd|http_\w+|ap_\w+|util_\w+|scoreboard|mpm_\w+|"
                   r"mod_\w+)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
FUNCTION = re.compile(r"^([a-z]\w*)\(", re.M)


class Lint:
    """Collects findings; one line per finding, as compilers print them."""

    def __init__(self, root):
        self.root = root
        self.findings = []

    def report(self, path, line, message):
        name = path.relative_to(self.root) if path.is_absolute() else path
        self.findings.append(f"{name}:{line}: {message}")


def files(root):
    """Every file of the tree, whatever version control says."""
    for folder, names, entries in os.walk(root):
        here = Path(folder)
        if here != root and (here / "config.status").exists():
            names[:] = []
            continue
        names[:] = sorted(n for n in names if n not in SKIPPED
                          and not n.startswith("mod_routes-"))
        for entry in sorted(entries):
            if entry not in GENERATED:
                yield here / entry


def layer_of(root, path):
    parts = path.relative_to(root).parts
    if parts[:2] == ("module", "python"):
        return "module/python"
    return parts[0] if parts[0] in LAYERS else None


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def resolve(root, path, name):
    """The path below the root that a quoted include names, or None."""
    for base in (path.parent, root):
        found = (base / name).resolve()
        if found.is_file() and found.is_relative_to(root):
            return found.relative_to(root).as_posix()
    if name.startswith("grammar/routes."):
        return name                     # bison and flex write it
    return None


def foreign_fault(layer, path, name):
    if name == "Python.h":
        if layer != "module/python":
            return "only module/python may include Python.h"
        if path.suffix == ".c":
            return "Python.h is included by one header of module/python"
    if layer in ("grammar", "dslc", "runtime") and HTTPD.search(name):
        return f"{layer}/ may not include httpd's {name}"
    if layer == "grammar" and name.startswith(("apr", "apu", "jansson")):
        return f"grammar/ may not include {name}"
    return None


def check_layers(lint, path, text):
    layer = layer_of(lint.root, path)
    if layer is None:
        return []
    python_h = []
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        line = line_of(text, match.start())
        ours = resolve(lint.root, path, name) if quote == '"' else None
        if ours:
            if not ours.startswith(ARROWS[layer]):
                lint.report(path, line, f"{layer}/ may not include {ours}")
            if layer == "module" and ours.startswith("module/python/"):
                python_h.append((line, ours))
            continue
        fault = foreign_fault(layer, path, name)
        if fault:
            lint.report(path, line, fault)
        if name == "Python.h" and path.suffix == ".h":
            lint.python_headers.add(path)
    return python_h


def check_tag(lint, path, text):
    head = "\n".join(text.split("\n", 2)[:2])
    if TAG not in head:
        lint.report(path, 1, "the first line carries no SPDX tag")


def check_text(lint, path, text):
    if text and not text.endswith("\n"):
        lint.report(path, line_of(text, len(text)), "no newline at the end")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            lint.report(path, number, "white space at the end of the line")
        if len(line) > 79 and "://" not in line:
            lint.report(path, number, f"{len(line)} columns, at most 79")
        if re.search(r"\b(TODO|FIXME|XXX)\b(?!.*#\d)", line) \
                and path.name != "lint.py":
            lint.report(path, number, "unfinished work without an issue")


def prefix_of(layer, path):
    """What a call of this file begins with: `finding_` or `findings_`."""
    if layer == "runtime":
        return ("routes_",)
    if path.stem.startswith("act_"):
        return ("act_",)  # of one interface, grammar/actions.h
    return (path.stem + "_", path.stem + "s_")


def check_names(lint, path, text):
    """A function that others see begins with its file's stem."""
    layer = layer_of(lint.root, path)
    if layer in (None, "grammar") or path.suffix != ".c":
        return
    lines = text.split("\n")
    prefix = prefix_of(layer, path)
    for match in FUNCTION.finditer(text):
        line = line_of(text, match.start())
        name = match.group(1)
        before = lines[line - 2]
        if re.match(r"(static|typedef)\b|#|AP_|APR_", before) \
                or not re.match(r"[A-Za-z_]", before):
            continue
        if name != "main" and not name.startswith(prefix):
            lint.report(path, line,
                        f"{name} does not begin with {prefix[0]}")


def check_length(lint, path, text):
    """No function over 80 lines, but for one whose comment says why."""
    start = 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start > 80 and "long:" not in "\n".join(
                    lines[max(0, start - 20):start]):
                lint.report(path, start, f"{number - start} lines in one "
                            "function (80; say why in `long: …`)")
            start = 0


def check_goldens(lint):
    """Every diagnostic that the compiler emits has a golden error test, or is
    looked for in a test's text, as in `error[E001]` or `(W110)`."""
    table = lint.root / "grammar" / "diags.def"
    if not table.exists():
        return
    tests = lint.root / "tests" / "lang"
    have = {p.name.split("-")[0].removesuffix(".routes")
            for folder in ("errors", "builds", "pedantic", "python", "unused",
                           "urls")
            for p in (tests / folder).glob("*.routes")}
    # what a file can't show: too large ones, and what the server says
    for path in (*tests.glob("*.py"), *tests.parent.glob("e2e/*.py")):
        have |= set(re.findall(r"[\[(]([EW]\d{3})\\?[\])]",
                               path.read_text()))
    for number, line in enumerate(table.read_text().split("\n"), 1):
        match = re.match(r"\s*DIAG\w*\(\s*([EW]\d{3})\b(.*)", line)
        if match and "EMITTED" in match.group(2) \
                and match.group(1) not in have:
            lint.report(table, number, f"{match.group(1)} has no test in "
                        "tests/lang/errors, builds, python, "
                        "unused or urls")


def check_log_ids(lint, sources):
    """A log id is listed once, and whatever logs with one is listed."""
    table = lint.root / "module" / "LOGIDS"
    if not table.exists():
        return
    listed = set()
    for number, line in enumerate(table.read_text().split("\n"), 1):
        match = re.match(r"(\d{4}) ", line)
        if match and match.group(1) in listed:
            lint.report(table, number, f"{match.group(1)} is listed twice")
        if match:
            listed.add(match.group(1))
    for path in sources:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"LOGNO\((\d{4})\)", text):
            if match.group(1) not in listed:
                lint.report(path, line_of(text, match.start()),
                            f"log id {match.group(1)} is not in LOGIDS")


def named(readme):
    """What a README names: its code spans and first cells, word by word."""
    text = readme.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`|^\|([^|\n]+)\|", text, re.M)
    return set(re.findall(r"[\w*]+", " ".join(a + " " + b
                                              for a, b in spans)))


def check_readmes(lint, sources):
    """Each C file is named in its folder's README, or by a `cmd_*` there."""
    for folder in (lint.root / layer for layer in ARROWS):
        readme = folder / "README.md"
        if not readme.exists():
            continue
        words = named(readme)
        starts = tuple(w[:-1] for w in words if re.fullmatch(r"\w+_\*", w))
        for path in sources:
            if path.parent == folder and path.suffix == ".c" \
                    and path.stem not in words \
                    and not path.stem.startswith(starts):
                lint.report(readme, 1, f"{path.name} is not named")


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def compile_one(job):
    compiler, flags, path = job
    done = run([compiler, *flags, "-O2", "-fPIC", "-c", "-o", os.devnull,
                str(path)])
    if done.returncode or done.stderr.strip():
        return f"{compiler}:\n{done.stderr.rstrip()}"
    return None


def check_compilers(lint, sources, flags):
    jobs = []
    for variable in ("GCC", "CLANG"):
        compiler = os.environ.get(variable, "no")
        if compiler == "no":
            lint.findings.append(f"{variable.lower()} is not installed")
            continue
        jobs += [(compiler, flags, path) for path in sources]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        lint.findings += [f for f in pool.map(compile_one, jobs) if f]


def check_format(lint, sources):
    tool = os.environ.get("CLANG_FORMAT", "no")
    if tool == "no":
        lint.findings.append("clang-format is not installed")
    elif sources:
        done = run([tool, "--dry-run", "-Werror", "--style=file",
                    *map(str, sources)])
        if done.returncode:
            lint.findings.append(done.stderr.rstrip())


def check_python_headers(lint):
    if len(lint.python_headers) > 1:
        for path in sorted(lint.python_headers):
            lint.report(path, 1, "a second header that includes Python.h")


def reached(root, start, seen):
    """Every header of ours that a file includes, at any depth."""
    for match in INCLUDE.finditer(start.read_text()):
        ours = resolve(root, start, match.group(2))
        if ours and ours not in seen and (root / ours).exists():
            seen.add(ours)
            reached(root, root / ours, seen)
    return seen


def check_python_stays_inside(lint, sources):
    """No file outside module/python sees Python.h through our headers."""
    gates = {p.relative_to(lint.root).as_posix()
             for p in lint.python_headers}
    for path in sources:
        if layer_of(lint.root, path) in ("module", "runtime", "dslc"):
            for gate in gates & reached(lint.root, path, set()):
                lint.report(path, 1, f"Python.h comes in through {gate}")


def is_source(path):
    if path.is_symlink():
        return False
    if path.suffix in (".c", ".h", ".l", ".y", ".def", ".py", ".sh", ".am",
                       ".ac", ".m4"):
        return not re.match(r"(libtool|lt.*)\.m4$", path.name)
    if path.suffix or not os.access(path, os.X_OK):
        return False
    if path.name.startswith(("configure", "config.status", "libtool")):
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def main(root, *flags):
    lint = Lint(Path(root).resolve())
    lint.python_headers = set()
    c_files = []
    for path in files(lint.root):
        if not is_source(path):
            continue
        text = path.read_text(encoding="utf-8")
        check_tag(lint, path, text)
        if path.suffix in (".c", ".h", ".py"):
            check_text(lint, path, text)
        if path.suffix in (".c", ".h"):
            c_files.append(path)
            check_layers(lint, path, text)
            check_names(lint, path, text)
            check_length(lint, path, text)
        elif path.suffix in (".l", ".y"):
            check_layers(lint, path, text)
    check_python_headers(lint)
    check_python_stays_inside(lint, c_files)
    check_goldens(lint)
    check_log_ids(lint, c_files)
    check_readmes(lint, c_files)
    check_format(lint, c_files)
    check_compilers(lint, [p for p in c_files if p.suffix == ".c"], flags)
    for finding in lint.findings:
        print(finding)
    print(f"lint: {len(c_files)} C files, {len(lint.findings)} findings")
    return 1 if lint.findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
