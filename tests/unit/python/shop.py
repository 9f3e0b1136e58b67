# SPDX-License-Identifier: Apache-2.0
"""What the unit tests of module/python call."""

import atexit
import functools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings


def greet(name, greeting="hi"):
    return f"{greeting}, {name}!"


def keywords(a, *, b, **rest):
    return repr((a, b, sorted(rest.items())))


def skip(a, b=2, c=3):
    return repr((a, b, c))


def only(a, b=2, /, c=3):
    return repr((a, b, c))


def needs(a, b):
    return repr((a, b))


def show(value):
    return f"{type(value).__name__} {value!r}"


def grow(items):
    items.append(1)
    return repr(items)


@functools.wraps(greet)
def wrapped(*args, **kwargs):
    return repr((args, kwargs))


class Till:
    def __init__(self):
        self.calls = 0

    @classmethod
    def open(cls, name):
        return f"{cls.__name__} {name}"

    @staticmethod
    def shut(name):
        return name

    def __call__(self, name):
        self.calls += 1
        return f"{name} {self.calls}"


till = Till()
number = 7
method = till.__call__
partial = functools.partial(greet, greeting="yo")


class Odd(ValueError):
    pass


def fail(kind):
    if kind == "odd":
        raise Odd("secret")
    if kind == "exit":
        sys.exit(3)
    if kind == "interrupt":
        raise KeyboardInterrupt
    if kind == "recursion":
        return fail(kind)
    if kind == "memory":
        raise MemoryError
    if kind == "broken":
        raise Broken
    if kind == "surrogate":
        raise ValueError("\udc80")
    if kind == "group":
        raise ExceptionGroup("several", [Odd("one"), KeyError("two")])
    raise LookupError(kind)


class Broken(Exception):
    def __str__(self):
        raise RuntimeError("no text")


async def later():
    return "never"


def hidden_later():
    return later()


def stream():
    yield "never"


def hidden_stream():
    return stream()


async def async_stream():
    yield "never"


def hidden_async_stream():
    return async_stream()


loop = []
loop.append(loop)
deep = []
for _ in range(10000):
    deep = [deep]

RESULTS = {
    "str": "plain",
    "utf8": "h\u00e9llo \u20ac \U0001f600",
    "nul": "a\0b",
    "empty": "",
    "surrogate": "a\ud800",
    "bytes": b"\x00\xff",
    "bytearray": bytearray(b"abc"),
    "memoryview": memoryview(b"abcdef")[::2],
    "none": None,
    "int": 2,
    "big": 10 ** 40,
    "huge": 10 ** 5000,
    "float": 0.1,
    "whole": 3.0,
    "nan": float("nan"),
    "infinity": float("-inf"),
    "true": True,
    "dict": {"a": [1, -9223372036854775808, 1e100, None, False, {}], "b": ()},
    "escapes": ["\"\\\b\f\n\r\t\x00\x1f\x7f/", "\u00e9\u20ac\U0001f600"],
    "key": {1: 2},
    "loop": loop,
    "deep": deep,
    "set": [{1}],
    "object": object(),
    "long": ["x" * 1000, "\u20ac" * 5000],
    "large": "x" * 100000,
    "large utf8": "\u20ac" * 100000,
    "large bytes": b"y" * 100000,
    "created": (201, {"id": 7}),
    "teapot": (418, None),
    "headers": (200, {"X-A": "1", "Content-Type": "text/css"}, "a {}"),
    "pairs": (302, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
                    ("Location", "/x")], ""),
    "latin": (200, {"X-A": "\u00e9"}, ""),
    "not latin": (200, {"X-A": "\u20ac"}, ""),
    "split": (200, {"X-A": "1\r\nX-B: 2"}, ""),
    "split name": (200, {"X-A: 1\r\nX-B": "2"}, ""),
    "nul header": (200, {"X-A": "1\0"}, ""),
    "no name": (200, {"": "1"}, ""),
    "int header": (200, {"X-A": 1}, ""),
    "length": (200, {"content-length": "1"}, ""),
    "two types": (200, [("Content-Type", "a/b"), ("content-type", "c/d")],
                  ""),
    "no headers": (200, 5, ""),
    "no pairs": (200, ["ab"], ""),
    "continue": (100, ""),
    "none status": (None, ""),
    "true status": (True, ""),
    "big status": (10 ** 30, ""),
    "no body": (204, None),
    "empty body": (304, {"ETag": '"x"'}, b""),
    "body": (204, "text"),
    "one": (200,),
    "four": (200, {}, "", ""),
    "later": later,
    "tuple": ("a", "b"),
}


class Point(tuple):
    pass


def give(which):
    if which == "point":
        return Point((1, 2))
    if which == "new":
        return "\u20ac" * 100000
    return RESULTS[which]


def say(what):
    if what == "stdout":
        print("to stdout", "as one line")
    elif what == "stderr":
        print("to stderr\ntwo lines", file=sys.stderr)
    elif what == "half":
        sys.stdout.write("half a")
        sys.stdout.flush()
        sys.stdout.write(" line")
    elif what == "long":
        print("z" * 5000)
    elif what == "odd":
        print("\ud800 \u00e9")
    elif what == "logging":
        logging.warning("from %s", "logging")
    elif what == "thread":
        thread = threading.Thread(target=print, args=("from a thread",))
        thread.start()
        thread.join()
    elif what == "warning":
        warnings.warn("from warnings")
    elif what == "stream":
        return repr((sys.stdout.isatty(), sys.stdout.encoding,
                     sys.stdout.closed, sys.stdout.writable(),
                     sys.stdout.writelines(["a\n", "b\n"])))
    elif what == "bytes":
        sys.stdout.write(b"x")
    elif what == "fileno":
        sys.stdout.fileno()
    elif what == "blank":
        print()
    return ""


def handle_signal():
    former = signal.signal(signal.SIGUSR1, lambda *_: None)
    return repr((former, signal.getsignal(signal.SIGUSR1)))


def terminate():
    """What a child ends with when it is told to terminate."""
    child = subprocess.Popen(["sleep", "20"])
    child.terminate()
    return str(child.wait())


def where():
    return repr((sys.flags.isolated, sys.flags.utf8_mode, sys.path[0],
                 "" in sys.path, sys.executable, sys.prefix,
                 open.__module__ == "_io"))


local = threading.local()


def in_thread(text):
    """Keeps memory of the thread, and looks for what another left."""
    left = getattr(local, "kept", None)
    local.kept = text
    time.sleep(0)
    return "clean" if left in (None, text) else left


def spin(n):
    total = 0
    for i in range(n):
        total += i
    return total


def register(path):
    def write():
        with open(path, "a") as file:
            file.write("atexit ran\n")
        print("atexit prints")
    atexit.register(write)
    return os.fspath(path)


def linger():
    """A thread that has written, and ends later."""
    def write():
        print("lingers")
        written.set()
        time.sleep(0.3)
        print("too late")
    written = threading.Event()
    threading.Thread(target=write, daemon=True).start()
    written.wait()
    return ""


def register_slow():
    atexit.register(time.sleep, 60)
    return ""
