# SPDX-License-Identifier: Apache-2.0
"""Serves an example, or checks it against the commands in its README.

A fenced block marked `console` holds commands, each on a line that begins
with `$ `, and below each what it prints.  JSON is compared as values.

What is served is app.routes; tables that it mounts, whose .routes files are
beside it, are built and loaded, too.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import tree
from httpd import Failure, free_port, unprivileged, wait_for

EXAMPLES = tree.SOURCE / "examples"
PUBLISHED = "127.0.0.1:8080"


def names():
    return sorted(p.parent.name for p in EXAMPLES.glob("*/app.routes"))


def commands(readme):
    """(command, expected output) of each `$ ` line, in order."""
    for block in re.findall(r"^```console\n(.*?)^```", readme,
                            re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, expected = part.partition("\n")
            yield command, expected


def same(expected, actual):
    try:
        return json.loads(expected) == json.loads(actual)
    except ValueError:
        return expected.rstrip("\n") == actual.rstrip("\n")


class Example:
    """A private copy of an example, which the serving account owns.

    source is its folder, that of its name if not given."""

    def __init__(self, name, source=None):
        self.name = name
        self.source = source or EXAMPLES / name
        self.readme = (self.source / "README.md").read_text()
        self.root = Path(tempfile.mkdtemp(prefix=f"routes-{name}-"))
        self.folder = self.root / name
        self.process = None

    def __enter__(self):
        shutil.copytree(self.source, self.folder,
                        ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        self.root.chmod(0o755)
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        if os.geteuid() == 0:
            # the account that `routesc serve` switches to
            account = unprivileged()
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, account.pw_uid, account.pw_gid)
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def tables(self):
        """Builds what app.routes mounts; the words that load it."""
        words = []
        text = (self.folder / "app.routes").read_text()
        mounted = set(re.findall(r"^ *mount +\S+ +routes +(\w+)", text, re.M))
        for name in sorted(mounted):
            subprocess.run([tree.routesc(), "build", f"{name}.routes"],
                           cwd=self.folder, env=tree.environment(), check=True)
            words += ["--table", f"mod_{name}.so"]
        return words

    def serve(self, listen, **options):
        self.process = subprocess.Popen(
            [tree.routesc(), "serve", "app.routes", "--listen", listen,
             *self.tables()],
            cwd=self.folder, env=tree.environment(), **options)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure(f"{self.name}: routesc serve did not stop") from None

    def answers(self, listen):
        if self.process.poll() is not None:
            raise Failure(f"{self.name}: routesc serve ended with "
                          f"{self.process.returncode}")
        return subprocess.run(
            ["curl", "-s", "-o", os.devnull, f"http://{listen}/"],
            check=False).returncode == 0


def environment():
    """Ours, and `routesc` is a command."""
    return {**os.environ, "PATH": os.pathsep.join(
        [str(tree.routesc().parent), os.environ["PATH"]])}


def check(name, source=None):
    """Every command of one README; how many passed and failed."""
    passed = failed = 0
    with Example(name, source) as example:
        listen = f"127.0.0.1:{free_port()}"
        console = example.root / "console.log"
        with console.open("wb") as log:
            example.serve(listen, stdin=subprocess.DEVNULL, stdout=log,
                          stderr=log)
        try:
            wait_for(lambda: example.answers(listen), f"{name} is served")
            for command, expected in commands(example.readme):
                done = subprocess.run(
                    ["sh", "-c", command.replace(PUBLISHED, listen)],
                    cwd=example.folder, env=environment(),
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, check=False)
                actual = done.stdout.decode(errors="replace") \
                    .replace(listen, PUBLISHED)
                if same(expected, actual):
                    passed += 1
                else:
                    failed += 1
                    print(f"{name}: $ {command}\n--- expected\n{expected}"
                          f"--- came\n{actual}")
            example.stop()
        except Failure as failure:
            failed += 1
            print(failure)
        if failed or passed == 0:
            print(console.read_text(errors="replace"))
    if passed == failed == 0:
        failed = 1
        print(f"{name}: its README.md has no commands")
    print(f"{name}: {passed} passed, {failed} failed", flush=True)
    return passed, failed


def once(chosen):
    results = [check(name) for name in chosen]
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def targets(readme):
    """The README's plain GETs, as URLs that a browser can open."""
    for command, _ in commands(readme):
        words = shlex.split(command)
        urls = [word for word in words if word.startswith("http://")]
        if len(words) == 2 and urls:
            yield urls[0]


def serve(name, listen):
    """Until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Example(name) as example:
        urls = list(targets(example.readme)) or [f"http://{PUBLISHED}/"]
        print(f"\n{name}: http://{listen}/ (Ctrl-C ends it; "
              f"examples/{name}/README.md has more). Try:\n")
        for url in urls:
            print("   ", url.replace(PUBLISHED, listen))
        print(flush=True)
        try:
            example.serve(listen)
            return example.process.wait()
        except KeyboardInterrupt:
            example.process.wait(30)
            return 0


def main():
    options = argparse.ArgumentParser(prog="examples/run")
    options.add_argument("name", nargs="?", choices=names())
    options.add_argument("--once", action="store_true")
    options.add_argument("--listen", default=PUBLISHED)
    args = options.parse_args()
    if args.once:
        return once([args.name] if args.name else names())
    return serve(args.name or "hello", args.listen)


if __name__ == "__main__":
    sys.exit(main())
