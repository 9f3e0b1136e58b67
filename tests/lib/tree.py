# SPDX-License-Identifier: Apache-2.0
"""Where the sources and the build are, and which tools configure found."""

import functools
import os
import re
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]


@functools.cache
def build():
    """The build folder: $ROUTES_BUILD, or build/ in the source folder."""
    folder = Path(os.environ.get("ROUTES_BUILD", SOURCE / "build")).resolve()
    if not (folder / "config.status").exists():
        raise SystemExit(f"{folder} is no configured build: run tests/run, "
                         "or set ROUTES_BUILD")
    return folder


@functools.cache
def _variables():
    text = (build() / "Makefile").read_text()
    return dict(re.findall(r"^(\w+) = ?(.*)$", text, re.M))


def tool(name):
    """What configure found for HTTPD, APXS, PYTHON, APR_CONFIG, …"""
    return _variables()[name]


@functools.cache
def apxs(name):
    return subprocess.run([tool("APXS"), "-q", name], check=True, text=True,
                          capture_output=True).stdout.strip()


def routesc():
    return build() / "dslc" / "routesc"


def environment():
    """Ours, with the sanitizers' runtime for a program that loads theirs."""
    preload = os.environ.get("ROUTES_PRELOAD")
    return {**os.environ, **({"LD_PRELOAD": preload} if preload else {})}


def mod_routes():
    return build() / "module" / ".libs" / "mod_routes.so"


def compile_module(source, target, *flags):
    """An Apache module from one C file, as apxs would build it."""
    includes = subprocess.run(
        [tool("APR_CONFIG"), "--cppflags", "--includes"], check=True,
        text=True, capture_output=True).stdout.split()
    subprocess.run(
        [tool("CC"), "-std=gnu11", "-O2", "-g", "-fPIC", "-shared", "-Wall",
         "-I" + apxs("INCLUDEDIR"), *includes, *flags, "-o", str(target),
         str(source)], check=True)
    return target
